"""Descriptions of datasets that are true because they are counted: HCLS, VoID, DCAT, schema.org, PROV.

`Description` goes along with an export and counts the data while it is written; `describe_source` counts a
file or store that is there already.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from kg.compression import without_compression
from kg.describe.about import About, about
from kg.describe.dataset import Dataset, File, Made
from kg.describe.links import Targets
from kg.describe.origin import now, sources
from kg.describe.statistics import Counts, Statistics
from kg.describe.terms import PREFIXES
from kg.errors import SourceError, UsageError
from kg.formats import FORMATS, Format, format_named, format_of
from kg.graph import Description as Block
from kg.graph import RecordGraph
from kg.mapping import Settings
from kg.output import STDOUT, Output
from kg.pipeline import Summary, prefixes

__all__ = ["About", "Counts", "Description", "Statistics", "about", "count_source", "describe_source"]

_COMPRESSED: Mapping[str, str] = {".gz": "application/gzip", ".zst": "application/zstd"}


class Description:
    """Goes along with an export: counts what is written, and is then written beside it.

    Raises:
        UsageError: no format has the extension of the target, or `SOURCE_DATE_EPOCH` is no number.
    """

    def __init__(self, target: str, paths: Iterable[str | Path], settings: Settings, told: About) -> None:
        self.target = target
        self._format = _format(target, None)
        self._settings, self._about = settings, told
        self._made = Made(now(), sources(paths))
        self._statistics = Statistics(Targets(settings.base))

    def observe(self, graph: RecordGraph) -> None:
        """Count what is written of one record."""
        self._statistics.observe(graph)

    def text(self, written: Sequence[tuple[Output, Format]], summary: Summary) -> str:
        """Return the description of what was written, as RDF."""
        files = [_file(output, row) for output, row in written]
        made = self._made._replace(numbers=_numbers(summary))
        counts = self._statistics.counts()
        return _text(
            Dataset(self._settings.base, self._about, counts, _named_apart(files), made),
            self._format,
            self._settings,
        )


def describe_source(
    source: str | Path,
    *,
    settings: Settings | None = None,
    told: About | None = None,
    target: str = STDOUT,
    format: str | None = None,  # noqa: A002  # the name that the command line has
) -> str:
    """Return the description of an RDF file or a store folder, as RDF in the format of the target.

    Raises:
        kg.errors.SourceError: it cannot be read, or holds no triple.
        UsageError: no format is of that name, or has the extension of the target.
    """
    settings = settings or Settings()
    row = _format(target, format)
    counts = count_source(source, settings)
    if not counts.triples:
        raise SourceError(f"{source}: there is nothing to describe: it holds no triple")
    dataset = Dataset(settings.base, told or About(), counts, [_found(Path(source))], Made(now()))
    return _text(dataset, row, settings)


def count_source(source: str | Path, settings: Settings | None = None) -> Counts:
    """Count what an RDF file or a store folder holds.

    Raises:
        kg.errors.SourceError: it cannot be read.
    """
    from kg.shapes.data import opened

    statistics = Statistics(Targets((settings or Settings()).base))
    with opened(source) as data:
        for subject, facts in data.subjects():
            statistics.observe(RecordGraph(subject, (Block(subject, facts),)))  # type: ignore[arg-type]  # tagged texts count as texts
    return statistics.counts()


def _format(target: str, name: str | None) -> Format:
    if name is not None:
        return format_named(name)
    if target == STDOUT:
        return FORMATS["turtle"]
    if target.lower().endswith(tuple(_COMPRESSED)):
        raise UsageError(f"{target}: a description is small, and is not compressed")
    return format_of(target)


def _text(dataset: Dataset, row: Format, settings: Settings) -> str:
    own = {
        "version": f"{dataset.version}#",
        "files": f"{dataset.version}/",
        "versions": f"{dataset.summary}/",
    }
    writer = row.writer({**prefixes(settings), **PREFIXES, **own}, "", None)
    parts = [writer.start(), *map(writer.record, dataset.graphs())]
    return b"".join([*parts, writer.end()]).decode()


def _file(output: Output, row: Format) -> File:
    name = Path(output.target).name if output.target != STDOUT else f"kg{row.extensions[0]}"
    return File(name, row.name, row.media_type, _compression(name), output.written, output.sha256)


def _compression(name: str) -> str | None:
    return _COMPRESSED.get(Path(name).suffix.lower())


def _named_apart(files: Iterable[File]) -> list[File]:
    """Return the files with a number before the names of those that stand in several folders."""
    seen: dict[str, int] = {}
    found = []
    for file in files:
        seen[file.name] = seen.get(file.name, 0) + 1
        again = seen[file.name]
        found.append(file if again == 1 else file._replace(name=f"{again}-{file.name}"))
    return found


def _found(path: Path) -> File:
    """Return a file that is there already, or a store."""
    if path.is_dir():
        return File(path.resolve().name, "store")
    row = format_of(without_compression(path.name))
    with path.open("rb") as stream:
        hashed = hashlib.sha256()
        while block := stream.read(1 << 20):
            hashed.update(block)
    return File(
        path.name, row.name, row.media_type, _compression(path.name), path.stat().st_size, hashed.hexdigest()
    )


def _numbers(summary: Summary) -> dict[str, int]:
    """Return what the run counted, by what it counted."""
    found = {f"records of type {name}": count for name, count in summary.records.items()}
    found |= {f"problems {code}": count for code, count in summary.problems.counts.items()}
    skipped, problems = summary.skipped.total(), summary.problems.counts.total()
    return found | {"records": summary.records.total(), "skipped pages": skipped, "problems": problems}
