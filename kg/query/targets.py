"""Where a query runs: the embedded store, an RDF file, or an endpoint; found out from what the user gave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from kg.query.answers import Answer
from kg.query.errors import NotFoundError, NotSparqlError
from kg.query.run import DEFAULT_TIMEOUT, local_answer
from kg.search import FILE_NAME
from kg.stores.auth import Credentials
from kg.stores.errors import StoreMissingError
from kg.stores.rdf_files import FORMATS, format_name
from kg.stores.versions import current, default_store, reading

_BELOW = ("/query", "/sparql")
"""Where servers have their endpoint, below the address that people know."""


class Place(str, Enum):
    """The kinds of places."""

    FOLDER = "store"
    FILE = "file"
    ENDPOINT = "endpoint"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a query runs."""

    place: Place
    where: str


def target_of(given: str | None) -> Target:
    """Return the target that the user named, else the default store.

    Raises:
        StoreMissingError: there is none.
    """
    if given is None:
        folder = default_store()
        if current(folder) is None:
            raise StoreMissingError(
                f"there is no store yet ({folder}): `kg load SOURCE` makes it; --store names another place"
            )
        return Target(Place.FOLDER, str(folder))
    if given.startswith(("http://", "https://")):
        return Target(Place.ENDPOINT, given)
    path = Path(given)
    if path.is_file():
        if format_name(path) is None:
            raise StoreMissingError(
                f"{path}: no RDF format has this extension; there are {', '.join(FORMATS)}"
            )
        return Target(Place.FILE, given)
    if not path.is_dir():
        raise StoreMissingError(
            f"{given}: there is no such store or file; `kg load SOURCE --to {given}` makes a store"
        )
    return Target(Place.FOLDER, given)


@contextmanager
def answer(
    target: Target,
    query: str,
    *,
    limit: int | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    graphs: Sequence[str] = (),
    services: Sequence[str] = (),
    credentials: Credentials | None = None,
) -> Iterator[Answer]:
    """Run a query where it is to run; yield its answer, whole.

    Raises:
        UsageError: the query or the target is not one.
        QueryError: the query could not be answered.
    """
    if target.place is Place.ENDPOINT:
        with _remote_answer(target.where, query, limit, timeout, graphs, credentials) as found:
            yield found
    elif target.place is Place.FILE:
        with local_answer(
            query, file=target.where, timeout=timeout, limit=limit, graphs=graphs, services=services
        ) as found:
            yield found
    else:
        with (
            reading(Path(target.where)) as version,
            local_answer(
                query, store=version.store, timeout=timeout, limit=limit, graphs=graphs, services=services
            ) as found,
        ):
            yield found


@contextmanager
def _remote_answer(
    url: str,
    query: str,
    limit: int | None,
    timeout: float,
    graphs: Sequence[str],
    credentials: Credentials | None,
) -> Iterator[Answer]:
    """Ask the endpoint at an address; where there is none, ask where servers have theirs below it."""
    from kg.query.remote import Endpoint

    failed: NotFoundError | NotSparqlError | None = None
    for address in (url, *(url.rstrip("/") + path for path in _BELOW)):
        with ExitStack() as stack:
            try:
                asked = Endpoint(address, credentials, timeout).answer(query, limit=limit, graphs=graphs)
                found = stack.enter_context(asked)
            except (NotFoundError, NotSparqlError) as error:
                failed = failed or error
                continue
            yield found
            return
    assert failed is not None
    raise failed


@contextmanager
def search_index(given: str | None) -> Iterator[Path]:
    """Yield where the text index of a store is; the index stays until the end of the block.

    Raises:
        StoreMissingError: there is no store, or the target is none.
    """
    target = target_of(given)
    if target.place is not Place.FOLDER:
        raise StoreMissingError(
            f"{target.where}: words are searched in a store that `kg load` made, not here"
        )
    with reading(Path(target.where)) as version:
        yield version.folder / FILE_NAME
