"""What was met lately, in bounded memory."""

from __future__ import annotations

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Values by their keys: at least the `most` that were asked for last, and at most twice as many.

    `values` are the newest of them, for whoever has no time for a call: what is not there, `get` may know.

    >>> recent = Recent[str, int](most=2)
    >>> for number, key in enumerate("abcd"):
    ...     recent.keep(key, number)
    >>> recent.get("a"), recent.get("d"), recent.get("b")
    (0, 3, None)
    """

    __slots__ = ("_most", "_older", "values")

    def __init__(self, most: int) -> None:
        self._most = most
        self._older: dict[K, V] = {}
        self.values: dict[K, V] = {}

    def __len__(self) -> int:
        return len(self.values) + len(self._older)

    def get(self, key: K) -> V | None:
        """Return a value, which counts as asked for now, or None."""
        value = self.values.get(key)
        if value is None:
            value = self._older.get(key)
            if value is not None:
                self.keep(key, value)
        return value

    def keep(self, key: K, value: V) -> None:
        """Keep a value."""
        if len(self.values) >= self._most:
            self.values, self._older = {}, self.values
        self.values[key] = value
