"""Output files that appear whole or not at all, plain or compressed with the same bytes each time."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, cast

from kg.compression import Stream, compressed
from kg.errors import WriteError

STDOUT = "-"
_BUFFER = 1 << 18


class Output:
    """One output while it is written: a temporary file beside its place, or a stream."""

    def __init__(self, target: str, *, hold: bool = False, hashed: bool = False) -> None:
        """Name an output; `hold` keeps even a stream back until `commit`, `hashed` reckons its SHA-256."""
        self.target = target
        self.size = 0
        self._hashed = _Hashed() if hashed else None
        self._finished = False
        self._place = None if target == STDOUT else Path(os.path.realpath(target))
        self._is_standard = target == STDOUT and not hold
        self._temporary: Path | None = None
        self._raw: IO[bytes] | None = None
        self._stream: Stream | None = None

    def open(self) -> None:
        """Open the output.

        Raises:
            WriteError: the folder does not exist or cannot be written to.
            MissingExtraError: its compression needs an optional package.
        """
        with _as_write_error(self.target):
            self._raw = self._open_raw()
        if self._hashed is not None:
            self._hashed.raw = self._raw
        self._stream = compressed(self.target, cast("IO[bytes]", self._hashed or self._raw))

    def _open_raw(self) -> IO[bytes]:
        place = self._place
        if place is None:
            return sys.stdout.buffer if self._is_standard else cast("IO[bytes]", tempfile.TemporaryFile())
        if place.exists() and not place.is_file():
            if place.is_dir():
                raise IsADirectoryError(0, "it is a folder")
            return place.open("wb")
        # The name is known before the file exists, so that an interrupt at any moment leaves nothing behind.
        start = place.name.encode()[:100].decode(errors="ignore")
        self._temporary = place.with_name(f".{start}.{secrets.token_hex(8)}.tmp")
        descriptor = os.open(self._temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        os.fchmod(descriptor, stat.S_IMODE(place.stat().st_mode) if place.exists() else 0o666 & ~_umask())
        return os.fdopen(descriptor, "wb", buffering=_BUFFER)

    def write(self, text: str) -> None:
        """Write text as UTF-8.

        Raises:
            WriteError: the disk is full, the reader of a pipe is gone, and the like.
        """
        self.write_bytes(text.encode())

    def write_bytes(self, data: bytes) -> None:
        """Write bytes.

        Raises:
            WriteError: as `write` does.
        """
        self.size += len(data)
        _, stream = self._opened()
        try:
            stream.write(data)
        except OSError as error:
            raise _write_error(self.target, error) from error

    def finish(self) -> None:
        """Write everything out to the disk, without showing it yet.

        Raises:
            WriteError: it cannot be written.
        """
        if self._finished:
            return
        raw, stream = self._opened()
        with _as_write_error(self.target):
            if stream is not raw:
                stream.close()
            raw.flush()
            if self._temporary is not None:
                os.fsync(raw.fileno())
        self._finished = True

    @property
    def written(self) -> int | None:
        """The bytes that it holds, compressed as they are, once it is finished; None if not hashed."""
        return self._hashed.size if self._hashed and self._finished else None

    @property
    def sha256(self) -> str | None:
        """The SHA-256 of those bytes, in hexadecimal digits."""
        return self._hashed.digest.hexdigest() if self._hashed and self._finished else None

    def commit(self) -> None:
        """Put the finished output in its place, in one step.

        Raises:
            WriteError: it cannot be put there.
        """
        raw, _ = self._opened()
        with _as_write_error(self.target):
            if self._temporary is not None and self._place is not None:
                raw.close()
                os.replace(self._temporary, self._place)
                self._temporary = None
                _sync_folder(self._place.parent)
            elif self._place is None and not self._is_standard:
                raw.seek(0)
                while block := raw.read(1 << 20):
                    sys.stdout.buffer.write(block)
                sys.stdout.buffer.flush()

    def discard(self) -> None:
        """Close the output and leave nothing behind but what was committed."""
        for stream in (self._stream, self._raw):
            if stream is not None and not self._is_standard:
                with suppress(OSError, ValueError):  # a full disk, or a stream below that is closed already
                    stream.close()
        if self._temporary is not None:
            self._temporary.unlink(missing_ok=True)
            self._temporary = None

    def _opened(self) -> tuple[IO[bytes], Stream]:
        if self._raw is None or self._stream is None:
            raise ValueError(f"{self.target} is not open")
        return self._raw, self._stream


class _Hashed:
    """A binary stream that counts and hashes what goes through it; closing it leaves what lies below open."""

    raw: IO[bytes]

    def __init__(self) -> None:
        self.size = 0
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Write bytes."""
        self.size += len(data)
        self.digest.update(data)
        return self.raw.write(data)

    def flush(self) -> None:
        """Write out what is held back below."""
        self.raw.flush()

    def close(self) -> None:
        """Do nothing: the output closes what lies below."""


@contextmanager
def outputs(targets: Iterable[str], *, hold: bool = False, hashed: bool = False) -> Iterator[list[Output]]:
    """Open outputs that appear all together, at the end of the block, and not at all if it fails.

    Raises:
        WriteError: one of them cannot be written.
    """
    opened: list[Output] = []
    try:
        for target in targets:
            opened.append(Output(target, hold=hold, hashed=hashed))
            opened[-1].open()
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
        raise _write_error(target, error) from error


def _write_error(target: str, error: OSError) -> WriteError:
    return WriteError(f"{target}: cannot write: {error.strerror or error}")


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
