"""Archives read in place: tar, tar.gz, tar.zst and zip, without unpacking them into the file system.

A compressed tar is read once from front to back; what is of use (pages and tables) goes to one private
file without a name, so that any member can then be read by name. Links, unsafe paths, names that differ
only in case, and bombs are refused, each with a problem of its own.
"""

from __future__ import annotations

import gzip
import io
import posixpath
import re
import sqlite3
import tarfile
import tempfile
import unicodedata
import weakref
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

from kg.errors import MissingExtraError, SourceError
from kg.files import HTML, MARKDOWN, MAX_BYTES, TABLE
from kg.problems import Problem, Report

MAX_MEMBERS = 5_000_000
MAX_TOTAL = 64 << 30
MAX_RATIO = 200
"""How many times its compressed size an archive may grow to (once it has grown past `RATIO_FLOOR`)."""
RATIO_FLOOR = 16 << 20

_WANTED = (*MARKDOWN, *HTML, TABLE)
_SURROGATE = re.compile("[\ud800-\udfff]")
"""What stands for a byte of a name that is not UTF-8."""
_DAMAGE = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile)


class _BombError(Exception):
    """The archive grows past a limit."""


def is_archive(path: Path) -> bool:
    """Say whether a file is an archive, by its first bytes (or, for a tar, its name)."""
    with path.open("rb") as stream:
        start = stream.read(4)
    return (
        path.name.lower().endswith(".tar")
        or start[:2] == b"\x1f\x8b"
        or start in (b"PK\x03\x04", b"PK\x05\x06", b"\x28\xb5\x2f\xfd")
    )


class ArchiveFiles:
    """The pages and tables of an archive, by name."""

    def __init__(self, path: Path, report: Report) -> None:
        self._path, self._report = path, report
        self._index = sqlite3.connect("", check_same_thread=False)
        weakref.finalize(self, self._index.close)
        self._index.execute(
            "CREATE TABLE member (key TEXT PRIMARY KEY, name TEXT, start INTEGER, size INTEGER)"
        )
        self._index.execute("CREATE TABLE folder (name TEXT PRIMARY KEY)")
        self._spill: IO[bytes] = tempfile.TemporaryFile(prefix="kg-")  # noqa: SIM115  # lives as long as the run
        weakref.finalize(self, self._spill.close)
        self._end = 0
        try:
            self._fill()
        except _DAMAGE as error:
            self._problem("damaged-archive", "", "a whole archive", str(error) or "its end")
        except _BombError as error:
            self._problem("bad-archive-member", "", "an archive within the limits", str(error))
        self._index.execute("CREATE INDEX by_name ON member (name)")
        self._index.commit()

    def _problem(self, code: str, name: str, expected: str, found: str) -> None:
        self._report(Problem(code, self.shown(name), expected=expected, found=found))

    def _fill(self) -> None:
        members = _zip_members if zipfile.is_zipfile(self._path) else _tar_members
        for count, (name, size, kind, take) in enumerate(members(self._path)):
            if count >= MAX_MEMBERS:
                raise _BombError(f"more than {MAX_MEMBERS:,} members")
            if not name.lower().endswith(_WANTED):
                continue
            fault = _fault(name, size, kind)
            if fault:
                shown = _SURROGATE.sub("\ufffd", name)
                self._problem("bad-archive-member", shown, "a plain file with a safe path", fault)
            else:
                self._add(name, take)

    def _add(self, name: str, take: Callable[[], bytes]) -> None:
        name = posixpath.normpath(name)
        key = unicodedata.normalize("NFC", name).casefold()
        known = self._index.execute("SELECT name FROM member WHERE key = ?", (key,)).fetchone()
        if known:
            self._problem("bad-archive-member", name, "each name once", f"the name of {known[0]} again")
            return
        data = take()
        self._index.execute("INSERT INTO member VALUES (?, ?, ?, ?)", (key, name, self._end, len(data)))
        self._index.execute("INSERT OR IGNORE INTO folder VALUES (?)", (posixpath.dirname(name),))
        self._spill.write(data)
        self._end += len(data)

    def names(self) -> Iterator[str]:
        """Yield the names of the pages."""
        for (name,) in self._index.execute("SELECT name FROM member"):
            if not name.lower().endswith(".tsv") and not _hidden(name):
                yield name

    def read(self, name: str) -> bytes:
        """Return the bytes of a member, or raise FileNotFoundError."""
        row = self._index.execute("SELECT start, size FROM member WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise FileNotFoundError(name)
        self._spill.seek(row[0])
        return self._spill.read(row[1])

    def has_folder(self, name: str) -> bool:
        """Say whether any member lies in that folder."""
        return self._index.execute("SELECT 1 FROM folder WHERE name = ?", (name,)).fetchone() is not None

    def shown(self, name: str) -> str:
        """Return `archive!member`."""
        return f"{self._path}!{name}" if name else str(self._path)

    def tables(self, folder: str) -> Iterator[str]:
        """Yield the names of the tables in a folder."""
        for (name,) in self._index.execute("SELECT name FROM member"):
            if name.endswith(TABLE) and posixpath.dirname(name) == folder:
                yield name

    def starting(self, start: str) -> list[str]:
        """Return the names that start so."""
        rows = self._index.execute(
            "SELECT name FROM member WHERE name >= ? AND name < ?", (start, start + "\U0010ffff")
        )
        return [name for (name,) in rows]

    def is_whole(self) -> bool:
        """Say yes: an archive holds a site."""
        return True


def _hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))


