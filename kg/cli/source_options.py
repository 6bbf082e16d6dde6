"""The options of all commands that make graphs of records: how they are mapped, and what a run tells."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from kg.cli.linking import link_options, linker_of
from kg.cli.other import other_of, other_options
from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.linking import Linker
    from kg.mapping import Settings
    from kg.records import RecordType

_Command = TypeVar("_Command", bound=Callable[..., Any])


class Mapped(NamedTuple):
    """How records become graphs: the IRIs, what links prose, what reads records of another type."""

    settings: Settings
    linker: Linker | None
    other: RecordType | None


def site_options(command: _Command) -> _Command:
    """Give a command the options `base` and `sites`; `settings_of` makes settings of them."""
    for option in reversed(_SITES):
        command = option(command)
    return command


_SITES = (
    click.option("--base", metavar="IRI", help="The base of the IRIs that are minted."),
    click.option(
        "--site",
        "sites",
        multiple=True,
        metavar="NAME=IRI",
        help="Where a site lives: pfocr, wikipathways or posts.",
    ),
)


def mapping_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options of `site_options`, of linking and of other records, as one `mapped`."""

    @site_options
    @link_options
    @other_options
    @wraps(command)
    def with_mapped(
        *,
        base: str | None,
        sites: tuple[str, ...],
        link_text: bool,
        link_captions: bool,
        selectors: bool,
        guard: str | None,
        context: str | None,
        type_: str | None,
        template: str | None,
        **rest: object,
    ) -> int:
        made = settings_of(base, sites)
        linker = linker_of(link_text, link_captions, selectors, guard)
        other = other_of(context, type_, template, made)
        return command(mapped=Mapped(made, linker, other), **rest)

    return with_mapped


def run_options(command: _Command) -> _Command:
    """Give a command the options `only`, `problems_file`, `strict` and `quiet`."""
    return _ONLY(report_options(command))


def report_options(command: _Command) -> _Command:
    """Give a command the options `problems_file`, `strict` and `quiet`."""
    for option in reversed(_REPORT):
        command = option(command)
    return command


_ONLY = click.option(
    "--only",
    multiple=True,
    metavar="TYPE,...",
    help="Take records of these types only: figure, pathway, post, author, community, organism, term.",
)
_REPORT = (
    click.option(
        "--problems",
        "problems_file",
        metavar="FILE",
        help="Write every problem here, one JSON object a line.",
    ),
    click.option("--strict", is_flag=True, help="Write nothing when there is any error."),
    click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors that stop the run."),
)


def settings_of(base: str | None, sites: tuple[str, ...]) -> Settings:
    """Return the settings of the options `--base` and `--site NAME=IRI`.

    Raises:
        UsageError: one of them is not valid.
    """
    from kg.mapping import settings

    return settings(base, named_sites(sites))


def named_sites(options: tuple[str, ...]) -> dict[str, str]:
    """Return the sites of `NAME=IRI` options.

    Raises:
        UsageError: one of them has another form.
    """
    found: dict[str, str] = {}
    for option in options:
        name, equals, iri = option.partition("=")
        if not equals:
            raise UsageError(f"--site {option}: write NAME=IRI")
        found[name] = iri
    return found


def split(options: tuple[str, ...]) -> list[str]:
    """Return the names of options that take several, separated by commas.

    >>> split(("figure,post", " term "))
    ['figure', 'post', 'term']
    """
    return [name.strip() for option in options for name in option.split(",") if name.strip()]
