"""The pages of `kg serve`: things and pages, content negotiation, links for machines, the query page."""

from __future__ import annotations

import gzip
import html
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pyoxigraph
import pytest
from serving import Served, serving, until

from kg import resources
from kg.query.catalogue import catalogue
from kg.query.syntax import Kind
from kg.serve.console import Asked, by_category, text_of
from kg.serve.snippets import snippets

GENE = "https://identifiers.org/ncbigene/208"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
HTML, TTL, JSONLD, NT = "text/html", "text/turtle", "application/ld+json", "application/n-triples"
QUERIES = {query.name: query for query in catalogue()}


@pytest.fixture(scope="module")
def site() -> Iterator[Served]:
    """Serve the examples under the address that they are reached at."""
    with serving(None, "--demo", "--timeout", "3") as server:
        yield server


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, HTML),
        ("*/*", HTML),
        (BROWSER, HTML),
        ("text/turtle", TTL),
        ("text/turtle;q=0.1, text/html", HTML),
        ("text/turtle, text/html;q=0.9", TTL),
        ("TEXT/TURTLE", TTL),
        ("application/ld+json", JSONLD),
        ("application/n-triples", NT),
        ("application/n-triples;q=0.5, application/ld+json;q=0.6", JSONLD),
        ("text/*", HTML),
        ("text/*;q=0.2, application/n-triples;q=0.3", NT),
        ("text/html;q=0, */*;q=0.1", TTL),
        ("text/turtle;charset=utf-8", TTL),
        ("application/*", JSONLD),
        ("application/pdf, */*;q=0.01", HTML),
        ("text/html;q=0.4, text/turtle;q=0.4", HTML),
        ("nonsense", HTML),
    ],
)
def test_a_page_is_there_in_the_form_that_suits_the_client(
    site: Served, accept: str | None, expected: str
) -> None:
    reply = site.ask("/gene/208", headers={} if accept is None else {"Accept": accept})
    assert (reply.status, reply.type) == (200, expected)
    assert "Accept" in reply.headers["vary"]
    ending = {HTML: "html", TTL: "ttl", JSONLD: "jsonld", NT: "nt"}[expected]
    assert reply.headers["content-location"] == f"{site.url}gene/208.{ending}"


def test_what_nothing_suits_gets_the_list_of_forms(site: Served) -> None:
    reply = site.ask("/gene/208", headers={"Accept": "application/pdf"})
    assert (reply.status, reply.type) == (406, "text/plain")
    assert "Accept" in reply.headers["vary"]
    assert f"{site.url}gene/208.ttl" in reply.body.decode()


def test_a_thing_leads_to_its_page(site: Served) -> None:
    for method in ("GET", "HEAD"):
        reply = site.ask("/id/gene/208", method)
        assert (reply.status, reply.headers["location"]) == (303, f"{site.url}gene/208")
        assert "Accept" in reply.headers["vary"]
    assert site.ask("/id/gene/999999999").status == 404


def test_other_names_lead_to_the_page(site: Served) -> None:
    figure = "PMC99000001__adp-2010-11-f3"
    reply = site.ask("/figure/PMC99000001__F3")
    assert (reply.status, reply.headers["location"]) == (301, f"{site.url}figure/{figure}")
    reply = site.ask("/figure/PMC99000001__F3.ttl")
    assert (reply.status, reply.headers["location"]) == (301, f"{site.url}figure/{figure}.ttl")


def test_one_graph_in_three_forms(site: Served) -> None:
    formats = {"ttl": "TURTLE", "nt": "N_TRIPLES", "jsonld": "JSON_LD"}
    graphs = [
        sorted(
            str(quad)
            for quad in pyoxigraph.parse(
                site.ask(f"/gene/208.{ending}").body, getattr(pyoxigraph.RdfFormat, name)
            )
        )
        for ending, name in formats.items()
    ]
    assert graphs[0] == graphs[1] == graphs[2]
    assert any(GENE in line for line in graphs[0])
    page = site.ask("/gene/208.html").body.decode()
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    embedded = pyoxigraph.parse(data.encode(), pyoxigraph.RdfFormat.JSON_LD)
    assert sorted(map(str, embedded)) == graphs[0]


