"""`kg export`."""

from __future__ import annotations

import click

from kg.cli.describe import describe_options, description_of
from kg.cli.show import Progress, show_problems, show_summary
from kg.cli.source_options import Mapped, mapping_options, run_options, split
from kg.cli.workers import number_of, workers_option


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "-o",
    "--output",
    "targets",
    multiple=True,
    required=True,
    metavar="FILE",
    help="Write here; may be given several times. `-` is standard output.",
)
@click.option(
    "-f",
    "--format",
    "format_",
    metavar="FORMAT",
    help="turtle, ntriples, nquads, trig, jsonld or rdfxml; without it, the extension tells.",
)
@click.option("--graph", metavar="IRI", help="The named graph of the quad formats.")
@mapping_options
@describe_options
@click.option(
    "--mappings",
    "mapping_files",
    multiple=True,
    metavar="FILE.sssom.tsv",
    help="Add the mappings of this SSSOM file as links; may be given several times.",
)
@workers_option
@run_options
def export(
    sources: tuple[str, ...],
    targets: tuple[str, ...],
    format_: str | None,
    only: tuple[str, ...],
    graph: str | None,
    problems_file: str | None,
    strict: bool,
    quiet: bool,
    mapped: Mapped,
    describe_file: str | None,
    told: tuple[str, ...],
    mapping_files: tuple[str, ...],
    workers: int | None,
) -> int:
    """Export records as RDF.

    A SOURCE is a Markdown file, a folder, a site checkout, a .tar, .tar.gz, .tar.zst or .zip archive, or
    `-` for one document on standard input. The extension of FILE tells the format: .ttl, .nt, .nq, .trig,
    .jsonld or .rdf, each also with .gz or .zst.

    \b
    kg export site/ -o kg.ttl
    kg export site/ -o kg.ttl.gz -o kg.jsonld --problems problems.jsonl
    """  # noqa: D301  # click takes the backspace itself
    from kg.pipeline import export as run_export

    companion = description_of(describe_file, sources, mapped.settings, told)
    with Progress(quiet) as progress:
        try:
            summary = run_export(
                sources,
                targets,
                format=format_,
                **mapped._asdict(),
                only=split(only),
                graph=graph,
                problems_file=problems_file,
                strict=strict,
                advance=progress.advance,
                started=progress.start,
                companion=companion,
                mappings=mapping_files,
                workers=number_of(workers),
            )
        finally:
            progress.close()
            if progress.run is not None and not quiet:
                show_problems(progress.run.summary, problems_file)
    if not quiet:
        show_summary(summary)
    return summary.exit_status
