"""Remote endpoints, through SPARQLWrapper: one small class that leaves nothing to chance.

SPARQLWrapper makes the request. Here it is told the kind of the query, which it would guess by a pattern; is
kept from adding `format=` parameters; is sent by an opener of its own, so that credentials stay with this
request; is repeated where that helps; and its answer is taken only when it is whole and what was asked for.
"""

from __future__ import annotations

import http.client
import random
import socket
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from SPARQLWrapper import POST, SPARQLWrapper

from kg.errors import UsageError
from kg.query import errors
from kg.query.answers import Answer
from kg.query.received import Received, convert, one_line, readable
from kg.query.run import DEFAULT_TIMEOUT
from kg.query.syntax import Kind, Syntax, read_syntax
from kg.stores.auth import Credentials
from kg.stores.http import retry_after

AGENT = "pathway-kg (https://w3id.org/pathway-kg/; SPARQL client)"
"""Who asks, as endpoints are told: some refuse what SPARQLWrapper says by itself."""
ATTEMPTS = 4
MAX_BODY = 8 << 30
"""The largest answer that is taken: 8 GiB."""

_REPEATED = frozenset({429, 502, 503})
_BLOCK = 1 << 16
_SOLUTIONS = "application/sparql-results+json, application/sparql-results+xml;q=0.8"
_GRAPH = "application/n-triples, text/turtle;q=0.8, application/ld+json;q=0.3"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A SPARQL endpoint; nothing that it is told is shared with any other.

    `timeout` is for one query, with all attempts; `sleep` waits between two attempts.
    """

    url: str
    credentials: Credentials | None = None
    timeout: float = DEFAULT_TIMEOUT
    attempts: int = ATTEMPTS
    sleep: Callable[[float], object] = time.sleep

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"{self.url}: an endpoint is an http or https address")
        if parts.username is not None or parts.password is not None:
            raise UsageError(f"{parts.hostname}: give user and password by --user and --password-file")

    @contextmanager
    def answer(self, query: str, *, limit: int | None = None, graphs: Sequence[str] = ()) -> Iterator[Answer]:
        """Ask a query; yield its answer, whole.

        Raises:
            RefusedError: the query is an update, or beyond a limit.
            QuerySyntaxError: it is no SPARQL query.
            QueryTimeoutError: there was no whole answer within the time.
            EndpointError: one of its kinds says what the endpoint did wrong.
        """
        syntax = read_syntax(query)
        begun = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="kg-query-") as folder:
            body, path = Path(folder, "body"), Path(folder, "answer")
            received = self._received(syntax.kind, query, graphs, body)
            rows, more = convert(received, syntax.kind, path, limit)
            note, complete = ("", True) if more else _cap(received.headers, syntax, rows)
            with path.open("rb") as stream:
                seconds = time.perf_counter() - begun
                yield Answer(syntax.kind, stream, rows, more, seconds, (note,) if note else (), complete)

    def _received(self, kind: Kind, query: str, graphs: Sequence[str], body: Path) -> Received:
        """Ask until there is a whole answer; what cannot succeed is not asked twice."""
        deadline = time.monotonic() + self.timeout
        for attempt in range(1, self.attempts + 1):
            try:
                return self._attempt(kind, query, graphs, body, deadline)
            except _PassingError as passing:
                wait = passing.wait if passing.wait is not None else _pause(attempt)
                if attempt == self.attempts or time.monotonic() + wait > deadline:
                    raise passing.error from passing.__cause__
                self.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _attempt(
        self, kind: Kind, query: str, graphs: Sequence[str], body: Path, deadline: float
    ) -> Received:
        wrapper = _Wrapper(self.url, kind, query, graphs)
        try:
            with wrapper.opened(self.credentials, _left(deadline)) as response, body.open("wb") as stream:
                _copy(response, stream, deadline)
                return Received(self.url, body, response.headers)
        except urllib.error.HTTPError as error:
            with error:
                raise self._refused(error, deadline) from error
        except TimeoutError as error:
            raise self._too_slow() from error
        except http.client.IncompleteRead as error:
            cut = errors.IncompleteAnswerError(f"{self.url}: the answer was cut off before its end")
            raise _PassingError(cut, None) from error
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise self._too_slow() from error
            raise self._broken(error.reason) from error
        except (OSError, http.client.HTTPException) as error:
            raise self._broken(error) from error

    def _too_slow(self) -> errors.QueryTimeoutError:
        return errors.QueryTimeoutError(
            f"{self.url}: no whole answer within {self.timeout:g} s; --timeout waits longer"
        )

    def _broken(self, reason: object) -> Exception:
        if isinstance(reason, socket.gaierror):
            return errors.UnreachableError(f"{self.url}: there is no server of this name")
        said = one_line(getattr(reason, "strerror", None) or str(reason)) or type(reason).__name__
        return _PassingError(errors.UnreachableError(f"{self.url}: no connection: {said}"), None)

    def _refused(self, error: urllib.error.HTTPError, deadline: float) -> Exception:
        """Return the named error for a status that is no success."""
        status = error.code
        if 300 <= status < 400:
            place = error.headers.get("Location", "another place")
            return errors.MovedError(f"{self.url}: the endpoint is at {place}; ask there")
        if status in (401, 403, 407):
            given = (
                "refuses this user and password"
                if self.credentials
                else "asks for --user and --password-file"
            )
            return errors.UnauthorizedError(f"{self.url}: the server {given} (HTTP {status})")
        kind, what = _fault(status)
        fault = kind(f"{self.url}: {what} (HTTP {status}){_excerpt(error, deadline)}")
        return _PassingError(fault, retry_after(error.headers)) if status in _REPEATED else fault


def _fault(status: int) -> tuple[type[errors.QueryError], str]:
    """Return the named error for a status, and what it means."""
    if status in _REPEATED:
        return errors.BusyError, "the server is busy or down"
    if status in (404, 405, 410):
        return errors.NotFoundError, "there is no SPARQL endpoint here"
    if status in (408, 504):
        return errors.QueryTimeoutError, "the server gave up on the query"
    if 400 <= status < 500:
        return errors.BadQueryError, "the server refuses the query"
    return errors.ServerFaultError, "the server failed"


class _PassingError(Exception):
    """What may be better at the next attempt: the error to raise if it is not, and how long to wait."""

    def __init__(self, error: errors.QueryError, wait: float | None) -> None:
        super().__init__(str(error))
        self.error, self.wait = error, wait


class _Wrapper(SPARQLWrapper):
    """A request of SPARQLWrapper, of a kind that is known, sent by an opener of its own."""

    def __init__(self, url: str, kind: Kind, query: str, graphs: Sequence[str]) -> None:
        self._kind = kind
        super().__init__(url, agent=AGENT)
        self.setOnlyConneg(True)
        self.setMethod(POST)
        self.setQuery(query)
        for graph in graphs:
            self.addDefaultGraph(graph)

    def _parseQueryType(self, query: str) -> str:  # noqa: ARG002, N802 - the name and arguments are SPARQLWrapper's
        """Return the kind of the query, which is known, where SPARQLWrapper would guess."""
        return self._kind.value

    def _getAcceptHeader(self) -> str:  # noqa: N802 - the name is SPARQLWrapper's
        return _GRAPH if self._kind.is_graph else _SOLUTIONS

    def opened(self, credentials: Credentials | None, timeout: float) -> Any:
        """Send the request; return the response."""
        return _opener(self.endpoint, credentials).open(self._createRequest(), timeout=timeout)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the query would lose its text, and a password would go to another server."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Return no request."""
        return


