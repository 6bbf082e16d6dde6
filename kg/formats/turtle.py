"""Turtle and TriG that people like to read: one block per subject, objects sorted, long lists wrapped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kg.formats.terms import Abbreviations, bracketed, escaped
from kg.graph import IRI, Description, Literal, Object, RecordGraph
from kg.vocabulary import RDF_TYPE, XSD_BOOLEAN, XSD_DECIMAL, XSD_INTEGER

_WIDTH = 110
_NEXT = " ;\n    "
_HEAD = 1 << 18
"""So many characters are held back, so that the prefixes of a small graph all stand at its top."""


class TurtleWriter:
    """Writes record graphs as Turtle; the prefixes stand where they are first used."""

    def __init__(self, prefixes: Mapping[str, str], base: str = "", graph: IRI | None = None) -> None:
        self._short = Abbreviations(prefixes, base)
        self._names: dict[IRI, str] = {}
        self._declared = 0
        self._held: list[str] = []
        self._held_size = 0
        self._started = False

    def start(self) -> str:
        """Return what stands before the first record: nothing yet."""
        return ""

    def record(self, graph: RecordGraph) -> str:
        """Return the blocks of one record."""
        text = "".join(map(self._block, graph.descriptions))
        if self._started:
            return self._directives() + self._enclosed(text)
        self._held.append(text)
        self._held_size += len(text)
        return self._release() if self._held_size > _HEAD else ""

    def end(self) -> str:
        """Return what is still held back."""
        return "" if self._started else self._release()

    def _release(self) -> str:
        self._started = True
        text = "".join(self._held)
        self._held.clear()
        return self._directives() + self._enclosed(text)

    def _enclosed(self, text: str) -> str:
        return text

    def _directives(self) -> str:
        used = self._short.used
        if self._declared == len(used):
            return ""
        new = list(used.items())[self._declared :]
        self._declared = len(used)
        prefixes = [f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in sorted(new) if prefix]
        bases = [f"@base <{namespace}> .\n" for prefix, namespace in new if not prefix]
        return "".join([*prefixes, *bases, "\n"])

    def _block(self, description: Description) -> str:
        names, lines = self._names, []
        for predicate, objects in description.facts.items():
            name = names.get(predicate) or self._name(predicate)
            if len(objects) == 1:
                lines.append(name + self._object(objects[0]))
            else:
                lines.append(name + _listed(sorted(map(self._object, objects)), len(name) + 4))
        return f"{self._short(description.subject)} {_NEXT.join(lines)} .\n\n"

    def _name(self, predicate: IRI) -> str:
        name = self._names[predicate] = "a " if predicate == RDF_TYPE else self._short(predicate) + " "
        return name

    def _object(self, value: Object) -> str:
        kind = type(value)
        if kind is IRI:
            return self._short(value)  # type: ignore[arg-type]  # kind says so
        if kind is str:
            return escaped(value)  # type: ignore[arg-type]  # kind says so
        return self._literal(value)  # type: ignore[arg-type]  # nothing else is left

    def _literal(self, value: Literal) -> str:
        lexical, datatype = value
        if datatype in (XSD_INTEGER, XSD_BOOLEAN) or (datatype == XSD_DECIMAL and "." in lexical):
            return lexical
        return f"{escaped(lexical)}^^{self._short(datatype)}"


def _listed(texts: list[str], indent: int) -> str:
    """Return objects in one line if they fit, else in lines of their own."""
    line = ", ".join(texts)
    return line if indent + len(line) + 2 <= _WIDTH else ",\n        ".join(_wrapped(texts, indent))


def _wrapped(texts: list[str], indent: int) -> Iterator[str]:
    """Yield lines of objects, each as long as the width allows; the first one stands behind its predicate."""
    line = texts[0]
    for text in texts[1:]:
        if indent + len(line) + len(text) + 4 > _WIDTH:
            yield line
            line, indent = text, 8
        else:
            line = f"{line}, {text}"
    yield line


class TrigWriter(TurtleWriter):
    """Writes record graphs as TriG: as Turtle, inside the named graph if there is one."""

    def __init__(self, prefixes: Mapping[str, str], base: str = "", graph: IRI | None = None) -> None:
        super().__init__(prefixes, base, graph)
        self._graph = graph

    def _enclosed(self, text: str) -> str:
        if self._graph is None or not text:
            return text
        return f"{bracketed(self._graph)} {{\n{text}}}\n\n"
