"""The shapes of answers that can be drawn: found in the columns, without a plotting library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from kg.errors import UsageError
from kg.query.answers import Answer, Term
from kg.query.results import known_prefixes
from kg.query.syntax import Kind
from kg.query.table import is_number, shortener

MAX_ROWS = 20_000
MAX_BARS = 30
MAX_SERIES = 8
FITTING = (
    "what can be drawn: a year (or another whole number) and a count; a label and a count; "
    "two columns of labels and a count"
)

_FEW = 3
_NEARLY_ALL = 0.7
_SHARES = ("share", "fraction", "jaccard", "percent", "ratio")


class NoShapeError(UsageError):
    """An answer has no shape that can be drawn."""


@dataclass(frozen=True, slots=True)
class Series:
    """Values over years or other whole numbers; one line for each name."""

    x: str
    y: str
    lines: dict[str, list[tuple[float, float]]]
    is_share: bool


@dataclass(frozen=True, slots=True)
class Bars:
    """Labels with their values, in the order of the answer; `left_out` rows are not among them."""

    label: str
    value: str
    rows: list[tuple[str, float]]
    left_out: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of labels with their weights; `one_kind` where both columns hold the same sort of thing."""

    first: str
    second: str
    weight: str
    weights: dict[tuple[str, str], float]
    one_kind: bool


Shape: TypeAlias = "Series | Bars | Pairs"


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    texts: list[str]
    numbers: list[float] | None
    is_iri: bool

    def is_constant(self) -> bool:
        return len(set(self.texts)) == 1

    def is_whole(self) -> bool:
        return self.numbers is not None and all(number == int(number) for number in self.numbers)


def shape_of(answer: Answer) -> Shape:
    """Return what an answer can be drawn as.

    Raises:
        NoShapeError: nothing; the text says which shapes fit.
    """
    if answer.kind is not Kind.SELECT:
        raise NoShapeError(f"the answer to {answer.kind.value} is no table; {FITTING}")
    columns = _columns(answer)
    if not columns or not columns[0].texts:
        raise NoShapeError("the answer has no rows, so there is nothing to draw")
    numbers = [column for column in columns if column.numbers is not None]
    labels = _labels([column for column in columns if column.numbers is None])
    found = _series(numbers, labels) or _pairs(numbers, labels) or _bars(numbers, labels)
    if found is None:
        names = ", ".join(column.name for column in columns)
        raise NoShapeError(f"the answer ({names}) has no shape that can be drawn; {FITTING}")
    return found


def _columns(answer: Answer) -> list[_Column]:
    short = shortener(known_prefixes())
    rows = list(islice(answer.cells(), MAX_ROWS))
    return [
        _column(name, [row[place] for row in rows], [short(row[place]) for row in rows])
        for place, name in enumerate(answer.variables())
    ]


def _column(name: str, cells: Sequence[Term], texts: list[str]) -> _Column:
    import pyoxigraph

    numbers = [_number(cell) for cell in cells]
    complete = [number for number in numbers if number is not None]
    is_iri = any(isinstance(cell, pyoxigraph.NamedNode) for cell in cells)
    return _Column(name, texts, complete if len(complete) == len(cells) else None, is_iri)


def _number(cell: Term) -> float | None:
    """Return the number of a cell, or None; what is infinite or no number cannot be drawn."""
    if not is_number(cell):
        return None
    try:
        value = float(getattr(cell, "value", ""))
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def _labels(columns: list[_Column]) -> list[_Column]:
    """Return the columns that name things: texts before IRIs, and those that vary first."""
    texts = [column for column in columns if not column.is_iri] or columns
    return [column for column in texts if not column.is_constant()] or texts[:1]


def _series(numbers: list[_Column], labels: list[_Column]) -> Series | None:
    x = next((column for column in numbers if column.name.lower().endswith("year")), None)
    if x is None and not labels and len(numbers) > 1:
        x = numbers[0]
    others = [column for column in numbers if column is not x]
    if x is None or not others or not x.is_whole():
        return None
    y = next((column for column in others if column.name.lower().startswith(_SHARES)), others[0])
    lines: dict[str, list[tuple[float, float]]] = {}
    name_of = labels[0].texts if labels and not labels[0].is_constant() else [""] * len(x.texts)
    for name, at, value in zip(name_of, x.numbers or (), y.numbers or (), strict=True):
        lines.setdefault(name, []).append((at, value))
    repeated = any(len({at for at, _ in line}) < len(line) for line in lines.values())
    if repeated or len(lines) > MAX_SERIES:
        return None
    return Series(
        x.name,
        y.name,
        {name: sorted(line) for name, line in lines.items()},
        y is not others[0] or _is_share(y),
    )


def _is_share(column: _Column) -> bool:
    return column.name.lower().startswith(_SHARES)


def _pairs(numbers: list[_Column], labels: list[_Column]) -> Pairs | None:
    if not numbers or len(labels) != 2:
        return None
    first, second = labels
    weights: dict[tuple[str, str], float] = {}
    for pair, weight in zip(
        zip(first.texts, second.texts, strict=True), numbers[0].numbers or (), strict=True
    ):
        if "" in pair or pair in weights:
            return None
        weights[pair] = weight
    left, right = set(first.texts), set(second.texts)
    # a column of two or three values is a property of the other one, unless nearly every pair is there
    both_repeat = all(len(names) < len(weights) for names in (left, right))
    many = min(len(left), len(right)) > _FEW or len(weights) >= _NEARLY_ALL * len(left) * len(right)
    one_kind = bool(left & right)
    if not weights or not (one_kind or (both_repeat and many)):
        return None
    return Pairs(first.name, second.name, numbers[0].name, weights, one_kind)


def _bars(numbers: list[_Column], labels: list[_Column]) -> Bars | None:
    if not numbers or not labels:
        return None
    texts = labels[0].texts
    if len(set(texts)) < len(texts) and len(labels) > 1:
        texts = [f"{one} ({other})" for one, other in zip(texts, labels[1].texts, strict=True)]
    rows = list(zip(texts, numbers[0].numbers or (), strict=True))
    return Bars(labels[0].name, numbers[0].name, rows[:MAX_BARS], len(rows[MAX_BARS:]))
