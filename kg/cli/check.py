"""`kg check`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from kg.cli.show import Progress
from kg.cli.source_options import Mapped, mapping_options, split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.checks import Found

_FORMATS = ("text", "json", "sarif", "github", "junit")


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(_FORMATS),
    default="text",
    help="How to tell: text is for people.",
)
@click.option("-o", "--output", default="-", metavar="FILE", help="Write here in place of standard output.")
@click.option(
    "--shapes", metavar="FILE", help="Judge the graphs by these SHACL shapes in place of the model's."
)
@click.option(
    "--shacl",
    type=click.Choice(["sample", "all", "none"]),
    default="sample",
    help="Judge the graphs of 200 records spread over the source (the default), of all, or of none.",
)
@click.option("--only", multiple=True, metavar="CODE,...", help="Tell these codes only.")
@click.option("--ignore", multiple=True, metavar="CODE,...", help="Do not tell these codes.")
@click.option("--baseline", metavar="FILE", help="Leave out the findings that stand in this file.")
@click.option("--write-baseline", metavar="FILE", help="Write the findings to this file, for --baseline.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    default="error",
    help="What makes the exit status 1: errors (the default), or warnings too.",
)
@click.option("--limit", type=click.IntRange(0), default=10, help="Places of each code in text; 0 shows all.")
@mapping_options
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
def check(
    sources: tuple[str, ...],
    format_: str,
    output: str,
    shapes: str | None,
    shacl: str,
    only: tuple[str, ...],
    ignore: tuple[str, ...],
    baseline: str | None,
    write_baseline: str | None,
    fail_on: str,
    limit: int,
    mapped: Mapped,
    quiet: bool,
) -> int:
    """Check records, and say where each problem is.

    Every rule is run on every record and on what they say together, and the SHACL shapes on the graphs of
    some of them. Each finding names its file, line and field; `kg explain CODE` tells more of its code.

    Exit status: 0 nothing to fail on; 1 there is; 2 wrong usage, or no record; 3 FILE cannot be written.

    \b
    kg check site/
    kg check site/ --write-baseline kg-baseline.tsv      (accept what is there today)
    kg check site/ --baseline kg-baseline.tsv --fail-on warning --format github
    """  # noqa: D301  # click takes the backspace itself
    from kg import __version__
    from kg.checks import Options, read_baseline
    from kg.checks import check as run_check
    from kg.checks.formats import FORMATS, Style
    from kg.checks.lines import Lines

    known = read_baseline(baseline) if baseline else None
    with Progress(quiet) as progress:
        found = run_check(
            sources,
            Options(shapes, shacl, split(only), split(ignore)),
            **mapped._asdict(),
            advance=progress.advance,
            started=progress.start,
        )
    assert progress.run is not None
    for note in found.notes:
        click.echo(f"kg: {note}", err=True)
    style = Style(Lines(progress.run.source.text_of), __version__, limit, _is_coloured(output))
    if write_baseline:
        _write(write_baseline, found.baseline())
    gone = found.leave_out(known) if known else 0
    _write(output, FORMATS[format_](found, style))
    if gone and not quiet:
        click.echo(f"{gone:,} known findings are left out (--baseline {baseline})", err=True)
    return 0 if write_baseline else _status(found, fail_on)


def _is_coloured(output: str) -> bool:
    """Say whether colours are of use: on a terminal, unless `NO_COLOR` is set."""
    return output == "-" and sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _write(target: str, parts: Iterator[str]) -> None:
    from kg.output import outputs

    with outputs([target]) as opened:
        for part in parts:
            opened[0].write(part)


def _status(found: Found, fail_on: str) -> int:
    from kg.checks import Severity

    failed = found.of(Severity.ERROR) + (found.of(Severity.WARNING) if fail_on == "warning" else 0)
    return 1 if failed else 0
