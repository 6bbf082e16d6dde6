"""Typed access to the values of one document: every wrong type becomes a located problem.

What counts as missing is decided here and nowhere else. The sentinels never apply to what was read or
matched (`verbatim`): a gene may well be called `NA`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from kg.frontmatter import Path, field_name
from kg.problems import Problem, Report, shown
from kg.source import Document
from kg.tables import Table

MISSING = frozenset({"", "NA", ".na.character", "NULL", "null", "Null", "XXX", "REJECT", "~"})
"""What stands for an absent value in the data."""

_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


def present(value: str | None) -> str | None:
    """Return the text without outer blanks, or None where it stands for a missing value.

    >>> present(" AKT1 "), present("NA"), present("  ")
    ('AKT1', None, None)
    """
    if value is None:
        return None
    value = value.strip()
    return None if value in MISSING else value


def canonical_integer(text: str) -> str | None:
    """Return the canonical lexical form of an xsd:integer, or None.

    >>> canonical_integer("007"), canonical_integer("+1"), canonical_integer("1.5")
    ('7', '1', None)
    """
    return str(int(text)) if len(text) < 19 and _INTEGER.fullmatch(text) else None


def canonical_decimal(text: str) -> str | None:
    """Return the canonical lexical form of an xsd:decimal (XSD 1.1: no point where it is whole), or None.

    >>> canonical_decimal("0.950"), canonical_decimal("1e-2"), canonical_decimal("1.0")
    ('0.95', '0.01', '1')
    """
    if len(text) > 40 or not _DECIMAL.fullmatch(text):
        return None
    value = Decimal(text)
    if not -30 < value.adjusted() < 30:
        return None
    plain = f"{value:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in ("-0", "") else plain


class Fields:
    """A mapping of the front matter, with the way from the document to it."""

    __slots__ = ("document", "path", "report", "values")

    def __init__(
        self, document: Document, report: Report, values: Mapping[str, Any] | None = None, path: Path = ()
    ) -> None:
        self.document, self.report, self.path = document, report, path
        self.values: Mapping[str, Any] = document.values if values is None else values

    def problem(self, code: str, key: str | int | None, expected: str | None, found: object) -> None:
        """Report a problem of one of the values (or, without a key, of the mapping itself)."""
        self.problem_at(code, self.path if key is None else (*self.path, key), expected, found)

    def problem_at(self, code: str, path: Path, expected: str | None, found: object) -> None:
        """Report a problem of a value anywhere in the document, by its whole path."""
        line, column = self.document.place(path)
        self.report(
            Problem(code, self.document.path, line, column, field_name(path) or None, expected, shown(found))
        )

    def has(self, key: str) -> bool:
        """Say whether anything but a missing value stands under a key."""
        value = self.values.get(key)
        return present(value) is not None if value is None or isinstance(value, str) else bool(value)

    def verbatim(self, key: str) -> str | None:
        """Return a text as it stands; None only where nothing stands."""
        value = self.values.get(key)
        if value is None or isinstance(value, str):
            return value if value and not value.isspace() else None
        self.problem("wrong-type", key, "a text", value)
        return None

    def text(self, key: str) -> str | None:
        """Return a text without outer blanks, or None where it is missing."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, str):
            text = value.strip()
            if text not in MISSING:
                return text
            self.document.missing += 1
        else:
            self.problem("wrong-type", key, "a text", value)
        return None

    def _present(self, value: str | None) -> str | None:
        text = present(value)
        if text is None and value is not None:
            self.document.missing += 1
        return text

    def texts(self, key: str, separator: str | None = None) -> list[str]:
        """Return the texts of a list, or of one text (split by the separator, if one is given)."""
        value = self.values.get(key)
        if type(value) is list and set(map(type, value)) == {str}:
            texts = [text for text in map(str.strip, value) if text not in MISSING]
            self.document.missing += len(value) - len(texts)
            return texts
        return [text for _, text in self.numbered_texts(key, separator)]

    def numbered_texts(self, key: str, separator: str | None = None) -> Iterator[tuple[Path, str]]:
        """Yield the texts of a list or of one text, each with its path."""
        value = self.values.get(key)
        path = (*self.path, key)
        if isinstance(value, str):
            for part in value.split(separator) if separator else [value]:
                if text := self._present(part):
                    yield path, text
        elif isinstance(value, list):
            for number, item in enumerate(value):
                if item is not None and not isinstance(item, str):
                    self.problem_at("wrong-type", (*path, number), "a text", item)
                elif text := self._present(item):
                    yield (*path, number), text
        elif value is not None:
            self.problem("wrong-type", key, "a text or a list of texts", value)

    def mapping(self, key: str) -> Fields:
        """Return a mapping inside this one; an empty one where it is missing."""
        value = self.values.get(key)
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            return Fields(self.document, self.report, value[0], (*self.path, key, 0))
        if not isinstance(value, dict):
            if present(value) is not None if value is None or isinstance(value, str) else value != []:
                self.problem("wrong-type", key, "a mapping", value)
            value = {}
        return Fields(self.document, self.report, value, (*self.path, key))

    def rows(self, key: str) -> Iterator[Fields]:
        """Yield the mappings of a list."""
        value = self.values.get(key)
        if not isinstance(value, list):
            if present(value) is not None if value is None or isinstance(value, str) else True:
                self.problem("wrong-type", key, "a list of mappings", value)
            return
        for number, item in enumerate(value):
            if isinstance(item, dict):
                yield Fields(self.document, self.report, item, (*self.path, key, number))
            elif self._present(item) if isinstance(item, str) else item is not None:
                self.problem_at("wrong-type", (*self.path, key, number), "a mapping", item)

    def integer(self, key: str) -> str | None:
        """Return the canonical form of an integer, or None."""
        return self._number(key, canonical_integer, "a whole number")

    def decimal(self, key: str) -> str | None:
        """Return the canonical form of a decimal number, or None."""
        return self._number(key, canonical_decimal, "a number")

    def _number(self, key: str, canonical: Any, expected: str) -> str | None:
        text = self.text(key)
        if text is None:
            return None
        number: str | None = canonical(text)
        if number is None:
            self.problem("bad-number", key, expected, text)
        return number

    def check_keys(self, known: Mapping[str, str]) -> None:
        """Report every key that the table of keys does not know."""
        if not self.values.keys() <= known.keys():
            for key in self.values:
                if key not in known:
                    self.problem("unknown-key", key, "a key of the model", key)


