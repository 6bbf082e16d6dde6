"""A bounded queue that is fair to clients: they take turns, whatever each of them has waiting."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")


class FairQueue(Generic[Item]):
    """Waiting items by client; the client whose turn it is stands first.

    >>> queue = FairQueue[str]()
    >>> for client, item in (("a", "a1"), ("a", "a2"), ("b", "b1")):
    ...     queue.put(client, item)
    >>> [queue.take(), queue.take(), queue.take(), queue.take()]
    ['a1', 'b1', 'a2', None]
    """

    def __init__(self) -> None:
        self._clients: OrderedDict[str, deque[Item]] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def waiting(self, client: str) -> int:
        """Return how many items of a client wait."""
        return len(self._clients.get(client, ()))

    def put(self, client: str, item: Item, *, first: bool = False) -> None:
        """Add an item of a client, behind its others or before them."""
        line = self._clients.setdefault(client, deque())
        (line.appendleft if first else line.append)(item)
        self._size += 1

    def take(self, suits: Callable[[Item], bool] = lambda _: True) -> Item | None:
        """Remove and return the next item that suits: one client after the other, each in its order."""
        for client, line in self._clients.items():
            for item in line:
                if suits(item):
                    self._remove(client, line, item)
                    if client in self._clients:
                        self._clients.move_to_end(client)
                    return item
        return None

    def remove(self, client: str, item: Item) -> bool:
        """Remove an item; return whether it was there."""
        line = self._clients.get(client)
        if line is None or item not in line:
            return False
        self._remove(client, line, item)
        return True

    def _remove(self, client: str, line: deque[Item], item: Item) -> None:
        line.remove(item)
        self._size -= 1
        if not line:
            del self._clients[client]

    def __iter__(self) -> Iterator[Item]:
        return (item for line in self._clients.values() for item in line)
