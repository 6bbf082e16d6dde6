"""A tuned rdflib script for the same figures: read, add to a graph, serialise as Turtle or JSON-LD.

    python benchmarks/peers/with_rdflib.py SITE OUT.ttl|OUT.jsonld [--store]

With `--store` nothing is written: the graph in memory is what one can query.

What a user who profiles would tune is tuned: the C loader, terms of the vocabulary made once, shared
entities added once, lexical forms left alone, and a namespace manager of a few lines. With rdflib's own,
every figure page is a namespace of its mentions, and the time grows with the square of the number of figures.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from model import PREFIXES, Library, Model, open_site
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import NamespaceManager

LOCAL_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")


class Prefixes(NamespaceManager):
    """Shortens an IRI at its last `/` or `#`, where a prefix is bound to what stands before it."""

    def __init__(self, graph: Graph, prefixes: dict[str, str]) -> None:
        super().__init__(graph, bind_namespaces="none")
        self._by_namespace = {}
        for prefix, namespace in prefixes.items():
            self.bind(prefix, namespace)
            self._by_namespace[namespace] = prefix, URIRef(namespace)

    def compute_qname(self, uri: str, generate: bool = True) -> tuple[str, URIRef, str]:  # noqa: ARG002
        cut = max(uri.rfind("/"), uri.rfind("#")) + 1
        prefix, namespace = self._by_namespace[uri[:cut]]
        if not LOCAL_NAME.fullmatch(uri, cut):
            raise KeyError(uri)
        return prefix, namespace, uri[cut:]


def convert(site: Path, output: Path | None) -> None:
    """Write the figures of a site as Turtle or JSON-LD; without an output, only fill the graph."""
    graph = Graph(bind_namespaces="none")
    graph.namespace_manager = Prefixes(graph, PREFIXES)

    def add(subject: Any, predicate: Any, value: Any) -> None:
        graph.add((subject, predicate, value))

    def typed(lexical: str, datatype: Any) -> Literal:
        return Literal(lexical, datatype=datatype, normalize=False)

    Model(open_site(site), Library(add, URIRef, Literal, typed)).say_all()
    if output is not None:
        named = "json-ld" if output.suffix == ".jsonld" else "turtle"
        graph.serialize(output, format=named, encoding="utf-8")


if __name__ == "__main__":
    convert(Path(sys.argv[1]), None if "--store" in sys.argv else Path(sys.argv[2]))
