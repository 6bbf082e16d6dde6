"""Where data came from, and when: revisions of checkouts, and the time that the environment may fix."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

from kg.errors import UsageError

_REVISION = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_BRANCH = re.compile(r"ref: (refs/[^\s]+)")


class Source(NamedTuple):
    """A source that was read: its name without its folder, and its revision where it is a git checkout."""

    name: str
    revision: str | None = None


def sources(paths: Iterable[str | Path]) -> tuple[Source, ...]:
    """Return the sources, in the order of their names."""
    found = {Source(_name(path), None if str(path) == "-" else revision(Path(path))) for path in paths}
    return tuple(sorted(found, key=lambda row: (row.name, row.revision or "")))


def _name(path: str | Path) -> str:
    return "standard input" if str(path) == "-" else Path(path).resolve().name


def revision(path: Path) -> str | None:
    """Return the revision of the git checkout that a path lies in, or None; nothing of it is run."""
    place = path.resolve()
    for folder in (place, *place.parents):
        if (folder / ".git").exists():
            try:
                return _head(_git_folder(folder / ".git"))
            except (OSError, UnicodeDecodeError):
                return None
    return None


def _git_folder(place: Path) -> Path:
    """Return the folder that holds HEAD: a linked worktree has a file that names it."""
    if place.is_dir():
        return place
    return place.parent / place.read_text("utf-8").strip().removeprefix("gitdir: ")


def _head(git: Path) -> str | None:
    head = (git / "HEAD").read_text("utf-8").strip()
    branch = _BRANCH.fullmatch(head)
    if branch is None:
        return head if _REVISION.fullmatch(head) else None
    common = git / "commondir"
    top = git / common.read_text("utf-8").strip() if common.is_file() else git
    if ".." in branch[1].split("/"):
        return None
    loose = top / branch[1]
    text = loose.read_text("utf-8").strip() if loose.is_file() else _packed(top / "packed-refs", branch[1])
    return text if text and _REVISION.fullmatch(text) else None


def _packed(path: Path, branch: str) -> str | None:
    if not path.is_file():
        return None
    rows = (line.split() for line in path.read_text("utf-8").splitlines())
    return next((row[0] for row in rows if len(row) == 2 and row[1] == branch), None)


def now() -> datetime:
    """Return the time that `SOURCE_DATE_EPOCH` says, else that of the clock, in whole seconds and UTC.

    Raises:
        UsageError: `SOURCE_DATE_EPOCH` is no number of seconds.
    """
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    if fixed is None:
        return datetime.now(timezone.utc).replace(microsecond=0)
    try:
        return datetime.fromtimestamp(int(fixed), timezone.utc)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"SOURCE_DATE_EPOCH: {fixed!r} is no number of seconds") from error
