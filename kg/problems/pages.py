"""The pages about problems: one for each code, and their list, made from the one table.

`python -m kg explain --write docs/problems` makes them anew.
"""

from __future__ import annotations

from collections.abc import Mapping

from kg.problems import CODES, Severity, checking
from kg.problems.code import Code

_SEVERITIES: Mapping[Severity, str] = {
    Severity.ERROR: "error: a value or a record is lost, or the graph is not what the model says",
    Severity.WARNING: "warning: nothing is lost, but what is kept is doubtful",
    Severity.INFO: "info: nothing is lost or doubtful",
}
_CHECK_ONLY = frozenset(row.name for row in checking.ROWS)


def page(code: Code) -> str:
    """Return the page of a code, as Markdown.

    >>> print(page(CODES["odd-year"]).splitlines()[0])
    # odd-year
    """
    told = "`kg check`" if code.name in _CHECK_ONLY else "`kg check` and `kg export`"
    parts = [f"# {code.name}", code.meaning, f"Severity: {_SEVERITIES[code.severity]}. Told by {told}."]
    if code.example:
        lines = "\n".join(f"    {line}".rstrip() for line in code.example.splitlines())
        parts += ["## Example", lines]
    parts += ["## How to mend it", code.remedy]
    return "\n\n".join(parts) + "\n"


def index() -> str:
    """Return the list of all codes, as Markdown."""
    parts = [
        "# Problems",
        (
            "Every problem that `kg` tells of has a code. The code says how bad it is and what to do;"
            " `kg explain CODE` prints its page. All pages are made from one table, `kg/problems/`."
        ),
    ]
    for severity in Severity:
        rows = [code for code in CODES.values() if code.severity is severity]
        table = [f"| [{code.name}]({code.name}.md) | {_cell(code.meaning)} |" for code in rows]
        parts += [
            f"## {severity.value.capitalize()}s",
            "\n".join(["| code | meaning |", "|---|---|", *table]),
        ]
    return "\n\n".join(parts) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def pages() -> dict[str, str]:
    """Return every page by the name of its file."""
    return {"README.md": index()} | {f"{code.name}.md": page(code) for code in CODES.values()}
