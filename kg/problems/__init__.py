"""Problems: what is wrong with a record, where it stands, and the one table of codes.

A problem never stops a run. Its severity follows from its code: an *error* lost a value or a record, a
*warning* kept what is doubtful, an *info* lost nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from kg.problems import checking, documents, values
from kg.problems.code import Code, Severity

__all__ = ["CODES", "Code", "Problem", "Problems", "RecordLostError", "Report", "Severity", "shown"]


CODES: Mapping[str, Code] = MappingProxyType(
    {row.name: row for row in (*documents.ROWS, *values.ROWS, *checking.ROWS)}
)
"""Every code by its name."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of one record.

    `file` is the path as the user gave it (an archive and its member are joined by `!`), `line` and
    `column` count from 1, `field` is a path like `genes[2].entrez`.
    """

    code: str
    file: str
    line: int | None = None
    column: int | None = None
    field: str | None = None
    expected: str | None = None
    found: str | None = None

    @property
    def severity(self) -> Severity:
        """The severity, as the table of codes says."""
        return CODES[self.code].severity

    @property
    def place(self) -> str:
        """`file:line:column`, as far as known."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)

    def __str__(self) -> str:
        parts = [f"{self.place}: {self.severity.value}: {CODES[self.code].meaning}"]
        if self.field:
            parts.append(f"field {self.field}")
        if self.expected:
            parts.append(f"expected {self.expected}")
        if self.found is not None:
            parts.append(f"found {self.found}")
        return f"{parts[0]} {'; '.join(parts[1:])} [{self.code}]".replace("  ", " ")

    def to_json(self) -> str:
        """Return the problem as one line of JSON."""
        row = {
            "severity": self.severity.value,
            "code": self.code,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "field": self.field,
            "expected": self.expected,
            "found": self.found,
            "message": CODES[self.code].meaning,
        }
        return json.dumps(row, ensure_ascii=False)


class Problems:
    """Counts problems, keeps the first ones, and hands each on."""

    def __init__(self, keep: int = 1000, also: Callable[[Problem], None] | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self.first: list[Problem] = []
        self._keep, self._also = keep, also

    def __call__(self, problem: Problem) -> None:
        """Take one problem."""
        self.counts[problem.code] += 1
        if len(self.first) < self._keep:
            self.first.append(problem)
        if self._also is not None:
            self._also(problem)

    def of(self, severity: Severity) -> int:
        """Return how many problems of a severity there were."""
        return sum(count for code, count in self.counts.items() if CODES[code].severity is severity)


Report: TypeAlias = Callable[[Problem], None]


class RecordLostError(Exception):
    """Raised inside reading and parsing when a whole record is lost; the pipeline collects its problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def shown(value: object, limit: int = 80) -> str:
    """Return a value as a short text for a message: quoted, without control characters.

    >>> shown("a" * 100, 8)
    '"aaaaaaaa…"'
    """
    if isinstance(value, str):
        text = value if len(value) <= limit else value[:limit] + "…"
        return json.dumps(text, ensure_ascii=not text.isprintable())
    if value is None:
        return "nothing"
    return "a list" if isinstance(value, list) else "a mapping" if isinstance(value, dict) else repr(value)
