"""Tables: whole ones are read by column, and say the same as row by row."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.tables import Table, plain_table

_CELLS = st.text("ab \u00e9\u2028\"'", max_size=3)
_ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\n\n", "\t\n"])


@st.composite
def _texts(draw: st.DrawFn) -> str:
    """Draw a table: most have rows of one length."""
    width = draw(st.integers(1, 4))
    lengths = draw(st.sampled_from([st.just(width), st.integers(1, 5)]))
    rows = draw(st.lists(lengths.flatmap(lambda n: st.lists(_CELLS, min_size=n, max_size=n)), max_size=5))
    ends = draw(st.sampled_from([st.just("\n"), _ENDS]))
    head = "\t".join(f"h{n}" for n in range(width))
    text = "".join(line + draw(ends) for line in (head, *("\t".join(row) for row in rows)))
    return text.removesuffix("\n") if draw(st.booleans()) else text


def _rows(text: str) -> list[tuple[int, list[str]]]:
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return [(number, line.split("\t")) for number, line in enumerate(lines[1:], 2) if line]


def _is_whole(table: Table) -> bool:
    return [line for line, _ in table.rows] == list(range(2, len(table.rows) + 2)) and all(
        len(cells) == len(table.header) for _, cells in table.rows
    )


@given(_texts())
def test_rows(text: str) -> None:
    table = plain_table("a.tsv", text)
    rows = _rows(text)
    assert [table.row(number) for number in range(len(rows))] == list(table.rows) == rows
    if table.columns is not None:
        assert _is_whole(table)
        assert [list(cells) for cells in zip(*table.columns, strict=True)] == [cells for _, cells in rows]
    elif len(table.header) > 1 and rows and "\r" not in text:
        assert not _is_whole(table) or text.endswith("\n\n")


def test_nothing() -> None:
    for text in ("", "\n", "word\tmesh", "word\tmesh\n"):
        assert list(plain_table("a.tsv", text).rows) == []
    assert plain_table("a.tsv", "").header == []
