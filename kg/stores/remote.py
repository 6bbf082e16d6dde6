"""Stores on servers: what is loaded is counted there, and only then takes the place of what was before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from kg.errors import UsageError
from kg.graph import IRI
from kg.stores import sparql
from kg.stores.content import Content, Mode, chunks, distinct, spooled
from kg.stores.errors import ServerError, UnsuitableError
from kg.stores.http import Client
from kg.stores.sparql import Endpoints

N_TRIPLES = "application/n-triples"
TURTLE = "text/turtle; charset=utf-8"
UPDATE_TRIPLES, UPDATE_SIZE = 500, 1 << 20
"""The most triples, and bytes of them, of one INSERT DATA."""
VIRTUOSO_TRIPLES, VIRTUOSO_SIZE = 10_000, 8 << 20
"""The most triples, and bytes, of one request to Virtuoso's graph store."""

Insert: TypeAlias = "Callable[[Client, Endpoints, Iterable[bytes], IRI], None]"
"""Sends triples to a graph, in bounded requests."""

# Each step may be run twice. MOVE may not: run again, it would empty the graph.
COPY: Sequence[str] = ("COPY {aside} TO {target}",)
DROP_AND_ADD: Sequence[str] = ("DROP SILENT GRAPH {target}", "ADD {aside} TO {target}")
_ADD: Sequence[str] = ("ADD {aside} TO {target}",)
_UNTOUCHED = "the graph is as it was before"
_ESCAPED = re.compile(r"\\\\([uU])|\\.")
_LONG_INTEGER = re.compile(rb'"([+-]?\d{19,})"\^\^<http://www\.w3\.org/2001/XMLSchema#integer>')
_LARGEST = 1 << 63


@dataclass(frozen=True, slots=True)
class GraphStore:
    """A server with the Graph Store Protocol: it takes a graph in one request, whole or not at all."""

    client: Client
    endpoints: Endpoints

    @property
    def place(self) -> str:
        """The address of the graph store."""
        return self.endpoints.graph_store

    def load(self, content: Content, graph: IRI | None, mode: Mode) -> int:
        """Load content into one graph; return how many triples the server counts in it then.

        Raises:
            ServerError: the server did not take it.
            VerificationError: the server does not hold what was sent.
            RdfFileError: a file of the content is not valid; nothing was sent.
        """
        with distinct(content) as ready, spooled(ready.taken()) as spool:
            if mode is Mode.REPLACE:
                self._send("PUT", spool, graph)
                held = self._count(graph)
                sparql.check_count(self.place, held, ready.sent, "load it again")
                return held
            return self._add(spool, graph, ready.sent)

    def _add(self, spool: Path, graph: IRI | None, sent: int) -> int:
        """Add to a graph, and see in a second graph that nothing of what was sent is missing."""
        aside = sparql.staging(graph)
        try:
            self._send("PUT", spool, aside)
            sparql.check_count(self.place, self._count(aside), sent, _UNTOUCHED)
            self._send("POST", spool, graph)
            missing = sparql.count_missing(self.client, self.endpoints, aside, graph)
            sparql.check_count(self.place, sent - missing, sent, "load it again")
        finally:
            with suppress(ServerError):
                _hasty(self.client).send("DELETE", self.endpoints.graph(aside), missing=True)
        return self._count(graph)

    def _send(self, method: str, spool: Path, graph: IRI | None) -> None:
        self.client.send(method, self.endpoints.graph(graph), spool, {"Content-Type": N_TRIPLES})

    def _count(self, graph: IRI | None) -> int:
        return sparql.count(self.client, self.endpoints, graph)


