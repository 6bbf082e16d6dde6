"""Finds documents in sources, in an order of their own, and reads them with their sidecar tables.

Pages that others look things up in come first; then the order is by the stem of the file name (and by
content), whatever the order of the sources, of the folder or of the archive: so the same records give the
same bytes, and documents of one record meet.
"""

from __future__ import annotations

import hashlib
import posixpath
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from kg import frontmatter
from kg.archive import is_archive, open_archive
from kg.errors import SourceError
from kg.files import HTML, MAX_BYTES, Files, FolderFiles, StandardInput
from kg.frontmatter import CONTROL, Fault, FrontMatterError, Place
from kg.problems import Problem, RecordLostError, Report
from kg.tables import Table, lines_of, plain_table, quoted_table

PAGE_FOLDERS = frozenset({"_organisms", "_annotations"})
"""Folders whose pages are read before all other records, because other records look things up in them."""

MAPS = ("ndex_map", "wpid_map")
"""Two-column tables in `_data/` that add a value to figures, by figid."""


@dataclass(slots=True)
class Document:
    """One page as read: its front matter, its body, and the way to its tables.

    `missing` counts the values that stand for a missing one, as the records meet them.
    """

    path: str
    stem: str
    folder: str
    values: dict[str, Any]
    front: str
    front_line: int
    body: str
    body_line: int
    source: Source
    item: Item
    missing: int = 0
    _places: dict[frontmatter.Path, Place] | None = field(default=None, repr=False)

    def place(self, path: frontmatter.Path) -> Place:
        """Return where a field stands; the place of what holds it, where the field itself is absent."""
        if self._places is None:
            self._places = frontmatter.locate(self.front, self.front_line)
        while path and path not in self._places:
            path = path[:-1]
        return self._places.get(path, Place(self.front_line, 1))

    def table(self, name: str, report: Report, *, quoted: bool = False) -> Table | None:
        """Return the sidecar table `_data/<name>.tsv` beside this document, or None where there is none."""
        return self.source.table(self.item, name, report, quoted=quoted)


class Item(NamedTuple):
    """Where a document stands: which of the sources, and its name there."""

    source: int
    name: str

    def key(self) -> str:
        """Return the item as one text."""
        return f"{self.source}/{self.name}"

    @classmethod
    def from_key(cls, key: str) -> Item:
        """Return the item of a text made by `key`."""
        source, _, name = key.partition("/")
        return cls(int(source), name)


class Skipped(NamedTuple):
    """A page that is no record, and why."""

    path: str
    reason: str


