"""Writes reports, and keeps the figures in `docs/performance.md` those of the last run."""

from __future__ import annotations

import sys
from pathlib import Path

from sites import ROOT

PAGE = ROOT / "docs" / "performance.md"


def fill(name: str, text: str, page: Path = PAGE) -> None:
    """Put a text between the comments `<!-- NAME: ... -->` and `<!-- end of NAME -->`.

    Raises:
        ValueError: the page has no such place.
    """
    old = page.read_text("utf-8")
    start = old.index(f"<!-- {name}:")
    after_start = old.index("-->", start) + len("-->")
    end = old.index(f"<!-- end of {name} -->", after_start)
    page.write_text(f"{old[:after_start]}\n\n{text.strip()}\n\n{old[end:]}", "utf-8")


def save(text: str, out: str) -> None:
    """Write a report to a file, or to standard output where that is `-`."""
    if out == "-":
        sys.stdout.write(text)
    else:
        Path(out).write_text(text, "utf-8")
