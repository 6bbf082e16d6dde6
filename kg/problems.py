"""Problems: what is wrong with a record, where it stands, and the one table of codes.

A problem never stops a run. Its severity follows from its code: an *error* lost a value or a record, a
*warning* kept what is doubtful, an *info* lost nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias


class Severity(str, Enum):
    """How bad a problem is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of problem: its stable name, its severity, one line of meaning, and how to mend it."""

    name: str
    severity: Severity
    meaning: str
    remedy: str


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

_ROWS = (
    # the document as a whole: the record is lost
    Code("unreadable", _E, "The file could not be read.", "Check that it exists and that you may read it."),
    Code(
        "not-utf8",
        _E,
        "The file is not valid UTF-8 text.",
        "Save it as UTF-8; the place of the first bad byte is given.",
    ),
    Code(
        "binary",
        _E,
        "The file holds NUL bytes: it is not a text.",
        "Remove it from the source, or restore the text.",
    ),
    Code(
        "too-large",
        _E,
        "The front matter or the file is larger than the limit.",
        "Split the record, or move tables into sidecar files.",
    ),
    Code(
        "unterminated-front-matter",
        _E,
        "The front matter has no closing line `---`.",
        "Add a line with `---` after the last key.",
    ),
    Code(
        "yaml-syntax",
        _E,
        "The front matter is not valid YAML.",
        "Mend it at the place given; quote texts that hold `: ` or start with a special character.",
    ),
    Code(
        "yaml-depth",
        _E,
        "The front matter is nested more deeply than the limit.",
        "Flatten the value at the place given.",
    ),
    Code(
        "yaml-nodes",
        _E,
        "The front matter has more values than the limit.",
        "Move long lists into a sidecar table.",
    ),
    Code(
        "yaml-alias",
        _E,
        "The front matter uses a YAML alias or anchor.",
        "Write the value out where the alias stands.",
    ),
    Code("yaml-merge", _E, "The front matter uses a YAML merge key `<<`.", "Write the merged keys out."),
    Code(
        "yaml-tag",
        _E,
        "The front matter uses a YAML tag.",
        "Remove the tag (`!…`); every value is read as text.",
    ),
    Code("yaml-key", _E, "A key of the front matter is not a text.", "Write the key as a plain word."),
    Code(
        "yaml-documents",
        _E,
        "The front matter holds a second YAML document.",
        "Keep one document between the two `---` lines.",
    ),
    Code(
        "not-a-mapping",
        _E,
        "The front matter is not a mapping of keys to values.",
        "Write it as lines of `key: value`.",
    ),
    Code(
        "missing-key",
        _E,
        "A key that identifies the record is absent or empty.",
        "Add it; without it the record has no name of its own.",
    ),
    Code(
        "bad-archive-member",
        _E,
        "A member of an archive is refused (a link, an unsafe path, or over a limit).",
        "Make the archive anew from plain files.",
    ),
    Code(
        "damaged-archive",
        _E,
        "The archive ends early or is damaged; what stood before was read.",
        "Make or download the archive again.",
    ),
    Code(
        "internal",
        _E,
        "The record met a fault of this program.",
        "Please report it with the record; the others are not affected.",
    ),
    # one value
    Code(
        "duplicate-key",
        _E,
        "A key stands twice in one mapping; the last value is used.",
        "Remove one of the two lines.",
    ),
    Code(
        "wrong-type",
        _E,
        "A value has another type than its key takes.",
        "Write the value as the type that is expected.",
    ),
    Code(
        "bad-identifier",
        _E,
        "An identifier does not match the pattern of its namespace; its text is kept, without a link.",
        "Correct the identifier.",
    ),
    Code(
        "bad-iri",
        _E,
        "A value is not a valid absolute web address.",
        "Write a full address (https://…), with special characters percent-encoded.",
    ),
    Code(
        "bad-number", _E, "A value is not a number of the kind that its key takes.", "Write a plain number."
    ),
    Code("bad-date", _E, "A value is not a date that exists.", "Write the date as YYYY-MM-DD."),
    Code(
        "bad-page", _E, "A link to a page is not a path of its site.", "Write the path as `/pmc/articles/…`."
    ),
    Code(
        "duplicate-column",
        _E,
        "A table has a column twice; the last is used.",
        "Remove or rename one of the two.",
    ),
    Code(
        "long-row",
        _E,
        "A table row has more cells than the header; the row is not used.",
        "Remove the extra tab, or add the column.",
    ),
    Code(
        "missing-column",
        _W,
        "A table lacks a column that its rows need.",
        "Add the column, or remove the table.",
    ),
    # kept, but doubtful
    Code(
        "short-row",
        _W,
        "A table row has fewer cells than the header; the absent cells count as missing.",
        "Add the missing tabs.",
    ),
    Code(
        "missing-word",
        _W,
        "An annotation has no OCR word; it is kept by the term that it matched.",
        "Add the word as it was read.",
    ),
    Code("empty-annotation", _W, "An annotation row has no value at all.", "Remove the row."),
    Code(
        "duplicate-figid",
        _W,
        "Two documents describe the same record; the graph holds the union of both.",
        "Keep one of them.",
    ),
    Code(
        "odd-figid",
        _W,
        "The identifier of the record is no file name, so no sidecar table is looked for.",
        "Use letters, digits, `.`, `_` and `-`.",
    ),
    Code(
        "unknown-organism",
        _W,
        "No organism page and no built-in name knows this organism; it is kept as a name.",
        "Correct the name, or add an organism page.",
    ),
    Code(
        "unknown-lexicon",
        _W,
        "No lexicon of this name is known; it is kept as text.",
        "Correct the name, or ask for the lexicon to be added.",
    ),
    Code(
        "unknown-ontology",
        _W,
        "No ontology of this kind is known; the term is kept as text.",
        "Use an identifier of PW, DOID or CL.",
    ),
    Code(
        "unknown-licence",
        _W,
        "The licence is not one that is known by its name; it is kept as text.",
        "Write `CC0`, or a full address.",
    ),
    Code(
        "control-character",
        _W,
        "A text holds a control character; it was replaced by U+FFFD.",
        "Remove it from the text.",
    ),
    Code(
        "unreadable-citation",
        _W,
        "The citation has no form that is understood; it is kept as text only.",
        "Write it as `Authors. Journal. 2010 Feb 19;285(8):5232-5239.`",
    ),
    # nothing lost
    Code(
        "unknown-key",
        _I,
        "A key that the model does not know; it is not in the graph.",
        "Remove it, or ask for it to be mapped.",
    ),
    Code(
        "unknown-column",
        _I,
        "A table column that the model does not know; it is not in the graph.",
        "Remove it, or ask for it to be mapped.",
    ),
    Code(
        "skipped-page",
        _I,
        "A page that is no record; it is left out.",
        "Nothing, unless it should be a record: then give it the keys of one.",
    ),
    Code(
        "lost-paper",
        _E,
        "The figure names no paper that is known, so what it says of its paper is not in the graph.",
        "Add or correct its `pmcid`.",
    ),
    Code("missing-paper", _I, "The figure names no paper.", "Add its `pmcid`."),
)

CODES: Mapping[str, Code] = MappingProxyType({row.name: row for row in _ROWS})
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
