"""Reports on a validation: text for people, JSON, and the report graph of SHACL as Turtle.

Each is written while the results come in, in flat memory; text is grouped, so it comes at the end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

from kg.graph import IRI, Literal
from kg.shapes.results import SH, Judged, Result, Severity, Tagged, Term, is_blank, lexical_of

_EXAMPLES = 3
_WIDTH = 90


@dataclass(slots=True)
class Group:
    """Results that say the same: how many there are, and the first of them."""

    count: int = 0
    first: list[Result] = field(default_factory=list)

    def add(self, result: Result) -> None:
        """Count a result."""
        self.count += 1
        if len(self.first) < _EXAMPLES:
            self.first.append(result)


@dataclass(slots=True)
class Conforming:
    """How many nodes a shape is for, and how many of them conform to it."""

    nodes: int = 0
    conforming: int = 0


@dataclass(slots=True)
class Counts:
    """What a validation came to, so far."""

    nodes: int = 0
    by_shape: dict[IRI, Conforming] = field(default_factory=dict)
    groups: dict[tuple[Severity, IRI, str], Group] = field(default_factory=dict)

    def judged(self, judged: Judged) -> None:
        """Count a node."""
        self.nodes += 1
        for shape, conforms in judged.shapes.items():
            counted = self.by_shape.setdefault(shape, Conforming())
            counted.nodes += 1
            counted.conforming += conforms

    def add(self, result: Result) -> None:
        """Count a result."""
        self.groups.setdefault((result.severity, result.shape, result.message), Group()).add(result)

    def of(self, severity: Severity) -> int:
        """Return the number of results of a severity."""
        return sum(group.count for key, group in self.groups.items() if key[0] is severity)

    @property
    def conforms(self) -> bool:
        """Whether there is no violation."""
        return not self.of(Severity.VIOLATION)

    def __str__(self) -> str:
        """Say in one line what came out."""
        found = ", ".join(f"{self.of(row):,} {row.value}{'s' * (self.of(row) != 1)}" for row in Severity)
        nodes = f"{self.nodes:,} node{'s' * (self.nodes != 1)}"
        return f"{'conforms' if self.conforms else 'does not conform'}: {nodes}, {found}"


class Writer(Protocol):
    """Turns results into text, one after the other."""

    def start(self) -> str:
        """Return what stands before the first result."""
        ...

    def result(self, result: Result) -> str:
        """Return the text of one result."""
        ...

    def end(self, counts: Counts) -> str:
        """Return what stands after the last result."""
        ...


class TextWriter:
    """Writes groups of equal results, the worst first, and how many nodes conform to shapes with a label."""

    def __init__(self, labels: Mapping[IRI, str]) -> None:
        self._labels = labels

    def start(self) -> str:
        """Return nothing: all comes at the end."""
        return ""

    def result(self, _result: Result) -> str:
        """Return nothing: all comes at the end."""
        return ""

    def end(self, counts: Counts) -> str:
        """Return the groups, and the counts in one line."""
        rank = list(Severity)
        rows = sorted(
            counts.groups.items(), key=lambda row: (rank.index(row[0][0]), -row[1].count, row[0][1:])
        )
        groups = "".join(f"{line}\n" for row in rows for line in _lines(*row))
        return f"{groups}{''.join(self._conforming(counts))}{counts}\n"

    def _conforming(self, counts: Counts) -> Iterator[str]:
        for shape, label in self._labels.items():
            if shape in counts.by_shape:
                counted = counts.by_shape[shape]
                yield f"{label}: {counted.conforming:,} of {counted.nodes:,} nodes conform\n"


def _lines(key: tuple[Severity, IRI, str], group: Group) -> Iterator[str]:
    severity, shape, message = key
    yield f"{severity.value:<9} {group.count:>8,}  {message} [{_short(shape)}]"
    if severity is Severity.INFO:
        return
    for result in group.first:
        value = "" if result.value is None or result.value == result.focus else f"  {_shown(result.value)}"
        yield f"{'':<20}{result.focus}{value}"
    if group.count > len(group.first):
        yield f"{'':<20}… and {group.count - len(group.first):,} more"


def _short(iri: IRI) -> str:
    return iri.rpartition("#")[2] or iri


def _shown(term: Term) -> str:
    if isinstance(term, IRI):
        return f"<{term}>"
    text = json.dumps(lexical_of(term)[:_WIDTH], ensure_ascii=False)
    return f"{text}…" if len(lexical_of(term)) > _WIDTH else text


class JsonWriter:
    """Writes one JSON object: the results, then the counts."""

    def __init__(self, _labels: Mapping[IRI, str]) -> None:
        self._between = "\n"

    def start(self) -> str:
        """Return the start of the object."""
        return '{"results": ['

    def result(self, result: Result) -> str:
        """Return a result as an object in a line of its own."""
        values: dict[str, Any] = {
            "focus": result.focus,
            "path": result.path,
            "value": None if result.value is None else _as_json(result.value),
            "shape": result.shape,
            "component": result.component,
            "severity": result.severity.value,
            "message": result.message,
        }
        between, self._between = self._between, ",\n"
        return between + json.dumps(values, ensure_ascii=False)

    def end(self, counts: Counts) -> str:
        """Return the counts and the end of the object."""
        found = {f"{row.value}s": counts.of(row) for row in Severity}
        shapes = {
            shape: {"nodes": row.nodes, "conforming": row.conforming}
            for shape, row in counts.by_shape.items()
        }
        values = json.dumps({"conforms": counts.conforms, "nodes": counts.nodes, **found, "shapes": shapes})
        return f"\n], {values[1:]}\n"


def _as_json(term: Term) -> dict[str, str]:
    """Return a term as the JSON of SPARQL results has it."""
    if isinstance(term, IRI):
        return {"type": "bnode", "value": term[2:]} if is_blank(term) else {"type": "uri", "value": term}
    if isinstance(term, Tagged):
        return {"type": "literal", "value": term.lexical, "xml:lang": term.language}
    if isinstance(term, Literal):
        return {"type": "literal", "value": term.lexical, "datatype": term.datatype}
    return {"type": "literal", "value": term}


class TurtleWriter:
    """Writes the report graph of SHACL, whose `sh:conforms` is false where there is any result at all."""

    def __init__(self, _labels: Mapping[IRI, str]) -> None:
        self._number = 0

    def start(self) -> str:
        """Return the prefix and the class of the report."""
        return f"@prefix sh: <{SH}> .\n\n_:report a sh:ValidationReport .\n"

    def result(self, result: Result) -> str:
        """Return the node of a result."""
        self._number += 1
        component = result.component[:1].upper() + result.component[1:]
        facts = [
            f"sh:focusNode {_turtle(result.focus)}",
            *([f"sh:resultPath {_turtle(result.path)}"] if result.path is not None else ()),
            *([f"sh:value {_turtle(result.value)}"] if result.value is not None else ()),
            f"sh:sourceShape {_turtle(result.shape)}",
            f"sh:sourceConstraintComponent sh:{component}ConstraintComponent",
            f"sh:resultSeverity sh:{result.severity.value.capitalize()}",
            f"sh:resultMessage {_turtle(result.message)}",
        ]
        node, said = f"_:result{self._number}", " ;\n    ".join(facts)
        return f"\n_:report sh:result {node} .\n{node} a sh:ValidationResult ;\n    {said} .\n"

    def end(self, counts: Counts) -> str:
        """Return whether the graph conforms."""
        return f"\n_:report sh:conforms {'false' if counts.groups else 'true'} .\n"


def _turtle(term: Term) -> str:
    import pyoxigraph

    if is_blank(term):
        return str(pyoxigraph.BlankNode(f"data{lexical_of(term)[2:]}"))
    if isinstance(term, IRI):
        return str(pyoxigraph.NamedNode(term))
    if isinstance(term, Tagged):
        return str(pyoxigraph.Literal(term.lexical, language=term.language))
    if isinstance(term, Literal):
        return str(pyoxigraph.Literal(term.lexical, datatype=pyoxigraph.NamedNode(term.datatype)))
    return str(pyoxigraph.Literal(term))


WRITERS: Mapping[str, Callable[[Mapping[IRI, str]], Writer]] = MappingProxyType(
    {"text": TextWriter, "json": JsonWriter, "turtle": TurtleWriter}
)
"""The kinds of report, each made with the labels of the shapes: one row each."""


def write(found: Iterable[Judged], writer: Writer, out: Callable[[str], object]) -> Counts:
    """Write a report while the results come in; return the counts."""
    counts = Counts()
    out(writer.start())
    for judged in found:
        counts.judged(judged)
        for result in judged.results:
            counts.add(result)
            out(writer.result(result))
    out(writer.end(counts))
    return counts
