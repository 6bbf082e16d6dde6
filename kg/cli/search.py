"""`kg search`."""

from __future__ import annotations

import json
import shutil
import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kg.search import Found, Hit


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option(
    "-s", "--store", metavar="DIR", help="The store that `kg load` made; without it, the default one."
)
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    metavar="N",
    help="Show so many.",
)
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(["table", "json", "tsv"]),
    default="table",
    show_default=True,
)
def search(words: tuple[str, ...], store: str | None, limit: int, format_: str) -> int:
    """Search titles, captions, symbols and identifiers, best first.

    All words must be there; wnt* finds what starts with wnt. What has the words as its identifier or name
    comes first.

    \b
    kg search insulin resistance
    kg search PMC2820751
    """  # noqa: D301  # click takes the backspace itself
    from kg.query.targets import search_index
    from kg.search import search as run_search

    begun = time.perf_counter()
    text = " ".join(words)
    with search_index(store) as index:
        found = run_search(index, text, limit)
    if format_ == "json":
        click.echo(json.dumps([hit._asdict() for hit in found.hits], ensure_ascii=False, indent=2))
    elif format_ == "tsv":
        _tsv(found.hits)
    else:
        _table(found.hits)
    _say(found, text, time.perf_counter() - begun)
    return 0


def _tsv(hits: list[Hit]) -> None:
    click.echo("iri\tkind\ttitle\texcerpt")
    for hit in hits:
        click.echo("\t".join(" ".join(cell.split()) for cell in (hit.iri, hit.kind, hit.title, hit.excerpt)))


def _table(hits: list[Hit]) -> None:
    from kg.query.results import known_prefixes
    from kg.query.table import cut, on_one_line, shortener

    short = shortener(known_prefixes())
    width = shutil.get_terminal_size((0, 0)).columns or 1000
    for hit in hits:
        label = f"{hit.kind:<8}  "
        title = cut(on_one_line(hit.title) or "(no title)", width - len(label))
        click.echo(label + click.style(title, bold=True))
        click.echo(" " * 10 + click.style(cut(short.iri(hit.iri), width - 10), fg="cyan"))
        if hit.excerpt:
            click.echo(" " * 10 + cut(on_one_line(hit.excerpt), width - 10))


def _say(found: Found, text: str, seconds: float) -> None:
    shown = len(found.hits)
    if not found.total:
        click.echo(
            f"nothing was found for {text!r}; a word that ends in * finds what starts with it", err=True
        )
        return
    some = "" if found.all_words else "; nothing holds all the words, these hold some"
    of = f"the best {shown} of {found.total:,}" if found.total > shown else f"{found.total:,} found"
    click.echo(f"{of} in {seconds:.2f} s{some}", err=True)
