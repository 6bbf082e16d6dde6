"""What is done with one document, whatever stands in the others: read it, parse it, map it, link it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple, Protocol

from kg.graph import RecordGraph, Triple
from kg.linking import Linker
from kg.mapping import Settings, record_graph
from kg.organisms import Organisms
from kg.problems import Problem, Report, shown
from kg.records import Lookups, OrganismPage, Record, RecordLostError, RecordType, parse, read_lookups
from kg.source import Document, Item, Skipped, Source

_FAULTS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What a fault of ours in one record may raise; it costs that record only, and is reported."""


class Loaded(NamedTuple):
    """A record with the name of its type, and the document that it is from."""

    kind: str
    record: Record
    document: Document


class Tally(Protocol):
    """Counts what is in no record: pages skipped, by the reason, and values that stand for a missing one."""

    skipped: Counter[str]
    missing: int


def ignore(problem: Problem) -> None:
    """Report nothing."""


class Reader:
    """Reads documents of a source one by one; `lookups` are set before the first."""

    def __init__(
        self,
        source: Source,
        settings: Settings,
        *,
        only: Collection[str] = (),
        linker: Linker | None = None,
        other: RecordType | None = None,
        lookups: Lookups | None = None,
    ) -> None:
        self.source, self.settings = source, settings
        self.lookups = lookups or Lookups()
        self._only = frozenset(only)
        self._linker, self._other = linker, other

    def read_lookups(self, report: Report) -> None:
        """Read what records look up, before the first record."""
        organisms = Organisms()
        self.lookups = Lookups(organisms)
        for item in self.source.items(first=True):
            found = self.record(item, ignore)
            if found is not None and isinstance(found.record, OrganismPage):
                organisms.add(found.record.organism)
        self.lookups = read_lookups(self.source, organisms, report)

    def record(self, item: Item, report: Report, tally: Tally | None = None) -> Loaded | None:
        """Return a record; None where there is none (reported), or with a tally one that nobody asks for."""
        document: Document | None = None
        try:
            read = self.source.read(item, report)
            if isinstance(read, Skipped):
                _skip(read, report, tally)
                return None
            document = read
            found = parse(document, self.lookups, report, self._other)
        except RecordLostError as error:
            report(error.problem)
            return None
        except _FAULTS as error:
            report(_internal(self.source.shown(item), error))
            return None
        finally:
            if document is not None and tally is not None:
                tally.missing += document.missing
        if isinstance(found, Skipped):
            _skip(found, report, tally)
            return None
        kind, record = found
        if tally is not None and self._only and kind.name not in self._only:
            tally.skipped[f"not asked for ({kind.name})"] += 1
            return None
        return Loaded(kind.name, record, document)

    def graph(self, loaded: Loaded, report: Report) -> RecordGraph | None:
        """Return the whole graph of a record; None where our own fault costs it (reported)."""
        try:
            return self._mapped(loaded)
        except _FAULTS as error:
            report(_internal(loaded.document.path, error))
            return None

    def _mapped(self, loaded: Loaded) -> RecordGraph:
        """Return the graph of a record, with what the linker adds."""
        graph = record_graph(loaded.kind, loaded.record, self.settings)
        return graph if self._linker is None else self._linker.link(loaded.record, graph)

    def triples_of(self, keys: Sequence[str]) -> Iterator[Triple]:
        """Yield the triples of earlier records, read once more; the keys are those of their items."""
        for key in keys:
            found = self.record(Item.from_key(key), ignore)
            if found is not None:
                yield from self._mapped(found).triples()


def _internal(path: str, error: Exception) -> Problem:
    return Problem("internal", path, found=shown(f"{type(error).__name__}: {error}"))


def _skip(page: Skipped, report: Report, tally: Tally | None) -> None:
    if tally is not None:
        tally.skipped[page.reason] += 1
    report(Problem("skipped-page", page.path, 1, found=page.reason))