def test_head_is_get_without_the_body(site: Served) -> None:
    for path in ("/", "/gene/208", "/gene/208.ttl", "/static/style.css", "/queries/", "/robots.txt"):
        get, head = site.ask(path), site.ask(path, "HEAD")
        assert (get.status, head.body) == (head.status, b"")
        kept = {name: value for name, value in get.headers.items() if name not in ("date", "server-timing")}
        assert kept == {name: head.headers[name] for name in kept}


def test_caching_and_compression(site: Served) -> None:
    plain = site.ask("/gene/208.ttl")
    again = site.ask("/gene/208.ttl", headers={"If-None-Match": plain.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    packed = site.ask("/gene/208.ttl", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    tags = {plain.headers["etag"], packed.headers["etag"], site.ask("/gene/208.jsonld").headers["etag"]}
    assert len(tags) == 3, "each form and each encoding has a tag of its own"


def test_signposting(site: Served) -> None:
    link = site.ask("/gene/208", headers={"Accept": "text/html"}).headers["link"]
    assert f'<{site.url}gene/208>; rel="cite-as"' in link
    assert '<https://schema.org/Gene>; rel="type"' in link
    assert f'<{site.url}gene/208.ttl>; rel="describedby"; type="text/turtle"' in link
    assert len(link) < 8192
    found = site.ask("/gene/208.linkset.json")
    assert found.type == "application/linkset+json"
    assert found.json["linkset"][0]["anchor"] == f"{site.url}gene/208"


@pytest.mark.parametrize(
    "path",
    [
        "/gene/nothing",
        "/gene/..%2f..%2fetc%2fpasswd",
        "/static/..%2f..%2fpages.py",
        "/static/../pages.py",
        "/gene/%00",
        "/gene/%ff%fe",
        "/gene/<script>alert(1)</script>",
        "/figure/" + "x" * 3000,
        "/queries/nothing",
        "/journal/",
    ],
)
def test_odd_paths_are_answered_well(site: Served, path: str) -> None:
    reply = site.ask(quote(path, safe="/%"), headers={"Accept": BROWSER})
    assert reply.status == (200 if path == "/journal/" else 404)
    assert b"<script>alert(1)" not in reply.body
    assert site.ask("/health").status == 200


def test_the_host_of_a_request_is_not_believed(site: Served) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    for path in ("/", "/gene/208", "/gene/208.ttl", "/sparql", "/id/gene/208", "/nothing"):
        reply = site.ask(path, headers=headers)
        assert "evil.example" not in reply.body.decode() + json.dumps(dict(reply.headers))


def test_search_works_without_a_script(site: Served) -> None:
    page = site.ask("/search?q=AKT2", headers={"Accept": BROWSER}).body.decode()
    assert 'href="gene/208"' in page
    page = site.ask("/search?" + urlencode({"q": '"><img src=x onerror=alert(1)>'})).body.decode()
    assert "<img src=x" not in page


@pytest.mark.parametrize("words", ["´", "!?", "%00", "%FF", '"', "a" * 600, "AND OR NOT", "(", "*"])
def test_any_words_can_be_searched_for(site: Served, words: str) -> None:
    before = site.page_process()
    reply = site.ask(f"/search?q={quote(words, safe='%')}", headers={"Accept": BROWSER})
    assert (reply.status, reply.type) == (200, HTML)
    assert site.page_process() == before, "it had not to be replaced"


def test_the_dataset_describes_itself(site: Served) -> None:
    described = pyoxigraph.Store()
    described.load(site.ask("/.well-known/void").body, pyoxigraph.RdfFormat.TURTLE)
    asked = (
        "SELECT ?n { ?d <http://rdfs.org/ns/void#triples> ?n FILTER NOT EXISTS "
        "{ ?x <http://rdfs.org/ns/void#propertyPartition>|<http://rdfs.org/ns/void#classPartition> ?d } }"
    )
    told = {int(row["n"].value) for row in described.query(asked)}  # type: ignore[union-attr]
    counted = site.query(
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } } }", "application/json"
    )
    assert int(counted.rows[0]["n"]["value"]) in told


