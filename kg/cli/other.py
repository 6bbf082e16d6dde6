"""The options for records of other types, for every command that reads records."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.mapping import Settings
    from kg.records import RecordType

_Command = TypeVar("_Command", bound=Callable[..., object])


def other_options(command: _Command) -> _Command:
    """Give a command the options `context`, `type_` and `template`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option("--context", metavar="FILE", help="Read records of another type by this JSON-LD context."),
    click.option("--type", "type_", metavar="IRI", help="What the records of that type are, with --context."),
    click.option(
        "--id",
        "template",
        metavar="TEMPLATE",
        help="Their IRIs, with --context: keys in braces, such as https://example.org/recipe/{stem}.",
    ),
)


def other_of(
    context: str | None, type_: str | None, template: str | None, settings: Settings
) -> RecordType | None:
    """Return the record type that the options ask for, or None.

    Raises:
        UsageError: they do not go together, or one of them cannot be used.
    """
    if context is None or type_ is None:
        if (context, type_, template) != (None, None, None):
            raise UsageError("--context FILE and --type IRI go together, with --id TEMPLATE if you like")
        return None
    from kg.records import type_read_by
    from kg.records.other import other_reader

    return type_read_by(other_reader(context, type_, template or settings.minted("record/{stem}")))
