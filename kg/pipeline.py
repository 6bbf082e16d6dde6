"""Source → records → record graphs → sinks, composed; what went on is counted in one summary."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Protocol

from kg.compression import without_compression
from kg.errors import NoRecordError, StrictError, UsageError
from kg.formats import FORMATS, Format, Writer, format_named, format_of
from kg.graph import IRI, RecordGraph, Triple
from kg.identifiers import NAMESPACES
from kg.iris import http_iri
from kg.linking import Linker
from kg.mapping import Settings
from kg.mappings import OUTPUT_PREFIXES as MAPPING_PREFIXES
from kg.mappings import read as read_mappings
from kg.organisms import Organisms
from kg.output import STDOUT, Output, outputs
from kg.problems import Problem, Problems, Report, Severity
from kg.reading import Loaded, Reader, ignore
from kg.records import TYPES, RecordType
from kg.source import Item, open_source
from kg.unique import Unique
from kg.vocabulary import PREFIXES
from kg.workers import (
    MOST_DOCUMENTS,
    Decisions,
    Piece,
    Setup,
    Task,
    Workers,
    WriterPlan,
    can_be_told,
    chunks,
    is_worth_it,
    opened_files,
)

__all__ = ["Companion", "Loaded", "Run", "Summary", "export", "logged_problems", "prefixes"]


@dataclass(slots=True)
class Summary:
    """What a run did: records by type (with those that had one before them: `repeated`), and so on."""

    problems: Problems
    records: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    missing: int = 0
    triples: int = 0
    entities: int = 0
    written: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def exit_status(self) -> int:
        """0 where nothing was lost, else 1."""
        return 1 if self.problems.of(Severity.ERROR) else 0


class Companion(Protocol):
    """Goes along with an export: sees what is written, and is written beside it when all of that is known."""

    target: str

    def observe(self, graph: RecordGraph) -> None:
        """Take what is written of one record."""
        ...

    def text(self, written: Sequence[tuple[Output, Format]], summary: Summary) -> str:
        """Return what is written beside the finished outputs."""
        ...


class Run:
    """One pass over the records of sources; two where a linker gathers its lexicon first.

    `other` takes the documents that no record type does; `mappings` are files in SSSOM, whose links come
    after the records. So many `workers` share the records of a source that is not small; what comes out is
    the same with any number.

    Raises:
        UsageError: a name in `only` is no record type.
        SourceError: a source cannot be opened.
    """

    def __init__(
        self,
        paths: Iterable[str | Path],
        *,
        settings: Settings | None = None,
        only: Sequence[str] = (),
        problems: Problems | None = None,
        advance: Callable[[], object] | None = None,
        linker: Linker | None = None,
        other: RecordType | None = None,
        mappings: Iterable[str | Path] = (),
        workers: int = 1,
    ) -> None:
        names = [*TYPES, *([other.name] if other else [])]
        for name in only:
            if name not in names:
                raise UsageError(f"{name}: no such record type; there are {', '.join(names)}")
        self.settings = settings or Settings()
        self.summary = Summary(problems if problems is not None else Problems())
        self._report: Report = self.summary.problems
        self._advance = advance
        self._linker, self._other, self._only = linker, other, frozenset(only)
        self._mappings = sorted(map(str, mappings))
        self.source = open_source(paths, self._report)
        self._reader = Reader(self.source, self.settings, only=only, linker=linker, other=other)
        self._workers = workers

    def records(self) -> Iterator[Loaded]:
        """Yield the records in order; what is wrong with one is reported and the next one comes."""
        self._reader.read_lookups(self._report)
        if self._linker is not None:
            self._gather(self._linker)
        for item in self.source.items():
            found = self._reader.record(item, self._report, self.summary)
            if found is not None:
                self.summary.records[found.kind] += 1
                yield found
            if self._advance is not None:
                self._advance()

    def graphs(self) -> Iterator[RecordGraph]:
        """Yield the graph of each record, without what an earlier graph of the run said."""
        shared = self.shared((), graphs=True)
        if shared is None:
            yield from self._graphs()
            return
        with closing(shared):
            for piece in shared:
                yield from piece.graphs

    def _graphs(self) -> Iterator[RecordGraph]:
        """Yield the graphs, all made by this process."""
        written = Unique()
        for loaded in self.records():
            graph = self.graph(loaded)
            if graph is None:
                continue
            earlier = written.earlier(graph, loaded.document.item.key())
            if earlier:
                self._report_duplicate(loaded, Item.from_key(earlier[0]))
            fresh = written.new(graph, self._reader.triples_of(earlier) if earlier else None)
            self.summary.triples += fresh.size()
            yield fresh
        for graph in self._mapping_graphs(self._report):
            fresh = written.new(graph)
            self.summary.triples += fresh.size()
            yield fresh
        self.summary.entities = written.entities

    def _mapping_graphs(self, report: Report) -> Iterator[RecordGraph]:
        for path in self._mappings:
            yield from read_mappings(path, self.settings, report)

    def triples(self) -> Iterator[Triple]:
        """Yield each distinct triple once."""
        for graph in self.graphs():
            yield from graph.triples()

    def again(self, item: Item) -> Loaded | None:
        """Read one record once more, without a report."""
        return self._reader.record(item, ignore)

    @property
    def organisms(self) -> Organisms:
        """The organisms that are known by name, once the records are being read."""
        return self._reader.lookups.organisms

    def _gather(self, linker: Linker) -> None:
        """Let a linker see every record; what is wrong with one is reported when it is read again."""
        for item in self.source.items():
            found = self._reader.record(item, ignore)
            if found is not None:
                linker.take(linker.names(found.record))

    def graph(self, loaded: Loaded) -> RecordGraph | None:
        """Return the whole graph of a record; None where our own fault costs it (reported)."""
        return self._reader.graph(loaded, self._report)

    def _report_duplicate(self, loaded: Loaded, earlier: Item) -> None:
        self.summary.repeated += 1
        key = "figid" if loaded.kind == "figure" else None
        line, column = loaded.document.place((key,) if key else ())
        found = f"also {self.source.shown(earlier)}"
        problem = Problem(
            "duplicate-figid", loaded.document.path, line, column, key, "each record once", found
        )
        self._report(problem)

    # with workers

    def shared(
        self, writers: Sequence[WriterPlan], *, graphs: bool = False
    ) -> Generator[Piece, None, None] | None:
        """Return what writers make of the records, task by task; None where workers are of no use.

        Raises:
            WriteError: there is no room in the folder of temporary files.
            WorkerError: the workers end again and again.
        """
        if not is_worth_it(self._workers, len(self.source)):
            return None
        setup = self._setup(writers, graphs=graphs)
        return self._pieces(setup) if can_be_told(setup) else None

    def _setup(self, writers: Sequence[WriterPlan], *, graphs: bool) -> Setup:
        files = tuple(map(opened_files, self.source.files))
        lookups = self._reader.lookups
        return Setup(
            files, self.settings, lookups, self._only, self._linker, self._other, tuple(writers), graphs
        )

    def _pieces(self, setup: Setup) -> Generator[Piece, None, None]:
        made = Decisions(self._reader, self.summary, self._report, self._report_duplicate)
        with Workers(self._workers, self.source) as workers:
            self._reader.read_lookups(self._report)
            setup = setup._replace(lookups=self._reader.lookups)
            if self._linker is not None:
                workers.set_up(setup._replace(writers=(), graphs=False))
                for names in workers.gathered(self._tasks(gather=True)):
                    self._linker.take(names)
            workers.set_up(setup)
            pieces = [workers.written(tasks, made.decide) for tasks in (self._tasks(), self._mapping_tasks())]
            for piece in chain(*pieces):
                self.summary.triples += piece.triples
                yield piece
                if self._advance is not None:
                    for _ in range(piece.documents):
                        self._advance()
        self.summary.entities = made.entities

    def _tasks(self, *, gather: bool = False) -> Iterator[Task]:
        for items, handed in chunks(self.source, self.source.items(), MOST_DOCUMENTS):
            yield Task(0, items, handed=handed, gather=gather)

    def _mapping_tasks(self) -> Iterator[Task]:
        """Yield the graphs of the mappings as they are: only workers have the hashes of what was written."""
        problems: list[Problem] = []
        graphs = self._mapping_graphs(problems.append)
        while (some := list(islice(graphs, MOST_DOCUMENTS))) or problems:
            yield Task(0, graphs=some, problems=tuple(problems))
            problems.clear()


def prefixes(settings: Settings) -> dict[str, str]:
    """Return the prefixes of the output: vocabularies, identifier namespaces, minted resources."""
    names = ("author", "community", "dataset", "journal", "pathway", "post", "publisher")
    minted = {name: f"{settings.base}{name}/" for name in names}
    return dict(PREFIXES) | {name: row.stem for name, row in NAMESPACES.items()} | minted


@contextmanager
def logged_problems(file: str | None) -> Iterator[Problems]:
    """Collect problems, and write each to a file too, if one is named; the file appears at the end.

    Raises:
        WriteError: the file cannot be written.
    """
    if file is None:
        yield Problems()
        return
    with outputs([file]) as (log,):
        yield Problems(also=lambda problem: log.write(problem.to_json() + "\n"))


def export(
    paths: Iterable[str | Path],
    targets: Sequence[str],
    *,
    format: str | None = None,  # noqa: A002  # the name that the command line has
    settings: Settings | None = None,
    only: Sequence[str] = (),
    graph: str | None = None,
    problems_file: str | None = None,
    strict: bool = False,
    advance: Callable[[], object] | None = None,
    started: Callable[[Run], object] | None = None,
    linker: Linker | None = None,
    other: RecordType | None = None,
    companion: Companion | None = None,
    mappings: Sequence[str | Path] = (),
    workers: int = 1,
) -> Summary:
    """Export records to files (or `-`, standard output), all in one pass; files appear whole or not at all.

    So many `workers` share the work; the bytes are the same with any number.

    Raises:
        UsageError: the format of a target is not known, or an option is wrong.
        SourceError: a source cannot be opened, or there is no record at all.
        WriteError: an output cannot be written.
        StrictError: `strict` is set and there was an error; nothing was written.
    """
    begun = time.perf_counter()
    chosen = [_format(target, format) for target in targets]
    named = _graph_name(graph, chosen)
    with logged_problems(problems_file) as problems:
        run = Run(
            paths,
            settings=settings,
            only=only,
            problems=problems,
            advance=advance,
            linker=linker,
            other=other,
            mappings=mappings,
            workers=workers,
        )
        if started is not None:
            started(run)
        names = {**prefixes(run.settings), **(MAPPING_PREFIXES if mappings else {})}
        plans = [WriterPlan(row.writer, names, f"{run.settings.pfocr}figures/", named) for row in chosen]
        failed = _write_all(run, list(zip(targets, chosen, plans, strict=True)), strict, companion)
    if failed is not None:
        raise failed
    run.summary.seconds = time.perf_counter() - begun
    return run.summary


def _write_all(
    run: Run, wanted: Sequence[tuple[str, Format, WriterPlan]], strict: bool, companion: Companion | None
) -> NoRecordError | StrictError | None:
    """Write every record graph to every output; return what kept the outputs from appearing."""
    targets = [target for target, _, _ in wanted]
    beside = [companion.target] if companion else []
    try:
        with outputs([*targets, *beside], hold=strict, hashed=companion is not None) as opened:
            plans = [plan for _, _, plan in wanted]
            pairs = [(output, plan.writer()) for output, plan in zip(opened, plans, strict=False)]
            shared = run.shared(plans, graphs=companion is not None)
            if shared is None:
                _write_graphs(run.graphs(), pairs, companion)
            else:
                with closing(shared):
                    _write_pieces(shared, pairs, companion)
            _check(run.summary, strict)
            for output, writer in _started(pairs):
                output.write_bytes(writer.end())
            if companion is not None:
                _write_beside(companion, opened, [row for _, row, _ in wanted], run.summary)
            run.summary.written = {output.target: output.size for output in opened}
    except (NoRecordError, StrictError) as error:
        return error
    return None


def _write_graphs(
    graphs: Iterator[RecordGraph], pairs: list[tuple[Output, Writer]], companion: Companion | None
) -> None:
    for graph in graphs:
        for output, writer in _started(pairs):
            output.write_bytes(writer.record(graph))
        if companion is not None:
            companion.observe(graph)


def _write_pieces(
    pieces: Iterator[Piece], pairs: list[tuple[Output, Writer]], companion: Companion | None
) -> None:
    """Write what workers made."""
    for piece in pieces:
        for (output, writer), parts in zip(_started(pairs), piece.parts, strict=True):
            for used, data in parts:
                output.write_bytes(writer.placed(data, used))
        if companion is not None:
            for graph in piece.graphs:
                companion.observe(graph)


def _write_beside(
    companion: Companion, opened: Sequence[Output], rows: Sequence[Format], summary: Summary
) -> None:
    """Write what goes with the outputs, once their bytes are all written."""
    *written, last = opened
    for output in written:
        output.finish()
    last.write(companion.text(list(zip(written, rows, strict=True)), summary))


def _started(pairs: list[tuple[Output, Writer]]) -> list[tuple[Output, Writer]]:
    """Write what stands before the first record, once there is one."""
    for output, writer in pairs:
        if output.size == 0:
            data = writer.start()
            if data:
                output.write_bytes(data)
    return pairs


def _check(summary: Summary, strict: bool) -> None:
    if not summary.records:
        raise NoRecordError("no record was found in the sources; nothing was written")
    errors = summary.problems.of(Severity.ERROR)
    if strict and errors:
        raise StrictError(f"{errors} error{'s' if errors > 1 else ''}; nothing was written, as --strict asks")


def _format(target: str, name: str | None) -> Format:
    if name is not None:
        return format_named(name)
    if target == STDOUT:
        raise UsageError("-o - needs --format, for there is no extension to tell it")
    return format_of(without_compression(target))


def _graph_name(graph: str | None, chosen: Sequence[Format]) -> IRI | None:
    if graph is None:
        return None
    iri = http_iri(graph)
    if iri is None:
        raise UsageError(f"--graph: {graph!r} is not a valid absolute http or https IRI")
    if not any(row.quads for row in chosen):
        quads = " and ".join(row.name for row in FORMATS.values() if row.quads)
        raise UsageError(f"--graph names the graph of {quads}; none of the outputs is one")
    return iri
