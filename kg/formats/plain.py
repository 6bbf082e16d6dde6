"""What writers share whose texts of single records only need to stand one after the other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from kg.graph import RecordGraph


class PlainWriter(ABC):
    """A writer whose text of a record is the same wherever it stands; without more, nothing stands around."""

    apart: bool = False
    used: Mapping[str, str] = MappingProxyType({})

    def start(self) -> bytes:
        """Return what stands before the first record: nothing."""
        return b""

    def record(self, graph: RecordGraph) -> bytes:
        """Return the text of one record."""
        return self.part(graph)

    @abstractmethod
    def part(self, graph: RecordGraph) -> bytes:
        """Return the text of one record alone."""

    def placed(self, data: bytes, used: Iterable[tuple[str, str]]) -> bytes:
        """Return what is written of parts that another writer made: themselves."""
        return data

    def end(self) -> bytes:
        """Return what stands after the last record: nothing."""
        return b""
