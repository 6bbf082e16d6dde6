"""Tables beside records: tab-separated values, with or without CSV quoting."""

from __future__ import annotations

import csv
from collections.abc import Sequence

from kg.problems import Problem, Report


class Table:
    """A sidecar table: its column names and its rows.

    Where every row is as long as the header and stands on the line behind the one before, its `columns` hold
    the cells; else they are None. In a `quoted` table (CSV quoting) a cell does not tell at which column of
    its line it stands.
    """

    __slots__ = ("_rows", "columns", "header", "path", "quoted")

    def __init__(
        self,
        path: str,
        header: list[str],
        rows: list[tuple[int, list[str]]] | None = None,
        columns: list[list[str]] | None = None,
        *,
        quoted: bool = False,
    ) -> None:
        """Make a table of its rows, or of its columns."""
        self.path, self.header, self._rows, self.columns, self.quoted = path, header, rows, columns, quoted

    @property
    def rows(self) -> Sequence[tuple[int, list[str]]]:
        """Every row: its line, and its cells."""
        if self._rows is None:
            self._rows = list(enumerate(map(list, zip(*self.columns or (), strict=True)), 2))
        return self._rows

    def row(self, number: int) -> tuple[int, list[str]]:
        """Return one of the rows, counted from 0."""
        if self._rows is None:
            return number + 2, [column[number] for column in self.columns or ()]
        return self._rows[number]


def lines_of(text: str) -> list[str]:
    """Return the lines of a text, without their ends: LF, or CR and LF."""
    lines = text.split("\n")
    return [line.removesuffix("\r") for line in lines] if "\r" in text else lines


def plain_table(path: str, text: str) -> Table:
    r"""Split a table into its cells: tabs and line ends only, a quote is a character.

    >>> plain_table("a.tsv", "word\tmesh\nTNF\tD1\n\nAKT\n").rows
    [(2, ['TNF', 'D1']), (4, ['AKT'])]
    >>> plain_table("a.tsv", "word\tmesh\nTNF\tD1\nAKT\tD2\n").columns
    [['TNF', 'AKT'], ['D1', 'D2']]
    """
    head, _, body = text.partition("\n")
    header = head.removesuffix("\r").split("\t") if head else []
    columns = _columns(body.removesuffix("\n"), len(header)) if "\r" not in text else None
    if columns is not None:
        return Table(path, header, columns=columns)
    lines = enumerate(lines_of(body), 2)
    return Table(path, header, [(number, line.split("\t")) for number, line in lines if line])


def _columns(body: str, width: int) -> list[list[str]] | None:
    """Return the columns of lines that all have so many cells (two at least), else None."""
    cells = body.replace("\n", "\t\n\t").split("\t")
    between = cells[width :: width + 1]
    ends = body.count("\n")
    if width < 2 or len(cells) != width + ends * (width + 1) or between != ["\n"] * ends:
        return None
    return [cells[place :: width + 1] for place in range(width)]


def quoted_table(path: str, text: str, report: Report) -> Table:
    """Split a table with CSV quoting, where a cell in quotes may hold tabs and line ends."""
    lines = text.replace("\r\n", "\n").replace("\r", " ").split("\n")
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader((line + "\n" for line in lines), delimiter="\t")
    first = last = 1
    try:
        for cells in reader:
            if cells:
                rows.append((first, cells))
            last, first = first, reader.line_num + 1
        open_quote = sum(line.count('"') for line in lines[last - 1 :]) % 2 == 1
    except csv.Error:
        open_quote = True
        last = first
    if open_quote:
        report(Problem("open-quote", path, last, expected="a closing quote", found="the end of the table"))
        rows = [row for row in rows if row[0] < last]
    header = rows.pop(0)[1] if rows and rows[0][0] == 1 else []
    return Table(path, header, rows, quoted=True)
