"""The query endpoint: SPARQL 1.1 Protocol, section 2.1, for reading."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from kg.serve.description import description
from kg.serve.errors import ProblemError
from kg.serve.forms import GRAPHS, ROWS, Choice, chosen, media_types
from kg.serve.jobs import Job
from kg.serve.negotiation import best, takes_gzip
from kg.serve.request import Asked, read_asked
from kg.serve.responses import AnswerResponse, begun, etag, has, timing
from kg.serve.service import Service
from kg.serve.worker import Task

Page = Callable[[Request], Awaitable[Response]]
_PAGE_TYPES = ("text/html", "application/xhtml+xml")


class _Choices(NamedTuple):
    """The forms that a client takes, by the kind of the answer."""

    rows: Choice | None
    graph: Choice | None
    gzip: bool


class Endpoint:
    """The route `/sparql`. `page` answers browsers; without a query all others get the description."""

    def __init__(self, service: Service, page: Page) -> None:
        self._service, self._page = service, page

    async def __call__(self, request: Request) -> Response:
        """Answer a request.

        Raises:
            ProblemError: the query is not answered.
        """
        asked = await read_asked(request, self._service.settings.limits)
        if wants_page(request, asked):
            return await self._page(request)
        if asked.text is None:
            return description(request, self._service, asked.form)
        return await answered(self._service, request, asked, asked.text)


def wants_page(request: Request, asked: Asked) -> bool:
    """Say whether a browser asks, which gets the query page: it names HTML before all other forms."""
    accept = request.headers.get("accept")
    if request.method == "POST" or asked.form is not None or accept is None:
        return False
    offers = [*media_types(ROWS), *media_types(GRAPHS), *_PAGE_TYPES]
    return best(accept, offers) in _PAGE_TYPES


def _choices(request: Request, asked: Asked) -> _Choices:
    accept = request.headers.get("accept")
    found = _Choices(
        chosen(ROWS, accept, asked.form),
        chosen(GRAPHS, accept, asked.form),
        takes_gzip(request.headers.get("accept-encoding")),
    )
    if found.rows is None and found.graph is None:
        raise not_acceptable()
    return found


def not_acceptable() -> ProblemError:
    """Return the problem of a client that takes none of our forms."""
    listed = ", ".join(form.media_type for form in (*ROWS, *GRAPHS))
    return ProblemError("not-acceptable", f"there are {listed}")


def client_of(request: Request) -> str:
    """Return who asks: the address of the connection; no header is believed."""
    return request.client.host if request.client else ""


async def answered(service: Service, request: Request, asked: Asked, text: str) -> Response:
    """Answer a query.

    Raises:
        ProblemError: it is not answered.
    """
    choices = _choices(request, asked)
    settings = service.settings
    key = (
        text,
        sorted(asked.graphs),
        sorted(asked.named),
        choices,
        settings.limits.max_rows,
    )
    headers = {"Vary": "Accept, Accept-Encoding", "Cache-Control": "no-cache"}
    tag = etag(service.snapshot.mark, *key)
    if has(request, tag):
        return Response(None, 304, {**headers, "ETag": tag})
    outward = bool(settings.services) and "service" in text.lower()
    job = service.submit(client_of(request), _task(service, request, asked, text, choices), outward=outward)
    try:
        await begun(job, request)
        return _response(service, request, job, choices, key, headers)
    except BaseException:
        service.release(job)
        raise


def _response(
    service: Service,
    request: Request,
    job: Job,
    choices: _Choices,
    key: tuple[object, ...],
    headers: dict[str, str],
) -> Response:
    kind = job.kind
    choice = choices.graph if kind in ("CONSTRUCT", "DESCRIBE") else choices.rows
    assert choice is not None
    assert job.snapshot is not None
    if job.volatile:
        headers["Cache-Control"] = "no-store"
    elif request.method != "POST":
        headers["ETag"] = etag(job.snapshot.mark, *key)
    if choices.gzip:
        headers["Content-Encoding"] = "gzip"
    if job.done is not None and job.done["more"]:
        headers["X-Rows-Cut"] = f"{job.done['rows']}"
    return AnswerResponse(service, job, choice, {**headers, **timing(job)})


def _task(service: Service, request: Request, asked: Asked, text: str, choices: _Choices) -> Task:
    limits = service.settings.limits
    # An old client knows a cut answer only by its length; a cap is told in a header, so it must be known.
    whole = limits.max_rows is not None or request.scope.get("http_version") == "1.0"
    return {
        "query": text,
        "dataset": bool(asked.graphs or asked.named),
        "graphs": list(asked.graphs),
        "named": list(asked.named),
        "rows": choices.rows.form.name if choices.rows else None,
        "graph": choices.graph.form.name if choices.graph else None,
        "gzip": choices.gzip,
        "limit": limits.max_rows,
        "spool": None if whole else limits.spool,
        "answer": "",
    }
