"""What is wrong with a front matter, and where in it something stands."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, TypeAlias

Value: TypeAlias = "str | list[Any] | dict[str, Any] | None"
"""What YAML is built into: lists and mappings hold values of the same kind."""

Path: TypeAlias = "tuple[str | int, ...]"
"""Where a value stands in the front matter, such as `('genes', 2, 'entrez')`."""

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
"""What no output may hold: control characters but tab and line ends, non-characters, surrogates."""


class Fault(NamedTuple):
    """What is wrong with a text, and where: a code of `kg.problems`, and a line and column from 1."""

    code: str
    line: int
    column: int
    field: str | None = None
    expected: str | None = None
    found: str | None = None


class FrontMatterError(ValueError):
    """The front matter as a whole cannot be used."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


class Place(NamedTuple):
    """A line and a column, both from 1."""

    line: int
    column: int


def field_name(path: Path) -> str:
    """Return a path as it is shown to people.

    >>> field_name(("genes", 2, "entrez"))
    'genes[2].entrez'
    """
    parts = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(parts).removeprefix(".")
