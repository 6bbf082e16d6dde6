"""The endpoint of `kg serve` by the recommendations: SPARQL 1.1 Protocol, Service Description, Graph Store.

The tests named in `PROTOCOL` are those of the W3C's protocol suite, rewritten from the text of the
recommendation for a store of our own; an update must be refused, and must not be carried out.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pyoxigraph
import pytest
import rdflib
from conftest import Need
from rdflib.compare import isomorphic
from serving import GRAPH, Reply, Served, digest

from kg.serve.forms import GRAPHS, ROWS, chosen, media_types
from kg.serve.negotiation import best, ranges, takes_gzip

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
ONE, TWO, THREE = (GRAPH + name for name in ("one", "two", "three"))
PUBLIC = "https://kg.example.org/base/"
NAMES = "SELECT ?name { ?s <https://example.org/name> ?name } ORDER BY ?name"
IN_GRAPHS = "SELECT ?name { GRAPH ?g { ?s <https://example.org/name> ?name } } ORDER BY ?name"
INSERT = "INSERT DATA { <https://example.org/x> <https://example.org/y> 1 }"


def post(server: Served, body: bytes | str, kind: str | None, address: str = "", **headers: str) -> Reply:
    sent = {**({} if kind is None else {"Content-Type": kind}), **headers}
    return server.ask("/sparql" + address, "POST", sent, body)


def form(*fields: tuple[str, str]) -> str:
    return urlencode(fields)


def names(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.body
    return [row["name"]["value"] for row in reply.rows]


def is_problem(reply: Reply) -> bool:
    """Say whether a reply is a problem document (RFC 9457) that tells its own status."""
    found = reply.json
    return bool(
        reply.type == "application/problem+json"
        and found["status"] == reply.status
        and {"type", "title", "detail"} <= found.keys()
    )


# queries, as the protocol tests ask them


def test_query_get(served: Served) -> None:
    reply = served.query("ASK {}")
    assert (reply.status, reply.json["boolean"]) == (200, True)


def test_query_post_form(served: Served) -> None:
    assert post(served, form(("query", "ASK {}")), FORM).json["boolean"] is True


def test_query_post_direct(served: Served) -> None:
    assert post(served, "ASK {}", QUERY).json["boolean"] is True


@pytest.mark.parametrize("how", ["get", "form", "direct"])
@pytest.mark.parametrize(
    ("text", "fields", "expected"),
    [
        (NAMES, [("default-graph-uri", ONE)], ["one"]),
        (NAMES, [("default-graph-uri", ONE), ("default-graph-uri", TWO)], ["one", "two"]),
        (IN_GRAPHS, [("named-graph-uri", ONE), ("named-graph-uri", THREE)], ["one", "three"]),
        (NAMES, [("named-graph-uri", ONE)], []),
        (IN_GRAPHS, [("default-graph-uri", ONE)], []),
        (IN_GRAPHS, [("default-graph-uri", ONE), ("named-graph-uri", TWO)], ["two"]),
        (NAMES, [("default-graph-uri", ONE), ("named-graph-uri", TWO)], ["one"]),
        # the dataset of the request goes before that of the query
        (NAMES.replace("{", f"FROM <{TWO}> {{", 1), [("default-graph-uri", ONE)], ["one"]),
        (NAMES.replace("{", f"FROM <{TWO}> {{", 1), [], ["two"]),
        (IN_GRAPHS.replace("{", f"FROM NAMED <{TWO}> {{", 1), [], ["two"]),
        (NAMES, [], ["one", "three", "two"]),
        (IN_GRAPHS, [], ["one", "three", "two"]),
    ],
)
def test_query_dataset(
    served: Served, how: str, text: str, fields: list[tuple[str, str]], expected: list[str]
) -> None:
    if how == "get":
        reply = served.query(text, fields=fields)
    elif how == "form":
        reply = post(served, form(("query", text), *fields), FORM)
    else:
        reply = post(served, text, QUERY, "?" + form(*fields))
    assert names(reply) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * { ?s ?p ?o } LIMIT 1", [form.media_type for form in ROWS]),
        ("ASK {}", [form.media_type for form in ROWS]),
        ("DESCRIBE <https://example.org/one>", [form.media_type for form in GRAPHS]),
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 5", [form.media_type for form in GRAPHS]),
    ],
    ids=["select", "ask", "describe", "construct"],
)
def test_query_content_type(served: Served, text: str, expected: list[str]) -> None:
    assert served.query(text).type == expected[0]
    for kind in expected:
        reply = served.query(text, kind)
        assert (reply.status, reply.type) == (200, kind)


BAD: Mapping[str, tuple[str, str, Mapping[str, str], bytes, int]] = {
    "bad_multiple_queries": ("GET", "?query=ASK%7B%7D&query=ASK%7B%7D", {}, b"", 400),
    "bad_multiple_queries_form": (
        "POST",
        "",
        {"Content-Type": FORM},
        b"query=ASK%7B%7D&query=ASK%7B%7D",
        400,
    ),
    "bad_multiple_queries_direct": ("POST", "?query=ASK%7B%7D", {"Content-Type": QUERY}, b"ASK {}", 400),
    "bad_query_method": ("PUT", "?query=ASK%7B%7D", {}, b"", 405),
    "bad_query_missing_form_type": ("POST", "", {}, b"query=ASK%20%7B%7D", 415),
    "bad_query_missing_direct_type": ("POST", "", {}, b"ASK {}", 415),
    "bad_query_non_utf8": (
        "POST",
        "",
        {"Content-Type": QUERY + "; charset=UTF-16"},
        "ASK {}".encode("utf-16"),
        415,
    ),
    "bad_query_not_decodable": ("POST", "", {"Content-Type": QUERY}, b"ASK { ?s ?p '\xff' }", 400),
    "bad_query_not_decodable_get": ("GET", "?query=ASK%7B%3Fs%20%3Fp%20'%FF'%7D", {}, b"", 400),
    "bad_query_syntax": ("GET", "?query=ASK%20%7B", {}, b"", 400),
    "bad_query_empty": ("GET", "?query=", {}, b"", 400),
    "bad_query_wrong_media_type": ("POST", "", {"Content-Type": "text/plain"}, b"ASK {}", 415),
    "bad_query_without_query": ("POST", "", {"Content-Type": FORM}, b"other=1", 400),
    "bad_query_compressed": ("POST", "", {"Content-Type": QUERY, "Content-Encoding": "gzip"}, b"ASK {}", 415),
    "bad_prefix": ("GET", "?query=ASK%7B%3Fs%20no%3Ap%20%3Fo%7D", {}, b"", 400),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_query(served: Served, name: str) -> None:
    method, address, headers, body, status = BAD[name]
    reply = served.ask("/sparql" + address, method, headers, body)
    assert reply.status == status
    assert is_problem(reply)
    if status == 405:
        assert "GET" in reply.headers["allow"]


# updates: 13 forms of the protocol tests, all refused, none carried out

UPDATES: Mapping[str, tuple[str, str, Mapping[str, str], bytes]] = {
    "update_post_form": ("POST", "", {"Content-Type": FORM}, form(("update", INSERT)).encode()),
    "update_post_direct": ("POST", "", {"Content-Type": UPDATE}, INSERT.encode()),
    "update_dataset_default_graph": (
        "POST",
        "",
        {"Content-Type": FORM},
        form(("using-graph-uri", ONE), ("update", INSERT)).encode(),
    ),
    "update_dataset_direct": (
        "POST",
        "?using-graph-uri=" + quote(ONE),
        {"Content-Type": UPDATE},
        INSERT.encode(),
    ),
    "update_dataset_named_graphs": (
        "POST",
        "?using-named-graph-uri=" + quote(ONE),
        {"Content-Type": UPDATE},
        INSERT.encode(),
    ),
    "bad_multiple_updates": (
        "POST",
        "",
        {"Content-Type": FORM},
        form(("update", INSERT), ("update", INSERT)).encode(),
    ),
    "bad_update_get": ("GET", "?" + form(("update", INSERT)), {}, b""),
    "bad_update_non_utf8": (
        "POST",
        "",
        {"Content-Type": UPDATE + "; charset=UTF-16"},
        INSERT.encode("utf-16"),
    ),
    "bad_update_syntax": ("POST", "", {"Content-Type": UPDATE}, b"INSERT DATA {"),
    "update_as_query_get": ("GET", "?" + form(("query", INSERT)), {}, b""),
    "update_as_query_form": ("POST", "", {"Content-Type": FORM}, form(("query", "CLEAR ALL")).encode()),
    "update_as_query_direct": ("POST", "", {"Content-Type": QUERY}, b"PREFIX a: <e:> # SELECT\nDROP ALL"),
    "update_beside_query": (
        "POST",
        "",
        {"Content-Type": FORM},
        form(("query", "ASK {}"), ("update", INSERT)).encode(),
    ),
}


@pytest.mark.parametrize("name", UPDATES)
def test_update_is_refused(served: Served, name: str) -> None:
    method, address, headers, body = UPDATES[name]
    reply = served.ask("/sparql" + address, method, headers, body)
    assert reply.status in (403, 405)
    assert is_problem(reply)


@pytest.mark.parametrize(
    ("kind", "body"),
    [(None, form(("update", INSERT))), ("text/plain", INSERT), ("text/turtle", "<e:a> <e:b> 1 .")],
)
def test_update_in_a_wrong_form_is_refused(served: Served, kind: str | None, body: str) -> None:
    assert post(served, body, kind).status == 415


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/store?default", "/store?graph=" + quote(ONE), "/store/new"])
def test_graph_store_is_not_written(served: Served, method: str, path: str) -> None:
    reply = served.ask(path, method, {"Content-Type": "text/turtle"}, "<e:a> <e:b> <e:c> .")
    assert reply.status == 405
    assert set(reply.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert is_problem(reply)


def test_nothing_was_changed(served: Served) -> None:
    before = digest(served.store)
    for method, address, headers, body in UPDATES.values():
        served.ask("/sparql" + address, method, headers, body)
    served.ask("/store?default", "DELETE")
    assert digest(served.store) == before
    assert served.query("ASK { <https://example.org/x> ?p ?o }").json["boolean"] is False


# content negotiation (RFC 9110, section 12)


@pytest.mark.parametrize(
    ("accept", "rows", "graph"),
    [
        (None, "application/sparql-results+json", "text/turtle"),
        ("", "application/sparql-results+json", "text/turtle"),
        ("*/*", "application/sparql-results+json", "text/turtle"),
        ("*; q=.2, */*; q=.2", "application/sparql-results+json", "text/turtle"),
        ("text/csv", "text/csv", None),
        ("TEXT/CSV", "text/csv", None),
        ("text/csv;q=0.2, application/sparql-results+xml;q=0.9", "application/sparql-results+xml", None),
        ("text/*", "text/csv", "text/turtle"),
        ("text/*, text/csv;q=0", "text/tab-separated-values", "text/turtle"),
        ("application/json", "application/json", "application/json"),
        ("application/xml", "application/xml", "application/xml"),
        ("text/turtle;q=0, */*;q=0.1", "application/sparql-results+json", "application/n-triples"),
        ('application/ld+json;profile="http://w3.org/json-ld#a, b"', None, "application/ld+json"),
        ("application/n-triples; charset=utf-8", None, "application/n-triples"),
        ("application/n-triples; charset=latin-1", None, None),
        ("application/pdf", None, None),
        ("application/pdf, */*;q=0", None, None),
        ("text/turtle, text/csv;q=0.1", "text/csv", "text/turtle"),
        ("nonsense", "application/sparql-results+json", "text/turtle"),
        ("text/turtle;q=2, text/csv", "text/csv", None),
    ],
)  # fmt: skip
def test_negotiation(accept: str | None, rows: str | None, graph: str | None) -> None:
    assert best(accept, media_types(ROWS)) == rows
    assert best(accept, media_types(GRAPHS)) == graph


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        (None, False),
        ("gzip", True),
        ("br;q=1, GZIP;q=0.1", True),
        ("gzip;q=0", False),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("identity", False),
    ],
)
def test_coding_is_negotiated(header: str | None, takes: bool) -> None:
    assert takes_gzip(header) is takes


def test_ranges_stay_few() -> None:
    assert len(ranges(",".join(["text/a"] * 100_000))) == 100


def test_every_name_of_a_form_is_known() -> None:
    for forms in (ROWS, GRAPHS):
        for row in forms:
            assert {found.form for name in row.names if (found := chosen(forms, None, name))} == {row}


@pytest.mark.parametrize("text", ["SELECT * {} ", "ASK {}"])
def test_rows_are_no_graph(served: Served, text: str) -> None:
    reply = served.query(text, "text/turtle")
    assert reply.status == 406
    assert is_problem(reply)
    assert "Accept" in reply.headers["vary"]


def test_a_graph_is_no_rows(served: Served) -> None:
    assert served.query("DESCRIBE <e:x>", "text/csv").status == 406
    reply = served.query("DESCRIBE <e:x>", "application/pdf")
    assert reply.status == 406
    assert "text/turtle" in reply.json["detail"]


def test_a_graph_is_picked_from_mixed_forms(served: Served) -> None:
    accept = "application/sparql-results+json, application/rdf+xml;q=0.5, text/turtle;q=0.9"
    assert served.query("CONSTRUCT WHERE { ?s ?p ?o }", accept).type == "text/turtle"
    assert served.query("ASK {}", accept).type == "application/sparql-results+json"


def test_format_goes_before_accept(served: Served) -> None:
    assert served.query("SELECT * {}", "text/turtle", fields=[("format", "csv")]).type == "text/csv"
    assert served.query("ASK {}", fields=[("format", "ttl")]).status == 406


def test_forms_say_the_same(served: Served) -> None:
    text = "SELECT ?s ?o { ?s <https://schema.org/name> ?o } ORDER BY ?s ?o LIMIT 40"
    rows = [(row["s"]["value"], row["o"]["value"]) for row in served.query(text).rows]
    assert len(rows) == 40
    table = list(csv.reader(io.StringIO(served.query(text, "text/csv").body.decode())))
    assert [tuple(row) for row in table[1:]] == rows
    for form_name in ("XML", "TSV"):
        form_type = next(found.media_type for found in ROWS if found.name == form_name)
        parsed = pyoxigraph.parse_query_results(
            served.query(text, form_type).body, getattr(pyoxigraph.QueryResultsFormat, form_name)
        )
        assert isinstance(parsed, pyoxigraph.QuerySolutions)
        assert [(row["s"].value, row["o"].value) for row in parsed] == rows


def test_graph_forms_say_the_same(served: Served) -> None:
    text = "CONSTRUCT WHERE { ?s <https://schema.org/name> ?o }"
    names_of = {"N_TRIPLES": "nt", "TURTLE": "turtle", "RDF_XML": "xml", "JSON_LD": "json-ld", "TRIG": "trig"}
    graphs = []
    for row in GRAPHS:
        parsed = rdflib.Dataset(default_union=True)
        parsed.parse(data=served.query(text, row.media_type).body, format=names_of.get(row.name, "nquads"))
        plain = rdflib.Graph()
        for triple in parsed.triples((None, None, None)):
            plain.add(triple[:3])
        graphs.append(plain)
    assert len(graphs[0]) > 50
    assert all(isomorphic(graphs[0], other) for other in graphs[1:])


# what holds of every answer

ROUTES = (
    "/",
    "/sparql",
    "/sparql?query=ASK%7B%7D",
    "/sparql?query=x",
    "/store",
    "/store?default",
    "/store?graph=" + quote(ONE),
    "/store/nothing",
    "/health",
    "/ready",
    "/openapi.json",
    "/nothing",
)


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_head_is_get_without_a_body(served: Served, path: str, accept: str) -> None:
    got, head = (served.ask(path, method, {"Accept": accept}) for method in ("GET", "HEAD"))
    changing = {"date", "server-timing"}
    assert head.status == got.status
    assert head.body == b""
    assert {key: value for key, value in head.headers.items() if key not in changing} == {
        key: value for key, value in got.headers.items() if key not in changing
    }


@pytest.mark.parametrize("path", ROUTES)
def test_cors_without_credentials(served: Served, path: str) -> None:
    reply = served.ask(path, headers={"Origin": "https://other.example"})
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in reply.headers
    exposed = reply.headers["access-control-expose-headers"].split(", ")
    assert {"Link", "ETag", "Content-Location", "Retry-After"} <= set(exposed)
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" in reply.headers


@pytest.mark.parametrize("path", ["/", "/sparql", "/store", "/store/x", "/health", "/ready", "/openapi.json"])
def test_options(served: Served, path: str) -> None:
    plain = served.ask(path, "OPTIONS")
    assert plain.status == 204
    assert plain.body == b""
    assert {"GET", "HEAD", "OPTIONS"} <= set(plain.headers["allow"].split(", "))
    asked = {"Origin": "https://o.example", "Access-Control-Request-Method": "POST"}
    flight = served.ask(path, "OPTIONS", {**asked, "Access-Control-Request-Headers": "content-type"})
    assert flight.status == 204
    assert "content-type" in flight.headers["access-control-allow-headers"].lower()
    assert ("POST" in flight.headers["access-control-allow-methods"]) is (path == "/sparql")


def test_options_of_nothing(served: Served) -> None:
    assert served.ask("/nothing", "OPTIONS").status == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "FOO"])
@pytest.mark.parametrize("path", ["/", "/sparql", "/health"])
def test_other_methods(served: Served, method: str, path: str) -> None:
    reply = served.ask(path, method)
    assert reply.status == 405
    assert "OPTIONS" in reply.headers["allow"]


def test_gzip(served: Served) -> None:
    text = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 500"
    plain = served.query(text)
    packed = served.query(text, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 4
    assert packed.headers["etag"] != plain.headers["etag"]
    assert "Accept-Encoding" in packed.headers["vary"] and "Accept-Encoding" in plain.headers["vary"]  # noqa: PT018


@pytest.mark.parametrize("path", ["/sparql", "/sparql?query=ASK%7B%7D", "/store?default", "/openapi.json"])
def test_etag(served: Served, path: str) -> None:
    first = served.ask(path)
    tag = first.headers["etag"]
    assert tag.startswith('"')
    for given in (tag, f'"other", {tag}', f"W/{tag}"):
        again = served.ask(path, headers={"If-None-Match": given})
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert served.ask(path, headers={"If-None-Match": '"other"'}).status == 200
    assert served.ask(path, headers={"If-None-Match": "*"}).status == 200


def test_etags_of_forms_differ(served: Served) -> None:
    text = "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 3"
    tags = {served.query(text, form.media_type).headers["etag"] for form in GRAPHS}
    assert len(tags) == len(GRAPHS)


def test_what_changes_has_no_etag(served: Served) -> None:
    for text in ("SELECT (NOW() AS ?x) {}", "SELECT (RAND() AS ?x) {}", "SELECT (UUID() AS ?x) {}"):
        reply = served.query(text)
        assert "etag" not in reply.headers
        assert reply.headers["cache-control"] == "no-store"
    assert "etag" in served.query("SELECT ('NOW()' AS ?x) {} # RAND()").headers


def test_an_error_has_no_etag_and_is_not_kept(served: Served) -> None:
    reply = served.query("SELECT")
    assert "etag" not in reply.headers
    assert reply.headers["cache-control"] == "no-store"


def test_the_time_is_told(served: Served) -> None:
    assert served.query("ASK {}").headers["server-timing"].startswith("query;dur=")


def test_a_browser_gets_pages(served: Served) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
    for path in ("/", "/sparql", "/sparql?query=" + quote("ASK { ?s ?p '</textarea><script>' }")):
        reply = served.ask(path, headers={"Accept": accept})
        assert (reply.status, reply.type) == (200, "text/html")
        assert b"<form" in reply.body
        assert b"'</textarea><script>" not in reply.body
    problem = served.ask("/<script>", headers={"Accept": accept})
    assert (problem.status, problem.type) == (404, "text/html")


# service description


@pytest.mark.parametrize("row", GRAPHS, ids=lambda row: row.name)
def test_service_description(served: Served, row: Any) -> None:
    reply = served.ask("/sparql", headers={"Accept": row.media_type})
    assert (reply.status, reply.type) == (200, row.media_type)
    parsed = rdflib.Dataset(default_union=True)
    names_of = {"N_TRIPLES": "nt", "TURTLE": "turtle", "RDF_XML": "xml", "JSON_LD": "json-ld", "TRIG": "trig"}
    parsed.parse(data=reply.body, format=names_of.get(row.name, "nquads"))
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    (service,) = parsed.subjects(rdflib.RDF.type, sd.Service)
    assert str(parsed.value(service, sd.endpoint)) == PUBLIC + "sparql"
    assert (service, sd.supportedLanguage, sd.SPARQL11Query) in parsed
    assert (service, sd.feature, sd.BasicFederatedQuery) not in parsed
    assert (service, sd.feature, sd.UnionDefaultGraph) in parsed
    dataset = parsed.value(service, sd.defaultDataset)
    assert (dataset, rdflib.RDF.type, sd.Dataset) in parsed
    assert {str(name) for name in parsed.objects(None, sd.name)} >= {ONE, TWO, THREE}
    assert len(set(parsed.objects(service, sd.resultFormat))) == len(ROWS) + len(GRAPHS)


def test_service_description_in_no_form(served: Served) -> None:
    assert served.ask("/sparql", headers={"Accept": "image/png"}).status == 406


@pytest.mark.parametrize(
    "header", ["Host", "X-Forwarded-Host", "Forwarded", "X-Forwarded-For", "X-Original-URL"]
)
@pytest.mark.parametrize(
    "path", ["/", "/sparql", "/openapi.json", "/sparql?query=x", "/nothing/", "/store/x"]
)
def test_no_header_says_where_we_are(served: Served, header: str, path: str) -> None:
    value = "host=evil.example" if header == "Forwarded" else "evil.example"
    host, port = served.address
    with served.raw() as connection:
        others = f"Host: {host}:{port}\r\n" if header != "Host" else ""
        connection.sendall(
            f"GET {path} HTTP/1.1\r\n{others}{header}: {value}\r\nConnection: close\r\n\r\n".encode()
        )
        answer = b""
        while block := connection.recv(65536):
            answer += block
    assert answer.startswith(b"HTTP/1.1 ")
    assert b"evil" not in answer


# graph store, read side


def test_graph_store_by_name(served: Served) -> None:
    expected = b'<https://example.org/one> <https://example.org/name> "one" .\n'
    reply = served.ask("/store?graph=" + quote(ONE), headers={"Accept": "application/n-triples"})
    assert (reply.status, reply.body) == (200, expected)


def test_graph_store_default(served: Served) -> None:
    reply = served.ask("/store?default", headers={"Accept": "application/n-triples"})
    count = served.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } } }")
    assert reply.body.count(b"\n") == int(count.rows[0]["n"]["value"]) > 2000


@pytest.mark.parametrize("row", GRAPHS, ids=lambda row: row.name)
def test_graph_store_forms(served: Served, row: Any) -> None:
    reply = served.ask("/store?graph=" + quote(ONE), headers={"Accept": row.media_type})
    assert (reply.status, reply.type) == (200, row.media_type)
    assert b"https://example.org/" in reply.body


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/store", 400),
        ("/store?graph=" + quote(ONE) + "&default", 400),
        ("/store?default&default", 400),
        ("/store?graph=relative", 400),
        ("/store?graph=" + quote("https://example.org/none"), 404),
        ("/store?graph=" + quote("https://example.org/<>"), 400),
        ("/store/none", 404),
        ("/store/none?default", 400),
    ],
)
def test_graph_store_refuses(served: Served, path: str, status: int) -> None:
    reply = served.ask(path)
    assert reply.status == status
    assert is_problem(reply)


# operation, and the description of the interface


def test_health_and_ready(served: Served) -> None:
    assert served.ask("/health").json == {"status": "ok"}
    ready = served.ask("/ready").json
    assert ready["status"] == "ready"
    assert ready["version"] == (served.store / "current").readlink().name


def test_openapi(served: Served) -> None:
    found = served.ask("/openapi.json").json
    assert found["openapi"].startswith("3.1")
    assert found["servers"] == [{"url": PUBLIC.rstrip("/")}]
    assert {"/sparql", "/store", "/health", "/ready"} <= found["paths"].keys()
    assert {"/", "/search", "/{kind}/{key}", "/id/{kind}/{key}", "/.well-known/void"} <= found["paths"].keys()


# OpenAPI cannot say that a text is a SPARQL query, or that of two parameters one is given: a request that the
# description allows may be refused there.
SCHEMATHESIS = """
[[operations]]
include-path-regex = "^/(sparql|store|queries/.*)$"
checks.positive_data_acceptance.expected-statuses = ["2xx", 304, 400, 403, 404, 406]
"""


def test_schemathesis(served: Served, tmp_path: Path) -> None:
    program = Path(sys.executable).parent / "schemathesis"
    (tmp_path / "schemathesis.toml").write_text(SCHEMATHESIS, "utf-8")
    command = (
        f"{program} run {served.url}openapi.json --url {served.url.rstrip('/')} --phases coverage,fuzzing"
    )
    more = "--max-examples 10 --seed 1 --no-color --checks all --request-timeout 30"
    done = subprocess.run(
        [*command.split(), *more.split()], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


# clients of others


def test_sparqlwrapper(served: Served) -> None:
    from SPARQLWrapper import CSV, GET, JSON, POST, RDFXML, TURTLE, XML, SPARQLWrapper
    from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

    client: Any = SPARQLWrapper(served.url + "sparql")
    for method in (GET, POST):
        client.setMethod(method)
        client.setQuery(NAMES)
        client.setReturnFormat(JSON)
        found = client.queryAndConvert()
        assert [row["name"]["value"] for row in found["results"]["bindings"]] == ["one", "three", "two"]
        client.setReturnFormat(CSV)
        assert client.queryAndConvert().split() == [b"name", b"one", b"three", b"two"]
        client.setReturnFormat(XML)
        assert len(client.queryAndConvert().getElementsByTagName("result")) == 3
        client.setQuery(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{ONE}> {{ ?s ?p ?o }} }}")
        client.setReturnFormat(TURTLE)
        assert b'"one"' in client.queryAndConvert()
        client.setReturnFormat(RDFXML)
        assert b">one<" in client.query().response.read()
    client.setQuery("SELECT")
    client.setReturnFormat(JSON)
    with pytest.raises(QueryBadFormed):
        client.query()


def test_rdflib_store(served: Served) -> None:
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    for method in ("GET", "POST", "POST_FORM"):
        graph: Any = rdflib.Graph(SPARQLStore(served.url + "sparql", method=method), identifier=ONE)
        assert [str(row[0]) for row in graph.query("SELECT ?o { ?s <https://example.org/name> ?o }")] == [
            "one"
        ]
        name = rdflib.URIRef("https://example.org/name")
        assert str(graph.value(rdflib.URIRef("https://example.org/one"), name)) == "one"


def test_service_of_another_engine(served: Served) -> None:
    program = (
        "import sys, pyoxigraph\nfor row in pyoxigraph.Store().query(sys.argv[1]): print(row['name'].value)\n"
    )
    text = f"SELECT ?name {{ SERVICE <{served.url}sparql> {{ ?s <https://example.org/name> ?name }} }}"
    done = subprocess.run([sys.executable, "-c", program, text], capture_output=True, text=True, check=True)
    assert sorted(done.stdout.split()) == ["one", "three", "two"]


def test_our_own_client(served: Served) -> None:
    from kg.query.targets import answer, target_of

    with answer(target_of(served.url), NAMES) as found:
        assert [getattr(row[0], "value", None) for row in found.cells()] == ["one", "three", "two"]


def test_curl(served: Served, need: Need) -> None:
    need(shutil.which("curl"), "curl")
    command = ["curl", "--fail", "--silent", "--show-error", "--compressed", f"{served.url}sparql"]
    done = subprocess.run([*command, "--data-urlencode", f"query={NAMES}"], capture_output=True, check=True)
    assert len(json.loads(done.stdout)["results"]["bindings"]) == 3
    failed = subprocess.run([*command, "--data-urlencode", "query=SELECT"], capture_output=True, check=False)
    assert failed.returncode == 22


def test_keep_alive(served: Served) -> None:
    import http.client

    connection = http.client.HTTPConnection(*served.address, timeout=30)
    for _ in range(20):
        connection.request("GET", "/sparql?query=ASK%7B%7D")
        answer = connection.getresponse()
        assert json.loads(answer.read())["boolean"] is True
    connection.close()


def test_pipelined_requests(served: Served) -> None:
    one = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with served.raw(one * 5 + last) as connection:
        answer = b""
        while block := connection.recv(65536):
            answer += block
    assert answer.count(b"HTTP/1.1 200 OK") == 6


def test_the_public_address_is_no_route(served: Served) -> None:
    assert urlsplit(PUBLIC).path == "/base/"
    assert served.ask("/base/sparql").status == 404
