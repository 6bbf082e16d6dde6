"""What is sent: answers from their files, problem documents, small documents of our own."""

from __future__ import annotations

import asyncio
import hashlib
import html
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kg.serve.errors import PROBLEM, ProblemError, problem
from kg.serve.forms import Choice
from kg.serve.jobs import Job
from kg.serve.negotiation import best
from kg.serve.service import Service

_BLOCK = 64 << 10
_LOOK = 0.02
"""How often a file that still grows is looked at."""
INERT: Mapping[str, str] = MappingProxyType(
    {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox"}
)
"""For what is data: a browser that is led there runs nothing of it."""


def problem_response(request: Request, error: ProblemError) -> Response:
    """Return a problem document (RFC 9457), as a page for a browser."""
    status, title = error.fault
    headers = {"Vary": "Accept", "Cache-Control": "no-store", **INERT, **error.headers}
    if best(request.headers.get("accept"), [PROBLEM, "application/json", "text/html"]) == "text/html":
        text = _PAGE.format(status=status, title=html.escape(title), detail=html.escape(error.detail))
        return Response(text, status, headers, "text/html")
    return Response(problem(error.kind, error.detail), status, headers, PROBLEM)


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{status} {title}</title></head>
<body><h1>{title}</h1><pre>{detail}</pre></body></html>
"""


def document(
    request: Request, content: bytes, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a small document with a strong ETag, or 304 where the client has it."""
    tag = '"' + hashlib.sha256(media_type.encode() + b"\n" + content).hexdigest()[:32] + '"'
    sent = {"ETag": tag, "Cache-Control": "no-cache", **(headers or {})}
    if has(request, tag):
        return Response(None, 304, sent)
    return Response(content, 200, sent, media_type)


def has(request: Request, tag: str) -> bool:
    """Say whether a client has what an ETag stands for (`If-None-Match`, RFC 9110, section 13.1.2).

    `*` is no tag: whether there is an answer is known only when there is one.
    """
    given = request.headers.get("if-none-match", "")
    return request.method in ("GET", "HEAD") and tag in [
        item.strip().removeprefix("W/") for item in given.split(",")
    ]


def etag(service_name: str, *parts: object) -> str:
    """Return a strong ETag of an answer: of the version of the store, and of all that was asked."""
    digest = hashlib.sha256(repr((service_name, *parts)).encode("utf-8", "surrogatepass")).hexdigest()
    return f'"{digest[:32]}"'


class AnswerResponse(Response):
    """The answer of a job: whole when it is short, else as it comes.

    What fails while it is sent breaks the connection: nothing that looks like an ending is ever sent.
    """

    def __init__(self, service: Service, job: Job, choice: Choice, headers: Mapping[str, str]) -> None:
        self._service, self._job = service, job
        self.status_code, self.background = 200, None
        self.init_headers({**INERT, **headers})
        self.headers["Content-Type"] = choice.content_type
        if job.finished.is_set():
            self.headers["Content-Length"] = str(job.answer.size)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer."""
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            if scope["method"] == "HEAD":
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            gone = asyncio.ensure_future(left(receive))
            try:
                async for block in _blocks(self._job):
                    if gone.done():
                        return
                    await send({"type": "http.response.body", "body": block, "more_body": True})
            finally:
                gone.cancel()
            if self._job.problem is None:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._service.release(self._job)


async def _blocks(job: Job) -> AsyncIterator[bytes]:
    """Yield an answer in blocks, until it ends well or not."""
    place = 0
    while True:
        finished = job.finished.is_set()
        if job.problem is not None:
            return
        block = job.answer.read(_BLOCK, place)
        place += len(block)
        if block:
            yield block
        elif finished:
            return
        else:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(job.finished.wait(), _LOOK)


async def left(receive: Receive) -> None:
    """Wait until the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def begun(job: Job, request: Request) -> None:
    """Wait until something of an answer can be sent.

    Raises:
        ProblemError: there is none.
        ClientDisconnect: the client has gone.
    """
    gone = asyncio.ensure_future(left(request.receive))
    start = asyncio.ensure_future(job.begun.wait())
    try:
        await asyncio.wait({gone, start}, return_when=asyncio.FIRST_COMPLETED)
        if not start.done():
            raise ClientDisconnect
    finally:
        gone.cancel()
        start.cancel()
    if job.problem is not None:
        raise job.problem


def timing(job: Job) -> dict[str, Any]:
    """Return the `Server-Timing` of a job that has ended."""
    if job.done is None:
        return {}
    return {"Server-Timing": f"query;dur={job.done['seconds'] * 1000:.1f}"}
