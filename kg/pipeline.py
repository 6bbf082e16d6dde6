"""Source → records → record graphs → sinks, composed; what went on is counted in one summary."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from kg.errors import NoRecordError, StrictError, UsageError
from kg.formats import FORMATS, Format, Writer, format_named, format_of
from kg.graph import IRI, RecordGraph, Triple
from kg.identifiers import NAMESPACES
from kg.iris import http_iri
from kg.linking import Linker
from kg.mapping import Settings, record_graph
from kg.mappings import OUTPUT_PREFIXES as MAPPING_PREFIXES
from kg.mappings import read as read_mappings
from kg.organisms import Organisms
from kg.output import STDOUT, Output, outputs, without_compression
from kg.problems import Problem, Problems, Report, Severity, shown
from kg.records import TYPES, Lookups, OrganismPage, Record, RecordLostError, RecordType, parse, read_lookups
from kg.source import Document, Item, Skipped, open_source
from kg.unique import Unique
from kg.vocabulary import PREFIXES

_FAULTS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What a fault of ours in one record may raise; it costs that record only, and is reported."""


class Loaded(NamedTuple):
    """A record with the name of its type, and the document that it is from."""

    kind: str
    record: Record
    document: Document


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


def _ignore(problem: Problem) -> None:
    """Report nothing."""


