"""The record graph of a figure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from kg import fast
from kg import vocabulary as v
from kg.graph import (
    IRI,
    Description,
    Filled,
    Literal,
    Object,
    Pattern,
    RecordGraph,
    Said,
    describe,
    described,
)
from kg.identifiers import DOI, PMC
from kg.iris import digest, encoded, encoded_path, part_iri
from kg.mapping import entities, works
from kg.mapping.settings import Settings
from kg.organisms import Organism
from kg.records.annotations import Mention
from kg.records.figure import Figure, Journal, Paper

_MEDIA_TYPES: Mapping[str, str] = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "svg": "image/svg+xml",
    "webp": "image/webp",
}
_MENTION_CLASS: Mapping[str, IRI] = {
    "gene": v.GENE_MENTION,
    "chemical": v.CHEMICAL_MENTION,
    "disease": v.DISEASE_MENTION,
}
_LEXICONS: Mapping[str, IRI] = {name: v.kg(name) for name in v.LEXICONS}
_NUMBER = re.compile(r"(?<!\d)\d{1,9}(?!\d)", re.ASCII)


def figure_graph(figure: Figure, settings: Settings) -> RecordGraph:
    """Return the graph of a figure: record, picture, paper, entities, mentions, in this order.

    <…/PMC2820751__zbc0101006590006.html> a kg:Figure, schema:Dataset ;
        schema:identifier "PMC2820751__zbc0101006590006" ; schema:isBasedOn pmc:PMC2820751 ;
        schema:image <…/zbc0101006590006.jpg> ; schema:mentions ncbigene:208 ; kg:pathwayScore 0.9177296 .
    <….html#6b3a1c9e02> a kg:GeneMention ; schema:isPartOf <….html> ; schema:text "GLUT4" ;
        kg:matchedTerm "GLUT4" ; kg:lexicon kg:hgnc_prev_symbol ; schema:about ncbigene:6517 .
    """
    root = figure_iri(figure, settings)
    return RecordGraph(root, tuple(_descriptions(figure, root, settings)))


def figure_iri(figure: Figure, settings: Settings) -> IRI:
    """Return the IRI of a figure: the one that its record states, else its page on the site."""
    return IRI(figure.page) if figure.page else IRI(f"{settings.pfocr}figures/{encoded(figure.figid)}.html")


def _descriptions(figure: Figure, root: IRI, settings: Settings) -> Iterator[Description]:
    found = _Resolved(figure.mentions)
    yield _record(figure, root, found.subjects(), settings)
    picture = _picture_iri(figure)
    if picture is not None:
        yield _picture(figure, picture)
    if figure.paper:
        yield _paper(figure.paper, settings)
        if figure.paper.journal:
            yield from entities.journal(figure.paper.journal, settings)
    for organism in dict.fromkeys((*figure.about_taxa, *figure.mentioned_taxa, *found.taxa)):
        yield entities.taxon(organism)
    for term in figure.terms:
        yield entities.term(term)
    yield from found.described.values()
    for name in dict.fromkeys([mention.lexicon for mention in figure.mentions]):
        if name in v.LEXICONS:
            yield entities.lexicon(name)
    stem: str = part_iri(root, "")
    for mention, about in zip(figure.mentions, found.about, strict=True):
        yield _mention(mention, root, stem, about)


class _Resolved:
    """What the mentions of a figure resolved to: descriptions by fingerprint, taxa, and the IRIs of each."""

    __slots__ = ("about", "described", "taxa")

    def __init__(self, mentions: tuple[Mention, ...]) -> None:
        self.described: dict[int, Description] = {}
        self.taxa: dict[Organism, None] = {}
        self.about: list[list[Object]] = []
        last: Organism | None = None
        described = self.described
        for mention in mentions:
            about: list[Object] = []
            for item in mention.entities:
                found = entities.entity(item)
                subject, _, fingerprint = found
                described[fingerprint] = found
                about.append(subject)
                taxon = item.taxon
                if taxon is not last and taxon is not None:
                    last = taxon
                    self.taxa[taxon] = None
            self.about.append(list(dict.fromkeys(about)) if len(about) > 1 else about)

    def subjects(self) -> list[IRI]:
        """Return the IRIs, each once."""
        return list(dict.fromkeys([found.subject for found in self.described.values()]))


def _record(figure: Figure, root: IRI, mentioned: list[IRI], settings: Settings) -> Description:
    pmc = PMC.iri_of(figure.paper.pmcid) if figure.paper else None
    licence = works.licence(figure.licence)
    return describe(
        root,
        (v.RDF_TYPE, (v.FIGURE, v.DATASET)),
        (v.IDENTIFIER, figure.figid),
        (v.ALTERNATE_NAME, figure.aliases),
        (v.NAME, figure.title),
        (v.DESCRIPTION, figure.caption),
        (v.URL, root),
        (v.SAME_AS, _redirects(figure, settings)),
        (v.MAIN_ENTITY_OF_PAGE, IRI(works.NCBI + encoded_path(figure.pmc_page)) if figure.pmc_page else None),
        (v.LICENSE, licence),
        (v.CREATOR, works.creator(figure.creator)),
        (v.IS_PART_OF, settings.minted("dataset/pfocr")),
        (v.IS_BASED_ON, pmc),
        (v.IMAGE, _picture_iri(figure)),
        (v.ABOUT, [*map(entities.taxon_iri, figure.about_taxa), *_term_iris(figure)]),
        (v.MENTIONS, [*mentioned, *map(entities.taxon_iri, figure.mentioned_taxa)]),
        (v.KEYWORDS, figure.symbols),
        (v.DCTERMS_CONFORMS_TO, works.profile(figure.title, figure.caption, figure.symbols, licence)),
        (v.POSITION, _position(figure.number)),
        (v.FIGURE_NUMBER, figure.number),
        (v.FIGURE_TYPE, figure.type),
        (v.ORGANISM_NAME, figure.organism_names),
        (v.PATHWAY_SCORE, works.typed(figure.pathway_score, v.XSD_DECIMAL)),
        (v.AUTOML_SCORE, works.typed(figure.automl_score, v.XSD_DECIMAL)),
        (v.SEARCH_RANK, works.typed(figure.search_rank, v.XSD_INTEGER)),
        (v.SOURCE_IDENTIFIER, figure.unlinked),
        (v.RDFS_SEE_ALSO, map(entities.identifier_iri, figure.see_also)),
    )


def _redirects(figure: Figure, settings: Settings) -> list[IRI]:
    return [IRI(settings.pfocr.rstrip("/") + encoded_path(path)) for path in figure.redirects]


def _term_iris(figure: Figure) -> Iterator[IRI]:
    return (entities.identifier_iri(term.identifier) for term in figure.terms)


def _position(number: str | None) -> Literal | None:
    """Return the first number in `F6`, `Figure 9`, `Fig. 4` … as an integer."""
    found = _NUMBER.search(number) if number else None
    return Literal(str(int(found.group())), v.XSD_INTEGER) if found else None


def _picture_iri(figure: Figure) -> IRI | None:
    if figure.filename is None or figure.paper is None:
        return None
    return IRI(f"{works.NCBI}/pmc/articles/{figure.paper.pmcid}/bin/{encoded(figure.filename)}")


def _picture(figure: Figure, picture: IRI) -> Description:
    ending = (figure.filename or "").rpartition(".")[2].lower()
    return describe(
        picture,
        (v.RDF_TYPE, v.IMAGE_OBJECT),
        (v.CONTENT_URL, picture),
        (v.ENCODING_FORMAT, _MEDIA_TYPES.get(ending)),
        (v.CAPTION, figure.caption),
        (v.IS_PART_OF, PMC.iri_of(figure.paper.pmcid) if figure.paper else None),
        shared=True,
    )


def _paper(paper: Paper, settings: Settings) -> Description:
    journal = paper.journal
    return describe(
        PMC.iri_of(paper.pmcid),
        (v.RDF_TYPE, v.SCHOLARLY_ARTICLE),
        (v.IDENTIFIER, PMC.curie(paper.pmcid)),
        (v.NAME, paper.title),
        (v.URL, IRI(f"{works.NCBI}/pmc/articles/{paper.pmcid}/")),
        (v.DATE_PUBLISHED, paper.date),
        (v.YEAR, works.typed(paper.year, v.XSD_INTEGER)),
        (v.PAGINATION, paper.pages),
        (v.DCTERMS_CITATION, paper.citation),
        (v.SAME_AS, DOI.iri_of(paper.doi) if paper.doi else None),
        (v.SOURCE_IDENTIFIER, paper.unlinked),
        (v.KEYWORDS, paper.keywords),
        (v.IS_PART_OF, entities.journal_iri(journal, settings) if journal and journal.is_named else None),
        (v.PUBLISHER, _publisher_without_journal(journal, settings)),
        shared=True,
    )


def _publisher_without_journal(journal: Journal | None, settings: Settings) -> IRI | None:
    """Return the publisher where no journal is there to carry it."""
    if journal is None or journal.is_named or journal.publisher is None:
        return None
    return entities.publisher_iri(journal.publisher, settings)


def _mention(mention: Mention, root: IRI, stem: str, about: list[Object]) -> Description:
    """Describe a mention; its IRI is the stem and a digest of what it says."""
    kind, word, matched, lexicon, _, unlinked, occurrences = mention
    subject = IRI(stem + digest(kind, word or "", matched or "", lexicon or ""))
    if (
        word
        and matched
        and len(about) == 1
        and occurrences == 1
        and not unlinked
        and fast.PATTERNS not in fast.OFF
    ):
        return described((subject, Filled(_pattern(kind, lexicon), (root, word, matched, about[0])), 0))
    facts: Said = {v.RDF_TYPE: [_MENTION_CLASS[kind]], v.IS_PART_OF: [root]}
    if word is not None:
        facts[v.TEXT] = [word]
    if matched is not None:
        facts[v.MATCHED_TERM] = [matched]
    if lexicon is not None:
        facts[v.LEXICON] = [_lexicon(lexicon)]
    if about:
        facts[v.ABOUT] = about
    if unlinked:
        facts[v.SOURCE_IDENTIFIER] = list(unlinked)
    if occurrences > 1:
        facts[v.OCCURRENCES] = [Literal(str(occurrences), v.XSD_INTEGER)]
    return described((subject, facts, 0))


@lru_cache(maxsize=256)
def _pattern(kind: str, lexicon: str | None) -> Pattern:
    """Return what the usual mentions of a kind say alike: one word, one match, one entity."""
    facts: dict[IRI, list[Object] | None] = {v.RDF_TYPE: [_MENTION_CLASS[kind]]}
    facts |= {v.IS_PART_OF: None, v.TEXT: None, v.MATCHED_TERM: None}
    if lexicon is not None:
        facts[v.LEXICON] = [_lexicon(lexicon)]
    facts[v.ABOUT] = None
    return Pattern(facts)


def _lexicon(name: str) -> Object:
    """Return the lexicon of a name; one that is not known is a text."""
    return _LEXICONS.get(name, name)
