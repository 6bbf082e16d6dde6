"""Loads records and RDF files into a store: in one pass, and counted there before it is called done."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kg.errors import KgError, NoRecordError, StrictError, UsageError
from kg.formats import FORMATS
from kg.graph import IRI
from kg.iris import http_iri
from kg.pipeline import Run, Summary, logged_problems, prefixes
from kg.problems import Severity
from kg.search import Staged, StagedWriter, build_index
from kg.stores import Client, Content, Mode, Store, is_remote, open_store
from kg.stores.rdf_files import format_name
from kg.workers import Piece, WriterPlan

if TYPE_CHECKING:
    import pyoxigraph

    from kg.linking import Linker
    from kg.mapping import Settings
    from kg.records import RecordType

_AHEAD = 8
_Item = TypeVar("_Item")


@dataclass(slots=True)
class LoadSummary:
    """What a load did: what went on with the records, which files came too, what the graph holds now."""

    place: str
    graph: IRI | None
    records: Summary | None = None
    files: Sequence[Path] = field(default_factory=tuple)
    held: int = 0
    seconds: float = 0.0

    @property
    def exit_status(self) -> int:
        """0 where nothing was lost, else 1."""
        return 0 if self.records is None else self.records.exit_status


def load(
    paths: Iterable[str | Path],
    target: str,
    *,
    kind: str | None = None,
    client: Client | None = None,
    graph: str | None = None,
    mode: Mode = Mode.REPLACE,
    settings: Settings | None = None,
    only: Sequence[str] = (),
    problems_file: str | None = None,
    strict: bool = False,
    advance: Callable[[], object] | None = None,
    started: Callable[[Run], object] | None = None,
    linker: Linker | None = None,
    other: RecordType | None = None,
    workers: int = 1,
) -> LoadSummary:
    """Load sources of records, and RDF files, into one graph of the store in a folder or at an address.

    Without `graph` that is the default graph. It is replaced, or added to; other graphs stay as they are.
    So many `workers` share the records; what is loaded is the same with any number.

    Raises:
        UsageError: an option is wrong, or the kind of the store cannot be found out.
        SourceError: a source cannot be opened, an RDF file is not valid, or there is nothing to load.
        StrictError: `strict` is set and there was an error.
        StoreError: the store could not be loaded, or is not known to hold what was sent.
    """
    begun = time.perf_counter()
    sources, files = _sorted(paths)
    named = _graph_name(graph)
    with logged_problems(problems_file) as problems, ExitStack() as stack:
        run = made = None
        if sources:
            run = Run(
                sources,
                settings=settings,
                only=only,
                problems=problems,
                advance=advance,
                linker=linker,
                other=other,
                workers=workers,
            )
            staged = mode is Mode.REPLACE and not is_remote(target) and not files
            made = stack.enter_context(closing(_Made(run, strict, staged=staged)))
        prepare = build_index if made is None else made.build_index
        store = open_store(target, kind, client=client, prepare=() if is_remote(target) else (prepare,))
        if run is not None and started is not None:
            started(run)
        summary = LoadSummary(store.place, named, None if run is None else run.summary, files)
        failed = _load(store, Content(() if made is None else made.texts(), files), summary, mode)
    if failed is not None:
        raise failed
    summary.seconds = time.perf_counter() - begun
    return summary


def _load(store: Store, content: Content, summary: LoadSummary, mode: Mode) -> KgError | None:
    """Load content; return what kept it from being loaded, so that the problems are written all the same."""
    try:
        summary.held = store.load(content, summary.graph, mode)
    except (NoRecordError, StrictError) as error:
        return error
    return None


def _sorted(paths: Iterable[str | Path]) -> tuple[list[str | Path], list[Path]]:
    """Return the sources of records, and the RDF files, which their extensions tell."""
    sources: list[str | Path] = []
    files: list[Path] = []
    for path in paths:
        if format_name(Path(path)) is not None and not Path(path).is_dir():
            files.append(Path(path))
        else:
            sources.append(path)
    return sources, files


def _graph_name(graph: str | None) -> IRI | None:
    if graph is None:
        return None
    iri = http_iri(graph)
    if iri is None:
        raise UsageError(f"--graph: {graph!r} is not a valid absolute http or https IRI")
    return iri


class _Made:
    """What is made of the records of a run: N-Triples and, where it is wanted, what the text index needs."""

    def __init__(self, run: Run, strict: bool, *, staged: bool) -> None:
        self._run, self._strict = run, strict
        self._staged = Staged() if staged else None
        writers = (FORMATS["ntriples"].writer, *([StagedWriter] if staged else []))
        self._plans = [WriterPlan(writer, prefixes(run.settings), "", None) for writer in writers]

    def texts(self) -> Iterator[bytes]:
        """Yield the N-Triples of the records, in UTF-8.

        Raises:
            NoRecordError: there was none.
            StrictError: `strict` is set and there was an error.
        """
        shared = self._run.shared(self._plans)
        if shared is None:
            yield from map(self._kept, self._made_here())
        else:
            with closing(shared), closing(_ahead(map(self._of_piece, shared), _AHEAD)) as found:
                yield from found
        if self._staged is not None:
            self._staged.begin()  # while the store takes the last texts
        summary = self._run.summary
        if not summary.records:
            raise NoRecordError("no record was found in the sources; nothing was loaded")
        errors = summary.problems.of(Severity.ERROR)
        if self._strict and errors:
            raise StrictError(
                f"{errors} error{'s' if errors > 1 else ''}; nothing was loaded, as --strict asks"
            )

    def _made_here(self) -> Iterator[list[bytes]]:
        writers = [plan.writer() for plan in self._plans]
        for graph in self._run.graphs():
            if graph.descriptions:
                yield [writer.record(graph) for writer in writers]

    def _of_piece(self, piece: Piece) -> bytes:
        return self._kept([b"".join([data for _, data in parts]) for parts in piece.parts])

    def _kept(self, texts: Sequence[bytes]) -> bytes:
        """Keep what the text index needs, and return the N-Triples."""
        if self._staged is not None:
            self._staged.add(texts[1].decode())
        return texts[0]

    def build_index(self, store: pyoxigraph.Store, folder: Path) -> int:
        """Make the text index of a store: of the records, where it holds nothing else.

        Raises:
            SearchError: it cannot be written.
        """
        if self._staged is not None and len(store) == self._run.summary.triples:
            return self._staged.build(folder)
        return build_index(store, folder)

    def close(self) -> None:
        """End what goes on beside the load."""
        if self._staged is not None:
            self._staged.close()


def _ahead(items: Iterator[_Item], most: int) -> Generator[_Item, None, None]:
    """Yield items that are made in a thread, while those before are used; so many at most wait."""
    with ThreadPoolExecutor(1, "kg-ahead") as thread:
        waiting = deque(thread.submit(next, items, None) for _ in range(most))
        try:
            while (item := waiting.popleft().result()) is not None:
                waiting.append(thread.submit(next, items, None))
                yield item
        finally:
            for future in waiting:
                future.cancel()
