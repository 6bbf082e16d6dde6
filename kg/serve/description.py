"""What the endpoint says of itself: SPARQL 1.1 Service Description."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pyoxigraph
from starlette.requests import Request
from starlette.responses import Response

from kg.formats.terms import escaped
from kg.serve.errors import ProblemError
from kg.serve.forms import GRAPHS, ROWS, Form, chosen
from kg.serve.responses import INERT, document
from kg.serve.service import Service
from kg.serve.settings import Limits

SD = "http://www.w3.org/ns/sparql-service-description#"
_DCTERMS = "http://purl.org/dc/terms/"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def description(request: Request, service: Service, form: str | None = None) -> Response:
    """Return the description of the endpoint, in the form that suits the client, or in the one it names.

    Raises:
        ProblemError: none does.
    """
    choice = chosen(GRAPHS, request.headers.get("accept"), form)
    if choice is None:
        listed = ", ".join(form.media_type for form in GRAPHS)
        raise ProblemError("not-acceptable", f"the description is there as {listed}")
    lines = "\n".join(statements(service)).encode()
    headers = {"Vary": "Accept", **INERT}
    return document(request, serialized(lines, choice.form), choice.content_type, headers)


def serialized(lines: bytes, form: Form) -> bytes:
    """Return N-Triples in another form, with the prefixes of descriptions."""
    quads = pyoxigraph.parse(lines, pyoxigraph.RdfFormat.N_TRIPLES)
    prefixes = {"sd": SD, "dcterms": _DCTERMS, "rdfs": _RDFS}
    out = io.BytesIO()
    pyoxigraph.serialize(quads, out, getattr(pyoxigraph.RdfFormat, form.name), prefixes=prefixes)
    return out.getvalue()


def statements(service: Service) -> Iterator[str]:
    """Yield the description as lines of N-Triples."""
    settings = service.settings
    endpoint = f"<{settings.url}sparql>"
    dataset, default = f"<{settings.url}sparql#dataset>", f"<{settings.url}sparql#default-graph>"
    features = ["UnionDefaultGraph", *(["BasicFederatedQuery"] if settings.services else [])]
    yield f"{endpoint} <{_RDF}type> <{SD}Service> ."
    yield f"{endpoint} <{SD}endpoint> {endpoint} ."
    yield f"{endpoint} <{SD}supportedLanguage> <{SD}SPARQL11Query> ."
    for feature in features:
        yield f"{endpoint} <{SD}feature> <{SD}{feature}> ."
    for form in (*ROWS, *GRAPHS):
        yield f"{endpoint} <{SD}resultFormat> <{form.iri}> ."
    yield f"{endpoint} <{SD}defaultEntailmentRegime> <http://www.w3.org/ns/entailment/Simple> ."
    yield f"{endpoint} <{SD}defaultDataset> {dataset} ."
    yield f"{endpoint} <{_DCTERMS}title> {escaped(settings.title)} ."
    yield f"{endpoint} <{_RDFS}comment> {escaped(limits_text(settings.limits))}@en ."
    yield f"{dataset} <{_RDF}type> <{SD}Dataset> ."
    yield f"{dataset} <{SD}defaultGraph> {default} ."
    yield f"{default} <{_RDF}type> <{SD}Graph> ."
    for graph in service.snapshot.graphs:
        place = f"<{settings.url}sparql#graph-{_number(service, graph)}>"
        yield f"{dataset} <{SD}namedGraph> {place} ."
        yield f"{place} <{_RDF}type> <{SD}NamedGraph> ."
        yield f"{place} <{SD}name> <{graph}> ."


def _number(service: Service, graph: str) -> int:
    return service.snapshot.graphs.index(graph) + 1


def limits_text(limits: Limits) -> str:
    """Return the limits of a server as a sentence."""
    rows = "" if limits.max_rows is None else f", an answer has at most {limits.max_rows:,} rows"
    return (
        f"A query runs for at most {limits.timeout:g} s, takes at most {limits.memory >> 20:,} MB of memory, "
        f"and its text is at most {limits.length:,} bytes long{rows}. Nothing can be changed here."
    )
