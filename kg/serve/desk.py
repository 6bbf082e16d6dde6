"""What the server answers for the pages of the site: which page a path names, and which form of it.

It is pure but for the store that it reads: a path, what the client accepts, and a reply. The process of
`kg.serve.page_worker` runs it; the routes of `kg.serve.pages` pass requests on to it.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from email.utils import format_datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote, unquote

from kg.errors import KgError
from kg.graph import IRI
from kg.publish.hosts.common import media_type
from kg.publish.pages import listed
from kg.publish.signposts import ENDING as LINKSET
from kg.publish.signposts import Target, has_linkset, links, linkset
from kg.publish.sitemaps import sitemaps
from kg.search import search
from kg.serve.errors import FAULTS, PROBLEM, problem
from kg.serve.negotiation import best, takes_gzip
from kg.site.addresses import FORMS, Address, address_of, link_path, page, url
from kg.site.build import Site
from kg.site.kinds import KINDS
from kg.site.render import Renderer
from kg.site.settings import SiteSettings
from kg.site.views import Link, Ref, TextView

HTML = "text/html"
_TEXTS = "text/"
_COMPRESSED_FROM = 1024
_MOST_LINKS = 20
_MOST_HITS = 50
_NOTHING: Mapping[str, str] = MappingProxyType({"notfound": "not-found", "gone": "gone"})
"""The pages that say that there is none, and the kind of problem of each."""
_WHY: Mapping[str, str] = MappingProxyType(
    {"not-found": "no page has this address", "gone": "there was a page here, and its record was withdrawn"}
)


class Question(NamedTuple):
    """A request for a page: its path from the top of the site, as it came, and what counts of its headers."""

    path: str
    accept: str | None = None
    encoding: str | None = None
    words: str = ""
    """What is searched for."""


class Reply(NamedTuple):
    """An answer: status, headers, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


