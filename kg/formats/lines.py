"""N-Triples and N-Quads, in their canonical form, one record after the other."""

from __future__ import annotations

from collections.abc import Mapping

from kg.formats.terms import bracketed, escaped
from kg.graph import IRI, Object, RecordGraph


class NTriplesWriter:
    """Writes record graphs as N-Triples."""

    def __init__(self, prefixes: Mapping[str, str], base: str = "", graph: IRI | None = None) -> None:
        self._end = " .\n"
        self._predicates: dict[IRI, str] = {}

    def start(self) -> str:
        """Return what stands before the first record: nothing."""
        return ""

    def record(self, graph: RecordGraph) -> str:
        """Return the lines of one record."""
        lines: list[str] = []
        for description in graph.descriptions:
            subject = bracketed(description.subject)
            for predicate, objects in description.facts.items():
                head = f"{subject} {self._predicate(predicate)} "
                texts = map(_object, objects) if len(objects) == 1 else sorted(map(_object, objects))
                lines.extend(f"{head}{text}{self._end}" for text in texts)
        return "".join(lines)

    def end(self) -> str:
        """Return what stands after the last record: nothing."""
        return ""

    def _predicate(self, predicate: IRI) -> str:
        text = self._predicates.get(predicate)
        if text is None:
            text = self._predicates[predicate] = bracketed(predicate)
        return text


def _object(value: Object) -> str:
    if type(value) is IRI:
        return bracketed(value)
    if isinstance(value, str):
        return escaped(value)
    return f"{escaped(value.lexical)}^^{bracketed(value.datatype)}"


class NQuadsWriter(NTriplesWriter):
    """Writes record graphs as N-Quads: in the named graph if there is one."""

    def __init__(self, prefixes: Mapping[str, str], base: str = "", graph: IRI | None = None) -> None:
        super().__init__(prefixes, base, graph)
        if graph is not None:
            self._end = f" {bracketed(graph)} .\n"
