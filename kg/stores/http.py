"""One small HTTP client for loading: whole answers only, repeated where that helps.

It is built on `http.client`, which streams a file of known length, tells a cut answer from a whole one, and
shares nothing between two requests. A password goes only where it is asked for.
"""

from __future__ import annotations

import http.client
import random
import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple, TypeAlias
from urllib.parse import SplitResult, urlsplit

from kg.errors import UsageError
from kg.stores.auth import Challenge, Credentials, challenge_of
from kg.stores.errors import BusyError, RefusedError, ServerError, UnauthorizedError, UnreachableError

AGENT = "pathway-kg (https://w3id.org/pathway-kg/; Python)"
MAX_ANSWER = 16 << 20
"""The largest answer that is taken; what loading asks for is a few bytes."""

_REPEATED = frozenset({429, 502, 503})
_LONGEST_WAIT = 60.0
_SHOWN = 300
_TAG = re.compile(r"(?is)<(script|style|head)\b.*?</\1>|<[^>]*>")

Body: TypeAlias = "bytes | Path | None"


class Answer(NamedTuple):
    """A whole answer of a server."""

    status: int
    headers: Message
    body: bytes

    @property
    def media_type(self) -> str:
        """The media type, without its parameters."""
        return self.headers.get_content_type()


@dataclass(slots=True)
class Client:
    """Sends requests, each on a connection of its own; `sleep` waits between two attempts."""

    credentials: Credentials | None = None
    timeout: float = 300.0
    attempts: int = 5
    sleep: Callable[[float], object] = time.sleep
    _challenges: dict[str, Challenge] = field(default_factory=dict)

    def send(
        self,
        method: str,
        url: str,
        body: Body = None,
        headers: Mapping[str, str] | None = None,
        *,
        missing: bool = False,
    ) -> Answer:
        """Send a request that does no harm when it is sent twice; return the answer of a success.

        With `missing`, 404 is one too.

        Raises:
            UnreachableError: there is no connection, or it broke off at every attempt.
            BusyError: the server was busy at every attempt.
            UnauthorizedError: it wants (other) credentials.
            RefusedError: it says that the request is wrong.
            ServerError: it failed, or is elsewhere.
        """
        for attempt in range(1, self.attempts + 1):
            try:
                answer = self.ask(method, url, body, headers)
            except (http.client.HTTPException, OSError) as error:
                fault, wait = _broken(url, error), None
                cause: Exception | None = error
            else:
                if answer.status < 300 or (missing and answer.status == 404):
                    return answer
                fault, wait, cause = self._refused(url, answer), retry_after(answer.headers), None
            if not isinstance(fault, BusyError | UnreachableError) or attempt == self.attempts:
                raise fault from cause
            self.sleep(_pause(attempt) if wait is None else wait)
        raise AssertionError("the last attempt returns or raises")

    def ask(
        self, method: str, url: str, body: Body = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request once, with credentials where they are asked for; return the answer, whatever it is.

        Raises:
            OSError: there is no connection, or it breaks off, or takes too long.
            HTTPException: the answer is cut, or is no HTTP.
        """
        parts = _parts(url)
        place = f"{parts.netloc}{parts.path}"
        if self.credentials is not None and body is not None and place not in self._challenges:
            # Without this, a server would take a large body only to ask for a password.
            self._learn(place, self._once("HEAD", url, None, self._headers("HEAD", url, place, None)))
        answer = self._once(method, url, body, self._headers(method, url, place, headers))
        if answer.status == 401 and self.credentials is not None and self._learn(place, answer):
            answer = self._once(method, url, body, self._headers(method, url, place, headers))
        return answer

    def _headers(
        self, method: str, url: str, place: str, headers: Mapping[str, str] | None
    ) -> dict[str, str]:
        made = {"User-Agent": AGENT, "Accept": "*/*", "Connection": "close", **(headers or {})}
        challenge = self._challenges.get(place)
        if challenge is not None and self.credentials is not None:
            made["Authorization"] = challenge.header(self.credentials, method, url)
        return made

    def _learn(self, place: str, answer: Answer) -> bool:
        """Keep the challenge of an answer; say whether it is worth another attempt."""
        found = challenge_of(answer.headers.get_all("WWW-Authenticate", []))
        if answer.status != 401 or found is None:
            return False
        known = self._challenges.get(place)
        self._challenges[place] = found
        if known is None or found.values.get("stale", "").lower() == "true":
            return True
        # Some servers call an old nonce wrong, not stale: where it has worked before, a new one is tried.
        return known.scheme == "digest" and known.uses > 1

    def _once(self, method: str, url: str, body: Body, headers: dict[str, str]) -> Answer:
        parts = _parts(url)
        connection = _connection(parts, self.timeout)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            _send(connection, method, path, body, headers)
            with connection.getresponse() as response:
                data = response.read(MAX_ANSWER + 1)
                _check_whole(response, data)
                return Answer(response.status, response.headers, data)
        finally:
            connection.close()

    def _refused(self, url: str, answer: Answer) -> ServerError:
        """Return the named error for a status that is no success."""
        status, where = answer.status, _shown(url)
        if 300 <= status < 400:
            return ServerError(
                f"{where}: the server is at {answer.headers.get('Location', 'another place')}; load there"
            )
        if status in (401, 403, 407):
            given = (
                "refuses this user and password"
                if self.credentials
                else "asks for --user and --password-file"
            )
            return UnauthorizedError(f"{where}: the server {given} (HTTP {status})")
        said = f"(HTTP {status}){readable(answer.body)}"
        if status in _REPEATED:
            return BusyError(f"{where}: the server is busy or down {said}")
        if status < 500:
            return RefusedError(f"{where}: the server refuses the request {said}")
        return ServerError(f"{where}: the server failed {said}")


def _parts(url: str) -> SplitResult:
    """Return the parts of an address.

    Raises:
        UsageError: it is none, or it holds a password.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{url}: a server has an http or https address")
    if parts.username is not None or parts.password is not None:
        raise UsageError(f"{parts.hostname}: give user and password by --user and --password-file")
    return parts


def _connection(parts: SplitResult, timeout: float) -> http.client.HTTPConnection:
    assert parts.hostname is not None
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=timeout, context=context)
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)


