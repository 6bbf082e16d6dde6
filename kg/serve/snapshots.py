"""The versions of a store as the server takes them up: each stays as long as a worker reads it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from kg.serve.errors import ProblemError
from kg.stores import Version, reading
from kg.stores.embedded import check_whole
from kg.stores.errors import StoreError, StoreMissingError
from kg.stores.versions import current


class Snapshot:
    """One version, locked against removal until the last worker that reads it has ended.

    `name` tells it apart from all others; `mark` does so for this run of the server too: what is served
    may hold blank nodes, which another run may call otherwise. `graphs` are its named graphs, and `closed`
    says whether the system keeps its workers off the network: both are known when a worker has opened it.
    `triples` are as many as were counted when it was loaded, if they were.
    """

    def __init__(self, version: Version, name: str, held: ExitStack, triples: int | None) -> None:
        self.folder, self.store, self.name = version.folder, version.store, name
        self.mark = f"{name} {secrets.token_hex(8)}"
        self.graphs: tuple[str, ...] = ()
        self.closed = False
        self.users, self.is_current = 0, True
        self.triples = triples
        self._held = held

    def retire(self) -> None:
        """Say that a newer one has taken its place."""
        self.is_current = False
        self.close_if_unused()

    def close_if_unused(self) -> None:
        """Let it go, when nobody reads it and nobody will."""
        if not self.is_current and self.users <= 0:
            self._held.close()


def pointer(folder: Path) -> str | None:
    """Return what changes when a new version is there, None where there is no store; it costs little."""
    try:
        version = current(folder)
    except (StoreMissingError, OSError):
        return None
    if version is not None:
        return version.name
    return "plain" if (folder / "CURRENT").is_file() else None


def take_up(folder: Path, prepare: Callable[[Version, ExitStack], Version] | None = None) -> Snapshot:
    """Lock the current version of a store and return it.

    `prepare` may make something of it that is served in its place, and gives up when it is let go.

    Raises:
        ProblemError: there is no store.
        StoreError: it does not hold what was loaded, or cannot be opened.
    """
    try:
        with ExitStack() as held:
            version = held.enter_context(reading(folder))
            triples = check_whole(version)
            served = version if prepare is None else prepare(version, held)
            return Snapshot(served, _name(version), held.pop_all(), triples)
    except StoreMissingError as error:
        raise ProblemError("not-ready", str(error)) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise StoreError(f"{folder}: the store cannot be served: {error}") from error


def _name(version: Version) -> str:
    """Return a name of a version: its folder's, and what tells the files of a plain Oxigraph store apart."""
    if version.folder != version.store:
        return version.folder.name
    files = sorted((path.name, path.stat().st_size) for path in version.store.iterdir() if path.is_file())
    return "plain-" + hashlib.sha256(repr(files).encode()).hexdigest()[:16]
