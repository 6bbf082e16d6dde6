"""Compressed files: always the same bytes for the same text, made beside what else the process does."""

from __future__ import annotations

import gzip
import queue
import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import IO, Protocol

from kg.errors import MissingExtraError

_BLOCK = 1 << 18
_MOST_BLOCKS = 8


class Stream(Protocol):
    """What bytes are written to."""

    def write(self, data: bytes, /) -> object:
        """Write bytes."""
        ...

    def close(self) -> None:
        """Write what is held back; what lies below stays open."""
        ...


class Compressor:
    """Gives blocks to a thread that compresses them, which leaves the interpreter to others; few may wait."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._held: list[bytes] = []
        self._size = 0
        self._blocks: queue.Queue[bytes | None] = queue.Queue(_MOST_BLOCKS)
        self._error: Exception | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def write(self, data: bytes, /) -> None:
        """Write bytes.

        Raises:
            OSError: what was written earlier could not be.
        """
        self._held.append(data)
        self._size += len(data)
        if self._size >= _BLOCK:
            self._hand_over()

    def close(self) -> None:
        """Write what is held back, and end.

        Raises:
            OSError: something could not be written.
        """
        if self._closed:
            return
        self._closed = True
        try:
            self._hand_over()
        finally:
            if self._thread is not None:
                self._blocks.put(None)
                self._thread.join()
            self._stream.close()
        self._check()

    def _hand_over(self) -> None:
        self._check()
        if self._thread is None:
            self._thread = threading.Thread(target=self._compress, name="compress", daemon=True)
            self._thread.start()
        block, self._held, self._size = b"".join(self._held), [], 0
        self._blocks.put(block)

    def _check(self) -> None:
        error, self._error = self._error, None
        if error is not None:
            raise error

    def _compress(self) -> None:
        """Write block after block; after a failure they are only taken, so that nobody waits for ever."""
        failed = False
        while (block := self._blocks.get()) is not None:
            if not failed:
                try:
                    self._stream.write(block)
                except Exception as error:  # noqa: BLE001  # it is raised again where the bytes come from
                    self._error, failed = error, True


def _gzip(raw: IO[bytes]) -> Stream:
    return gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=raw, mtime=0)


def _zstd(raw: IO[bytes]) -> Stream:
    try:
        import zstandard
    except ImportError:
        raise MissingExtraError("writing .zst needs the extra `zst`: pip install pathway-kg[zst]") from None
    return zstandard.ZstdCompressor(level=6).stream_writer(raw, closefd=False)


COMPRESSIONS: Mapping[str, Callable[[IO[bytes]], Stream]] = MappingProxyType({".gz": _gzip, ".zst": _zstd})
"""What compresses a file, by its last extension."""


def compressed(target: str, raw: IO[bytes]) -> Stream:
    """Return what compresses to a stream as the name of a file says: the stream itself if it says nothing."""
    ending = _ending(target)
    return Compressor(COMPRESSIONS[ending](raw)) if ending else raw


def without_compression(target: str) -> str:
    """Return the name of a file without the extension of its compression.

    >>> without_compression("kg.ttl.gz")
    'kg.ttl'
    """
    return target[: len(target) - len(_ending(target))]


def _ending(target: str) -> str:
    return next((ending for ending in COMPRESSIONS if target.lower().endswith(ending)), "")