class Run:
    """One pass over the records of sources; two where a linker gathers its lexicon first.

    `other` takes the documents that no record type does; `mappings` are files in SSSOM, whose links come
    after the records.

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
    ) -> None:
        names = [*TYPES, *([other.name] if other else [])]
        for name in only:
            if name not in names:
                raise UsageError(f"{name}: no such record type; there are {', '.join(names)}")
        self.settings = settings or Settings()
        self.summary = Summary(problems if problems is not None else Problems())
        self._report: Report = self.summary.problems
        self._lookups = Lookups()
        self._only, self._advance = frozenset(only), advance
        self._linker, self._other = linker, other
        self._mappings = sorted(map(str, mappings))
        self.source = open_source(paths, self._report)

    def records(self) -> Iterator[Loaded]:
        """Yield the records in order; what is wrong with one is reported and the next one comes."""
        lookups = self._lookups = self._read_lookups()
        if self._linker is not None:
            self._gather(self._linker)
        for item in self.source.items():
            found = self._record(item, lookups, self._report, self.summary)
            if found is not None:
                self.summary.records[found.kind] += 1
                yield found
            if self._advance is not None:
                self._advance()

    def graphs(self) -> Iterator[RecordGraph]:
        """Yield the graph of each record, without what an earlier graph of the run said."""
        written = Unique()
        for loaded in self.records():
            graph = self.graph(loaded)
            if graph is None:
                continue
            earlier = written.earlier(graph, loaded.document.item.key())
            if earlier:
                self._report_duplicate(loaded, Item.from_key(earlier[0]))
            fresh = written.new(graph, self._triples_of(earlier) if earlier else None)
            self.summary.triples += fresh.size()
            yield fresh
        for path in self._mappings:
            for graph in read_mappings(path, self.settings, self._report):
                fresh = written.new(graph)
                self.summary.triples += fresh.size()
                yield fresh
        self.summary.entities = written.entities

    def triples(self) -> Iterator[Triple]:
        """Yield each distinct triple once."""
        for graph in self.graphs():
            yield from graph.triples()

    def again(self, item: Item) -> Loaded | None:
        """Read one record once more, without a report."""
        return self._record(item, self._lookups, _ignore, None)

    @property
    def organisms(self) -> Organisms:
        """The organisms that are known by name, once the records are being read."""
        return self._lookups.organisms

    def _read_lookups(self) -> Lookups:
        """Read what records look up, before the first record."""
        organisms = Organisms()
        plain = Lookups(organisms)
        for item in self.source.items(first=True):
            found = self._record(item, plain, _ignore, None)
            if found is not None and isinstance(found.record, OrganismPage):
                organisms.add(found.record.organism)
        return read_lookups(self.source, organisms, self._report)

    def _gather(self, linker: Linker) -> None:
        """Let a linker see every record; what is wrong with one is reported when it is read again."""
        for item in self.source.items():
            found = self._record(item, self._lookups, _ignore, None)
            if found is not None:
                linker.gather(found.record)

    def _record(self, item: Item, lookups: Lookups, report: Report, summary: Summary | None) -> Loaded | None:
        document: Document | None = None
        try:
            read = self.source.read(item, report)
            if isinstance(read, Skipped):
                self._skip(read, report, summary)
                return None
            document = read
            found = parse(document, lookups, report, self._other)
        except RecordLostError as error:
            report(error.problem)
            return None
        except _FAULTS as error:
            report(
                Problem("internal", self.source.shown(item), found=shown(f"{type(error).__name__}: {error}"))
            )
            return None
        finally:
            if document is not None and summary is not None:
                summary.missing += document.missing
        if isinstance(found, Skipped):
            self._skip(found, report, summary)
            return None
        kind, record = found
        if summary is not None and self._only and kind.name not in self._only:
            summary.skipped[f"not asked for ({kind.name})"] += 1
            return None
        return Loaded(kind.name, record, document)

    def _skip(self, page: Skipped, report: Report, summary: Summary | None) -> None:
        if summary is not None:
            summary.skipped[page.reason] += 1
        report(Problem("skipped-page", page.path, 1, found=page.reason))

    def graph(self, loaded: Loaded) -> RecordGraph | None:
        """Return the whole graph of a record; None where our own fault costs it (reported)."""
        try:
            return self._mapped(loaded)
        except _FAULTS as error:
            self._report(
                Problem("internal", loaded.document.path, found=shown(f"{type(error).__name__}: {error}"))
            )
            return None

    def _mapped(self, loaded: Loaded) -> RecordGraph:
        """Return the graph of a record, with what the linker adds."""
        graph = record_graph(loaded.kind, loaded.record, self.settings)
        return graph if self._linker is None else self._linker.link(loaded.record, graph)

    def _report_duplicate(self, loaded: Loaded, earlier: Item) -> None:
        self.summary.repeated += 1
        key = "figid" if loaded.kind == "figure" else None
        line, column = loaded.document.place((key,) if key else ())
        found = f"also {self.source.shown(earlier)}"
        problem = Problem(
            "duplicate-figid", loaded.document.path, line, column, key, "each record once", found
        )
        self._report(problem)

    def _triples_of(self, keys: Sequence[str]) -> Iterator[Triple]:
        """Yield the triples of earlier records, read once more."""
        for key in keys:
            found = self._record(Item.from_key(key), self._lookups, _ignore, None)
            if found is not None:
                yield from self._mapped(found).triples()


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
) -> Summary:
    """Export records to files (or `-`, standard output), all in one pass; files appear whole or not at all.

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
        )
        if started is not None:
            started(run)
        names = {**prefixes(run.settings), **(MAPPING_PREFIXES if mappings else {})}
        made = [row.writer(names, f"{run.settings.pfocr}figures/", named) for row in chosen]
        failed = _write_all(run, list(zip(targets, chosen, made, strict=True)), strict, companion)
    if failed is not None:
        raise failed
    run.summary.seconds = time.perf_counter() - begun
    return run.summary


def _write_all(
    run: Run, wanted: Sequence[tuple[str, Format, Writer]], strict: bool, companion: Companion | None
) -> NoRecordError | StrictError | None:
    """Write every record graph to every output; return what kept the outputs from appearing."""
    targets = [target for target, _, _ in wanted]
    beside = [companion.target] if companion else []
    try:
        with outputs([*targets, *beside], hold=strict, hashed=companion is not None) as opened:
            pairs = [(output, writer) for output, (_, _, writer) in zip(opened, wanted, strict=False)]
            for graph in run.graphs():
                for output, writer in _started(pairs):
                    output.write(writer.record(graph))
                if companion is not None:
                    companion.observe(graph)
            _check(run.summary, strict)
            for output, writer in _started(pairs):
                output.write(writer.end())
            if companion is not None:
                _write_beside(companion, opened, [row for _, row, _ in wanted], run.summary)
            run.summary.written = {output.target: output.size for output in opened}
    except (NoRecordError, StrictError) as error:
        return error
    return None


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
            text = writer.start()
            if text:
                output.write(text)
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
