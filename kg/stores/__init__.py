"""Stores: one row per kind, one interface. Command line, documentation and tests read the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol

from kg.errors import UsageError
from kg.graph import IRI
from kg.stores import places
from kg.stores.auth import Credentials
from kg.stores.content import Content, Mode
from kg.stores.embedded import EmbeddedStore, Prepare, open_for_reading
from kg.stores.http import Client
from kg.stores.remote import DROP_AND_ADD, GraphStore, UpdateStore, insert_data, post_turtle
from kg.stores.sparql import Endpoints
from kg.stores.versions import Version, default_store, reading

__all__ = [
    "KINDS",
    "Client",
    "Content",
    "Credentials",
    "Kind",
    "Mode",
    "Store",
    "Version",
    "default_store",
    "is_remote",
    "open_for_reading",
    "open_store",
    "reading",
]


class Store(Protocol):
    """What can be loaded."""

    @property
    def place(self) -> str:
        """Where it is, as a user knows it."""
        ...

    def load(self, content: Content, graph: IRI | None, mode: Mode) -> int:
        """Load content into one graph (None is the default graph); return how many triples it holds then.

        The content is taken once. What is loaded was counted in the store when this returns.

        Raises:
            StoreError: it could not be loaded, or is not known to be.
            RdfFileError: a file of the content is not valid.
        """
        ...


class Kind(NamedTuple):
    """One kind of store; `opened` makes one of a server, and is None for what is a folder."""

    name: str
    meaning: str
    opened: Callable[[Client, Endpoints], Store] | None


def _graph_store(client: Client, endpoints: Endpoints) -> Store:
    return GraphStore(client, endpoints)


def _sparql_update(client: Client, endpoints: Endpoints) -> Store:
    return UpdateStore(client, endpoints, insert_data)


def _virtuoso(client: Client, endpoints: Endpoints) -> Store:
    # Killed after COPY or MOVE onto triples that were there before, Virtuoso 7.2.5 loses some of them.
    return UpdateStore(client, endpoints, post_turtle, DROP_AND_ADD, default_graph=False)


EMBEDDED = "oxigraph"

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        row.name: row
        for row in (
            Kind(EMBEDDED, "a folder: an Oxigraph store, without a server", None),
            Kind(places.GRAPH_STORE, "a server with the SPARQL 1.1 Graph Store Protocol", _graph_store),
            Kind(places.SPARQL_UPDATE, "a server with SPARQL 1.1 Update", _sparql_update),
            Kind(places.VIRTUOSO, "Virtuoso, with digest authentication and its limits", _virtuoso),
        )
    }
)
"""Every kind of store by its name."""


def is_remote(target: str) -> bool:
    """Say whether a target is a server, and no folder.

    >>> is_remote("http://localhost:7878"), is_remote("store/")
    (True, False)
    """
    return "://" in target


def open_store(
    target: str, kind: str | None = None, *, client: Client | None = None, prepare: Sequence[Prepare] = ()
) -> Store:
    """Return the store in a folder or at an address; `prepare` makes what lies beside one in a folder.

    Raises:
        UsageError: there is no such kind, or it does not fit the target, or it cannot be found out.
        StoreError: a server does not answer.
    """
    if kind is not None and kind not in KINDS:
        raise UsageError(f"{kind}: no such kind of store; there are {', '.join(KINDS)}")
    if not is_remote(target):
        if kind not in (None, EMBEDDED):
            raise UsageError(
                f"{target}: this is a folder, and a store of kind {kind} has an http or https address"
            )
        return EmbeddedStore(Path(target), tuple(prepare))
    if kind == EMBEDDED:
        raise UsageError(
            f"{target}: {EMBEDDED} is a store in a folder; an Oxigraph server is of kind {places.GRAPH_STORE}"
        )
    client = client or Client()
    found, endpoints = places.located(client, target, kind)
    opened = KINDS[found].opened
    assert opened is not None
    return opened(client, endpoints)
