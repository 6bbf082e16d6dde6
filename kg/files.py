"""Where files come from: a folder, a single file, standard input or an archive, behind one interface.

A `Files` lists the names of its documents and reads any file by name, so that sidecar tables are found
whatever their order. Names are relative and use `/`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

MARKDOWN = (".md", ".markdown")
HTML = (".html", ".htm")
MAX_BYTES = 8 << 20
"""The largest file that is read: 8 MiB."""

_NO_FOLDERS = frozenset({"node_modules", "vendor", "_site", "__pycache__"})


class Files(Protocol):
    """One source of files."""

    def names(self) -> Iterator[str]:
        """Yield the names of the pages (Markdown and HTML), in any order."""
        ...

    def read(self, name: str) -> bytes:
        """Return the bytes of a file, at most `MAX_BYTES` and one more.

        Raises:
            FileNotFoundError: there is no such file.
            OSError: it cannot be read.
        """
        ...

    def has_folder(self, name: str) -> bool:
        """Say whether any file lies in the folder of that name."""
        ...

    def shown(self, name: str) -> str:
        """Return the name as the user knows it."""
        ...


class FolderFiles:
    """The files below a folder, or one of them.

    Where the folder or file given lies in a collection folder of a site (`_figures/…`), the site's folder
    is the root, so that `_data/` beside it is found; only what was asked for is listed.
    """

    def __init__(self, path: Path) -> None:
        self._given = path
        anchor = path if path.is_dir() else path.parent
        inside = anchor.resolve().name.startswith("_")
        self._root = anchor.parent if inside and anchor.name not in ("", ".", "..") else anchor
        if inside and self._root == anchor:
            self._root = anchor.resolve().parent

    def names(self) -> Iterator[str]:
        """Yield the names of the pages below what was given."""
        if not self._given.is_dir():
            yield self._name(self._given)
            return
        yield from self._walk(self._given)

    def _walk(self, folder: Path) -> Iterator[str]:
        prefix = self._name(folder)
        prefix = "" if prefix == "." else prefix + "/"
        folders: list[str] = []
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if name.startswith(".") or name in _NO_FOLDERS:
                    continue
                if name.lower().endswith(MARKDOWN + HTML):
                    if not entry.is_dir():
                        yield prefix + name
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(name)
        for name in sorted(folders):
            yield from self._walk(folder / name)

    def _name(self, path: Path) -> str:
        try:
            return path.relative_to(self._root).as_posix()
        except ValueError:
            return path.resolve().relative_to(self._root).as_posix()

    def read(self, name: str) -> bytes:
        """Return the bytes of a file, or raise OSError."""
        with open(os.path.join(self._root, name), "rb") as stream:
            return stream.read(MAX_BYTES + 1)

    def has_folder(self, name: str) -> bool:
        """Say whether there is such a folder."""
        return (self._root / name).is_dir()

    def shown(self, name: str) -> str:
        """Return the path of a file."""
        return os.path.join(self._root, name)


class StandardInput:
    """One document, read from standard input."""

    def names(self) -> Iterator[str]:
        """Yield the one name."""
        yield "<stdin>"

    def read(self, name: str) -> bytes:
        """Return the bytes of a file, or raise OSError."""
        if name != "<stdin>":
            raise FileNotFoundError(name)
        return sys.stdin.buffer.read(MAX_BYTES + 1)

    def has_folder(self, name: str) -> bool:
        """Say no: a stream has no folders."""
        return name == ""

    def shown(self, name: str) -> str:
        """Return the name itself."""
        return name
