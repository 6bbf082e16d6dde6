"""`kg explain`."""

from __future__ import annotations

import click


@click.command()
@click.argument("code", required=False)
@click.option("--write", metavar="FOLDER", help="Write the pages of all codes to this folder.")
def explain(code: str | None, write: str | None) -> int:
    """Explain a code of a problem: what it means, an example, how to mend it.

    Without CODE, all codes are listed. The same pages stand in docs/problems/.
    """
    from pathlib import Path

    from kg.errors import UsageError
    from kg.output import outputs
    from kg.problems import CODES
    from kg.problems.pages import page, pages

    if write is not None:
        folder = Path(write)
        folder.mkdir(parents=True, exist_ok=True)
        made = pages()
        with outputs([str(folder / name) for name in made]) as opened:
            for output, text in zip(opened, made.values(), strict=True):
                output.write(text)
        return 0
    if code is None:
        width = max(map(len, CODES))
        for row in CODES.values():
            click.echo(f"{row.severity.value:<8} {row.name:<{width}}  {row.meaning}")
        return 0
    if code not in CODES:
        near = [name for name in CODES if code.strip("[]").lower() in name or name in code.lower()]
        hint = f"; did you mean {' or '.join(near[:3])}?" if near else "; `kg explain` lists them"
        raise UsageError(f"{code}: no such code{hint}")
    click.echo(page(CODES[code]), nl=False)
    return 0
