"""Reads the RDF under validation, subject by subject: files of any format, stores on disk, record graphs.

A file is loaded into a private store on disk, in which the triples of a subject lie together; so a graph of
any size is validated in flat memory.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kg.errors import SourceError
from kg.graph import IRI, Literal, RecordGraph
from kg.shapes.results import Tagged, Term, lexical_of
from kg.stores.embedded import open_for_reading
from kg.stores.rdf_files import FORMATS, format_name
from kg.stores.rdf_files import opened as rdf_file
from kg.vocabulary import RDF_TYPE, RDFS, XSD

if TYPE_CHECKING:
    import pyoxigraph
    import rdflib

_XSD_STRING = XSD + "string"
_SUBCLASS = IRI(RDFS + "subClassOf")

_CHUNK = 100_000
"""So many triples are loaded at a time."""

Facts = dict[IRI, list[Term]]
"""What is said of one subject: the values of each predicate."""


class Data(Protocol):
    """A graph under validation."""

    def subjects(self) -> Iterator[tuple[IRI, Facts]]:
        """Yield each subject once, with all that is said of it."""
        ...

    def classes(self, node: IRI) -> frozenset[IRI]:
        """Return the classes of any node, with those above them in the graph."""
        ...


class RecordData:
    """One record graph."""

    def __init__(self, graph: RecordGraph) -> None:
        self._facts: dict[IRI, Facts] = {}
        for description in graph.descriptions:
            facts = self._facts.setdefault(description.subject, {})
            for predicate, values in description.facts.items():
                known = facts.setdefault(predicate, [])
                known.extend(value for value in values if value not in known)

    def subjects(self) -> Iterator[tuple[IRI, Facts]]:
        """Yield each subject once, with all that is said of it."""
        yield from self._facts.items()

    def classes(self, node: IRI) -> frozenset[IRI]:
        """Return the classes of a node; a record graph knows no classes above others."""
        return _iris(self._facts.get(node, {}).get(RDF_TYPE, ()))

    def rdflib(self) -> rdflib.Graph:
        """Return the graph as one of rdflib."""
        return rdflib_of(self.subjects())


class GraphData:
    """A graph of rdflib."""

    def __init__(self, graph: rdflib.Graph) -> None:
        import rdflib

        self._graph = graph
        pairs = graph.subject_objects(rdflib.RDFS.subClassOf)
        self._above = _superclasses((_blank_or_iri(one), _blank_or_iri(two)) for one, two in pairs)

    def subjects(self) -> Iterator[tuple[IRI, Facts]]:
        """Yield each subject once, with all that is said of it, in a stable order."""
        for subject in sorted(set(self._graph.subjects()), key=str):
            facts: Facts = {}
            for predicate, value in self._graph.predicate_objects(subject):
                facts.setdefault(IRI(str(predicate)), []).append(from_rdflib(value))
            yield _blank_or_iri(subject), facts

    def classes(self, node: IRI) -> frozenset[IRI]:
        """Return the classes of any node, with those above them in the graph."""
        import rdflib

        found = map(from_rdflib, self._graph.objects(rdflib_term(node), rdflib.RDF.type))
        return _with_above(_iris(found), self._above)


class StoreData:
    """A store of pyoxigraph; the same subject in several named graphs is one."""

    def __init__(self, store: pyoxigraph.Store) -> None:
        import pyoxigraph

        self._store = store
        self._type = pyoxigraph.NamedNode(RDF_TYPE)
        self._above = _superclasses(self._pairs(_SUBCLASS))
        self.classes = lru_cache(maxsize=1 << 16)(self._classes)

    def __len__(self) -> int:
        return len(self._store)

    def subjects(self) -> Iterator[tuple[IRI, Facts]]:
        """Yield each subject once, with all that is said of it."""
        last, several = None, any(True for _ in self._store.named_graphs())
        facts: Facts = {}
        for quad in self._store:
            if (quad.subject, quad.graph_name) != last:
                if last is not None and facts:
                    yield _iri(last[0]), facts
                last, facts = (quad.subject, quad.graph_name), {}
                if several:
                    facts = self._joined(quad)
            if not several:
                facts.setdefault(IRI(quad.predicate.value), []).append(_term(quad.object))
        if last is not None and facts:
            yield _iri(last[0]), facts

    def _joined(self, first: pyoxigraph.Quad) -> Facts:
        """Return the facts of a subject in all graphs, or nothing where another graph comes first."""
        facts: Facts = {}
        quads = list(self._store.quads_for_pattern(first.subject, None, None, None))
        if str(first.graph_name) != min(str(quad.graph_name) for quad in quads):
            return facts
        for quad in quads:
            values = facts.setdefault(IRI(quad.predicate.value), [])
            value = _term(quad.object)
            if value not in values:
                values.append(value)
        return facts

    def _classes(self, node: IRI) -> frozenset[IRI]:
        import pyoxigraph

        subject = pyoxigraph.BlankNode(node[2:]) if node.startswith("_:") else pyoxigraph.NamedNode(node)
        quads = self._store.quads_for_pattern(subject, self._type, None, None)
        return _with_above(_iris(_term(quad.object) for quad in quads), self._above)

    def _pairs(self, predicate: IRI) -> list[tuple[IRI, IRI]]:
        import pyoxigraph

        quads = self._store.quads_for_pattern(None, pyoxigraph.NamedNode(predicate), None, None)
        return [(_iri(quad.subject), _iri(quad.object)) for quad in quads]


def _iris(terms: Iterable[Term]) -> frozenset[IRI]:
    return frozenset(term for term in terms if isinstance(term, IRI))


def _with_above(classes: frozenset[IRI], above: Mapping[IRI, set[IRI]]) -> frozenset[IRI]:
    return classes.union(*(above.get(one, ()) for one in classes)) if above else classes


def _superclasses(pairs: Iterable[tuple[IRI, IRI]]) -> Mapping[IRI, set[IRI]]:
    """Return all classes above each class."""
    direct: dict[IRI, set[IRI]] = {}
    for below, above in pairs:
        direct.setdefault(below, set()).add(above)
    return {start: _reached(start, direct) for start in direct}


def _reached(start: IRI, direct: Mapping[IRI, set[IRI]]) -> set[IRI]:
    found: set[IRI] = set()
    todo = [start]
    while todo:
        fresh = direct.get(todo.pop(), set()) - found
        found |= fresh
        todo.extend(fresh)
    return found


def read_triples(path: str | Path) -> Iterator[tuple[IRI, IRI, Term]]:
    """Yield the triples of a file, in its order; the names of its graphs are left out.

    Raises:
        kg.errors.SourceError: it cannot be read, or is not valid, or no format has its extension.
    """
    for quad in _quads(Path(path)):
        yield _iri(quad.subject), IRI(quad.predicate.value), _term(quad.object)


def _quads(path: Path) -> Iterator[pyoxigraph.Quad]:
    import pyoxigraph

    form = format_name(path)
    if form is None:
        raise SourceError(f"{path}: no RDF format has this extension; there are {', '.join(FORMATS)}")
    kind = getattr(pyoxigraph.RdfFormat, form)
    with rdf_file(path, form) as stream:
        yield from pyoxigraph.parse(stream, kind, base_iri=path.resolve().as_uri())


@contextmanager
def opened(source: str | Path) -> Iterator[StoreData]:
    """Open an RDF file or a store folder for validation.

    Raises:
        kg.errors.SourceError: it cannot be read, is not valid RDF, or is an endpoint.
        kg.errors.UsageError: there is no store in the folder.
    """
    if str(source).startswith(("http://", "https://")):
        raise SourceError(f"{source}: an endpoint cannot be validated; validate what it was loaded from")
    path = Path(source)
    if path.is_dir():
        with open_for_reading(path) as store:
            yield StoreData(store)
        return
    # What is left of a private store is of no use to anybody.
    with tempfile.TemporaryDirectory(prefix="kg-validate-", ignore_cleanup_errors=True) as folder:
        yield StoreData(_loaded(path, folder))


def _loaded(path: Path, folder: str) -> pyoxigraph.Store:
    """Load a file into the default graph of a new store; in chunks, for all at once takes more memory."""
    import pyoxigraph

    store = pyoxigraph.Store(folder)
    quads = (pyoxigraph.Quad(quad.subject, quad.predicate, quad.object) for quad in _quads(path))
    while chunk := list(islice(quads, _CHUNK)):
        try:
            store.bulk_extend(chunk)
        except OSError as error:
            raise SourceError(
                f"{path}: cannot be loaded into {folder} (TMPDIR tells where): {error}"
            ) from error
    return store


def rdflib_graph(source: str | Path) -> rdflib.Graph:
    """Return all triples of an RDF file or a store folder as one graph in memory.

    Raises:
        kg.errors.SourceError: it cannot be read, or is not valid RDF.
        kg.errors.UsageError: no format has its extension.
    """
    with opened(source) as data:
        return rdflib_of(data.subjects())


def rdflib_of(subjects: Iterable[tuple[IRI, Mapping[IRI, Sequence[Term]]]]) -> rdflib.Graph:
    """Return subjects, and what is said of each, as a graph of rdflib."""
    import rdflib

    graph = rdflib.Graph(bind_namespaces="none")
    for subject, facts in subjects:
        node = rdflib_term(subject)
        for predicate, values in facts.items():
            for value in values:
                graph.add((node, rdflib.URIRef(predicate), rdflib_term(value)))
    return graph


def rdflib_term(term: Term) -> rdflib.term.Node:
    """Return a term of ours as one of rdflib."""
    import rdflib

    if isinstance(term, IRI):
        return rdflib.BNode(term[2:]) if term.startswith("_:") else rdflib.URIRef(term)
    if isinstance(term, str):
        return rdflib.Literal(term)
    if isinstance(term, Tagged):
        return rdflib.Literal(term.lexical, lang=term.language)
    return rdflib.Literal(term.lexical, datatype=rdflib.URIRef(term.datatype))


def from_rdflib(term: rdflib.term.Node) -> Term:
    """Return a term of rdflib as one of ours.

    >>> import rdflib
    >>> from_rdflib(rdflib.URIRef("https://example.org/a"))
    IRI('https://example.org/a')
    """
    import rdflib

    if isinstance(term, rdflib.BNode):
        return IRI(f"_:{term}")
    if not isinstance(term, rdflib.Literal):
        return IRI(str(term))
    return _literal(str(term), str(term.datatype or _XSD_STRING), term.language)


def _blank_or_iri(node: rdflib.term.Node) -> IRI:
    return IRI(lexical_of(from_rdflib(node)))


def _iri(term: pyoxigraph.NamedNode | pyoxigraph.BlankNode | Any) -> IRI:
    return IRI(str(term)) if str(term).startswith("_:") else IRI(term.value)


def _term(term: Any) -> Term:
    import pyoxigraph

    if isinstance(term, pyoxigraph.Literal):
        return _literal(term.value, term.datatype.value, term.language)
    return _iri(term)


def _literal(lexical: str, datatype: str, language: str | None) -> Term:
    if language:
        return Tagged(lexical, IRI(datatype), language)
    return lexical if datatype == _XSD_STRING else Literal(lexical, IRI(datatype))
