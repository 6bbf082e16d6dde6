"""The process that makes pages: it reads one version of the store, and answers one request at a time.

Each request is a line of JSON on standard input; each reply is a line of JSON on standard output with the
size of the body, and then the body.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from kg.graph import IRI
from kg.serve import sandbox

if TYPE_CHECKING:
    from kg.serve.desk import Desk
    from kg.site.addresses import Address
    from kg.site.build import PageRenderer, Related
    from kg.site.settings import SiteSettings
    from kg.site.views import AnyView


class PageSetup(TypedDict):
    """What the process is told of itself: the store, what lies beside it, the settings of the site."""

    store: str
    index: str
    description: str
    parent: int
    site: dict[str, Any]


def site_settings(site: SiteSettings) -> dict[str, Any]:
    """Return the settings of a site as JSON takes them."""
    return {
        "url": site.url,
        "title": site.title,
        "description": site.description,
        "logo": str(site.logo) if site.logo else None,
        "contact": site.contact,
        "licence": str(site.licence),
        "publisher": site.publisher,
        "edit_url": site.edit_url,
        "source_url": site.source_url,
        "query_url": site.query_url,
        "withdrawn": list(site.withdrawn),
        "templates": str(site.templates) if site.templates else None,
    }


def settings_from(site: dict[str, Any]) -> SiteSettings:
    """Return the settings of a site from what `site_settings` made of them."""
    from kg.site.settings import SiteSettings

    paths = {name: Path(site[name]) if site[name] else None for name in ("logo", "templates")}
    withdrawn = [(kind, key) for kind, key in site["withdrawn"]]
    return SiteSettings(
        **{**site, **paths, "licence": IRI(site["licence"]), "withdrawn": withdrawn, "suffix": ""}
    )


def main() -> None:
    """Answer requests until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    setup: PageSetup = json.loads(sys.stdin.readline())
    sandbox.close_network()
    sandbox.end_with_parent(setup["parent"])
    os.nice(5)
    desk = _desk(setup)
    _send({"ready": True, "held": desk.held()}, b"")
    for line in sys.stdin:
        _reply(desk, json.loads(line))


def _desk(setup: PageSetup) -> Desk:
    import pyoxigraph

    from kg.serve.console import TEMPLATES
    from kg.serve.desk import Desk
    from kg.site.build import Site
    from kg.site.render import Renderer

    settings = settings_from(setup["site"])
    store = pyoxigraph.Store.read_only(setup["store"])
    late = _Late()
    site = Site(store, settings, renderer=late, run_queries=False)
    renderer = Renderer(settings, kinds=tuple(site.counts()), folders=(TEMPLATES,), policy=False)
    late.renderer = renderer
    index, description = Path(setup["index"]), Path(setup["description"])
    return Desk(site, settings, renderer, index=index, description=description)


class _Late:
    """A renderer that is made when the site has told which kinds it lists."""

    renderer: PageRenderer

    def html(self, view: AnyView, address: Address, jsonld: str, related: Related) -> str:
        """Return a page."""
        return self.renderer.html(view, address, jsonld, related)


def _reply(desk: Desk, asked: dict[str, Any]) -> None:
    from kg.serve.desk import Question, failed

    if "iris" in asked:
        _send({"pages": desk.pages_of(asked["iris"])}, b"")
        return
    try:
        reply = desk.answer(Question(**asked))
    except Exception:  # noqa: BLE001 - a fault costs one page
        traceback.print_exc()
        reply = failed("this page could not be made; the log of the server says why")
    _send({"status": reply.status, "headers": dict(reply.headers)}, reply.body)


def _send(head: dict[str, Any], body: bytes) -> None:
    line = json.dumps({**head, "size": len(body)}).encode() + b"\n"
    sys.stdout.buffer.write(line + body)
    sys.stdout.buffer.flush()
