"""What both peer scripts share: they read the records, and say the figure model to an RDF library.

This is the script that a competent user would write: the C loader of PyYAML, `csv`, a `Site` that knows the
tables beside the figures, and one function per kind of node that adds triple after triple. Nothing is
reported, nothing is streamed, and the quirks of the real records are handled only as far as the generated
records have them. Entities that figures share are added once.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

KG = "https://w3id.org/pathway-kg/terms#"
BASE = "https://w3id.org/pathway-kg/"
SITE = "https://pfocr.wikipathways.org"
NCBI = "https://www.ncbi.nlm.nih.gov"
IDENTIFIERS = "https://identifiers.org/"
OBO = "http://purl.obolibrary.org/obo/"
MESH_RDF = "http://id.nlm.nih.gov/mesh/"
XSD = "http://www.w3.org/2001/XMLSchema#"
DATASET_PROFILE = "https://bioschemas.org/profiles/Dataset/1.0-RELEASE"

PREFIXES = {
    "kg": KG,
    "schema": "https://schema.org/",
    "dcterms": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": XSD,
    "ncbigene": IDENTIFIERS + "ncbigene/",
    "mesh": IDENTIFIERS + "mesh/",
    "pmc": IDENTIFIERS + "pmc/",
    "taxonomy": IDENTIFIERS + "taxonomy/",
}
MISSING = frozenset({"", "NA", ".na.character", "NULL", "null", "Null", "XXX", "REJECT", "~"})
FAMILY_LEXICONS = frozenset({"bioentities_symbol", "famplex_relations"})
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CITATION = re.compile(r"(.+)\. (\d{4})(?: ([A-Z][a-z]{2}))?(?: (\d{1,2}))?;[^:;]*(?::([^;]+?))?\.?")


class Organism(NamedTuple):
    """A species, as a page of the site or the table below says."""

    taxid: str
    name: str
    common: str | None = None
    rank: str | None = None


ORGANISMS = (
    Organism("9606", "Homo sapiens", "human", "species"),
    Organism("10090", "Mus musculus", "house mouse", "species"),
    Organism("10116", "Rattus norvegicus", "Norway rat", "species"),
    Organism("7955", "Danio rerio", "zebrafish", "species"),
    Organism("7227", "Drosophila melanogaster", "fruit fly", "species"),
    Organism("6239", "Caenorhabditis elegans", None, "species"),
    Organism("4932", "Saccharomyces cerevisiae", "baker's yeast", "species"),
    Organism("3702", "Arabidopsis thaliana", "thale cress", "species"),
)


# reading


class TextLoader(yaml.CSafeLoader):
    """Reads every scalar as text."""


TextLoader.yaml_implicit_resolvers = {}


def front_matter(path: Path) -> dict[str, Any]:
    """Return the front matter of a page."""
    text = path.read_text("utf-8")
    values: dict[str, Any] = yaml.load(text[4 : text.index("\n---\n", 4) + 1], TextLoader)
    return values


def present(value: str | None) -> str | None:
    """Return a text, or None where it stands for a missing one."""
    if value is None or value in MISSING:
        return None
    return value.strip()


def texts(value: str | list[str] | None) -> list[str]:
    """Return the texts of a list or of a single text."""
    items = [value] if isinstance(value, str) else value or []
    return [text for item in items if (text := present(item))]


@dataclass(frozen=True)
class Site:
    """A site checkout: its pages, maps and sidecar tables."""

    folder: Path
    organisms: dict[str, Organism]
    by_name: dict[str, Organism]
    ndex: dict[str, str]
    wpids: dict[str, str]
    read: Callable[[Path], dict[str, Any]]

    def figures(self) -> Iterator[dict[str, Any]]:
        """Yield the figure records, with the rows of their tables in place."""
        for path in sorted((self.folder / "_figures").glob("*.md")):
            record = self.read(path)
            for kind in ("genes", "chemicals", "diseases"):
                record.setdefault(kind, []).extend(self._rows(f"{record['figid']}-{kind}"))
            yield record

    def pages(self) -> Iterator[Organism]:
        """Yield the organisms that have a page."""
        for path in sorted((self.folder / "_organisms").glob("*.md")):
            yield self.organisms[front_matter(path)["ncbi"]]

    def _rows(self, name: str) -> Iterator[dict[str, str]]:
        path = self.folder / "_data" / f"{name}.tsv"
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def open_site(folder: Path, read: Callable[[Path], dict[str, Any]] | None = None) -> Site:
    """Read the organism pages and the maps of a site; `read` reads front matter, if not the C loader."""
    organisms = {organism.taxid: organism for organism in ORGANISMS}
    for path in (folder / "_organisms").glob("*.md"):
        page = front_matter(path)
        latin, common = page["latin"], present(page.get("common"))
        known = organisms.get(page["ncbi"])
        organisms[page["ncbi"]] = Organism(
            page["ncbi"], latin, None if common == latin else common, known.rank if known else None
        )
    by_name = {organism.name.casefold(): organism for organism in organisms.values()}
    maps = read_map(folder, "ndex_map"), read_map(folder, "wpid_map")
    return Site(folder, organisms, by_name, *maps, read or front_matter)


def read_map(folder: Path, name: str) -> dict[str, str]:
    """Return a two-column table."""
    path = folder / "_data" / f"{name}.tsv"
    if not path.exists():
        return {}
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return {figid: value.strip() for figid, value in rows}


# the model


def digest(*parts: str, length: int = 10) -> str:
    return hashlib.sha1("\0".join(parts).encode()).hexdigest()[:length]


def slug(text: str) -> str:
    folded = unicodedata.normalize("NFC", text).casefold()
    name = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
    if name and all(char.isascii() or not char.isalnum() for char in folded):
        return name
    return f"{name}-{digest(folded, length=8)}".lstrip("-")


def segment(text: str) -> str:
    return quote(text, safe="!$&'()*+,;=:@~")


def decimal(text: str) -> str:
    """Return the canonical form of a decimal number."""
    plain = f"{Decimal(text):f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def cited(citation: str | None) -> tuple[str | None, tuple[str, str] | None, str | None]:
    """Return the journal, the date with its datatype, and the pages of a citation."""
    found = CITATION.fullmatch(citation) if citation else None
    if found is None:
        return None, None, None
    head, year, month, day, pages = found.groups()
    journal = head.rpartition(". ")[2]
    if month is None:
        return journal, (year, "gYear"), pages
    number = MONTHS.index(month) + 1
    if day is None:
        return journal, (f"{year}-{number:02}", "gYearMonth"), pages
    return journal, (dt.date(int(year), number, int(day)).isoformat(), "date"), pages


class Library(NamedTuple):
    """The way into an RDF library: what adds a triple, and what makes terms."""

    add: Callable[[Any, Any, Any], object]
    iri: Callable[[str], Any]
    text: Callable[[str], Any]
    typed: Callable[[str, Any], Any]


class Model:
    """Says the figures of a site to an RDF library."""

    def __init__(self, site: Site, library: Library) -> None:
        self._site = site
        self._add, self._iri, self._text, self._typed = library
        self._terms: dict[str, Any] = {}
        self._types = {name: self._iri(XSD + name) for name in ("date", "gYear", "gYearMonth")}
        self._types |= {name: self._iri(XSD + name) for name in ("integer", "decimal", "boolean")}
        self._said: set[Any] = set()

    def say_all(self) -> None:
        """Add every triple of the site."""
        for organism in self._site.pages():
            self._taxon(organism)
        for record in self._site.figures():
            self._figure(record)

    def _say(self, subject: Any, predicate: str, *objects: Any) -> None:
        term = self._term(predicate)
        for value in objects:
            if value is not None:
                self._add(subject, term, value)

    def _term(self, name: str) -> Any:
        """Return the term of a vocabulary, such as `schema:name`."""
        term = self._terms.get(name)
        if term is None:
            prefix, _, local = name.partition(":")
            term = self._terms[name] = self._iri(PREFIXES[prefix] + local)
        return term

    def _texts(self, values: Iterable[str]) -> Iterator[Any]:
        return map(self._text, values)

    def _maybe(self, value: str | None) -> Any:
        """Return the literal of a text, or None where it is missing."""
        text = present(value)
        return None if text is None else self._text(text)

    def _number(self, value: str | None, kind: str) -> Any:
        text = present(value)
        if text is None:
            return None
        return self._typed(str(int(text)) if kind == "integer" else decimal(text), self._types[kind])

    def _once(self, key: Any) -> bool:
        """Tell whether a shared entity is met for the first time."""
        if key in self._said:
            return False
        self._said.add(key)
        return True

    def _figure(self, record: dict[str, Any]) -> None:
        jsonld = record["schema-jsonld"]
        figid, page = record["figid"], jsonld["@id"]
        figure, paper = self._iri(page), self._paper(record)
        say, iri = self._say, self._iri
        caption = self._maybe(record.get("caption"))
        say(figure, "rdf:type", self._term("kg:Figure"), self._term("schema:Dataset"))
        say(figure, "schema:identifier", self._text(figid))
        say(figure, "schema:alternateName", *self._texts(texts(record.get("figid_alias"))))
        say(figure, "schema:name", self._text(title_of(record)))
        say(figure, "schema:description", caption)
        say(figure, "schema:url", figure)
        for path in texts(record.get("redirect_from")):
            say(figure, "schema:sameAs", iri(SITE + quote(path, safe="/!$&'()*+,;=:@~")))
        if link := present(record.get("figlink")):
            say(figure, "schema:mainEntityOfPage", iri(f"{NCBI}/{link.removeprefix('/')}"))
        free, keywords = jsonld.get("license") == "CC0", texts(jsonld.get("keywords"))
        if free:
            say(figure, "schema:license", iri("https://creativecommons.org/publicdomain/zero/1.0/"))
        if jsonld.get("creator", {}).get("name") == "WikiPathways":
            say(figure, "schema:creator", iri("https://www.wikipathways.org/"))
        say(figure, "schema:isPartOf", iri(BASE + "dataset/pfocr"))
        say(figure, "schema:isBasedOn", paper)
        say(figure, "schema:image", self._picture(record, paper, caption))
        say(figure, "schema:about", *self._organisms(record, "organisms"), *self._annotations(record))
        say(figure, "schema:mentions", *self._organisms(record, "organisms_ner"))
        say(figure, "schema:keywords", *self._texts(keywords))
        if caption is not None and free and keywords:
            say(figure, "dcterms:conformsTo", iri(DATASET_PROFILE))
        number = present(record.get("number"))
        if number and (found := re.search(r"\d+", number)):
            say(figure, "schema:position", self._number(found.group(), "integer"))
        say(figure, "kg:figureNumber", self._maybe(number))
        say(figure, "kg:figureType", self._maybe(record.get("figtype")))
        names = texts(record.get("organisms")) + texts(record.get("organisms_ner"))
        say(figure, "kg:organismName", *self._texts(dict.fromkeys(names)))
        say(figure, "kg:pathwayScore", self._number(record.get("pathway_score"), "decimal"))
        say(figure, "kg:automlScore", self._number(record.get("automl_pathway"), "decimal"))
        say(figure, "kg:searchRank", self._number(record.get("pmc_ranked_result_index"), "integer"))
        self._see_also(record, figure)
        self._genes(record, page, figure)
        self._substances(record, "chemicals", page, figure)
        self._substances(record, "diseases", page, figure)

    def _see_also(self, record: dict[str, Any], figure: Any) -> None:
        figid = record["figid"]
        for network in {present(record.get("ndex")), self._site.ndex.get(figid)} - {None}:
            self._say(figure, "rdfs:seeAlso", self._iri(f"https://www.ndexbio.org/viewer/networks/{network}"))
        for pathway in {present(record.get("wpid")), self._site.wpids.get(figid)} - {None}:
            self._say(figure, "rdfs:seeAlso", self._iri(f"{IDENTIFIERS}wikipathways/{pathway}"))

    def _picture(self, record: dict[str, Any], paper: Any, caption: Any) -> Any:
        filename = record["filename"]
        picture = self._iri(f"{NCBI}/pmc/articles/{record['pmcid']}/bin/{segment(filename)}")
        self._say(picture, "rdf:type", self._term("schema:ImageObject"))
        self._say(picture, "schema:contentUrl", picture)
        if filename.endswith(".jpg"):
            self._say(picture, "schema:encodingFormat", self._text("image/jpeg"))
        self._say(picture, "schema:caption", caption)
        self._say(picture, "schema:isPartOf", paper)
        return picture

    def _paper(self, record: dict[str, Any]) -> Any:
        pmcid = record["pmcid"]
        paper = self._iri(f"{IDENTIFIERS}pmc/{pmcid}")
        if not self._once(pmcid):
            return paper
        say = self._say
        citation = present(record.get("reftext"))
        journal, date, pages = cited(citation)
        year = present(record.get("year"))
        say(paper, "rdf:type", self._term("schema:ScholarlyArticle"))
        say(paper, "schema:identifier", self._text(f"pmc:{pmcid}"))
        say(paper, "schema:name", self._maybe(record.get("papertitle")))
        say(paper, "schema:url", self._iri(f"{NCBI}/pmc/articles/{pmcid}/"))
        if date:
            say(paper, "schema:datePublished", self._typed(date[0], self._types[date[1]]))
        elif year:
            say(paper, "schema:datePublished", self._typed(year, self._types["gYear"]))
        say(paper, "kg:year", self._number(year or (date[0][:4] if date else None), "integer"))
        say(paper, "schema:pagination", self._maybe(pages))
        say(paper, "dcterms:bibliographicCitation", self._maybe(citation))
        if doi := present(record.get("doi")):
            say(paper, "schema:sameAs", self._iri("https://doi.org/" + quote(doi, safe="!$&'()*+,;=:@~-._/")))
        keywords = (present(record.get("keywords")) or "").split(" | ")
        say(paper, "schema:keywords", *self._texts(filter(None, keywords)))
        say(paper, "schema:isPartOf", self._journal(record, journal))
        return paper

    def _journal(self, record: dict[str, Any], cited: str | None) -> Any:
        title, abbreviation = (
            present(record.get("journal_title")),
            present(record.get("journal_nlm_ta")) or cited,
        )
        if not title and not abbreviation:
            return None
        journal = self._iri(f"{BASE}journal/{slug(abbreviation or title or '')}")
        name = present(record.get("publisher_name"))
        if self._once((title, abbreviation, name)):
            self._say(journal, "rdf:type", self._term("schema:Periodical"))
            self._say(journal, "schema:name", self._maybe(title or abbreviation))
            if title and title != abbreviation:
                self._say(journal, "schema:alternateName", self._maybe(abbreviation))
            if name:
                publisher = self._iri(f"{BASE}publisher/{slug(name)}")
                self._say(journal, "schema:publisher", publisher)
                self._say(publisher, "rdf:type", self._term("schema:Organization"))
                self._say(publisher, "schema:name", self._text(name))
        return journal

    def _organisms(self, record: dict[str, Any], key: str) -> Iterator[Any]:
        for name in texts(record.get(key)):
            organism = self._site.by_name.get(name.casefold())
            if organism:
                yield self._taxon(organism)

    def _taxon(self, organism: Organism) -> Any:
        taxon = self._iri(f"{IDENTIFIERS}taxonomy/{organism.taxid}")
        if self._once(organism):
            self._say(taxon, "rdf:type", self._term("schema:Taxon"))
            self._say(taxon, "schema:name", self._text(organism.name))
            self._say(taxon, "schema:alternateName", self._maybe(organism.common))
            self._say(taxon, "schema:identifier", self._text(f"taxonomy:{organism.taxid}"))
            self._say(taxon, "schema:taxonRank", self._maybe(organism.rank))
            self._say(taxon, "skos:exactMatch", self._iri(f"{OBO}NCBITaxon_{organism.taxid}"))
        return taxon

    def _annotations(self, record: dict[str, Any]) -> Iterator[Any]:
        for row in record.get("annotations") or ():
            code = row["id"]
            prefix, _, number = code.partition(":")
            term = self._iri(f"{IDENTIFIERS}{prefix.lower()}/{code}")
            if self._once((code, row["value"])):
                self._say(term, "rdf:type", self._term("schema:DefinedTerm"))
                self._say(term, "schema:name", self._text(row["value"]))
                self._say(term, "schema:termCode", self._text(code))
                self._say(term, "schema:inDefinedTermSet", self._iri(f"{OBO}{prefix.lower()}.owl"))
                self._say(term, "skos:exactMatch", self._iri(f"{OBO}{prefix}_{number}"))
            yield term

    def _genes(self, record: dict[str, Any], page: str, figure: Any) -> None:
        mentions: dict[tuple[str, str | None, str], list[Any]] = {}
        for row in record["genes"]:
            gene = self._gene(row)
            self._say(figure, "schema:mentions", gene)
            matched = row.get("symbol") or row.get("match")
            mentions.setdefault((row["word"], matched, row["source"]), []).append(gene)
        self._mentions("gene", mentions, page, figure)

    def _gene(self, row: dict[str, str]) -> Any:
        number = row.get("entrez") or row["ncbigene_id"]
        name = row.get("hgnc_symbol") or row["ncbigene_symbol"]
        taxid = row.get("organism_id", "9606")
        gene = self._iri(f"{IDENTIFIERS}ncbigene/{number}")
        if self._once((number, name, taxid)):
            self._say(gene, "rdf:type", self._term("schema:Gene"))
            self._say(gene, "schema:name", self._text(name))
            self._say(gene, "schema:identifier", self._text(f"ncbigene:{number}"))
            self._say(gene, "schema:taxonomicRange", self._taxon(self._site.organisms[taxid]))
        return gene

    def _substances(self, record: dict[str, Any], kind: str, page: str, figure: Any) -> None:
        mentions: dict[tuple[str, str | None, str], list[Any]] = {}
        for row in record[kind]:
            substance = self._substance(kind, row)
            self._say(figure, "schema:mentions", substance)
            matched = row.get("match")
            key = row["word"], matched if matched == row["word"] else present(matched), "mesh"
            mentions.setdefault(key, []).append(substance)
        self._mentions(kind.removesuffix("s"), mentions, page, figure)

    def _substance(self, kind: str, row: dict[str, str]) -> Any:
        code = present(row.get("mesh") or row.get("identifier"))
        if code is None:
            return None
        code = code.removeprefix("mesh:")
        name, close = present(row.get("name")), present(row.get("chebi") or row.get("doid"))
        node = self._iri(f"{IDENTIFIERS}mesh/{code}")
        if self._once((kind, code, name, close)):
            of_class = "schema:ChemicalSubstance" if kind == "chemicals" else "schema:MedicalCondition"
            owner = self._iri(MESH_RDF + code)
            self._say(node, "rdf:type", self._term(of_class))
            self._say(node, "schema:name", self._maybe(name))
            self._say(node, "schema:identifier", self._text(f"mesh:{code}"))
            self._say(node, "schema:url", owner)
            self._say(node, "skos:exactMatch", owner)
            if close:
                prefix, _, number = close.partition(":")
                self._say(
                    node, "skos:closeMatch", self._iri(f"{IDENTIFIERS}{prefix}/{prefix.upper()}:{number}")
                )
        return node

    def _mentions(
        self, kind: str, mentions: dict[tuple[str, str | None, str], list[Any]], page: str, figure: Any
    ) -> None:
        for (word, matched, lexicon), entities in mentions.items():
            mention = self._iri(f"{page}#{digest(kind, word, matched or '', lexicon)}")
            self._say(mention, "rdf:type", self._term(f"kg:{kind.capitalize()}Mention"))
            self._say(mention, "schema:isPartOf", figure)
            self._say(mention, "schema:text", self._text(word))
            self._say(mention, "kg:matchedTerm", None if matched is None else self._text(matched))
            self._say(mention, "kg:lexicon", self._lexicon(lexicon))
            self._say(mention, "schema:about", *set(entities))
            times = max(Counter(entities).values())
            if times > 1:
                self._say(mention, "kg:occurrences", self._typed(str(times), self._types["integer"]))

    def _lexicon(self, name: str) -> Any:
        lexicon = self._term(f"kg:{name}")
        if self._once(lexicon):
            expands = "true" if name in FAMILY_LEXICONS else "false"
            self._say(lexicon, "rdf:type", self._term("kg:Lexicon"))
            self._say(lexicon, "kg:expandsFamilies", self._typed(expands, self._types["boolean"]))
        return lexicon


def title_of(record: dict[str, Any]) -> str:
    """Return the title of a figure, else the first sentence of its caption, else its identifier."""
    title, caption = present(record.get("figtitle")), present(record.get("caption"))
    if title or not caption:
        return title or str(record["figid"])
    found = re.match(r".{15,}?[.!?](?=\s|$)", caption, re.DOTALL)
    return " ".join((found.group() if found else caption).split()).rstrip(".")
