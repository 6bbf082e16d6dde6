"""The text index of records on their way into a store: the same as of the store, which is not asked for it.

What counts for the index is taken from each description as it is written, a row each, and put into a private
file on disk; when all have come, the documents are put together from it.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType

from kg import vocabulary as v
from kg.formats.writer import Writer
from kg.graph import IRI, Description, Object, RecordGraph
from kg.search.index import (
    CODES,
    DOI,
    FILE_NAME,
    KINDS,
    LINKED,
    NAMES,
    TEXTS,
    TITLES,
    Document,
    SearchError,
    document_of,
    write_index,
)

_RANKS: Mapping[str, int] = MappingProxyType({kind: rank for rank, kind in enumerate(KINDS)})
_KINDS = tuple(KINDS.values())
_TITLE, _NAME, _CODE, _TEXT, _LINK, _BASE, _SAME = range(7)
_PARTS = 7
_LITERALS: Mapping[IRI, int] = MappingProxyType(
    {
        predicate: part
        for part, predicates in ((_TITLE, TITLES), (_NAME, NAMES), (_CODE, CODES), (_TEXT, TEXTS))
        for predicate in predicates
    }
)
_IRIS: Mapping[IRI, int] = MappingProxyType(
    {**dict.fromkeys(LINKED, _LINK), v.IS_BASED_ON: _BASE, v.SAME_AS: _SAME}
)

# No text of a record holds a control character but these, which no other does either: tab and line ends.
_VALUE, _COLUMN, _ROW = "\x1f", "\x1e", "\x1d"


class StagedWriter(Writer):
    """Writes what counts of record graphs: a row for each description with its IRI, kinds and facts."""

    def __init__(self, prefixes: Mapping[str, str], base: str = "", graph: IRI | None = None) -> None:
        """Take what every writer takes; nothing of it counts here."""

    def part(self, graph: RecordGraph) -> bytes:
        """Return the rows of one record."""
        root = graph.root
        return "".join(
            _row(description, whole=description.fingerprint != 0 or description.subject == root)
            for description in graph.descriptions
        ).encode()


def _row(description: Description, *, whole: bool) -> str:
    """Return the row of a description, or nothing; a part of a record counts only for what links to it."""
    ranks: list[str] = []
    parts = [""] * _PARTS
    for predicate, objects in description.facts.items():
        part = _LITERALS.get(predicate)
        if part is not None:
            parts[part] = _added(parts[part], _texts(objects))
        elif predicate in _IRIS:
            part = _IRIS[predicate]
            parts[part] = _added(parts[part], (value for value in objects if type(value) is IRI))
        elif predicate == v.RDF_TYPE:
            ranks = [str(_RANKS[value]) for value in objects if type(value) is IRI and value in _RANKS]
    if not ranks and not whole:
        parts[_NAME] = parts[_TEXT] = parts[_LINK] = parts[_BASE] = ""
    if not ranks and not any(parts):
        return ""
    return f"{description.subject}{_COLUMN}{','.join(ranks)}{_COLUMN}{_COLUMN.join(parts)}{_ROW}"


def _added(known: str, values: Iterable[str]) -> str:
    return _VALUE.join((known, *values) if known else values)


def _texts(objects: Iterable[Object]) -> Iterator[str]:
    for value in objects:
        if type(value) is not IRI:
            yield value if isinstance(value, str) else value.lexical


class Staged:
    """Takes the rows of a `StagedWriter`, in any order, and makes the index of them."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        weakref.finalize(self, self._file.close)
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("PRAGMA cache_size = -4096")
        self._file.execute(
            "CREATE TABLE said (iri TEXT, title TEXT, name TEXT, code TEXT, text TEXT, link TEXT, base TEXT,"
            " same TEXT)"
        )
        self._file.execute(
            "CREATE TABLE kind (rank INTEGER, iri TEXT, PRIMARY KEY (rank, iri)) WITHOUT ROWID"
        )
        self._file.execute("BEGIN")
        self._titles: dict[str, frozenset[str]] = {}
        self._thread = ThreadPoolExecutor(1, "kg-index")
        self._begun: tuple[tempfile.TemporaryDirectory[str], Future[int]] | None = None
        self._is_closed = False

    def add(self, text: str) -> None:
        """Take some rows."""
        rows = [row.split(_COLUMN) for row in text.split(_ROW) if row]
        ranks = [(int(rank), row[0]) for row in rows if row[1] for rank in row[1].split(",")]
        for row in rows:
            del row[1]
        self._file.executemany("INSERT INTO said VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        self._file.executemany("INSERT OR IGNORE INTO kind VALUES (?, ?)", ranks)

    def begin(self) -> None:
        """Begin to make the index, in a thread and a private folder, when nothing more comes."""
        folder = tempfile.TemporaryDirectory(prefix="kg-load-")
        self._begun = folder, self._thread.submit(write_index, self._documents(), Path(folder.name))

    def build(self, folder: Path) -> int:
        """Write the index into a folder; return the number of its documents.

        Raises:
            SearchError: it cannot be written.
        """
        if self._begun is None:
            return write_index(self._documents(), folder)
        private, made = self._begun
        count = made.result()
        try:
            shutil.move(Path(private.name, FILE_NAME), folder / FILE_NAME)
        except OSError as error:
            raise SearchError(f"{folder}: the text index cannot be written: {error}") from error
        return count

    def close(self) -> None:
        """Stop making the index, and leave nothing behind."""
        self._is_closed = True
        self._thread.shutdown()
        if self._begun is not None:
            self._begun[0].cleanup()

    def _documents(self) -> Iterator[Document]:
        self._file.execute("CREATE INDEX by_iri ON said (iri)")
        rows = self._file.execute(
            "SELECT kind.rank, said.* FROM kind CROSS JOIN said ON said.iri = kind.iri"
            " ORDER BY kind.rank, kind.iri"
        )
        for (rank, iri), group in groupby(rows, itemgetter(0, 1)):
            if self._is_closed:
                return
            said = _joined([row[2:] for row in group])
            names, codes = said[_NAME], said[_CODE]
            for link in said[_LINK]:
                names.update(self._titles_of(link))
            for base in said[_BASE]:
                codes.update(self._codes_of(base))
            yield document_of(iri, _KINDS[rank], said[_TITLE], names, codes, said[_TEXT])

    def _titles_of(self, iri: str) -> frozenset[str]:
        """Return the titles of a thing that others link to, looked up once."""
        titles = self._titles.get(iri)
        if titles is None:
            (found,) = self._said(iri, "title")
            titles = self._titles[iri] = frozenset(found)
        return titles

    def _codes_of(self, iri: str) -> set[str]:
        """Return the identifiers of a thing, and those of what is the same."""
        codes, same = self._said(iri, "code", "same")
        return codes | {other.removeprefix(DOI) for other in same}

    def _said(self, iri: str, *columns: str) -> list[set[str]]:
        """Return what was said of a thing, by column."""
        query = f"SELECT {', '.join(columns)} FROM said WHERE iri = ?"  # noqa: S608  # the names are ours
        return _joined(self._file.execute(query, (iri,)).fetchall(), len(columns))


def _joined(rows: Sequence[Sequence[str]], columns: int = _PARTS) -> list[set[str]]:
    """Return the values of each column of some rows."""
    found: list[set[str]] = [set() for _ in range(columns)]
    for row in rows:
        for part, text in enumerate(row):
            if text:
                found[part].update(text.split(_VALUE))
    return found
