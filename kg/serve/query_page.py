"""The query page of the server: `/sparql` and `/queries/<name>` for people.

A query asked here runs like every other one, in a worker and within the limits; what goes wrong is said on
the page, under a status that is not 200.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from kg import vocabulary
from kg.errors import KgError
from kg.graph import IRI
from kg.query.answers import Answer
from kg.query.catalogue import catalogue
from kg.query.results import known_prefixes
from kg.query.syntax import Kind, check_length, read_syntax
from kg.serve.console import (
    TEMPLATES,
    VIEWS,
    Asked,
    ConsoleView,
    Problem,
    Result,
    answer_of,
    by_category,
    fields_of,
    iris_of,
    result_of,
    text_of,
)
from kg.serve.errors import ProblemError
from kg.serve.pages import Pages, policy
from kg.serve.pictures import bar_rows, network, year_charts
from kg.serve.request import fields_of as form_fields
from kg.serve.responses import begun
from kg.serve.service import Service
from kg.serve.snippets import Snippet, snippets
from kg.serve.sparql import client_of
from kg.site.addresses import Address
from kg.site.build import Related
from kg.site.render import Renderer
from kg.site.views import Link, Ref

if TYPE_CHECKING:
    from kg.serve.worker import Task

EDITOR = Path(__file__).resolve().parent / "static" / "yasgui" / "yasgui.min.js"

_MOST_ROWS = 20_000
"""How many rows are taken for the page: as many as a picture can be made of."""
_MOST_LINKED = 2_000
_ROWS, _GRAPHS = ("csv", "tsv", "json", "xml"), ("ttl", "nt", "jsonld")


class _Told(NamedTuple):
    status: int
    headers: Mapping[str, str]


class QueryPage:
    """The page; `pages` makes the links of an answer to the pages of its things."""

    def __init__(self, service: Service, pages: Pages, kinds: Sequence[str] = ()) -> None:
        self._service, self._pages = service, pages
        self._queries = {query.name: query for query in catalogue()}
        settings = pages.site
        more = {"kinds": kinds} if kinds else {}
        self._renderer = Renderer(settings, folders=(TEMPLATES,), policy=False, **more)
        self._endpoint = f"{service.settings.url}sparql"

    async def __call__(self, request: Request) -> Response:
        """Answer `/sparql` for a browser."""
        return await self._shown(request, "")

    async def bundled(self, request: Request) -> Response:
        """Answer `/queries/<name>`.

        Raises:
            ProblemError: there is no such query.
        """
        name = request.path_params["name"]
        if name not in self._queries:
            raise ProblemError("not-found", f"{name}: no bundled query has this name")
        return await self._shown(request, name)

    async def terms(self, _: Request) -> Response:
        """Return what the editor completes: prefixes, classes, properties."""
        words = sorted({str(value) for value in vars(vocabulary).values() if type(value) is IRI})
        named = [word for word in words if word[-1] not in "/#"]
        found = {
            "prefixes": known_prefixes(),
            "classes": [word for word in named if _local(word)[:1].isupper()],
            "properties": [word for word in named if _local(word)[:1].islower()],
        }
        return JSONResponse(found, headers={"Cache-Control": "public, max-age=3600"})

    def routes(self) -> Sequence[BaseRoute]:
        """Return the routes of the page but for `/sparql`, where the endpoint lets it answer browsers."""
        read = ["GET", "HEAD"]
        return [
            Route("/queries/{name}", self.bundled, methods=read),
            Route("/console/terms.json", self.terms, methods=read),
        ]

    async def _shown(self, request: Request, name: str) -> Response:
        asked = Asked.of(form_fields(request.scope["query_string"]), name, self._queries)
        text, result, problem, told = "", None, None, _Told(200, {})
        try:
            text = await run_in_threadpool(text_of, asked, self._queries)
            if asked.run:
                result = await self._answered(request, text)
        except ProblemError as error:
            problem, told = Problem(error.fault.title, error.detail), _Told(error.fault.status, error.headers)
        except KgError as error:
            problem, told = Problem("This cannot be asked", str(error)), _Told(400, {})
        view = await run_in_threadpool(self._view, asked, text or asked.query, result, problem)
        address = Address("query", asked.name) if name else Address("console")
        page = await run_in_threadpool(self._renderer.render, "console.html", address, **_values(view))
        headers = {**policy(), "Vary": "Accept", "Cache-Control": "no-store", **told.headers}
        return Response(page, told.status, headers, "text/html")

    async def _answered(self, request: Request, text: str) -> Result:
        """Run a query and return its answer as the page shows it.

        Raises:
            ProblemError: it was not answered.
        """
        service = self._service
        started = time.perf_counter()
        if not service.ready:
            await service.start()
        job = service.submit(client_of(request), _task(text, service.settings.limits.max_rows))
        try:
            await begun(job, request)
            assert job.done is not None
            content = job.answer.read(job.answer.size, 0)
            kind, done = Kind(job.kind), job.done
        finally:
            service.release(job)
        seconds = time.perf_counter() - started
        answer = answer_of(kind, content, done["rows"] or 0, more=done["more"], seconds=seconds)
        iris = await run_in_threadpool(iris_of, answer, _MOST_LINKED)
        refs = {iri: Ref(*row) for iri, row in (await self._pages.refs(iris)).items()}
        return await run_in_threadpool(_result, answer, refs)

    def _view(self, asked: Asked, text: str, result: Result | None, problem: Problem | None) -> ConsoleView:
        chosen = self._queries.get(asked.name)
        return ConsoleView(
            "query",
            asked.name,
            chosen.title if chosen else "Query the graph",
            description=chosen.description if chosen else "Ask the graph with SPARQL.",
            asked=asked,
            text=text,
            chosen=chosen,
            fields=fields_of(chosen, asked.values) if chosen else (),
            categories=by_category(self._queries.values()),
            result=result,
            problem=problem,
            views=_views(asked, result),
            downloads=self._downloads(text, result),
            snippets=self._snippets(text) if asked.run or chosen else (),
            endpoint=self._endpoint,
            has_editor=EDITOR.is_file(),
        )

    def _downloads(self, text: str, result: Result | None) -> Sequence[Link]:
        if result is None:
            return ()
        start = f"{self._endpoint}?{urlencode({'query': text})}&format="
        return [Link(name.upper(), start + name) for name in (_GRAPHS if result.text else _ROWS)]

    def _snippets(self, text: str) -> Sequence[Snippet]:
        try:
            check_length(text, self._service.settings.limits.length)
            kind = read_syntax(text).kind
        except KgError:
            return ()
        return snippets(self._endpoint, text, kind)


def _values(view: ConsoleView) -> Mapping[str, object]:
    return {
        "view": view,
        "jsonld": "",
        "related": Related(),
        "head_links": (),
        "year_charts": year_charts,
        "bar_rows": bar_rows,
        "pair_network": network,
    }


def _views(asked: Asked, result: Result | None) -> Sequence[tuple[str, str, bool]]:
    if result is None or result.shape is None:
        return ()
    names = [name for name in VIEWS if name != "network" or result.shape_name == "pairs"]
    names = [name for name in names if name != "chart" or result.shape_name != "pairs"]
    return [(name, asked.address(name), name == asked.view) for name in names]


def _result(answer: Answer, refs: Mapping[str, Ref]) -> Result:
    return result_of(answer, refs.get)


def _task(text: str, most: int | None) -> Task:
    return {
        "query": text,
        "dataset": False,
        "graphs": [],
        "named": [],
        "rows": "TSV",
        "graph": "N_TRIPLES",
        "gzip": False,
        "limit": min(_MOST_ROWS, most or _MOST_ROWS),
        "spool": None,
        "answer": "",
    }


def _local(iri: str) -> str:
    return iri[max(iri.rfind("/"), iri.rfind("#")) + 1 :]
