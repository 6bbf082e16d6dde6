"""Formats of answers: one row each. The command line, the documentation and the tests read this table."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import IO, Any, Protocol, cast

from kg.errors import UsageError
from kg.identifiers import NAMESPACES
from kg.query.answers import Answer
from kg.query.syntax import Kind
from kg.query.table import Shown, table_lines
from kg.vocabulary import DEFAULT_BASE, PREFIXES

_BLOCK = 1 << 16


class Sink(Protocol):
    """What takes text: an output file, standard output."""

    def write(self, text: str) -> object:
        """Write some text."""
        ...


@dataclass(frozen=True, slots=True)
class View:
    """How a table is shown: the columns of the terminal (0: as wide as it needs), and prefixes."""

    width: int = 0
    prefixes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ResultFormat:
    """One format: for rows and booleans (`solutions`), for triples (`graphs`), or for both."""

    name: str
    extensions: tuple[str, ...]
    media_type: str
    solutions: Callable[[Answer, Sink, View], Shown | None] | None
    graphs: Callable[[Answer, Sink, View], Shown | None] | None


class _Bytes:
    """Passes the bytes that an engine writes to a sink as text; a character may be cut between two writes."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._last = b""

    def write(self, data: bytes) -> int:
        """Pass some bytes on."""
        self._sink.write(self._decoder.decode(data))
        self._last = data[-1:] or self._last
        return len(data)

    def end_line(self) -> None:
        """End the last line, where the engine did not."""
        if self._last != b"\n":
            self._sink.write("\n")

    def flush(self) -> None:
        """Do nothing: the sink is flushed when it is whole."""


def _table(answer: Answer, sink: Sink, view: View) -> Shown:
    if answer.kind is Kind.ASK:
        sink.write("yes\n" if answer.boolean() else "no\n")
        return Shown()
    shown = Shown()
    for line in table_lines(answer, view.width, known_prefixes() | dict(view.prefixes), shown):
        sink.write(line + "\n")
    return shown


def _solutions(name: str) -> Callable[[Answer, Sink, View], None]:
    def write(answer: Answer, sink: Sink, view: View) -> None:  # noqa: ARG001 - one signature for all formats
        import pyoxigraph

        form: Any = getattr(pyoxigraph.QueryResultsFormat, name)
        answer.stream.seek(0)
        parsed = pyoxigraph.parse_query_results(answer.stream, pyoxigraph.QueryResultsFormat.TSV)
        target = _Bytes(sink)
        parsed.serialize(cast("IO[bytes]", target), form)
        target.end_line()

    return write


def _copied(answer: Answer, sink: Sink, view: View) -> None:  # noqa: ARG001 - one signature for all formats
    """Write the answer in the form in which it is kept."""
    answer.stream.seek(0)
    target = _Bytes(sink)
    while block := answer.stream.read(_BLOCK):
        target.write(block)
    target.end_line()


def _graph(name: str) -> Callable[[Answer, Sink, View], None]:
    def write(answer: Answer, sink: Sink, view: View) -> None:
        import pyoxigraph

        form: Any = getattr(pyoxigraph.RdfFormat, name)
        target = _Bytes(sink)
        used = used_prefixes(answer, known_prefixes() | dict(view.prefixes))
        pyoxigraph.serialize(answer.triples(), cast("IO[bytes]", target), form, prefixes=used)
        target.end_line()

    return write


