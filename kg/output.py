"""Output files that appear whole or not at all, plain or compressed with the same bytes each time."""

from __future__ import annotations

import gzip
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, cast

from kg.errors import MissingExtraError, WriteError

STDOUT = "-"


class Output:
    """One output while it is written: a temporary file beside its place, or a stream."""

    def __init__(self, target: str, *, hold: bool = False) -> None:
        """Open an output; `hold` keeps even a stream back until `commit`.

        Raises:
            WriteError: the folder does not exist or cannot be written to.
            MissingExtraError: its compression needs an optional package.
        """
        self.target = target
        self.size = 0
        self._place = None if target == STDOUT else Path(os.path.realpath(target))
        self._temporary: Path | None = None
        with _as_write_error(target):
            self._raw = self._open_raw(hold)
        self._stream = _compression(target)(self._raw)

    def _open_raw(self, hold: bool) -> IO[bytes]:
        place = self._place
        if place is None:
            return cast("IO[bytes]", tempfile.TemporaryFile()) if hold else sys.stdout.buffer
        if place.exists() and not place.is_file():
            if place.is_dir():
                raise IsADirectoryError(0, "it is a folder")
            return place.open("wb")
        descriptor, name = tempfile.mkstemp(prefix=f".{place.name[:100]}.", suffix=".tmp", dir=place.parent)
        self._temporary = Path(name)
        os.fchmod(descriptor, stat.S_IMODE(place.stat().st_mode) if place.exists() else 0o666 & ~_umask())
        return os.fdopen(descriptor, "wb")

    def write(self, text: str) -> None:
        """Write text as UTF-8.

        Raises:
            WriteError: the disk is full, the reader of a pipe is gone, and the like.
        """
        data = text.encode()
        self.size += len(data)
        with _as_write_error(self.target):
            self._stream.write(data)

    def finish(self) -> None:
        """Write everything out to the disk, without showing it yet.

        Raises:
            WriteError: it cannot be written.
        """
        with _as_write_error(self.target):
            if self._stream is not self._raw:
                self._stream.close()
            self._raw.flush()
            if self._temporary is not None:
                os.fsync(self._raw.fileno())

    def commit(self) -> None:
        """Put the finished output in its place, in one step.

        Raises:
            WriteError: it cannot be put there.
        """
        with _as_write_error(self.target):
            if self._temporary is not None and self._place is not None:
                self._raw.close()
                os.replace(self._temporary, self._place)
                self._temporary = None
                _sync_folder(self._place.parent)
            elif self._place is None and self._raw is not sys.stdout.buffer:
                self._raw.seek(0)
                while block := self._raw.read(1 << 20):
                    sys.stdout.buffer.write(block)
                sys.stdout.buffer.flush()

    def discard(self) -> None:
        """Leave nothing behind; does nothing after `commit`."""
        if self._temporary is not None:
            self._raw.close()
            self._temporary.unlink(missing_ok=True)
            self._temporary = None


@contextmanager
def outputs(targets: Iterable[str], *, hold: bool = False) -> Iterator[list[Output]]:
    """Open outputs that appear all together, at the end of the block, and not at all if it fails.

    Raises:
        WriteError: one of them cannot be written.
    """
    opened: list[Output] = []
    try:
        for target in targets:
            opened.append(Output(target, hold=hold))  # noqa: PERF401  # those opened before a failure are discarded
        yield opened
        for output in opened:
            output.finish()
        for output in opened:
            output.commit()
    finally:
        for output in opened:
            output.discard()


@contextmanager
def _as_write_error(target: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WriteError(f"{target}: cannot write: {error.strerror or error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _plain(raw: IO[bytes]) -> Any:
    return raw


def _gzip(raw: IO[bytes]) -> Any:
    return gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=raw, mtime=0)


def _zstd(raw: IO[bytes]) -> Any:
    try:
        import zstandard
    except ImportError:
        raise MissingExtraError("writing .zst needs the extra `zst`: pip install pathway-kg[zst]") from None
    return zstandard.ZstdCompressor(level=6).stream_writer(raw, closefd=False)


COMPRESSIONS: Mapping[str, Callable[[IO[bytes]], Any]] = MappingProxyType({".gz": _gzip, ".zst": _zstd})
"""What compresses a file, by its last extension."""


def _compression(target: str) -> Callable[[IO[bytes]], Any]:
    return next((row for ending, row in COMPRESSIONS.items() if target.lower().endswith(ending)), _plain)


def without_compression(target: str) -> str:
    """Return the name of a file without the extension of its compression.

    >>> without_compression("kg.ttl.gz")
    'kg.ttl'
    """
    ending = next((ending for ending in COMPRESSIONS if target.lower().endswith(ending)), "")
    return target[: len(target) - len(ending)]
