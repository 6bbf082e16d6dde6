"""Records of no built-in type: front matter as linked data through a JSON-LD context (YAML-LD).

Every value of front matter is text; the context says what it means. So that each problem has a place, the
values are numbered: the JSON-LD processor sees the numbers, and each statement that it makes is given the
text of its number, or is a problem at the line of that text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from kg.errors import UsageError
from kg.frontmatter import Path as FieldPath
from kg.frontmatter import field_name
from kg.graph import IRI, Literal, Object
from kg.iris import absolute_iri, encoded, http_iri, slug
from kg.problems import Problem, RecordLostError, Report, shown
from kg.records.context import Context, read_context
from kg.records.datatypes import fitted
from kg.records.jsonld import Numbered, Term, Typed, kept, last_key, numbers_in, statements
from kg.records.lookups import Lookups
from kg.source import Document
from kg.vocabulary import XSD

_FIELD = re.compile(r"\{([^{}]*)\}")


class Blank(NamedTuple):
    """A node without an IRI; its label holds in its record only."""

    label: str


Node: TypeAlias = "IRI | Blank"
Statement: TypeAlias = "tuple[Node, IRI, Object | Blank]"


class Other(NamedTuple):
    """A record of another type: its IRI, its type, and what its front matter says, in its order."""

    iri: IRI
    type: IRI
    statements: tuple[Statement, ...]


class OtherReader(NamedTuple):
    """How records of another type are read: a context, a type and a template of their IRIs."""

    context: Context
    type: str
    type_iri: IRI
    template: str

    def parse(self, document: Document, lookups: Lookups, report: Report) -> Other:
        """Parse a document.

        Raises:
            RecordLostError: it lacks a key that its IRI is made of.
        """
        iri = _record_iri(self.template, document)
        return Other(iri, self.type_iri, tuple(_OtherParser(self, iri, document, report).parse()))


def other_reader(context: str | Path, type_: str, template: str) -> OtherReader:
    """Make a reader of options as the user gives them.

    Raises:
        UsageError: the context cannot be used, the type is no IRI, or the template makes no IRIs.
    """
    read = read_context(context)
    example = _FIELD.sub("x", template)
    if not _FIELD.search(template) or http_iri(example) is None:
        raise UsageError(
            f"--id {template}: expected an http or https IRI with a key in braces, such as"
            " https://example.org/recipe/{stem}"
        )
    try:
        found = [value for _, _, value in statements(read, {"@id": example, "@type": type_})]
    except SyntaxError as error:
        raise UsageError(f"--context {context}: {error}") from None
    iri = found[0].iri if found and isinstance(found[0], Term) else None
    if iri is None or absolute_iri(iri) is None:
        raise UsageError(f"--type {type_}: expected an absolute IRI, or a term of the context that is one")
    return OtherReader(read, type_, IRI(iri), template)


def _record_iri(template: str, document: Document) -> IRI:
    """Return the IRI of a record: each key in braces is a value of its own, percent-encoded.

    Raises:
        RecordLostError: a value is absent, or is no text.
    """
    return IRI(_FIELD.sub(lambda field: encoded(_named(field[1], document)), template))


def _named(key: str, document: Document) -> str:
    value = document.values.get(key)
    has_file = not document.stem.startswith("<")
    if key == "stem" and has_file:
        return document.stem
    if isinstance(value, str) and kept(value):
        return value.strip()
    if key == "slug" and value is None and has_file:
        return slug(document.stem)
    line, column = document.place((key,))
    expected = "a text that names the record"
    raise RecordLostError(Problem("missing-key", document.path, line, column, key, expected, shown(value)))


class _OtherParser:
    """Parses one document."""

    def __init__(self, reader: OtherReader, iri: IRI, document: Document, report: Report) -> None:
        self.context, self.document, self.report = reader.context, document, report
        self.named_by = frozenset(_FIELD.findall(reader.template))
        self.root: dict[str, Any] = {"@id": str(iri), "@type": reader.type}
        self.numbered = Numbered(reader.context, document.values, refuse=self._refuse_context)
        self.told: set[int] = set()
        self.iris: dict[int, Node | None] = {}

    def parse(self) -> Iterator[Statement]:
        """Yield the statements; what is wrong with a value is reported, and the value is left out."""
        self.document.missing += self.numbered.missing
        self._leave_out(self._wrong_types())
        for subject, predicate, value in self._statements():
            statement = self._statement(subject, predicate, value)
            if statement is not None:
                yield statement
        self._report_rest()

    def _leave_out(self, places: frozenset[FieldPath]) -> None:
        if places:
            self.numbered = Numbered(
                self.context, self.document.values, refuse=lambda path, value: None, without=places
            )

    def _wrong_types(self) -> frozenset[FieldPath]:
        wrong = [row for row in self.numbered.types if self.numbered.resolved(*row, self.root) is None]
        for path, text in wrong:
            self._problem("bad-iri", path, "an IRI, or a term of the context", text)
        return frozenset(path for path, _ in wrong)

    def _statements(self) -> list[tuple[Term, str, Term | Typed]]:
        """Return what the processor says of the numbered record; a key that it refuses is left out."""
        try:
            return self._processed(self.numbered.values)
        except SyntaxError:
            refused = {
                (key,): error
                for key, value in self.numbered.values.items()
                if (error := self._error_of({key: value})) is not None
            }
        for path, error in refused.items():
            self._problem("json-ld", path, "a value that fits the context", error)
        self._leave_out(frozenset(refused))
        return self._processed(self.numbered.values)

    def _processed(self, values: dict[str, Any]) -> list[tuple[Term, str, Term | Typed]]:
        return list(statements(self.context, {**self.root, **values}))

    def _error_of(self, values: dict[str, Any]) -> str | None:
        try:
            self._processed(values)
        except SyntaxError as error:
            return str(error)
        return None

    def _statement(self, subject: Term, predicate: str, value: Term | Typed) -> Statement | None:
        numbers = [part.number for part in (subject, value) if part.number is not None]
        self.told.update(numbers)
        verb = absolute_iri(predicate)
        if verb is None or subject.in_graph:
            expected = "no graph in the record" if subject.in_graph else "a key that stands for an IRI"
            self._problem("json-ld", self._place(numbers), expected, predicate)
            return None
        start = self._node(subject)
        end = self._node(value) if isinstance(value, Term) else self._literal(value)
        return None if start is None or end is None else (start, verb, end)

    def _place(self, numbers: list[int]) -> FieldPath:
        return self.numbered.leaves[numbers[-1]][0] if numbers else ()

    def _node(self, term: Term) -> Node | None:
        if term.blank is not None:
            return Blank(term.blank)
        return IRI(term.iri) if term.number is None else self._numbered_node(term.number)

    def _numbered_node(self, number: int) -> Node | None:
        """Return the node that a text stands for; where the text is no IRI, that is reported once.

        A node whose own IRI is wrong is kept without one.
        """
        if number not in self.iris:
            path, text = self.numbered.leaves[number]
            found = self.numbered.resolved(path, text, self.root)
            if found is None:
                self._problem("bad-iri", path, "an absolute IRI, or a compact one of the context", text)
            nameless = Blank(f"leaf{number}") if self.numbered.is_identifier(number) else None
            self.iris[number] = found or nameless
        return self.iris[number]

    def _literal(self, value: Typed) -> Object | None:
        if value.number is None:
            numbers = list(numbers_in(value.text))
            self.told.update(numbers)
            self._problem("json-ld", self._place(numbers), "a text for each literal", value.datatype)
            return None
        path, text = self.numbered.leaves[value.number]
        if value.language is not None:
            self._problem("language-tag", path, "a text without a language", f"@{value.language}")
            return text
        lexical = fitted(text if value.datatype == _STRING else text.strip(), value.datatype)
        if lexical is None or absolute_iri(value.datatype) is None:
            self._problem("bad-value", path, f"a text of the datatype {value.datatype}", text)
            return None
        return lexical if value.datatype == _STRING else Literal(lexical, IRI(value.datatype))

    def _report_rest(self) -> None:
        """Report what the graph says nothing of, but for the keys that the context sets to null."""
        for path in self.numbered.silent(self.told):
            key = last_key(path)
            if key in self.context.terms or ":" in key or self.context.keyword(key):
                self._problem("json-ld", path, "a value that makes a statement", "one that makes none")
            elif key not in self.context.ignored and key not in self.named_by:
                self._problem("unknown-key", path, "a key of the context", key)

    def _refuse_context(self, path: FieldPath, value: object) -> None:
        self._problem("remote-context", path, "no context but that of --context", value)

    def _problem(self, code: str, path: FieldPath, expected: str, found: object) -> None:
        line, column = self.document.place(path)
        self.report(
            Problem(code, self.document.path, line, column, field_name(path) or None, expected, shown(found))
        )


_STRING = XSD + "string"
