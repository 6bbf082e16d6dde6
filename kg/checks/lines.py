"""The lines of the sources that findings are about, with the place that each is about."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from kg.problems import Problem

_WIDTH = 96
_BEFORE = 24


class Snippet(NamedTuple):
    """A line of a source, cut to a readable width, and where in it the marked part starts and ends."""

    text: str
    start: int
    end: int

    def marks(self) -> str:
        """Return the line that marks the part: blanks, then `^`, as wide as a terminal shows the text."""
        before, marked = self.text[: self.start], self.text[self.start : self.end]
        return " " * _columns(before) + "^" * max(1, _columns(marked))


class Lines:
    """Reads lines of files, and remembers the last file."""

    def __init__(self, text_of: Callable[[str], str | None]) -> None:
        self._text_of = text_of
        self._file, self._lines = "", list[str]()

    def line(self, file: str, number: int) -> str | None:
        """Return a line (from 1) of a file, or None."""
        if file != self._file:
            text = self._text_of(file)
            self._file, self._lines = file, text.split("\n") if text is not None else []
        return self._lines[number - 1].rstrip("\r") if 0 < number <= len(self._lines) else None

    def snippet(self, problem: Problem) -> Snippet | None:
        """Return the line that a problem is about, with the part that is meant."""
        if problem.line is None:
            return None
        line = self.line(problem.file, problem.line)
        if line is None or not line.strip():
            return None
        return _cut(line, *_marked(line, problem))


def _marked(line: str, problem: Problem) -> tuple[int, int]:
    """Return which part of a line is meant: what was found there, else the word at the column."""
    start = min(max((problem.column or 1) - 1, 0), len(line))
    found = _raw(problem.found)
    place = line.find(found, start) if found else -1
    if place >= 0:
        return place, place + len(found)
    if problem.column is None:
        return 0, len(line)
    for stop in (":", "\t"):
        end = line.find(stop, start)
        if end > start:
            return start, end
    return start, len(line)


def _raw(found: str | None) -> str:
    """Return the text that `shown` put between quotes, without the dots of a cut one."""
    if not found or not found.startswith('"'):
        return (found or "").partition(" (")[0]
    try:
        text = str(json.loads(found[: found.rindex('"') + 1]))
    except ValueError:
        return ""
    return text.removesuffix("…").partition(" (U+")[0].split("\n")[0]


def _cut(line: str, start: int, end: int) -> Snippet:
    line = line.replace("\t", " ")
    if len(line) > _WIDTH and end > _WIDTH - 1:
        cut = max(0, start - _BEFORE)
        line, start, end = "…" + line[cut:], start - cut + 1, end - cut + 1
    if len(line) > _WIDTH:
        line = line[: _WIDTH - 1] + "…"
    return Snippet(
        "".join(char if char.isprintable() else "\ufffd" for char in line), start, min(end, len(line))
    )


def _columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    none = sum(unicodedata.combining(char) > 0 for char in text)
    return len(text) + wide - none
