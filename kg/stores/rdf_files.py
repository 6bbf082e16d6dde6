"""RDF files as users give them: any format, plain or compressed, opened as a stream that can be trusted."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, cast

from kg.errors import MissingExtraError
from kg.stores.errors import RdfFileError

if TYPE_CHECKING:
    import pyoxigraph

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        ".ttl": "TURTLE",
        ".turtle": "TURTLE",
        ".nt": "N_TRIPLES",
        ".nq": "N_QUADS",
        ".trig": "TRIG",
        ".jsonld": "JSON_LD",
        ".json": "JSON_LD",
        ".rdf": "RDF_XML",
        ".owl": "RDF_XML",
        ".xml": "RDF_XML",
    }
)
"""The format of a file by its extension; `.gz` or `.zst` may follow."""
MAX_RATIO = 200
"""How many times its size a compressed file may grow to, past `RATIO_FLOOR` bytes."""
RATIO_FLOOR = 64 << 20

SLICE = 200_000
"""So many triples go into a store at once: they are held in memory until they are there (some 200 MB)."""

_QUADS = frozenset({"N_QUADS", "TRIG", "JSON_LD"})
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_HEAD = 64 << 10


class _Trusted:
    """A stream that counts what is read from it: it ends a bomb, and refuses a document type in XML."""

    def __init__(self, path: Path, stream: IO[bytes], form: str) -> None:
        self._path, self._stream = path, stream
        self._most = max(RATIO_FLOOR, path.stat().st_size * MAX_RATIO)
        self._sum = 0
        self._head = self._next(_HEAD)
        if form == "RDF_XML" and _DTD.search(self._head.replace(b"\0", b"")):
            raise RdfFileError(
                f"{path}: RDF/XML with a document type is not read; convert it to Turtle first"
            )

    def read(self, size: int = -1) -> bytes:
        """Read some bytes; raise RdfFileError where the file is damaged or grows past the ratio."""
        if not self._head:
            return self._next(size)
        cut = len(self._head) if size < 0 else size
        data, self._head = self._head[:cut], self._head[cut:]
        return data

    def _next(self, size: int) -> bytes:
        try:
            data = self._stream.read(size)
        except _damage() as error:
            raise RdfFileError(f"{self._path}: cannot be read: {error}") from error
        self._sum += len(data)
        if self._sum > self._most:
            raise RdfFileError(
                f"{self._path}: cannot be read: it grows to more than {MAX_RATIO} times its size"
            )
        return data


def _damage() -> tuple[type[BaseException], ...]:
    """Return what is raised by a file that cannot be read to its end."""
    found: tuple[type[BaseException], ...] = (OSError, EOFError, zlib.error)
    try:
        import zstandard
    except ImportError:
        return found
    return (*found, zstandard.ZstdError)


def _plain(path: Path) -> IO[bytes]:
    return path.open("rb")


def _gunzipped(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "rb"))


def _unzstd(path: Path) -> IO[bytes]:
    try:
        import zstandard
    except ImportError:
        raise MissingExtraError("reading .zst needs the extra `zst`: pip install pathway-kg[zst]") from None
    return cast("IO[bytes]", zstandard.open(path, "rb"))


_COMPRESSIONS: Mapping[str, Callable[[Path], IO[bytes]]] = MappingProxyType(
    {".gz": _gunzipped, ".zst": _unzstd}
)


def format_name(path: Path) -> str | None:
    """Return the name of the format of a file by its extension, or None.

    >>> format_name(Path("kg.ttl.gz"))
    'TURTLE'
    >>> format_name(Path("figures.tar.gz"))
    """
    name = path.name.lower()
    for ending in _COMPRESSIONS:
        name = name.removesuffix(ending)
    return next((form for ending, form in FORMATS.items() if name.endswith(ending)), None)


def bulk_load(store: pyoxigraph.Store, path: Path, graph: pyoxigraph.NamedNode | None) -> None:
    """Load an RDF file into one graph of a store, without keeping it in memory.

    Blank nodes get names of their own, so that those of two files never meet. The names of graphs in the
    file give way to `graph` (None is the default graph).

    Raises:
        RdfFileError: the file cannot be read, or is not valid; a part of it may be in the store.
        OSError: the store cannot be written.
    """
    import pyoxigraph

    form = format_name(path)
    if form is None:
        raise RdfFileError(f"{path}: no RDF format has this extension; there are {', '.join(FORMATS)}")
    kind: pyoxigraph.RdfFormat = getattr(pyoxigraph.RdfFormat, form)
    base = path.resolve().as_uri()
    with opened(path, form) as stream:
        quads: Iterator[pyoxigraph.Quad]
        quads = pyoxigraph.parse(stream, kind, base_iri=base, rename_blank_nodes=True)
        if graph is not None or form in _QUADS:
            quads = _placed(quads, graph or pyoxigraph.DefaultGraph())
        for quad in quads:
            store.bulk_extend(chain((quad,), islice(quads, SLICE - 1)))


def _placed(
    quads: Iterator[pyoxigraph.Quad], graph: pyoxigraph.NamedNode | pyoxigraph.DefaultGraph
) -> Iterator[pyoxigraph.Quad]:
    """Yield quads in one graph."""
    import pyoxigraph

    for quad in quads:
        yield pyoxigraph.Quad(quad.subject, quad.predicate, quad.object, graph)


@contextmanager
def opened(path: Path, form: str) -> Iterator[IO[bytes]]:
    """Open a file; what the parser finds wrong until the end of the block is told with its place.

    Raises:
        RdfFileError: the file cannot be read, or is not valid.
    """
    try:
        stream = _COMPRESSIONS.get(path.suffix.lower(), _plain)(path)
    except FileNotFoundError as error:
        raise RdfFileError(f"{path}: there is no such file") from error
    except OSError as error:
        raise RdfFileError(f"{path}: cannot be read: {error.strerror or error}") from error
    with stream:
        try:
            yield cast("IO[bytes]", _Trusted(path, stream, form))
        except SyntaxError as error:
            raise RdfFileError(f"{_place(path, error)}: this is not valid RDF: {error.msg}") from error
        except ValueError as error:
            raise RdfFileError(f"{path}: this is not valid RDF: {error}") from error


def _place(path: Path, error: SyntaxError) -> str:
    parts = (path, error.lineno, error.offset)
    return ":".join(str(part) for part in parts if part is not None)
