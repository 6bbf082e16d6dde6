"""From triples back to fields: one table of which keys and columns each property of each node is made of.

A node is known by its class in the graph of a record. Behind it stand the keys that name it; below it stands
each property with its keys, the first that has the value first. `genes.word` is that key of the rows of
`genes`, or that column of the table `…-genes.tsv`; `(file)`, `(body)` and `(heading)` are the name of the
file, the text below the front matter and its headings. Behind a bar stands what tells the row of a node
whose IRI does not name it. The mapping itself is in the other modules; a test proves that this table leads
from every triple to a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from kg import vocabulary as v
from kg.graph import IRI

_GENE_ID = "genes.entrez genes.ncbigene_id"
_CHEMICAL_ID = "chemicals.mesh chemicals.identifier chemicals.chebi"
_DISEASE_ID = "diseases.mesh diseases.identifier diseases.doid"
_REFERENCES = (
    "datanodes.NCBI_gene datanodes.Ensembl datanodes.HGNC datanodes.UniProt datanodes.Wikidata"
    " datanodes.ChEBI datanodes.InChI datanodes.PubChem datanodes.ChemSpider datanodes.HMDB datanodes.KEGG"
    " datanodes.LipidMaps"
)
_NODE_ID = f"datanodes.Identifier {_REFERENCES}"

_FIGURE = f"""
Figure < figid
    alternateName < figid_alias
    name < figtitle caption figid
    description < caption
    url < schema-jsonld.@id figid
    sameAs < redirect_from
    mainEntityOfPage < figlink
    license < schema-jsonld.license
    creator < schema-jsonld.creator.name
    isBasedOn < pmcid
    image < filename
    about < organisms annotations.id
    mentions < {_GENE_ID} {_CHEMICAL_ID} {_DISEASE_ID} organisms_ner
    keywords < schema-jsonld.keywords annotations.value
    position < number
    kg:figureNumber < number
    kg:figureType < figtype
    kg:organismName < organisms organisms_ner
    kg:pathwayScore < pathway_score
    kg:automlScore < automl_pathway
    kg:searchRank < pmc_ranked_result_index
    kg:sourceIdentifier < pmcid doi wpid ndex annotations.id
    rdfs:seeAlso < wpid ndex wpid_map ndex_map
ImageObject < filename
    caption < caption
    isPartOf < pmcid
ScholarlyArticle < pmcid
    name < papertitle
    datePublished < year reftext
    kg:year < reftext year
    pagination < reftext
    dcterms:bibliographicCitation < reftext
    sameAs < doi
    kg:sourceIdentifier < doi
    keywords < keywords
    isPartOf < journal_title journal_nlm_ta reftext
Periodical < journal_title journal_nlm_ta reftext
    publisher < publisher_name
Organization < publisher_name
Gene < {_GENE_ID}
    name < genes.hgnc_symbol genes.ncbigene_symbol
    taxonomicRange < genes.source genes.organism_id
ChemicalSubstance < {_CHEMICAL_ID}
    name < chemicals.name
    skos:closeMatch < chemicals.chebi
MedicalCondition < {_DISEASE_ID}
    name < diseases.name
    skos:closeMatch < diseases.doid
Taxon < organisms organisms_ner genes.organism_id genes.source
    name < organisms organisms_ner genes.organism_id genes.organism_name genes.source
DefinedTerm < annotations.id
    name < annotations.value
Lexicon < genes.source chemicals.source diseases.source diseases.word chemicals.word
GeneMention < genes.match genes.symbol genes.word \
 | text=genes.word kg:matchedTerm=genes.symbol,genes.match kg:lexicon=genes.source
    text < genes.word
    kg:matchedTerm < genes.match genes.symbol
    kg:lexicon < genes.source
    about < {_GENE_ID}
    kg:sourceIdentifier < {_GENE_ID} genes.organism_id genes.ncbigene_symbol genes.hgnc_symbol
ChemicalMention < chemicals.match chemicals.symbol chemicals.word \
 | text=chemicals.word kg:matchedTerm=chemicals.symbol,chemicals.match kg:lexicon=chemicals.source
    text < chemicals.word
    kg:matchedTerm < chemicals.match chemicals.symbol
    kg:lexicon < chemicals.word chemicals.source
    about < {_CHEMICAL_ID}
    kg:sourceIdentifier < {_CHEMICAL_ID} chemicals.name
DiseaseMention < diseases.match diseases.symbol diseases.word \
 | text=diseases.word kg:matchedTerm=diseases.symbol,diseases.match kg:lexicon=diseases.source
    text < diseases.word
    kg:matchedTerm < diseases.match diseases.symbol
    kg:lexicon < diseases.word diseases.source
    about < {_DISEASE_ID}
    kg:sourceIdentifier < {_DISEASE_ID} diseases.name
"""

_MENTIONS = (
    "GeneMention ProteinMention RnaMention MetaboliteMention ComplexMention PathwayMention OtherMention"
)

_PATHWAY = f"""
Pathway < wpid
    name < title
    description < description
    version < revision
    dateModified < last-edited
    sameAs < schema-jsonld.@id redirect_from
    dcterms:hasVersion < redirect_from
    license < schema-jsonld.license
    creator < schema-jsonld.creator.name
    author < authors
    isPartOf < communities wpid
    about < organisms annotations.id
    mentions < {_NODE_ID}
    citation < bibliography.ID bibliography.Citation
    subjectOf < citedin.link citedin.title
    keywords < schema-jsonld.keywords annotations.value
    kg:organismName < organisms
    kg:sourceIdentifier < ndex annotations.id
    rdfs:seeAlso < ndex
