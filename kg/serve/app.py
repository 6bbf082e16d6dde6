"""The application: every route, and what holds for all of them. It can be run, and mounted by others.

A route that others bring (`routes`: the pages of the site, the query page) goes before ours; `page` is what a
browser gets at `/sparql`, and at `/` where no route of theirs answers there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from kg.serve.errors import ProblemError
from kg.serve.graphs import GraphStore
from kg.serve.openapi import openapi
from kg.serve.outer import Outer
from kg.serve.plain import PlainPage
from kg.serve.responses import document, problem_response
from kg.serve.service import Service
from kg.serve.settings import ServeSettings
from kg.serve.snapshots import Snapshot
from kg.serve.sparql import Endpoint, Page
from kg.stores import Version

_KINDS: Mapping[int, str] = {400: "bad-request", 404: "not-found", 405: "method"}


class App:
    """The ASGI application. Its processes start with its lifespan, or with the first request."""

    def __init__(
        self,
        settings: ServeSettings,
        *,
        routes: Callable[[Service], Sequence[BaseRoute]] | None = None,
        page: Callable[[Service], Page] | None = None,
        prepare: Callable[[Version, ExitStack], Version] | None = None,
        taken: Callable[[Snapshot], None] | None = None,
        closing: Callable[[], Awaitable[None]] | None = None,
        paths: Mapping[str, object] | None = None,
    ) -> None:
        self.service = Service(settings, prepare=prepare, taken=taken, closing=closing)
        shown = PlainPage(settings) if page is None else page(self.service)
        theirs = [] if routes is None else list(routes(self.service))
        found = [*theirs, *_routes(self.service, shown, paths or {})]
        self._app = Outer(_inner(found, self._lifespan), found)

    @asynccontextmanager
    async def _lifespan(self, _: object) -> AsyncIterator[None]:
        await self.service.start()
        try:
            yield
        finally:
            await self.service.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        await self._app(scope, receive, send)


def _inner(
    routes: Sequence[BaseRoute], lifespan: Callable[[Starlette], AbstractAsyncContextManager[None]]
) -> ASGIApp:
    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={
            ProblemError: _problem,
            HTTPException: _http,
            ClientDisconnect: _gone,
        },
    )
    # A redirect of the router would repeat the `Host` of the request.
    app.router.redirect_slashes = False
    return app


def _routes(service: Service, page: Page, paths: Mapping[str, object]) -> list[BaseRoute]:
    read = ["GET", "HEAD"]
    store = GraphStore(service)

    async def home(request: Request) -> Response:
        return await page(request)

    async def description(request: Request) -> Response:
        return document(request, openapi(service.settings, paths), "application/json")

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})

    async def ready(_: Request) -> Response:
        return _ready(service)

    return [
        Route("/", home, methods=read),
        Route("/sparql", started(service, Endpoint(service, page)), methods=[*read, "POST"]),
        Route("/store", started(service, store), methods=read),
        Route("/store/{name:path}", started(service, store), methods=read),
        Route("/openapi.json", description, methods=read),
        Route("/health", health, methods=read),
        Route("/ready", ready, methods=read),
    ]


def started(service: Service, endpoint: Page) -> Page:
    """Return an endpoint that starts the server: where the app is mounted, nobody runs its lifespan."""

    async def call(request: Request) -> Response:
        if not service.ready:
            await service.start()
        return await endpoint(request)

    return call


def _ready(service: Service) -> Response:
    headers = {"Cache-Control": "no-store"}
    if not service.ready:
        return JSONResponse({"status": "starting"}, 503, {**headers, "Retry-After": "1"})
    body: dict[str, object] = {
        "status": "ready",
        "version": service.snapshot.name,
        "waiting": service.pool.waiting,
    }
    if service.snapshot.triples is not None:
        body["triples"] = service.snapshot.triples
    if service.problem is not None:
        body["problem"] = service.problem
    return JSONResponse(body, headers=headers)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return problem_response(request, error)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = {404: "nothing has this address", 405: "the header `Allow` says what does"}.get(
        error.status_code
    )
    kind = _KINDS.get(error.status_code, "bad-request")
    return problem_response(request, ProblemError(kind, detail or str(error.detail), error.headers or {}))


async def _gone(_: Request, error: Exception) -> Response:
    assert isinstance(error, ClientDisconnect)
    return Response(None, 499)
