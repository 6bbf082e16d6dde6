"""Sitemaps (https://www.sitemaps.org/protocol.html) and `robots.txt`.

A sitemap lists at most 50,000 pages and holds at most 50 MB before compression; one index lists them all.
They stand at the top of the site, because a sitemap covers its own folder only.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from kg.publish.pages import PageRow

MOST, LARGEST = 50_000, 50 << 20
INDEX = "sitemap.xml"

_START = '<?xml version="1.0" encoding="UTF-8"?>\n<{0} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
_SERVED = ("sparql", "store", "search", "queries/*?")
"""What of a server is no page: a question costs more, and every page links to some questions."""


def sitemaps(rows: Sequence[PageRow], url: str) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of the sitemaps of the pages, those of one kind together, and of their index."""
    index: list[tuple[str, str]] = []
    ranks = {kind: rank for rank, kind in enumerate(dict.fromkeys(row.kind for row in rows))}
    ordered = sorted(rows, key=lambda row: (ranks[row.kind], row.order))
    for kind, group in groupby(ordered, key=lambda row: row.kind):
        for number, part in enumerate(_parts(group), 1):
            name = f"sitemap-{kind}-{number}.xml.gz"
            index.append((url + name, max(row.modified for row in part)))
            yield (
                name,
                gzip.compress(_text("urlset", "url", ((row.url, row.modified) for row in part)), 6, mtime=0),
            )
    yield INDEX, _text("sitemapindex", "sitemap", index)


def _parts(rows: Iterable[PageRow]) -> Iterator[list[PageRow]]:
    part: list[PageRow] = []
    size = 200
    for row in rows:
        length = len(_entry("url", row.url, row.modified).encode())
        if part and (len(part) >= MOST or size + length > LARGEST):
            yield part
            part, size = [], 200
        part.append(row)
        size += length
    if part:
        yield part


def _text(root: str, entry: str, rows: Iterable[tuple[str, str]]) -> bytes:
    entries = "".join(_entry(entry, *row) for row in rows)
    return f"{_START.format(root)}{entries}</{root}>\n".encode()


def _entry(name: str, url: str, modified: str) -> str:
    date = f"<lastmod>{modified}</lastmod>" if modified else ""
    return f"<{name}><loc>{escape(url)}</loc>{date}</{name}>\n"


def robots(url: str) -> str:
    """Return `robots.txt` of a site of files, which has all data in one file each too."""
    path = urlsplit(url).path
    where = "." if path == "/" else ": copy its lines there, for it lies in a folder."
    dumps = f"# All data in one file each, instead of page by page: {url}dumps/\n"
    return f"# This file counts at the top of the host{where}\n" + _rules(url, ["static/search/"], 1, dumps)


def robots_of_server(url: str) -> str:
    """Return `robots.txt` of a server: pages are for crawlers, queries are not."""
    return _rules(url, _SERVED, 2)


def _rules(url: str, barred: Iterable[str], delay: int, told: str = "") -> str:
    """Return what is no page, the seconds between two pages, and where the sitemap is (RFC 9309)."""
    path = urlsplit(url).path
    lines = "".join(f"Disallow: {path}{name}\n" for name in barred)
    return f"User-agent: *\n{lines}Crawl-delay: {delay}\n\n{told}Sitemap: {url}{INDEX}\n"
