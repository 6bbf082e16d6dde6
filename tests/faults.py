"""Plants a fault for every constraint of a shapes graph, found by walking the shapes graph itself.

For each shape with a target, each class or property that it is for, and each constraint on the shape or on
one of its property shapes, a copy of a node that conforms is made wrong in just that respect. A constraint of
a kind that nobody has said here how to break is an error, so none stays untested.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple

from rdflib import RDF, RDFS, SH, XSD, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

NOWHERE: Final = URIRef("https://example.org/nowhere")
TARGETS: Final = (SH.targetClass, SH.targetSubjectsOf)
NO_CONSTRAINTS: Final = frozenset({SH.path, SH.severity, SH.message, SH.property, *TARGETS})
OTHER: Final = URIRef("https://example.org/datatype")


class Constraint(NamedTuple):
    """One constraint for one kind of node: which shape has the target, and which one the constraint."""

    target: Node
    root: Node
    shape: Node
    name: str
    value: Node

    def __str__(self) -> str:
        target, shape = (re.split("[#/]", str(node))[-1] for node in (self.target, self.shape))
        return f"{target}:{shape}:{self.name}"


class Case(NamedTuple):
    """A planted fault: the node that has it, and the constraint that it breaks."""

    focus: Node
    constraint: Constraint


def constraints(shapes: Graph) -> Iterator[Constraint]:
    """Yield every constraint of every shape that has a target, for each class or property that it is for."""
    for predicate in TARGETS:
        for root, target in sorted(shapes.subject_objects(predicate), key=str):
            for shape in (root, *sorted(shapes.objects(root, SH.property), key=str)):
                for name, value in sorted(shapes.predicate_objects(shape), key=str):
                    if str(name).startswith(str(SH)) and name not in NO_CONSTRAINTS:
                        yield Constraint(target, root, shape, str(name).removeprefix(str(SH)), value)


def is_for(shapes: Graph, constraint: Constraint, node: Node, data: Graph) -> bool:
    """Say whether a node is one that the target of a constraint chooses."""
    if (constraint.root, SH.targetClass, constraint.target) in shapes:
        return (node, RDF.type, constraint.target) in data
    return (node, URIRef(str(constraint.target)), None) in data


class Planter:
    """Plants faults into copies of the nodes of a graph that conforms."""

    def __init__(self, shapes: Graph, conforming: Graph) -> None:
        self.shapes, self.data = shapes, conforming
        self._number = 20000

    def nodes(self, constraint: Constraint) -> Node:
        """Return the first node that a constraint is for and that it can be broken on."""
        subjects = sorted(set(self.data.subjects()), key=str)
        found = [node for node in subjects if is_for(self.shapes, constraint, node, self.data)]
        path = self.shapes.value(constraint.shape, SH.path)
        usable = [node for node in found if path is None or (node, path, None) in self.data]
        return next(iter(usable or found))

    def plant(self, constraint: Constraint, into: Graph) -> Case:
        """Add to a graph a copy of a node with one fault."""
        focus, facts = self._copy(self.nodes(constraint))
        path = self.shapes.value(constraint.shape, SH.path)
        if path is None:
            focus, facts = BREAK_NODE[constraint.name](self, constraint, focus, facts)
        else:
            values = facts.pop(path, [])
            if not values and constraint.name not in ("minCount", "maxCount"):
                values = [Literal("text")]
            facts[path] = BREAK_VALUES[constraint.name](self, constraint, values)
        for predicate, values in facts.items():
            for value in values:
                into.add((focus, predicate, value))
        return Case(focus, constraint)

    def copies(self, into: Graph) -> list[Node]:
        """Add a copy of every node to a graph, without a fault."""
        found = []
        for node in sorted(set(self.data.subjects()), key=str):
            focus, facts = self._copy(node)
            found.append(focus)
            for predicate, values in facts.items():
                for value in values:
                    into.add((focus, predicate, value))
        return found

    def _copy(self, node: Node) -> tuple[Node, dict[Node, list[Node]]]:
        """Return a copy of what is said of a node, under other digits at the end of its IRI."""
        self._number += 1
        digits = re.search(r"\d+$", str(node))
        assert digits is not None, f"{node} must end with digits"
        number = str(self._number).rjust(len(digits.group()), "1")
        copy = URIRef(str(node)[: digits.start()] + number)
        facts: dict[Node, list[Node]] = {}
        for predicate, value in sorted(self.data.predicate_objects(node), key=str):
            facts.setdefault(predicate, []).append(value)
        return copy, facts

    def regexes(self, shape: Node) -> list[re.Pattern[str]]:
        """Return the patterns of a shape."""
        return [re.compile(str(value)) for value in self.shapes.objects(shape, SH.pattern)]


Values = list[Node]
Facts = dict[Node, Values]


def _too_few(planter: Planter, constraint: Constraint, values: Values) -> Values:
    return values[: int(str(constraint.value)) - 1]


def _too_many(planter: Planter, constraint: Constraint, values: Values) -> Values:
    wanted = int(str(constraint.value)) + 1
    first: Node = values[0] if values else Literal("text")
    more = [_another(first, number) for number in range(wanted)]
    return list(dict.fromkeys([*values, *more]))[:wanted]


def _another(term: Node, number: int) -> Node:
    """Return a term like another one, but not the same."""
    if isinstance(term, URIRef):
        return URIRef(f"{term}{number}")
    assert isinstance(term, Literal)
    if term.datatype in (XSD.integer, XSD.decimal):
        return Literal(f"{Decimal(str(term)) + number + 1}", datatype=term.datatype)
    if term.datatype == XSD.boolean:
        return Literal("false" if str(term) == "true" else "true", datatype=XSD.boolean)
    if term.datatype == XSD.date:
        return Literal(f"20{10 + number}-01-01", datatype=XSD.date)
    return Literal(f"{term}{number}")


def _other_datatype(planter: Planter, constraint: Constraint, values: Values) -> Values:
    # pySHACL takes a number of an unknown datatype for one that is large enough.
    number = isinstance(values[0], Literal) and values[0].datatype in (XSD.integer, XSD.decimal)
    return [Literal(str(values[0]), datatype=XSD.double if number else OTHER), *values[1:]]


def _other_kind(planter: Planter, constraint: Constraint, values: Values) -> Values:
    wrong: Node = NOWHERE if constraint.value == SH.Literal else Literal("https://example.org/a text")
    return [wrong, *values[1:]]


def _no_instance(planter: Planter, constraint: Constraint, values: Values) -> Values:
    return [NOWHERE, *values[1:]]


def _no_match(planter: Planter, constraint: Constraint, values: Values) -> Values:
    return [_unmatched(re.compile(str(constraint.value)), values[0]), *values[1:]]


def _unmatched(regex: re.Pattern[str], term: Node) -> Node:
    """Return a term of the same kind that does not match."""
    texts = ["urn:example:a"] if isinstance(term, URIRef) else [" ", "a b", "-", "A"]
    text = next(text for text in texts if not regex.search(text))
    return URIRef(text) if isinstance(term, URIRef) else Literal(text)


def _empty(planter: Planter, constraint: Constraint, values: Values) -> Values:
    return [Literal(""), *values[1:]]


def _smaller(planter: Planter, constraint: Constraint, values: Values) -> Values:
    return [_moved(values[0], constraint.value, -1), *values[1:]]


def _greater(planter: Planter, constraint: Constraint, values: Values) -> Values:
    return [_moved(values[0], constraint.value, 1), *values[1:]]


def _moved(term: Node, limit: Node, step: int) -> Node:
    assert isinstance(term, Literal)
    return Literal(f"{Decimal(str(limit)) + step}", datatype=term.datatype)


def _without_value(planter: Planter, constraint: Constraint, values: Values) -> Values:
    return [value for value in values if value != constraint.value]


def _no_alternative(planter: Planter, constraint: Constraint, values: Values) -> Values:
    return [Literal("text", datatype=OTHER), *values[1:]]


BREAK_VALUES: Mapping[str, Callable[[Planter, Constraint, Values], Values]] = MappingProxyType(
    {
        "minCount": _too_few,
        "maxCount": _too_many,
        "datatype": _other_datatype,
        "nodeKind": _other_kind,
        "class": _no_instance,
        "pattern": _no_match,
        "minLength": _empty,
        "minInclusive": _smaller,
        "maxInclusive": _greater,
        "hasValue": _without_value,
        "or": _no_alternative,
    }
)
"""How the values of a path are made wrong: one row for each constraint."""


def _blank(planter: Planter, constraint: Constraint, focus: Node, facts: Facts) -> tuple[Node, Facts]:
    return BNode(f"b{planter._number}"), facts


def _renamed(planter: Planter, constraint: Constraint, focus: Node, facts: Facts) -> tuple[Node, Facts]:
    return URIRef(f"urn:example:{planter._number}"), facts


def _other_class(planter: Planter, constraint: Constraint, focus: Node, facts: Facts) -> tuple[Node, Facts]:
    return focus, {**facts, RDF.type: [RDFS.Resource]}


def _no_way(planter: Planter, constraint: Constraint, focus: Node, facts: Facts) -> tuple[Node, Facts]:
    """Take away what any of the alternatives asks for: its path, or its class."""
    left = dict(facts)
    for item in Collection(planter.shapes, constraint.value):
        path = planter.shapes.value(item, SH.path)
        if path is not None:
            left.pop(path, None)
        else:
            left[RDF.type] = [RDFS.Resource]
    return focus, left


BREAK_NODE: Mapping[str, Callable[[Planter, Constraint, Node, Facts], tuple[Node, Facts]]] = MappingProxyType(
    {"nodeKind": _blank, "pattern": _renamed, "class": _other_class, "or": _no_way}
)
"""How a node itself is made wrong: one row for each constraint."""


def alternatives(shapes: Graph) -> Iterator[tuple[Constraint, Node]]:
    """Yield each alternative of each `sh:or`, with the constraint."""
    for constraint in constraints(shapes):
        if constraint.name == "or":
            for item in Collection(shapes, constraint.value):
                yield constraint, item


def with_one_way(planter: Planter, constraint: Constraint, item: Node, into: Graph) -> Node:
    """Add to a graph a copy of a node that meets a `sh:or` by one of its alternatives alone."""
    shapes = planter.shapes
    focus, facts = planter._copy(planter.nodes(constraint))
    path = shapes.value(constraint.shape, SH.path)
    if path is not None:
        facts[path] = [_fitting(shapes, item, into)]
    elif (own := shapes.value(item, SH.path)) is not None:
        _, facts = _no_way(planter, constraint, focus, facts)
        facts[own] = [Literal("text")]
    else:
        wanted = shapes.value(item, SH["class"])
        assert wanted is not None, "an alternative has a path or a class"
        facts[RDF.type] = [wanted]
    for predicate, values in facts.items():
        for value in values:
            into.add((focus, predicate, value))
    return focus


TEXTS: Mapping[URIRef, str] = MappingProxyType(
    {XSD.string: "text", XSD.date: "2019-05-01", XSD.gYearMonth: "2019-05", XSD.gYear: "2019"}
)


def _fitting(shapes: Graph, item: Node, into: Graph) -> Node:
    """Return a value that meets an alternative."""
    wanted = shapes.value(item, SH["class"])
    if wanted is not None:
        node = URIRef(f"https://example.org/instance/{re.split('[#/]', str(wanted))[-1]}")
        into.add((node, RDF.type, wanted))
        return node
    datatype = shapes.value(item, SH.datatype)
    if datatype is None:
        return NOWHERE
    assert isinstance(datatype, URIRef)
    return Literal(TEXTS[datatype], datatype=datatype)
