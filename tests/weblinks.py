"""What the pages of a site link to, and whether it is there."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

_LINKS = {"a": "href", "link": "href", "img": "src", "script": "src", "form": "action", "use": "href"}


class Page(HTMLParser):
    """The links and the anchors of one page, and its JSON-LD."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[tuple[str, dict[str, str]]] = []
        self.anchors: set[str] = set()
        self.jsonld = ""
        self._data = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if "id" in found:
            self.anchors.add(found["id"])
        if tag in _LINKS and _LINKS[tag] in found:
            self.links.append((found[_LINKS[tag]], {**found, "tag": tag}))
        self._data = tag == "script" and found.get("type") == "application/ld+json"

    def handle_data(self, data: str) -> None:
        if self._data:
            self.jsonld += data

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  # the name that the parser calls it by
        self._data = False


class Broken(NamedTuple):
    """A link that leads nowhere."""

    page: str
    link: str


def broken_links(site: Path, url: str) -> Iterator[Broken]:
    """Yield each link of each page to a file of the site that is not there, or to an anchor that it lacks.

    A link without a suffix, as the canonical ones are, leads to the page that a host finds there.
    """
    found = {path.relative_to(site).as_posix(): path for path in site.rglob("*.html")}
    pages = {name: Page(path.read_text("utf-8")) for name, path in found.items()}
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    for name, page in sorted(pages.items()):
        for link, _ in page.links:
            target, fragment = urldefrag(urljoin(f"{url}{name}", link))
            if not target.startswith(url):
                continue
            path = unquote(urlsplit(target).path[len(urlsplit(url).path) :])
            file = _file(path, files)
            lacks = file in pages and unquote(fragment) not in pages[file].anchors
            if file is None or (fragment and lacks):
                yield Broken(name, link)


def _file(path: str, files: set[str]) -> str | None:
    """Return the file that a path leads to."""
    names = (path, f"{path}.html", f"{path}index.html" if path == "" or path.endswith("/") else "")
    return next((name for name in names if name in files), None)
