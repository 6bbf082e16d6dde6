"""Linked data from curated records: pathway figures, posts and pathways become RDF.

>>> import kg
>>> record = next(kg.read(kg.examples()))
>>> graph = kg.to_rdflib(kg.examples())
>>> len(graph) == sum(1 for _ in kg.triples(kg.examples()))
True

>>> import tempfile, pathlib
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> summary = kg.export([kg.examples()], [folder / "kg.ttl", folder / "kg.jsonld"])
>>> summary.exit_status, (folder / "kg.ttl").exists()
(0, True)

Importing the package imports none of the libraries that it builds on: they come with the first call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from os import PathLike
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

    import pyoxigraph
    import rdflib

    from kg.graph import Triple
    from kg.pipeline import Loaded, Summary
    from kg.problems import Problem

__version__ = "0.1.0"
__all__ = ["examples", "export", "read", "to_pyoxigraph", "to_rdflib", "triples"]

Source: TypeAlias = "str | PathLike[str]"
"""A Markdown file, a folder, a site checkout, an archive, or `-` for standard input."""


def examples() -> Path:
    """Return the folder of the example records that ship with the package."""
    from kg import resources

    return resources.examples()


def read(*sources: Source, report: Callable[[Problem], None] | None = None) -> Iterator[Loaded]:
    """Yield the records of sources, each with the name of its type and its document.

    `report` is called with each problem as it is found; a faulty record is left out and the next one comes.

    Raises:
        kg.errors.SourceError: a source cannot be opened.
    """
    from kg.pipeline import Run
    from kg.problems import Problems

    return Run(map(_path, sources), problems=Problems(keep=0, also=report)).records()


def triples(
    *sources: Source,
    base: str | None = None,
    sites: dict[str, str] | None = None,
    report: Callable[[Problem], None] | None = None,
) -> Iterator[Triple]:
    """Yield each distinct triple of the records once, as (IRI, IRI, IRI | str | Literal) of `kg.graph`.

    Raises:
        kg.errors.SourceError: a source cannot be opened.
        kg.errors.UsageError: `base` or a site is no valid IRI.
    """
    from kg.mapping import settings
    from kg.pipeline import Run
    from kg.problems import Problems

    made = settings(base, sites)
    return Run(map(_path, sources), settings=made, problems=Problems(keep=0, also=report)).triples()


def export(
    sources: Sequence[Source],
    targets: Sequence[Source],
    *,
    format: str | None = None,  # noqa: A002  # the name that the command line has
    base: str | None = None,
    sites: dict[str, str] | None = None,
    only: Sequence[str] = (),
    graph: str | None = None,
    problems_file: Source | None = None,
    strict: bool = False,
    workers: int = 1,
) -> Summary:
    """Export records to files, all in one pass; the files appear whole or not at all.

    The extension of each target tells its format and compression, unless `format` names one. So many
    `workers` (processes of their own) share the work of a source that is not small; the bytes are the same
    with any number.

    Raises:
        kg.errors.UsageError: a format is not known, or an option is wrong.
        kg.errors.SourceError: a source cannot be opened, or holds no record.
        kg.errors.WriteError: an output cannot be written.
        kg.errors.StrictError: `strict` is set and there was an error; nothing was written.
    """
    from kg.mapping import settings
    from kg.pipeline import export as run_export

    return run_export(
        map(_path, sources),
        list(map(_path, targets)),
        format=format,
        settings=settings(base, sites),
        only=only,
        graph=graph,
        problems_file=None if problems_file is None else _path(problems_file),
        strict=strict,
        workers=workers,
    )


def to_rdflib(*sources: Source) -> rdflib.Graph:
    """Return the records as an `rdflib.Graph` in memory, with the prefixes bound.

    Raises:
        kg.errors.SourceError: a source cannot be opened.
    """
    from kg.bridges import rdflib_graph

    return rdflib_graph(triples(*sources))


def to_pyoxigraph(*sources: Source) -> pyoxigraph.Store:
    """Return the records as a `pyoxigraph.Store` in memory, in its default graph.

    Raises:
        kg.errors.SourceError: a source cannot be opened.
    """
    from kg.bridges import pyoxigraph_store

    return pyoxigraph_store(triples(*sources))


def _path(source: Source) -> str:
    from os import fspath

    return fspath(source)
