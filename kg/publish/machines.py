"""What machines look for on a site: descriptions, the catalogue of queries, sitemaps, settings of hosts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kg.publish.config import Config
from kg.publish.dataset import Data, checksums
from kg.publish.hosts import Hosted, host_files
from kg.publish.pages import PageRow
from kg.publish.redirects import check_withdrawn, moved_pages, near, stand_ins
from kg.publish.sitemaps import robots, sitemaps
from kg.publish.tree import Building
from kg.query.catalogue import catalogue
from kg.query.export_catalogue import catalogue_turtle
from kg.site.build import Site
from kg.site.kinds import KINDS
from kg.site.licences import spdx_iri
from kg.site.settings import SiteSettings

_NOT_ACCEPTABLE = """\
406 Not Acceptable

This page is there as text/html, text/turtle and application/ld+json; some pages as text/html alone.
Ask for one of these, or add the ending .html, .ttl or .jsonld to the address.
"""


def site_files(
    site: Site, data: Data, settings: SiteSettings, config: Config, rows: Sequence[PageRow], made: Building
) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of all files that are no pages.

    Raises:
        UsageError: a page is both withdrawn and there.
    """
    yield "description.ttl", data.turtle.encode()
    yield "description.jsonld", data.jsonld.encode()
    yield ".well-known/void", data.turtle.encode()
    yield "dumps/SHA256SUMS", checksums(data.dumps).encode()
    yield "queries/catalogue.ttl", _catalogue(settings).encode()
    yield from _ontology()
    yield from sitemaps(rows, settings.url)
    yield "robots.txt", robots(settings.url).encode()
    yield "406.txt", _NOT_ACCEPTABLE.encode()
    gone = list(site.withdrawn())
    check_withdrawn(gone, made.writer)
    moved = moved_pages(site)
    hosted = _hosted(settings, config, moved, gone, near(moved, made.writer))
    yield from stand_ins(moved, gone, settings, made.writer)
    yield from host_files(hosted, config.hosts)


def _ontology() -> Iterator[tuple[str, bytes]]:
    """Yield the forms of the ontology, which its page leads to."""
    from kg.ontology_page import ontology_forms

    forms = ontology_forms()
    for ending in ("ttl", "jsonld"):
        yield f"ontology.{ending}", forms[ending]


def _catalogue(settings: SiteSettings) -> str:
    return "".join(catalogue_turtle(catalogue(), [settings.query_url] if settings.query_url else []))


def _hosted(
    settings: SiteSettings,
    config: Config,
    moved: Sequence[tuple[str, str]],
    gone: Sequence[str],
    near_pages: Sequence[str],
) -> Hosted:
    from kg.site.render import content_policy

    classes: Mapping[str, str] = {kind: str(row.classes[0]) for kind, row in KINDS.items()}
    name = config.name or "kg"
    return Hosted(
        settings.url,
        name,
        spdx_iri(settings.licence),
        classes,
        content_policy(),
        moved,
        gone,
        near_pages,
        config.w3id or name,
        settings.title,
        settings.contact,
    )
