"""What every writer does, and how a part of a record is placed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from kg.graph import RecordGraph


class Writer(ABC):
    """Turns record graphs into text, as bytes in UTF-8, one after the other.

    Where several processes share the work, each makes the parts of some records with a writer of its own, and
    one more writer places them: `record` makes a part and places it. Without more, nothing stands around the
    parts, and they are the same wherever they stand.
    """

    apart: bool = False
    """Whether parts are placed one by one; else several may be joined, if only the first has new prefixes."""

    @property
    def used(self) -> Mapping[str, str]:
        """The prefixes that parts used so far, with their namespaces, in order of first use."""
        return MappingProxyType({})

    def start(self) -> bytes:
        """Return what stands before the first record."""
        return b""

    def record(self, graph: RecordGraph) -> bytes:
        """Return the text of one record."""
        return self.placed(self.part(graph), ())

    @abstractmethod
    def part(self, graph: RecordGraph) -> bytes:
        """Return the text of one record alone, to be placed by this writer or another."""

    def placed(self, data: bytes, used: Iterable[tuple[str, str]]) -> bytes:
        """Return what is written of a part; `used` are the prefixes that it is the first to use."""
        return data

    def end(self) -> bytes:
        """Return what stands after the last record."""
        return b""
