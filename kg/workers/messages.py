"""What the process that asks and its workers tell each other, and how it is carried.

A message lies in a file that both have open, a *slot*; a frame of a few bytes in a pipe says that it is
there. So neither ever waits for the other to read, and a worker that ends takes nothing along that was said.
"""

from __future__ import annotations

import copyreg
import io
import os
import pickle
import struct
import tempfile
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import Any, NamedTuple

from kg.errors import WriteError
from kg.formats import Writer
from kg.graph import IRI, RecordGraph
from kg.identifiers import NAMESPACES, Namespace
from kg.linking import Linker
from kg.mapping import Settings
from kg.problems import Problem
from kg.records import Lookups, RecordType
from kg.source import Item

FRAME = struct.Struct("<BBQ")
MARK = struct.Struct("<QQB")
MARK_IS_FULL = 1


class Kind(IntEnum):
    """What a frame says is in its slot."""

    SETUP = 1
    TASK = 2
    DONE = 3
    NEED = 4
    ANSWER = 5
    FAILED = 6


class Frame(NamedTuple):
    """What a pipe carries: the size of a message, and the slot that it lies in."""

    kind: Kind
    slot: int
    size: int


class WriterPlan(NamedTuple):
    """How a worker makes a writer: a class, and what it is called with."""

    make: Callable[[Mapping[str, str], str, IRI | None], Writer]
    prefixes: Mapping[str, str]
    base: str
    graph: IRI | None

    def writer(self) -> Writer:
        """Make one."""
        return self.make(self.prefixes, self.base, self.graph)


class OpenedFiles(NamedTuple):
    """One source: its path where it is a folder or a file of its own, else what names are shown with."""

    path: str | None
    lead: str


class Setup(NamedTuple):
    """What a worker is told once; with `graphs` it sends them beside the texts."""

    files: tuple[OpenedFiles, ...]
    settings: Settings
    lookups: Lookups
    only: frozenset[str]
    linker: Linker | None
    other: RecordType | None
    writers: tuple[WriterPlan, ...]
    graphs: bool


class Handed(NamedTuple):
    """The bytes of files that a worker cannot open, by source and name.

    Of the names that start with one in `complete` and a hyphen, there are no others.
    """

    data: dict[tuple[int, str], bytes]
    complete: set[tuple[int, str]]


class Fresh(NamedTuple):
    """What is new of the records of a task, where that is not all.

    `changes` are the places of the facts that stay, by record and number of a description; `earlier` are the
    items of earlier records with the same root. Where a task is done over, `announced` are the numbers of the
    descriptions that were asked about; the other shared ones are known.
    """

    changes: dict[int, dict[int, tuple[int, ...]]]
    earlier: dict[int, list[str]]
    announced: list[list[int]] | None = None


class Task(NamedTuple):
    """Records to read and map (or graphs to take as they are), and to write at once where `fresh` is known.

    Those whose place is in `lost` (with the reason) ended a worker before. With `gather`, only the names of
    genes are wanted. `problems` were found while the task was made, and come before those of its records.
    """

    number: int
    items: Sequence[Item] = ()
    graphs: Sequence[RecordGraph] = ()
    handed: Handed | None = None
    lost: tuple[tuple[int, str], ...] = ()
    fresh: Fresh | None = None
    gather: bool = False
    problems: Sequence[Problem] = ()


class Row(NamedTuple):
    """What a worker found out of one document.

    `root` is a hash of the root that is the record's own; `announced` are the shared descriptions that the
    worker did not meet lately: the number of each, a hash of its subject, and a hash of each fact.
    """

    problems: list[Problem]
    kind: str | None
    root: int | None
    announced: list[tuple[int, int, list[int]]]


class Mapped(NamedTuple):
    """A row for each of the first documents of a task: for all, if they did not become too many triples."""

    rows: list[Row]
    skipped: Mapping[str, int]
    missing: int


class Written(NamedTuple):
    """What lies in a slot behind this: parts by writer (their new prefixes and size), and pickled graphs."""

    triples: int
    parts: list[list[tuple[list[tuple[str, str]], int]]]
    graphs: int


class Need(NamedTuple):
    """A question for the bytes of a file, or whether there is a folder."""

    source: int
    name: str
    folder: bool


def packed(message: object) -> bytes:
    """Return a message as bytes; an identifier namespace is carried as its prefix."""
    stream = io.BytesIO()
    pickler = pickle.Pickler(stream, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = {**copyreg.dispatch_table, Namespace: _by_prefix}
    pickler.dump(message)
    return stream.getvalue()


def _by_prefix(namespace: Namespace) -> tuple[Any, tuple[str]]:
    return _namespace, (namespace.prefix,)


def _namespace(prefix: str) -> Namespace:
    return NAMESPACES[prefix]


def put(slot: int, *blocks: bytes) -> None:
    """Write blocks into a slot, from its start.

    Raises:
        WriteError: there is no room.
    """
    place = 0
    try:
        for block in blocks:
            view = memoryview(block)
            while view:
                count = os.pwrite(slot, view, place)
                view, place = view[count:], place + count
    except OSError as error:
        folder = tempfile.gettempdir()
        raise WriteError(f"{folder}: cannot write a temporary file: {error.strerror or error}") from error


def taken(slot: int, size: int, place: int = 0) -> bytes:
    """Return so many bytes of a slot."""
    blocks: list[bytes] = []
    while size > 0:
        blocks.append(os.pread(slot, size, place))
        if not blocks[-1]:
            raise EOFError("a message is shorter than its frame says")
        size, place = size - len(blocks[-1]), place + len(blocks[-1])
    return blocks[0] if len(blocks) == 1 else b"".join(blocks)


def say(pipe: int, kind: Kind, slot: int, size: int) -> None:
    """Write a frame; so few bytes go into a pipe in one piece.

    Raises:
        BrokenPipeError: nobody reads it any more.
    """
    os.write(pipe, FRAME.pack(kind, slot, size))


def heard(pipe: int) -> Frame | None:
    """Read a frame; return None at the end of the pipe."""
    data = b""
    while len(data) < FRAME.size:
        block = os.read(pipe, FRAME.size - len(data))
        if not block:
            return None
        data += block
    kind, slot, size = FRAME.unpack(data)
    return Frame(Kind(kind), slot, size)
