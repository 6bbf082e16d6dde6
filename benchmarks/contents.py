"""What an output holds: how many triples, and which. Looked at once for the same bytes, then kept."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from measuring import run_script
from sites import cache

SHOWN = 2


class Content(NamedTuple):
    """What an output holds: its bytes by hash and number, its triples, and (unless counted only) a digest."""

    sha256: str
    size: int
    triples: int
    digest: str | None
    unreadable: str | None = None


class Difference(NamedTuple):
    """What the output of a peer lacks of ours, and what it has too much, with the first of each."""

    missing: int
    extra: int
    first_missing: list[str]
    first_extra: list[str]


def content(path: Path, *, count_only: bool) -> Content:
    """Return what a file holds."""
    with path.open("rb") as file:
        digest = hashlib.sha256()
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    name = digest.hexdigest()
    kept = _folder() / f"{name}.json"
    if kept.exists():
        found = Content(**json.loads(kept.read_text("utf-8")))
        if count_only or found.digest or found.unreadable:
            return found
    made = _described(path, name, count_only=count_only)
    kept.write_text(json.dumps(made._asdict()), "utf-8")
    return made


def keys(found: Content) -> Path:
    """Return where the keys of the triples are kept."""
    return _folder() / f"{found.sha256}.keys"


def difference(ours: Path, our_content: Content, theirs: Path, their_content: Content) -> Difference:
    """Compare the output of a peer with ours; both files are there."""
    missing = _against(ours, keys(their_content))
    extra = _against(theirs, keys(our_content))
    return Difference(missing["count"], extra["count"], missing["first"], extra["first"])


def _against(path: Path, other: Path) -> dict[str, Any]:
    said = run_script("compare.py", str(path), "--against", str(other), "--shown", str(SHOWN))
    found: dict[str, Any] = json.loads(said)
    return found


def _described(path: Path, name: str, *, count_only: bool) -> Content:
    options = ("--count",) if count_only else ("--keys", str(_folder() / f"{name}.keys"))
    size = path.stat().st_size
    try:
        said = json.loads(run_script("compare.py", str(path), *options))
    except subprocess.CalledProcessError:
        return Content(name, size, 0, None, "no valid RDF")
    return Content(name, size, said["distinct"] or said["stated"], said["digest"])


def _folder() -> Path:
    folder = cache() / "contents"
    folder.mkdir(exist_ok=True)
    return folder
