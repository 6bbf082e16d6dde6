"""Loads records and RDF files into a store: in one pass, and counted there before it is called done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import KgError, NoRecordError, StrictError, UsageError
from kg.formats import FORMATS
from kg.graph import IRI
from kg.iris import http_iri
from kg.pipeline import Run, Summary, logged_problems, prefixes
from kg.problems import Severity
from kg.search import build_index
from kg.stores import Client, Content, Mode, Store, is_remote, open_store
from kg.stores.rdf_files import format_name

if TYPE_CHECKING:
    from kg.linking import Linker
    from kg.mapping import Settings
    from kg.records import RecordType


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
) -> LoadSummary:
    """Load sources of records, and RDF files, into one graph of the store in a folder or at an address.

    Without `graph` that is the default graph. It is replaced, or added to; other graphs stay as they are.

    Raises:
        UsageError: an option is wrong, or the kind of the store cannot be found out.
        SourceError: a source cannot be opened, an RDF file is not valid, or there is nothing to load.
        StrictError: `strict` is set and there was an error.
        StoreError: the store could not be loaded, or is not known to hold what was sent.
    """
    begun = time.perf_counter()
    sources, files = _sorted(paths)
    named = _graph_name(graph)
    with logged_problems(problems_file) as problems:
        run = None
        if sources:
            run = Run(
                sources,
                settings=settings,
                only=only,
                problems=problems,
                advance=advance,
                linker=linker,
                other=other,
            )
        store = open_store(target, kind, client=client, prepare=() if is_remote(target) else (build_index,))
        if run is not None and started is not None:
            started(run)
        summary = LoadSummary(store.place, named, None if run is None else run.summary, files)
        failed = _load(store, Content(() if run is None else _texts(run, strict), files), summary, mode)
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


def _texts(run: Run, strict: bool) -> Iterator[str]:
    """Yield the N-Triples of each record.

    Raises:
        NoRecordError: there was none.
        StrictError: `strict` is set and there was an error.
    """
    writer = FORMATS["ntriples"].writer(prefixes(run.settings), "", None)
    for graph in run.graphs():
        if graph.descriptions:
            yield writer.record(graph)
    if not run.summary.records:
        raise NoRecordError("no record was found in the sources; nothing was loaded")
    errors = run.summary.problems.of(Severity.ERROR)
    if strict and errors:
        raise StrictError(f"{errors} error{'s' if errors > 1 else ''}; nothing was loaded, as --strict asks")
