"""`kg export`."""

from __future__ import annotations

import click

from kg.cli.describe import describe_options, description_of
from kg.cli.linking import link_options, linker_of
from kg.cli.other import other_of, other_options
from kg.cli.show import Progress, show_problems, show_summary
from kg.errors import UsageError


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
@click.option("--base", metavar="IRI", help="The base of the IRIs that are minted.")
@click.option(
    "--site",
    "sites",
    multiple=True,
    metavar="NAME=IRI",
    help="Where a site lives: pfocr, wikipathways or posts.",
)
@click.option(
    "--only",
    "only",
    multiple=True,
    metavar="TYPE,...",
    help="Export records of these types only: figure, pathway, post, author, community, organism, term.",
)
@click.option("--graph", metavar="IRI", help="The named graph of the quad formats.")
@click.option(
    "--problems", "problems_file", metavar="FILE", help="Write every problem here, one JSON object a line."
)
@link_options
@other_options
@describe_options
@click.option(
    "--mappings",
    "mapping_files",
    multiple=True,
    metavar="FILE.sssom.tsv",
    help="Add the mappings of this SSSOM file as links; may be given several times.",
)
@click.option("--strict", is_flag=True, help="Write nothing when there is any error.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors that stop the run.")
def export(
    sources: tuple[str, ...],
    targets: tuple[str, ...],
    format_: str | None,
    base: str | None,
    sites: tuple[str, ...],
    only: tuple[str, ...],
    graph: str | None,
    problems_file: str | None,
    strict: bool,
    quiet: bool,
    link_text: bool,
    link_captions: bool,
    selectors: bool,
    guard: str | None,
    context: str | None,
    type_: str | None,
    template: str | None,
    describe_file: str | None,
    told: tuple[str, ...],
    mapping_files: tuple[str, ...],
) -> int:
    """Export records as RDF.

    A SOURCE is a Markdown file, a folder, a site checkout, a .tar, .tar.gz, .tar.zst or .zip archive, or
    `-` for one document on standard input. The extension of FILE tells the format: .ttl, .nt, .nq, .trig,
    .jsonld or .rdf, each also with .gz or .zst.

    \b
    kg export site/ -o kg.ttl
    kg export site/ -o kg.ttl.gz -o kg.jsonld --problems problems.jsonl
    """  # noqa: D301  # click takes the backspace itself
    from kg.mapping import settings
    from kg.pipeline import export as run_export

    made = settings(base, named_sites(sites))
    linker = linker_of(link_text, link_captions, selectors, guard)
    other = other_of(context, type_, template, made)
    companion = description_of(describe_file, sources, made, told)
    with Progress(quiet) as progress:
        try:
            summary = run_export(
                sources,
                targets,
                format=format_,
                settings=made,
                only=split(only),
                graph=graph,
                problems_file=problems_file,
                strict=strict,
                advance=progress.advance,
                started=progress.start,
                linker=linker,
                other=other,
                companion=companion,
                mappings=mapping_files,
            )
        finally:
            progress.close()
            if progress.run is not None and not quiet:
                show_problems(progress.run.summary, problems_file)
    if not quiet:
        show_summary(summary)
    return summary.exit_status


def named_sites(options: tuple[str, ...]) -> dict[str, str]:
    """Return the sites of `NAME=IRI` options."""
    found: dict[str, str] = {}
    for option in options:
        name, equals, iri = option.partition("=")
        if not equals:
            raise UsageError(f"--site {option}: write NAME=IRI")
        found[name] = iri
    return found


def split(options: tuple[str, ...]) -> list[str]:
    """Return the names of options that take several, separated by commas."""
    return [name.strip() for option in options for name in option.split(",") if name.strip()]
