"""JSON-LD 1.1, nested by record under our own context, which stands in the file: no network is needed.

What a record graph describes stands where it is first named; what says that it is part of something
(`schema:isPartOf`) stands inside it, under `hasMention`. An entity that was described earlier is a
compact IRI.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from kg import resources
from kg.formats.terms import HOLE, MOST_TEMPLATES, Abbreviations, escaped, template
from kg.formats.writer import Writer
from kg.graph import IRI, Description, Filled, Literal, Object, Pattern, RecordGraph
from kg.recent import Recent
from kg.vocabulary import IS_PART_OF, RDF_TYPE, XSD_BOOLEAN, XSD_INTEGER

_ID = IRI("@id")
_NATIVE = (XSD_INTEGER, XSD_BOOLEAN)
_SAFE_INTEGER = 15
"""Integers of more digits are written as text: JSON readers may round them."""

_MOST_KNOWN = 10_000


class _Term(NamedTuple):
    """A term of the context: its key in quotes, the type that it gives to texts, whether that is a link."""

    key: str
    coercion: str
    links: bool = False


class _Template(NamedTuple):
    """What is written of a pattern in what it is part of: its text, and the terms of the other holes."""

    text: str
    terms: list[_Term | None]


def read_context() -> str:
    """Return the text of the context file that ships with the package."""
    return resources.ontology().joinpath("context.jsonld").read_text(encoding="utf-8")


class JsonLdWriter(Writer):
    """Writes record graphs as one JSON-LD document."""

    apart = True

    def __init__(self, prefixes: Mapping[str, str], base: str = "", graph: IRI | None = None) -> None:
        self._text = read_context()
        self._context: dict[str, Any] = json.loads(self._text)["@context"]
        names = {
            key: value
            for key, value in self._context.items()
            if isinstance(value, str) and value[-1:] in "/#:" and "://" in value
        }
        self._short = Abbreviations(names)
        self.terms: dict[IRI | str, _Term] = dict(self._read_terms(names))
        self._classes = {
            self._expanded(value, names): escaped(key)
            for key, value in self._context.items()
            if isinstance(value, str) and key[:1].isupper() and "://" not in value
        }
        self._between = b""
        self._quoted = Recent[IRI, str](_MOST_KNOWN)
        self.templates = Recent[tuple[Pattern, str], _Template](MOST_TEMPLATES)

    def _read_terms(self, names: Mapping[str, str]) -> list[tuple[str, _Term]]:
        found = []
        for key, value in self._context.items():
            if isinstance(value, dict) and "@id" in value:
                coercion = self._expanded(value["@type"], names)
                found.append(
                    (self._expanded(value["@id"], names), _Term(escaped(key), coercion, coercion == _ID))
                )
            elif isinstance(value, str) and not key.startswith("@") and ":" in value and "://" not in value:
                found.append((self._expanded(value, names), _Term(escaped(key), "")))
        return found

    @staticmethod
    def _expanded(text: str, names: Mapping[str, str]) -> str:
        prefix, colon, local = text.partition(":")
        return names.get(prefix, prefix + colon) + local

    def start(self) -> bytes:
        """Return the context and what opens the list of records."""
        return (self._text.rstrip().removesuffix("}").rstrip() + ',\n  "@graph": [').encode()

    def part(self, graph: RecordGraph) -> bytes:
        """Return the node objects of one record alone."""
        text = self.nodes(graph)
        return f"\n{text}".encode() if text else b""

    def nodes(self, graph: RecordGraph) -> str:
        """Return the node objects of one record, with commas between."""
        return _Tree(graph, self).text()

    def placed(self, data: bytes, used: Iterable[tuple[str, str]]) -> bytes:
        """Return what is written of a part that another writer made."""
        if not data:
            return data
        between, self._between = self._between, b","
        return between + data

    def end(self) -> bytes:
        """Return what closes the list of records and the document."""
        return b"\n  ]\n}\n"

    def term(self, predicate: IRI) -> _Term:
        """Return the term of a predicate; its full IRI where the context has none."""
        term = self.terms.get(predicate)
        if term is None:
            term = self.terms[predicate] = _Term(escaped(predicate), "")
        return term

    def iri(self, iri: IRI) -> str:
        """Return an IRI in quotes, compact where the context has a prefix for it."""
        text = self._quoted.get(iri)
        if text is None:
            text = self.subject(iri)
            self._quoted.keep(iri, text)
        return text

    def subject(self, iri: IRI) -> str:
        """Return the same of an IRI that is not met again soon."""
        text = self._short.once(iri)
        return escaped(text[1:-1] if text.startswith("<") else text)

    def type(self, iri: Object) -> str:
        """Return a class in quotes."""
        if type(iri) is not IRI:
            raise ValueError(f"not a class: {iri!r}")
        return self._classes.get(iri) or escaped(iri)

    def value(self, value: Object, coercion: str) -> str:
        """Return an IRI or literal as the JSON that a term with that coercion reads back as itself."""
        if type(value) is IRI:
            text = self.iri(value)
            return text if coercion == _ID else f'{{"id": {text}}}'
        if isinstance(value, str):
            return escaped(value) if not coercion else f'{{"value": {escaped(value)}}}'
        return self._literal(value, coercion)

    def _literal(self, value: Literal, coercion: str) -> str:
        lexical, datatype = value
        if datatype == coercion:
            native = datatype in _NATIVE and len(lexical) <= _SAFE_INTEGER
            return lexical if native else escaped(lexical)
        return f'{{"type": {escaped(self._short(datatype).strip("<>"))}, "value": {escaped(lexical)}}}'


class _Tree:
    """The descriptions of one record graph, put into one another."""

    def __init__(self, graph: RecordGraph, writer: JsonLdWriter) -> None:
        self._writer = writer
        found = [
            description
            if type(description.said) in (dict, Filled)
            else description.saying(description.facts)  # what makes facts makes them once
            for description in graph.descriptions
        ]
        self._left = {description.subject: description for description in found}
        self._parts: dict[IRI, list[Description]] = {}
        self._root = graph.root
        for description in found:
            if description.fingerprint:
                continue
            whole = description.objects(IS_PART_OF)
            if len(whole) == 1 and description.subject != whole[0]:
                self._parts.setdefault(whole[0], []).append(description)  # type: ignore[arg-type]  # an IRI by the model

    def text(self) -> str:
        """Return the node objects: the root with what it holds, and what nothing holds."""
        nodes = []
        while self._left:
            subject = self._root if self._root in self._left else self._next_whole()
            nodes.append("    " + self._node(self._left.pop(subject), "      "))
        return ",\n".join(nodes)

    def _next_whole(self) -> IRI:
        """Return the next subject that is no part of another one that is left."""
        for subject, description in self._left.items():
            whole = description.objects(IS_PART_OF)
            if not any(part in self._left for part in whole if part != subject):
                return subject
        return next(iter(self._left))

    def _node(self, description: Description, indent: str) -> str:
        """Return the node object of what stands on its own, with its parts inside."""
        return self._object(description.subject, description.facts, indent)

    def _object(self, subject: IRI, facts: Mapping[IRI, list[Object]], indent: str) -> str:
        lines = [f'"id": {self._writer.subject(subject)}']
        lines += [self._line(predicate, objects, indent) for predicate, objects in facts.items()]
        parts = [part for part in self._parts.get(subject, ()) if self._left.pop(part.subject, None)]
        if parts:
            nodes = [self._part(part, indent + "    ") for part in parts]
            lines.append(f'"hasMention": [{_lines(nodes, indent)}]')
        return _braced(lines, indent)

    def _part(self, part: Description, indent: str) -> str:
        """Return the node object of a part, which does not say what it is part of."""
        subject, said, _ = part
        # Where something that the pattern names is still to be described, it is described inside.
        if (
            type(said) is Filled
            and subject not in self._parts
            and self._left.keys().isdisjoint(said.pattern.said)
        ):
            known = self._template(said.pattern, indent)
            texts = [
                self._one(value, term, indent)
                for value, term in zip(said.objects, known.terms, strict=True)
                if term is not None
            ]
            return known.text % (self._writer.subject(subject), *texts)
        facts = {name: objects for name, objects in part.facts.items() if name != IS_PART_OF}
        return self._object(subject, facts, indent)

    def _template(self, pattern: Pattern, indent: str) -> _Template:
        """Return what is written of the parts with a pattern."""
        templates, term = self._writer.templates, self._writer.term
        known = templates.get((pattern, indent))
        if known is None:
            lines = [
                f"{term(name).key}: {HOLE}" if objects is None else self._line(name, objects, indent)
                for name, objects in pattern.facts.items()
                if name != IS_PART_OF
            ]
            text = template(_braced([f'"id": {HOLE}', *lines], indent))
            known = _Template(text, [None if name == IS_PART_OF else term(name) for name in pattern.holes])
            templates.keep((pattern, indent), known)
        return known

    def _line(self, predicate: IRI, objects: list[Object], indent: str) -> str:
        """Return a predicate with its objects."""
        writer = self._writer
        if predicate == RDF_TYPE:
            return f'"type": {_joined(list(map(writer.type, objects)), indent)}'
        term = writer.terms[predicate] if predicate in writer.terms else writer.term(predicate)
        value = objects[0]
        if len(objects) > 1:
            text = self._several(objects, term, indent)
        elif type(value) is str and not term.coercion:
            text = escaped(value)
        else:
            text = self._one(value, term, indent)
        return f"{term.key}: {text}"

    def _several(self, objects: list[Object], term: _Term, indent: str) -> str:
        # Texts, the usual case, are in the same order without a key.
        in_order = sorted(objects, key=_order if Literal in set(map(type, objects)) else None)
        return _joined([self._one(value, term, indent + "  ") for value in in_order], indent)

    def _one(self, value: Object, term: _Term, indent: str) -> str:
        if type(value) is IRI:
            if value in self._left and not self._is_part(value):
                return self._node(self._left.pop(value), indent + "  ")
            if term.links:
                return self._writer.iri(value)
        elif type(value) is str and not term.coercion:
            return escaped(value)
        return self._writer.value(value, term.coercion)

    def _is_part(self, subject: IRI) -> bool:
        """Say whether a subject stands inside what it is part of, or is the root, rather than here."""
        description = self._left.get(subject)
        if description is None or subject == self._root:
            return True
        whole = description.objects(IS_PART_OF)
        return bool(whole) and not description.fingerprint and whole[0] in self._parts


def _braced(lines: list[str], indent: str) -> str:
    """Return a node object of its lines."""
    between = f",\n{indent}"
    return f"{{\n{indent}{between.join(lines)}\n{indent[:-2]}}}"


def _order(value: Object) -> tuple[str, str]:
    return ("", value) if isinstance(value, str) else (value.datatype, value.lexical)


def _joined(values: list[str], indent: str) -> str:
    """Return one value as itself, short texts in one line, and node objects on lines of their own."""
    if len(values) == 1:
        return values[0]
    line = f"[{', '.join(values)}]"
    return line if len(line) < 100 and "\n" not in line else f"[{_lines(values, indent)}]"


def _lines(values: list[str], indent: str) -> str:
    start = f"\n{indent}  "
    between = f",{start}"
    return f"{start}{between.join(values)}\n{indent}"
