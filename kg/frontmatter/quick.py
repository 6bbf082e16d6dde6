r"""The quick reader: front matter as programs write it, read by a few regular expressions.

It takes mappings and lists in blocks, plain, quoted and folded texts, and `[]`; nothing that it takes can
mean anything else (YAML 1.1, chapters 7 to 9). At the first thing that it does not know it steps aside, and
the strict reader reads the text: anchors, tags, comments, blocks of text, flow collections, escapes, tabs,
other line ends, control characters, keys that stand twice, odd indentation. What both take they read alike,
which the tests show. Lists of rows that all have the same keys are read column by column.

>>> read("gene: NO\nwords:\n- a\n- 'b: c'\n")
{'gene': 'NO', 'words': ['a', 'b: c']}
>>> read("gene: &x NO\n") is None
True
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import repeat
from sys import intern
from typing import Any, TypeAlias

MAX_CHARACTERS = 200_000
"""So long a text holds no more values than the strict reader takes: each needs two characters."""

MAX_INDENT = 24

# What the parser refuses, replaces or takes for a line end: control characters, tabs, U+2028 and the like.
_ODD = "\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
# The rest of a line of plain text: no `: `, no ` #`, no `:` at its end.
_REST = rf"[^\n:#{_ODD}]*(?:(?::(?=\S)|(?<=\S)#)[^\n:#{_ODD}]*)*"
_PLAIN = rf"""(?:[^-?:,\[\]{{}}#&*!|>'"%@`\s{_ODD}]|-(?=[A-Za-z0-9])){_REST}"""
_SINGLE = rf"[^'\n{_ODD}]*(?:''[^'\n{_ODD}]*)*"
_DOUBLE = rf'[^"\\\n{_ODD}]*'
_KEY = "[A-Za-z_][A-Za-z0-9_-]{0,99}"
_QUOTED_KEY = rf"'[^'\n{_ODD}]{{1,99}}'"
# No text has two ways to be one: so what does not fit is known after one try of each.
_CELL = rf"(?:{_PLAIN}|'{_SINGLE}')"
_CELLS = re.compile(rf"(?:{_CELL}\n)*")
_WORDS = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9 _./()+-]*\n)+")
_NAMES = re.compile(f"{_KEY}(?: {_KEY})*")

_PLAIN_VALUE, _SINGLE_VALUE, _DOUBLE_VALUE, _EMPTY_LIST = 2, 3, 4, 5
"""The groups of an entry; its key is the first one."""

_FOLD = re.compile(" *\n +")

Read: TypeAlias = "tuple[Any, int]"
"""A value, and where the text goes on."""


class _StepAsideError(Exception):
    """The text holds something that this reader does not know."""


@lru_cache(maxsize=MAX_INDENT + 3)
def _entry(indent: int) -> re.Pattern[str]:
    """Return the expression for a key with its value, if that is no list or mapping below it."""
    return re.compile(rf"({_KEY}|{_QUOTED_KEY}):(?: +{_scalar(indent)})? *\n")


@lru_cache(maxsize=MAX_INDENT + 1)
def _item(indent: int) -> re.Pattern[str]:
    """Return the expression for an item of a list that is a text."""
    return re.compile(rf"(-) {_scalar(indent)} *\n")


def _scalar(indent: int) -> str:
    """Return the part of both that stands for a value, in one of its four forms."""
    more = rf"\n{' ' * indent} +"
    plain = rf"({_PLAIN}(?:{more}[^\s:#{_ODD}]{_REST})*)"
    single = rf"'({_SINGLE}(?:{more}(?:''|[^'\s{_ODD}]){_SINGLE})*)'"
    double = rf'"({_DOUBLE}(?:{more}[^"\\\s{_ODD}]{_DOUBLE})*)"'
    return rf"(?:{plain}|{single}|{double}|(\[\]))"


@lru_cache(maxsize=MAX_INDENT + 1)
def _texts(indent: int) -> re.Pattern[str]:
    """Return the expression for a list of texts of one line each."""
    return re.compile(rf"(?:{' ' * indent}- {_CELL}\n)+")


@lru_cache(maxsize=MAX_INDENT + 1)
def _lines(indent: int) -> re.Pattern[str]:
    """Return the expression for lines that belong to the items of a list."""
    return re.compile(rf"(?:{' ' * indent}[- ] [^\n]+\n)+")


@lru_cache(maxsize=256)
def _row(indent: int, names: tuple[str, ...]) -> re.Pattern[str]:
    """Return the expression for a row with these keys; its groups are its cells, as they stand."""
    between = rf"\n{' ' * indent}  "
    entries = between.join([rf"{name}:(?: ([^\n]+))?" for name in names])
    return re.compile(rf"^{' ' * indent}- {entries}\n", re.MULTILINE)


class Rows(list[dict[str, Any]]):
    """A list of mappings that have the same keys in the same order, its `names`; and its `columns`."""

    __slots__ = ("columns", "names")

    def __init__(self, names: tuple[str, ...], columns: list[tuple[str | None, ...]]) -> None:
        super().__init__(map(dict, map(zip, repeat(names), zip(*columns, strict=True))))
        self.names, self.columns = names, columns


