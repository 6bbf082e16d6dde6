"""The routes of the pages: things and pages by content negotiation, rendered on request from the store.

A process of its own makes the pages, so that none of them holds up a query. It is bound to one version of the
store; a new version gets a new process, and the old one answers until that is ready.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kg.publish.hosts.common import media_type
from kg.publish.sitemaps import robots_of_server
from kg.search import FILE_NAME
from kg.serve.errors import ProblemError
from kg.serve.furnish import DESCRIPTION
from kg.serve.page_worker import PageSetup, site_settings
from kg.serve.process import started
from kg.serve.responses import has
from kg.serve.service import Service
from kg.serve.snapshots import Snapshot
from kg.site.assets import static_files
from kg.site.kinds import KINDS
from kg.site.render import content_policy
from kg.site.settings import SiteSettings

_LOG = logging.getLogger("kg.serve")
_START_TIME, _PAGE_TIME = 600.0, 30.0
_READ = ("GET", "HEAD")
_OWN = Path(__file__).resolve().parent / "static"


class Made(NamedTuple):
    """What the process answered."""

    head: dict[str, Any]
    body: bytes


class PageProcess:
    """One process that makes pages of one snapshot, which it holds until it ends."""

    def __init__(self, process: asyncio.subprocess.Process, snapshot: Snapshot) -> None:
        self._process, self._snapshot = process, snapshot
        self._turn = asyncio.Lock()
        self._ended = False
        snapshot.users += 1

    @classmethod
    async def start(cls, snapshot: Snapshot, site: SiteSettings) -> PageProcess:
        """Start a process and wait until it has read the store.

        Raises:
            ProblemError: it could not.
        """
        process = await started("kg.serve.page_worker")
        made = cls(process, snapshot)
        setup: PageSetup = {
            "store": str(snapshot.store),
            "index": str(snapshot.folder / FILE_NAME),
            "description": str(snapshot.folder / DESCRIPTION),
            "parent": os.getpid(),
            "site": site_settings(site),
        }
        try:
            told = await made._ask(dict(setup), _START_TIME)
            for path in told.head["held"]:
                _LOG.warning("%s is withdrawn, but the store still holds it: queries find it", path)
        except BaseException:
            await made.end_now()
            raise
        return made

    async def ask(self, what: Mapping[str, object]) -> Made:
        """Ask for a page.

        Raises:
            ProblemError: the process took too long, or ended.
        """
        async with self._turn:
            try:
                return await self._ask(what, _PAGE_TIME)
            except BaseException:
                # What it was about to say would be taken for the next answer.
                self.end()
                raise

    async def _ask(self, what: Mapping[str, object], seconds: float) -> Made:
        try:
            return await asyncio.wait_for(self._exchange(what), seconds)
        except asyncio.TimeoutError as error:
            raise ProblemError("timeout", "the page took too long") from error
        except (OSError, ValueError, asyncio.IncompleteReadError) as error:
            raise ProblemError("failed", "the process that makes the pages ended") from error

    async def _exchange(self, what: Mapping[str, object]) -> Made:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")
        await self._process.stdin.drain()
        head = json.loads(await self._process.stdout.readline())
        return Made(head, await self._process.stdout.readexactly(head["size"]))

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return not self._ended and self._process.returncode is None

    def end(self) -> None:
        """End it at once."""
        if self._ended:
            return
        self._ended = True
        with suppress(ProcessLookupError):
            self._process.kill()
        self._snapshot.users -= 1
        self._snapshot.close_if_unused()

    async def end_now(self) -> None:
        """End it, and wait until it is gone."""
        self.end()
        await self._process.wait()


class Pages:
    """The pages of the version that is served."""

    def __init__(self, service: Service, site: SiteSettings) -> None:
        self.site, self._service = site, service
        self._process: PageProcess | None = None
        self._starting: asyncio.Task[PageProcess] | None = None
        self._tasks: set[asyncio.Task[PageProcess]] = set()
        self._files = dict(_files(site))

    def take(self, snapshot: Snapshot) -> None:
        """Begin to make pages of a new version; the old ones are answered until it is ready."""
        if self._starting is not None:
            self._starting.cancel()
        self._starting = asyncio.ensure_future(self._started(snapshot))
        self._starting.add_done_callback(self._noted)
        self._tasks.add(self._starting)

    async def _started(self, snapshot: Snapshot) -> PageProcess:
        process = await PageProcess.start(snapshot, self.site)
        old, self._process = self._process, process
        if old is not None:
            await old.end_now()
        return process

    def _noted(self, task: asyncio.Task[PageProcess]) -> None:
        """Log why a process could not be started; the next request tries again."""
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _LOG.error("the pages could not be prepared: %s", task.exception())

    async def close(self) -> None:
        """End the process."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._process is not None:
            await self._process.end_now()

    async def ask(self, what: Mapping[str, object]) -> Made:
        """Ask for a page, by a new process where the last one has ended.

        Raises:
            ProblemError: there is none yet, or it failed.
        """
        if not self._service.ready:
            await self._service.start()
        process = self._process
        if process is None or not process.alive:
            if self._starting is None or self._starting.done():
                self.take(self._service.snapshot)
            assert self._starting is not None
            try:
                process = await asyncio.wait_for(asyncio.shield(self._starting), 20.0)
            except asyncio.TimeoutError as error:
                raise ProblemError(
                    "not-ready", "the pages are being prepared", {"Retry-After": "10"}
                ) from error
        return await process.ask(what)

    async def refs(self, iris: Sequence[str]) -> Mapping[str, tuple[str, str, str]]:
        """Return the pages of those IRIs that have one: kind, key and label."""
        if not iris:
            return {}
        with suppress(ProblemError):
            made = await self.ask({"iris": list(iris)})
            found = zip(iris, made.head["pages"], strict=True)
            return {iri: (row[0], row[1], row[2]) for iri, row in found if row}
        return {}

    async def page(self, request: Request) -> Response:
        """Answer a request for a page."""
        path = request.scope["raw_path"].decode("latin-1").partition("?")[0].lstrip("/")
        made = await self.ask(
            {
                "path": path,
                "accept": request.headers.get("accept"),
                "encoding": request.headers.get("accept-encoding"),
                "words": request.query_params.get("q", "")[:500],
            }
        )
        return sent(request, made)

    async def static(self, request: Request) -> Response:
        """Answer with a file of the pages' styles and scripts."""
        path = request.path_params["path"]
        content = self._files.get(path)
        if content is None:
            raise ProblemError("not-found", "there is no such file")
        kind = media_type(path) or "application/octet-stream"
        headers = {"Cache-Control": "public, max-age=3600", **policy()}
        return tagged(request, Response(content, 200, headers, kind))

    async def robots(self, request: Request) -> Response:
        """Tell crawlers what to leave alone."""
        return tagged(request, Response(robots_of_server(self.site.url), 200, None, "text/plain"))

    def routes(self) -> Sequence[BaseRoute]:
        """Return the routes of the pages."""
        alone = ["", "search", "about", "ontology", "ontology.{form}", "queries/"]
        alone += [".well-known/void", "sitemap.xml", "sitemap-{name}"]
        listed = [f"{kind}/{{name:path}}" for kind in KINDS]
        things = [f"id/{kind}/{{name:path}}" for kind in KINDS]
        return [
            Route("/robots.txt", self.robots, methods=list(_READ)),
            Route("/static/{path:path}", self.static, methods=list(_READ)),
            *(Route(f"/{path}", self.page, methods=list(_READ)) for path in (*alone, *listed, *things)),
        ]


