"""What is decided for all workers: which facts are new, and what the run says and counts of its records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Protocol

from kg.problems import Problem, Report
from kg.reading import Loaded, Reader, Tally, ignore
from kg.source import Item
from kg.unique import FactFile
from kg.workers.messages import Fresh, Mapped, Task


class Counts(Tally, Protocol):
    """Counts records by their type, too."""

    records: Counter[str]


class Decisions:
    """Decides task by task, in order: reports and counts what a worker found, and says what is new of it.

    `repeated` is told of each record that has the root of an earlier one.
    """

    def __init__(
        self, reader: Reader, counts: Counts, report: Report, repeated: Callable[[Loaded, Item], object]
    ) -> None:
        self._reader, self._counts, self._report, self._repeated = reader, counts, report, repeated
        self._facts = FactFile()

    @property
    def entities(self) -> int:
        """How many distinct shared entities were described."""
        return self._facts.subjects

    def decide(self, task: Task, mapped: Mapped) -> Fresh:
        """Return what is new of a task."""
        self._counts.skipped.update(mapped.skipped)
        self._counts.missing += mapped.missing
        fresh, lost = Fresh({}, {}), dict(task.lost)
        self._tell(task.problems)
        for place, row in enumerate(mapped.rows):
            self._tell(row.problems)
            if place in lost:
                path = self._reader.source.shown(task.items[place])
                self._report(Problem("internal", path, found=lost[place]))
            if row.kind is not None:
                self._counts.records[row.kind] += 1
            if row.root is not None:
                self._meet(task.items[place], row.root, place, fresh)
            changes = self._changes(row.announced)
            if changes:
                fresh.changes[place] = changes
        return fresh

    def _tell(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self._report(problem)

    def _meet(self, item: Item, root: int, place: int, fresh: Fresh) -> None:
        """Note that a record has a root, and what had it before."""
        earlier = self._facts.record(root, item.key())
        if earlier:
            fresh.earlier[place] = earlier
            loaded = self._reader.record(item, ignore)
            if loaded is not None:
                self._repeated(loaded, Item.from_key(earlier[0]))

    def _changes(self, announced: Iterable[tuple[int, int, list[int]]]) -> dict[int, tuple[int, ...]]:
        """Return the places of the facts that are new, by the number of a description, where not all are."""
        found: dict[int, tuple[int, ...]] = {}
        for number, subject, marks in announced:
            new = self._facts.new(subject, marks)
            if new is not None:
                found[number] = tuple(new)
        return found
