"""What an endpoint sent: checked to be a whole answer of SPARQL, and turned into the form of `Answer`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.message import Message
from pathlib import Path
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

from kg.query.errors import IncompleteAnswerError, NotSparqlError
from kg.query.rows import RowWriter
from kg.query.syntax import Kind

if TYPE_CHECKING:
    pass

_SOLUTIONS: Mapping[str, str] = MappingProxyType(
    {
        "application/sparql-results+json": "JSON",
        "application/json": "JSON",
        "application/sparql-results+xml": "XML",
        "application/xml": "XML",
        "text/xml": "XML",
    }
)
_GRAPHS: Mapping[str, str] = MappingProxyType(
    {
        "application/n-triples": "N_TRIPLES",
        "text/ntriples": "N_TRIPLES",
        "text/plain": "N_TRIPLES",
        "text/turtle": "TURTLE",
        "application/x-turtle": "TURTLE",
        "text/rdf+n3": "TURTLE",
        "application/ld+json": "JSON_LD",
    }
)
_ENDS_ITSELF = frozenset({"JSON", "XML", "JSON_LD"})
_HEAD = 64 << 10
_TAIL = 200
_SHOWN = 300
_PAGE = re.compile(rb"(?i)\s*<(!doctype\s+html|html)\b")
_TAG = re.compile(r"(?is)<(script|style)\b.*?</\1>|<[^>]*>")


class Received(NamedTuple):
    """The body of a response, in a file, and its headers."""

    url: str
    body: Path
    headers: Message


def convert(received: Received, kind: Kind, target: Path, limit: int | None) -> tuple[int, bool]:
    """Write what was received as the stream of an `Answer`; return its rows, and whether there were more.

    Raises:
        NotSparqlError: it is no answer of SPARQL.
        IncompleteAnswerError: it was cut off, or nobody can know that it was not.
    """
    form = _form(received, kind)
    _check_whole(received, form)
    with received.body.open("rb") as stream, target.open("wb") as out:
        if form == "XML":
            _refuse_dtd(received, stream)
        writer = RowWriter(out, 0 if kind.is_graph else 1, None if kind is Kind.ASK else limit)
        try:
            _write(received, stream, form, kind, cast("IO[bytes]", writer))
        except (SyntaxError, ValueError) as error:
            raise _damaged(received, error) from error
        except OSError:
            if not writer.more:
                raise
    return (1 if kind is Kind.ASK else writer.rows), writer.more


def _write(received: Received, stream: IO[bytes], form: str, kind: Kind, writer: IO[bytes]) -> None:
    import pyoxigraph

    if kind.is_graph:
        quads = pyoxigraph.parse(stream, getattr(pyoxigraph.RdfFormat, form))
        pyoxigraph.serialize((quad.triple for quad in quads), writer, pyoxigraph.RdfFormat.N_TRIPLES)
        return
    parsed: Any = pyoxigraph.parse_query_results(stream, getattr(pyoxigraph.QueryResultsFormat, form))
    if isinstance(parsed, pyoxigraph.QueryBoolean) is not (kind is Kind.ASK):
        raise NotSparqlError(
            f"{received.url}: this is no answer to {kind.value}, but to another kind of query"
        )
    try:
        parsed.serialize(writer, pyoxigraph.QueryResultsFormat.TSV)
    finally:
        # An error keeps this frame, and what pyoxigraph made may be dropped in its own thread only.
        del parsed


def _form(received: Received, kind: Kind) -> str:
    """Return the format by the media type, which is one that was asked for."""
    media_type = received.headers.get_content_type()
    form = (_GRAPHS if kind.is_graph else _SOLUTIONS).get(media_type)
    if received.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise NotSparqlError(f"{received.url}: the answer is compressed, which was not asked for")
    if form is None or "Content-Type" not in received.headers:
        told = media_type if "Content-Type" in received.headers else "without a type"
        with received.body.open("rb") as stream:
            said = readable(stream.read(_HEAD))
        raise NotSparqlError(f"{received.url}: this is no answer of SPARQL but {told}{said}")
    return form


def _check_whole(received: Received, form: str) -> None:
    """Check that a cut would show: by the length, by the chunks, or by a format that has an end."""
    headers = received.headers
    if headers.get("X-SQL-State", "").upper().startswith("S1T"):
        raise IncompleteAnswerError(
            f"{received.url}: the server stopped at its time limit and sent a part{_message(headers)}"
        )
    framed = "Content-Length" in headers or headers.get("Transfer-Encoding", "").lower() == "chunked"
    if not framed and form not in _ENDS_ITSELF:
        raise IncompleteAnswerError(
            f"{received.url}: the server does not say how long its answer is, so a cut would not show"
        )


def _message(headers: Message) -> str:
    text = headers.get("X-SQL-Message", "")
    return f" ({text[:_SHOWN]})" if text else ""


def _refuse_dtd(received: Received, stream: IO[bytes]) -> None:
    """Refuse XML with a document type, for its entities may grow without bound."""
    head = stream.read(_HEAD)
    stream.seek(0)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise NotSparqlError(f"{received.url}: the answer has a document type, which no answer of SPARQL has")


def _damaged(received: Received, error: Exception) -> IncompleteAnswerError | NotSparqlError:
    with received.body.open("rb") as stream:
        head = stream.read(_HEAD)
        if _PAGE.match(head):
            return NotSparqlError(f"{received.url}: this is a web page, no answer of SPARQL{readable(head)}")
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _TAIL))
        tail = readable(stream.read())
    return IncompleteAnswerError(
        f"{received.url}: the answer ends early or is damaged, perhaps by a time limit of the server "
        f"({error}); its last words:{tail or ' none'}"
    )


def readable(data: bytes) -> str:
    """Return the start of what a server said, without markup, on an indented line of its own."""
    shown = one_line(_TAG.sub(" ", data.decode("utf-8", "replace")))
    return f"\n  {shown}" if shown else ""


def one_line(text: str) -> str:
    """Return the start of a text on one line, without what could disturb a terminal."""
    plain = "".join(character if character.isprintable() else " " for character in text)
    words = " ".join(plain.split())
    return words if len(words) <= _SHOWN else words[:_SHOWN] + "…"
