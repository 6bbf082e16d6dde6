"""`kg publish`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.show import Progress, show_problems, show_summary
from kg.cli.source_options import report_options, settings_of, site_options, split

if TYPE_CHECKING:
    from kg.publish import Published


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("-t", "--to", "folder", required=True, metavar="DIR", help="The folder of the site.")
@click.option("--url", required=True, metavar="URL", help="Where the site will be: https://example.org/kg/")
@click.option("--title", metavar="TEXT", help="The title of the site.")
@click.option(
    "--only", multiple=True, metavar="KIND,...", help="Make pages of these kinds only: figures, genes …"
)
@click.option(
    "--config", "config_file", metavar="FILE", help="Name, logo, contact, licence and more, as YAML."
)
@site_options
@click.option(
    "--workers", type=int, metavar="N", help="Write pages with N processes; one for each processor."
)
@click.option("--templates", metavar="DIR", help="A folder whose templates and styles go before ours.")
@report_options
def publish(
    sources: tuple[str, ...],
    folder: str,
    url: str,
    title: str | None,
    only: tuple[str, ...],
    config_file: str | None,
    base: str | None,
    sites: tuple[str, ...],
    workers: int | None,
    templates: str | None,
    problems_file: str | None,
    strict: bool,
    quiet: bool,
) -> int:
    """Publish records as a linked-data site.

    A SOURCE is what `kg export` takes. DIR gets a page for every figure, paper, gene, chemical, disease,
    organism, pathway, post, term and journal, each also as Turtle and JSON-LD, with search, dumps, sitemaps,
    and settings for web hosts (docs/publishing.md). It opens from the file system too. A run that is stopped
    leaves the old site; files that did not change are left alone.

    \b
    kg publish site/ --to www/kg --url https://example.org/kg/
    kg publish site/ --to www/kg --url https://example.org/kg/ --config site.yaml --only figures,genes
    """  # noqa: D301  # click takes the backspace itself
    from kg.publish import Asked, read_config
    from kg.publish import publish as run_publish

    made = settings_of(base, sites)
    config = read_config(config_file) if config_file else None
    with Progress(quiet) as progress:
        asked = Asked(sources, made, problems_file, strict, progress.advance, progress.start)
        try:
            done = run_publish(
                asked,
                folder,
                url,
                title=title,
                config=config,
                only=split(only),
                templates=templates,
                workers=workers,
            )
        finally:
            progress.close()
            if progress.run is not None and not quiet:
                show_problems(progress.run.summary, problems_file)
    if not quiet:
        _show(done)
    return done.exit_status


def _show(done: Published) -> None:
    """Show what a run did, a line each."""
    records = done.records
    records.written, records.seconds = {}, done.seconds
    show_summary(records)
    pages = ", ".join(f"{count:,} {kind}" for kind, count in done.pages.items())
    files = ", ".join(f"{count:,} {state}" for state, count in done.files.items() if count)
    click.echo(f"{'pages':<9} {sum(done.pages.values()):>11,}  {pages}", err=True)
    click.echo(f"{'files':<9} {sum(done.files.values()) - done.files['removed']:>11,}  {files}", err=True)
    state = "published" if done.switched else "unchanged"
    click.echo(f"{state:<9} {'':>11}  {done.folder} for {done.url}", err=True)
