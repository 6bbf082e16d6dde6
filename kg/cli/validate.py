"""`kg validate`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from kg.errors import SourceError, UsageError

if TYPE_CHECKING:
    from typing_extensions import Self

    from kg.shapes import Shapes

_REPORTS = ("text", "json", "turtle")


@click.command()
@click.argument("source", metavar="RDF-FILE|STORE")
@click.option("--shapes", "shapes_file", metavar="FILE", help="Validate against these SHACL shapes instead.")
@click.option(
    "--profile",
    metavar="NAME",
    help="Validate against a profile of Bioschemas instead: dataset, gene, taxon, chemicalsubstance, "
    "molecularentity, scholarlyarticle, or all.",
)
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(_REPORTS),
    default="text",
    show_default=True,
    help="The report.",
)
@click.option("-o", "--output", "target", default="-", metavar="FILE", help="Write the report here.")
@click.option(
    "--engine",
    type=click.Choice(["kg", "pyshacl"]),
    help="Who judges; by default kg, which is fast, where it knows all that the shapes use.",
)
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
def validate(
    source: str,
    shapes_file: str | None,
    profile: str | None,
    format_: str,
    target: str,
    engine: str | None,
    quiet: bool,
) -> int:
    """Validate RDF against the SHACL shapes of the model.

    The source is an RDF file (.ttl, .nt, .nq, .trig, .jsonld, .rdf, each also with .gz or .zst) or the
    folder of a store. A violation breaks the model; with warnings and infos, which are shown as well, the
    graph conforms all the same.

    \b
    kg validate kg.ttl
    kg validate kg.nt.gz --profile gene
    kg validate store/ --format json -o report.json

    Exit status: 0 the graph conforms; 1 it does not; 2 wrong usage, or nothing to validate.
    """  # noqa: D301  # click takes the backspace itself
    from kg import shapes
    from kg.output import outputs
    from kg.shapes.report import WRITERS, write

    if shapes_file is not None and profile is not None:
        raise UsageError("--shapes and --profile exclude each other")
    loaded = shapes.load(shapes_file, profile=profile, engine=engine)
    _tell_engine(loaded, quiet)
    with outputs([target]) as (output,), _Progress(quiet) as progress:
        writer = WRITERS[format_](loaded.graph.labels)
        counts = write(loaded.validate_source(source, progress.advance), writer, output.write)
        if not counts.nodes:
            raise SourceError(f"{source}: nothing to validate: the shapes are for nothing that it holds")
    if target != "-" and not quiet:
        click.echo(str(counts), err=True)
    return 0 if counts.conforms else 1


def _tell_engine(shapes: Shapes, quiet: bool) -> None:
    if shapes.unsupported and not quiet:
        click.echo(
            f"{shapes.unsupported}; pySHACL judges, with the whole graph in memory "
            "(some 8,500 triples a second)",
            err=True,
        )


class _Progress:
    """Counts triples on standard error: a bar on a terminal, a line now and then in a log."""

    def __init__(self, quiet: bool) -> None:
        from tqdm import tqdm

        terminal = sys.stderr.isatty()
        self._bar = tqdm(
            unit=" triples",
            unit_scale=True,
            file=sys.stderr,
            disable=quiet,
            leave=False,
            mininterval=0.1 if terminal else 10,
            delay=0.5 if terminal else 10,
            bar_format="{n_fmt} triples, {rate_fmt}" + ("" if terminal else "\n"),
        )
        self.advance = self._bar.update

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()
