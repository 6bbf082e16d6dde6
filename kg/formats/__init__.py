"""Output formats: one row each. The command line, the documentation and the tests read this table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from kg.errors import UsageError
from kg.formats.jsonld import JsonLdWriter
from kg.formats.lines import NQuadsWriter, NTriplesWriter
from kg.formats.rdfxml import RdfXmlWriter
from kg.formats.turtle import TrigWriter, TurtleWriter
from kg.formats.writer import Writer
from kg.graph import IRI

__all__ = ["FORMATS", "Format", "Writer", "format_named", "format_of"]


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
