"""The option for the number of workers, for every command that shares its work among processes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., object])


def workers_option(command: _Command) -> _Command:
    """Give a command the option `workers`."""
    return _OPTION(command)


_OPTION = click.option(
    "--workers",
    type=click.IntRange(1),
    metavar="N",
    help="Share the work among so many processes; without it, one for each processor. 1 starts none.",
)


def number_of(workers: int | None) -> int:
    """Return the number of workers that is asked for."""
    from kg.workers import cores

    return cores() if workers is None else workers
