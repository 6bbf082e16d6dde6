"""The read side of the Graph Store Protocol: `/store?default`, `/store?graph=IRI`, `/store/NAME`.

By direct identification (section 4.1) `<url>store/NAME` is itself the name of the graph.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from kg.serve.errors import ProblemError
from kg.serve.forms import GRAPHS, Choice, chosen
from kg.serve.negotiation import takes_gzip
from kg.serve.request import ABSOLUTE, fields_of
from kg.serve.responses import AnswerResponse, begun, etag, has, timing
from kg.serve.service import Service
from kg.serve.sparql import client_of
from kg.serve.worker import Task


class GraphStore:
    """The routes below `/store`."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, request: Request) -> Response:
        """Answer with one graph.

        Raises:
            ProblemError: there is none of that name, or no form of it.
        """
        graph, form = self._asked(request)
        choice = chosen(GRAPHS, request.headers.get("accept"), form)
        if choice is None:
            listed = ", ".join(row.media_type for row in GRAPHS)
            raise ProblemError("not-acceptable", f"a graph is there as {listed}")
        return await self._answered(request, graph, choice)

    def _asked(self, request: Request) -> tuple[str | None, str | None]:
        """Return the name of the graph, None for the default graph, and the form that is asked for."""
        fields = fields_of(request.scope["query_string"])
        form = next((value for name, value in fields if name == "format" and value), None)
        rest = request.path_params.get("name")
        graphs = [value for name, value in fields if name == "graph"]
        defaults = [name for name, _ in fields if name == "default"]
        if rest is not None:
            if graphs or defaults:
                raise ProblemError("bad-request", "the address names a graph, and so does its query string")
            return self._service.settings.url + "store/" + _raw(request, rest), form
        if len(graphs) + len(defaults) != 1:
            raise ProblemError("bad-request", "name one graph: `?graph=IRI` or `?default`")
        if graphs and not ABSOLUTE.fullmatch(graphs[0]):
            raise ProblemError("bad-request", f"{graphs[0][:200]!r} is no absolute IRI")
        return (graphs[0] if graphs else None), form

    async def _answered(self, request: Request, graph: str | None, choice: Choice) -> Response:
        service = self._service
        gzip = takes_gzip(request.headers.get("accept-encoding"))
        headers = {"Vary": "Accept, Accept-Encoding", "Cache-Control": "no-cache"}
        key = ("graph", graph, choice, gzip)
        tag = etag(service.snapshot.mark, *key)
        if has(request, tag):
            return Response(None, 304, {**headers, "ETag": tag})
        job = service.submit(client_of(request), _task(service, request, graph, choice, gzip=gzip))
        try:
            await begun(job, request)
            assert job.snapshot is not None
            headers["ETag"] = etag(job.snapshot.mark, *key)
            if gzip:
                headers["Content-Encoding"] = "gzip"
            return AnswerResponse(service, job, choice, {**headers, **timing(job)})
        except BaseException:
            service.release(job)
            raise


def _raw(request: Request, decoded: str) -> str:
    """Return the name as it stands in the address, with its percent signs."""
    raw = bytes(request.scope.get("raw_path", b"")).decode("ascii", "replace")
    _, found, rest = raw.partition("/store/")
    return rest if found else decoded


def _task(service: Service, request: Request, graph: str | None, choice: Choice, *, gzip: bool) -> Task:
    whole = request.scope.get("http_version") == "1.0"
    return {
        "query": None,
        "dataset": True,
        "graphs": [] if graph is None else [graph],
        "named": [],
        "rows": None,
        "graph": choice.form.name,
        "gzip": gzip,
        "limit": None,
        "spool": None if whole else service.settings.limits.spool,
        "answer": "",
    }
