"""The record graph of a record that was read through a JSON-LD context."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from kg import vocabulary as v
from kg.graph import IRI, Object, RecordGraph, describe
from kg.iris import digest, part_iri
from kg.mapping.settings import Settings
from kg.records.other import Blank, Node, Other, Statement


def other_graph(record: Other, settings: Settings) -> RecordGraph:
    """Return the graph of a record: its own description first, then what it holds, in its order.

    A node without an IRI is named under the record, by a hash of where it stands and what it says. All
    are shared: any record may speak of any IRI, that of another record included.

    <recipe/bread> a schema:Recipe ; schema:name "Bread" ; schema:author <recipe/bread#1f0c9d2e77> .
    <recipe/bread#1f0c9d2e77> schema:name "Ada" .
    """
    names = _names(record)
    facts: dict[IRI, list[tuple[IRI, Object]]] = {record.iri: [(v.RDF_TYPE, record.type)]}
    for subject, predicate, value in record.statements:
        start = names[subject] if isinstance(subject, Blank) else subject
        end = names[value] if isinstance(value, Blank) else value
        facts.setdefault(start, []).append((predicate, end))
    return RecordGraph(record.iri, tuple(describe(node, *said, shared=True) for node, said in facts.items()))


def _names(record: Other) -> dict[Blank, IRI]:
    """Name the blank nodes, from the nodes with an IRI outwards; equal ones at one place are numbered."""
    touching = _touching(record)
    contents = _contents(record)
    names: dict[Blank, IRI] = {}
    used: set[IRI] = set()
    blanks = [node for node in touching if isinstance(node, Blank)]
    # What nothing links to is named by the record itself, and comes last.
    starts = [(record.iri, "", node) for node in blanks]
    waiting = deque(_steps(record.iri, record.iri, touching))
    for node in touching:
        if isinstance(node, IRI) and node != record.iri:
            waiting.extend(_steps(node, node, touching))
    for start in starts:
        waiting.append(start)
        while waiting:
            known, way, blank = waiting.popleft()
            if blank not in names:
                names[blank] = _unused(record.iri, digest(known, way, contents[blank]), used)
                waiting.extend(_steps(blank, names[blank], touching))
    return names


def _touching(record: Other) -> dict[Node, list[Statement]]:
    """Return the statements at each node, from either end."""
    found: dict[Node, list[Statement]] = {}
    for statement in record.statements:
        for node in (statement[0], statement[2]):
            if isinstance(node, Blank | IRI):
                found.setdefault(node, []).append(statement)
    return found


def _steps(
    node: Node, name: IRI, touching: Mapping[Node, list[Statement]]
) -> Iterator[tuple[IRI, str, Blank]]:
    """Yield the blank nodes beside a node, each with the name of the node and the way to it."""
    for subject, predicate, value in touching.get(node, ()):
        if isinstance(value, Blank) and subject == node:
            yield name, f"> {predicate}", value
        elif isinstance(subject, Blank) and value == node:
            yield name, f"< {predicate}", subject


def _contents(record: Other) -> dict[Blank, str]:
    """Return a hash of what each blank node says, with what its parts say."""
    said: dict[Blank, list[tuple[IRI, Object | Blank]]] = {}
    for subject, predicate, value in record.statements:
        for node in (subject, value):
            if isinstance(node, Blank):
                said.setdefault(node, [])
        if isinstance(subject, Blank):
            said[subject].append((predicate, value))
    found: dict[Blank, str] = {}
    stack = list(said)
    while stack:
        node = stack[-1]
        open_parts = [value for _, value in said[node] if isinstance(value, Blank) and value not in found]
        if open_parts:
            stack.extend(open_parts)
            continue
        stack.pop()
        facts = (
            f"{way} {found[value] if isinstance(value, Blank) else value!r}" for way, value in said[node]
        )
        found[node] = digest(*sorted(facts), length=40)
    return found


def _unused(record: IRI, name: str, used: set[IRI]) -> IRI:
    iri, number = part_iri(record, name), 1
    while iri in used:
        number += 1
        iri = part_iri(record, f"{name}-{number}")
    used.add(iri)
    return iri
