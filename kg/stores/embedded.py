"""The embedded store: an Oxigraph store in a folder, loaded beside its readers and switched in whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from kg.errors import KgError
from kg.graph import IRI
from kg.stores.content import Content, Mode, check_not_empty, fill
from kg.stores.errors import DiskFullError, StoreError, VerificationError, full_disk_named
from kg.stores.rdf_files import format_name
from kg.stores.versions import Version, current, loading, reading

if TYPE_CHECKING:
    import pyoxigraph

Prepare: TypeAlias = "Callable[[pyoxigraph.Store, Path], object]"
"""Makes something beside a store, in the folder of its version: a text index, for instance."""

MIN_FREE = 64 << 20
"""A load starts only where so many bytes are free: a store that meets a full disk may not reopen."""


_COUNTED = "triples"
"""The file of a version that says how many triples it held in all, when it was finished."""

_COUNT = "import sys, pyoxigraph; print(len(pyoxigraph.Store.read_only(sys.argv[1])))"


@dataclass(frozen=True, slots=True)
class EmbeddedStore:
    """A folder with the versions of an Oxigraph store; `prepare` runs before a new one is shown."""

    folder: Path
    prepare: Sequence[Prepare] = ()

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.folder)

    def load(self, content: Content, graph: IRI | None, mode: Mode) -> int:
        """Load content into one graph; return how many triples the graph holds then.

        Readers see the old version until the new one is whole, and it replaces the old one in one step.

        Raises:
            StoreBusyError: another load into the same folder is running.
            DiskFullError: there is no room.
            RdfFileError: a file of the content is not valid.
            NoRecordError: there is nothing to load.
            VerificationError: the new version does not hold what was sent; the old one stays.
        """
        with loading(self.folder) as version, full_disk_named(self.folder):
            self._check_room(content, mode)
            before = self._make(version, content, graph, mode)
            return self._verified(version, content, graph, before)

    def _make(self, version: Version, content: Content, graph: IRI | None, mode: Mode) -> int:
        """Make the new version; return how many triples its graph held before the content came in."""
        store = self._begun(version, graph, mode)
        before = count(store, graph)
        fill(store, content, _node(graph))
        store.flush()
        store.optimize()  # look-ups are several times quicker after it
        try:
            for prepare in self.prepare:
                prepare(store, version.folder)
        except KgError as error:
            raise StoreError(str(error)) from error
        return before

    def _begun(self, version: Version, graph: IRI | None, mode: Mode) -> pyoxigraph.Store:
        """Open the new version, with what stays of the current one in it."""
        import pyoxigraph

        if current(self.folder) is None:
            return pyoxigraph.Store(str(version.store))
        with reading(self.folder) as old:
            if mode is Mode.ADD:
                shutil.copytree(old.store, version.store, copy_function=linked_copy)
                return pyoxigraph.Store(str(version.store))
            store = pyoxigraph.Store(str(version.store))
            store.bulk_extend(_quads_outside(pyoxigraph.Store.read_only(str(old.store)), graph))
        return store

    def _verified(self, version: Version, content: Content, graph: IRI | None, before: int) -> int:
        """Count the triples of the finished version, opened as its readers will, and write down how many."""
        import pyoxigraph

        store = pyoxigraph.Store.read_only(str(version.store))
        held = count(store, graph)
        fewest = max(before, content.sent)
        check_not_empty(held)
        most = None if content.files else before + content.sent
        if held < fewest or (most is not None and held > most):
            raise VerificationError(
                f"{self.folder}: {content.sent:,} triples were loaded to {before:,}, but {held:,} are there; "
                "the store is as it was before"
            )
        (version.folder / _COUNTED).write_text(f"{len(store)}\n", "utf-8")
        return held

    def _check_room(self, content: Content, mode: Mode) -> None:
        """Check that a load has a chance to fit on the disk.

        Raises:
            DiskFullError: it has none.
        """
        plain = sum(path.stat().st_size for path in content.files if format_name(path) and path.is_file())
        old = current(self.folder)
        kept = 0 if old is None or mode is Mode.ADD else _size(old)
        needed = max(MIN_FREE, plain, kept)
        free = shutil.disk_usage(self.folder).free
        if free < needed:
            raise DiskFullError(
                f"{self.folder}: {free >> 20:,} MB are free on this disk, and the load needs at least "
                f"{needed >> 20:,} MB; the store is as it was before"
            )


@contextmanager
def open_for_reading(folder: Path | str) -> Iterator[pyoxigraph.Store]:
    """Open the current version of a store, read-only, until the end of the block.

    Raises:
        StoreMissingError: there is no store in the folder.
        StoreError: it is damaged.
    """
    import pyoxigraph

    with reading(Path(folder)) as version:
        try:
            store = pyoxigraph.Store.read_only(str(version.store))
        except OSError as error:
            raise StoreError(f"{folder}: the store cannot be read: {error}; load it again") from error
        yield store


def check_whole(version: Version) -> int | None:
    """Return how many triples a version holds, if they were counted when it was loaded.

    They are counted in a process of its own, for the engine counts without giving way to other threads.

    Raises:
        StoreError: it holds another number of them now, or cannot be opened.
    """
    try:
        counted = int((version.folder / _COUNTED).read_text("utf-8"))
    except FileNotFoundError:
        return None
    command = [sys.executable, "-c", _COUNT, str(version.store)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    if said.returncode:
        why = said.stderr.strip().splitlines()[-1:] or ["its process was ended"]
        raise StoreError(f"{version.store}: the store cannot be read: {why[0]}; load it again")
    held = int(said.stdout)
    if held != counted:
        raise StoreError(
            f"{version.store}: {counted:,} triples were loaded, but {held:,} are there; load it again"
        )
    return held


def count(store: pyoxigraph.Store, graph: IRI | None) -> int:
    """Return the number of triples of one graph (None is the default graph)."""
    import pyoxigraph

    if not any(store.named_graphs()):
        return len(store) if graph is None else 0
    place = _node(graph) or pyoxigraph.DefaultGraph()
    found = store.query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", default_graph=place)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    (number,) = next(iter(found))
    assert isinstance(number, pyoxigraph.Literal)
    return int(number.value)


def _node(graph: IRI | None) -> pyoxigraph.NamedNode | None:
    import pyoxigraph

    return None if graph is None else pyoxigraph.NamedNode(str(graph))


def _quads_outside(store: pyoxigraph.Store, graph: IRI | None) -> Iterator[pyoxigraph.Quad]:
    """Yield the quads of all graphs but one."""
    import pyoxigraph

    replaced = _node(graph) or pyoxigraph.DefaultGraph()
    for place in (pyoxigraph.DefaultGraph(), *store.named_graphs()):
        if place != replaced:
            yield from store.quads_for_pattern(None, None, None, place)


def linked_copy(source: str, target: str) -> None:
    """Link a data file or a text index, which nothing ever changes, and copy any other file.

    A backup of the engine does so too, but it would open the version for writing, beside its readers.
    """
    if source.endswith((".sst", ".sqlite")):
        with suppress(OSError):
            os.link(source, target)
            return
    shutil.copy2(source, target)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
