"""Reads descriptions from a store: what is said of one subject, in the order in which people read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from kg import vocabulary as v
from kg.graph import IRI, Description, Literal, Object

if TYPE_CHECKING:
    import pyoxigraph

Described: TypeAlias = Mapping[IRI, Sequence[Object]]
"""What is said of one subject: the values of each predicate, in the order of the model."""

_STRING = v.XSD + "string"
_ORDER: Mapping[str, int] = {
    iri: place
    for place, iri in enumerate(
        (
            v.RDF_TYPE, v.HEADLINE, v.NAME, v.ALTERNATE_NAME, v.IDENTIFIER, v.TERM_CODE, v.DESCRIPTION,
            v.ABSTRACT, v.CAPTION, v.TEXT, v.MATCHED_TERM, v.LEXICON, v.URL, v.SAME_AS,
            v.MAIN_ENTITY_OF_PAGE, v.SKOS_EXACT_MATCH, v.SKOS_CLOSE_MATCH, v.LICENSE, v.CREATOR, v.AUTHOR,
            v.EDITOR, v.PUBLISHER, v.VERSION, v.DATE_PUBLISHED, v.DATE_MODIFIED, v.YEAR, v.PAGINATION,
            v.DCTERMS_CITATION, v.IS_PART_OF, v.IS_BASED_ON, v.IMAGE, v.TAXONOMIC_RANGE, v.ABOUT,
            v.MENTIONS, v.KEYWORDS, v.DCTERMS_CONFORMS_TO,
        )
    )
}  # fmt: skip
"""Predicates in the order in which people read them; the others follow, by their IRIs."""


class Reader:
    """Turns quads of a store into plain values; a term of the engine is made only where it is asked for."""

    def __init__(self, store: pyoxigraph.Store) -> None:
        from pyoxigraph import Literal as EngineLiteral
        from pyoxigraph import NamedNode

        self._quads = store.quads_for_pattern
        self._node, self._literal = NamedNode, EngineLiteral
        self._iris: dict[str, IRI] = {}

    def described(self, subject: str) -> Described:
        """Return what the store says of a subject; blank nodes, which our model has not, are left out."""
        node, texts, iris = self._node, self._literal, self._iris
        found: dict[IRI, list[Object]] = {}
        for quad in self._quads(node(subject), None, None, None):
            _, predicate, term, _ = quad
            name = predicate.value
            iri = iris.get(name)
            if iri is None:
                iri = iris[name] = IRI(name)
            kind = type(term)
            if kind is node:
                value: Object = IRI(term.value)
            elif kind is texts:
                value = _literal(term)
            else:
                continue
            known = found.get(iri)
            if known is None:
                found[iri] = [value]
            else:
                known.append(value)
        return {iri: _ordered(found[iri]) for iri in sorted(found, key=_place)}

    def subjects(self, predicate: IRI, value: str) -> list[str]:
        """Return the subjects of a predicate and an IRI, in the order of IRIs."""
        found = self._quads(None, self._node(predicate), self._node(value), None)
        return sorted({quad.subject.value for quad in found})  # type: ignore[union-attr]

    def values(self, predicate: IRI) -> Iterator[tuple[str, str]]:
        """Yield subject and value (an IRI or the text of a literal) of each triple of a predicate."""
        node, texts = self._node, self._literal
        for quad in self._quads(None, node(predicate), None, None):
            subject, _, value, _ = quad
            if type(value) in (node, texts) and type(subject) is node:
                yield subject.value, value.value

    def instances(self, name: IRI) -> Iterator[str]:
        """Yield each subject of a class."""
        node = self._node
        for quad in self._quads(None, node(v.RDF_TYPE), node(name), None):
            if type(quad.subject) is node:
                yield quad.subject.value

    def wholes(self, part: str) -> list[str]:
        """Return what a thing is part of, in the order of IRIs."""
        found = self._quads(self._node(part), self._node(v.IS_PART_OF), None, None)
        return sorted(quad.object.value for quad in found if type(quad.object) is self._node)


def _place(iri: str) -> tuple[int, str]:
    return _ORDER.get(iri, len(_ORDER)), iri


def _ordered(values: list[Object]) -> list[Object]:
    """Return the distinct values in the order of texts; an IRI is not equal to a literal of its text."""
    if len(values) == 1:
        return values
    return [value for _, value in sorted({_by_text(value): value for value in values}.items())]


def _by_text(value: Object) -> tuple[bool, str, str]:
    if isinstance(value, Literal):
        return False, value.lexical, value.datatype
    return type(value) is IRI, value, ""


def _literal(term: Any) -> Object:
    datatype = term.datatype.value
    return term.value if datatype == _STRING else Literal(term.value, IRI(datatype))


def texts(described: Described, predicate: IRI) -> list[str]:
    """Return the values of a predicate as texts, in the order of texts."""
    return [lexical(value) for value in described.get(predicate, ())]


def text(described: Described, predicate: IRI) -> str:
    """Return the first value of a predicate as text, or nothing."""
    values = described.get(predicate)
    return lexical(values[0]) if values else ""


def iris(described: Described, predicate: IRI) -> list[IRI]:
    """Return the IRIs among the values of a predicate, in their order."""
    return [value for value in described.get(predicate, ()) if type(value) is IRI]


def literals(described: Described, predicate: IRI) -> list[str]:
    """Return the texts among the values of a predicate, in their order, without the IRIs."""
    return [lexical(value) for value in described.get(predicate, ()) if type(value) is not IRI]


def lexical(value: Object) -> str:
    """Return a value as text."""
    return value.lexical if isinstance(value, Literal) else str(value)


def description(subject: str, described: Described) -> Description:
    """Return what is said of a subject, for the writers."""
    return Description(IRI(subject), {predicate: list(values) for predicate, values in described.items()})