def _send(
    connection: http.client.HTTPConnection, method: str, path: str, body: Body, headers: dict[str, str]
) -> None:
    """Send a request; a server that answers before it has read the whole body is listened to."""
    with suppress(BrokenPipeError, ConnectionResetError):
        if isinstance(body, Path):
            with body.open("rb") as stream:
                length = {"Content-Length": str(body.stat().st_size)}
                connection.request(method, path, stream, headers | length)
        else:
            connection.request(method, path, body, headers)


def _check_whole(response: http.client.HTTPResponse, data: bytes) -> None:
    """Raise IncompleteRead unless the whole answer was read."""
    if len(data) > MAX_ANSWER or (response.length or 0) > 0:
        raise http.client.IncompleteRead(data, response.length)


def _broken(url: str, error: Exception) -> ServerError:
    where = _shown(url)
    if isinstance(error, TimeoutError):
        return ServerError(f"{where}: the server did not answer in time; it is not known what it did")
    if isinstance(error, socket.gaierror):
        return ServerError(f"{where}: there is no server of this name")
    if isinstance(error, ssl.SSLError):
        return ServerError(f"{where}: no safe connection: {error.reason}")
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return UnreachableError(f"{where}: the connection failed: {said}")


def _pause(attempt: int) -> float:
    """Return how long to wait before the next attempt: longer each time, never the same."""
    return 0.5 * 2.0 ** (attempt - 1) * random.uniform(0.5, 1.0)  # noqa: S311 - it spreads load, it keeps no secret


def retry_after(headers: Message) -> float | None:
    """Return the seconds that a server asks to wait: given as such, or as a date."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), _LONGEST_WAIT)
    try:
        wait = parsedate_to_datetime(text).timestamp() - time.time()
    except ValueError:
        return None
    return min(max(wait, 0.0), _LONGEST_WAIT)


def _shown(url: str) -> str:
    return url.partition("?")[0]


def readable(body: bytes) -> str:
    """Return the start of what a server says, without the tags of a page, or nothing."""
    text = " ".join(_TAG.sub(" ", body[: 1 << 16].decode("utf-8", "replace")).split())
    shown = "".join(letter if letter.isprintable() else " " for letter in text[:_SHOWN])
    return f": {shown}{'…' if len(text) > _SHOWN else ''}" if shown else ""