@pytest.mark.parametrize(
    "discovery",
    [
        (
            "SELECT DISTINCT ?prefix ?namespace { [] <http://www.w3.org/ns/shacl#namespace> ?namespace ; "
            "<http://www.w3.org/ns/shacl#prefix> ?prefix }"
        ),
        (
            "PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT DISTINCT ?sq ?comment ?query { ?sq a "
            "sh:SPARQLExecutable ; <http://www.w3.org/2000/01/rdf-schema#comment> ?comment ; "
            "sh:select|sh:ask|sh:construct ?query }"
        ),
        (
            "PREFIX void: <http://rdfs.org/ns/void#> SELECT ?class ?property { ?c void:class ?class; "
            "void:propertyPartition ?p . ?p void:property ?property }"
        ),
    ],
)
def test_the_editors_of_others_find_what_they_look_for(site: Served, discovery: str) -> None:
    """The three questions that SIB's sparql-editor asks of an endpoint, in our own words."""
    assert site.query(discovery, "application/sparql-results+json").rows


# pages that were withdrawn

CONFIG = """\
title: Pathways of our lab
name: our-pathways
licence: https://creativecommons.org/licenses/by/4.0/
publisher: Our lab <https://example.org/lab>
source_url: https://example.org/records/{path}
withdrawn: [figure/PMC99000001__f99, "chemical/mesh:D999999", figure/PMC99000001__adp-2010-11-f3]
"""
GONE = "figure/PMC99000001__f99"
HELD = "figure/PMC99000001__adp-2010-11-f3"


