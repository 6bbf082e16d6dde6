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

from kg.problems import Problem, Report

MARKDOWN = (".md", ".markdown")
HTML = (".html", ".htm")
TABLE = ".tsv"
MAX_BYTES = 8 << 20
"""The largest file that is read: 8 MiB."""

_BLOCK = 1 << 14
"""Most files are smaller: a longer block would be made only to be cut."""

_PAGES = (*MARKDOWN, *HTML)
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

    def tables(self, folder: str) -> Iterator[str]:
        """Yield the names of the tables (`.tsv`) in a folder, in any order."""
        ...

    def is_whole(self) -> bool:
        """Say whether this is a whole site, not a part of one."""
        ...


class FolderFiles:
    """The files below a folder, or one of them.

    Where the folder or file given lies in a collection folder of a site (`_figures/…`), the site's folder
    is the root, so that `_data/` beside it is found; only what was asked for is listed.
    """

    def __init__(self, path: Path, report: Report) -> None:
        self.given, self._report = path, report
        anchor = path if path.is_dir() else path.parent
        inside = anchor.resolve().name.startswith("_")
        self._root = anchor.parent if inside and anchor.name not in ("", ".", "..") else anchor
        if inside and self._root == anchor:
            self._root = anchor.resolve().parent
        self._lead = os.path.join(self._root, "")

    def names(self) -> Iterator[str]:
        """Yield the names of the pages below what was given; what cannot be read is reported."""
        if self.given.is_dir():
            yield from self._walk(self.given, set())
        else:
            yield self._name(self.given)

    def _walk(self, folder: Path, seen: set[tuple[int, int]]) -> Iterator[str]:
        """Walk a folder and, once each, the folders below it, links to folders included."""
        prefix = self._name(folder)
        prefix = "" if prefix == "." else prefix + "/"
        folders: list[str] = []
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in seen:
                return
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as entries:
                for entry in entries:
                    name = entry.name
                    if name.startswith(".") or name in _NO_FOLDERS:
                        continue
                    if entry.is_dir():
                        if self._is_named(entry):
                            folders.append(name)
                    elif name.lower().endswith(_PAGES) and self._is_page(entry):
                        yield prefix + name
        except OSError as error:
            self._report(Problem("unreadable", str(folder), 1, found=error.strerror or str(error)))
        for name in sorted(folders):
            yield from self._walk(folder / name, seen)

    def _is_page(self, entry: os.DirEntry[str]) -> bool:
        """Say whether an entry can be read as a page; a dangling link or an odd name is reported."""
        if not self._is_named(entry):
            return False
        if entry.is_file():
            return True
        self._refuse(
            entry,
            "a regular file",
            "a link that leads nowhere" if entry.is_symlink() else "no regular file",
        )
        return False

    def _is_named(self, entry: os.DirEntry[str]) -> bool:
        """Say whether the name of an entry is a text; one that is not is reported."""
        if entry.name.isascii() or _is_unicode(entry.name):
            return True
        self._refuse(entry, "a name in UTF-8", "a file name that is not UTF-8")
        return False

    def _refuse(self, entry: os.DirEntry[str], expected: str, found: str) -> None:
        shown = os.fsencode(entry.path).decode("utf-8", "replace")
        self._report(Problem("unreadable", shown, 1, expected=expected, found=found))

    def _name(self, path: Path) -> str:
        try:
            return path.relative_to(self._root).as_posix()
        except ValueError:
            return path.resolve().relative_to(self._root).as_posix()

    def read(self, name: str) -> bytes:
        """Return the bytes of a file, or raise OSError."""
        descriptor = os.open(self._lead + name, os.O_RDONLY)
        try:
            blocks = [os.read(descriptor, _BLOCK)]
            while len(blocks[-1]) == _BLOCK and len(blocks) * _BLOCK <= MAX_BYTES:
                blocks.append(os.read(descriptor, _BLOCK))
        finally:
            os.close(descriptor)
        return blocks[0] if len(blocks) == 1 else b"".join(blocks)

    def has_folder(self, name: str) -> bool:
        """Say whether there is such a folder."""
        return (self._root / name).is_dir()

    def shown(self, name: str) -> str:
        """Return the path of a file."""
        return self._lead + name

    def tables(self, folder: str) -> Iterator[str]:
        """Yield the names of the tables in a folder."""
        with os.scandir(self._root / folder) as entries:
            for entry in entries:
                if entry.name.endswith(TABLE) and not entry.name.startswith(".") and _is_unicode(entry.name):
                    yield f"{folder}/{entry.name}"

    def is_whole(self) -> bool:
        """Say whether the folder given is the root of its site."""
        return self.given.is_dir() and self._root == self.given


def _is_unicode(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


class StandardInput:
    """One document, read from standard input, once."""

    def __init__(self) -> None:
        self._data: bytes | None = None

    def names(self) -> Iterator[str]:
        """Yield the one name."""
        yield "<stdin>"

    def read(self, name: str) -> bytes:
        """Return the bytes of a file, or raise OSError."""
        if name != "<stdin>":
            raise FileNotFoundError(name)
        if self._data is None:
            self._data = sys.stdin.buffer.read(MAX_BYTES + 1)
        return self._data

    def has_folder(self, name: str) -> bool:
        """Say no: a stream has no folders."""
        return name == ""

    def shown(self, name: str) -> str:
        """Return the name itself."""
        return name

    def tables(self, folder: str) -> Iterator[str]:  # noqa: ARG002  # the interface has it
        """Yield nothing: a stream has no folders."""
        return iter(())

    def is_whole(self) -> bool:
        """Say no: it is one document."""
        return False