def _opener(url: str, credentials: Credentials | None) -> urllib.request.OpenerDirector:
    handlers: list[urllib.request.BaseHandler] = [_NoRedirect()]
    if credentials is not None:
        passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, url, credentials.user, credentials.password)
        handlers += [_Digest(passwords), _Basic(passwords)]
    return urllib.request.build_opener(*handlers)


class _Digest(urllib.request.HTTPDigestAuthHandler):
    """Answers a digest challenge once; a second one means that the password is wrong."""

    def retry_http_digest_auth(self, req: urllib.request.Request, auth: str) -> Any:
        """Send the request again with the answer, unless it had one."""
        if req.has_header(self.auth_header):
            return None
        return super().retry_http_digest_auth(req, auth)

    def http_error_auth_reqed(
        self, auth_header: str, host: str, req: urllib.request.Request, headers: Any
    ) -> Any:
        """Answer a challenge of this kind; one that cannot be read is a refusal like others."""
        if not headers.get(auth_header, "").lower().startswith("digest "):
            return None
        with suppress(ValueError, LookupError):
            return super().http_error_auth_reqed(auth_header, host, req, headers)
        return None


class _Basic(urllib.request.HTTPBasicAuthHandler):
    """Answers a basic challenge, and leaves others alone."""

    def http_error_auth_reqed(
        self, authreq: str, host: str, req: urllib.request.Request, headers: Any
    ) -> Any:
        """Answer a challenge of this kind."""
        if not headers.get(authreq, "").lower().startswith("basic"):
            return None
        return super().http_error_auth_reqed(authreq, host, req, headers)


def _copy(response: http.client.HTTPResponse, stream: IO[bytes], deadline: float) -> None:
    """Copy a body, whole.

    Raises:
        TimeoutError: it takes too long.
        IncompleteRead: it ends before the length that was announced.
    """
    announced = response.headers.get("Content-Length")
    size = 0
    while block := response.read1(_BLOCK):
        size += len(block)
        if size > MAX_BODY:
            raise errors.NotSparqlError(f"the answer is larger than {MAX_BODY >> 30} GiB; narrow the query")
        stream.write(block)
        _left(deadline)
    if announced is not None and size < int(announced):
        raise http.client.IncompleteRead(b"", int(announced) - size)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _pause(attempt: int) -> float:
    """Return how long to wait before the next attempt: longer each time, never the same."""
    return float(2 ** (attempt - 1)) * random.uniform(0.5, 1.0)  # noqa: S311 - it spreads load, it keeps no secret


def _excerpt(error: urllib.error.HTTPError, deadline: float) -> str:
    """Return the start of what a server says of an error, on lines of its own."""
    if time.monotonic() > deadline:
        return ""
    try:
        data = error.read(_BLOCK)
    except (OSError, http.client.HTTPException):
        return ""
    return readable(data)


def _cap(headers: Message, syntax: Syntax, rows: int) -> tuple[str, bool]:
    """Return what to say of a limit by which a server cut the answer in silence, and if it is whole."""
    if syntax.kind is Kind.ASK or rows == syntax.limit:
        return "", True
    told = headers.get("X-SPARQL-MaxRows", "").strip()
    if told.isascii() and told.isdigit():
        return (
            f"INCOMPLETE: the server cut the answer at {int(told):,} rows; ask in parts (LIMIT, OFFSET)",
            False,
        )
    # Virtuoso cuts triples one later than rows.
    if _is_round(rows) or (syntax.kind.is_graph and _is_round(rows - 1)):
        return f"there are exactly {rows:,} rows: perhaps the server cut the answer at that number", True
    return "", True


def _is_round(rows: int) -> bool:
    """Say whether a number looks like a limit: 100, 500, 1000 and the like."""
    text = str(rows)
    return rows >= 100 and text[0] in "125" and not text[1:].strip("0")
