"""What the mapping is told besides the record: the base of minted IRIs, and the sites of the records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kg.errors import UsageError
from kg.graph import IRI
from kg.iris import http_iri
from kg.vocabulary import DEFAULT_BASE

SITES: Mapping[str, str] = {
    "pfocr": "https://pfocr.wikipathways.org/",
    "wikipathways": "https://www.wikipathways.org/",
}
"""The sites of the records, where the user names no other; posts are minted under the base."""


class Settings(NamedTuple):
    """The minted base and the sites, each ending in `/` or `#`."""

    base: str = DEFAULT_BASE
    pfocr: str = SITES["pfocr"]
    wikipathways: str = SITES["wikipathways"]
    posts: str | None = None

    def minted(self, path: str) -> IRI:
        """Return a minted IRI."""
        return IRI(self.base + path)


def settings(base: str | None = None, sites: dict[str, str] | None = None) -> Settings:
    """Make settings of options as the user gives them.

    Raises:
        UsageError: an IRI is not valid, or a site has no such name.

    >>> settings("https://example.org/kg").base
    'https://example.org/kg/'
    """
    made = Settings()
    if base is not None:
        made = made._replace(base=_namespace(base, "--base"))
    for name, iri in (sites or {}).items():
        if name not in ("pfocr", "wikipathways", "posts"):
            raise UsageError(
                f"--site {name}=…: there is no such site; there are pfocr, wikipathways and posts"
            )
        made = made._replace(**{name: _namespace(iri, f"--site {name}")})
    return made


def _namespace(text: str, option: str) -> str:
    iri = http_iri(text)
    if iri is None or "?" in text:
        raise UsageError(f"{option}: {text!r} is not a valid absolute http or https IRI")
    return text if text.endswith(("/", "#")) else text + "/"
