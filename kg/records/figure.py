"""Figure records, of both generations: annotations in the front matter, or in sidecar tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from kg.graph import Literal
from kg.identifiers import (
    CHEBI,
    DOI,
    DOID,
    MESH,
    NCBIGENE,
    NDEX,
    PMC,
    TAXONOMY,
    WIKIPATHWAYS,
    Namespace,
)
from kg.organisms import Organism, Organisms
from kg.problems import Report
from kg.records import keys
from kg.records.citation import g_year, parse_citation
from kg.records.fields import Fields, Row, table_rows
from kg.records.lookups import Lookups
from kg.records.shared import (
    Entity,
    Identifier,
    Term,
    linked,
    parse_licence,
    parse_page,
    parse_redirects,
    parse_taxa,
    parse_terms,
    required_text,
)
from kg.source import Document
from kg.vocabulary import LEXICONS

_HUMAN = "9606"
_PAPER_KEYS = (
    "papertitle",
    "reftext",
    "year",
    "doi",
    "journal_title",
    "journal_nlm_ta",
    "publisher_name",
    "keywords",
    "filename",
)
_SENTENCE = re.compile(r".{15,}?[.!?](?=\s|$)", re.DOTALL)
_YEAR = re.compile(r"[12]\d{3}", re.ASCII)
_PAGE = re.compile(r"/?pmc/articles/\S+", re.ASCII)


class Mention(NamedTuple):
    """One OCR word with what it matched, in which lexicon, and every entity that it resolved to.

    `occurrences` is how often the same row stands, `unlinked` are identifiers that match no pattern.
    """

    kind: str
    word: str | None
    matched: str | None
    lexicon: str | None
    entities: tuple[Entity, ...]
    unlinked: tuple[str, ...]
    occurrences: int


class Journal(NamedTuple):
    """A journal: its full title and its NLM abbreviation, as far as given, and its publisher."""

    title: str | None
    abbreviation: str | None
    publisher: str | None

    @property
    def is_named(self) -> bool:
        """Whether the record names the journal, or only its publisher."""
        return bool(self.title or self.abbreviation)


class Paper(NamedTuple):
    """The paper that a figure is from."""

    pmcid: str
    title: str | None
    doi: str | None
    unlinked: str | None
    citation: str | None
    date: Literal | None
    year: str | None
    pages: str | None
    keywords: tuple[str, ...]
    journal: Journal | None


class Figure(NamedTuple):
    """A pathway figure, as its record says it."""

    figid: str
    page: str | None
    aliases: tuple[str, ...]
    title: str
    caption: str | None
    redirects: tuple[str, ...]
    pmc_page: str | None
    filename: str | None
    licence: str | None
    creator: str | None
    symbols: tuple[str, ...]
    number: str | None
    type: str | None
    pathway_score: str | None
    automl_score: str | None
    search_rank: str | None
    paper: Paper | None
    organism_names: tuple[str, ...]
    about_taxa: tuple[Organism, ...]
    mentioned_taxa: tuple[Organism, ...]
    terms: tuple[Term, ...]
    see_also: tuple[Identifier, ...]
    unlinked: tuple[str, ...]
    mentions: tuple[Mention, ...]


def parse_figure(document: Document, lookups: Lookups, report: Report) -> Figure:
    """Parse a figure record and its sidecar tables.

    Raises:
        RecordLostError: it has no `figid`.
    """
    return _FigureParser(document, lookups, report).parse()


class _FigureParser:
    """Parses one figure; what it says of identifiers that match no pattern gathers in `unlinked`."""

    def __init__(self, document: Document, lookups: Lookups, report: Report) -> None:
        self.document, self.lookups, self.report = document, lookups, report
        self.fields = Fields(document, report)
        self.jsonld = self.fields.mapping("schema-jsonld")
        self.creator = self.jsonld.mapping("creator")
        self.unlinked: list[str] = []

    def parse(self) -> Figure:
        fields, jsonld = self.fields, self.jsonld
        figid = required_text(fields, "figid")
        self._check_keys()
        caption = fields.text("caption")
        about, named = parse_taxa(fields, "organisms", self.lookups.organisms)
        mentioned, recognised = parse_taxa(fields, "organisms_ner", self.lookups.organisms)
        keywords = jsonld.texts("keywords")
        terms = tuple(parse_terms(fields, self.unlinked, keywords))
        return Figure(
            figid=figid,
            page=parse_page(jsonld),
            aliases=tuple(fields.texts("figid_alias")),
            title=fields.text("figtitle") or _first_sentence(caption) or figid,
            caption=caption,
            redirects=tuple(parse_redirects(fields)),
            pmc_page=self._pmc_page(),
            filename=fields.text("filename"),
            licence=parse_licence(jsonld),
            creator=self.creator.text("name"),
            symbols=tuple(keywords),
            number=fields.text("number"),
            type=fields.text("figtype"),
            pathway_score=fields.decimal("pathway_score"),
            automl_score=fields.decimal("automl_pathway"),
            search_rank=fields.integer("pmc_ranked_result_index"),
            paper=self._paper(),
            organism_names=tuple(dict.fromkeys((*named, *recognised))),
            about_taxa=about,
            mentioned_taxa=mentioned,
            terms=terms,
            see_also=tuple(self._see_also(figid)),
            mentions=tuple(self._mentions(figid)),
            unlinked=tuple(self.unlinked),
        )

    def _check_keys(self) -> None:
        self.fields.check_keys(keys.FIGURE)
        self.jsonld.check_keys(keys.FIGURE_JSONLD)
        self.creator.check_keys(keys.CREATOR)

    def _pmc_page(self) -> str | None:
        link = self.fields.text("figlink")
        if link is None or _PAGE.fullmatch(link):
            return None if link is None else "/" + link.removeprefix("/")
        self.fields.problem("bad-page", "figlink", "a path like `/pmc/articles/PMC…/figure/F1/`", link)
        return None

    def _paper(self) -> Paper | None:
        fields = self.fields
        pmc = linked(fields, "pmcid", PMC, self.unlinked)
        if pmc is None:
            self._report_no_paper()
            return None
        reftext = fields.text("reftext")
        citation = parse_citation(reftext) if reftext else None
        if reftext and citation is None:
            fields.problem(
                "unreadable-citation", "reftext", "Authors. Journal. Date;volume(issue):pages.", reftext
            )
        year = self._year()
        date = citation.date if citation else None
        unlinked = len(self.unlinked)
        doi = linked(fields, "doi", DOI, self.unlinked)
        return Paper(
            pmcid=pmc.local,
            title=fields.text("papertitle"),
            doi=doi.local if doi else None,
            unlinked=self.unlinked.pop() if len(self.unlinked) > unlinked else None,
            citation=reftext,
            date=date or (g_year(year) if year else None),
            year=year or (date.lexical[:4] if date else None),
            pages=citation.pages if citation else None,
            keywords=tuple(fields.texts("keywords", " | ")),
            journal=self._journal(citation.journal if citation else None),
        )

    def _report_no_paper(self) -> None:
        lost = [key for key in _PAPER_KEYS if self.fields.has(key)]
        if lost:
            self.fields.problem("lost-paper", "pmcid", "a PMC identifier", f"none, beside {', '.join(lost)}")
        elif not self.fields.has("pmcid"):
            self.fields.problem("missing-paper", "pmcid", "a PMC identifier", None)

    def _year(self) -> str | None:
        year = self.fields.text("year")
        if year is not None and not _YEAR.fullmatch(year):
            self.fields.problem("bad-number", "year", "a year of four digits", year)
            return None
        return year

    def _journal(self, cited: str | None) -> Journal | None:
        title, abbreviation = self.fields.text("journal_title"), self.fields.text("journal_nlm_ta") or cited
        publisher = self.fields.text("publisher_name")
        return Journal(title, abbreviation, publisher) if title or abbreviation or publisher else None

    def _see_also(self, figid: str) -> Iterator[Identifier]:
        for key, namespace, mapped in (
            ("wpid", WIKIPATHWAYS, self.lookups.wpids),
            ("ndex", NDEX, self.lookups.ndex),
        ):
            own = linked(self.fields, key, namespace, self.unlinked)
            if own:
                yield own
            other = mapped.get(figid)
            if other and (own is None or other != own.local):
                yield Identifier(namespace, other)

    def _mentions(self, figid: str) -> Iterator[Mention]:
        safe = not ("/" in figid or "\\" in figid or figid.startswith("."))
        if not safe:
            self.fields.problem("odd-figid", "figid", "a name that a file can have", figid)
        for kind in _KINDS:
            rows: list[Fields | Row] = list(self._front_rows(kind))
            table = self.document.table(f"{figid}-{kind.plural}", self.report) if safe else None
            if table is not None:
                rows += table_rows(table, kind.columns, "word", self.document, self.report)
            organisms = self.lookups.organisms
            yield from _grouped(kind, (found for row in rows if (found := _read_row(kind, row, organisms))))

    def _front_rows(self, kind: _Kind) -> Iterator[Fields]:
        if self.fields.values.get(kind.plural):
            for row in self.fields.rows(kind.plural):
                row.check_keys(kind.keys)
                yield row


def _first_sentence(caption: str | None) -> str | None:
    """Return the first sentence of a caption (not a panel letter), without its full stop."""
    if caption is None:
        return None
    found = _SENTENCE.match(caption)
    return " ".join((found.group() if found else caption).split()).rstrip(".") or None


class _Kind(NamedTuple):
    """One kind of annotation: its keys and columns, and how its entity is read."""

    name: str
    plural: str
    keys: keys.Table
    columns: keys.Table
    entity: Callable[[Fields | Row, str | None, Organisms, list[str]], Entity | None]


class _Read(NamedTuple):
    """One row as read."""

    word: str | None
    matched: str | None
    lexicon: str | None
    entity: Entity | None
    unlinked: tuple[str, ...]


def _read_row(kind: _Kind, row: Fields | Row, organisms: Organisms) -> _Read | None:
    word = row.verbatim("word")
    matched = row.verbatim("symbol") or row.verbatim("match")
    if kind.name != "gene" and matched is not None and matched != word:
        matched = row.text("symbol") or row.text("match")
    lexicon = row.text("source")
    if lexicon is None and kind.name != "gene":
        lexicon = "mesh"
    elif lexicon is not None:
        lexicon = _lexicon(row, lexicon)
    unlinked: list[str] = []
    entity = kind.entity(row, lexicon, organisms, unlinked)
    if word is None and matched is None and entity is None and not unlinked:
        row.problem("empty-annotation", None, "a word and what it matched", None)
        return None
    if word is None:
        row.problem("missing-word", "word", "the word as it was read", None)
    return _Read(word, matched, lexicon, entity, tuple(unlinked))


def _lexicon(row: Fields | Row, name: str) -> str:
    if name in LEXICONS:
        return name
    if name.lower() in LEXICONS:
        return name.lower()
    row.problem("unknown-lexicon", "source", "one of " + ", ".join(LEXICONS), name)
    return name


def _gene(row: Fields | Row, lexicon: str | None, organisms: Organisms, unlinked: list[str]) -> Entity | None:
    name = row.verbatim("hgnc_symbol") or row.verbatim("ncbigene_symbol")
    identifier = _first_of(row, unlinked, ("entrez", NCBIGENE), ("ncbigene_id", NCBIGENE))
    if identifier is None:
        unlinked.extend([name] if name and not unlinked else [])
        return None
    taxon = _gene_taxon(row, lexicon, organisms, unlinked)
    return Entity("gene", identifier, name.strip() if name else None, taxon)


def _gene_taxon(
    row: Fields | Row, lexicon: str | None, organisms: Organisms, unlinked: list[str]
) -> Organism | None:
    """Return the taxon of a gene: human by its lexicon, else what the row says; never that of the figure."""
    if lexicon is not None and lexicon.startswith(("hgnc_", "bioentities")):
        return organisms.get(_HUMAN)
    found = linked(row, "organism_id", TAXONOMY, unlinked)
    if found is None:
        return None
    organism = organisms.get(found.local)
    return organism if organism.name else organism._replace(name=row.text("organism_name"))


def _first_of(row: Fields | Row, unlinked: list[str], *places: tuple[str, Namespace]) -> Identifier | None:
    """Return the first identifier that matches its pattern; texts that do not are kept."""
    found = (linked(row, key, namespace, unlinked) for key, namespace in places)
    return next((identifier for identifier in found if identifier), None)


def _chemical(
    row: Fields | Row, lexicon: str | None, organisms: Organisms, unlinked: list[str]
) -> Entity | None:
    return _substance("chemical", row, "chebi", CHEBI, unlinked)


def _disease(
    row: Fields | Row, lexicon: str | None, organisms: Organisms, unlinked: list[str]
) -> Entity | None:
    return _substance("disease", row, "doid", DOID, unlinked)


def _substance(
    kind: str, row: Fields | Row, key: str, other: Namespace, unlinked: list[str]
) -> Entity | None:
    """Read what MeSH names, or another vocabulary where MeSH does not."""
    text = row.values.get("identifier")
    given = other if isinstance(text, str) and text.strip().lower().startswith(f"{other.prefix}:") else MESH
    first = _first_of(row, unlinked, ("mesh", MESH), ("identifier", given))
    second = linked(row, key, other, unlinked)
    name = row.text("name")
    identifier = first or second
    if identifier is None:
        unlinked.extend([name] if name and not unlinked else [])
        return None
    return Entity(kind, identifier, name, None, second if first else None)


_KINDS = (
    _Kind("gene", "genes", keys.GENE_ROW, keys.GENE_COLUMNS, _gene),
    _Kind("chemical", "chemicals", keys.CHEMICAL_ROW, keys.CHEMICAL_COLUMNS, _chemical),
    _Kind("disease", "diseases", keys.DISEASE_ROW, keys.DISEASE_COLUMNS, _disease),
)


def _grouped(kind: _Kind, rows: Iterable[_Read]) -> Iterator[Mention]:
    """Gather rows into mentions: the same word, matched term and lexicon are one."""
    groups: dict[tuple[str | None, str | None, str | None], list[_Read]] = {}
    for row in rows:
        groups.setdefault(row[:3], []).append(row)
    for (word, matched, lexicon), found in groups.items():
        entities = tuple(dict.fromkeys(row.entity for row in found if row.entity))
        unlinked = tuple(dict.fromkeys(text for row in found for text in row.unlinked))
        times = 1 if len(found) == 1 else max(Counter((row.entity, row.unlinked) for row in found).values())
        yield Mention(kind.name, word, matched, lexicon, entities, unlinked, times)
