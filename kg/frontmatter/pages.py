"""Where the front matter of a page stands."""

from __future__ import annotations

from typing import NamedTuple

from kg.frontmatter.faults import Fault, FrontMatterError


class Page(NamedTuple):
    """A page split into its front matter and its body, with the line (from 1) where each starts."""

    front: str
    front_line: int
    body: str
    body_line: int


def split(text: str) -> Page | None:
    r"""Split a page by the rule of the static-site generators; `None` where it has no front matter.

    The page must start with a line `---`; the first line that is only `---` or `...` ends the front
    matter, with or without a line end after it.

    Raises:
        FrontMatterError: there is no such closing line.

    >>> split("---\na: 1\n---\nBody")
    Page(front='a: 1\n', front_line=2, body='Body', body_line=4)
    """
    if not text.startswith("---"):
        return None
    opening = _line_end(text, 3)
    if opening is None:
        return None
    closing, body = _closing(text, opening)
    front = text[opening + 1 : closing + 1]
    return Page(front, 2, text[body:], text.count("\n", 0, body) + 1)


def _line_end(text: str, start: int) -> int | None:
    """Return where the line ends if only blanks stand from `start` on (the text's length at its end)."""
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    return end if not text[start:end].strip(" \t\r") else None


def _closing(text: str, opening: int) -> tuple[int, int]:
    """Return where the front matter ends (its last newline) and where the body starts."""
    dashes = _mark(text, "\n---", opening, len(text))
    found = _mark(text, "\n...", opening, dashes[0] if dashes else len(text)) or dashes
    if found is None:
        lines = text.count("\n") + (not text.endswith("\n"))
        raise FrontMatterError(
            Fault("unterminated-front-matter", lines, 1, None, "a line `---`", "the end of the file")
        )
    return found


def _mark(text: str, mark: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where a line that is only the mark starts (its newline), and where the next one does."""
    place = text.find(mark, start, end)
    while place >= 0:
        line_end = _line_end(text, place + 4)
        if line_end is not None:
            return place, min(line_end + 1, len(text))
        place = text.find(mark, place + 1, end)
    return None
