"""FAIR Signposting: the links of a page, in its head (level 1) and as a set of links beside it (level 2).

https://signposting.org/FAIR/ asks for `cite-as`, `type`, `describedby`, `item`, `license` of a landing page;
the set of links is JSON by RFC 9264. What a page holds are its downloads; what a list holds are its pages.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kg.publish.hosts.common import LINKSET, media_type
from kg.site.addresses import Address, page, url
from kg.site.build import Related
from kg.site.kinds import KINDS
from kg.site.licences import spdx_iri
from kg.site.settings import SiteSettings
from kg.site.views import AnyView, ListView

ABOUT_PAGE, LIST_PAGE = "https://schema.org/AboutPage", "https://schema.org/CollectionPage"
ENDING = "linkset.json"
"""The ending of the file with the links of a page."""


class Target(NamedTuple):
    """What a link leads to, and its media type where it is one file."""

    href: str
    type: str = ""


def has_linkset(address: Address) -> bool:
    """Tell whether a page has a set of links: pages of things, and lists."""
    return address.number == 1 and (address.kind in KINDS or address.kind == "list")


def links(
    view: AnyView, address: Address, related: Related, settings: SiteSettings
) -> Iterator[tuple[str, Target]]:
    """Yield relation and target of each link of a page."""
    here, files = url(settings.url, address), settings.url + page(address)
    yield "cite-as", Target(here)
    if address.kind == "list":
        yield "type", Target(LIST_PAGE)
    else:
        yield "type", Target(ABOUT_PAGE)
        yield "type", Target(str(KINDS[address.kind].classes[0]))
    for ending, name in related.forms:
        yield "describedby", Target(f"{files}.{ending}", name)
    for ending, _ in related.downloads:
        yield "item", Target(f"{files}.{ending}", media_type(ending))
    if isinstance(view, ListView):
        for ref, _ in view.rows:
            yield "item", Target(url(settings.url, Address(ref.kind, ref.key)), "text/html")
    yield "license", Target(spdx_iri(settings.licence))
    if address.kind in KINDS:
        yield "collection", Target(url(settings.url, Address("list", address.kind)), "text/html")


def linkset(found: Sequence[tuple[str, Target]], settings: SiteSettings, address: Address) -> bytes:
    """Return the set of links of a page, with the way back from each file that belongs to it."""
    here = url(settings.url, address)
    context: dict[str, object] = {"anchor": here}
    for relation, target in found:
        rows = context.setdefault(relation, [])
        assert isinstance(rows, list)
        rows.append(_shown(target))
    back = [
        {
            "anchor": target.href,
            "describes" if relation == "describedby" else "collection": [_shown(Target(here, "text/html"))],
        }
        for relation, target in found
        if relation in ("describedby", "item") and address.kind in KINDS
    ]
    return json.dumps({"linkset": [context, *back]}, ensure_ascii=False).encode() + b"\n"


def _shown(target: Target) -> dict[str, str]:
    return {"href": target.href, "type": target.type} if target.type else {"href": target.href}


__all__ = ["ENDING", "LINKSET", "Target", "has_linkset", "links", "linkset"]
