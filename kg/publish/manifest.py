"""What we wrote into a site: the SHA-256 of each file, for `sha256sum -c`, and how it was made."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = ".kg-site"
"""The folder, within a site, of what is kept for the next run; it marks a folder as ours."""

_FILES, _MADE = "files.sha256.gz", "made.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files of a version of a site: path → SHA-256 in hexadecimal digits; and what made it."""

    files: Mapping[str, str] = field(default_factory=dict)
    made: Mapping[str, Any] = field(default_factory=dict)

    def write(self, site: Path) -> None:
        """Write it into a site.

        Raises:
            OSError: it cannot be written.
        """
        folder = site / FOLDER
        folder.mkdir(exist_ok=True)
        lines = "".join(f"{self.files[path]}  {path}\n" for path in sorted(self.files))
        (folder / _FILES).write_bytes(gzip.compress(lines.encode(), 6, mtime=0))
        text = json.dumps(dict(self.made), indent=1, sort_keys=True, ensure_ascii=False)
        (folder / _MADE).write_text(text + "\n", "utf-8")


def is_ours(site: Path) -> bool:
    """Tell whether a folder holds a site that `kg publish` wrote."""
    return (site / FOLDER / _MADE).is_file()


def read(site: Path) -> Manifest | None:
    """Return the manifest of a site; None where there is none, or it is damaged."""
    folder = site / FOLDER
    try:
        lines = gzip.decompress((folder / _FILES).read_bytes()).decode().splitlines()
        made = json.loads((folder / _MADE).read_text("utf-8"))
    except (OSError, EOFError, ValueError, zlib.error):
        return None
    return Manifest({line[66:]: line[:64] for line in lines}, made if isinstance(made, dict) else {})
