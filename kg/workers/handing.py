"""How workers come to the files of a source: folders they open themselves, all else is handed to them."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from kg.archive import ArchiveFiles
from kg.files import Files, FolderFiles
from kg.reading import ignore
from kg.source import Item, Source
from kg.workers.messages import Handed, Need, OpenedFiles

_MOST_BYTES = 4 << 20
"""So many bytes are handed over at once, and one document more."""


def opened_files(files: Files) -> OpenedFiles:
    """Return how a worker comes to files."""
    if isinstance(files, FolderFiles):
        return OpenedFiles(str(files.given), "")
    return OpenedFiles(None, files.shown("x")[:-1])


def chunks(source: Source, items: Iterator[Item], most: int) -> Iterator[tuple[list[Item], Handed | None]]:
    """Yield items in lists of at most so many, with the bytes of those that a worker cannot open."""
    if all(isinstance(files, FolderFiles) for files in source.files):
        while found := list(islice(items, most)):
            yield found, None
        return
    chunk: list[Item] = []
    handed = Handed({}, set())
    for item in items:
        chunk.append(item)
        _hand(source, item, handed)
        if len(chunk) >= most or sum(map(len, handed.data.values())) > _MOST_BYTES:
            yield chunk, handed
            chunk, handed = [], Handed({}, set())
    if chunk:
        yield chunk, handed


def _hand(source: Source, item: Item, handed: Handed) -> None:
    """Add the bytes of a page of an archive, and those of the tables that have its name."""
    files = source.files[item.source]
    if not isinstance(files, ArchiveFiles):
        return
    names = [item.name]
    folder = source.data_folder(item)
    if folder is not None:
        start = posixpath.join(folder, posixpath.splitext(posixpath.basename(item.name))[0])
        names += files.starting(f"{start}-")
        handed.complete.add((item.source, start))
    handed.data.update({(item.source, name): files.read(name) for name in names})


def answer(source: Source, need: Need) -> object:
    """Return what a worker asks for; what it cost is an error in place of it."""
    files = source.files[need.source]
    try:
        return files.has_folder(need.name) if need.folder else files.read(need.name)
    except OSError as error:
        return error


class FolderOfWorker(FolderFiles):
    """A folder whose pages are not listed: a worker is told which to read."""

    def names(self) -> Iterator[str]:
        """Yield nothing."""
        return iter(())


class HandedFiles:
    """Files that are handed over with a task; what was not is asked for."""

    def __init__(self, number: int, lead: str, ask: Callable[[Need], Any]) -> None:
        self._number, self._lead, self._ask = number, lead, ask
        self.handed = Handed({}, set())

    def names(self) -> Iterator[str]:
        """Yield nothing: a worker is told which pages to read."""
        return iter(())

    def read(self, name: str) -> bytes:
        """Return the bytes of a file, or raise OSError."""
        data = self.handed.data.get((self._number, name))
        if data is not None:
            return data
        if (self._number, name.rpartition("-")[0]) in self.handed.complete:
            raise FileNotFoundError(name)
        found: bytes | OSError = self._ask(Need(self._number, name, folder=False))
        if isinstance(found, OSError):
            raise found
        return found

    def has_folder(self, name: str) -> bool:
        """Say whether there is such a folder."""
        return bool(self._ask(Need(self._number, name, folder=True)))

    def shown(self, name: str) -> str:
        """Return the name as the user knows it."""
        return self._lead + name

    def tables(self, folder: str) -> Iterator[str]:  # noqa: ARG002  # the interface has it
        """Yield nothing: no record asks."""
        return iter(())

    def is_whole(self) -> bool:
        """Say no: no record asks."""
        return False


def worker_source(files: tuple[OpenedFiles, ...], ask: Callable[[Need], Any]) -> Source:
    """Return a source without a list of pages, each of which can be read."""
    return Source([_files(number, row, ask) for number, row in enumerate(files)])


def _files(number: int, row: OpenedFiles, ask: Callable[[Need], Any]) -> Files:
    if row.path is None:
        return HandedFiles(number, row.lead, ask)
    return FolderOfWorker(Path(row.path), ignore)