@pytest.fixture(scope="module")
def configured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve the examples under a configuration of a site."""
    file = tmp_path_factory.mktemp("configured") / "site.yaml"
    file.write_text(CONFIG, "utf-8")
    with serving(None, "--demo", "--config", str(file)) as server:
        yield server


@pytest.mark.parametrize(
    "path",
    [
        *(f"/{GONE}{ending}" for ending in ("", ".html", ".ttl", ".jsonld", ".nt", ".genes.tsv", ",2")),
        f"/{GONE}.linkset.json",
        f"/id/{GONE}",
        "/chemical/mesh:D999999",
        "/chemical/mesh~D999999",
        # the store still holds it, and nothing of it is shown
        *(f"/{HELD}{ending}" for ending in ("", ".html", ".ttl", ".genes.tsv", ".linkset.json")),
        f"/id/{HELD}",
    ],
)
def test_what_was_withdrawn_is_gone(configured: Served, path: str) -> None:
    for method in ("GET", "HEAD"):
        page = configured.ask(path, method, {"Accept": BROWSER})
        assert (page.status, page.type) == (410, HTML)
        assert "Accept" in page.headers["vary"]
        assert ("Page withdrawn" in page.body.decode()) is (method == "GET")
    for accept in (
        None,
        "*/*",
        "text/turtle",
        "application/problem+json",
        "text/html;q=0.1, application/json",
    ):
        problem = configured.ask(path, headers={} if accept is None else {"Accept": accept})
        assert (problem.status, problem.type) == (410, "application/problem+json")
        assert problem.json["type"] == "urn:kg:problem:gone"
        assert problem.json["status"] == 410
        assert problem.json["detail"]


def test_what_is_not_withdrawn_is_there_or_was_never(configured: Served, site: Served) -> None:
    assert configured.ask("/figure/PMC99000001__adp-2010-11-f1").status == 200
    reply = configured.ask("/figure/PMC99000001__f98", headers={"Accept": "application/json"})
    assert (reply.status, reply.json["type"]) == (404, "urn:kg:problem:not-found")
    assert site.ask(f"/{GONE}").status == 404, "nothing is withdrawn where no configuration says so"
    assert site.ask(f"/{HELD}").status == 200


def test_the_log_names_what_is_withdrawn_and_held(configured: Served) -> None:
    assert configured.ask(f"/{HELD}").status == 410
    told = [line for line in configured.said if "is withdrawn, but the store still holds it" in line]
    assert [line.split()[0] for line in told] == [HELD]


def test_a_configuration_names_the_site(configured: Served) -> None:
    home = configured.ask("/", headers={"Accept": BROWSER}).body.decode()
    assert "Pathways of our lab" in home
    assert configured.ask("/openapi.json").json["info"]["title"] == "Pathways of our lab"
    link = configured.ask("/gene/208").headers["link"]
    assert '<https://spdx.org/licenses/CC-BY-4.0>; rel="license"' in link
    described = pyoxigraph.Store()
    described.load(configured.ask("/.well-known/void").body, pyoxigraph.RdfFormat.TURTLE)
    publisher = pyoxigraph.NamedNode("http://purl.org/dc/terms/publisher")
    found = {str(quad.object) for quad in described.quads_for_pattern(None, publisher, None)}
    assert found == {"<https://example.org/lab>"}


def test_a_wrong_configuration_is_told_by_its_place(tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    for text, said in (
        ("titel: x\n", f"{file}:1:1: titel: expected `title`"),
        ("withdrawn: [fig/x]\n", "there is no kind 'fig'"),
    ):
        file.write_text(text, "utf-8")
        command = [sys.executable, "-m", "kg", "serve", "--demo", "--port", "0", "--config", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 2
        assert said in done.stderr
        assert "Traceback" not in done.stderr


# the query page


def console(site: Served, path: str, **fields: str) -> tuple[int, str]:
    reply = site.ask(f"{path}?{urlencode(fields)}", headers={"Accept": BROWSER})
    return reply.status, reply.body.decode()


def test_a_bundled_query_with_a_parameter(site: Served) -> None:
    status, page = console(site, "/queries/genes-of-figure", **{"p.figid": "PMC99000001__adp-2010-11-f1"})
    assert status == 200
    assert 'value="PMC99000001__adp-2010-11-f1"' in page
    assert re.search(r'<a href="\.\./gene/\d+"', page), "genes of the answer lead to their pages"
    assert re.search(r"\d+ rows in ", page)
    _, same = console(site, "/queries/genes-of-figure", figid="PMC99000001__adp-2010-11-f1")
    rows = re.compile(r"<tbody>.*?</tbody>", re.DOTALL)
    assert rows.findall(same) == rows.findall(page), "links from pages name a parameter as it is"


def test_a_query_of_ones_own_and_its_errors(site: Served) -> None:
    assert "Yes" in console(site, "/sparql", query="ASK {}")[1]
    status, page = console(site, "/sparql", query="SELECT broken")
    assert (status, "not valid SPARQL" in page) == (400, True)
    status, page = console(site, "/sparql", query="INSERT DATA { <x:a> <x:b> <x:c> }")
    assert status in (400, 403)
    status, page = console(site, "/queries/figures-of-gene", **{"p.nothing": "x"})
    assert (status, "no such parameter" in page) == (400, True)
    status, page = console(site, "/sparql", query="ASK { SERVICE <http://127.0.0.1:1/> {} }")
    assert status in (400, 403)
    runaway = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER (?c != ?l) }"
    status, page = console(site, "/sparql", query=runaway)
    assert (status, "stopped" in page) == (503, True)


@pytest.mark.parametrize(
    ("name", "view", "sign"),
    [
        ("figures-per-year", "chart", '<rect class="bar"'),
        ("genes-drawn-most", "chart", '<svg class="hbar"'),
        ("cooccurrence-edges", "network", '<circle class="node"'),
    ],
)
def test_answers_as_pictures(site: Served, name: str, view: str, sign: str) -> None:
    status, page = console(site, f"/queries/{name}", run="1", view=view)
    assert status == 200
    assert sign in page


def test_triples_are_shown_as_turtle(site: Served) -> None:
    page = console(site, "/sparql", query=f"DESCRIBE <{GENE}>")[1]
    assert "ncbigene:208 a schema:Gene" in html.unescape(page).replace("rdf:type", "a")


def test_the_downloads_of_the_page_are_the_answer(site: Served) -> None:
    page = console(site, "/queries/figures-per-year", run="1")[1]
    links = [html.unescape(link) for link in re.findall(r'href="([^"]*&amp;format=\w+)"', page)]
    assert len(links) == 4
    for link in links:
        reply = site.ask(link.removeprefix(site.url.rstrip("/")))
        assert reply.status == 200
        assert b"2010" in reply.body


def test_every_bundled_query_answers_here_as_its_text_does(site: Served) -> None:
    """The pages of queries run them as they stand; those that ask other servers are refused."""
    for query in QUERIES.values():
        status, page = console(site, f"/queries/{query.name}", run="1")
        expected = (403,) if query.category == "Federation" else (200,)
        assert status in expected, f"{query.name}: {status}\n{page[-3000:]}"


def test_the_state_is_the_address() -> None:
    pairs = [("p.gene", "AKT1\nTP53"), ("view", "chart"), ("unknown", "x")]
    asked = Asked.of(pairs, "figures-of-gene", QUERIES)
    assert list(asked.values) == [("gene", "AKT1"), ("gene", "TP53")]
    assert asked.run
    assert asked.address() == "name=figures-of-gene&p.gene=AKT1&p.gene=TP53&run=1&view=chart"
    assert '"AKT1" "TP53"' in text_of(asked, QUERIES)
    assert sum(len(found) for _, found in by_category(QUERIES.values())) == len(QUERIES)


HOSTILE = (
    "SELECT * { ?s ?p '''a'''; ?q \"\"\"b\"\"\" } # '; rm -rf / $(id) `id` \\ \u2028 \" é",
    "ASK {}\r\n\t# %0A ${HOME} \\u0041 \\\\",
)


@pytest.mark.parametrize("query", HOSTILE)
def test_a_query_never_leaves_its_string_in_a_snippet(query: str, tmp_path: Path) -> None:
    made = {
        snippet.name: snippet.text for snippet in snippets("http://127.0.0.1:9/sparql", query, Kind.SELECT)
    }
    shown = made["curl"].replace("curl ", "printf '%s\\0' ", 1)
    said = subprocess.run(["sh", "-c", shown], capture_output=True, check=True).stdout.decode()
    assert f"query={query}" in said.split("\0")
    script = made["python"].replace("endpoint.queryAndConvert()", "{'results': {'bindings': []}}")
    check = "assert endpoint.queryString == wanted, endpoint.queryString"
    file = tmp_path / "snippet.py"
    file.write_text(f"wanted = {query!r}\n{script}\n{check}\n", "utf-8")
    subprocess.run([sys.executable, file], check=True, timeout=60)


def test_new_data_are_taken_up_by_the_pages(tmp_path: Path) -> None:
    """A load beside a running server: the pages follow, and none is missing meanwhile."""
    from kg.loading import load

    store, record = tmp_path / "store", tmp_path / "records" / "_figures"
    record.mkdir(parents=True)
    source = sorted((resources.examples() / "_figures").glob("*.md"))
    (record / source[0].name).write_bytes(source[0].read_bytes())
    load([record], str(store))
    with serving(store) as server:
        assert server.ask(f"/figure/{source[0].stem}").status == 200
        assert server.ask(f"/figure/{source[1].stem}").status == 404
        (record / source[1].name).write_bytes(source[1].read_bytes())
        load([record], str(store))
        until(lambda: server.ask(f"/figure/{source[1].stem}").status == 200)
        assert server.ask(f"/figure/{source[0].stem}").status == 200


def test_a_killed_page_process_is_replaced(site: Served) -> None:
    """Whatever becomes of the process, the next page is there, and queries never notice."""
    subprocess.run(["kill", "-9", str(site.page_process())], check=True)
    time.sleep(0.1)
    assert site.query("ASK {}", "application/json").json["boolean"] is True
    until(lambda: site.ask("/gene/208").status == 200)
