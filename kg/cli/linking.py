"""The options of text linking, for every command that reads records."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.linking import Linker

_Command = TypeVar("_Command", bound=Callable[..., object])


def link_options(command: _Command) -> _Command:
    """Give a command the options `link_text`, `link_captions`, `selectors` and `guard`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option(
        "--link-text", is_flag=True, help="Link the gene names in posts to the genes of the run's figures."
    ),
    click.option("--link-captions", is_flag=True, help="Link the captions of figures as well."),
    click.option("--selectors", is_flag=True, help="Give each link its Web Annotation selectors."),
    click.option(
        "--guard", metavar="FILE", help="Names that are never linked, in place of the list that ships."
    ),
)


def linker_of(link_text: bool, link_captions: bool, selectors: bool, guard: str | None) -> Linker | None:
    """Return the linker that the options ask for, or None.

    Raises:
        UsageError: an option of linking stands without `--link-text` or `--link-captions`.
    """
    if not link_text and not link_captions:
        if selectors or guard is not None:
            name = "--selectors" if selectors else "--guard"
            raise UsageError(f"{name} needs --link-text or --link-captions")
        return None
    from kg.linking import Linker, LinkOptions

    return Linker(LinkOptions(captions=link_captions, selectors=selectors, guard=guard))
