"""What pages look up: the description of a thing in the store, and a few facts of every thing in memory."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kg import vocabulary as v
from kg.site.index import Index
from kg.site.kinds import KINDS
from kg.site.reading import Described, Reader
from kg.site.settings import SiteSettings
from kg.site.things import NONE, Things, one_of_each
from kg.site.views import Ref

if TYPE_CHECKING:
    import pyoxigraph

_KEPT = 1_000


class Facts:
    """The store, the things in it, and the index of who names what."""

    def __init__(self, store: pyoxigraph.Store, settings: SiteSettings, only: Sequence[str] = ()) -> None:
        self.store, self.settings = store, settings
        self.reader = reader = Reader(store)
        self.shown = frozenset(only) or frozenset(KINDS)
        self.things = Things(reader)
        number, size = self.things.number, len(self.things)
        self.paper = one_of_each(number, size, reader.values(v.IS_BASED_ON))
        self.taxon = one_of_each(number, size, reader.values(v.TAXONOMIC_RANGE))
        self.journal = one_of_each(number, size, _papers_of_journals(reader, self.things))
        self.year = _years(reader, self.things)
        self.date = _dates(reader, self.things)
        self.latest = max(self.date.values(), default=None)
        self.image = _images(reader, self.things)
        self.index = Index(store, reader, self.things)
        self.things.name_the_rest(self.index.usual_word)
        self._symbols: dict[str, list[int]] | None = None
        self._lists: dict[str, array[int]] = {}
        self._described: OrderedDict[str, Described] = OrderedDict()

    # references

    def ref(self, number: int) -> Ref | None:
        """Return the reference to the page of a thing; None where pages of its kind are not asked for."""
        kind = self.things.kind(number)
        return self.named(number, kind) if kind in self.shown else None

    def named(self, number: int, kind: str) -> Ref:
        """Return the reference to a thing of a kind."""
        return Ref(kind, self.things.keys[number], self.things.labels[number])

    def refs(self, numbers: Sequence[int] | array[int]) -> list[Ref]:
        """Return the references to things, without those that have no page."""
        return [ref for number in numbers if (ref := self.ref(number)) is not None]

    def ref_of(self, iri: str) -> Ref | None:
        """Return the reference to the thing of an IRI, if it has a page."""
        number = self.things.number.get(iri)
        return None if number is None else self.ref(number)

    def listed(self, kind: str) -> Sequence[int]:
        """Return the things of a kind in the order of its list.

        Figures and pathways stand in the order of their keys, papers and posts with the newest first, all
        others in the order of their labels.
        """
        if kind not in self._lists:
            self._lists[kind] = array(
                "I", sorted(self.things.numbers(kind), key=lambda number: self._order(kind, number))
            )
        return self._lists[kind]

    def _order(self, kind: str, number: int) -> tuple[int, str, int]:
        if kind in ("figure", "pathway"):
            return 0, "", number
        if kind == "paper":
            return -self.year[number], "", number
        if kind == "post":
            return -int(self.date.get(number, "0")[:10].replace("-", "")), "", number
        return 0, self.things.labels[number].casefold(), number

    def same_symbol(self, gene: int) -> list[int]:
        """Return the other genes of the same symbol, whatever its case."""
        if self._symbols is None:
            self._symbols = {}
            for number in self.things.numbers("gene"):
                self._symbols.setdefault(self.things.labels[number].casefold(), []).append(number)
        return [other for other in self._symbols[self.things.labels[gene].casefold()] if other != gene]

    def most_named(self, kind: str) -> int | None:
        """Return the thing of a kind that most works name, or the work that names most genes, if any.

        A paper is that of such a figure.
        """
        if kind == "paper":
            figure = self.most_named("figure")
            return None if figure is None or self.paper[figure] == NONE else self.paper[figure]
        if kind in ("figure", "pathway"):
            counts = ((-len(self.index.named(work, "gene")), work) for work in self.things.numbers(kind))
        else:
            works = ("pathway",) if kind == "chemical" else ("figure", "pathway")
            counts = (
                (-sum(self.index.count(thing, work) for work in works), thing)
                for thing in self.things.numbers(kind)
            )
        return min(counts, default=(0, None))[1]

    # descriptions

    def described(self, subject: str) -> Described:
        """Return what the store says of a subject."""
        known = self._described.get(subject)
        if known is None:
            known = self._described[subject] = self.reader.described(subject)
            if len(self._described) > _KEPT:
                self._described.popitem(last=False)
        return known

    def parts(self, whole: str) -> list[str]:
        """Return what is part of a thing and has no page of its own, in the order of IRIs."""
        number = self.things.number
        return [iri for iri in self.reader.subjects(v.IS_PART_OF, whole) if iri not in number]

    # dates

    def modified(self, number: int) -> str | None:
        """Return the date of a thing: its own, that of its paper, or the latest among what it is drawn in."""
        if self.things.kind(number) == "figure":
            paper = self.paper[number]
            return None if paper == NONE else self.date.get(paper)
        own = self.date.get(number)
        if own is not None:
            return own
        works = (*self.index.works(number), *self.index.works(number, "pathway"))
        return max((date for work in works if (date := self._date_of_work(work))), default=None)

    def _date_of_work(self, work: int) -> str | None:
        paper = self.paper[work]
        return self.date.get(work if paper == NONE else paper)

    def year_of(self, figure: int) -> int | None:
        """Return the year of a figure's paper."""
        paper = self.paper[figure]
        year = 0 if paper == NONE else self.year[paper]
        return year or None


def _papers_of_journals(reader: Reader, things: Things) -> Iterator[tuple[str, str]]:
    for journal in things.numbers("journal"):
        iri = things.iris[journal]
        yield from ((paper, iri) for paper in reader.subjects(v.IS_PART_OF, iri))


def _years(reader: Reader, things: Things) -> array[int]:
    """Return the year of each thing that has one; 0 where there is none."""
    years = array("i", [0]) * len(things)
    for subject, year in reader.values(v.YEAR):
        number = things.number.get(subject)
        if number is not None and year.isdigit() and len(year) <= 4:
            years[number] = int(year) if not years[number] else min(years[number], int(year))
    return years


def _dates(reader: Reader, things: Things) -> dict[int, str]:
    """Return the date of each thing that has one: of its last change, else of its publication."""
    dates: dict[int, str] = {}
    for predicate in (v.DATE_PUBLISHED, v.DATE_MODIFIED):
        found: dict[int, str] = {}
        for subject, date in reader.values(predicate):
            number = things.number.get(subject)
            if number is not None:
                found[number] = max(found.get(number, date), date)
        dates.update(found)
    return dates


def _images(reader: Reader, things: Things) -> list[str | None]:
    """Return the picture of each figure, the first in the order of IRIs."""
    figures = things.numbers("figure")
    images: list[str | None] = [None] * len(figures)
    for subject, image in reader.values(v.IMAGE):
        number = things.number.get(subject)
        if number is not None and number in figures:
            place = number - figures.start
            images[place] = min(images[place] or image, image)
    return images