class Desk:
    """Answers for the pages of one version of the store."""

    def __init__(
        self,
        site: Site,
        settings: SiteSettings,
        renderer: Renderer,
        *,
        index: Path | None = None,
        description: Path | None = None,
    ) -> None:
        """Gather the other names of pages.

        `index` is the text index beside the store, `description` that of the dataset as Turtle.
        """
        self._site, self._settings, self._renderer = site, settings, renderer
        self._index, self._description = index, description
        self._moved = dict(site.redirects())
        self._gone = frozenset(site.withdrawn())
        self._sitemaps: Mapping[str, bytes] | None = None

    def answer(self, question: Question) -> Reply:
        """Answer a request for a page."""
        path = unquote(question.path)
        if self._is_gone(path.removeprefix("id/")):
            reply = self._nothing("gone", question)
        elif path.startswith("id/"):
            reply = self._thing(path, question)
        elif path == "search":
            reply = self._search(question)
        elif path.startswith("sitemap"):
            reply = self._sitemap(path) or self._nothing("notfound", question)
        elif path == ".well-known/void":
            reply = self._described(question)
        else:
            reply = self._page(path, question)
        return _compressed(reply, question.encoding)

    def held(self) -> list[str]:
        """Return the pages that are withdrawn, and whose things the store holds all the same."""
        return [path for path in sorted(self._gone) if self._site.find(path) is not None]

    def pages_of(self, iris: Sequence[str]) -> list[tuple[str, str, str] | None]:
        """Return kind, key and label of the page of each IRI that has one."""
        return [self._site.ref(iri) for iri in iris]

    def _is_gone(self, path: str) -> bool:
        """Say whether a page was withdrawn, whichever of its forms and names is asked for."""
        if not self._gone:
            return False
        found = self._site.find(path) or address_of(path)
        kind, _, key = path.partition("/")
        named = [path, page(Address(kind, key)), page(found[0]._replace(number=1)) if found else path]
        return not self._gone.isdisjoint(named)

    def _thing(self, path: str, question: Question) -> Reply:
        """Lead from a thing to its page (303): Cool URIs for the Semantic Web, section 4."""
        target = path.removeprefix("id/")
        found, ending = self._site.find(target) or (self._moved.get(target), "")
        if found is None or ending or found.kind not in KINDS or found.number != 1:
            return self._nothing("notfound", question)
        return _redirect(303, url(self._settings.url, found), {"Vary": "Accept, Accept-Encoding"})

    def _sitemap(self, path: str) -> Reply | None:
        """Return a sitemap, or the index of them; they are made once for each version."""
        if self._sitemaps is None:
            held = (address for address in self._site.addresses() if page(address) not in self._gone)
            rows = (listed(self._site, order, address) for order, address in enumerate(held))
            self._sitemaps = dict(sitemaps([row for row in rows if row is not None], self._settings.url))
        content = self._sitemaps.get(path)
        if content is None:
            return None
        return Reply(200, {"Content-Type": media_type(path) or "application/xml"}, content)

    def _described(self, question: Question) -> Reply:
        """Return the description of the dataset (VoID, section 7.2)."""
        if self._description is None or not self._description.is_file():
            return self._nothing("notfound", question)
        headers = {"Content-Type": _content_type("text/turtle")}
        return Reply(200, headers, self._description.read_bytes())

    def _page(self, path: str, question: Question) -> Reply:
        found = self._site.find(path)
        if found is None:
            return self._elsewhere(path, question)
        address, ending = found
        if ending:
            return self._file(address, ending) or self._nothing("notfound", question)
        canonical = link_path(address)
        if path != canonical:
            return _redirect(301, self._settings.url + canonical)
        return self._negotiated(address, question)

    def _file(self, address: Address, ending: str) -> Reply | None:
        """Return a file of a page by its ending, if there is one."""
        if ending == "html":
            return self._html(address)
        if ending in FORMS:
            return self._form(address, ending)
        if ending == LINKSET:
            return self._linkset(address) if has_linkset(address) else None
        return self._download(address, ending)

    def _negotiated(self, address: Address, question: Question) -> Reply:
        forms = dict(self._site.related(address).forms)
        offers = {HTML: "html", **{name: ending for ending, name in forms.items()}}
        chosen = best(question.accept, list(offers))
        vary = {"Vary": "Accept, Accept-Encoding"}
        if chosen is None:
            return _not_acceptable(offers, self._settings.url + page(address), vary)
        ending = offers[chosen]
        reply = self._html(address) if ending == "html" else self._form(address, ending)
        assert reply is not None
        location = f"{self._settings.url}{page(address)}.{ending}"
        return reply._replace(headers={**reply.headers, **vary, "Content-Location": location})

    def _html(self, address: Address) -> Reply:
        text = self._site.html(address)
        if text is None:
            return self._nothing("notfound", Question(page(address)))
        status = FAULTS[_NOTHING[address.kind]].status if address.kind in _NOTHING else 200
        return Reply(status, {**self._told(address), "Content-Type": f"{HTML}; charset=utf-8"}, text.encode())

    def _form(self, address: Address, ending: str) -> Reply | None:
        content = self._site.graph_forms(address).get(ending)
        if content is None:
            return None
        headers = {**self._told(address), "Content-Type": _content_type(FORMS[ending])}
        return Reply(200, headers, content)

    def _download(self, address: Address, ending: str) -> Reply | None:
        content = self._site.downloads(address).get(ending)
        if content is None:
            return None
        name = f"{page(address).rpartition('/')[2]}.{ending}"
        headers = {
            **self._told(address, links_too=False),
            "Content-Type": _content_type(media_type(ending) or "application/octet-stream"),
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        }
        return Reply(200, headers, content)

    def _linkset(self, address: Address) -> Reply:
        content = linkset(self._links(address), self._settings, address)
        return Reply(200, {"Content-Type": "application/linkset+json"}, content)

    def _links(self, address: Address) -> Sequence[tuple[str, Target]]:
        view = self._site.view(address)
        assert view is not None
        return list(links(view, address, self._site.related(address), self._settings))

    def _told(self, address: Address, *, links_too: bool = True) -> dict[str, str]:
        """Return what the headers of a page tell: its date, and the links of FAIR Signposting."""
        told: dict[str, str] = {}
        if modified := _http_date(self._site.modified(address)):
            told["Last-Modified"] = modified
        if links_too and has_linkset(address):
            found = self._links(address)[:_MOST_LINKS]
            listed = [_header_link(relation, target) for relation, target in found if relation != "item"]
            whole = f"{self._settings.url}{page(address)}.{LINKSET}"
            listed.append(f'<{whole}>; rel="linkset"; type="application/linkset+json"')
            told["Link"] = ", ".join(listed)
        return told

    def _elsewhere(self, path: str, question: Question) -> Reply:
        """Lead from another name of a page to the page."""
        stem, dot, ending = path.rpartition(".")
        name, ending = (stem, dot + ending) if ending in (*FORMS, "html") else (path, "")
        if name in self._moved:
            target = self._settings.url + (
                page(self._moved[name]) + ending if ending else link_path(self._moved[name])
            )
            return _redirect(301, target)
        return self._nothing("notfound", question)

    def _nothing(self, kind: str, question: Question) -> Reply:
        """Answer that there is no such page (`notfound`), or that there is none any more (`gone`)."""
        name = _NOTHING[kind]
        status = FAULTS[name].status
        headers = {"Vary": "Accept, Accept-Encoding", "Cache-Control": "no-store"}
        if best(question.accept, [PROBLEM, "application/json", HTML]) == HTML:
            text = self._site.html(Address(kind))
            if text is not None:
                return Reply(status, {**headers, "Content-Type": f"{HTML}; charset=utf-8"}, text.encode())
        told = problem(name, _WHY[name])
        return Reply(status, {**headers, "Content-Type": PROBLEM}, told)

    def _search(self, question: Question) -> Reply:
        """Search the text index, so that a browser without JavaScript can search too."""
        rows, note = self._hits(question.words)
        view = TextView("search", "", "Search", paragraphs=[note] if note else [], choices=[])
        text = self._renderer.html(view, Address("search"), hits=rows, words=question.words)
        headers = {"Content-Type": f"{HTML}; charset=utf-8", "Cache-Control": "no-store"}
        return Reply(200, headers, text.encode())

    def _hits(self, words: str) -> tuple[list[tuple[Ref | Link, str]], str]:
        if not words.strip():
            return [], ""
        if self._index is None or not self._index.is_file():
            return [], "This store has no text index: load it anew with this program."
        try:
            found = search(self._index, words, _MOST_HITS)
        except KgError as error:
            return [], str(error)
        hits = [
            (self._site.ref(hit.iri) or Link(hit.title or hit.iri, hit.iri), hit.kind) for hit in found.hits
        ]
        return hits, "" if hits else "Nothing was found. Fewer words, or the start of one, find more."


