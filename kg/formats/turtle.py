"""Turtle and TriG that people like to read: one block per subject, objects sorted, long lists wrapped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kg.formats.terms import HOLE, MOST_TEMPLATES, Abbreviations, bracketed, escaped, template
from kg.formats.writer import Writer
from kg.graph import IRI, Description, Filled, Literal, Object, Pattern, RecordGraph
from kg.recent import Recent
from kg.vocabulary import RDF_TYPE, XSD_BOOLEAN, XSD_DECIMAL, XSD_INTEGER

_WIDTH = 110
_NEXT = " ;\n    "
_HEAD = 1 << 18
"""So many bytes are held back, so that the prefixes of a small graph all stand at its top."""


class _Names(dict[IRI, str]):
    """What stands for each predicate, with a blank behind it."""

    def __init__(self, short: Abbreviations) -> None:
        self._short = short

    def __missing__(self, predicate: IRI) -> str:
        name = self[predicate] = "a " if predicate == RDF_TYPE else self._short(predicate) + " "
        return name


class TurtleWriter(Writer):
    """Writes record graphs as Turtle; the prefixes stand where they are first used."""

    def __init__(self, prefixes: Mapping[str, str], base: str = "", graph: IRI | None = None) -> None:
        self._short = Abbreviations(prefixes, base)
        self._names = _Names(self._short)
        self._templates = Recent[Pattern, str](MOST_TEMPLATES)
        self._whole = self._lead = "#"
        self._declared = 0
        self._held: list[bytes] = []
        self._held_size = 0
        self._started = False

    def part(self, graph: RecordGraph) -> bytes:
        """Return the blocks of one record alone; `used` grows by the prefixes that are new in them."""
        # Few blocks have letters beyond ASCII, which take long to encode: so each is encoded by itself.
        return b"".join(map(str.encode, map(self._block, graph.descriptions)))

    @property
    def used(self) -> Mapping[str, str]:
        """The prefixes that were used, with their namespaces, in the order of their first use."""
        return self._short.used

    def placed(self, data: bytes, used: Iterable[tuple[str, str]]) -> bytes:
        """Return what is written of a part that another writer made; `used` are its new prefixes."""
        for prefix, namespace in used:
            self._short.used.setdefault(prefix, namespace)
        return self._directives() + self._enclosed(data) if self._started else self._hold(data)

    def end(self) -> bytes:
        """Return what is still held back."""
        return b"" if self._started else self._release()

    def _hold(self, data: bytes) -> bytes:
        """Hold a part back; return all that was, once it is enough."""
        self._held.append(data)
        self._held_size += len(data)
        return self._release() if self._held_size > _HEAD else b""

    def _release(self) -> bytes:
        self._started = True
        data = b"".join(self._held)
        self._held.clear()
        return self._directives() + self._enclosed(data)

    def _enclosed(self, data: bytes) -> bytes:
        return data

    def _directives(self) -> bytes:
        used = self._short.used
        if self._declared == len(used):
            return b""
        new = list(used.items())[self._declared :]
        self._declared = len(used)
        prefixes = [f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in sorted(new) if prefix]
        bases = [f"@base <{namespace}> .\n" for prefix, namespace in new if not prefix]
        return "".join([*prefixes, *bases, "\n"]).encode()

    def _block(self, description: Description) -> str:
        subject, said, _ = description
        if type(said) is Filled:
            known, other = self._short.known.values, self._object
            text = self._templates.values.get(said.pattern) or self._template(said.pattern)
            texts = [
                escaped(value) if type(value) is str else known.get(value) or other(value)
                for value in said.objects
            ]
            return text % (self._subject(subject), *texts)
        facts = said if type(said) is dict else description.facts
        return f"{self._subject(subject)} {_NEXT.join(self._lines(facts))} .\n\n"

    def _template(self, pattern: Pattern) -> str:
        """Return what is written of a pattern, with `%s` for the subject and for the object of each hole."""
        known = self._templates.get(pattern)
        if known is None:
            lines = [
                line
                for name, objects in pattern.facts.items()
                for line in ([self._names[name] + HOLE] if objects is None else self._lines({name: objects}))
            ]
            known = template(f"{HOLE} {_NEXT.join(lines)} .\n\n")
            self._templates.keep(pattern, known)
        return known

    def _lines(self, facts: Mapping[IRI, list[Object]]) -> list[str]:
        """Return predicates, each with its objects."""
        names, known, other = self._names, self._short.known.values, self._object
        return [
            names[predicate]
            + (escaped(values[0]) if type(values[0]) is str else known.get(values[0]) or other(values[0]))
            if len(values) == 1
            else self._several(names[predicate], values)
            for predicate, values in facts.items()
        ]

    def _several(self, name: str, values: list[Object]) -> str:
        known, other = self._short.known.values, self._object
        texts = [
            escaped(value) if type(value) is str else known.get(value) or other(value) for value in values
        ]
        texts.sort()
        return name + _listed(texts, len(name) + 4)

    def _subject(self, iri: IRI) -> str:
        """Return a subject: mostly a part of the same record as the one before."""
        if iri.startswith(self._whole):
            name = iri[len(self._whole) :]
            if name.isalnum() and name.isascii():
                return f"{self._lead}{name}>"
        whole, mark, _ = iri.partition("#")
        text = self._short.known.get(whole)
        if not mark and text is not None:
            return text
        if mark and text is not None and text.startswith("<"):
            self._whole, self._lead = f"{whole}#", f"{text[:-1]}#"
        return self._short.once(iri)

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
    start, used = 0, indent + len(texts[0])
    for number in range(1, len(texts)):
        size = len(texts[number])
        if used + size + 4 > _WIDTH:
            yield ", ".join(texts[start:number])
            start, used = number, 8 + size
        else:
            used += size + 2
    yield ", ".join(texts[start:])


class TrigWriter(TurtleWriter):
    """Writes record graphs as TriG: as Turtle, inside the named graph if there is one."""

    def __init__(self, prefixes: Mapping[str, str], base: str = "", graph: IRI | None = None) -> None:
        super().__init__(prefixes, base, graph)
        self._graph = graph
        self.apart = graph is not None

    def _enclosed(self, data: bytes) -> bytes:
        if self._graph is None or not data:
            return data
        return b"".join((bracketed(self._graph).encode(), b" {\n", data, b"}\n\n"))
