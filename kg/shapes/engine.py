"""Our engine: judges a graph subject by subject, by what is said of the subject and the classes of its links.

It knows the part of SHACL Core that `ontology/shapes.ttl` uses, and agrees with pySHACL on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from kg.graph import IRI
from kg.shapes.checks import Check, Shape
from kg.shapes.data import Data, Facts
from kg.shapes.reader import ShapesGraph
from kg.shapes.results import Judged, Result, Severity, Term


class Engine:
    """Shapes that are ready to judge.

    Raises:
        UnsupportedShapesError: the shapes use what this engine does not know.
    """

    def __init__(self, graph: ShapesGraph) -> None:
        self._by_class: dict[IRI, list[Shape]] = {}
        self._by_predicate: dict[IRI, list[Shape]] = {}
        for shape, targets in graph.shapes.items():
            for name in targets.classes:
                self._by_class.setdefault(name, []).append(shape)
            for name in targets.subjects_of:
                self._by_predicate.setdefault(name, []).append(shape)

    def run(self, data: Data, advance: Callable[[int], object] | None = None) -> Iterator[Judged]:
        """Yield each node that a shape is for, with its results; call `advance` with the triples done."""
        for subject, facts in data.subjects():
            shapes = self._shapes(data.classes(subject), facts)
            if shapes:
                yield _judged(subject, shapes, _Scope(subject, facts, data))
            if advance is not None:
                advance(sum(map(len, facts.values())))

    def _shapes(self, classes: frozenset[IRI], facts: Facts) -> list[Shape]:
        """Return the shapes that a node is a target of, each once."""
        found: dict[Shape, None] = {}
        for name in sorted(classes):
            found.update(dict.fromkeys(self._by_class.get(name, ())))
        for name in facts:
            found.update(dict.fromkeys(self._by_predicate.get(name, ())))
        return list(found)


class _Scope:
    """What checks may look at while one subject is judged."""

    __slots__ = ("_data", "_facts", "_subject")

    def __init__(self, subject: IRI, facts: Facts, data: Data) -> None:
        self._subject, self._facts, self._data = subject, facts, data

    def facts(self, node: IRI) -> Mapping[IRI, Sequence[Term]]:
        """Return what is said of the subject; of any other node nothing is known."""
        return self._facts if node == self._subject else {}

    def classes(self, node: IRI) -> frozenset[IRI]:
        """Return the classes of any node."""
        return self._data.classes(node)


def _judged(subject: IRI, shapes: list[Shape], scope: _Scope) -> Judged:
    # Two shapes may share a property shape: what it finds is told once.
    results: dict[Result, None] = {}
    conforms: dict[IRI, bool] = {}
    for shape in shapes:
        found = list(_results(shape, subject, scope))
        results.update(dict.fromkeys(found))
        conforms[shape.iri] = all(result.severity is not Severity.VIOLATION for result in found)
    return Judged(subject, list(results), conforms)


def _message(shape: Shape, check: Check) -> str:
    return shape.message or f"sh:{check.name} does not hold"


def _results(shape: Shape, node: IRI, scope: _Scope) -> Iterator[Result]:
    """Yield the results of a shape, then those of its property shapes."""
    if shape.deactivated:
        return
    values = shape.values(node, scope)
    for check in shape.checks:
        for value in check.run(values, scope):
            yield Result(
                node, shape.path, value, shape.iri, check.name, shape.severity, _message(shape, check)
            )
    for nested in shape.properties:
        for value in values:
            if isinstance(value, IRI):
                yield from _results(nested, value, scope)
