"""What the mapping makes and the sinks take: IRIs, literals, descriptions and record graphs.

Triples are plain Python values on purpose (the hot path builds no term object of any RDF library):
an :class:`IRI` is a `str` of its own type, a plain `str` is an `xsd:string` literal, and a
:class:`Literal` carries a datatype. There are no blank nodes and no language tags in record data.

>>> figure = IRI("https://example.org/figure/1")
>>> graph = RecordGraph(figure, (describe(figure, (IRI("https://schema.org/name"), "Wnt signalling")),))
>>> list(graph.triples())
[(IRI('https://example.org/figure/1'), IRI('https://schema.org/name'), 'Wnt signalling')]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TypeAlias


class IRI(str):
    """An absolute IRI. Making one does not check it: `kg.identifiers` and `kg.iris` do."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"IRI({str.__repr__(self)})"


class Literal(NamedTuple):
    """A typed literal: its canonical lexical form and its datatype (never `xsd:string`)."""

    lexical: str
    datatype: IRI


Object: TypeAlias = "IRI | Literal | str"
Triple: TypeAlias = "tuple[IRI, IRI, Object]"


class Description(NamedTuple):
    """What a record graph says of one subject.

    `facts` maps each predicate, in the model's order, to its distinct objects. A description about an
    entity that other records speak of too (a gene, a paper) is *shared*: it has a fingerprint of what it
    says, by which it is written once per output. A fingerprint of 0 means that it belongs to its record.
    """

    subject: IRI
    facts: dict[IRI, list[Object]]
    fingerprint: int = 0

    def triples(self) -> Iterator[Triple]:
        """Yield the triples, predicates in the model's order."""
        subject = self.subject
        for predicate, objects in self.facts.items():
            for value in objects:
                yield subject, predicate, value

    def size(self) -> int:
        """Return the number of triples."""
        return sum(map(len, self.facts.values()))


class RecordGraph(NamedTuple):
    """The triples of one record: its root, and descriptions in the order in which they are written."""

    root: IRI
    descriptions: tuple[Description, ...]

    def triples(self) -> Iterator[Triple]:
        """Yield every triple, description by description."""
        for description in self.descriptions:
            yield from description.triples()

    def size(self) -> int:
        """Return the number of triples."""
        return sum([len(objects) for found in self.descriptions for objects in found.facts.values()])


described: Callable[[tuple[IRI, dict[IRI, list[Object]], int]], Description] = partial(
    tuple.__new__, Description
)
"""Makes a description of its subject, facts and fingerprint: as `Description` does, in less time."""


Facts: TypeAlias = "Object | Iterable[Object] | None"


def describe(subject: IRI, *facts: tuple[IRI, Facts], shared: bool = False) -> Description:
    """Make a description from (predicate, value or values) pairs; `None` and nothing give no triple.

    >>> describe(IRI("e:a"), (IRI("e:p"), None), (IRI("e:q"), ["x", "x", "y"])).facts
    {IRI('e:q'): ['x', 'y']}
    """
    grouped: dict[IRI, list[Object]] = {}
    for predicate, value in facts:
        if value is None:
            continue
        kind = type(value)
        if kind is IRI or kind is str or kind is Literal:
            objects: list[Object] = [value]  # type: ignore[list-item]  # kind says so
        else:
            objects = list(dict.fromkeys(value))
            if not objects:
                continue
        if predicate in grouped:
            known = grouped[predicate]
            known.extend(value for value in objects if value not in known)
        else:
            grouped[predicate] = objects
    return described((subject, grouped, fingerprint(subject, grouped) if shared else 0))


def fingerprint(subject: IRI, facts: Mapping[IRI, Sequence[Object]]) -> int:
    """Return a hash of what is said of a subject, never 0; it differs from process to process.

    >>> fingerprint(IRI("e:a"), {IRI("e:p"): ["x"]}) != fingerprint(IRI("e:a"), {IRI("e:p"): [IRI("x")]})
    True
    """
    return hash((subject, tuple(marks(facts)))) or 1


def marks(facts: Mapping[IRI, Sequence[Object]]) -> list[int]:
    """Return a hash of each fact, in order, that tells an IRI from a literal of the same text."""
    return [
        hash((predicate, value, type(value) is IRI))
        for predicate, objects in facts.items()
        for value in objects
    ]
