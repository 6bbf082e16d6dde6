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

from collections.abc import Iterable, Iterator
from hashlib import blake2b
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
        return sum(description.size() for description in self.descriptions)


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
        if isinstance(value, str | Literal):
            objects: list[Object] = [value]
        else:
            objects = list(dict.fromkeys(value))
            if not objects:
                continue
        known = grouped.get(predicate)
        if known is None:
            grouped[predicate] = objects
        else:
            known.extend(value for value in objects if value not in known)
    return Description(subject, grouped, fingerprint(subject, repr(grouped)) if shared else 0)


def fingerprint(*parts: str) -> int:
    """Return 63 bits of a hash of texts, never 0; the same in every process."""
    digest = blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1 or 1
