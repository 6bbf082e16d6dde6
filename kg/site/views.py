"""What a page shows: plain values, made from the store and taken by the templates.

A view holds no HTML and no address of a page: a template makes a link of a `Ref` by the one function `href`.
Every text is as in the graph; the templates escape it. Counts are of distinct things.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from kg.graph import IRI


class Ref(NamedTuple):
    """A thing that has a page on this site: `Ref("gene", "208", "AKT2")`."""

    kind: str
    key: str
    label: str


class Link(NamedTuple):
    """A link to another site: `Link("NCBI Gene", "https://www.ncbi.nlm.nih.gov/gene/208", "208")`."""

    label: str
    url: str
    text: str = ""


class Bar(NamedTuple):
    """One bar of a chart; `ref` where it names a thing with a page."""

    label: str
    value: int
    ref: Ref | None = None


class Pager(NamedTuple):
    """Where a page stands among the pages of one list: `number` counts from 1, `total` counts the rows."""

    number: int
    pages: int
    total: int
    size: int


@dataclass(frozen=True, slots=True)
class View:
    """What every page has: its kind, its key (empty for the home page and lists), its thing and its title."""

    kind: str
    key: str
    title: str
    iri: IRI | None = None
    """The thing that the page is about."""
    types: Sequence[str] = ()
    """The classes of the thing, as CURIEs for people (`schema:Gene`)."""
    description: str = ""
    """One or two sentences for search engines; plain text."""
    facts: Sequence[tuple[str, Sequence[Ref | Link | str]]] = ()
    """Label and values, for the box of facts: identifiers, dates, licence …"""
    links: Sequence[Link] = ()
    """Links out, made by identifier, never by name."""
    queries: Sequence[tuple[str, str, Mapping[str, str]]] = ()
    """Bundled queries that ask about this thing: name, title, parameters."""
    turtle: str = ""
    """What this page knows, as Turtle, for the box at its foot."""
    modified: str | None = None
    """The date of the data, `2026-11-21`, where it is known."""
    source: str | None = None
    """The path of the source record, where it is known."""
    pager: Pager | None = None


class WordRow(NamedTuple):
    """One mention of a figure or pathway: the word read, what it matched, and what it resolved to."""

    word: str
    matched: str
    lexicon: str
    """The name of the lexicon for people, `HGNC alias symbol`."""
    evidence: str
    """`symbol`, `alias`, `previous`, `family`, `other`: how strong the match is, strongest first."""
    entities: Sequence[Ref]
    species: Sequence[Ref]
    occurrences: int = 1
    others: Sequence[Link] = ()
    """What it resolved to that has no page here (proteins, complexes)."""


class FigureRow(NamedTuple):
    """A figure in a table of figures."""

    figure: Ref
    paper: Ref | None
    year: int | None
    image: str | None
    words: Sequence[str] = ()
    """The words that named the thing of the page in this figure."""
    evidence: str = ""
    """The strongest evidence among them."""
    genes: int = 0


class Together(NamedTuple):
    """A thing drawn together with the thing of the page."""

    thing: Ref
    figures: int
    """The figures that hold both."""
    score: float
    """Jaccard: figures with both, divided by figures with either."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A paper as people cite it."""

    text: str
    year: int | None = None
    doi: str | None = None
    pmc: str | None = None
    bibtex: str = ""


@dataclass(frozen=True, slots=True)
class FigureView(View):
    """A figure of a paper."""

    image: str | None = None
    caption: str = ""
    number: str = ""
    paper: Ref | None = None
    citation: Citation | None = None
    organisms: Sequence[Ref | str] = ()
    terms: Sequence[Ref] = ()
    genes: Sequence[WordRow] = ()
    chemicals: Sequence[WordRow] = ()
    diseases: Sequence[WordRow] = ()
    gene_set: Sequence[Ref] = ()
    """The distinct genes, for downloads."""
    similar: Sequence[Together] = ()
    """Figures that share genes with this one, best first."""
    pathways: Sequence[Together] = ()


