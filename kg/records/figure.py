"""Figure records, of both generations: annotations in the front matter, or in sidecar tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kg.graph import Literal
from kg.identifiers import DOI, NDEX, PMC, WIKIPATHWAYS
from kg.organisms import Organism
from kg.problems import Report
from kg.records import keys
from kg.records.annotations import Mention, parse_mentions
from kg.records.citation import g_year, parse_citation
from kg.records.fields import Fields
from kg.records.lookups import Lookups
from kg.records.shared import (
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
from kg.tables import Table

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

        def table(kind: str) -> Table | None:
            return self.document.table(f"{figid}-{kind}", self.report) if safe else None

        return parse_mentions(self.fields, table, self.lookups.organisms, self.lookups.known)


def _first_sentence(caption: str | None) -> str | None:
    """Return the first sentence of a caption (not a panel letter), without its full stop."""
    if caption is None:
        return None
    found = _SENTENCE.match(caption)
    return " ".join((found.group() if found else caption).split()).rstrip(".") or None