def failed(why: str) -> Reply:
    """Answer that a page could not be made."""
    headers = {"Content-Type": PROBLEM, "Cache-Control": "no-store"}
    return Reply(FAULTS["failed"].status, headers, problem("failed", why))


def _redirect(status: int, location: str, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status, {"Location": location, **(headers or {})})


def _not_acceptable(offers: Mapping[str, str], start: str, vary: Mapping[str, str]) -> Reply:
    lines = [f"{start}.{ending}  {name}" for name, ending in offers.items()]
    text = "This page is there in these forms:\n" + "\n".join(lines) + "\n"
    headers = {**vary, "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
    return Reply(406, headers, text.encode())


def _header_link(relation: str, target: Target) -> str:
    kind = f'; type="{target.type}"' if target.type else ""
    return f'<{IRI(target.href)}>; rel="{relation}"{kind}'


def _content_type(name: str) -> str:
    return f"{name}; charset=utf-8" if name.startswith(_TEXTS) else name


def _http_date(date: str | None) -> str | None:
    """Return a whole date as HTTP writes it; a year or a month alone is no point in time."""
    try:
        found = datetime.strptime(date or "", "%Y-%m-%d").replace(tzinfo=timezone.utc)
    except ValueError:
        return None
    return format_datetime(found, usegmt=True)


def _compressed(reply: Reply, encoding: str | None) -> Reply:
    if len(reply.body) < _COMPRESSED_FROM:
        return reply
    vary = reply.headers.get("Vary", "")
    headers = {**reply.headers, "Vary": vary if "Accept-Encoding" in vary else "Accept-Encoding"}
    if not takes_gzip(encoding):
        return reply._replace(headers=headers)
    return Reply(
        reply.status,
        {**headers, "Content-Encoding": "gzip"},
        gzip.compress(reply.body, compresslevel=5, mtime=0),
    )
