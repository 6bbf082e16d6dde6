r"""Front matter: where it stands in a page, and a strict reading of its YAML.

Only text, lists, mappings and null are built: `NO`, `1e3`, `010` and `2010-01-01` stay text, and so do
`~` and `null`, because an OCR word may say so (the records decide what counts as missing). Most texts are
read by the quick reader; where it steps aside, the strict reader reads, which holds all the rules.

>>> parse("gene: NO\nrank: 010\n").values
{'gene': 'NO', 'rank': '010'}
"""

from __future__ import annotations

from typing import Any, NamedTuple

from kg import fast
from kg.frontmatter import quick
from kg.frontmatter.faults import CONTROL, Fault, FrontMatterError, Path, Place, Value, field_name
from kg.frontmatter.pages import Page, split
from kg.frontmatter.quick import Rows
from kg.frontmatter.strict import MAX_CHARACTERS, MAX_DEPTH, MAX_NODES, locate, read

__all__ = [
    "CONTROL",
    "MAX_CHARACTERS",
    "MAX_DEPTH",
    "MAX_NODES",
    "Fault",
    "FrontMatterError",
    "Page",
    "Parsed",
    "Path",
    "Place",
    "Rows",
    "Value",
    "field_name",
    "locate",
    "parse",
    "read_usual",
    "split",
]


class Parsed(NamedTuple):
    """The values of a front matter, and the faults that did not stop it."""

    values: dict[str, Any]
    faults: list[Fault]


def read_usual(text: str) -> tuple[Page, dict[str, Any]] | None:
    r"""Return a page and its values, where it is but front matter that the quick reader takes; else None.

    In such a page stands no control character.

    >>> read_usual("---\ngene: NO\n---\n")
    (Page(front='gene: NO\n', front_line=2, body='', body_line=4), {'gene': 'NO'})
    """
    if fast.YAML in fast.OFF or not (text.startswith("---\n") and text.endswith(("\n---\n", "\n---"))):
        return None
    # No line before the last is only `---`: the quick reader takes none.
    front = text[4 : -4 if text[-1] == "\n" else -3]
    values = quick.read(front)
    return None if values is None else (Page(front, 2, "", text.count("\n") + 1), values)


def parse(front: str, first_line: int = 1) -> Parsed:
    """Parse a front matter; lines in its faults count from `first_line`.

    Raises:
        FrontMatterError: it breaks a rule of YAML or of ours; the fault says which and where.
    """
    if fast.YAML not in fast.OFF:
        values = quick.read(front)
        if values is not None:
            return Parsed(values, [])
    return Parsed(*read(front, first_line))
