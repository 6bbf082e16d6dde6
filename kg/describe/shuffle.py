"""Rows of numbers in a private file on disk, told apart by a hash, so that each part fits in memory."""

from __future__ import annotations

import tempfile
import weakref
from array import array
from collections.abc import Iterator

PARTS = 256
"""How many parts there are; the lowest bits of a hash tell the part of a row."""
_BLOCK = 3 << 9
"""How many numbers of a part are held back before they go to the file; rows of two or three fill it."""


class Shuffle:
    """Rows of numbers that are written in any order and read back part by part.

    A caller appends whole rows to `rows[number & (PARTS - 1)]` and calls `spill` from time to time.
    """

    def __init__(self) -> None:
        self.rows = [array("q") for _ in range(PARTS)]
        self._places: list[list[tuple[int, int]]] = [[] for _ in range(PARTS)]
        self._file = tempfile.TemporaryFile(prefix="kg-describe-")  # noqa: SIM115  # lives as long as self
        weakref.finalize(self, self._file.close)
        self._end = 0

    def spill(self) -> None:
        """Write out the parts that hold enough rows."""
        for part, rows in enumerate(self.rows):
            if len(rows) >= _BLOCK:
                self._file.seek(self._end)
                self._file.write(rows.tobytes())
                self._places[part].append((self._end, len(rows)))
                self._end += len(rows) * rows.itemsize
                del rows[:]

    def part(self, number: int) -> array[int]:
        """Return all rows of one part, one behind the other."""
        found = array("q")
        for start, length in self._places[number]:
            self._file.seek(start)
            found.frombytes(self._file.read(length * found.itemsize))
        found.extend(self.rows[number])
        return found

    def parts(self) -> Iterator[array[int]]:
        """Yield the rows of each part."""
        yield from map(self.part, range(PARTS))