class _WithoutPrefixes:
    """A sink that leaves out the first lines, which declare prefixes in an order of chance."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._start: str | None = ""

    def write(self, text: str) -> None:
        """Pass on what follows the declarations."""
        if self._start is None:
            self._sink.write(text)
            return
        lines = (self._start + text).splitlines(keepends=True)
        while lines and lines[0].startswith("@prefix") and lines[0].endswith("\n"):
            del lines[0]
        rest = "".join(lines)
        if rest and not "@prefix ".startswith(rest[:8]):
            self._start = None
            self._sink.write(rest)
        else:
            self._start = rest


def _turtle(answer: Answer, sink: Sink, view: View) -> None:
    """Write Turtle: only prefixes that are used, in the order of their names."""
    prefixes = dict(view.prefixes)
    for name, namespace in sorted(used_prefixes(answer, known_prefixes() | prefixes).items()):
        sink.write(f"@prefix {name}: <{namespace}> .\n")
    _graph("TURTLE")(answer, _WithoutPrefixes(sink), view)


def used_prefixes(answer: Answer, prefixes: Mapping[str, str]) -> dict[str, str]:
    """Return the prefixes of which an answer of triples holds an IRI."""
    used: dict[str, str] = {}
    answer.stream.seek(0)
    while lines := answer.stream.readlines(_BLOCK):
        block = b"".join(lines)
        for name, namespace in prefixes.items():
            if name not in used and f"<{namespace}".encode() in block:
                used[name] = namespace
    return used


RESULT_FORMATS: Mapping[str, ResultFormat] = MappingProxyType(
    {
        row.name: row
        for row in (
            ResultFormat("table", (".txt",), "text/plain", _table, _turtle),
            ResultFormat("csv", (".csv",), "text/csv", _solutions("CSV"), None),
            ResultFormat("tsv", (".tsv",), "text/tab-separated-values", _copied, None),
            ResultFormat(
                "json", (".srj", ".json"), "application/sparql-results+json", _solutions("JSON"), None
            ),
            ResultFormat("xml", (".srx", ".xml"), "application/sparql-results+xml", _solutions("XML"), None),
            ResultFormat("turtle", (".ttl", ".turtle"), "text/turtle", None, _turtle),
            ResultFormat("ntriples", (".nt",), "application/n-triples", None, _copied),
            ResultFormat("jsonld", (".jsonld", ".json"), "application/ld+json", None, _graph("JSON_LD")),
            ResultFormat("rdfxml", (".rdf", ".xml", ".owl"), "application/rdf+xml", None, _graph("RDF_XML")),
        )
    }
)
"""Every format by its name."""


def known_prefixes() -> dict[str, str]:
    """Return the prefixes by which IRIs are abbreviated: vocabularies, identifiers, minted things."""
    minted = {name: f"{DEFAULT_BASE}{name}/" for name in ("dataset", "journal", "post", "publisher")}
    figures = {"figure": "https://pfocr.wikipathways.org/figures/"}
    return dict(PREFIXES) | {name: row.stem for name, row in NAMESPACES.items()} | minted | figures


def formats_for(kind: Kind) -> Iterator[ResultFormat]:
    """Yield the formats for a kind of query."""
    return (row for row in RESULT_FORMATS.values() if (row.graphs if kind.is_graph else row.solutions))


def result_format(kind: Kind, name: str | None, target: str | None) -> ResultFormat:
    """Return the format of an answer: by its name, else by the extension of the file, else a table.

    Raises:
        UsageError: there is no such format, or it is not one for this kind of query.

    >>> result_format(Kind.ASK, None, "answer.json").name, result_format(Kind.CONSTRUCT, None, "a.json").name
    ('json', 'jsonld')
    """
    fitting = {row.name: row for row in formats_for(kind)}
    if name is not None:
        if name in fitting:
            return fitting[name]
        what = "is not one for" if name in RESULT_FORMATS else "is no format; there are these for"
        raise UsageError(f"--format {name}: this {what} {kind.value} ({', '.join(fitting)})")
    if target is None:
        return fitting["table"]
    for row in fitting.values():
        if target.lower().endswith(row.extensions):
            return row
    known = ", ".join(row.extensions[0] for row in fitting.values())
    raise UsageError(
        f"{target}: the answer to {kind.value} has no format of this extension ({known}), or --format"
    )


def write_answer(answer: Answer, form: ResultFormat, sink: Sink, view: View | None = None) -> Shown:
    """Write an answer in a format; return what a table left out.

    Raises:
        UsageError: the format is not one for this kind of answer.
        WriteError: the sink cannot be written to.
    """
    write = form.graphs if answer.kind.is_graph else form.solutions
    if write is None:
        raise UsageError(f"{form.name} is no format for the answer to {answer.kind.value}")
    return write(answer, sink, view or View()) or Shown()
