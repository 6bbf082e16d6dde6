"""Bridges to the libraries of others: our triples as rdflib and pyoxigraph terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kg.graph import IRI, Object, Triple
from kg.mapping import Settings
from kg.pipeline import prefixes

if TYPE_CHECKING:
    import pyoxigraph
    import rdflib


def rdflib_graph(triples: Iterable[Triple]) -> rdflib.Graph:
    """Return a graph of the triples, with our prefixes bound."""
    import rdflib

    graph = rdflib.Graph(bind_namespaces="none")
    for prefix, namespace in prefixes(Settings()).items():
        graph.bind(prefix, namespace)
    for subject, predicate, value in triples:
        graph.add((rdflib.URIRef(subject), rdflib.URIRef(predicate), _rdflib_term(value)))
    return graph


def _rdflib_term(value: Object) -> rdflib.term.Node:
    import rdflib

    if isinstance(value, IRI):
        return rdflib.URIRef(value)
    if isinstance(value, str):
        return rdflib.Literal(value)
    return rdflib.Literal(value.lexical, datatype=rdflib.URIRef(value.datatype))


def pyoxigraph_store(triples: Iterable[Triple]) -> pyoxigraph.Store:
    """Return a store in memory with the triples in its default graph."""
    import pyoxigraph

    store = pyoxigraph.Store()
    store.bulk_extend(pyoxigraph_quads(triples))
    return store


def pyoxigraph_quads(triples: Iterable[Triple]) -> Iterator[pyoxigraph.Quad]:
    """Yield each triple as a quad of the default graph.

    Raises:
        ValueError: an IRI is not valid; nothing that the mapping makes is.
    """
    import pyoxigraph

    for subject, predicate, value in triples:
        yield pyoxigraph.Quad(
            pyoxigraph.NamedNode(subject), pyoxigraph.NamedNode(predicate), _pyoxigraph_term(value)
        )


def _pyoxigraph_term(value: Object) -> pyoxigraph.NamedNode | pyoxigraph.Literal:
    import pyoxigraph

    if isinstance(value, IRI):
        return pyoxigraph.NamedNode(value)
    if isinstance(value, str):
        return pyoxigraph.Literal(value)
    return pyoxigraph.Literal(value.lexical, datatype=pyoxigraph.NamedNode(value.datatype))
