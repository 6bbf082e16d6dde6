"""The settings that `kg publish` writes for web hosts, in real servers where we can run them."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from webhosts import Host, accept_vectors, hosts

from kg.publish.hosts import HOSTS, Hosted, host_files

URL = "https://example.org/kg/"
SERVERS = ("nginx", "apache", "apache.conf")
each_server = pytest.mark.parametrize("name", SERVERS)
TYPES = {"text/html": "html", "text/turtle": "ttl", "application/ld+json": "jsonld"}
PAGES = {
    "index": "home",
    "gene/index": "genes",
    "gene/208": "AKT2 " * 500,
    "gene/208,2": "page 2",
    "figure/PMC1__f1": "figure",
    "figure/JCI0110934.f9": "dots",
    "figure/a=20b=2f": "odd",
    "figure/x.f9.de~~1": "looks like a language",
    "pathway/WP1": "pathway",
    "search": "search",
    "404": "not found",
    "410": "gone",
}
ALONE = {"search", "404", "410", "gene/208,2"}

SITE = Hosted(
    URL,
    "kg",
    "https://creativecommons.org/publicdomain/zero/1.0/",
    {
        "figure": "https://w3id.org/pathway-kg/Figure",
        "gene": "https://schema.org/Gene",
        "pathway": "x:Pathway",
    },
    "default-src 'self'",
    moved=[
        ("figure/PMC1__F1", "figure/PMC1__f1"),
        ("figure/pmc1__f1", "figure/PMC1__f1"),
        ("figure/jci0110934.F9", "figure/PMC1__f1"),
    ],
    gone=["figure/gone.f1"],
    near=["figure/PMC1__f1", "figure/JCI0110934.f9"],
)


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Host]]:
    with tempfile.TemporaryDirectory(prefix="kg-hosts-") as folder:
        root = Path(folder)
        root.chmod(0o755)
        _write(root / "kg")
        with hosts(root, "kg") as running:
            yield running


def _write(site: Path) -> None:
    files = {f"{page}.html": text.encode() for page, text in PAGES.items()}
    for page in PAGES.keys() - ALONE:
        files |= {f"{page}.ttl": f"# {page}\n".encode(), f"{page}.jsonld": b"{}\n"}
    files |= {
        "gene/208.genes.tsv": b"symbol\tid\n",
        "gene/208.linkset.json": b'{"linkset":[]}\n',
        "406.txt": b"text/html, text/turtle",
        ".well-known/void": b"# void\n",
        ".kg-site/made.json": b"{}",
        "dumps/kg.nt.gz": gzip.compress(bytes(range(256)) * 99),
        "search/index.js": b"1;\n",
        "static/style.css": b"a{}\n",
    }
    files |= dict(host_files(SITE, tuple(HOSTS)))
    for path, data in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_bytes(data)


def test_table_has_its_vectors() -> None:
    assert len(accept_vectors()) >= 18
    assert {form for _, form in accept_vectors()} == {"html", "ttl", "jsonld", "406"}


@each_server
@pytest.mark.parametrize(("accept", "form"), accept_vectors())
def test_negotiation(servers: dict[str, Host], name: str, accept: str | None, form: str) -> None:
    answer = servers[name].get("/kg/gene/208", accept)
    assert "Accept" in answer.headers["vary"]
    if form == "406":
        assert (answer.status, answer.type) == (406, "text/plain")
        assert b"text/turtle" in answer.body
        return
    assert (answer.status, TYPES[answer.type]) == (200, form)
    assert answer.headers["content-location"] == f"/kg/gene/208.{form}"


@each_server
@pytest.mark.parametrize("page", sorted(PAGES.keys() - {"404", "410"}))
def test_page_and_its_forms(servers: dict[str, Host], name: str, page: str) -> None:
    host = servers[name]
    address = f"/kg/{page.removesuffix('index')}"
    assert host.get(address, "*/*").body.decode() == PAGES[page]
    assert host.get(f"/kg/{page}.html", "text/turtle").body.decode() == PAGES[page], "a suffix is that file"
    for ending, media_type in {"ttl": "text/turtle", "jsonld": "application/ld+json"}.items():
        by_name, by_type = host.get(f"/kg/{page}.{ending}"), host.get(address, media_type)
        if page in ALONE:
            assert (by_name.status, by_type.status) == (404, 406)
            assert host.get(address, f"{media_type}, text/html;q=0.1").type == "text/html"
        else:
            assert (by_name.status, by_name.type) == (200, media_type)
            assert by_name.body == by_type.body
            assert "accept" not in by_name.headers.get("vary", "").lower().replace("accept-encoding", "")


@each_server
def test_things_lead_to_pages(servers: dict[str, Host], name: str) -> None:
    for path in ("gene/208", "figure/a=20b", "figure/x%20y", "figure/x%0d%0aSet-Cookie:%20a=b"):
        answer = servers[name].get(f"/kg/id/{path}")
        assert answer.status == 303
        assert answer.headers["location"].removeprefix("https://example.org") == f"/kg/{path}"
        assert "set-cookie" not in answer.headers


@each_server
def test_moved_and_gone(servers: dict[str, Host], name: str) -> None:
    host = servers[name]
    for path in ("figure/PMC1__F1", "figure/pmc1__f1", "figure/jci0110934.F9"):
        answer = host.get(f"/kg/{path}")
        assert (answer.status, answer.headers["location"].removeprefix("https://example.org")) == (
            301,
            "/kg/figure/PMC1__f1",
        )
    assert host.get("/kg/figure/PMC1__f1").status == 200
    assert host.get("/kg/figure/JCI0110934.f9").status == 200
    for path in ("figure/gone.f1", "figure/gone.f1.ttl", "figure/gone.f1.html"):
        assert (host.get(f"/kg/{path}").status, host.get(f"/kg/{path}").body) == (410, b"gone")
    assert host.get("/kg/figure/goneXf1").status == 404


@each_server
def test_not_found(servers: dict[str, Host], name: str) -> None:
    for path in ("gene/none", "gene/none.ttl", "none/", ".kg-site/made.json", ".htaccess", "gene/.hidden"):
        answer = servers[name].get(f"/kg/{path}", "text/turtle")
        assert (answer.status, answer.body) == (404, b"not found"), path
    assert "Accept" in servers[name].get("/kg/gene/none").headers["vary"]


@each_server
def test_folder_without_a_slash(servers: dict[str, Host], name: str) -> None:
    answer = servers[name].get("/kg/gene")
    assert (answer.status, answer.headers["location"].removeprefix("https://example.org")) == (
        301,
        "/kg/gene/",
    )
    assert servers[name].get("/kg/search").body == b"search", "a page goes before a folder of its name"
    assert servers[name].get("/kg/dumps/").status == 404


@each_server
@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("gene/208.html", "text/html; charset=utf-8"),
        ("gene/208.ttl", "text/turtle; charset=utf-8"),
        ("gene/208.jsonld", "application/ld+json"),
        ("gene/208.genes.tsv", "text/tab-separated-values; charset=utf-8"),
        ("gene/208.linkset.json", "application/linkset+json"),
        (".well-known/void", "text/turtle; charset=utf-8"),
        ("dumps/kg.nt.gz", "application/gzip"),
        ("static/style.css", "text/css; charset=utf-8"),
        ("search/index.js", "text/javascript; charset=utf-8"),
        ("figure/x.f9.de~~1", "text/html; charset=utf-8"),
    ],
)
def test_types_and_headers(servers: dict[str, Host], name: str, path: str, media_type: str) -> None:
    answer = servers[name].get(f"/kg/{path}")
    assert answer.status == 200
    assert answer.headers["content-type"].lower() == media_type
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-security-policy"] == "default-src 'self'"
    assert "access-control-allow-credentials" not in answer.headers
    assert "content-encoding" not in answer.headers
    assert "content-language" not in answer.headers


@each_server
def test_head_is_get_without_a_body(servers: dict[str, Host], name: str) -> None:
    for path, accept in (("/kg/gene/208", "text/turtle"), ("/kg/none", None), ("/kg/id/gene/208", None)):
        got = servers[name].get(path, accept)
        head = servers[name].get(path, accept, "HEAD")
        assert (head.status, head.body) == (got.status, b"")
        skipped = {"date", "content-length", "transfer-encoding"}
        assert {k: v for k, v in head.headers.items() if k not in skipped} == {
            k: v for k, v in got.headers.items() if k not in skipped
        }


@each_server
def test_caching_compression_and_ranges(servers: dict[str, Host], name: str) -> None:
    host = servers[name]
    tags = {host.get("/kg/gene/208", accept).headers["etag"] for accept in TYPES}
    assert len(tags) == 3, "each form has its own"
    tag = host.get("/kg/gene/208").headers["etag"]
    assert host.get("/kg/gene/208", If_None_Match=tag).status == 304
    packed = host.get("/kg/gene/208", Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["vary"]
    assert gzip.decompress(packed.body).decode() == PAGES["gene/208"]
    part = host.get("/kg/dumps/kg.nt.gz", Range="bytes=0-99")
    assert (part.status, len(part.body)) == (206, 100)


@each_server
def test_signposts(servers: dict[str, Host], name: str) -> None:
    host = servers[name]
    link = host.get("/kg/gene/208").headers["link"]
    for expected in (
        f'<{URL}gene/208>; rel="cite-as"',
        f'<{URL}gene/208.ttl>; rel="describedby"; type="text/turtle"',
        f'<{URL}gene/208.jsonld>; rel="describedby"; type="application/ld+json"',
        f'<{URL}gene/208.linkset.json>; rel="linkset"; type="application/linkset+json"',
        '<https://schema.org/Gene>; rel="type"',
        '<https://schema.org/AboutPage>; rel="type"',
        '<https://creativecommons.org/publicdomain/zero/1.0/>; rel="license"',
    ):
        assert expected in link
    assert host.get("/kg/gene/208.html").headers["link"] == link
    back = f'<{URL}gene/208>; rel="describes"; type="text/html"'
    assert host.get("/kg/gene/208", "text/turtle").headers["link"] == back
    assert host.get("/kg/gene/208.jsonld").headers["link"] == back
    for path in ("", "gene/", "gene/208,2", "gene/208.genes.tsv", "search", "figure/none", "figure/PMC1__F1"):
        assert "link" not in host.get(f"/kg/{path}").headers, path


@each_server
def test_host_header_leaves_no_trace(servers: dict[str, Host], name: str) -> None:
    for path in ("/kg/id/gene/208", "/kg/figure/PMC1__F1", "/kg/gene", "/kg/gene/208"):
        answer = servers[name].get(path, X_Forwarded_Host="evil.example")
        assert "127.0.0.1" not in str({k: v for k, v in answer.headers.items() if k != "server"})
        assert "evil" not in str(answer)


def test_well_known_of_the_host_leads_to_ours(servers: dict[str, Host]) -> None:
    for name in ("nginx", "apache.conf"):
        answer = servers[name].get("/.well-known/void")
        assert (answer.status, answer.headers["location"].removeprefix("https://example.org")) == (
            303,
            "/kg/.well-known/void",
        )


def test_netlify_rules() -> None:
    files = dict(host_files(SITE, ["netlify"]))
    rules = files["_redirects"].decode().splitlines()
    assert "/kg/figure/PMC1__F1 /kg/figure/PMC1__f1 301" in rules
    assert "/kg/figure/gone.f1 /kg/410.html 410" in rules
    assert all(len(rule.split()) == 3 for rule in rules if not rule.startswith("#"))
    assert "  X-Content-Type-Options: nosniff" in files["_headers"].decode().splitlines()


@pytest.mark.parametrize(
    ("path", "accept", "target"),
    [
        ("gene/208", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "gene/208.html"),
        ("gene/208", "*/*", "gene/208.html"),
        ("gene/208", None, "gene/208.html"),
        ("gene/208", "text/turtle", "gene/208.ttl"),
        ("id/gene/208", "application/ld+json", "gene/208.jsonld"),
        ("id/gene/208", "application/rdf+xml, text/turtle;q=0.9", "gene/208.ttl"),
        ("gene/208.jsonld", "text/html", "gene/208.jsonld"),
        ("dumps/kg.nt.gz", None, "dumps/kg.nt.gz"),
        ("", "text/turtle", ""),
    ],
)
def test_entry_of_w3id(servers: dict[str, Host], path: str, accept: str | None, target: str) -> None:
    answer = servers["apache"].get(f"/kg/hosts/w3id/kg/{path}", accept)
    assert (answer.status, answer.headers["location"]) == (303, URL + target)
