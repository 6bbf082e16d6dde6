"""Lines of an answer, counted while an engine writes them, and cut at a limit."""

from __future__ import annotations

from typing import IO


class EnoughError(OSError):
    """The limit is reached: the engine need not go on."""


class RowWriter:
    """Writes lines to a file and counts them; what is beyond the limit ends the query."""

    def __init__(self, stream: IO[bytes], header: int, limit: int | None) -> None:
        self._stream, self._header = stream, header
        self._most = None if limit is None else limit + header
        self._lines = 0
        self.more = False

    @property
    def rows(self) -> int:
        """How many lines were written, without the header."""
        return max(0, self._lines - self._header)

    def write(self, data: bytes) -> int:
        """Write whole or partial lines.

        Raises:
            OSError: the disk is full, or the limit is reached (`EnoughError`).
        """
        end = len(data) if self._most is None else _after_lines(data, self._most - self._lines)
        self._stream.write(data[:end])
        self._lines += data.count(b"\n", 0, end)
        if end < len(data):
            self.more = True
            raise EnoughError
        return len(data)

    def flush(self) -> None:
        """Pass on what is buffered."""
        self._stream.flush()


def _after_lines(data: bytes, lines: int) -> int:
    """Return where the first lines end; the end of the data if it has no more lines."""
    place = 0
    for _ in range(lines):
        found = data.find(b"\n", place)
        if found < 0:
            return len(data)
        place = found + 1
    return place
