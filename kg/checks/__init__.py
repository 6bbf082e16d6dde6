"""Checks: every rule on every record and SHACL on their graphs; each finding has a file, line and field.

>>> from kg.resources import examples
>>> check([examples()]).of(Severity.ERROR)
0
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.checks import graphs, rules, together
from kg.checks.case import Case
from kg.checks.claims import Claims
from kg.checks.found import Finding, Found, read_baseline
from kg.errors import MissingExtraError, NoRecordError, UsageError
from kg.graph import IRI, RecordGraph
from kg.mapping import Settings
from kg.pipeline import Loaded, Run
from kg.problems import CODES, Problem, Problems, Severity
from kg.shapes import Shapes, load
from kg.source import Item
from kg.tracing import Tracer

if TYPE_CHECKING:
    from kg.linking import Linker
    from kg.records import RecordType

__all__ = ["SHACL", "Finding", "Found", "Options", "Severity", "check", "read_baseline"]

SHACL = ("sample", "all", "none")
"""How many record graphs the shapes judge."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a check is asked for: the shapes, how many graphs they judge, and which codes are told."""

    shapes: str | None = None
    shacl: str = "sample"
    only: Collection[str] = ()
    ignore: Collection[str] = ()


def check(
    paths: Iterable[str | Path],
    options: Options | None = None,
    *,
    settings: Settings | None = None,
    linker: Linker | None = None,
    other: RecordType | None = None,
    advance: Callable[[], object] | None = None,
    started: Callable[[Run], object] | None = None,
) -> Found:
    """Check the records of sources; where the shapes need pySHACL and it is absent, a note says so.

    `linker` and `other` are as for `kg.pipeline.Run`: the graphs are those that an export with them makes.

    Raises:
        UsageError: a code or a mode is not known.
        SourceError: a source or the shapes cannot be read, or there is no record at all.
    """
    paths = list(paths)

    def run_with(problems: Problems) -> Run:
        return Run(paths, settings=settings, problems=problems, advance=advance, linker=linker, other=other)

    made = _Check(paths, options or Options(), run_with)
    if started is not None:
        started(made.run)
    return made.found_all()


class _Check:
    """One run of a check."""

    def __init__(
        self,
        paths: Sequence[str | Path],
        options: Options,
        run_with: Callable[[Problems], Run],
    ) -> None:
        for code in (*options.only, *options.ignore):
            if code not in CODES:
                raise UsageError(f"{code}: no such code; `kg explain` lists them")
        if options.shacl not in SHACL:
            raise UsageError(f"--shacl {options.shacl}: choose one of {', '.join(SHACL)}")
        self._options = options
        self._found = Found(map(str, paths))
        self._told: set[str] = set()
        self._claims = Claims()
        self._shapes: Shapes | None = None if options.shacl == "none" else load(options.shapes)
        self._year = _this_year()
        self.run = run_with(Problems(0, also=self._take))

    def found_all(self) -> Found:
        """Check every record, then what they say together."""
        pages = len(self.run.source)
        for number, loaded in enumerate(self.run.records()):
            graph = self.run.graph(loaded)
            if graph is not None:
                self._record(loaded, graph, self._options.shacl == "all" or graphs.is_sampled(number, pages))
            self._told.clear()
        if not self.run.summary.records:
            raise NoRecordError("no record was found in the sources")
        for problem in together.conflicts(self._claims, self._where):
            self._take(problem)
        for problem in together.tables_without_records(self.run.source, self._claims):
            self._take(problem)
        return self._found

    def _take(self, problem: Problem) -> None:
        self._told.add(problem.code)
        chosen, code = self._options, problem.code
        if code not in chosen.ignore and (not chosen.only or code in chosen.only):
            self._found(problem)

    def _record(self, loaded: Loaded, graph: RecordGraph, judged: bool) -> None:
        case = Case(
            loaded.kind,
            loaded.record,
            loaded.document,
            graph,
            self.run.organisms,
            self._year,
            frozenset(self._told),
        )
        for problem in rules.problems_of(case):
            self._take(problem)
        together.claim(case, self._claims)
        if judged and self._shapes is not None:
            told, own = frozenset(self._told), self._options.shapes is None
            try:
                for problem in graphs.problems_of(case, self._shapes, told, own=own):
                    self._take(problem)
            except MissingExtraError as error:
                self._shapes = None
                self._found.notes.append(f"{error}; the graphs were not judged")

    def _where(
        self, item: Item, triple: tuple[IRI, IRI, str] | None, path: tuple[str | int, ...] | None
    ) -> together.Where | None:
        """Return the place of a triple or a field of a record that is read once more."""
        loaded = self.run.again(item)
        if loaded is None:
            return None
        document = loaded.document
        if triple is None:
            steps = path or ()
            return together.Where(document.path, *document.place(steps), str(steps[0]) if steps else None)
        graph = self.run.graph(loaded)
        if graph is None:
            return None
        subject, predicate, text = triple
        tracer = Tracer(loaded.kind, document, graph, self.run.organisms)
        said = tracer.facts(subject).get(predicate, ())
        value = next((one for one in said if text in (one, getattr(one, "lexical", None))), text)
        cell = tracer.trace(subject, predicate, value).cell
        return together.Where(cell.file, *cell.place, cell.field)


def _this_year() -> int:
    """Return the year of `SOURCE_DATE_EPOCH`, else of the clock."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = (
        dt.datetime.fromtimestamp(int(epoch), dt.timezone.utc)
        if epoch.isdigit()
        else dt.datetime.now(dt.timezone.utc)
    )
    return now.year
