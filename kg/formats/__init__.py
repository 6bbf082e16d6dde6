"""Output formats: one row each. The command line, the documentation and the tests read this table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol

from kg.errors import UsageError
from kg.formats.jsonld import JsonLdWriter
from kg.formats.lines import NQuadsWriter, NTriplesWriter
from kg.formats.rdfxml import RdfXmlWriter
from kg.formats.turtle import TrigWriter, TurtleWriter
from kg.graph import IRI, RecordGraph

__all__ = ["FORMATS", "Format", "Writer", "format_named", "format_of"]


class Writer(Protocol):
    """Turns record graphs into text, as bytes in UTF-8, one after the other.

    Where several processes share the work, each makes the parts of some records with a writer of its own, and
    one more writer places them: `record` is the same as to make a part and place it.
    """

    apart: bool
    """Whether parts are placed one by one; else several may be joined, if only the first has new prefixes."""

    @property
    def used(self) -> Mapping[str, str]:
        """The prefixes that parts used so far, with their namespaces, in order of first use."""
        ...

    def start(self) -> bytes:
        """Return what stands before the first record."""
        ...

    def record(self, graph: RecordGraph) -> bytes:
        """Return the text of one record."""
        ...

    def part(self, graph: RecordGraph) -> bytes:
        """Return the text of one record alone, to be placed by another writer."""
        ...

    def placed(self, data: bytes, used: Iterable[tuple[str, str]]) -> bytes:
        """Return what is written of a part; `used` are the prefixes that it is the first to use."""
        ...

    def end(self) -> bytes:
        """Return what stands after the last record."""
        ...


class Format(NamedTuple):
    """One output format. A writer takes prefixes, a base for relative IRIs, and the graph (quads only)."""

    name: str
    extensions: tuple[str, ...]
    media_type: str
    writer: Callable[[Mapping[str, str], str, IRI | None], Writer]
    quads: bool = False


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        row.name: row
        for row in (
            Format("turtle", (".ttl", ".turtle"), "text/turtle", TurtleWriter),
            Format("ntriples", (".nt",), "application/n-triples", NTriplesWriter),
            Format("nquads", (".nq",), "application/n-quads", NQuadsWriter, quads=True),
            Format("trig", (".trig",), "application/trig", TrigWriter, quads=True),
            Format("jsonld", (".jsonld", ".json"), "application/ld+json", JsonLdWriter),
            Format("rdfxml", (".rdf", ".xml", ".owl"), "application/rdf+xml", RdfXmlWriter),
        )
    }
)
"""Every output format by its name."""


def format_named(name: str) -> Format:
    """Return the format of a name, an extension without its dot, or a media type.

    Raises:
        UsageError: there is no such format.

    >>> format_named("nt").name
    'ntriples'
    """
    for row in FORMATS.values():
        if name == row.name or f".{name}" in row.extensions or name == row.media_type:
            return row
    raise UsageError(f"{name}: no such format; there are {', '.join(FORMATS)}")


def format_of(name: str) -> Format:
    """Return the format of a file by its extension.

    Raises:
        UsageError: no format has that extension.

    >>> format_of("kg.ttl").name
    'turtle'
    """
    for row in FORMATS.values():
        if name.lower().endswith(row.extensions):
            return row
    known = ", ".join(row.extensions[0] for row in FORMATS.values())
    raise UsageError(
        f"{name}: no format has this extension; use one of {known} (with .gz or .zst), or --format"
    )
