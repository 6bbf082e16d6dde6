"""The OpenAPI 3.1 description of the interface."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from kg import __version__
from kg.serve.errors import FAULTS, PROBLEM
from kg.serve.forms import GRAPHS, ROWS, Form, media_types
from kg.serve.settings import ServeSettings
from kg.site.addresses import FORMS
from kg.site.kinds import KINDS


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


def page_paths() -> Mapping[str, object]:
    """Return the paths of the pages, for `openapi`."""
    forms = ("text/html", *FORMS.values())
    more = ("text/plain", "text/tab-separated-values", "application/linkset+json", "application/json")
    return {
        "/": {"get": _page("The home page", "home", ("text/html",))},
        "/about": {"get": _page("What the site is", "about", ("text/html",))},
        "/ontology": {"get": _page("The terms that the data are written with", "ontology", forms)},
        "/search": {
            "get": _page("Search the texts", "search", ("text/html",), [_parameter("q", "words", _STRING)])
        },
        "/queries/": {"get": _page("The bundled queries", "queries", ("text/html",))},
        "/queries/{name}": {"get": _bundled()},
        "/{kind}/": {"get": _page("All things of a kind", "list", ("text/html",), [_KIND], ["not-found"])},
        "/{kind}/{key}": {
            "get": _page(
                "The page of a thing; with an ending one form of it, or a download",
                "page",
                (*forms, *more),
                [_KIND, _KEY],
                ["not-found", "gone"],
            )
        },
        "/id/{kind}/{key}": {"get": _thing()},
        "/.well-known/void": {"get": _file("The description of the dataset", "void", "text/turtle")},
        "/sitemap.xml": {"get": _file("Where the sitemaps are", "sitemap", "application/xml")},
        "/robots.txt": {"get": _file("What crawlers should leave alone", "robots", "text/plain")},
    }


_STRING: Mapping[str, object] = {"type": "string"}
_KIND: Mapping[str, object] = {
    "name": "kind",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "enum": list(KINDS)},
}
_KEY: Mapping[str, object] = {
    "name": "key",
    "in": "path",
    "required": True,
    "description": "the identifier of a thing, written as in the addresses of pages",
    "schema": {"type": "string", "minLength": 1},
}


def _page(
    summary: str,
    name: str,
    kinds: Sequence[str],
    parameters: Sequence[Mapping[str, object]] = (),
    failures: Sequence[str] = (),
) -> dict[str, object]:
    answers = _answers(kinds, [*failures, "not-ready"])
    return {
        "operationId": name,
        "summary": summary,
        "parameters": list(parameters),
        "responses": {
            **answers,
            "301": {"description": "the page has another address"},
            "406": {
                "description": "The page is not there in a form that is taken: these are its forms",
                "content": {"text/plain": {}},
            },
        },
    }


def _bundled() -> dict[str, object]:
    name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    parameters = [
        name,
        _parameter("run", "1 where it is to be answered", _STRING),
        _parameter("query", "a text in place of its own", _STRING),
        _parameter("view", "how the answer is shown: table, chart or network", _STRING),
    ]
    return {
        "operationId": "bundled",
        "summary": "The page of a bundled query; a parameter NAME of the query is the field p.NAME",
        "parameters": parameters,
        "responses": _answers(["text/html"], [*_REFUSALS, "not-found"]),
    }


def _thing() -> dict[str, object]:
    return {
        "operationId": "thing",
        "summary": "Lead from a thing to its page",
        "parameters": [_KIND, _KEY],
        "responses": {
            "303": {"description": "the page about it"},
            **_failures("not-found", "gone", "not-ready"),
        },
    }


def _file(summary: str, name: str, kind: str) -> dict[str, object]:
    return {
        "operationId": name,
        "summary": summary,
        "responses": _answers([kind], ["not-ready"]),
    }


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
        PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}},
        "application/json": {"schema": {"type": "object"}},
        "text/html": {},
    }
    return {
        str(FAULTS[kind].status): {"description": FAULTS[kind].title, "content": content} for kind in kinds
    }
