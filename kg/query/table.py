"""Answers as tables for people: aligned, as wide as the terminal, IRIs abbreviated."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from kg.query.answers import Answer, Term
from kg.vocabulary import XSD

if TYPE_CHECKING:
    from typing import Any

_GAP = "  "
_NARROWEST = 8
_TEXT = 16
_LOOKED_AT = 100
_WIDEST_MEASURED = 300
_MEASURED_ROWS = 10_000
_NUMBERS = frozenset(
    XSD + name for name in "integer decimal double float int long nonNegativeInteger".split()
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


@dataclass(slots=True)
class Shown:
    """What a table left out: how many cells were cut to fit."""

    cut: int = 0


def table_lines(answer: Answer, width: int, prefixes: Mapping[str, str], shown: Shown) -> Iterator[str]:
    """Yield the lines of a table of an answer; cells are cut to fit the width, unless it is 0.

    Widths follow from the first ten thousand rows, so that memory does not grow with the answer.
    """
    short = _Short(prefixes)
    names = answer.variables()
    sample = [[short(cell) for cell in row] for row in islice(answer.cells(), _MEASURED_ROWS)]
    kinds = [_is_numeric(column) for column in _columns(answer, names)]
    widths = [
        min(_WIDEST_MEASURED, max([columns_of(name), *(columns_of(row[place]) for row in sample)]))
        for place, name in enumerate(names)
    ]
    if width:
        floors = [wide if firm else _TEXT for wide, firm in zip(widths, _firm(answer, names), strict=True)]
        widths = fitted(widths, width - len(_GAP) * (len(names) - 1), floors)
    yield _line(names, widths, kinds, Shown())
    yield _GAP.join("─" * wide for wide in widths)
    for row in answer.cells():
        yield _line([short(cell) for cell in row], widths, kinds, shown)


def fitted(widths: list[int], room: int, floors: list[int] | None = None) -> list[int]:
    """Return widths that fit the room: the widest give way first, none below its floor, or else below eight.

    >>> fitted([4, 40, 30], 54), fitted([4, 40, 30], 54, [4, 20, 30])
    ([4, 25, 25], [4, 20, 30])
    """
    fit = list(widths)
    for least in (floors, [_NARROWEST] * len(widths)):
        while least is not None and sum(fit) > room:
            wide = [place for place, width in enumerate(fit) if width > least[place]]
            if not wide:
                break
            fit[max(wide, key=lambda place: fit[place])] -= 1
    return fit


def columns_of(text: str) -> int:
    """Return how many columns of a terminal a text takes.

    >>> columns_of("β-catenin"), columns_of("経路")
    (9, 4)
    """
    if text.isascii():
        return len(text)
    return sum(_columns_of_character(character) for character in text)


def _columns_of_character(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, width: int) -> str:
    """Return a text cut to a width, with `…` where something is missing.

    >>> cut("Insulin signalling", 8)
    'Insulin…'
    """
    if columns_of(text) <= width:
        return text
    taken, used = [], 0
    for character in text:
        used += _columns_of_character(character)
        if used > width - 1:
            break
        taken.append(character)
    return "".join(taken).rstrip() + "…"


def _line(cells: list[str], widths: list[int], numeric: list[bool], shown: Shown) -> str:
    parts = []
    for text, width, is_number in zip(cells, widths, numeric, strict=True):
        fit = cut(text, width)
        shown.cut += fit != text
        blank = " " * (width - columns_of(fit))
        parts.append(blank + fit if is_number else fit + blank)
    return _GAP.join(parts).rstrip()


def _columns(answer: Answer, names: list[str]) -> list[tuple[Term, ...]]:
    """Return the first cells of each column."""
    return list(zip(*islice(answer.cells(), _LOOKED_AT), strict=True)) or [()] * len(names)


def _firm(answer: Answer, names: list[str]) -> list[bool]:
    """Say which columns are of use only whole: IRIs and numbers."""
    return [
        _is_numeric(column) or any(_is_iri(cell) for cell in column) for column in _columns(answer, names)
    ]


def _is_iri(cell: Term) -> bool:
    import pyoxigraph

    return isinstance(cell, pyoxigraph.NamedNode)


def _is_numeric(column: tuple[Term, ...]) -> bool:
    bound = [cell for cell in column if cell is not None]
    return bool(bound) and all(is_number(cell) for cell in bound)


def is_number(cell: Term) -> bool:
    """Say whether a cell is a number."""
    datatype: Any = getattr(cell, "datatype", None)
    return datatype is not None and datatype.value in _NUMBERS


class _Short:
    """Writes a term as text for people: IRIs abbreviated, literals without quotes, one line."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        rows = sorted(prefixes.items(), key=lambda row: (-len(row[1]), row[0]))
        self._namespaces = [(namespace, prefix) for prefix, namespace in rows if namespace]

    def __call__(self, term: Term) -> str:
        import pyoxigraph

        if term is None:
            return ""
        if isinstance(term, pyoxigraph.NamedNode):
            return on_one_line(self.iri(term.value))
        if isinstance(term, pyoxigraph.Literal):
            return on_one_line(term.value)
        return on_one_line(str(term))

    def iri(self, iri: str) -> str:
        """Return an IRI with its longest known start as a prefix."""
        for namespace, prefix in self._namespaces:
            if iri.startswith(namespace) and len(iri) > len(namespace):
                return f"{prefix}:{iri[len(namespace) :]}"
        return iri


def shortener(prefixes: Mapping[str, str]) -> _Short:
    """Return what writes terms as text for people."""
    return _Short(prefixes)


def on_one_line(text: str) -> str:
    """Return a text without line ends, and without what could move the cursor of a terminal."""
    return _CONTROL.sub(" ", text)
