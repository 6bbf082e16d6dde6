"""`kg demo`."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.show import show_problems, show_summary


@click.command()
@click.option(
    "--to", "folder", default="kg-demo", show_default=True, metavar="DIR", help="Write the outputs here."
)
def demo(folder: str) -> int:
    """Export the packaged example records, and show what came out."""
    from kg import resources
    from kg.pipeline import export as run_export

    records = resources.examples()
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    turtle, jsonld = out / "kg.ttl", out / "kg.jsonld"
    click.secho("1. Export the example records to Turtle and JSON-LD", bold=True)
    click.echo(f"   kg export {_relative(records)} -o {turtle} -o {jsonld}\n")
    summary = run_export([records], [str(turtle), str(jsonld)])
    show_problems(summary, None)
    show_summary(summary)
    click.secho("\n2. What a figure became (Turtle)", bold=True)
    click.echo(_indented(_first_figure(turtle.read_text(encoding="utf-8"))))
    click.secho("\nTry next", bold=True)
    click.echo(f"   less {turtle}")
    click.echo("   kg export YOUR-RECORDS/ -o kg.ttl.gz -o kg.jsonld")
    click.echo("   kg export --help")
    return summary.exit_status


def _relative(path: Path) -> Path:
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path


def _indented(text: str) -> str:
    return "\n".join(f"   {line[:110]}{'…' if len(line) > 110 else ''}" for line in text.splitlines())


def _first_figure(turtle: str) -> str:
    """Return the first block of the Turtle that is a figure."""
    blocks = turtle.split("\n\n")
    return next((block for block in blocks if " a kg:Figure" in block), blocks[0])
