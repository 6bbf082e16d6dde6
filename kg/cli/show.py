"""What the commands show on standard error: progress, problems, summaries."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from typing_extensions import Self

    from kg.pipeline import Run, Summary

_SHOWN_PROBLEMS = 20


class Progress:
    """A progress bar on a terminal, a plain line now and then in a log, nothing when quiet."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._bar: Any = None
        self.run: Run | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def start(self, run: Run) -> None:
        """Take the run that starts now."""
        self.run = run
        if self._quiet:
            return
        from tqdm import tqdm

        terminal = sys.stderr.isatty()
        self._bar = tqdm(
            total=len(run.source),
            unit=" pages",
            file=sys.stderr,
            leave=False,
            mininterval=0.1 if terminal else 10,
            delay=0.5 if terminal else 10,
            ascii=None if terminal else True,
            bar_format=None if terminal else "{n_fmt} of {total_fmt} pages, {rate_fmt}, {remaining} left\n",
        )

    def advance(self) -> None:
        """Count one page."""
        if self._bar is not None:
            self._bar.update()

    def close(self) -> None:
        """Clear the bar."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def show_problems(summary: Summary, problems_file: str | None) -> None:
    """Show the first errors and warnings, and how many more there are."""
    from kg.problems import Severity

    problems = summary.problems
    worth = [problem for problem in problems.first if problem.severity is not Severity.INFO]
    for problem in worth[:_SHOWN_PROBLEMS]:
        click.echo(str(problem), err=True)
    more = problems.of(Severity.ERROR) + problems.of(Severity.WARNING) - len(worth[:_SHOWN_PROBLEMS])
    if more > 0:
        where = f"see {problems_file}" if problems_file else "--problems FILE writes them all"
        click.echo(f"… and {more:,} more ({where})", err=True)


def show_summary(summary: Summary) -> None:
    """Show what a run did, a line each."""
    from kg.problems import CODES

    rows = [
        ("records", summary.records.total(), _counted(summary.records) + _repeated(summary)),
        ("skipped", summary.skipped.total(), _counted(summary.skipped)),
        (
            "problems",
            summary.problems.counts.total(),
            _counted(summary.problems.counts, lambda code: f" ({CODES[code].severity.value})"),
        ),
        ("missing", summary.missing, "values that stand for nothing (NA, '', …)" if summary.missing else ""),
        ("triples", summary.triples, ""),
        ("entities", summary.entities, "described once, however many records name them"),
    ]
    for name, count, detail in rows:
        click.echo(f"{name:<9} {count:>11,}  {detail}".rstrip(), err=True)
    for target, size in summary.written.items():
        click.echo(
            f"{'written':<9} {_bytes(size):>11}  {'standard output' if target == '-' else target}", err=True
        )
    click.echo(f"{'time':<9} {summary.seconds:>9.1f} s", err=True)


def _repeated(summary: Summary) -> str:
    return f"; {summary.repeated:,} of them about a record met before" if summary.repeated else ""


def _counted(counts: dict[str, int], note: Callable[[str], str] = lambda _: "") -> str:
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    return ", ".join(f"{count:,} {name}{note(name)}" for name, count in rows)


def _bytes(size: int) -> str:
    value = float(size)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"
