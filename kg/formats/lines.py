"""N-Triples and N-Quads, in their canonical form, one record after the other."""

from __future__ import annotations

from collections.abc import Mapping

from kg.formats.terms import HOLE, MOST_TEMPLATES, bracketed, escaped, template
from kg.formats.writer import Writer
from kg.graph import IRI, Filled, Object, Pattern, RecordGraph
from kg.recent import Recent

_MOST_KNOWN = 10_000


class NTriplesWriter(Writer):
    """Writes record graphs as N-Triples."""

    def __init__(self, prefixes: Mapping[str, str], base: str = "", graph: IRI | None = None) -> None:
        self._end = " .\n"
        self._known = Recent[Object, str](_MOST_KNOWN)
        self._templates = Recent[Pattern, str](MOST_TEMPLATES)

    def part(self, graph: RecordGraph) -> bytes:
        """Return the lines of one record."""
        blocks: list[bytes] = []
        known, end = self._known.values, self._end
        for description in graph.descriptions:
            iri, said, _ = description
            subject = known.get(iri) or bracketed(iri)
            if type(said) is Filled:
                text = self._templates.values.get(said.pattern) or self._template(said.pattern)
                texts = [
                    escaped(value) if type(value) is str else known.get(value) or self._object(value)
                    for value in said.objects
                ]
                blocks.append((text % tuple(texts)).replace("\0", subject).encode())
                continue
            lines: list[str] = []
            for predicate, objects in description.facts.items():
                head = f"{subject} {known.get(predicate) or self._iri(predicate)} "
                texts = [
                    escaped(value) if type(value) is str else known.get(value) or self._object(value)
                    for value in objects
                ]
                if len(texts) > 1:
                    texts.sort()
                lines += [f"{head}{text}{end}" for text in texts]
            blocks.append("".join(lines).encode())
        return b"".join(blocks)

    def _template(self, pattern: Pattern) -> str:
        """Return the lines of a pattern, with NUL for the subject and `%s` for the object of each hole."""
        known = self._templates.get(pattern)
        if known is None:
            lines = [
                f"\0 {self._iri(predicate)} {text}{self._end}"
                for predicate, objects in pattern.facts.items()
                for text in ([HOLE] if objects is None else sorted(map(self._object, objects)))
            ]
            known = template("".join(lines))
            self._templates.keep(pattern, known)
        return known

    def _iri(self, iri: IRI) -> str:
        text = self._known.get(iri)
        if text is None:
            text = bracketed(iri)
            self._known.keep(iri, text)
        return text

    def _object(self, value: Object) -> str:
        if type(value) is IRI:
            return self._iri(value)
        if isinstance(value, str):
            return escaped(value)
        return f"{escaped(value.lexical)}^^{self._iri(value.datatype)}"


class NQuadsWriter(NTriplesWriter):
    """Writes record graphs as N-Quads: in the named graph if there is one."""

    def __init__(self, prefixes: Mapping[str, str], base: str = "", graph: IRI | None = None) -> None:
        super().__init__(prefixes, base, graph)
        if graph is not None:
            self._end = f" {bracketed(graph)} .\n"
