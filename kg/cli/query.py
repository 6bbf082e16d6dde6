"""`kg queries` and `kg query`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from kg.cli.credentials import credentials_of, user_options
from kg.errors import MissingExtraError, UsageError

if TYPE_CHECKING:
    from kg.output import Output
    from kg.query.answers import Answer
    from kg.query.catalogue import Query
    from kg.query.results import View
    from kg.query.table import Shown


@click.command()
@click.option("-c", "--category", metavar="C", help="Only this category, such as Genes; its start is enough.")
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(["table", "json", "ttl"]),
    default="table",
    show_default=True,
)
@click.option(
    "--target", "targets", multiple=True, metavar="URL", help="With ttl: an endpoint where the queries run."
)
def queries(category: str | None, format_: str, targets: tuple[str, ...]) -> int:
    """List the bundled queries.

    As ttl, they are a catalogue in the convention of SIB (sh:SPARQLExecutable), which SPARQL editors read.
    """
    from kg.query.catalogue import catalogue
    from kg.query.export_catalogue import catalogue_turtle

    found = _of_category(catalogue(), category)
    if format_ == "json":
        click.echo(json.dumps([_as_json(query) for query in found], ensure_ascii=False, indent=2))
    elif format_ == "ttl":
        for block in catalogue_turtle(found, targets):
            click.echo(block, nl=False)
    else:
        _list(found)
    return 0


def _of_category(found: list[Query], category: str | None) -> list[Query]:
    if category is None:
        return found
    chosen = [query for query in found if query.category.casefold().startswith(category.casefold())]
    if not chosen:
        known = ", ".join(dict.fromkeys(query.category for query in found))
        raise UsageError(f"--category {category}: there is no such category; there are {known}")
    return chosen


def _as_json(query: Query) -> dict[str, object]:
    parameters = [
        {
            "name": parameter.alias,
            "type": parameter.type,
            "choices": list(parameter.choices),
            "default": list(parameter.defaults),
            "label": parameter.label,
        }
        for parameter in query.parameters
    ]
    return {
        "name": query.name,
        "title": query.title,
        "category": query.category,
        "description": query.description,
        "keywords": list(query.keywords),
        "parameters": parameters,
    }


def _list(found: list[Query]) -> None:
    width = max(len(query.name) for query in found)
    category = None
    for query in found:
        if query.category != category:
            click.secho(f"{'' if category is None else chr(10)}{query.category}", bold=True)
            category = query.category
        given = " ".join(
            f"--param {parameter.alias}={parameter.defaults[0]}"
            for parameter in query.parameters
            if parameter.defaults
        )
        click.echo(f"  {query.name:<{width}}  {query.title}" + (f"  [{given}]" if given else ""))
    click.echo(f"\n{len(found)} queries. `kg query NAME` runs one, with --show it is only printed.", err=True)


@click.command()
@click.argument("name", metavar="NAME|FILE.rq|-")
@click.option(
    "-p",
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set a parameter; several times for several values.",
)
@click.option(
    "-s",
    "--store",
    metavar="DIR|URL|RDF-FILE",
    help="Where to ask: a store that `kg load` made, an endpoint, or a file (.ttl, .nt.gz …).",
)
@click.option(
    "-f",
    "--format",
    "format_",
    metavar="FORMAT",
    help="table, csv, tsv, json, xml; of triples: turtle, ntriples, jsonld, rdfxml.",
)
@click.option("-o", "--output", metavar="FILE", help="Write the answer here; the extension tells the format.")
@click.option("-n", "--limit", type=click.IntRange(min=0), metavar="N", help="Stop after N rows.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="S",
    help="Give up after so many seconds.",
)
@click.option("--show", is_flag=True, help="Print the query with its parameters set; run nothing.")
@click.option("--plot", metavar="FILE", help="Draw the answer, as .svg or .png.")
@click.option("--graph", "graphs", multiple=True, metavar="IRI", help="Ask this graph of the store only.")
@user_options
@click.option(
    "--allow-service",
    "services",
    multiple=True,
    metavar="IRI",
    help="Let a SERVICE clause ask this endpoint.",
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors and warnings.")
def query(
    name: str,
    params: tuple[str, ...],
    store: str | None,
    format_: str | None,
    output: str | None,
    limit: int | None,
    timeout: float,
    show: bool,
    plot: str | None,
    graphs: tuple[str, ...],
    user: str | None,
    password_file: str | None,
    services: tuple[str, ...],
    quiet: bool,
) -> int:
    """Ask a question: a bundled query by its name, a .rq file, or `-` for a query on standard input.

    Exit status: 0 answered; 1 the query failed or took too long, or a server sent a part of the answer;
    2 wrong usage; 3 the output could not be written; 130 interrupted.

    \b
    kg query figures-of-gene --param gene=TP53
    kg query figures-per-year --plot years.svg
    kg query genes-drawn-most --store kg.ttl.gz -o genes.csv
    """  # noqa: D301  # click takes the backspace itself
    from kg.output import STDOUT, outputs
    from kg.query.catalogue import find_query
    from kg.query.results import known_prefixes, result_format, write_answer
    from kg.query.syntax import read_syntax, with_known_prefixes
    from kg.query.targets import answer, target_of

    found = find_query(name)
    text = with_known_prefixes(
        found.with_values([_name_and_value(param) for param in params]), known_prefixes()
    )
    if show:
        click.echo(text, nl=not text.endswith("\n"))
        return 0
    syntax = read_syntax(text)
    target = output or STDOUT
    form = result_format(syntax.kind, format_, None if target == STDOUT else output)
    drawn = _picture_format(plot)
    asked = answer(
        target_of(store),
        text,
        limit=limit,
        timeout=timeout,
        graphs=graphs,
        services=services,
        credentials=credentials_of(user, password_file),
    )
    with asked as answered:
        with outputs([target, *([plot] if plot else [])]) as opened:
            left_out = _draw(answered, _title(found, params), drawn, opened[-1]) if drawn else ""
            shown = write_answer(answered, form, opened[0], _view(target, syntax.prefixes))
        _say(answered, shown, left_out, quiet)
        if not answered.rows and not params and not quiet:
            _say_defaults(found)
    return 0 if answered.complete else 1


def _name_and_value(param: str) -> tuple[str, str]:
    name, equals, value = param.partition("=")
    if not equals or not name:
        raise UsageError(f"--param {param}: write NAME=VALUE")
    return name, value


def _picture_format(plot: str | None) -> str | None:
    """Return the format of the picture; find out before the query whether it can be drawn at all."""
    if plot is None:
        return None
    from importlib.util import find_spec

    from kg.query.plot import picture_format

    form = picture_format(plot)
    if find_spec("matplotlib") is None:
        raise MissingExtraError("--plot needs the extra `plot`: pip install pathway-kg[plot]")
    return form


def _draw(answered: Answer, title: str, form: str, output: Output) -> str:
    from kg.query.plot import draw

    data, left_out = draw(answered, title, form)
    output.write_bytes(data)
    return left_out


def _title(found: Query, params: tuple[str, ...]) -> str:
    values = ", ".join(param.partition("=")[2] for param in params)
    title = found.title or found.name.removeprefix("-")
    return f"{title}: {values}" if values else title


def _view(target: str, prefixes: Mapping[str, str]) -> View:
    """Return how a table is shown: as wide as the terminal, or as it needs where there is none."""
    from kg.output import STDOUT
    from kg.query.results import View

    return View(shutil.get_terminal_size((0, 0)).columns if target == STDOUT else 0, prefixes)


def _say_defaults(found: Query) -> None:
    """Say for what nothing was found, where the user may not know."""
    given = " ".join(f"--param {one.alias}={one.defaults[0]}" for one in found.parameters if one.defaults)
    if given:
        click.echo(f"that was with {given}, the default; give it your own", err=True)


def _say(answered: Answer, shown: Shown, left_out: str, quiet: bool) -> None:
    """Say on standard error how many rows there are, and what is missing."""
    for note in answered.notes:
        click.echo(f"kg: {note}", err=True)
    if quiet:
        return
    what = "triple" if answered.kind.is_graph else "row"
    count = f"{answered.rows:,} {what}{'' if answered.rows == 1 else 's'}"
    more = "; there are more, --limit left them out" if answered.more else ""
    click.echo(f"{count} in {answered.seconds:.2f} s{more}", err=True)
    if shown.cut:
        click.echo(
            f"{shown.cut:,} cells are cut (…) to fit; --format csv or json shows all of them", err=True
        )
    if left_out:
        click.echo(left_out, err=True)
