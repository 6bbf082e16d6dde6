"""SHACL: judges whether records and graphs are what the model says they are.

`ontology/shapes.ttl` holds a shape for every class of the model, `ontology/bioschemas.ttl` the profiles of
Bioschemas. Both are judged by an engine of ours, subject by subject, fast and in flat memory; other shapes,
which may use more of SHACL, are judged by pySHACL (the extra `shacl`), with the whole graph in memory.

>>> from kg.graph import IRI, RecordGraph, describe
>>> from kg.vocabulary import GENE, RDF_TYPE
>>> gene = IRI("https://identifiers.org/ncbigene/208")
>>> graph = RecordGraph(gene, (describe(gene, (RDF_TYPE, GENE)),))
>>> [found.message for found in load().validate_record(graph) if found.severity is Severity.VIOLATION]
['A gene has exactly one identifier, with its prefix (ncbigene:208).']
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kg import resources
from kg.errors import UsageError
from kg.graph import IRI, RecordGraph
from kg.shapes import peer
from kg.shapes.data import GraphData, RecordData, opened, rdflib_graph
from kg.shapes.engine import Engine
from kg.shapes.reader import ShapesGraph, UnsupportedShapesError
from kg.shapes.results import Judged, Result, Severity, Tagged, Term

if TYPE_CHECKING:
    import rdflib

    from kg.shapes.data import Data

__all__ = [
    "ENGINES",
    "Judged",
    "Result",
    "Severity",
    "Shapes",
    "Tagged",
    "Term",
    "load",
    "profiles",
    "validate_graphs",
]

ENGINES = ("kg", "pyshacl")
"""The engines: ours, and pySHACL."""

MODEL, PROFILES = "shapes.ttl", "bioschemas.ttl"
"""The files of shapes that ship with the package."""


class Shapes:
    """Shapes with the engine that judges by them: ours where it knows all that they use, else pySHACL.

    `unsupported` says what our engine does not know.

    Raises:
        kg.errors.UsageError: `engine` is no engine, or our engine is asked for and does not know the shapes.
    """

    def __init__(self, graph: ShapesGraph, engine: str | None = None) -> None:
        if engine not in (None, *ENGINES):
            raise UsageError(f"{engine}: no such engine; there are {' and '.join(ENGINES)}")
        self.graph = graph
        self.unsupported: str | None = None
        self._engine: Engine | None = None
        if engine == "pyshacl":
            return
        try:
            self._engine = Engine(graph)
        except UnsupportedShapesError as error:
            if engine is not None:
                raise UsageError(f"{graph.path}: {error}") from error
            self.unsupported = str(error)

    @property
    def engine(self) -> str:
        """The name of the engine in use."""
        return "pyshacl" if self._engine is None else "kg"

    def validate(self, graph: rdflib.Graph) -> list[Result]:
        """Return the results for a graph of rdflib.

        Raises:
            kg.errors.MissingExtraError: the shapes need pySHACL, which is not installed.
        """
        return peer.run(graph, self.graph) if self._engine is None else self._run(GraphData(graph))

    def validate_record(self, graph: RecordGraph) -> list[Result]:
        """Return the results for one record graph, which must be whole: with the entities that it shares.

        Raises:
            kg.errors.MissingExtraError: the shapes need pySHACL, which is not installed.
        """
        data = RecordData(graph)
        return peer.run(data.rdflib(), self.graph) if self._engine is None else self._run(data)

    def validate_source(
        self, source: str | Path, advance: Callable[[int], object] | None = None
    ) -> Iterator[Judged]:
        """Yield each judged node of an RDF file or an Oxigraph store folder, with its results.

        `advance` is called with the number of triples that are done. pySHACL takes the whole graph into
        memory.

        Raises:
            kg.errors.SourceError: the source cannot be read, or is not valid RDF.
            kg.errors.UsageError: no format has the extension of the file.
            kg.errors.MissingExtraError: the shapes need pySHACL, which is not installed.
        """
        if self._engine is None:
            yield from peer.judged(rdflib_graph(source), self.graph)
            return
        with opened(source) as data:
            yield from self._engine.run(data, advance)

    def _run(self, data: Data) -> list[Result]:
        assert self._engine is not None
        return [result for judged in self._engine.run(data) for result in judged.results]


def load(path: str | Path | None = None, *, profile: str | None = None, engine: str | None = None) -> Shapes:
    """Return the shapes of the model, of a profile of Bioschemas (`all` for all of them), or of a file.

    Raises:
        kg.errors.SourceError: the file cannot be read, or is not RDF.
        kg.errors.UsageError: there is no such profile or engine, or no format has the extension of the file.
    """
    if profile is not None:
        return Shapes(ShapesGraph(resources.ontology() / PROFILES, _chosen(profile)), engine)
    return Shapes(ShapesGraph(path or resources.ontology() / MODEL), engine)


def profiles() -> dict[str, IRI]:
    """Return the names of the profiles of Bioschemas, in lower case, with the IRIs of their shapes.

    >>> list(profiles())
    ['dataset', 'gene', 'taxon', 'chemicalsubstance', 'molecularentity', 'scholarlyarticle']
    """
    shapes = ShapesGraph(resources.ontology() / PROFILES)
    return {node.rpartition("#")[2].lower(): node for node in shapes.targets}


def _chosen(profile: str) -> frozenset[IRI]:
    known = profiles()
    if profile.lower() == "all":
        return frozenset(known.values())
    if profile.lower() not in known:
        raise UsageError(f"{profile}: no such profile; there are {', '.join(known)} and all")
    return frozenset((known[profile.lower()],))


def validate_graphs(
    graphs: Iterable[RecordGraph], shapes: Shapes | None = None
) -> Iterator[tuple[RecordGraph, list[Result]]]:
    """Yield each record graph with its results, record by record, in flat memory.

    The graphs must be as the mapping made them, before shared triples are left out.

    Raises:
        kg.errors.MissingExtraError: the shapes need pySHACL, which is not installed.
    """
    shapes = shapes or load()
    for graph in graphs:
        yield graph, shapes.validate_record(graph)
