"""`kg trace`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from kg.cli.show import Progress
from kg.cli.source_options import Mapped, mapping_options

if TYPE_CHECKING:
    from kg.checks.lines import Lines
    from kg.checks.traces import Traced


_WIDTH = 200


@click.command()
@click.argument("terms", nargs=-1, required=True, metavar="TRIPLE-OR-IRI")
@click.option(
    "-s", "--source", "sources", multiple=True, required=True, metavar="SOURCE", help="Where the records are."
)
@click.option("-f", "--format", "format_", type=click.Choice(["text", "json"]), default="text")
@click.option("--limit", type=click.IntRange(0), default=20, help="Stop after so many places; 0 finds all.")
@mapping_options
def trace(
    terms: tuple[str, ...],
    sources: tuple[str, ...],
    format_: str,
    limit: int,
    mapped: Mapped,
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
    from kg.pipeline import Run

    pattern = read_pattern(terms, mapped.settings)
    with Progress(quiet=False) as progress:
        run = Run(sources, advance=progress.advance, **mapped._asdict())
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
        "triple": _triple(traced),
        "record": traced.kind,
        "file": cell.file,
        "line": cell.place.line,
        "column": cell.place.column,
        "field": cell.field,
        "rule": traced.trace.rule,
    }
    return json.dumps(row, ensure_ascii=False)


def _triple(traced: Traced) -> str | None:
    """Return the triple as N-Triples has it, so that it can be asked for again; None of a node."""
    from kg.formats.terms import bracketed, escaped
    from kg.graph import IRI

    predicate, value = traced.predicate, traced.value
    if predicate is None or value is None:
        return None
    if isinstance(value, IRI):
        said = bracketed(value)
    elif isinstance(value, str):
        said = escaped(value)
    else:
        said = f"{escaped(value.lexical)}^^{bracketed(value.datatype)}"
    return f"{bracketed(traced.subject)} {bracketed(predicate)} {said} ."


def _as_text(traced: Traced, lines: Lines) -> str:
    from kg.problems import Problem, shown

    cell, triple = traced.trace.cell, _triple(traced)
    place = f"{cell.file}:{cell.place.line}:{cell.place.column}"
    told = [f"{place}: {cell.field or traced.kind}"]
    if triple is not None:
        told.append(f"  = triple: {triple if len(triple) <= _WIDTH else triple[:_WIDTH] + '…'}")
    told.append(f"  = rule: {traced.trace.rule}")
    problem = Problem(
        "unknown-key", cell.file, *cell.place, cell.field, None, shown(cell.text) if cell.text else None
    )
    snippet = lines.snippet(problem)
    if snippet is not None:
        number = str(cell.place.line)
        told[1:1] = [f"   {number} | {snippet.text}", f"   {' ' * len(number)} | {snippet.marks()}"]
    return "\n".join(told)
