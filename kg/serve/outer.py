"""What holds for every answer: CORS without credentials, OPTIONS, HEAD, safe headers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from types import MappingProxyType
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_EXPOSED = (
    "Link, ETag, Content-Location, Retry-After, Allow, Location, Server-Timing, X-Rows-Cut, Content-Length"
)
_ALWAYS: Mapping[str, str] = MappingProxyType(
    {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": _EXPOSED,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
)
_DEFAULTS: Mapping[str, str] = MappingProxyType(
    {"Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'"}
)
_TAKEN = "Accept, Content-Type, If-None-Match, Range"


class Outer:
    """Wraps an application whose routes are known, so that OPTIONS can say what they take."""

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute]) -> None:
        self._app, self._routes = app, tuple(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        methods = self.methods(scope)
        wrapped = _Sender(send, methods, is_head=scope["method"] == "HEAD")
        if methods and scope["method"] == "OPTIONS":
            await _options(scope, methods, wrapped)
        else:
            await self._app(scope, receive, wrapped)

    def methods(self, scope: Scope) -> frozenset[str]:
        """Return what can be done at the address of a request; nothing where there is no route."""
        found: set[str] = set()
        for route in self._routes:
            match, _ = route.matches({**scope, "method": "GET"})
            if match is not Match.NONE:
                found |= set(getattr(route, "methods", None) or ("GET", "HEAD"))
        return frozenset(found | {"OPTIONS"}) if found else frozenset()


async def _options(scope: Scope, methods: frozenset[str], send: Send) -> None:
    listed = ", ".join(sorted(methods))
    headers = {"Allow": listed, "Cache-Control": "max-age=3600"}
    if any(name == b"access-control-request-method" for name, _ in scope["headers"]):
        headers |= {
            "Access-Control-Allow-Methods": listed,
            "Access-Control-Allow-Headers": _TAKEN,
            "Access-Control-Max-Age": "86400",
        }
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 204, "headers": raw})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


class _Sender:
    """Adds headers (with 405 what can be done), and leaves the body of an answer to HEAD out."""

    def __init__(self, send: Send, methods: frozenset[str], *, is_head: bool) -> None:
        self._send, self._methods, self._is_head = send, methods, is_head

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message.setdefault("headers", [])
            _add(message)
            if message["status"] == 405:
                MutableHeaders(scope=message)["Allow"] = ", ".join(sorted(self._methods))
        elif message["type"] == "http.response.body" and self._is_head:
            message = {**message, "body": b""}
        await self._send(message)


def _add(message: MutableMapping[str, Any]) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in _ALWAYS.items():
        headers[name] = value
    for name, value in _DEFAULTS.items():
        headers.setdefault(name, value)
