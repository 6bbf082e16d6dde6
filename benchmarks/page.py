"""Keeps the figures in `docs/performance.md` those of the last run: they stand between two comments."""

from __future__ import annotations

from pathlib import Path

from sites import ROOT

PAGE = ROOT / "docs" / "performance.md"


def fill(name: str, text: str, page: Path = PAGE) -> None:
    """Put a text between `<!-- NAME: ... -->` and `<!-- end of NAME -->`.

    Raises:
        ValueError: the page has no such place.
    """
    old = page.read_text("utf-8")
    start = old.index(f"<!-- {name}:")
    after_start = old.index("-->", start) + len("-->")
    end = old.index(f"<!-- end of {name} -->", after_start)
    page.write_text(f"{old[:after_start]}\n\n{text.strip()}\n\n{old[end:]}", "utf-8")
