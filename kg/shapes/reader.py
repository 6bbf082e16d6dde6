"""Reads shapes graphs: SHACL Core as far as our engine knows it, compiled into checks.

What the engine does not know (property paths, SPARQL, constraints that look at neighbours) raises
`UnsupportedShapesError`; such shapes are for pySHACL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from kg.errors import KgError, UsageError
from kg.graph import IRI
from kg.shapes import checks
from kg.shapes.checks import Check, Shape
from kg.shapes.data import Facts, rdflib_of, read_triples
from kg.shapes.results import SEVERITIES, SH, Severity, Term, is_blank, lexical_of
from kg.vocabulary import RDF, RDF_TYPE, RDFS

if TYPE_CHECKING:
    import rdflib

_FIRST, _REST, _NIL = IRI(RDF + "first"), IRI(RDF + "rest"), IRI(RDF + "nil")


class UnsupportedShapesError(KgError):
    """The shapes use a part of SHACL that our engine does not know."""


class Targets(NamedTuple):
    """Which nodes a shape is for: instances of classes, subjects of properties."""

    classes: tuple[IRI, ...]
    subjects_of: tuple[IRI, ...]


class ShapesGraph:
    """The triples of a shapes file, and what they say of each shape.

    Only the shapes of `only` keep their targets, where it is given.

    Raises:
        kg.errors.SourceError: the file cannot be read or is not RDF.
        kg.errors.UsageError: no format has its extension.
    """

    def __init__(self, path: str | Path, only: Collection[IRI] | None = None) -> None:
        self.path = Path(path)
        self._facts: dict[IRI, Facts] = {}
        for subject, predicate, value in read_triples(path):
            if only is None or subject in only or not predicate.startswith(SH + "target"):
                self._facts.setdefault(subject, {}).setdefault(predicate, []).append(value)

    @cached_property
    def rdflib(self) -> rdflib.Graph:
        """The same triples as a graph of rdflib."""
        return rdflib_of(self._facts.items())

    @cached_property
    def shapes(self) -> dict[Shape, Targets]:
        """The shapes that have targets, compiled, with their targets, in order.

        Raises:
            UnsupportedShapesError: a shape uses what our engine does not know.
            kg.errors.UsageError: the shapes are not valid SHACL.
        """
        self._check_known()
        try:
            return {self.shape(node): targets for node, targets in self.targets.items()}
        except (ValueError, LookupError, RecursionError, re.error) as error:
            raise UsageError(f"{self.path}: the shapes are not valid SHACL: {error}") from error

    @property
    def targets(self) -> dict[IRI, Targets]:
        """The shapes that have targets, by IRI, in order, whether or not our engine knows what they use."""
        return {node: targets for node in self._facts if any(targets := self._targets(node))}

    @property
    def labels(self) -> dict[IRI, str]:
        """The labels of the shapes that have targets, where they have one."""
        labels = {node: self.facts(node).get(IRI(RDFS + "label"), []) for node in self.targets}
        return {node: lexical_of(found[0]) for node, found in labels.items() if found}

    def of(self, node: IRI, name: str) -> list[Term]:
        """Return the values of a SHACL property of a shape."""
        return self._facts.get(node, {}).get(IRI(SH + name), [])

    def facts(self, node: IRI) -> Mapping[IRI, list[Term]]:
        """Return all that is said of a node."""
        return self._facts.get(node, {})

    def shape(self, node: IRI) -> Shape:
        """Compile one shape.

        Raises:
            UnsupportedShapesError: it uses what our engine does not know.
        """
        return Shape(
            iri=node,
            path=self._path(node),
            severity=self._severity(node),
            message=" ".join(lexical_of(value) for value in self.of(node, "message")),
            checks=tuple(self._checks(node)),
            properties=tuple(self.shape(_node(value)) for value in self.of(node, "property")),
            deactivated=any(lexical_of(value) == "true" for value in self.of(node, "deactivated")),
        )

    def items(self, head: Term) -> list[Term]:
        """Return the items of an RDF list."""
        found: list[Term] = []
        while head != _NIL:
            facts = self._facts[_node(head)]
            found += facts[_FIRST]
            (head,) = facts[_REST]
        return found

    def _check_known(self) -> None:
        for node, facts in self._facts.items():
            names = {name.removeprefix(SH) for name in facts if name.startswith(SH)}
            for name in sorted(names - CONSTRAINTS - _PLAIN):
                raise UnsupportedShapesError(f"sh:{name} is not known to our engine")
            if names and _CLASSES.intersection(facts.get(RDF_TYPE, ())):
                raise UnsupportedShapesError(f"{node} is a shape and a class")

    def _targets(self, node: IRI) -> Targets:
        return Targets(
            tuple(map(_node, self.of(node, "targetClass"))),
            tuple(map(_node, self.of(node, "targetSubjectsOf"))),
        )

    def _path(self, node: IRI) -> IRI | None:
        paths = self.of(node, "path")
        if not paths:
            return None
        if len(paths) > 1 or is_blank(paths[0]):
            raise UnsupportedShapesError("paths of several steps are not known to our engine")
        return _node(paths[0])

    def _severity(self, node: IRI) -> Severity:
        values = self.of(node, "severity")
        return SEVERITIES.get(lexical_of(values[0]), Severity.VIOLATION) if values else Severity.VIOLATION

    def _checks(self, node: IRI) -> Iterator[Check]:
        for predicate, values in self._facts.get(node, {}).items():
            name = predicate.removeprefix(SH) if predicate.startswith(SH) else ""
            if name in _SIMPLE:
                yield from map(_SIMPLE[name], values)
            elif name in _OTHERS:
                yield from (_OTHERS[name](self, node, value) for value in values)


def _node(term: Term) -> IRI:
    if not isinstance(term, IRI):
        raise UsageError(f"the shapes name {term!r} where a node is due")
    return term


def _pattern(graph: ShapesGraph, node: IRI, value: Term) -> Check:
    flags = re.IGNORECASE if any("i" in lexical_of(flag) for flag in graph.of(node, "flags")) else 0
    regex = lexical_of(value)
    # `$` is the end of the text in SHACL; in Python, a line break may still follow.
    if regex.endswith("$") and not regex.endswith("\\$"):
        regex = regex[:-1] + r"\Z"
    return checks.pattern(re.compile(regex, flags))


def _list(graph: ShapesGraph, _node: IRI, value: Term) -> Check:
    return checks.is_in(graph.items(value))


def _or(graph: ShapesGraph, node: IRI, value: Term) -> Check:
    shapes = tuple(graph.shape(_node(item)) for item in graph.items(value))
    if graph.of(node, "path") and any(shape.path is not None or shape.properties for shape in shapes):
        raise UnsupportedShapesError("our engine does not look at what a linked node says")
    return checks.either(shapes)


_SIMPLE: Mapping[str, Callable[[Term], Check]] = MappingProxyType(
    {
        "minCount": checks.min_count,
        "maxCount": checks.max_count,
        "datatype": checks.datatype,
        "nodeKind": checks.node_kind,
        "class": checks.of_class,
        "minLength": checks.min_length,
        "maxLength": checks.max_length,
        "minInclusive": checks.min_inclusive,
        "maxInclusive": checks.max_inclusive,
        "hasValue": checks.has_value,
    }
)
"""The constraints that follow from their value alone: one row each."""

_OTHERS: Mapping[str, Callable[[ShapesGraph, IRI, Term], Check]] = MappingProxyType(
    {"pattern": _pattern, "in": _list, "or": _or}
)
"""The constraints that need more of the shapes graph."""

CONSTRAINTS = frozenset({*_SIMPLE, *_OTHERS})
"""The names of the constraints that our engine knows."""

_PLAIN = frozenset(
    "path severity message property targetClass targetSubjectsOf flags deactivated"
    " name description order group defaultValue".split()
)
"""What says something of a shape, and is no constraint."""

_CLASSES = frozenset({IRI(RDFS + "Class"), IRI("http://www.w3.org/2002/07/owl#Class")})
"""A shape that is a class as well would be for its instances."""
