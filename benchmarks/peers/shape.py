"""The tables that a table mapper needs to make the same triples, and what its columns mean.

One description, from which the mappings of all table mappers are written: RML for morph-kgc and SDM-RDFizer
(`with_rml.py`), OTTR templates for maplib and tarka-rdf. Cells that are IRIs hold them whole, so no mapper
has to put an IRI together.
"""

from __future__ import annotations

from typing import NamedTuple

from model import BASE, KG, PREFIXES, XSD

IRI_CELL, TEXT_CELL = "iri", "text"


class Cell(NamedTuple):
    """A predicate, the column of its values, and what they are: `iri`, `text` or a datatype of XSD."""

    predicate: str
    column: str
    kind: str = TEXT_CELL


class Thing(NamedTuple):
    """What the rows of a table say of one subject: the same of all, and by column."""

    subject: str
    always: tuple[tuple[str, str], ...]
    cells: tuple[Cell, ...]


class Table(NamedTuple):
    """A table: its name, its columns, and the things that its rows tell of."""

    name: str
    columns: tuple[str, ...]
    things: tuple[Thing, ...]

    def kinds(self) -> dict[str, str]:
        """Return the kind of each column."""
        found = {thing.subject: IRI_CELL for thing in self.things}
        for thing in self.things:
            found |= {cell.column: cell.kind for cell in thing.cells}
        return {column: found[column] for column in self.columns}


def _table(name: str, columns: str, *things: Thing) -> Table:
    return Table(name, tuple(columns.split()), things)


def _thing(subject: str, types: str, *cells: Cell, **always: str) -> Thing:
    fixed = [("rdf:type", full(name)) for name in types.split()]
    fixed += [(name.replace("_", ":"), value) for name, value in always.items()]
    return Thing(subject, tuple(fixed), cells)


def full(name: str) -> str:
    """Return the IRI of a prefixed name."""
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


TABLES = (
    _table(
        "figure",
        "figure identifier alias name caption same page license creator paper image encoding position number"
        " type score automl rank profile",
        _thing(
            "figure",
            "kg:Figure schema:Dataset",
            Cell("schema:identifier", "identifier"),
            Cell("schema:alternateName", "alias"),
            Cell("schema:name", "name"),
            Cell("schema:description", "caption"),
            Cell("schema:url", "figure", IRI_CELL),
            Cell("schema:sameAs", "same", IRI_CELL),
            Cell("schema:mainEntityOfPage", "page", IRI_CELL),
            Cell("schema:license", "license", IRI_CELL),
            Cell("schema:creator", "creator", IRI_CELL),
            Cell("schema:isBasedOn", "paper", IRI_CELL),
            Cell("schema:image", "image", IRI_CELL),
            Cell("schema:position", "position", "integer"),
            Cell("kg:figureNumber", "number"),
            Cell("kg:figureType", "type"),
            Cell("kg:pathwayScore", "score", "decimal"),
            Cell("kg:automlScore", "automl", "decimal"),
            Cell("kg:searchRank", "rank", "integer"),
            Cell("dcterms:conformsTo", "profile", IRI_CELL),
            schema_isPartOf=BASE + "dataset/pfocr",
        ),
        _thing(
            "image",
            "schema:ImageObject",
            Cell("schema:contentUrl", "image", IRI_CELL),
            Cell("schema:encodingFormat", "encoding"),
            Cell("schema:caption", "caption"),
            Cell("schema:isPartOf", "paper", IRI_CELL),
        ),
    ),
    _table("about", "figure entity", _thing("figure", "", Cell("schema:about", "entity", IRI_CELL))),
    _table("keyword", "thing keyword", _thing("thing", "", Cell("schema:keywords", "keyword"))),
    _table("organism", "figure name", _thing("figure", "", Cell("kg:organismName", "name"))),
    _table("recognised", "figure entity", _thing("figure", "", Cell("schema:mentions", "entity", IRI_CELL))),
    _table("see", "figure target", _thing("figure", "", Cell("rdfs:seeAlso", "target", IRI_CELL))),
    _table(
        "mention",
        "mention class figure word matched lexicon occurrences",
        _thing(
            "mention",
            "",
            Cell("rdf:type", "class", IRI_CELL),
            Cell("schema:isPartOf", "figure", IRI_CELL),
            Cell("schema:text", "word"),
            Cell("kg:matchedTerm", "matched"),
            Cell("kg:lexicon", "lexicon", IRI_CELL),
            Cell("kg:occurrences", "occurrences", "integer"),
        ),
    ),
    _table(
        "entry",
        "figure mention entity",
        _thing("figure", "", Cell("schema:mentions", "entity", IRI_CELL)),
        _thing("mention", "", Cell("schema:about", "entity", IRI_CELL)),
    ),
    _table(
        "paper",
        "paper identifier name url day month yearly year pages citation doi journal",
        _thing(
            "paper",
            "schema:ScholarlyArticle",
            Cell("schema:identifier", "identifier"),
            Cell("schema:name", "name"),
            Cell("schema:url", "url", IRI_CELL),
            Cell("schema:datePublished", "day", "date"),
            Cell("schema:datePublished", "month", "gYearMonth"),
            Cell("schema:datePublished", "yearly", "gYear"),
            Cell("kg:year", "year", "integer"),
            Cell("schema:pagination", "pages"),
            Cell("dcterms:bibliographicCitation", "citation"),
            Cell("schema:sameAs", "doi", IRI_CELL),
            Cell("schema:isPartOf", "journal", IRI_CELL),
        ),
    ),
    _table(
        "journal",
        "journal name abbreviation publisher",
        _thing(
            "journal",
            "schema:Periodical",
            Cell("schema:name", "name"),
            Cell("schema:alternateName", "abbreviation"),
            Cell("schema:publisher", "publisher", IRI_CELL),
        ),
    ),
    _table(
        "publisher",
        "publisher name",
        _thing("publisher", "schema:Organization", Cell("schema:name", "name")),
    ),
    _table(
        "taxon",
        "taxon name common identifier rank match",
        _thing(
            "taxon",
            "schema:Taxon",
            Cell("schema:name", "name"),
            Cell("schema:alternateName", "common"),
            Cell("schema:identifier", "identifier"),
            Cell("schema:taxonRank", "rank"),
            Cell("skos:exactMatch", "match", IRI_CELL),
        ),
    ),
    _table(
        "term",
        "term name code set match",
        _thing(
            "term",
            "schema:DefinedTerm",
            Cell("schema:name", "name"),
            Cell("schema:termCode", "code"),
            Cell("schema:inDefinedTermSet", "set", IRI_CELL),
            Cell("skos:exactMatch", "match", IRI_CELL),
        ),
    ),
    _table(
        "gene",
        "gene name identifier taxon",
        _thing(
            "gene",
            "schema:Gene",
            Cell("schema:name", "name"),
            Cell("schema:identifier", "identifier"),
            Cell("schema:taxonomicRange", "taxon", IRI_CELL),
        ),
    ),
    _table(
        "substance",
        "substance class name identifier owner close",
        _thing(
            "substance",
            "",
            Cell("rdf:type", "class", IRI_CELL),
            Cell("schema:name", "name"),
            Cell("schema:identifier", "identifier"),
            Cell("schema:url", "owner", IRI_CELL),
            Cell("skos:exactMatch", "owner", IRI_CELL),
            Cell("skos:closeMatch", "close", IRI_CELL),
        ),
    ),
    _table(
        "lexicon",
        "lexicon expands",
        _thing("lexicon", "kg:Lexicon", Cell("kg:expandsFamilies", "expands", "boolean")),
    ),
)


