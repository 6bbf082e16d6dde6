"""The data of a site: one pass over the records makes dumps, description and store."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from kg.describe import About, Description
from kg.formats import FORMATS, Format
from kg.graph import RecordGraph
from kg.iris import http_iri
from kg.mapping import Settings
from kg.output import Output
from kg.pipeline import Run, Summary, export
from kg.publish.config import Config
from kg.site.settings import SiteSettings
from kg.stores.content import Content, Mode
from kg.stores.embedded import EmbeddedStore

DUMPS = (("ntriples", "nt.gz"), ("turtle", "ttl.gz"), ("jsonld", "jsonld.gz"))
"""The formats of the dumps, and the endings of their files."""

_BLOCK = 1 << 20


class Asked(NamedTuple):
    """What an export is asked for: see `kg.pipeline.export`."""

    paths: Sequence[str | Path]
    settings: Settings
    problems_file: str | None = None
    strict: bool = False
    advance: Callable[[], object] | None = None
    started: Callable[[Run], object] | None = None
    workers: int = 1


class Dump(NamedTuple):
    """One file with all the data."""

    path: Path
    size: int
    sha256: str


@dataclass(slots=True)
class Data:
    """All that the pages are made of."""

    store: Path
    dumps: Sequence[Dump]
    turtle: str
    """The description of the dataset."""
    jsonld: str
    time: str
    """When this version was made; the same data keeps the time that it had."""
    summary: Summary
    sources: Mapping[str, str] = field(default_factory=dict)
    """The path of the source record of a thing, by its IRI."""

    @property
    def digest(self) -> str:
        """What tells one version of the data from another."""
        return self.dumps[0].sha256


class SiteDescription(Description):
    """The description of the data of a site, in two forms; it also notes where each record came from.

    The same data as that of the version before (`known`: its digest and its time) keeps its time.
    """

    def __init__(
        self, target: str, asked: Asked, told: About, known: tuple[str, str] | None, fixed_time: bool
    ) -> None:
        super().__init__(target, asked.paths, asked.settings, told)
        self._known = None if fixed_time else known
        self._stems: dict[str, str] = {}
        self.sources: dict[str, str] = {}
        self.jsonld = self.turtle = ""
        self.dumps: list[Dump] = []

    def start(self, run: Run) -> None:
        """Take the run that starts now."""
        for item in run.source.items():
            stem = item.name.rpartition("/")[2].rpartition(".")[0]
            self._stems[stem] = item.name

    def observe(self, graph: RecordGraph) -> None:
        """Count what is written of one record."""
        super().observe(graph)
        stem = unquote(graph.root.rpartition("/")[2].removesuffix(".html"))
        if stem in self._stems:
            self.sources[graph.root] = self._stems[stem]

    @property
    def time(self) -> str:
        """When this version was made."""
        return self._made.time.strftime("%Y-%m-%dT%H:%M:%SZ")

    def text(self, written: Sequence[tuple[Output, Format]], summary: Summary) -> str:
        """Return the description as Turtle, and keep it as JSON-LD too."""
        self.dumps = [_dump(output) for output, _ in written]
        if self._known is not None and self._known[0] == self.dumps[0].sha256:
            kept = datetime.strptime(self._known[1], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
            self._made = self._made._replace(time=kept)
        own = self._format
        self._format = FORMATS["jsonld"]
        self.jsonld = super().text(written, summary)
        self._format = own
        self.turtle = super().text(written, summary)
        return self.turtle


def make_data(
    asked: Asked,
    work: Path,
    site: SiteSettings,
    config: Config,
    known: tuple[str, str] | None,
    fixed_time: bool,
) -> Data:
    """Make the data of a site in a private folder.

    Raises:
        kg.errors.SourceError: a source cannot be opened, or there is no record at all.
        kg.errors.StrictError: `strict` is set and there was an error.
        kg.errors.WriteError: something cannot be written.
    """
    folder = work / "dumps"
    folder.mkdir()
    name = config.name or "kg"
    told = config.about(site)._replace(page=http_iri(site.url), downloads=f"{site.url}dumps/")
    companion = SiteDescription(str(work / "description.ttl"), asked, told, known, fixed_time)

    def started(run: Run) -> None:
        companion.start(run)
        if asked.started is not None:
            asked.started(run)

    summary = export(
        asked.paths,
        [str(folder / f"{name}.{ending}") for _, ending in DUMPS],
        settings=asked.settings,
        problems_file=asked.problems_file,
        strict=asked.strict,
        advance=asked.advance,
        started=started,
        companion=companion,
        workers=asked.workers,
    )
    store = work / "store"
    EmbeddedStore(store).load(Content(_lines(folder / f"{name}.nt.gz")), None, Mode.REPLACE)
    return Data(
        store,
        companion.dumps,
        companion.turtle,
        companion.jsonld,
        companion.time,
        summary,
        companion.sources,
    )


def _dump(output: Output) -> Dump:
    assert output.written is not None
    assert output.sha256 is not None
    return Dump(Path(output.target), output.written, output.sha256)


def _lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a compressed N-Triples file, many at a time."""
    with gzip.open(path, "rb") as stream:
        while lines := stream.readlines(_BLOCK):
            yield b"".join(lines)


def checksums(dumps: Iterable[Dump]) -> str:
    """Return the file that `sha256sum -c` reads."""
    return "".join(
        f"{dump.sha256}  {dump.path.name}\n" for dump in sorted(dumps, key=lambda dump: dump.path.name)
    )