class Source:
    """All the sources of a run as one ordered collection of documents."""

    def __init__(self, sources: Sequence[Files]) -> None:
        self.files = self._files = sources
        self._data: dict[tuple[int, str], str | None] = {}
        self._order = sqlite3.connect("", check_same_thread=False)
        weakref.finalize(self, self._order.close)
        self._order.execute("PRAGMA cache_size = -256")
        self._order.execute("CREATE TABLE page (first INTEGER, stem TEXT, source INTEGER, name TEXT)")
        rows = (
            (_is_first(name), _stem(name), number, name)
            for number, files in enumerate(sources)
            for name in files.names()
        )
        self._order.executemany("INSERT INTO page VALUES (?, ?, ?, ?)", rows)
        self._order.execute("CREATE INDEX by_stem ON page (first, stem)")
        self._order.commit()

    def __len__(self) -> int:
        (count,) = self._order.execute("SELECT count(*) FROM page").fetchone()
        return int(count)

    def items(self, *, first: bool | None = None) -> Iterator[Item]:
        """Yield every page in order; with `first`, only those that are (or are not) to be read first."""
        query = (
            "SELECT first, stem, source, name FROM page WHERE first BETWEEN ? AND ?"
            " ORDER BY first DESC, stem, name, source"
        )
        rows = self._order.execute(query, (0, 1) if first is None else (first, first))
        for _, group in groupby(rows, key=lambda row: row[:2]):
            found = [Item(number, name) for _, _, number, name in group]
            yield from found if len(found) == 1 else sorted(found, key=self._digest)

    def _digest(self, item: Item) -> tuple[bytes, str]:
        try:
            return hashlib.sha256(self._files[item.source].read(item.name)).digest(), item.name
        except OSError:
            return b"", item.name

    def shown(self, item: Item) -> str:
        """Return the name of a page as the user knows it."""
        return self._files[item.source].shown(item.name)

    def read(self, item: Item, report: Report) -> Document | Skipped:
        """Read one page.

        Raises:
            RecordLostError: the page cannot be read, or its front matter breaks a rule.
        """
        path = self.shown(item)
        if item.name.lower().endswith(HTML):
            return Skipped(path, "an HTML page, not a Markdown record")
        data = self._bytes(item.source, item.name, path)
        text = _decoded(data, path)
        known = frontmatter.read_usual(text)
        if known is not None:
            page, values = known
        else:
            text = _cleaned(text, data, path, report)
            try:
                split = frontmatter.split(text)
                if split is None:
                    return Skipped(path, "no front matter")
                page = split
                values, faults = frontmatter.parse(page.front, page.front_line)
            except FrontMatterError as error:
                raise RecordLostError(_located(path, error.fault)) from None
            for fault in faults:
                report(_located(path, fault))
        folder = _folder(item.name).rpartition("/")[2]
        return Document(path, _stem(item.name), folder, values, *page, source=self, item=item)

    def _text(self, source: int, name: str, path: str, report: Report) -> str:
        """Read and decode a file; control characters are replaced and reported."""
        data = self._bytes(source, name, path)
        return _cleaned(_decoded(data, path), data, path, report)

    def _bytes(self, source: int, name: str, path: str) -> bytes:
        try:
            return self._files[source].read(name)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise RecordLostError(Problem("unreadable", path, found=error.strerror or str(error))) from None

    def table(self, item: Item, name: str, report: Report, *, quoted: bool = False) -> Table | None:
        """Return a sidecar table of a document, or None where there is none."""
        data = self.data_folder(item)
        if data is None:
            return None
        return self._table(item.source, f"{data}/{name}.tsv", report, quoted)

    def _table(self, source: int, name: str, report: Report, quoted: bool) -> Table | None:
        shown = self._files[source].shown(name)
        try:
            text = self._text(source, name, shown, report)
        except FileNotFoundError:
            return None
        except RecordLostError as error:
            report(error.problem)
            return None
        return quoted_table(shown, text, report) if quoted and '"' in text else plain_table(shown, text)

    def data_folder(self, item: Item) -> str | None:
        """Return the `_data` folder of the site that a document belongs to."""
        folder = _folder(item.name)
        key = (item.source, folder)
        if key not in self._data:
            site = _folder(folder) if posixpath.basename(folder).startswith("_") else folder
            files = self._files[item.source]
            places = dict.fromkeys((posixpath.join(site, "_data"), "_data"))
            self._data[key] = next((place for place in places if files.has_folder(place)), None)
        return self._data[key]

    def map(self, name: str, report: Report) -> Iterator[tuple[str, str, str, int]]:
        """Yield (figid, value, path, line) of the two-column table of that name in every site."""
        for source, folder in self._sites():
            path = f"{folder}/{name}.tsv"
            shown = self._files[source].shown(path)
            try:
                text = self._text(source, path, shown, report)
            except FileNotFoundError:
                continue
            except RecordLostError as error:
                report(error.problem)
                continue
            for line, row in enumerate(lines_of(text), 1):
                key, _, value = row.partition("\t")
                if key:
                    yield key, value.strip(), shown, line

    def tables(self) -> Iterator[tuple[str, str]]:
        """Yield the name as the user knows it, and the stem, of each table of the sources that are whole."""
        for source, folder in self._sites():
            files = self._files[source]
            if files.is_whole():
                for name in files.tables(folder):
                    yield files.shown(name), _stem(name)

    def is_whole(self) -> bool:
        """Say whether every source is a whole site, not a part of one."""
        return all(files.is_whole() for files in self._files)

    def has_page(self, stem: str) -> bool:
        """Say whether a page has a file name of that stem."""
        query = "SELECT 1 FROM page WHERE first IN (0, 1) AND stem = ?"
        return self._order.execute(query, (stem,)).fetchone() is not None

    def text_of(self, path: str) -> str | None:
        """Return the text of a file by its name as the user knows it, or None."""
        for files in self._files:
            root = files.shown("")
            if path.startswith(root) or not root:
                try:
                    return files.read(path[len(root) :].lstrip("/!")).decode("utf-8-sig", "replace")
                except OSError:
                    continue
        return None

    def _sites(self) -> list[tuple[int, str]]:
        """Return the `_data` folders beside the pages, one for each site."""
        found: dict[tuple[int, str], None] = {}
        query = "SELECT DISTINCT source, rtrim(name, replace(name, '/', '')) FROM page"
        for number, folder in self._order.execute(query).fetchall():
            data = self.data_folder(Item(number, folder + "x"))
            if data is not None:
                found[number, data] = None
        return sorted(found)