def sent(request: Request, made: Made) -> Response:
    """Return an answer of the process as it is sent: with an ETag, and 304 where the client has it."""
    headers = {"Cache-Control": "no-cache", **made.head["headers"]}
    if headers.get("Content-Type", "").startswith("text/html"):
        headers |= policy()
    return tagged(request, Response(made.body, made.head["status"], headers))


def tagged(request: Request, response: Response) -> Response:
    """Add a strong ETag to an answer, or return 304 where the client has it."""
    if response.status_code != 200:
        return response
    body = bytes(response.body)
    kind = response.headers.get("content-type", "") + response.headers.get("content-encoding", "")
    tag = '"' + hashlib.sha256(kind.encode() + b"\n" + body).hexdigest()[:32] + '"'
    response.headers["ETag"] = tag
    if not has(request, tag):
        return response
    kept = {
        name: value
        for name, value in response.headers.items()
        if name in ("etag", "vary", "cache-control", "content-location", "last-modified", "link")
    }
    return Response(None, 304, kept)


def policy() -> dict[str, str]:
    """Return the headers of every page: what it may load, and where it may be shown."""
    return {
        "Content-Security-Policy": content_policy() + "; frame-ancestors 'none'",
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }


def _files(site: SiteSettings) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the files below `static/`: those of the server before those of the site."""
    for path in sorted(_OWN.rglob("*")):
        if path.is_file():
            yield path.relative_to(_OWN).as_posix(), path.read_bytes()
    for name, content in static_files(site):
        yield name.removeprefix("static/"), content