def _fault(name: str, size: int, kind: str) -> str | None:
    """Return what makes a member unsafe, or None."""
    if kind != "file":
        return kind
    if _SURROGATE.search(name):
        return "a name that is not UTF-8"
    if "\0" in name or "\\" in name:
        return "a name with a NUL or backslash"
    if name.startswith("/") or ".." in name.split("/") or name[1:2] == ":":
        return "a path that leads out of the archive"
    return f"{size:,} bytes" if size > MAX_BYTES else None


def _tar_members(path: Path) -> Iterator[tuple[str, int, str, Callable[[], bytes]]]:
    with (
        path.open("rb") as raw,
        _decompressed(raw, path) as stream,
        tarfile.open(fileobj=stream, mode="r|") as tar,
    ):
        for member in tar:
            yield member.name, member.size, _tar_kind(member), partial(_extract, tar, member)
            tar.members = []  # type: ignore[attr-defined]  # tarfile keeps every member otherwise
        while stream.read(1 << 16):  # to the checksum, which stands behind the last member
            pass


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = tar.extractfile(member)
    data = stream.read() if stream else b""
    if len(data) != member.size:
        raise EOFError("the archive ends inside a member")
    return data


def _tar_kind(member: tarfile.TarInfo) -> str:
    if member.isfile():
        return "file"
    return "a link" if member.issym() or member.islnk() else "a folder or device"


def _decompressed(raw: IO[bytes], path: Path) -> IO[bytes]:
    start = raw.read(4)
    raw.seek(0)
    if start[:2] == b"\x1f\x8b":
        return cast("IO[bytes]", _Capped(gzip.GzipFile(fileobj=raw), path.stat().st_size))
    if start == b"\x28\xb5\x2f\xfd":
        try:
            import zstandard
        except ImportError:
            raise MissingExtraError(
                f"{path}: reading .zst needs the extra `zst` (pip install pathway-kg[zst])"
            ) from None
        reader: Any = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
        return cast("IO[bytes]", _Capped(reader, path.stat().st_size))
    return raw


class _Capped(io.RawIOBase):
    """A decompressed stream that stops at the limits of size and ratio."""

    def __init__(self, stream: Any, compressed: int) -> None:
        self._stream, self._limit, self._count = (
            stream,
            min(MAX_TOTAL, max(RATIO_FLOOR, compressed * MAX_RATIO)),
            0,
        )

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._stream.read(size)
        self._count += len(data)
        if self._count > self._limit:
            raise _BombError(f"more than {self._limit:,} bytes when decompressed")
        return data


def _zip_members(path: Path) -> Iterator[tuple[str, int, str, Callable[[], bytes]]]:
    with zipfile.ZipFile(path) as archive:
        total = 0
        limit = min(MAX_TOTAL, max(RATIO_FLOOR, path.stat().st_size * MAX_RATIO))
        for member in archive.infolist():
            if member.is_dir():
                continue
            if member.flag_bits & 1:
                yield member.filename, 0, "an encrypted file", bytes
                continue
            total += member.file_size
            if total > limit:
                raise _BombError(f"more than {limit:,} bytes when decompressed")
            link = (member.external_attr >> 16) & 0o170000 == 0o120000
            yield (
                member.orig_filename,
                member.file_size,
                "a link" if link else "file",
                partial(archive.read, member),
            )


def open_archive(path: Path, report: Report) -> ArchiveFiles:
    """Open an archive; what is wrong with single members is reported.

    Raises:
        SourceError: it is no archive that we read, or cannot be opened.
        MissingExtraError: it needs an optional package.
    """
    try:
        return ArchiveFiles(path, report)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from None
