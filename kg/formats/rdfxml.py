"""RDF/XML, for the tools that read nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from kg.formats.terms import bracketed
from kg.formats.writer import Writer
from kg.graph import IRI, Object, RecordGraph
from kg.vocabulary import PREFIXES

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*$", re.ASCII)
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


class RdfXmlWriter(Writer):
    """Writes record graphs as RDF/XML, one rdf:Description per subject."""

    def __init__(self, prefixes: Mapping[str, str], base: str = "", graph: IRI | None = None) -> None:
        self._prefix_of = {namespace: prefix for prefix, namespace in PREFIXES.items()}
        self._elements: dict[IRI, tuple[str, str]] = {}

    def start(self) -> bytes:
        """Return the XML declaration and the root element."""
        names = "".join(f"\n    xmlns:{prefix}={_quoted(iri)}" for prefix, iri in PREFIXES.items())
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{names}>\n'.encode()

    def part(self, graph: RecordGraph) -> bytes:
        """Return the elements of one record."""
        parts: list[str] = []
        for description in graph.descriptions:
            parts.append(f"<rdf:Description rdf:about={_attribute(description.subject)}>\n")
            for predicate, objects in description.facts.items():
                opening, closing = self._element(predicate)
                contents = map(_content, objects) if len(objects) == 1 else sorted(map(_content, objects))
                parts.extend(
                    f"  <{opening}{text}</{closing}>\n" if text[-2:] != "/>" else f"  <{opening}{text}\n"
                    for text in contents
                )
            parts.append("</rdf:Description>\n")
        return "".join(parts).encode()

    def end(self) -> bytes:
        """Return the end of the root element."""
        return b"</rdf:RDF>\n"

    def _element(self, predicate: IRI) -> tuple[str, str]:
        """Return what opens and closes the element of a predicate.

        Raises:
            ValueError: no XML name can be made of it.
        """
        known = self._elements.get(predicate)
        if known is None:
            name = _NAME.search(predicate)
            if name is None:
                raise ValueError(f"RDF/XML has no name for the predicate {predicate}")
            namespace = predicate[: name.start()]
            prefix = self._prefix_of.get(namespace)
            if prefix is None:
                known = (f"ns:{name.group()} xmlns:ns={_quoted(namespace)}", f"ns:{name.group()}")
            else:
                known = (f"{prefix}:{name.group()}",) * 2
            self._elements[predicate] = known
        return known


def _quoted(text: str) -> str:
    return f'"{escape(text)}"'


def _attribute(iri: IRI) -> str:
    return _quoted(bracketed(iri)[1:-1])


def _content(value: Object) -> str:
    """Return the rest of a property element: an attribute that names an IRI, or a literal."""
    if type(value) is IRI:
        return f" rdf:resource={_attribute(value)}/>"
    if isinstance(value, str):
        return f">{value.translate(_TEXT)}"
    return f" rdf:datatype={_attribute(value.datatype)}>{value.lexical.translate(_TEXT)}"