@dataclass(frozen=True, slots=True)
class PaperView(View):
    """A paper: its figures, the union of their genes."""

    citation: Citation | None = None
    journal: Ref | None = None
    keywords: Sequence[str] = ()
    figures: Sequence[FigureRow] = ()
    gene_set: Sequence[Ref] = ()
    pathways: Sequence[Ref] = ()
    """The pathways that cite it, or that it cites."""


@dataclass(frozen=True, slots=True)
class EntityView(View):
    """A gene, a chemical, a disease, an organism, an ontology term, a protein …: what figures name."""

    names: Sequence[str] = ()
    species: Sequence[Ref] = ()
    figure_count: int = 0
    paper_count: int = 0
    per_year: Sequence[Bar] = ()
    """Figures by the year of their papers."""
    papers_per_year: Sequence[Bar] = ()
    figures: Sequence[FigureRow] = ()
    evidence: Sequence[Bar] = ()
    """How many figures name it by each kind of evidence."""
    genes: Sequence[Together] = ()
    chemicals: Sequence[Together] = ()
    diseases: Sequence[Together] = ()
    pathways: Sequence[Ref] = ()
    posts: Sequence[Ref] = ()
    same_symbol: Sequence[tuple[Ref, str]] = ()
    """Genes of other species with the same symbol, and their species (their keys where it is not known)."""
    edges: Sequence[tuple[int, int, int]] = ()
    """The network picture: between which of the first `genes` (by position) how many figures stand."""


@dataclass(frozen=True, slots=True)
class PathwayView(View):
    """A pathway of WikiPathways."""

    summary: str = ""
    organisms: Sequence[Ref | str] = ()
    authors: Sequence[str] = ()
    communities: Sequence[str] = ()
    terms: Sequence[Ref] = ()
    rows: Sequence[WordRow] = ()
    gene_set: Sequence[Ref] = ()
    references: Sequence[Link | Ref | str] = ()
    similar: Sequence[Together] = ()
    """Figures that share genes with it."""


@dataclass(frozen=True, slots=True)
class PostView(View):
    """A post, with its sections."""

    date: str = ""
    tags: Sequence[str] = ()
    sections: Sequence[tuple[int, str, str]] = ()
    """Level, heading and text of each section; level 0 is the text before the first heading."""
    mentions: Sequence[Ref] = ()


@dataclass(frozen=True, slots=True)
class JournalView(View):
    """A journal: its papers."""

    per_year: Sequence[Bar] = ()
    papers: Sequence[tuple[Ref, int | None, int]] = ()
    """Paper, year, number of figures."""


@dataclass(frozen=True, slots=True)
class ListView(View):
    """The list of all things of one kind; `kind` is `list` and `key` the kind that it lists."""

    rows: Sequence[tuple[Ref, str]] = ()
    """Each thing, and a short remark (a year, a count)."""


@dataclass(frozen=True, slots=True)
class HomeView(View):
    """The first page."""

    counts: Sequence[tuple[str, int]] = ()
    """Kind and number of things, in the order of the kinds."""
    triples: int = 0
    per_year: Sequence[Bar] = ()
    top_genes: Sequence[Bar] = ()
    organisms: Sequence[Bar] = ()
    dumps: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class QueryView(View):
    """A bundled query, and the first rows of its answer."""

    category: str = ""
    sparql: str = ""
    parts: Sequence[tuple[str, str]] = ()
    """The same in parts: a text, and the parameter whose terms it holds (none for other texts)."""
    parameters: Sequence[tuple[str, str, str, str]] = ()
    """Name, type, default, description."""
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Ref | Link | str]] = ()
    truncated: bool = False
    note: str = ""
    """Why the page holds no answer."""


@dataclass(frozen=True, slots=True)
class QueriesView(View):
    """The list of the bundled queries, by category: name, title and description of each."""

    categories: Sequence[tuple[str, Sequence[tuple[str, str, str]]]] = ()


@dataclass(frozen=True, slots=True)
class TextView(View):
    """A page of its own text: about, not found, gone, the search page."""

    paragraphs: Sequence[str] = ()
    choices: Sequence[Link] = field(default=())


AnyView: TypeAlias = (
    FigureView
    | PaperView
    | EntityView
    | PathwayView
    | PostView
    | JournalView
    | ListView
    | HomeView
    | QueryView
    | QueriesView
    | TextView
)
