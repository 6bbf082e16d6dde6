"""A query as it comes in: by GET, by form or as the body (SPARQL 1.1 Protocol, section 2.1)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from kg.serve.errors import ProblemError
from kg.serve.settings import Limits

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\\x7f-\x9f]*")
"""An IRI with its scheme (RFC 3987), as far as it matters here."""
_MOST_FIELDS = 500
_READS = "this endpoint only reads; it takes no update"
_UPDATE_FIELDS = frozenset({"update", "using-graph-uri", "using-named-graph-uri"})


class Asked(NamedTuple):
    """A query and what is asked along with it; `text` is None where there is no query."""

    text: str | None
    graphs: Sequence[str]
    named: Sequence[str]
    form: str | None


async def read_asked(request: Request, limits: Limits) -> Asked:
    """Return what a request asks.

    Raises:
        ProblemError: it is not as the protocol has it, or too large, or an update.
    """
    fields = fields_of(request.scope["query_string"])
    if any(name in _UPDATE_FIELDS for name, _ in fields):
        raise ProblemError("update", _READS)
    if request.method != "POST":
        return _asked(fields, limits)
    kind = media_type(request)
    if kind == UPDATE:
        raise ProblemError("update", _READS)
    check_coding(request)
    if kind not in (FORM, QUERY):
        raise ProblemError("media-type", f"a query is posted as {QUERY} or as {FORM}", {"Accept": _ACCEPTS})
    body = await read_body(request, limits)
    if kind == FORM:
        return _posted(fields, fields_of(body), limits)
    if any(name == "query" for name, _ in fields):
        raise ProblemError("bad-request", "there is a query in the body and another one in the address")
    return _asked([*fields, ("query", _decoded(body))], limits)


_ACCEPTS = f"{QUERY}, {FORM}"


def _posted(address: Sequence[tuple[str, str]], body: Sequence[tuple[str, str]], limits: Limits) -> Asked:
    if any(name in _UPDATE_FIELDS for name, _ in body):
        raise ProblemError("update", _READS)
    asked = _asked([*address, *body], limits)
    if asked.text is None:
        raise ProblemError("bad-request", "the form has no field `query`")
    return asked


def _asked(fields: Sequence[tuple[str, str]], limits: Limits) -> Asked:
    queries = [value for name, value in fields if name == "query"]
    if len(queries) > 1:
        raise ProblemError("bad-request", "there is more than one query")
    text = queries[0] if queries else None
    if text is not None and len(text.encode("utf-8", "surrogatepass")) > limits.length:
        raise ProblemError("too-large", f"the query is longer than {limits.length:,} bytes")
    forms = [value for name, value in fields if name == "format" and value]
    graphs, named = (_iris(fields, name) for name in ("default-graph-uri", "named-graph-uri"))
    return Asked(text, graphs, named, forms[0] if forms else None)


def _iris(fields: Sequence[tuple[str, str]], wanted: str) -> tuple[str, ...]:
    """Return the graphs of a field; an empty one, as forms send it, names none."""
    found = tuple(value for name, value in fields if name == wanted and value)
    for value in found:
        if not ABSOLUTE.fullmatch(value):
            raise ProblemError("bad-request", f"{wanted}: {value[:200]!r} is no absolute IRI")
    return found


def fields_of(data: bytes) -> Sequence[tuple[str, str]]:
    """Return the fields of a query string or a form.

    Raises:
        ProblemError: it is not UTF-8, or has too many fields.
    """
    try:
        return parse_qsl(
            data.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except UnicodeDecodeError as error:
        raise ProblemError("bad-request", "the text is not valid UTF-8") from error
    except ValueError as error:
        raise ProblemError("bad-request", f"there are more than {_MOST_FIELDS} fields") from error


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProblemError("bad-request", f"the query is not valid UTF-8 (byte {error.start})") from error


def media_type(request: Request) -> str:
    """Return the media type of the body, in lower case."""
    return request.headers.get("content-type", "").lower().partition(";")[0].strip()


def check_coding(request: Request) -> None:
    """Check that the body is plain UTF-8.

    Raises:
        ProblemError: its character set is another one, or it is compressed.
    """
    _, *parameters = request.headers.get("content-type", "").lower().split(";")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip().strip('"') not in ("utf-8", "utf8"):
            raise ProblemError("media-type", "a query is UTF-8", {"Accept": _ACCEPTS})
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise ProblemError("media-type", "the body must not be compressed", {"Accept-Encoding": "identity"})


async def read_body(request: Request, limits: Limits) -> bytes:
    """Return the body of a request.

    Raises:
        ProblemError: it is too large, or does not come in time.
    """
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > limits.body:
        raise ProblemError("too-large", f"the body is larger than {limits.body:,} bytes", _CLOSE)
    try:
        return await asyncio.wait_for(_body(request, limits.body), limits.body_time)
    except asyncio.TimeoutError as error:
        raise ProblemError("slow-body", f"no more than {limits.body_time:g} s are waited", _CLOSE) from error
    except ClientDisconnect as error:
        raise ProblemError("bad-request", "the client has gone") from error


_CLOSE: Mapping[str, str] = MappingProxyType({"Connection": "close"})


async def _body(request: Request, most: int) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise ProblemError("too-large", f"the body is larger than {most:,} bytes", _CLOSE)
        parts.append(part)
    return b"".join(parts)
