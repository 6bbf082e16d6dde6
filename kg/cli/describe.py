"""`kg describe`, and what `kg export --describe` shares with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from kg.describe import Description
    from kg.mapping import Settings

_Command = TypeVar("_Command", bound=Callable[..., Any])

_ABOUT = click.option(
    "--about",
    "told",
    multiple=True,
    metavar="KEY=VALUE",
    help="What the description says of the dataset: name, title, description, keywords, licence, creator, "
    "publisher, page, downloads.",
)


def describe_options(command: _Command) -> _Command:
    """Add the options by which an export is described."""
    target = click.option(
        "--describe",
        "describe_file",
        metavar="FILE",
        help="Describe the dataset here (.ttl, .jsonld …): HCLS, VoID, DCAT, schema.org, PROV.",
    )
    return target(_ABOUT(command))


def description_of(
    target: str | None, paths: Iterable[str], settings: Settings, told: tuple[str, ...]
) -> Description | None:
    """Return what goes along with an export to describe it, or None where nobody asks."""
    if target is None:
        return None
    from kg.describe import Description, about

    return Description(target, paths, settings, about(told))


@click.command()
@click.argument("source", metavar="RDF-FILE|STORE")
@click.option("-o", "--output", "target", default="-", metavar="FILE", help="Write the description here.")
@click.option("-f", "--format", "format_", metavar="FORMAT", help="turtle (the default), jsonld, ntriples …")
@click.option("--base", metavar="IRI", help="The base of the IRIs that are minted.")
@_ABOUT
def describe(source: str, target: str, format_: str | None, base: str | None, told: tuple[str, ...]) -> int:
    """Describe a dataset that is there already: an RDF file, or the folder of a store.

    Everything is counted, and equals what SPARQL counts. `kg export --describe FILE` does the same while it
    writes, and tells more: the sources, what the run counted, and the files.

    \b
    kg describe kg.ttl -o about.ttl
    kg describe store/ --format jsonld --about "title=My graph"
    """  # noqa: D301  # click takes the backspace itself
    from kg.describe import about, describe_source
    from kg.mapping import settings
    from kg.output import outputs

    text = describe_source(source, settings=settings(base), told=about(told), target=target, format=format_)
    with outputs([target]) as (output,):
        output.write(text)
    return 0