def open_source(paths: Iterable[str | Path], report: Report) -> Source:
    """Open files, folders, archives and `-` (standard input) as one source.

    Raises:
        SourceError: one of them does not exist, or cannot be opened.
        MissingExtraError: an archive needs an optional package.
    """
    given = list(paths)
    odd = next((path for path in given if "\0" in str(path)), None)
    if odd is not None:
        raise SourceError(f"{odd!r}: not a name that a file can have")
    for path in given:
        try:
            str(path).encode()
        except UnicodeEncodeError:
            raise SourceError(f"{str(path)!a}: its name is not UTF-8, so no problem could name it") from None
    return Source([_open_one(path, report) for path in _without_repeats(given)])


def _without_repeats(paths: list[str | Path]) -> Iterator[str | Path]:
    """Yield the paths that no other of them holds already: the same file is read once."""
    places = [None if str(path) == "-" else Path(path).resolve() for path in paths]
    for number, (path, place) in enumerate(zip(paths, places, strict=True)):
        others = (*places[:number], *(other for other in places[number + 1 :] if other != place))
        if place is None:
            if None not in places[:number]:
                yield path
        elif not any(other is not None and place.is_relative_to(other) for other in others):
            yield path


def _open_one(path: str | Path, report: Report) -> Files:
    if str(path) == "-":
        return StandardInput()
    path = Path(path)
    try:
        if path.is_file() and is_archive(path):
            return open_archive(path, report)
        if not path.exists():
            raise SourceError(f"{path}: no such file or folder")
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from None
    return FolderFiles(path, report)


def _folder(name: str) -> str:
    """Return the folder of a name: nothing where it stands at the top."""
    return name.rpartition("/")[0]


def _stem(name: str) -> str:
    return posixpath.splitext(posixpath.basename(name))[0]


def _is_first(name: str) -> bool:
    return _folder(name).rpartition("/")[2] in PAGE_FOLDERS


def _located(path: str, fault: Fault) -> Problem:
    return Problem(fault.code, path, fault.line, fault.column, fault.field, fault.expected, fault.found)


def _decoded(data: bytes, path: str) -> str:
    if len(data) > MAX_BYTES:
        raise RecordLostError(
            Problem("too-large", path, 1, expected=f"at most {MAX_BYTES:,} bytes", found="more")
        )
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise RecordLostError(Problem("binary", path, line, expected="UTF-8 text", found="a NUL byte"))
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        start = data.rfind(b"\n", 0, error.start) + 1
        line, column = data.count(b"\n", 0, error.start) + 1, error.start - start + 1
        found = f"the byte 0x{data[error.start]:02X}"
        raise RecordLostError(Problem("not-utf8", path, line, column, None, "UTF-8 text", found)) from None


_CONTROL_BYTES = bytes({*range(32), 127} - {9, 10, 13})


def _may_hold_control(data: bytes) -> bool:
    """Say whether UTF-8 text may hold what no output may hold; much quicker than looking at the text.

    The lead bytes are those of U+0080 to U+009F and of U+FFFE and U+FFFF.
    """
    return len(data.translate(None, _CONTROL_BYTES)) != len(data) or b"\xc2" in data or b"\xef\xbf" in data


def _cleaned(text: str, data: bytes, path: str, report: Report) -> str:
    """Return a text (`data` in UTF-8) in which control characters are replaced; the first one is reported."""
    found = CONTROL.search(text) if _may_hold_control(data) else None
    if found is None:
        return text
    line, column = _place_of(text, found.start())
    code = f"U+{ord(found.group()):04X}"
    report(Problem("control-character", path, line, column, None, "printable text", code))
    return CONTROL.sub("\ufffd", text)


def _place_of(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)
