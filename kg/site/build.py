"""A site over a store: its pages, in a fixed order, each with its view, its graph and its downloads.

    with open_for_reading("store") as store:
        site = Site(store, SiteSettings("https://example.org/kg/"), renderer=Renderer(settings))
        for address in site.addresses():
            site.html(address)           # what stands in file_path(address)
            site.graph_forms(address)    # {"ttl": …, "jsonld": …, "nt": …}: the same graph
            site.downloads(address)      # {"genes.txt": …, "genes.tsv": …}: written beside the page

A site is made once, in one pass over the mentions of the store (an index of a few bytes for each); after that
a page costs a few look-ups. It is read-only, so that processes which are forked from it share it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from kg.errors import UsageError
from kg.graph import IRI, RecordGraph
from kg.query.catalogue import catalogue
from kg.site.addresses import ALONE, CUT, FORMS, MAX_BYTES, Address, address_of, file_name, page
from kg.site.aliases import aliases
from kg.site.downloads import available, downloads
from kg.site.facts import Facts
from kg.site.graphs import Forms, page_graph
from kg.site.kinds import KINDS
from kg.site.pages.entity import entity_view
from kg.site.pages.figure import figure_view
from kg.site.pages.lists import home_view, list_view
from kg.site.pages.paper import paper_view
from kg.site.pages.pathway import pathway_view
from kg.site.pages.queries import Shown, answered, queries_view, query_view
from kg.site.pages.shared import Context, pages_of
from kg.site.pages.texts import text_view
from kg.site.pages.works import journal_view, post_view
from kg.site.settings import SiteSettings
from kg.site.things import NONE
from kg.site.views import AnyView, Link, Ref

if TYPE_CHECKING:
    import pyoxigraph


class Related(NamedTuple):
    """What lies beside a page: its forms and downloads, by file ending, and what each is for people."""

    forms: Sequence[tuple[str, str]] = ()
    """Ending and media type of each form of the graph (`ttl`, `text/turtle`)."""
    downloads: Sequence[tuple[str, str]] = ()
    """Ending and label of each download (`genes.tsv`, `Genes as a table`)."""


class PageRenderer(Protocol):
    """Makes the HTML of a view."""

    def html(self, view: AnyView, address: Address, jsonld: str, related: Related) -> str:
        """Return the page; `jsonld` may stand in a script element, and is empty where there is no graph."""
        ...


class Site:
    """The pages of a site over a store."""

    def __init__(
        self,
        store: pyoxigraph.Store,
        settings: SiteSettings,
        *,
        renderer: PageRenderer | None = None,
        only: Sequence[str] = (),
        sources: Mapping[str, str] | None = None,
        dumps: Sequence[Link] = (),
        folder: Path | None = None,
        run_queries: bool = True,
    ) -> None:
        """Read the store once.

        `only` are the kinds that get pages (none: all). `sources` has the path of the source record of a
        thing, by its IRI. `dumps` are the files that the home page offers. `folder` is where the store lies:
        queries then run in processes of their own, with a time limit. Without `run_queries` the query pages
        show no rows.

        Raises:
            UsageError: `only`, or what is withdrawn by the settings, names a kind that there is not.
        """
        _check_kinds((*only, *(kind for kind, _ in settings.withdrawn)))
        self.settings = settings
        self.facts = Facts(store, settings, only)
        queries = {query.name: query for query in catalogue()}
        self._context = Context(self.facts, queries, sources or {}, dumps)
        self._renderer, self._folder, self._run = renderer, folder, run_queries
        self._withdrawn = tuple(settings.withdrawn)
        self._forms = Forms()
        self._last: tuple[Address, RecordGraph, str] | None = None
        self._papers = Counter(journal for journal in self.facts.journal if journal != NONE)
        self._numbers: dict[str, dict[str, int]] = {}

    # which pages there are

    def addresses(self) -> Iterator[Address]:
        """Yield every page once, in a fixed order: pages that stand alone, lists, then things by kind.

        The later pages of a list follow its first. `gone` comes where something was withdrawn.
        """
        yield from map(Address, ("home", "search", "queries", "ontology", "about", "notfound"))
        if self._withdrawn:
            yield Address("gone")
        yield from (Address("query", name) for name in self._context.queries)
        for kind, count in self.counts().items():
            pages = pages_of(count, self.settings.page_size)
            yield from (Address("list", kind, number) for number in range(1, pages + 1))
        for kind in self.counts():
            for number in self.facts.things.numbers(kind):
                key = self.facts.things.keys[number]
                yield from (Address(kind, key, page) for page in range(1, self._pages(kind, number) + 1))

    def things(self, kind: str) -> Iterator[tuple[Address, IRI, str]]:
        """Yield the page, the IRI and the label of each thing of a kind, in the order of its list."""
        things = self.facts.things
        for number in self.facts.listed(kind) if kind in self.facts.shown else ():
            yield Address(kind, things.keys[number]), IRI(things.iris[number]), things.labels[number]

    def counts(self) -> Mapping[str, int]:
        """Return how many things of each kind there are; kinds without any are left out."""
        counts = {kind: len(self.facts.things.numbers(kind)) for kind in KINDS if kind in self.facts.shown}
        return {kind: count for kind, count in counts.items() if count}

    def find(self, path: str) -> tuple[Address, str] | None:
        """Return the page that a path names (`gene/208`, `gene/208.ttl`) with its ending, if there is one.

        A key that is not written as file names are (`chemical/mesh:D000255`) names its page too.
        """
        found = address_of(path) or self._cut(path)
        if found is not None and self.has(found[0]):
            return found
        kind, _, key = path.partition("/")
        return (Address(kind, key), "") if self.has(Address(kind, key)) and kind in KINDS else None

    def has(self, address: Address) -> bool:
        """Say whether there is such a page."""
        kind, key, page = address
        if kind in ALONE:
            return not key and page == 1 and (kind != "gone" or bool(self._withdrawn))
        if kind == "query":
            return key in self._context.queries and page == 1
        if kind == "list":
            return (
                1
                <= page
                <= pages_of(self.counts().get(key, 0), self.settings.page_size) * (key in self.counts())
            )
        number = self._number(address)
        return number is not None and 1 <= page <= self._pages(kind, number)

    def ref(self, iri: str) -> Ref | None:
        """Return the reference to the page of a thing, if it has one."""
        return self.facts.ref_of(iri)

    def iri(self, address: Address) -> IRI | None:
        """Return the thing that a page is about, if it is about one."""
        number = self._number(address)
        return None if number is None else IRI(self.facts.things.iris[number])

    def redirects(self) -> Iterator[tuple[str, Address]]:
        """Yield the paths of other names of things (`figure/PMC12__F1`) with the pages that they lead to.

        A name that several things share, or that is the key of another one, leads nowhere.
        """
        return aliases(self.facts)

    def withdrawn(self) -> Iterator[str]:
        """Yield the paths of pages that are gone."""
        return (page(Address(kind, key)) for kind, key in self._withdrawn)

    # what a page holds

    def view(self, address: Address) -> AnyView | None:
        """Return what a page shows; None where there is no such page."""
        if not self.has(address):
            return None
        kind, context = address.kind, self._context
        if kind == "query":
            query = context.queries[address.key]
            shown = answered(self.facts, query, self._folder) if self._run else Shown()
            return query_view(query, shown)
        alone = _ALONE_VIEWS.get(kind)
        if alone is not None:
            return alone(context, address)
        number = self._number(address)
        assert number is not None
        turtle = self._graph(address, number)[1] if address.number == 1 else ""
        return _THING_VIEWS[kind](context, address, number, turtle)

    def graph_forms(self, address: Address) -> Mapping[str, bytes]:
        """Return the graph of a page in each form: `ttl`, `jsonld`, `nt`.

        Empty for pages that are about no thing, and for the later pages of a list. That of the page of the
        ontology is the ontology.
        """
        if address.kind == "ontology":
            from kg.ontology_page import ontology_forms

            return ontology_forms()
        number = self._number(address)
        if number is None or address.number != 1:
            return {}
        graph, turtle = self._graph(address, number)
        texts = {"ttl": turtle, "jsonld": self._forms.jsonld(graph), "nt": self._forms.ntriples(graph)}
        return {form: text.encode() for form, text in texts.items()}

    def graph(self, address: Address) -> RecordGraph | None:
        """Return the graph of a page; None where it has none."""
        number = self._number(address)
        return None if number is None or address.number != 1 else self._graph(address, number)[0]

    def html(self, address: Address) -> str | None:
        """Return a page as HTML; None where there is no such page.

        Raises:
            UsageError: the site has no renderer.
        """
        if self._renderer is None:
            raise UsageError("this site was made without a renderer")
        view = self.view(address)
        if view is None:
            return None
        graph = self.graph(address)
        jsonld = "" if graph is None else self._forms.jsonld(graph)
        return self._renderer.html(view, address, jsonld, self.related(address))

    def downloads(self, address: Address) -> Mapping[str, bytes]:
        """Return the downloads of a page by their endings: `genes.txt`, `genes.tsv`, `figures.tsv` …."""
        number = self._number(address)
        return {} if number is None or address.number != 1 else downloads(self.facts, address.kind, number)

    def related(self, address: Address) -> Related:
        """Return what lies beside a page, without making it."""
        if address.kind == "ontology":
            return Related(tuple(FORMS.items()))
        number = self._number(address)
        if number is None or address.number != 1:
            return Related()
        return Related(tuple(FORMS.items()), tuple(available(self.facts, address.kind, number)))

    def modified(self, address: Address) -> str | None:
        """Return the date of what a page shows, from the data (`2026-11-21`, `2026-11`, `2026`), if known."""
        number = self._number(address)
        if number is not None:
            return self.facts.modified(number)
        return self.facts.latest if address.kind in ("home", "list", "about") else None

    # within

    def _number(self, address: Address) -> int | None:
        """Return the thing of an address, if there is such a page."""
        kind = address.kind
        if kind not in self.facts.shown:
            return None
        if kind not in self._numbers:
            self._numbers[kind] = self.facts.things.by_key(kind)
        return self._numbers[kind].get(address.key)

    def _pages(self, kind: str, number: int) -> int:
        """Return how many pages a thing has."""
        if kind == "journal":
            return pages_of(self._papers[number], self.settings.page_size)
        if kind in _LISTING and "figure" in self.facts.shown:
            return pages_of(self.facts.index.count(number), self.settings.page_size)
        return 1

    def _graph(self, address: Address, number: int) -> tuple[RecordGraph, str]:
        """Return the graph of a page and its Turtle; the last ones are kept, for they are asked for again."""
        if self._last is None or self._last[0] != address:
            graph = page_graph(self.facts, address, number)
            self._last = (address, graph, self._forms.turtle(graph))
        return self._last[1], self._last[2]

    def _cut(self, path: str) -> tuple[Address, str] | None:
        """Find a page by a name that was cut, among the few keys that are long enough."""
        if CUT not in path:
            return None
        folder = path.partition("/")[0]
        if folder not in self.facts.shown:
            return None
        keys = self.facts.things.keys[self.facts.things.first[folder] : self.facts.things.last[folder]]
        names = ((key, file_name(key)) for key in keys if len(key) * 4 > MAX_BYTES)
        return address_of(path, {f"{folder}/{name}": key for key, name in names if CUT in name})


_LISTING = frozenset({"gene", "chemical", "disease", "organism", "term"})
_THING_VIEWS: Mapping[str, Callable[[Context, Address, int, str], AnyView]] = {
    "figure": figure_view,
    "paper": paper_view,
    "pathway": pathway_view,
    "post": post_view,
    "journal": journal_view,
    **dict.fromkeys(_LISTING, entity_view),
}
_ALONE_VIEWS: Mapping[str, Callable[[Context, Address], AnyView]] = {
    "home": home_view,
    "list": list_view,
    "queries": queries_view,
    **dict.fromkeys(("search", "ontology", "about", "notfound", "gone"), text_view),
}


def _check_kinds(names: Sequence[str]) -> None:
    for name in names:
        if name not in KINDS:
            raise UsageError(f"{name}: there is no such kind of page; there are {', '.join(KINDS)}")
