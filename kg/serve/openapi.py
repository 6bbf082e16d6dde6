"""The OpenAPI 3.1 description of the interface."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from kg import __version__
from kg.serve.errors import FAULTS
from kg.serve.forms import GRAPHS, ROWS, Form, media_types
from kg.serve.settings import ServeSettings

_PROBLEM = "application/problem+json"


def openapi(settings: ServeSettings, more: Mapping[str, object]) -> bytes:
    """Return the description as JSON; `more` are paths that others brought."""
    paths: dict[str, object] = {
        "/sparql": {"get": _query(), "post": _posted()},
        "/store": {"get": _graph()},
        "/health": {"get": _status("Says whether the process answers", "health", {})},
        "/ready": {"get": _status("Says whether queries are answered", "ready", _failures("not-ready"))},
        "/openapi.json": {"get": _status("This description", "openapi", {})},
    }
    found = {
        "openapi": "3.1.0",
        "info": {"title": settings.title, "version": __version__, "description": "It only reads."},
        "servers": [{"url": settings.url.rstrip("/")}],
        "paths": {**paths, **more},
        "components": {"schemas": {"Problem": _PROBLEM_SCHEMA, "Ask": _ASK}},
    }
    return json.dumps(found, indent=1).encode()


_TEXT: Mapping[str, object] = {"type": "string", "minLength": 1}
_PROBLEM_SCHEMA: Mapping[str, object] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
_LIST: Mapping[str, object] = {"type": "array", "items": {"type": "string", "format": "iri"}}
_ASK: Mapping[str, object] = {
    "type": "object",
    "required": ["query"],
    "properties": {"query": _TEXT, "default-graph-uri": _LIST, "named-graph-uri": _LIST},
}
_GRAPH_NOTE = "a graph of the store; nothing is fetched"


def _query() -> dict[str, object]:
    return {
        "operationId": "query",
        "summary": "Answer a query, or describe the endpoint where there is none",
        "parameters": [
            _parameter("query", "a SPARQL 1.1 query", {"type": "string"}),
            _parameter("default-graph-uri", _GRAPH_NOTE, _LIST),
            _parameter("named-graph-uri", _GRAPH_NOTE, _LIST),
            _format([*ROWS, *GRAPHS]),
        ],
        "responses": _answers([*media_types(ROWS), *media_types(GRAPHS), "text/html"], _REFUSALS),
    }


def _posted() -> dict[str, object]:
    body = {
        "application/x-www-form-urlencoded": {"schema": {"$ref": "#/components/schemas/Ask"}},
        "application/sparql-query": {"schema": _TEXT},
    }
    return {
        "operationId": "postQuery",
        "summary": "Answer a query",
        "requestBody": {"required": True, "content": body},
        "responses": _answers(
            [*media_types(ROWS), *media_types(GRAPHS)], [*_REFUSALS, "slow-body", "media-type"]
        ),
    }


def _graph() -> dict[str, object]:
    return {
        "operationId": "graph",
        "summary": "Return one graph (Graph Store Protocol): name it, or ask for the default one",
        "parameters": [
            _parameter("graph", "the IRI of a graph", {"type": "string", "format": "iri"}),
            {**_parameter("default", "the default graph", {"type": "string"}), "allowEmptyValue": True},
            _format(GRAPHS),
        ],
        "responses": _answers(media_types(GRAPHS), [*_REFUSALS, "not-found"]),
    }


def _status(summary: str, name: str, failures: Mapping[str, object]) -> dict[str, object]:
    content = {"application/json": {"schema": {"type": "object"}}}
    return {
        "operationId": name,
        "summary": summary,
        "responses": {"200": {"description": "yes", "content": content}, **failures},
    }


def _parameter(name: str, text: str, schema: Mapping[str, object]) -> dict[str, object]:
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema}


def _format(forms: Sequence[Form]) -> dict[str, object]:
    names = sorted({name for form in forms for name in (*form.names, *form.media_types)})
    text = "the form of the answer, in place of `Accept`"
    return _parameter("format", text, {"type": "string", "enum": names})


_REFUSALS: Sequence[str] = (
    "bad-request",
    "update",
    "not-acceptable",
    "too-large",
    "too-many",
    "failed",
    "busy",
)


def _answers(kinds: Sequence[str], failures: Sequence[str]) -> dict[str, Any]:
    content: dict[str, object] = {kind: {} for kind in kinds}
    return {
        "200": {"description": "the answer", "content": content},
        "304": {"description": "the answer is the one that the client has"},
        **_failures(*failures),
    }


def _failures(*kinds: str) -> dict[str, object]:
    content = {
        _PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}},
        "application/json": {"schema": {"type": "object"}},
        "text/html": {},
    }
    return {
        str(FAULTS[kind].status): {"description": FAULTS[kind].title, "content": content} for kind in kinds
    }
