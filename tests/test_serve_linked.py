"""The linked data of `kg serve` with odd identifiers, for crawlers, and for clients of FAIR Signposting."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode
from xml.etree import ElementTree as ET

import pyoxigraph
import pytest
from serving import Served, serving

from kg.site.addresses import FORMS, Address, file_name, page

BASE = "https://example.org/odd/"
URL = "https://kg.example.org/base/"
KG, SCHEMA = "https://w3id.org/pathway-kg/terms#", "https://schema.org/"
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
ODD = (
    "PMC199174__JCI0110934.f9", "a.gif", "a.html", "208.ttl", "208.nt", "208.genes", "208.genes.tsv", "a b",
    "a#b", "a?b=c", "100%", "%2F", "%20", "..", ".", "../../etc/passwd", ".hidden", "-rf", "CON", "nul.txt",
    "index", "Index", "æøå", "e\u0301", "é", "a", "A", "a/b", "a//b", "a\\b", "a+b", "a:b", "a::b", "a,2",
    "a&b=c",
    "a~~1", "~", "=20", "'\"<>&", "a;b", "a@b", "[a]", "{a}", "a|b", "a`b", "a^b", "x" * 300, "tab\there",
    "line\nend", "\U0001f600", "https://example.org/1?x=<script>#y", "PMC1__f1", "pmc1__f1", "PMC1__F1",
)  # fmt: skip
TYPES = {
    "html": "text/html; charset=utf-8",
    "ttl": "text/turtle; charset=utf-8",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
}


def iri_of(key: str) -> str:
    """Return the IRI of a thing: what an IRI cannot hold is percent-encoded."""
    return BASE + quote(key, safe="")


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a figure for each odd identifier, under an address of its own."""
    folder = tmp_path_factory.mktemp("odd")
    figure, name, key_of = (
        pyoxigraph.NamedNode(iri) for iri in (f"{KG}Figure", f"{SCHEMA}name", f"{SCHEMA}identifier")
    )
    a = pyoxigraph.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    triples = [
        pyoxigraph.Triple(pyoxigraph.NamedNode(iri_of(key)), predicate, value)
        for key in ODD
        for predicate, value in (
            (a, figure),
            (key_of, pyoxigraph.Literal(key)),
            (name, pyoxigraph.Literal(f"The figure {key}")),
        )
    ]
    file = folder / "odd.nt"
    file.write_bytes(pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.N_TRIPLES) or b"")
    with serving(None, str(file), "--url", URL) as server:
        yield server


def triples_of(content: bytes, name: str) -> set[str]:
    parsed = pyoxigraph.parse(content, getattr(pyoxigraph.RdfFormat, name))
    return set(pyoxigraph.Dataset(parsed).__str__().splitlines())


@pytest.mark.parametrize("key", ODD, ids=[str(number) for number in range(len(ODD))])
def test_an_odd_identifier_has_a_page_in_each_form(odd: Served, key: str) -> None:
    """Each form has its address, and is about the IRI of the data (rows 5, 10, 11)."""
    path = "/" + page(Address("figure", key))
    assert path == f"/figure/{file_name(key)}"
    replies = {ending: odd.ask(f"{path}.{ending}") for ending in TYPES}
    for ending, reply in replies.items():
        assert (reply.status, reply.headers["content-type"]) == (200, TYPES[ending]), ending
        assert reply.headers["x-content-type-options"] == "nosniff"
        head = odd.ask(f"{path}.{ending}", "HEAD")
        assert (head.status, head.body) == (200, b"")
        assert head.headers["etag"] == reply.headers["etag"]
    (script,) = re.findall(
        rb'<script type="application/ld\+json">(.*?)</script>', replies["html"].body, re.DOTALL
    )
    graphs = [
        triples_of(replies["ttl"].body, "TURTLE"),
        triples_of(replies["nt"].body, "N_TRIPLES"),
        triples_of(replies["jsonld"].body, "JSON_LD"),
        triples_of(script, "JSON_LD"),
    ]
    assert graphs[0] == graphs[1] == graphs[2] == graphs[3]
    assert any(line.startswith(f"<{iri_of(key)}> ") for line in graphs[0])
    for ending, media_type in FORMS.items():
        chosen = odd.ask(path, headers={"Accept": media_type})
        assert (chosen.status, chosen.body) == (200, replies[ending].body)
        assert chosen.headers["content-location"] == f"{URL}{path[1:]}.{ending}"
    assert odd.ask(path, headers={"Accept": BROWSER}).body == replies["html"].body