class Row:
    """One row of a sidecar table, read like a mapping of the front matter."""

    __slots__ = ("cells", "document", "line", "report", "table", "values")

    def __init__(self, table: Table, line: int, cells: list[str], document: Document, report: Report) -> None:
        self.table, self.line, self.cells = table, line, cells
        self.document, self.report = document, report
        self.values = dict(zip(table.header, cells, strict=False))

    def problem(self, code: str, key: str | int | None, expected: str | None, found: object) -> None:
        """Report a problem of one of the cells (or, without a column, of the row itself)."""
        column = None
        if key in self.table.header and not self.table.quoted:
            before = self.cells[: self.table.header.index(str(key))]
            column = 1 + sum(len(cell) + 1 for cell in before)
        name = None if key is None else str(key)
        self.report(Problem(code, self.table.path, self.line, column, name, expected, shown(found)))

    def verbatim(self, key: str) -> str | None:
        """Return a cell as it stands; None only where nothing stands."""
        value = self.values.get(key)
        return value if value and not value.isspace() else None

    def text(self, key: str) -> str | None:
        """Return a cell without outer blanks, or None where it is missing."""
        value = self.values.get(key)
        if value is None:
            return None
        text = value.strip()
        if text not in MISSING:
            return text
        self.document.missing += 1
        return None


def table_rows(
    table: Table,
    known: Mapping[str, str],
    needed: str,
    document: Document,
    report: Report,
    mend: Callable[[list[str]], list[str] | None] | None = None,
) -> Iterator[Row]:
    """Yield the rows of a table, after a look at its columns; rows of a wrong length are reported.

    `mend` may give the cells that a row with one cell too many stands for, or None.
    """
    _check_header(table, known, needed, report)
    width = len(table.header)
    for line, cells in table.rows:
        row = Row(table, line, cells, document, report)
        if len(cells) > width:
            mended = mend(cells) if mend is not None and len(cells) == width + 1 else None
            code = "long-row" if mended is None else "mended-row"
            row.problem(code, None, f"{width} cells", f"{len(cells)} cells")
            if mended is not None:
                yield Row(table, line, mended, document, report)
            continue
        if len(cells) < width:
            row.problem("short-row", None, f"{width} cells", f"{len(cells)} cells")
        yield row


def _check_header(table: Table, known: Mapping[str, str], needed: str, report: Report) -> None:
    header = table.header
    if not (set(header) <= known.keys() and needed in header and len(set(header)) == len(header)):
        for name in dict.fromkeys(header):
            if name not in known:
                report(
                    Problem(
                        "unknown-column",
                        table.path,
                        1,
                        None,
                        name or None,
                        "a column of the model",
                        shown(name),
                    )
                )
            if header.count(name) > 1:
                report(
                    Problem(
                        "duplicate-column", table.path, 1, None, name, "each column once", f"{name} twice"
                    )
                )
        if header and needed not in header:
            report(
                Problem(
                    "missing-column",
                    table.path,
                    1,
                    None,
                    needed,
                    f"a column `{needed}`",
                    shown(", ".join(header)),
                )
            )