@dataclass(frozen=True, slots=True)
class UpdateStore:
    """A server with SPARQL Update.

    Triples go over in bounded requests to a graph aside, and from there, all at once, to their own graph.
    """

    client: Client
    endpoints: Endpoints
    insert: Insert
    replace: Sequence[str] = COPY
    default_graph: bool = True

    @property
    def place(self) -> str:
        """The address that takes the updates."""
        return self.endpoints.update

    def load(self, content: Content, graph: IRI | None, mode: Mode) -> int:
        """Load content into one graph; return how many triples the server counts in it then.

        Raises:
            ServerError: the server did not take it.
            VerificationError: the server does not hold what was sent.
            UnsuitableError: the server cannot hold a value.
            RdfFileError: a file of the content is not valid; nothing was sent.
            UsageError: the server takes named graphs only.
        """
        if graph is None and not self.default_graph:
            raise UsageError(f"{self.place}: this server takes named graphs only; name one, --graph IRI")
        with distinct(content) as ready, self._aside(graph) as aside:
            self.insert(self.client, self.endpoints, ready.taken(), aside)
            sparql.check_count(self.place, self._count(aside), ready.sent, _UNTOUCHED)
            for step in self.replace if mode is Mode.REPLACE else _ADD:
                self._update(step.format(aside=f"<{aside}>", target=sparql.target(graph)))
            missing = sparql.count_missing(self.client, self.endpoints, aside, graph)
            sparql.check_count(self.place, ready.sent - missing, ready.sent, "load it again")
        held = self._count(graph)
        if mode is Mode.REPLACE:
            sparql.check_count(self.place, held, ready.sent, _others(graph))
        return held

    @contextmanager
    def _aside(self, graph: IRI | None) -> Iterator[IRI]:
        """Yield a graph to gather a load in, empty now and gone at the end."""
        aside = sparql.staging(graph)
        self._update(f"DROP SILENT GRAPH <{aside}>")
        try:
            yield aside
        except BaseException:
            with suppress(ServerError):
                sparql.update(_hasty(self.client), self.endpoints, f"DROP SILENT GRAPH <{aside}>")
            raise
        self._update(f"DROP SILENT GRAPH <{aside}>")

    def _update(self, text: str) -> None:
        sparql.update(self.client, self.endpoints, text)

    def _count(self, graph: IRI | None) -> int:
        return sparql.count(self.client, self.endpoints, graph)


def insert_data(client: Client, endpoints: Endpoints, texts: Iterable[bytes], graph: IRI) -> None:
    """Send triples as SPARQL updates."""
    for chunk in chunks(texts, UPDATE_TRIPLES, UPDATE_SIZE):
        lines = "".join([_update_line(line.decode()) for line in chunk])
        sparql.update(client, endpoints, f"INSERT DATA {{ GRAPH <{graph}> {{\n{lines}}} }}")


def post_turtle(client: Client, endpoints: Endpoints, texts: Iterable[bytes], graph: IRI) -> None:
    """Send triples to Virtuoso's graph store, which takes them thirty times faster than its INSERT DATA does.

    Raises:
        UnsuitableError: an integer is longer than 64 bits, which Virtuoso cannot hold.
    """
    for chunk in chunks(texts, VIRTUOSO_TRIPLES, VIRTUOSO_SIZE):
        text = b"".join(chunk)
        if _LONG_INTEGER.search(text):
            _check_integers(chunk)
        client.send("POST", endpoints.graph(graph), text, {"Content-Type": TURTLE})


def _check_integers(lines: Iterable[bytes]) -> None:
    for line in lines:
        found = _LONG_INTEGER.search(line)
        if found and not -_LARGEST <= int(found[1]) < _LARGEST:
            raise UnsuitableError(
                f"Virtuoso holds no integer of more than 64 bits: {line.decode().strip()[:300]}"
            )


def _hasty(client: Client) -> Client:
    """Return a client that tries once and soon gives up, for tidying up."""
    return replace(client, attempts=1, timeout=20)


def _update_line(line: str) -> str:
    r"""Return a line of N-Triples as an update may hold it.

    SPARQL reads `\u` anywhere in its text before all else, so that `\\u0022` may end a string: the letter is
    written as an escape of its own.
    """
    if "\\\\u" not in line and "\\\\U" not in line:
        return line
    return _ESCAPED.sub(lambda found: f"\\\\\\u{ord(found[1]):04X}" if found[1] else found[0], line)


def _others(graph: IRI | None) -> str:
    if graph is None:
        return "perhaps its default graph is the union of all graphs: name a graph, --graph IRI"
    return "load it again"
