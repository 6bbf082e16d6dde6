"""What a validation finds: results as typed values, and the terms of any RDF that they are about."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from kg.graph import IRI, Object
from kg.vocabulary import XSD

SH = "http://www.w3.org/ns/shacl#"

_XSD_STRING = IRI(XSD + "string")


class Severity(str, Enum):
    """How bad a result is, as SHACL names it; a graph conforms when it has no violation."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"

    @property
    def iri(self) -> IRI:
        """The IRI of the severity.

        >>> Severity.INFO.iri
        IRI('http://www.w3.org/ns/shacl#Info')
        """
        return IRI(SH + self.value.capitalize())


SEVERITIES: Mapping[str, Severity] = MappingProxyType({row.iri: row for row in Severity})
"""The severities by their IRIs."""


class Tagged(NamedTuple):
    """A literal with a language tag: our records make none, the RDF of others may hold some."""

    lexical: str
    datatype: IRI
    language: str


Term: TypeAlias = "Object | Tagged"
"""A term of any RDF: an IRI (blank nodes are IRIs that start with `_:`), a text, another literal."""


class Result(NamedTuple):
    """One result: what is wrong with which value of which node, by which shape.

    `path` is None where the node itself is wrong, `value` is None where there are too few or too many.
    `component` is the kind of the constraint (`minCount`, `pattern` …).
    """

    focus: IRI
    path: IRI | None
    value: Term | None
    shape: IRI
    component: str
    severity: Severity
    message: str


class Judged(NamedTuple):
    """One node with its results, and whether it conforms to each shape for it (pySHACL names none)."""

    focus: IRI
    results: list[Result]
    shapes: dict[IRI, bool]


def is_blank(term: Term) -> bool:
    """Say whether a term is a blank node."""
    return isinstance(term, IRI) and term.startswith("_:")


def datatype_of(term: Term) -> IRI | None:
    """Return the datatype of a literal, None of an IRI.

    >>> datatype_of("a text")
    IRI('http://www.w3.org/2001/XMLSchema#string')
    """
    if isinstance(term, IRI):
        return None
    return _XSD_STRING if isinstance(term, str) else term.datatype


def lexical_of(term: Term) -> str:
    """Return the text of a literal or an IRI."""
    return term if isinstance(term, str) else term.lexical


def key_of(term: Term) -> tuple[Term, bool]:
    """Return what tells a term from all others: an IRI is not the text of the same letters."""
    return term, isinstance(term, IRI)
