"""`kg trace`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from kg.cli.export import named_sites
from kg.cli.show import Progress

if TYPE_CHECKING:
    from kg.checks.lines import Lines
    from kg.checks.traces import Traced


@click.command()
@click.argument("terms", nargs=-1, required=True, metavar="TRIPLE-OR-IRI")
@click.option(
    "-s", "--source", "sources", multiple=True, required=True, metavar="SOURCE", help="Where the records are."
)
@click.option("-f", "--format", "format_", type=click.Choice(["text", "json"]), default="text")
@click.option("--limit", type=click.IntRange(0), default=20, help="Stop after so many places; 0 finds all.")
@click.option("--base", metavar="IRI", help="The base of the IRIs that are minted.")
@click.option("--site", "sites", multiple=True, metavar="NAME=IRI", help="Where a site lives, as for export.")
def trace(
    terms: tuple[str, ...],
    sources: tuple[str, ...],
    format_: str,
    limit: int,
    base: str | None,
    sites: tuple[str, ...],
) -> int:
    """Say which record, file, line and field made a triple or a node of the graph, and by which rule.

    TRIPLE-OR-IRI is an IRI, a triple in N-Triples as one text, or a subject, a predicate and an object (the
    object may be left out). IRIs may be short: ncbigene:208, schema:name. A text that is no IRI is a literal.

    Exit status: 0 found; 1 no record makes it; 2 wrong usage, or no record.

    \b
    kg trace ncbigene:208 --source site/
    kg trace ncbigene:208 schema:name AKT2 --source site/
    kg trace '<https://identifiers.org/ncbigene/208> <https://schema.org/name> "AKT2" .' --source site/
    """  # noqa: D301  # click takes the backspace itself
    from kg.checks.lines import Lines
    from kg.checks.traces import read_pattern, traces
    from kg.mapping import settings
    from kg.pipeline import Run

    made = settings(base, named_sites(sites))
    pattern = read_pattern(terms, made)
    with Progress(quiet=False) as progress:
        run = Run(sources, settings=made, advance=progress.advance)
        progress.start(run)
        lines, count = Lines(run.source.text_of), 0
        for traced in traces(run, pattern):
            count += 1
            click.echo(_as_json(traced) if format_ == "json" else _as_text(traced, lines))
            if count == limit:
                click.echo(f"stopped after {limit} places (--limit 0 finds all)", err=True)
                break
    if not count:
        click.echo("no record of the source makes this", err=True)
    return 0 if count else 1


def _as_json(traced: Traced) -> str:
    cell = traced.trace.cell
    value = traced.value
    row = {
        "subject": traced.subject,
        "predicate": traced.predicate,
        "object": value if value is None or isinstance(value, str) else value.lexical,
        "record": traced.kind,
        "file": cell.file,
        "line": cell.place.line,
        "column": cell.place.column,
        "field": cell.field,
        "rule": traced.trace.rule,
    }
    return json.dumps(row, ensure_ascii=False)


def _as_text(traced: Traced, lines: Lines) -> str:
    from kg.problems import Problem, shown

    cell, value = traced.trace.cell, traced.value
    place = f"{cell.file}:{cell.place.line}:{cell.place.column}"
    told = [f"{place}: {cell.field or traced.kind}"]
    if traced.predicate is not None:
        literal = value if value is None or isinstance(value, str) else value.lexical
        told.append(f"  = triple: {traced.subject} {traced.predicate} {shown(literal)}")
    told.append(f"  = rule: {traced.trace.rule}")
    problem = Problem(
        "unknown-key", cell.file, *cell.place, cell.field, None, shown(cell.text) if cell.text else None
    )
    snippet = lines.snippet(problem)
    if snippet is not None:
        number = str(cell.place.line)
        told[1:1] = [f"   {number} | {snippet.text}", f"   {' ' * len(number)} | {snippet.marks()}"]
    return "\n".join(told)