Collection < communities
    hasPart < wpid
Person SoftwareApplication < authors
Taxon < organisms
DefinedTerm < annotations.id
    name < annotations.value
ScholarlyArticle Book CreativeWork - < bibliography.ID citedin.link
    dcterms:bibliographicCitation < bibliography.Citation
    name < citedin.title
Gene Protein MolecularEntity BioChemEntity < {_NODE_ID}
    name < datanodes.HGNC
    rdfs:seeAlso < datanodes.HGNC
    encodesBioChemEntity < datanodes.UniProt datanodes.Identifier
    inChIKey < datanodes.InChI datanodes.Identifier
{_MENTIONS} < datanodes.Identifier datanodes.Label \
 | text=datanodes.Label kg:dataNodeType=datanodes.Type kg:sourceIdentifier=datanodes.Identifier
    text < datanodes.Label
    kg:dataNodeType < datanodes.Type
    kg:sourceIdentifier < {_NODE_ID}
    about < {_NODE_ID}
    skos:closeMatch < {_NODE_ID}
    rdfs:seeAlso < datanodes.HGNC
    rdfs:comment < datanodes.Comment
"""

_PAGES = """
[author]
Person SoftwareApplication < username
    name < realname
    affiliation < affiliation
    sameAs < orcid wikidata
    kg:sourceIdentifier < orcid wikidata
[community]
Collection < collections.name community-tag
    name < display-name collections.name
    description < description
    abstract < short-description
    sameAs < redirect_from
    editor < editors
    citation < reference
    hasPart < collections.wpids collections.wpid collections.name
    isPartOf < community-tag
    kg:sourceIdentifier < collections.wpids collections.wpid
Person SoftwareApplication < editors
[organism]
Taxon < ncbi
    name < latin common
    alternateName < common
    description < description
[term]
DefinedTerm < xref-identifier
    name < value
    description < definition
    inDefinedTermSet < xref-dataSource
[post]
BlogPosting < title (file)
    headline < title
    name < title
    description < description
    datePublished < date (file)
    keywords < tags keywords (body)
    wordCount < (body)
    articleBody < (body)
    hasPart < (heading)
WebPageElement < (heading) | name=(heading)
"""


class Role(NamedTuple):
    """How a node of a class comes from a record.

    `anchors` are the keys that name it, `same` the properties by which its row is found where its IRI does
    not tell, `facts` the keys of each property that is not made of the anchors.
    """

    kind: str
    name: str
    anchors: tuple[str, ...]
    same: tuple[tuple[IRI, tuple[str, ...]], ...]
    facts: Mapping[IRI, tuple[str, ...]]

    def keys(self, predicate: IRI | None) -> tuple[str, ...]:
        """Return the keys of a property (of the node itself, where there is none)."""
        return self.anchors if predicate is None else self.facts.get(predicate, self.anchors)

    def sentence(self, predicate: IRI | None) -> str:
        """Return the rule in one line.

        >>> roles("figure")["Figure"].sentence(v.CAPTION), roles("organism")["Taxon"].sentence(v.NAME)
        ('figure: figid → caption of Figure', 'organism: latin, common → name of Taxon')
        """
        part = f"{short(predicate)} of {self.name}" if predicate else f"the node {self.name}"
        return f"{self.kind}: {', '.join(self.keys(predicate))} → {part}"


@lru_cache(maxsize=1)
def _tables() -> Mapping[str, Mapping[str, Role]]:
    tables: dict[str, dict[str, Role]] = {}
    for kind, text in _sections(f"[figure]{_FIGURE}[pathway]{_PATHWAY}{_PAGES}"):
        tables[kind] = dict(_roles(kind, text))
    return tables


def roles(kind: str) -> Mapping[str, Role]:
    """Return the roles of a record type, by the local name of the class of the node; `-` is one without."""
    return _tables().get(kind, {})


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    for section in text.split("[")[1:]:
        kind, _, body = section.partition("]")
        yield kind, [line for line in body.splitlines() if line.strip()]


def _roles(kind: str, lines: list[str]) -> Iterator[tuple[str, Role]]:
    starts = [number for number, line in enumerate(lines) if not line.startswith(" ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        head, _, told = lines[start].partition("|")
        names, _, anchors = head.partition("<")
        facts = dict(_fact(line) for line in lines[start + 1 : end])
        same = tuple(_told(word) for word in told.split())
        for name in names.split():
            yield name, Role(kind, name, tuple(anchors.split()), same, facts)


def _fact(line: str) -> tuple[IRI, tuple[str, ...]]:
    name, _, keys = line.partition("<")
    return term(name.strip()), tuple(keys.split())


def _told(word: str) -> tuple[IRI, tuple[str, ...]]:
    name, _, keys = word.partition("=")
    return term(name), tuple(keys.split(","))


def term(name: str) -> IRI:
    """Return the term of a short name; one without a prefix is of schema.org.

    >>> term("name"), term("rdfs:seeAlso")
    (IRI('https://schema.org/name'), IRI('http://www.w3.org/2000/01/rdf-schema#seeAlso'))
    """
    prefix, colon, local = name.partition(":")
    return IRI(v.PREFIXES[prefix] + local) if colon else v.schema(name)


def short(term: IRI) -> str:
    """Return the short name of a term."""
    for prefix, namespace in v.PREFIXES.items():
        if term.startswith(namespace):
            local = term.removeprefix(namespace)
            return local if prefix == "schema" else f"{prefix}:{local}"
    return f"<{term}>"