@pytest.mark.parametrize("key", ODD, ids=[str(number) for number in range(len(ODD))])
def test_a_thing_leads_to_its_page_however_it_is_written(odd: Served, key: str) -> None:
    """A thing is never said to have moved: its answer is 303, and the page is there (row 1)."""
    wanted = f"{URL}{page(Address('figure', key))}"
    written = {file_name(key), quote(file_name(key), safe="")}
    if not re.search(r"[/,.~=\n]", key) and key != "index":  # what these mean in the address of a page
        written.add(quote(key, safe=""))
    for name in sorted(written):
        reply = odd.ask(f"/id/figure/{name}")
        assert (reply.status, reply.headers.get("location")) == (303, wanted), name
        assert "Accept" in reply.headers["vary"]


def test_queries_find_odd_things(odd: Served) -> None:
    text = f"SELECT ?key {{ ?figure a <{KG}Figure> ; <{SCHEMA}identifier> ?key }}"
    found = {row["key"]["value"] for row in odd.query(text, "application/json").rows}
    assert found == set(ODD)


# the ontology


def test_the_ontology_is_there_in_each_form(odd: Served) -> None:
    texts = {ending: odd.ask(f"/ontology.{ending}") for ending in TYPES}
    graphs = [
        triples_of(texts[ending].body, name)
        for ending, name in (("ttl", "TURTLE"), ("nt", "N_TRIPLES"), ("jsonld", "JSON_LD"))
    ]
    assert graphs[0] == graphs[1] == graphs[2]
    assert any("<http://www.w3.org/2002/07/owl#Ontology>" in line for line in graphs[0])
    for ending, kind in TYPES.items():
        reply = odd.ask("/ontology", headers={"Accept": kind.partition(";")[0]})
        assert (reply.status, reply.headers["content-type"]) == (200, kind)
        assert reply.body == texts[ending].body
        assert reply.headers["content-location"] == f"{URL}ontology.{ending}"
    assert odd.ask("/ontology", headers={"Accept": "application/pdf"}).status == 406


# crawlers


def test_the_sitemap_lists_every_page(odd: Served) -> None:
    namespace = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    index = odd.ask("/sitemap.xml")
    assert (index.status, index.type) == (200, "application/xml")
    parts = [loc.text or "" for loc in ET.fromstring(index.body).iterfind("s:sitemap/s:loc", namespace)]
    listed: list[str] = []
    for part in parts:
        reply = odd.ask("/" + part.removeprefix(URL))
        assert reply.status == 200
        content = ET.fromstring(gzip.decompress(reply.body))
        listed += [loc.text or "" for loc in content.iterfind("s:url/s:loc", namespace)]
    assert len(listed) == len(set(listed))
    assert {URL + page(Address("figure", key)) for key in ODD} <= set(listed)
    for address in listed:
        reply = odd.ask("/" + address.removeprefix(URL), "HEAD", {"Accept": BROWSER})
        assert reply.status == 200, address
    assert odd.ask("/sitemap-nothing-1.xml.gz").status == 404


def test_robots_are_kept_from_what_costs(odd: Served) -> None:
    """The address of the server has a path, so the rules have it too."""
    rules = odd.ask("/robots.txt")
    assert (rules.status, rules.type) == (200, "text/plain")
    lines = rules.body.decode().splitlines()
    assert f"Sitemap: {URL}sitemap.xml" in lines
    for path in ("sparql", "store", "search", "queries/*?"):
        assert f"Disallow: /base/{path}" in lines


