"""The whole server: the endpoint, the pages of the site, and the query page."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute

from kg.describe.about import About
from kg.serve.app import App
from kg.serve.furnish import furnisher
from kg.serve.openapi import page_paths
from kg.serve.pages import Pages
from kg.serve.query_page import QueryPage
from kg.serve.service import Service
from kg.serve.settings import ServeSettings
from kg.serve.snapshots import Snapshot
from kg.serve.sparql import Page
from kg.site.settings import SiteSettings


def site_app(settings: ServeSettings, site: SiteSettings, told: About | None = None) -> App:
    """Return the application that serves a store with its pages; `told` is what its description says."""
    parts = _Parts(site)
    return App(
        settings,
        routes=parts.routes,
        page=parts.page,
        prepare=furnisher(settings.url, told or About()),
        taken=parts.take,
        closing=parts.close,
        paths=page_paths(),
    )


class _Parts:
    """The pages and the query page, made when the application has made its service."""

    def __init__(self, site: SiteSettings) -> None:
        self._site = site
        self._pages: Pages | None = None
        self._queries: QueryPage | None = None

    def page(self, service: Service) -> Page:
        """Return what answers browsers at the endpoint."""
        return self._made(service)[1]

    def routes(self, service: Service) -> Sequence[BaseRoute]:
        """Return the routes of both; the query page goes first, since its paths are narrower."""
        pages, queries = self._made(service)
        return [*queries.routes(), *pages.routes()]

    def take(self, snapshot: Snapshot) -> None:
        """Make pages of a new version."""
        assert self._pages is not None
        self._pages.take(snapshot)

    async def close(self) -> None:
        """End what makes the pages."""
        if self._pages is not None:
            await self._pages.close()

    def _made(self, service: Service) -> tuple[Pages, QueryPage]:
        if self._pages is None or self._queries is None:
            self._pages = Pages(service, self._site)
            self._queries = QueryPage(service, self._pages)
        return self._pages, self._queries