def read(front: str) -> dict[str, Any] | None:
    """Return the values of a front matter, or None where the strict reader must read it."""
    if len(front) > MAX_CHARACTERS:
        return None
    text = front.rstrip("\n") + "\n"
    if text == "\n":
        return {}
    try:
        values, end = _mapping(text, 0, 0)
    except _StepAsideError:
        return None
    return values if end == len(text) else None


def _mapping(text: str, place: int, indent: int) -> tuple[dict[str, Any], int]:
    """Read a mapping whose first key stands at the place."""
    values: dict[str, Any] = {}
    match, pad, end = _entry(indent).match, " " * indent, len(text)
    while True:
        found = match(text, place)
        if found is None:
            raise _StepAsideError
        key = found[1]
        if key[0] == "'":
            key = key[1:-1]
        if key in values:
            raise _StepAsideError
        place = found.end()
        group = found.lastindex or 0
        if group < _PLAIN_VALUE:
            values[key], place = _below(text, place, indent)
        else:
            values[key] = _value(found[group], group, indent)
        if place == end or (indent and not text.startswith(pad, place)):
            return values, place
        place += indent


def _value(text: str, group: int, indent: int) -> Any:
    """Return the value of what a group holds: folded, without what quoting adds."""
    if group == _EMPTY_LIST:
        return []
    if "\n" in text:
        folded = text.replace("\n" + " " * (indent + 2), " ")
        text = _FOLD.sub(" ", text) if "\n" in folded or "  " in folded else folded
    if group == _PLAIN_VALUE:
        return text.rstrip(" ")
    return text.replace("''", "'") if group == _SINGLE_VALUE else text


def _below(text: str, place: int, indent: int) -> Read:
    """Read what stands below a key, if anything does: a list (not deeper than the key, too) or a mapping."""
    start = place
    while text.startswith(" ", start):
        start += 1
    deeper = start - place
    if deeper > MAX_INDENT:
        raise _StepAsideError
    if deeper >= indent and text.startswith("- ", start):
        return _list(text, place, deeper)
    if deeper > indent:
        return _mapping(text, start, deeper)
    return None, place


def _list(text: str, place: int, indent: int) -> Read:
    """Read a list whose first line starts at the place."""
    pad = " " * indent
    values: list[Any] | None = None
    found = _texts(indent).match(text, place)
    if found is not None:
        values = _list_of_texts(found.group(), f"\n{pad}- ")
    else:
        found = _lines(indent).match(text, place)
        if found is not None:
            values = _list_of_rows(found.group(), indent)
    if found is None or values is None or text.startswith((pad + "-", pad + " "), found.end()):
        return _items(text, place, indent)
    return values, found.end()


def _list_of_texts(block: str, head: str) -> list[str] | None:
    """Return the texts of a list, or None where blanks stand behind one."""
    if " \n" in block:
        return None
    texts = f"\n{block[:-1]}".split(head)[1:]
    return [_unquoted(text) if text[0] == "'" else text for text in texts] if "'" in block else texts


def _list_of_rows(block: str, indent: int) -> Rows | None:
    """Return rows that all have the same keys in the same order, or None where they have not."""
    names = _names(block, indent)
    if " \n" in block or not 1 < len(set(names)) == len(names):
        return None
    rows = _row(indent, names).findall(block)
    # A row has as many lines as it has keys: so no line stands between rows, or is left.
    if len(rows) * len(names) != block.count("\n"):
        return None
    columns = [_column(cells) for cells in zip(*rows, strict=True)]
    return None if None in columns else Rows(names, columns)  # type: ignore[arg-type]  # none of them is None


def _column(cells: tuple[str, ...]) -> tuple[str | None, ...] | None:
    """Return the values of cells: a text, or None where nothing stands; None where one is no simple text."""
    lines = "\n".join(cells) + "\n"
    if _WORDS.fullmatch(lines):
        return cells
    if "\n\n" not in lines and lines[0] != "\n":
        if not _CELLS.fullmatch(lines):
            return None
        if "''" not in lines:
            return tuple([cell[1:-1] if cell[0] == "'" else cell for cell in cells])
    elif not _CELLS.fullmatch("".join([f"{cell}\n" for cell in cells if cell])):
        return None
    return tuple([(_unquoted(cell) if cell[0] == "'" else cell) if cell else None for cell in cells])


def _names(block: str, indent: int) -> tuple[str, ...]:
    """Return the keys of the first row, or none where they are not of the usual form."""
    second = block.find(f"\n{' ' * indent}- ") + 1
    lines = (block[:second] if second else block).splitlines()
    names = [line[indent + 2 :].partition(":")[0] for line in lines]
    return tuple(map(intern, names)) if _NAMES.fullmatch(" ".join(names)) else ()


def _unquoted(cell: str) -> str:
    """Return the text of a cell in single quotes."""
    return cell[1:-1].replace("''", "'")


def _items(text: str, place: int, indent: int) -> Read:
    """Read a list item by item."""
    items: list[Any] = []
    item, dash = _item(indent), " " * indent + "- "
    while text.startswith(dash, place):
        found = item.match(text, place + indent)
        if found is not None:
            group = found.lastindex or 0
            items.append(_value(found[group], group, indent))
            place = found.end()
        else:
            values, place = _mapping(text, place + indent + 2, indent + 2)
            items.append(values)
    return items, place
