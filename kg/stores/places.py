"""Where servers have their endpoints, and of which kind a server is when nobody says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from http.client import HTTPException
from typing import NamedTuple
from urllib.parse import urlsplit

from kg.errors import UsageError
from kg.stores import sparql
from kg.stores.errors import ServerError, UnauthorizedError, UnreachableError
from kg.stores.http import Client
from kg.stores.sparql import Endpoints

GRAPH_STORE, SPARQL_UPDATE, VIRTUOSO = "graph-store", "sparql-update", "virtuoso"

_PROBE_TIMEOUT = 20.0


class Layout(NamedTuple):
    """How one kind of server lays its endpoints out, below a base address."""

    servers: str
    query: str
    update: str
    graph_store: str

    def below(self, base: str) -> Endpoints:
        """Return the endpoints below a base."""
        store = f"{base}{self.graph_store}" if self.graph_store else ""
        return Endpoints(f"{base}{self.query}", f"{base}{self.update}", store)

    def bases(self, url: str) -> Iterator[str]:
        """Yield the bases that an address may mean: itself, or itself without the name of an endpoint."""
        for path in sorted({self.query, self.update, self.graph_store}, key=len, reverse=True):
            if path and url.endswith(path):
                yield url.removesuffix(path)
        yield url


LAYOUTS: Sequence[Layout] = (
    Layout("Oxigraph", "/query", "/update", "/store"),
    Layout("Fuseki", "/query", "/update", "/data"),
    Layout("Fuseki", "/sparql", "/update", "/data"),
    Layout("RDF4J, GraphDB", "", "/statements", "/rdf-graphs/service"),
    Layout("Stardog", "/query", "/update", ""),
    Layout("Blazegraph, QLever and others with one address", "", "", ""),
)
_VIRTUOSO = Layout("Virtuoso", "/sparql", "/sparql-auth", "/sparql-graph-crud-auth")


def located(client: Client, url: str, kind: str | None) -> tuple[str, Endpoints]:
    """Return the kind of a server and its endpoints; `kind` is what the user says, or None.

    Raises:
        UnreachableError: there is no server.
        UnauthorizedError: the server wants (other) credentials.
        UsageError: no endpoints of the kind can be found.
    """
    url = url.rstrip("/")
    if urlsplit(url).query or urlsplit(url).fragment:
        raise UsageError(f"{url}: give the address of the server without ? and #; --graph names the graph")
    if kind == VIRTUOSO or (kind is None and _is_virtuoso(client, url)):
        return VIRTUOSO, _VIRTUOSO.below(next(_VIRTUOSO.bases(url)))
    for endpoints in _candidates(url):
        if kind in (None, GRAPH_STORE) and endpoints.graph_store and _has_graph_store(client, endpoints):
            return GRAPH_STORE, endpoints
        if kind in (None, SPARQL_UPDATE) and _takes_updates(client, endpoints):
            return SPARQL_UPDATE, endpoints
    raise UsageError(
        f"{url}: no {kind or 'store'} that can be loaded was found here; say what it is with --kind "
        f"{GRAPH_STORE}, {SPARQL_UPDATE} or {VIRTUOSO}, and give the address as docs/stores.md has it"
    )


def _candidates(url: str) -> Iterator[Endpoints]:
    seen: set[Endpoints] = set()
    for layout in LAYOUTS:
        for base in layout.bases(url):
            endpoints = layout.below(base)
            if endpoints not in seen:
                seen.add(endpoints)
                yield endpoints


def _is_virtuoso(client: Client, url: str) -> bool:
    """Say whether a server calls itself Virtuoso, whatever else it says."""
    try:
        answer = replace(client, timeout=_PROBE_TIMEOUT).ask("HEAD", url)
    except (HTTPException, OSError):
        return False
    return "virtuoso" in answer.headers.get("Server", "").lower()


def _has_graph_store(client: Client, endpoints: Endpoints) -> bool:
    """Say whether there is a graph store with a query endpoint beside it."""
    if not _answers(client, endpoints.query):
        return False
    try:
        answer = client.send("HEAD", endpoints.graph(None), headers={"Accept": "application/n-triples"})
    except UnauthorizedError:
        raise
    except ServerError:
        return False
    return answer.media_type != "text/html"


def _takes_updates(client: Client, endpoints: Endpoints) -> bool:
    """Say whether there is an endpoint for updates with one for queries; an empty update changes nothing."""
    if not _answers(client, endpoints.query):
        return False
    try:
        sparql.update(client, endpoints, "INSERT DATA {}")
    except UnauthorizedError:
        raise
    except ServerError:
        return False
    return True


def _answers(client: Client, url: str) -> bool:
    try:
        return sparql.answers(client, url)
    except (UnauthorizedError, UnreachableError):
        raise
    except ServerError:
        return False
