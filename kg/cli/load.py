"""`kg load`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.credentials import credentials_of, user_options
from kg.cli.show import Progress, show_problems, show_summary
from kg.cli.source_options import Mapped, mapping_options, run_options, split
from kg.cli.workers import number_of, workers_option

if TYPE_CHECKING:
    from kg.loading import LoadSummary
    from kg.stores import Client


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE|RDF-FILE...")
@click.option(
    "-t",
    "--to",
    "target",
    metavar="DIR|URL",
    help="The store: a folder, or the address of a server. Without it, the default store.",
)
@click.option("--graph", metavar="IRI", help="Load into this graph; without it, into the default graph.")
@click.option(
    "--replace/--add", "replace", default=True, help="Replace the graph, as is the rule, or add to it."
)
@click.option(
    "--kind",
    metavar="KIND",
    help="oxigraph (a folder), graph-store, sparql-update or virtuoso; without it, it is found out.",
)
@user_options
@mapping_options
@workers_option
@run_options
def load(
    sources: tuple[str, ...],
    target: str | None,
    graph: str | None,
    replace: bool,
    kind: str | None,
    user: str | None,
    password_file: str | None,
    only: tuple[str, ...],
    problems_file: str | None,
    strict: bool,
    quiet: bool,
    mapped: Mapped,
    workers: int | None,
) -> int:
    """Load records or RDF files into a store.

    A SOURCE is what `kg export` takes; an RDF-FILE ends in .ttl, .nt, .nq, .trig, .jsonld or .rdf, also with
    .gz or .zst. What is loaded was counted in the store when this ends with status 0 or 1; status 3 says that
    the store could not be loaded.

    \b
    kg load site/
    kg load kg.ttl.gz --to store/ --graph https://example.org/kg
    kg load site/ --to http://localhost:7878
    """  # noqa: D301  # click takes the backspace itself
    from kg.loading import load as run_load
    from kg.stores import Mode, default_store

    with Progress(quiet) as progress:
        try:
            summary = run_load(
                sources,
                target or str(default_store()),
                kind=kind,
                client=_client(user, password_file),
                graph=graph,
                mode=Mode.REPLACE if replace else Mode.ADD,
                **mapped._asdict(),
                only=split(only),
                problems_file=problems_file,
                strict=strict,
                advance=progress.advance,
                started=progress.start,
                workers=number_of(workers),
            )
        finally:
            progress.close()
            if progress.run is not None and not quiet:
                show_problems(progress.run.summary, problems_file)
    if not quiet:
        _show(summary)
    return summary.exit_status


def _client(user: str | None, password_file: str | None) -> Client:
    from kg.stores import Client

    credentials = credentials_of(user, password_file)
    return Client() if credentials is None else Client(credentials)


def _show(summary: LoadSummary) -> None:
    """Show what a load did, a line each."""
    if summary.records is not None:
        summary.records.seconds = summary.seconds
        show_summary(summary.records)
    for path in summary.files:
        click.echo(f"{'file':<9} {'':>11}  {path}", err=True)
    graph = "default graph" if summary.graph is None else f"graph <{summary.graph}>"
    click.echo(
        f"{'loaded':<9} {summary.held:>11,}  triples are now in the {graph} of {summary.place}", err=True
    )
    if summary.records is None:
        click.echo(f"{'time':<9} {summary.seconds:>9.1f} s", err=True)