def ottr() -> str:
    """Return the tables as OTTR templates (stOTTR): `kg:` and the name of the table, a parameter a column."""
    heads = [f"@prefix {name}: <{stem}> ." for name, stem in PREFIXES.items()]
    heads.append("@prefix ottr: <http://ns.ottr.xyz/0.4/> .")
    return "\n".join([*heads, *map(_template, TABLES)]) + "\n"


def _template(table: Table) -> str:
    firsts = {thing.subject for thing in table.things}
    types = {IRI_CELL: "ottr:IRI", TEXT_CELL: "xsd:string"}
    parameters = ", ".join(
        f"{'' if column in firsts else '? '}{types.get(kind, f'xsd:{kind}')} ?{column}"
        for column, kind in table.kinds().items()
    )
    triples = []
    for thing in table.things:
        triples += [f"ottr:Triple(?{thing.subject}, {name}, <{value}>)" for name, value in thing.always]
        triples += [
            f"ottr:Triple(?{thing.subject}, {cell.predicate}, ?{cell.column})" for cell in thing.cells
        ]
    return f"kg:{table.name} [{parameters}] :: {{\n  " + ",\n  ".join(triples) + "\n} ."


def rml(folder: str, iri: str = 'rml:reference "{}"') -> str:
    """Return the tables as an RML mapping over the CSV files of a folder; `iri` takes an IRI from a column.

    (SDM-RDFizer percent-encodes a whole IRI that is taken by reference, but not one in a template.)
    """
    spaces = {**PREFIXES, "rr": "http://www.w3.org/ns/r2rml#", "rml": "http://semweb.mmlab.be/ns/rml#"}
    spaces["ql"] = "http://semweb.mmlab.be/ns/ql#"
    heads = [f"@prefix {name}: <{stem}> ." for name, stem in spaces.items()]
    maps = [
        _triples_map(folder, table, number, iri) for table in TABLES for number in range(len(table.things))
    ]
    return "\n".join([*heads, f"@base <{KG}> .", *maps]) + "\n"


def _triples_map(folder: str, table: Table, number: int, iri: str) -> str:
    thing = table.things[number]
    source = f'rml:source "{folder}/{table.name}.csv" ; rml:referenceFormulation ql:CSV'
    types = [value for name, value in thing.always if name == "rdf:type"]
    classes = "".join(f" ; rr:class <{value}>" for value in types)
    parts = [
        f"<#{table.name}{number}> a rr:TriplesMap",
        f"rml:logicalSource [ {source} ]",
        f'rr:subjectMap [ rml:reference "{thing.subject}" ; rr:termType rr:IRI{classes} ]',
    ]
    for name, value in thing.always:
        if name != "rdf:type":
            parts.append(_predicate_object(name, f"rr:constant <{value}>"))
    parts += [_predicate_object(cell.predicate, _object(cell, iri)) for cell in thing.cells]
    return " ;\n  ".join(parts) + " ."


def _predicate_object(predicate: str, value: str) -> str:
    return f"rr:predicateObjectMap [ rr:predicate {predicate} ; rr:objectMap [ {value} ] ]"


def _object(cell: Cell, iri: str) -> str:
    if cell.kind == IRI_CELL:
        return f"{iri.format(cell.column)} ; rr:termType rr:IRI"
    more = "rr:termType rr:Literal" if cell.kind == TEXT_CELL else f"rr:datatype <{XSD}{cell.kind}>"
    return f'rml:reference "{cell.column}" ; {more}'
