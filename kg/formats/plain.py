"""What writers share whose texts of single records only need to stand one after the other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from kg.graph import RecordGraph


class PlainWriter(ABC):
    """A writer whose text of a record is the same wherever it stands."""

    apart: bool = False
    used: Mapping[str, str] = MappingProxyType({})

    @abstractmethod
    def record(self, graph: RecordGraph) -> str:
        """Return the text of one record."""

    def part(self, graph: RecordGraph) -> str:
        """Return the text of one record alone."""
        return self.record(graph)

    def placed(self, data: bytes, used: Iterable[tuple[str, str]]) -> bytes:
        """Return what is written of parts that another writer made: themselves."""
        return data
