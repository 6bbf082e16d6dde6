"""The files of a site that are no pages: styles, scripts, pictures, the logo, the diagram of the ontology.

>>> sorted(path for path, _ in static_files(SiteSettings("https://example.org/")))[:2]
['static/favicon.svg', 'static/ontology.svg']
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kg.site.settings import SiteSettings

STATIC = Path(__file__).parent / "static"


def static_files(settings: SiteSettings) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each file, in the order of the paths.

    What lies in the folder `static` of the user's templates goes before ours, and comes along where we have
    no such file.

    Raises:
        OSError: a file of the user cannot be read.
    """
    found = {path.name: path for path in _files(STATIC)}
    if settings.templates is not None:
        found |= {path.name: path for path in _files(settings.templates / "static")}
    if settings.logo is not None:
        found[logo_name(settings.logo)] = settings.logo
    made = {} if "ontology.svg" in found else {"ontology.svg": _diagram()}
    for name in sorted({*found, *made}):
        yield f"static/{name}", found[name].read_bytes() if name in found else made[name]


def logo_name(logo: Path) -> str:
    """Return the name of a logo on the site.

    >>> logo_name(Path("pictures/Our Lab.PNG"))
    'logo.png'
    """
    return f"logo{logo.suffix.lower()}"


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def _diagram() -> bytes:
    from kg.ontology_page import diagram, read_model

    return diagram(read_model()).encode()
