"""`kg demo`."""

from __future__ import annotations

from pathlib import Path

import click

_QUERIES = (
    ("Which figures draw AKT1?", ("figures-of-gene", "--param", "gene=AKT1")),
    ("Which genes are drawn with AKT1?", ("gene-cooccurrence", "--param", "gene=AKT1", "--limit", "5")),
    ("How many figures were published each year?", ("figures-per-year",)),
)
_URL = "https://example.org/kg/"
"""Where the site of the demo would be; it opens from the file system."""


@click.command()
@click.option("--to", "folder", default="kg-demo", show_default=True, metavar="DIR", help="Work here.")
@click.pass_context
def demo(context: click.Context, folder: str) -> int:
    """Export the packaged example records, load them, ask three questions, publish them as a site."""
    from kg import resources

    root = context.find_root()
    records = str(_relative(resources.examples()))
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    turtle, jsonld, store = (str(out / name) for name in ("kg.ttl", "kg.jsonld", "store"))

    _title("1. Export: the example records become Turtle and JSON-LD")
    status = _run(root, "export", records, "-o", turtle, "-o", jsonld)
    _title("   The first figure, as Turtle")
    click.echo(_indented(_first_figure(Path(turtle).read_text(encoding="utf-8"))))

    _title("2. Load: the records into an embedded store, a folder that can be asked")
    status = max(status, _run(root, "load", records, "--to", store))

    _title("3. Ask: three of the bundled questions")
    for question, arguments in _QUERIES:
        click.secho(f"\n{question}", bold=True)
        status = max(status, _run(root, "query", *arguments, "--store", store))
    status = max(status, _publish(root, records, out / "site"))
    _show_next(turtle, store)
    return status


def _publish(root: click.Context, records: str, site: Path) -> int:
    """Publish the records, and say where the site lies."""
    from importlib.util import find_spec

    _title("4. Publish: a site of linked data, for any web host")
    if find_spec("jinja2") is None:
        click.echo("   needs the extra `publish`: pip install pathway-kg[publish]")
        return 0
    status = _run(root, "publish", records, "--to", str(site), "--url", _URL, "--quiet")
    click.echo(f"   The example site lies in {site}: open {site / 'index.html'} in a browser.")
    return status


def _show_next(turtle: str, store: str) -> None:
    rows = (
        (f"less {turtle}", "what came out"),
        ("kg queries", "all bundled questions"),
        (f"kg query genes-drawn-most --store {store}", "another one"),
        (f"kg search insulin --store {store}", "titles, captions, symbols, identifiers"),
        ("kg export YOUR-RECORDS/ -o kg.ttl.gz", "your own records"),
        (
            "kg serve --demo",
            "the same site with a SPARQL endpoint and a query page, at http://127.0.0.1:7878/",
        ),
        (f"kg publish YOUR-RECORDS/ --to site/ --url {_URL}", "a site of them"),
        ("kg load YOUR-RECORDS/", "into the store that `kg query` asks by default"),
    )
    _title("Try next (in a checkout, kg is .venv/bin/kg)")
    width = max(len(command) for command, _ in rows)
    for command, note in rows:
        click.echo(f"   {command:<{width}}   {note}")


def _title(text: str) -> None:
    click.secho(f"\n{text}", bold=True)


def _run(root: click.Context, *arguments: str) -> int:
    """Run a command as a user would, and show it."""
    click.secho(f"$ kg {' '.join(arguments)}", fg="cyan")
    status = root.command.main(args=list(arguments), prog_name="kg", standalone_mode=False)
    return status if isinstance(status, int) else 0


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
