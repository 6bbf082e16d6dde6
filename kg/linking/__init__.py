"""Text linking: the gene names that the figures of a run matched, found in posts and captions.

A linker works in two passes over the records of a run: it gathers the lexicon, then it adds mentions to
the graph of each record. docs/linking.md says what is compared with what, and how often it is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from kg.graph import RecordGraph
from kg.linking.compare import fold
from kg.linking.guard import Guard, read_guard
from kg.linking.lexicon import Finder, Gathered, Lexicon, Name, gathered
from kg.mapping.links import Link, Passage, link_descriptions, passages
from kg.records import Figure, Post, Record

__all__ = ["LinkOptions", "Linker", "fold", "read_guard"]


class LinkOptions(NamedTuple):
    """What to link: posts, and captions as well; with Web Annotation selectors; by which guard list."""

    captions: bool = False
    selectors: bool = False
    guard: str | Path | None = None


class Linker:
    """Gathers names from figures, then links texts to them.

    Raises:
        UsageError: the guard list cannot be read.
        MissingExtraError: the matcher is not installed.
    """

    def __init__(self, options: LinkOptions | None = None) -> None:
        self._options = options or LinkOptions()
        guard = self._options.guard
        self._guard: Guard = read_guard() if guard is None else read_guard(guard)
        self._lexicon = Lexicon()
        self._finder: Finder | None = self._lexicon.finder(self._guard)

    def names(self, record: Record) -> Iterator[Gathered]:
        """Yield the names of a record; only figures have any."""
        return gathered(record) if isinstance(record, Figure) else iter(())

    def take(self, names: Iterable[Gathered]) -> None:
        """Take the names of records, in the order of these."""
        self._finder = None
        self._lexicon.take(names)

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process needs: the matcher cannot be carried, and is made again."""
        return {**self.__dict__, "_finder": None}

    def link(self, record: Record, graph: RecordGraph) -> RecordGraph:
        """Return the graph of a record with a mention for each name in its texts."""
        if not isinstance(record, Post) and not (self._options.captions and isinstance(record, Figure)):
            return graph
        if self._finder is None:
            self._finder = self._lexicon.finder(self._guard)
        found = [link for passage in passages(record, graph.root) for link in _links(passage, self._finder)]
        added = link_descriptions(found, graph.root, selectors=self._options.selectors)
        return RecordGraph(graph.root, (*graph.descriptions, *added))


def _links(passage: Passage, finder: Finder) -> Iterator[Link]:
    """Yield a link for each wording and name, with every place where it stands."""
    places: dict[tuple[str, Name], list[int]] = {}
    for found in finder.find(passage.text):
        for name in found.names:
            places.setdefault((passage.text[found.start : found.end], name), []).append(found.start)
    for (written, name), starts in places.items():
        yield Link(passage, written, name.term, name.lexicon, name.genes, tuple(starts))
