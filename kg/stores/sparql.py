"""The few SPARQL requests that loading makes, and the endpoints of one server that they go to."""

from __future__ import annotations

import json
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from kg.graph import IRI
from kg.stores.errors import NotSparqlError, VerificationError
from kg.stores.http import Answer, Client, readable

UPDATE_TYPE = "application/sparql-update; charset=utf-8"
FORM_TYPE = "application/x-www-form-urlencoded"
"""How a query is sent: Virtuoso 7.2.5 hangs on one that is sent as `application/sparql-query`."""
RESULTS_TYPE = "application/sparql-results+json"


class Endpoints(NamedTuple):
    """Where a server takes queries, updates, and whole graphs; an empty text is no endpoint."""

    query: str
    update: str = ""
    graph_store: str = ""

    def graph(self, graph: IRI | None) -> str:
        """Return the address of a graph in the graph store."""
        return f"{self.graph_store}?" + ("default" if graph is None else f"graph={quote(graph, safe='')}")


def update(client: Client, endpoints: Endpoints, text: str) -> Answer:
    """Run an update that does no harm when it is run twice; raise ServerError if it fails."""
    return client.send("POST", endpoints.update, text.encode(), {"Content-Type": UPDATE_TYPE})


def count(client: Client, endpoints: Endpoints, graph: IRI | None) -> int:
    """Return the number of triples of a graph, as the server counts them; raise ServerError if it cannot."""
    return _number(client, endpoints, f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern(graph)} }}")


def count_missing(client: Client, endpoints: Endpoints, part: IRI, whole: IRI | None) -> int:
    """Return how many triples of one graph another one lacks; raise ServerError if it cannot be told."""
    where = f"{pattern(part)} FILTER NOT EXISTS {{ {pattern(whole)} }}"
    return _number(client, endpoints, f"SELECT (COUNT(*) AS ?n) WHERE {{ {where} }}")


def pattern(graph: IRI | None) -> str:
    """Return the pattern of all triples of a graph."""
    return "?s ?p ?o" if graph is None else f"GRAPH <{graph}> {{ ?s ?p ?o }}"


def target(graph: IRI | None) -> str:
    """Return how an update names a graph as a whole."""
    return "DEFAULT" if graph is None else f"<{graph}>"


def staging(graph: IRI | None) -> IRI:
    """Return the graph in which a load is gathered: always the same, so that what a killed one left is found.

    >>> staging(IRI("https://example.org/kg"))
    IRI('urn:kg:loading:https%3A%2F%2Fexample.org%2Fkg')
    """
    return IRI(f"urn:kg:loading:{quote(graph or 'default', safe='')}")


def check_count(place: str, held: int, sent: int, after: str) -> None:
    """Check that a graph holds what was sent.

    Raises:
        VerificationError: it does not; the text says by how much, and `after`, what that means for the graph.
    """
    if held != sent:
        less = f"{sent - held:,} fewer" if held < sent else f"{held - sent:,} more"
        raise VerificationError(
            f"{place}: {sent:,} triples were sent, and the store counts {held:,}, {less}; {after}"
        )


def answers(client: Client, url: str) -> bool:
    """Say whether there is a SPARQL endpoint at an address."""
    try:
        return isinstance(_asked(client, url, "ASK {}").get("boolean"), bool)
    except NotSparqlError:
        return False


def _number(client: Client, endpoints: Endpoints, query: str) -> int:
    found = _asked(client, endpoints.query, query)
    try:
        (row,) = found["results"]["bindings"]
        return int(row["n"]["value"])
    except (KeyError, TypeError, ValueError) as error:
        raise NotSparqlError(f"{endpoints.query}: the server did not count its triples") from error


def _asked(client: Client, url: str, query: str) -> dict[str, Any]:
    """Return the result of a query.

    Raises:
        NotSparqlError: the answer is a web page, or no result in JSON.
        ServerError: the server did not answer.
    """
    body = urlencode({"query": query}).encode()
    answer = client.send("POST", url, body, {"Content-Type": FORM_TYPE, "Accept": RESULTS_TYPE})
    if answer.media_type not in (RESULTS_TYPE, "application/json"):
        raise NotSparqlError(
            f"{url}: the answer is no SPARQL result but {answer.media_type}{readable(answer.body)}"
        )
    try:
        found = json.loads(answer.body)
    except ValueError as error:
        raise NotSparqlError(f"{url}: the answer is no SPARQL result: {error}") from error
    if not isinstance(found, dict):
        raise NotSparqlError(f"{url}: the answer is no SPARQL result")
    return found
