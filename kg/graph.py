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
Said: TypeAlias = "dict[IRI, list[Object]]"


class Pattern:
    """What many descriptions say alike: their predicates in order, with the objects of each but of the holes.

    Under a hole (None) stands one object, which differs; `holes` are their predicates, `said` is what
    stands elsewhere. Patterns are told apart by identity.
    """

    __slots__ = ("facts", "holes", "said", "size")

    def __init__(self, facts: Mapping[IRI, list[Object] | None]) -> None:
        self.facts = facts
        self.holes = [name for name, objects in facts.items() if objects is None]
        self.said = frozenset([value for objects in facts.values() for value in objects or ()])
        self.size = sum([1 if objects is None else len(objects) for objects in facts.values()])


class Filled:
    """The facts of a pattern with an object for each of its holes, in order."""

    __slots__ = ("objects", "pattern")

    def __init__(self, pattern: Pattern, objects: tuple[Object, ...]) -> None:
        self.pattern, self.objects = pattern, objects

    def __call__(self) -> Said:
        """Return them as they are without a pattern."""
        objects = iter(self.objects)
        return {
            name: [next(objects)] if known is None else known for name, known in self.pattern.facts.items()
        }


class Description(NamedTuple):
    """What a record graph says of one subject.

    `said` are its facts, or what makes them where they are asked for: those of an entity that was described
    before are not. A description about an entity that other records speak of too (a gene, a paper) is
    *shared*: it has a fingerprint of what it says, by which it is written once per output. A fingerprint of 0
    means that it belongs to its record.
    """

    subject: IRI
    said: Said | Callable[[], Said]
    fingerprint: int = 0

    @property
    def facts(self) -> Said:
        """Each predicate, in the model's order, with its distinct objects."""
        said = self.said
        return said if type(said) is dict else said()  # type: ignore[operator]  # what is no dict makes one

    def objects(self, predicate: IRI) -> Sequence[Object]:
        """Return the objects of a predicate."""
        said = self.said
        if type(said) is Filled and predicate in said.pattern.holes:
            return (said.objects[said.pattern.holes.index(predicate)],)
        return self.facts.get(predicate, ())

    def saying(self, facts: Said) -> Description:
        """Return a description of the same subject with other facts."""
        return described((self.subject, facts, self.fingerprint))

    def triples(self) -> Iterator[Triple]:
        """Yield the triples, predicates in the model's order."""
        subject = self.subject
        for predicate, objects in self.facts.items():
            for value in objects:
                yield subject, predicate, value

    def size(self) -> int:
        """Return the number of triples."""
        said = self.said
        return said.pattern.size if type(said) is Filled else sum(map(len, self.facts.values()))


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
        return sum([description.size() for description in self.descriptions])


described: Callable[[tuple[IRI, Said | Callable[[], Said], int]], Description] = partial(
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