# descriptions


def test_the_description_names_the_endpoint(odd: Served) -> None:
    void = "PREFIX void: <http://rdfs.org/ns/void#> PREFIX dcterms: <http://purl.org/dc/terms/> "
    text = void + "SELECT ?endpoint { ?dataset void:sparqlEndpoint ?endpoint ; dcterms:title ?title }"
    described = pyoxigraph.Store()
    described.load(odd.ask("/.well-known/void").body, pyoxigraph.RdfFormat.TURTLE)
    found: list[str] = [str(row["endpoint"]) for row in described.query(text)]  # type: ignore[union-attr]
    assert found == [f"<{URL}sparql>"]
    stored = odd.query(text, "application/json", fields=[("default-graph-uri", f"{URL}void")])
    assert [row["endpoint"]["value"] for row in stored.rows] == [f"{URL}sparql"]


# clients of FAIR Signposting


@pytest.fixture(scope="module")
def site() -> Iterator[Served]:
    """Serve the examples under the address that they are reached at."""
    with serving(None, "--demo") as server:
        yield server


@pytest.mark.parametrize("path", ["gene/208", "figure/PMC99000001__adp-2010-11-f1", "figure/"])
def test_signposting_client(site: Served, path: str) -> None:
    """Rows 13 and 14: levels 1 and 2 by the client of those who made them, and every target is there."""
    from signposting.linkset import find_signposting_linkset
    from signposting.resolver import find_signposting_http

    here = f"{site.url}{path}"
    found = find_signposting_http(here)
    assert found.citeAs is not None
    assert str(found.citeAs.target) == here
    assert len(found.types) == (1 if path.endswith("/") else 2)
    assert str(found.license.target if found.license else None) == "https://spdx.org/licenses/CC0-1.0"
    (linkset,) = found.linksets
    whole = find_signposting_linkset(str(linkset.target)).for_context(here)
    assert whole.citeAs is not None
    assert {str(sign.target) for sign in whole.types} == {str(sign.target) for sign in found.types}
    for sign in {*found.describedBy, *whole.describedBy, *whole.items}:
        reply = site.ask("/" + str(sign.target).removeprefix(site.url))
        assert reply.status == 200
        assert sign.type is None or reply.type == str(sign.type).partition(";")[0]


@pytest.mark.parametrize(
    "address",
    [
        "/", "/gene/", "/gene/208", "/gene/208.ttl", "/gene/208.figures.tsv", "/gene/208.linkset.json",
        "/id/gene/208", "/figure/PMC99000001__F3", "/gene/none", "/search?q=AKT", "/ontology", "/about",
        "/sitemap.xml", "/robots.txt", "/.well-known/void", "/queries/", "/queries/figures-of-gene",
        "/sparql?" + urlencode({"query": "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 3"}), "/sparql",
        "/store?default", "/openapi.json", "/health", "/ready", "/static/style.css", "/console/terms.json",
        "/nothing", "/sparql?query=broken",
    ],
)  # fmt: skip
def test_head_and_options_on_every_route(site: Served, address: str) -> None:
    """Rows 6 and 7: HEAD is GET without the body, and OPTIONS says what can be done."""
    get, head = site.ask(address), site.ask(address, "HEAD")
    assert (head.status, head.body) == (get.status, b"")
    varying = ("date", "server-timing", "transfer-encoding", "content-length")
    kept = {name: value for name, value in get.headers.items() if name not in varying}
    assert kept == {name: value for name, value in head.headers.items() if name not in varying}
    options = site.ask(address, "OPTIONS", {"Origin": "https://x.example"})
    if address == "/nothing":
        assert (get.status, options.status) == (404, 404)
        return
    assert (options.status, options.body) == (204, b"")
    assert {"GET", "HEAD", "OPTIONS"} <= set(options.headers["allow"].split(", "))
    for reply in (get, head, options):
        assert reply.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in reply.headers
