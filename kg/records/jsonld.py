"""The JSON-LD processor's view of a record: its texts as numbers, and the statements made of them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from kg.frontmatter import Path
from kg.graph import IRI
from kg.iris import absolute_iri
from kg.records.context import Context

MISSING = frozenset({"", "~", "null", "Null", "NULL"})
"""What stands for an absent value: what YAML calls null, and nothing at all."""

_NUMBER = re.compile(r"x-kg-leaf:(\d+)-")
_NUMBERED = frozenset({None, "@id", "@value", "@list", "@set"})
"""Keywords whose texts are numbered; those of others (`@type`, `@language`) steer the processor."""


class Term(NamedTuple):
    """An IRI or blank node of a statement; `number` is that of the text which it stands for.

    `in_graph` says that the statement is in a named graph.
    """

    iri: str
    blank: str | None
    number: int | None
    in_graph: bool


class Typed(NamedTuple):
    """A literal of a statement; `number` is that of the text which it stands for."""

    text: str
    datatype: str
    language: str | None
    number: int | None


def kept(text: str) -> bool:
    """Say whether a text is a value, and does not stand for a missing one."""
    return text.strip() not in MISSING


def statements(context: Context, values: dict[str, Any]) -> Iterator[tuple[Term, str, Term | Typed]]:
    """Yield the statements that JSON-LD 1.1 makes of values under a context.

    Raises:
        SyntaxError: the context or the values break a rule of JSON-LD.
    """
    import pyoxigraph as ox

    document = json.dumps({"@context": context.definition, **values})
    for quad in ox.parse(document, format=ox.RdfFormat.JSON_LD):
        named = not isinstance(quad.graph_name, ox.DefaultGraph)
        value: Term | Typed
        if isinstance(quad.object, ox.Literal):
            text, datatype = quad.object.value, quad.object.datatype.value
            value = Typed(text, datatype, quad.object.language, _number(text))
        else:
            value = _term(quad.object, named)
        yield _term(quad.subject, named), quad.predicate.value, value


def _term(term: Any, named: bool) -> Term:
    import pyoxigraph as ox

    if isinstance(term, ox.BlankNode):
        return Term("", term.value, None, named)
    return Term(term.value, None, _number(term.value), named)


def _number(text: str) -> int | None:
    found = _NUMBER.fullmatch(text)
    return int(found[1]) if found else None


class Numbered:
    """The values of a front matter with a number in place of each text.

    `leaves` are the texts with their places. `types` are those that name classes: they stay as they are,
    because contexts may depend on them. What stands at or under the places of `without` is left out.
    """

    def __init__(
        self,
        context: Context,
        values: dict[str, Any],
        *,
        refuse: Callable[[Path, object], None],
        without: frozenset[Path] = frozenset(),
    ) -> None:
        self._context, self._refuse, self._without = context, refuse, without
        self.leaves: list[tuple[Path, str]] = []
        self.types: list[tuple[Path, str]] = []
        self._classes: dict[Path, dict[str, list[str]]] = {}
        self.missing = 0
        # The IRI of the record comes from the template, so a key for it says nothing more.
        own = {key: value for key, value in values.items() if context.keyword(key) != "@id"}
        self.values = self._mapping(own, ())

    def _mapping(self, values: dict[str, Any], path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in values.items():
            place = (*path, key)
            if key == "@context":
                self._refuse(place, value)
            elif (made := self._value(value, place, self._context.keyword(key))) is not None:
                found[key] = made
        return found

    def _value(self, value: Any, path: Path, keyword: str | None) -> Any:
        """Return a value with its texts numbered, or None where it is missing or left out."""
        if path in self._without:
            return None
        if isinstance(value, dict):
            return self._mapping(value, path) or None
        if isinstance(value, list):
            items = [self._value(item, (*path, number), keyword) for number, item in enumerate(value)]
            return [item for item in items if item is not None] or None
        if value is None or not kept(value):
            self.missing += value is not None
            return None
        return self._text(value, path, keyword)

    def _text(self, text: str, path: Path, keyword: str | None) -> str:
        if keyword == "@type":
            self.types.append((path, text.strip()))
            end = next(end for end in reversed(range(len(path))) if isinstance(path[end], str))
            here = self._classes.setdefault(path[:end], {})
            here.setdefault(str(path[end]), []).append(text.strip())
        if keyword not in _NUMBERED:
            return text.strip()
        self.leaves.append((path, text))
        return _leaf(len(self.leaves) - 1)

    def resolved(self, path: Path, text: str, root: dict[str, Any]) -> IRI | None:
        """Return the IRI that a text stands for in its place, or None where it stands for none.

        It is what the text adds to a record that holds it alone.
        """
        try:
            found = _iris(self._context, {**root, **self._around(path, 0, text.strip())})
            others = _iris(self._context, {**root, **self._around(path, 0, _leaf(0))})
        except SyntaxError:
            return None
        added = list(found - others)
        return absolute_iri(added[0]) if len(added) == 1 else None

    def _around(self, path: Path, depth: int, leaf: str) -> Any:
        """Return a text alone in what it stands in, with the classes of that."""
        if depth == len(path):
            return leaf
        step, inner = path[depth], self._around(path, depth + 1, leaf)
        if isinstance(step, int):
            return [inner]
        return {**self._classes.get(path[:depth], {}), step: inner}

    def is_identifier(self, number: int) -> bool:
        """Say whether a text stands where a node has its IRI."""
        return self._context.keyword(last_key(self.leaves[number][0])) == "@id"

    def silent(self, told: set[int]) -> Iterator[Path]:
        """Yield the outermost places of texts that no statement was made of."""
        loud = {self.leaves[number][0][:end] for number in told for end in _ends(self.leaves[number][0])}
        silent = (place for number, (place, _) in enumerate(self.leaves) if number not in told)
        yield from dict.fromkeys(
            next(place[:end] for end in _ends(place) if place[:end] not in loud) for place in silent
        )


def last_key(path: Path) -> str:
    """Return the innermost key of a place."""
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def numbers_in(text: str) -> Iterator[int]:
    """Yield the numbers in a text that was put together of several."""
    return (int(found[1]) for found in _NUMBER.finditer(text))


def _leaf(number: int) -> str:
    return f"x-kg-leaf:{number}-"


def _ends(path: Path) -> range:
    return range(1, len(path) + 1)


def _iris(context: Context, values: dict[str, Any]) -> Counter[str]:
    found: Counter[str] = Counter()
    for subject, predicate, value in statements(context, values):
        found.update((subject.iri, predicate, value.iri if isinstance(value, Term) else value.datatype))
    del found[""]
    return found
