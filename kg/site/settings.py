"""What a site is called, where it lives and how it looks: the settings of `kg publish` and `kg serve`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.graph import IRI

CC0 = IRI("https://creativecommons.org/publicdomain/zero/1.0/")


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """The settings of one site. `url` ends with a slash and is where the pages live."""

    url: str
    title: str = "Pathway knowledge graph"
    description: str = "Pathway figures, pathways and posts as linked data."
    logo: Path | None = None
    contact: str | None = None
    """An e-mail address or an http(s) address of those who run the site."""
    licence: IRI = CC0
    """The licence of the data."""
    publisher: str | None = None
    edit_url: str | None = None
    """A template with `{path}`: where the source record of a page can be edited."""
    source_url: str | None = None
    """A template with `{path}`: where the source record of a page can be read."""
    query_url: str | None = None
    """The address of a SPARQL endpoint with a query page, or nothing where there is none."""
    withdrawn: Sequence[tuple[str, str]] = ()
    """Kind and key of the pages that are gone."""
    templates: Path | None = None
    """A folder whose templates and styles go before ours."""
    suffix: str = ".html"
    """What links between pages end with: `.html` on a static site, nothing where a server adds it."""
    page_size: int = 200
    """The rows of one page of a list."""
