"""The command line: the only package that prints or exits. One module per command.

Everything heavy is imported inside the commands, so that `kg --help` answers at once.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import NoReturn

import click

from kg import __version__
from kg.cli.check import check
from kg.cli.demo import demo
from kg.cli.describe import describe
from kg.cli.explain import explain
from kg.cli.export import export
from kg.cli.load import load
from kg.cli.mappings import mappings
from kg.cli.publish import publish
from kg.cli.query import queries, query
from kg.cli.search import search
from kg.cli.serve import serve
from kg.cli.trace import trace
from kg.cli.validate import validate
from kg.errors import KgError, UsageError

_INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="kg", message="%(prog)s %(version)s")
def cli() -> None:
    """Turn curated records (pathway figures, posts, pathways) into linked data.

    Data goes to files or standard output, messages to standard error.

    Exit status: 0 nothing lost; 1 an error lost a value or a record (outputs are written all the same);
    2 wrong usage, or no record found; 3 an output could not be written; 130 interrupted.
    """


cli.add_command(export)
cli.add_command(check)
cli.add_command(explain)
cli.add_command(trace)
cli.add_command(load)
cli.add_command(demo)
cli.add_command(describe)
cli.add_command(mappings)
cli.add_command(publish)
cli.add_command(queries)
cli.add_command(query)
cli.add_command(search)
cli.add_command(serve)
cli.add_command(validate)


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """Print the completion script of a shell.

    \b
    bash:  eval "$(kg completion bash)"      (in ~/.bashrc)
    zsh:   eval "$(kg completion zsh)"       (in ~/.zshrc)
    fish:  kg completion fish | source       (in ~/.config/fish/config.fish)
    """  # noqa: D301  # click takes the backspace itself
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:
        raise UsageError(f"{shell}: no completion for this shell")
    click.echo(found(cli, {}, "kg", "_KG_COMPLETE").source())
    return 0


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit with its status."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit status; a user's mistake is one line, never a traceback."""
    _end_on_terminate()
    _collect_garbage_less()
    try:
        status = cli.main(args=arguments, prog_name="kg", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("kg: interrupted; no output was changed", err=True)
        return _INTERRUPTED
    except KgError as error:
        if isinstance(error.__cause__, BrokenPipeError):
            _silence_standard_output()
        else:
            click.echo(f"kg: {error}", err=True)
        return error.exit_status
    except BrokenPipeError:
        _silence_standard_output()
        return 3
    return status if isinstance(status, int) else 0


def _end_on_terminate() -> None:
    """Let SIGTERM end the run as Ctrl-C does, so that no temporary file stays behind."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


def _collect_garbage_less() -> None:
    """Look for reference cycles less often: records make many short-lived values and no cycles."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def _silence_standard_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
