"""What the settings of every host are made of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

_PLACE = re.compile(r"@\{([A-Z_]+)\}")
SUFFIX = "[.][A-Za-z]{2,7}"
"""What looks like the extension of a file; no name of a page ends like this (`kg.site.addresses`)."""

TYPES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "text/html": ("html",),
        "text/turtle": ("ttl",),
        "application/ld+json": ("jsonld",),
        "application/n-triples": ("nt",),
        "application/json": ("json",),
        "text/plain": ("txt", "gmt", "map", "rq"),
        "text/tab-separated-values": ("tsv",),
        "text/csv": ("csv",),
        "application/x-bibtex": ("bib",),
        "text/css": ("css",),
        "text/javascript": ("js",),
        "application/xml": ("xml",),
        "image/svg+xml": ("svg",),
        "image/png": ("png",),
        "image/jpeg": ("jpg", "jpeg"),
        "image/webp": ("webp",),
        "application/gzip": ("gz",),
    }
)
"""Our own table: that of the system may lack Turtle and JSON-LD."""

_MEDIA: Mapping[str, str] = MappingProxyType(
    {extension: name for name, extensions in TYPES.items() for extension in extensions}
)


def media_type(name: str) -> str:
    """Return the media type of a file by its extension; nothing where the table has none.

    >>> media_type("gene/208.figures.tsv"), media_type("x.unknown")
    ('text/tab-separated-values', '')
    """
    return _MEDIA.get(name.rpartition(".")[2].lower(), "")


HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "Link, ETag, Content-Location",
    }
)
"""Headers of every answer."""

LINKSET = "application/linkset+json"
"""The media type of a set of links (RFC 9264)."""


@dataclass(frozen=True, slots=True)
class Hosted:
    """What the settings of a host need to know of a site; pages are paths from its top, without a suffix."""

    url: str
    name: str
    """The name of the dataset."""
    licence: str
    """What the `Link` headers say; best the IRI in the list of SPDX."""
    kinds: Mapping[str, str]
    """The class that things of each kind have, in the order of the kinds."""
    policy: str
    """The Content-Security-Policy."""
    moved: Sequence[tuple[str, str]] = ()
    """Pages that have moved, and where to."""
    gone: Sequence[str] = ()
    near: Sequence[str] = ()
    """Pages whose path differs from that of a moved one in its case alone."""
    w3id: str = "kg"
    title: str = ""
    contact: str | None = None

    @property
    def path(self) -> str:
        """The path of the address: `/kg/`."""
        return urlsplit(self.url).path

    @property
    def host(self) -> str:
        """The name of the host: `example.org`."""
        return urlsplit(self.url).hostname or ""

    @property
    def folder(self) -> str:
        """The folder below the root of the host, for examples: `kg`."""
        return self.path.strip("/") or "site"


@cache
def _template(name: str) -> str:
    return (Path(__file__).parent / "templates" / f"{name}.in").read_text("utf-8")


def filled(name: str, values: Mapping[str, str]) -> str:
    """Return a template with its places, `@{NAME}`, filled; raise KeyError where a value is missing."""
    return _PLACE.sub(lambda found: values[found[1]], _template(name))
