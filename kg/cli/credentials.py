"""The options by which a user of a server names itself, for every command that talks to one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.stores.auth import Credentials

_PASSWORD = "KG_PASSWORD"  # noqa: S105 - the name of a variable
_Command = TypeVar("_Command", bound=Callable[..., object])


def user_options(command: _Command) -> _Command:
    """Add `--user` and `--password-file` to a command."""
    password = click.option(
        "--password-file",
        metavar="F",
        help=f"A file whose first line is the password; else {_PASSWORD} is it.",
    )
    user = click.option("--user", metavar="U", help="The user of a server that asks for one.")
    return user(password(command))


def credentials_of(user: str | None, password_file: str | None) -> Credentials | None:
    """Return the credentials that the options give, or None where they name no user."""
    from kg.stores.auth import Credentials

    if user is None:
        if password_file is not None:
            raise UsageError("--password-file needs --user")
        return None
    if password_file is None:
        password = os.environ.get(_PASSWORD)
        if password is None:
            raise UsageError(f"--user needs --password-file, or the password in {_PASSWORD}")
        return Credentials(user, password)
    try:
        first = Path(password_file).read_text("utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--password-file: {password_file} cannot be read") from error
    return Credentials(user, first.removesuffix("\r"))
