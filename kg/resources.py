"""The folders that travel with the package: the ontology, the queries and the example records.

In an installed wheel they lie inside the package (`kg/ontology`, `kg/queries`, `kg/examples`); in a
checkout, an unpacked sdist or an editable install at the top of the project (`ontology/`, `queries/`,
`examples/records/`).

>>> ontology().is_dir()
True
"""

from __future__ import annotations

from pathlib import Path

from kg.errors import KgError

PACKAGE = Path(__file__).resolve().parent


class MissingResourceError(KgError):
    """A folder that belongs to the package is neither in it nor beside it: the installation is damaged."""


def ontology() -> Path:
    """Return the folder of `kg.ttl`, `shapes.ttl` and `context.jsonld`; raise `MissingResourceError`."""
    return _folder("ontology", "ontology")


def queries() -> Path:
    """Return the folder of the `.rq` files; raise `MissingResourceError`."""
    return _folder("queries", "queries")


def examples() -> Path:
    """Return the folder of the example records; raise `MissingResourceError`."""
    return _folder("examples", "examples/records")


def _folder(packaged: str, in_checkout: str) -> Path:
    top = PACKAGE.parent
    candidates = [PACKAGE / packaged]
    # Beside an installed package lie the packages of others, and one may be called `ontology`.
    if (top / "pyproject.toml").is_file():
        candidates.append(top / in_checkout)
    for folder in candidates:
        if folder.is_dir():
            return folder
    places = " nor ".join(str(folder) for folder in candidates)
    raise MissingResourceError(f"The folder `{packaged}` of kg is not at {places}: please install kg anew.")
