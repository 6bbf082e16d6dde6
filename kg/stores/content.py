"""What is loaded: the texts of records as they are made, and RDF files; taken once, by any kind of store."""

from __future__ import annotations

import re
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from kg.errors import NoRecordError
from kg.stores import rdf_files
from kg.stores.errors import full_disk_named
from kg.stores.rdf_files import bulk_load

if TYPE_CHECKING:
    import pyoxigraph

_BLANK_SUBJECT = re.compile(rb"_:(\w+)")
_BLANK_OBJECT = re.compile(rb"(?<=> )_:(\w+)(?= \.$)")


class Mode(Enum):
    """What becomes of the triples that are in the graph already."""

    REPLACE = "replace"
    ADD = "add"


@dataclass(slots=True)
class Content:
    """What is loaded into one graph.

    `texts` are whole lines of N-Triples in UTF-8, each triple once; `files` are RDF files, which may overlap
    with them and with each other. `sent` is the number of triples of the texts taken so far.
    """

    texts: Iterable[bytes] = ()
    files: Sequence[Path] = ()
    sent: int = 0

    def taken(self) -> Iterator[bytes]:
        """Yield the texts, and count their triples."""
        for text in self.texts:
            self.sent += text.count(b"\n")
            yield text


class _TextStream:
    """Texts as one stream; what making a text raises comes out of `read`."""

    def __init__(self, texts: Iterator[bytes]) -> None:
        self._texts, self._data, self._position = texts, b"", 0

    def read(self, size: int = -1) -> bytes:
        """Return some bytes, none at the end."""
        while self._position >= len(self._data):
            text = next(self._texts, None)
            if text is None:
                return b""
            self._data, self._position = text, 0
        begin, end = self._position, len(self._data) if size < 0 else self._position + size
        self._position = end
        return self._data[begin:end]


@contextmanager
def distinct(content: Content) -> Iterator[Content]:
    """Yield the content as texts in which each triple stands once, and no blank node.

    Records come as they are made. Where there are RDF files, all goes through a private store on disk first:
    so an error in a file is found before anything is sent.

    Raises:
        RdfFileError: a file cannot be read, or is not valid.
        NoRecordError: there is no triple in the files.
    """
    if not content.files:
        yield content
        return
    import pyoxigraph

    with tempfile.TemporaryDirectory(prefix="kg-load-") as folder:
        lines = Path(folder, "lines.nt")
        with full_disk_named(folder):
            store = pyoxigraph.Store(str(Path(folder, "store")))
            fill(store, content, None)
            check_not_empty(len(store))
            with lines.open("wb") as out:
                store.dump(out, pyoxigraph.RdfFormat.N_TRIPLES, from_graph=pyoxigraph.DefaultGraph())
            del store
        yield Content(_ground_lines(lines))


def check_not_empty(triples: int) -> None:
    """Raise NoRecordError where there is nothing to load: it would only empty a graph."""
    if not triples:
        raise NoRecordError("the sources hold no triple; nothing was loaded")


def fill(store: pyoxigraph.Store, content: Content, graph: pyoxigraph.NamedNode | None) -> None:
    """Load content into one graph of an Oxigraph store, which is of no use if this fails.

    Raises:
        RdfFileError: a file cannot be read, or is not valid.
        OSError: the store cannot be written.
    """
    from pyoxigraph import RdfFormat

    for texts in _slices(content.taken()):
        stream = cast("IO[bytes]", _TextStream(texts))
        store.bulk_load(stream, RdfFormat.N_TRIPLES, to_graph=graph, lenient=True)
    for path in content.files:
        bulk_load(store, path, graph)


def _slices(texts: Iterator[bytes]) -> Iterator[Iterator[bytes]]:
    """Yield the texts in slices of some `SLICE` lines; each is taken before the next one comes."""

    def some(first: bytes) -> Iterator[bytes]:
        lines = first.count(b"\n")
        yield first
        while lines < rdf_files.SLICE and (text := next(texts, None)) is not None:
            lines += text.count(b"\n")
            yield text

    for first in texts:
        yield some(first)


def _ground_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of an N-Triples file, with an IRI of its own for each blank node.

    A blank node has no name outside of one request, and Virtuoso takes none in an update.
    """
    with path.open("rb") as lines:
        for line in lines:
            subject = _BLANK_SUBJECT.match(line)
            ground = line if subject is None else _named(subject) + line[subject.end() :]
            yield _BLANK_OBJECT.sub(_named, ground)


def _named(blank: re.Match[bytes]) -> bytes:
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, blank[1].decode())}>".encode()


def chunks(texts: Iterable[bytes], most: int, size: int) -> Iterator[list[bytes]]:
    """Yield lists of lines: at most `most` lines and `size` bytes each, but one line at least."""
    chunk: list[bytes] = []
    length = 0
    for text in texts:
        for line in text.splitlines(keepends=True) if text.count(b"\n") > 1 else (text,):
            if chunk and (len(chunk) >= most or length + len(line) > size):
                yield chunk
                chunk, length = [], 0
            chunk.append(line)
            length += len(line)
    if chunk:
        yield chunk


@contextmanager
def spooled(texts: Iterable[bytes]) -> Iterator[Path]:
    """Yield a private file of the texts: a request can be repeated from it, and its length is known."""
    with tempfile.NamedTemporaryFile(prefix="kg-load-", suffix=".nt") as spool:
        with full_disk_named(spool.name):
            for text in texts:
                spool.write(text)
            spool.flush()
        yield Path(spool.name)
