"""The constraints of SHACL Core that our engine knows: one small function for each.

A check takes the values that a node has for the path of a shape (the node itself, where there is no path)
and yields those that are wrong: None where there are too few or too many.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import NamedTuple, Protocol

from kg.graph import IRI
from kg.shapes.results import SH, Severity, Term, datatype_of, is_blank, key_of, lexical_of
from kg.vocabulary import XSD


class Scope(Protocol):
    """What a check may look at besides the values: the facts of a node, the classes of any."""

    def facts(self, node: IRI) -> Mapping[IRI, Sequence[Term]]:
        """Return what is said of a node under validation."""
        ...

    def classes(self, node: IRI) -> Collection[IRI]:
        """Return the classes of a node, with those above them."""
        ...


class Check(NamedTuple):
    """A constraint with its parameters: its name in SHACL, and what yields the values that break it."""

    name: str
    run: Callable[[Sequence[Term], Scope], Iterator[Term | None]]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A compiled shape: its checks, and the property shapes that its nodes must meet as well."""

    iri: IRI
    path: IRI | None
    severity: Severity
    message: str
    checks: tuple[Check, ...]
    properties: tuple[Shape, ...]
    deactivated: bool

    def values(self, node: Term, scope: Scope) -> Sequence[Term]:
        """Return the values of a node for the path of the shape."""
        if self.path is None:
            return (node,)
        return scope.facts(node).get(self.path, ()) if isinstance(node, IRI) else ()

    def holds(self, node: Term, scope: Scope) -> bool:
        """Say whether a node meets the shape."""
        if self.deactivated:
            return True
        values = self.values(node, scope)
        if any(True for check in self.checks for _ in check.run(values, scope)):
            return False
        return all(shape.holds(value, scope) for shape in self.properties for value in values)


def min_count(value: Term) -> Check:
    """Ask for so many values or more."""
    number = int(lexical_of(value))

    def run(values: Sequence[Term], _scope: Scope) -> Iterator[None]:
        if len(values) < number:
            yield None

    return Check("minCount", run)


def max_count(value: Term) -> Check:
    """Ask for so many values or fewer."""
    number = int(lexical_of(value))

    def run(values: Sequence[Term], _scope: Scope) -> Iterator[None]:
        if len(values) > number:
            yield None

    return Check("maxCount", run)


def datatype(wanted: Term) -> Check:
    """Ask for well-formed literals of a datatype."""
    form = FORMS.get(IRI(lexical_of(wanted)))

    def run(values: Sequence[Term], _scope: Scope) -> Iterator[Term]:
        for value in values:
            if datatype_of(value) != wanted or (form and not form.fullmatch(lexical_of(value))):
                yield value

    return Check("datatype", run)


def node_kind(wanted: Term) -> Check:
    """Ask for IRIs, literals, blank nodes, or two of these."""
    kinds = re.findall("IRI|Literal|BlankNode", lexical_of(wanted).removeprefix(SH))

    def run(values: Sequence[Term], _scope: Scope) -> Iterator[Term]:
        return (value for value in values if _kind(value) not in kinds)

    return Check("nodeKind", run)


def _kind(term: Term) -> str:
    if not isinstance(term, IRI):
        return "Literal"
    return "BlankNode" if is_blank(term) else "IRI"


def of_class(wanted: Term) -> Check:
    """Ask for instances of a class."""

    def run(values: Sequence[Term], scope: Scope) -> Iterator[Term]:
        for value in values:
            if not isinstance(value, IRI) or wanted not in scope.classes(value):
                yield value

    return Check("class", run)


def pattern(regex: re.Pattern[str]) -> Check:
    """Ask for texts or IRIs in which a regular expression is found."""

    def run(values: Sequence[Term], _scope: Scope) -> Iterator[Term]:
        return (value for value in values if is_blank(value) or not regex.search(lexical_of(value)))

    return Check("pattern", run)


def min_length(value: Term) -> Check:
    """Ask for texts of so many characters or more."""
    number = int(lexical_of(value))

    def run(values: Sequence[Term], _scope: Scope) -> Iterator[Term]:
        return (value for value in values if is_blank(value) or len(lexical_of(value)) < number)

    return Check("minLength", run)


def max_length(value: Term) -> Check:
    """Ask for texts of so many characters or fewer."""
    number = int(lexical_of(value))

    def run(values: Sequence[Term], _scope: Scope) -> Iterator[Term]:
        return (value for value in values if is_blank(value) or len(lexical_of(value)) > number)

    return Check("maxLength", run)


def min_inclusive(limit: Term) -> Check:
    """Ask for numbers that are not smaller."""
    least = _number(limit)

    def run(values: Sequence[Term], _scope: Scope) -> Iterator[Term]:
        for value in values:
            number = _number(value)
            if least is None or number is None or not number >= least:
                yield value

    return Check("minInclusive", run)


def max_inclusive(limit: Term) -> Check:
    """Ask for numbers that are not greater."""
    most = _number(limit)

    def run(values: Sequence[Term], _scope: Scope) -> Iterator[Term]:
        for value in values:
            number = _number(value)
            if most is None or number is None or not number <= most:
                yield value

    return Check("maxInclusive", run)


def _number(term: Term) -> Decimal | None:
    """Return the number that a literal stands for, None of any other term."""
    if datatype_of(term) not in _NUMBERS:
        return None
    try:
        return Decimal(lexical_of(term))
    except InvalidOperation:
        return None


def is_in(allowed: Collection[Term]) -> Check:
    """Ask for values of a list."""
    keys = frozenset(map(key_of, allowed))

    def run(values: Sequence[Term], _scope: Scope) -> Iterator[Term]:
        return (value for value in values if key_of(value) not in keys)

    return Check("in", run)


def has_value(wanted: Term) -> Check:
    """Ask for one value among the others."""
    key = key_of(wanted)

    def run(values: Sequence[Term], _scope: Scope) -> Iterator[None]:
        if all(key_of(value) != key for value in values):
            yield None

    return Check("hasValue", run)


def either(shapes: Sequence[Shape]) -> Check:
    """Ask for values that meet one of several shapes."""

    def run(values: Sequence[Term], scope: Scope) -> Iterator[Term]:
        for value in values:
            if not any(shape.holds(value, scope) for shape in shapes):
                yield value

    return Check("or", run)


_ZONE = r"(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?"
_YEAR, _MONTH, _DAY = r"-?(?:[1-9]\d{3,}|0\d{3})", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?"

FORMS: Mapping[IRI, re.Pattern[str]] = MappingProxyType(
    {
        IRI(XSD + name): re.compile(form, re.ASCII)
        for name, form in {
            "integer": r"[+-]?\d+",
            "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
            "double": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN",
            "boolean": "true|false|1|0",
            "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}",
            "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
            "gYear": _YEAR + _ZONE,
            "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
        }.items()
    }
)
"""The lexical forms of datatypes, as far as they are looked at."""

_NUMBERS = frozenset(IRI(XSD + name) for name in ("integer", "decimal", "double", "float", "int", "long"))
