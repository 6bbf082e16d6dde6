"""Attacks on `kg serve`: queries that never end, crash, change, fetch or inject; and half-open sockets.

None may give a wrong answer, hang, or hurt another query. `docs/serving.md` lists what each shows.
"""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from assaults import NESTED, RUNAWAY
from serving import GRAPH, Reply, Serve, Served, digest, in_threads, make_store

from kg.query.catalogue import parse_query

CHAINS: Mapping[str, Callable[[int], str]] = {
    "and": lambda length: "ASK { FILTER(" + "&&".join(["true"] * length) + ") }",
    "plus": lambda length: "ASK { FILTER(" + "+".join(["1"] * length) + " > 0) }",
    "union": lambda length: "ASK {" + "UNION".join(["{}"] * length) + "}",
    "minus": lambda length: "ASK {" + "MINUS{}" * length + "}",
    "bind": lambda length: "ASK {" + "".join(f"BIND(1 AS?a{n})" for n in range(length)) + "}",
    "path": lambda length: "ASK { ?s " + "/".join(["<e:p>"] * length) + " ?o }",
}

SECRET = "kg-secret-7391"
BASE_INJECTIONS: Sequence[str] = (
    '"',
    "'",
    '"""',
    "'''",
    "\\",
    '\\"',
    "\\\\",
    '\\\\"',
    "}",
    "{",
    "} }",
    '" }',
    '" } UNION { ?s ?p ?o } #',
    "' } UNION { ?s ?p ?o } #",
    '" } } #',
    '"@en } VALUES ?name { UNDEF } #',
    '" UNDEF "',
    "UNDEF",
    '"} ?s ?p ?o {"',
    '") UNION {',
    "\n} ?s ?p ?o . {",
    "\r\n} #",
    "# comment",
    '"#',
    "<e:x>",
    "> } <",
    "?s",
    "$s",
    '" ; DROP ALL ; "',
    '"; INSERT DATA { <e:a> <e:b> 1 } #',
    '" FILTER(true) "',
    "\\u0022",
    "\\u0022 } UNION { ?s ?p ?o } #",
    "\\U00000022",
    '\\u005c"',
    "%22",
    "&quot;",
    "\t",
    "\u2028",
    "\u00a0",
    "\u202e",
    "\ufeff",
    "ｑｕｏｔｅ＂",
    "é\u0301",
    "𝕏",
    "a" * 5000,
    '"^^<e:t>',
    '"@en',
    "${7*7}",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "?name . ?s ?p ?o",
    "*",
    "SERVICE <http://127.0.0.1:1/> {}",
    "] [ ?p ?o",
    "); ASK {}",
    ".",
    ";",
    ",",
)
INJECTION = """\
# title: Things of a name
# category: Genes
# description: Finds things by their names.
# keywords: name
# param: name | string | nothing | The name
SELECT ?name ?thing
WHERE {
  VALUES ?name { "nothing" }
  OPTIONAL { ?thing <https://example.org/name> ?name }
}
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from kg.loading import load

    folder = tmp_path_factory.mktemp("attacked")
    made = make_store(folder / "store")
    (folder / "secret.nt").write_text(f'<https://example.org/s> <https://example.org/name> "{SECRET}" .\n')
    load([folder / "secret.nt"], str(made), graph=GRAPH + "secret")
    return made


@pytest.fixture(scope="module")
def attacked(serve: Serve, store: Path) -> Iterator[Served]:
    with serve(store, "--timeout", "1", "--workers", "2", "--memory", "256M") as server:
        yield server


def alive(server: Served) -> bool:
    return server.query("ASK { ?s ?p ?o }").json["boolean"] is True and server.process.poll() is None


# queries that never end


@pytest.mark.parametrize("name", RUNAWAY)
def test_runaway(attacked: Served, name: str) -> None:
    try:
        reply = attacked.query(RUNAWAY[name])
    except http.client.IncompleteRead:
        pass  # it was stopped when some of it was sent
    else:
        assert reply.status == 503, reply
        assert reply.json["type"] in ("urn:kg:problem:timeout", "urn:kg:problem:memory")
    assert alive(attacked)


def test_all_at_once(attacked: Served) -> None:
    """While they run, small queries are answered, and answered right."""
    texts = list(RUNAWAY.values())
    done = threading.Event()

    def attack(number: int) -> object:
        if number < len(texts):
            return attacked.query(texts[number] + f" # {number}", timeout=120)
        answers = 0
        while answers < 50 or not done.wait(0.05):
            assert attacked.query("ASK {}").json["boolean"] is True
            answers += 1
            if answers >= 200:
                break
        return answers

    found = in_threads(attack, len(texts) + 1)
    done.set()
    assert isinstance(found[-1], int)
    for reply in found[:-1]:
        assert isinstance(reply, http.client.IncompleteRead) or (
            isinstance(reply, Reply) and reply.status == 503
        )


# texts that crash parsers


@pytest.mark.parametrize("depth", [201, 1_000, 10_000, 30_000])
@pytest.mark.parametrize("name", NESTED)
def test_nesting(attacked: Served, name: str, depth: int) -> None:
    text = NESTED[name](depth)
    reply = attacked.ask("/sparql", "POST", {"Content-Type": "application/sparql-query"}, text)
    assert reply.status == (400 if len(text) <= 64 << 10 else 413)


@pytest.mark.parametrize("name", NESTED)
def test_some_nesting_is_answered(attacked: Served, name: str) -> None:
    assert attacked.query(NESTED[name](8)).status == 200


@pytest.mark.parametrize("name", CHAINS)
def test_chains(attacked: Served, name: str) -> None:
    assert attacked.query(CHAINS[name](3)).status == 200
    longest = next(n for n in range(60_000, 0, -500) if len(CHAINS[name](n)) < 64 << 10)
    assert attacked.query(CHAINS[name](longest)).status == 400


@pytest.mark.parametrize(
    "text",
    [
        "a-" * 32_000,
        "a." * 32_000,
        '"' * 60_000,
        "<" * 60_000,
        "<a" * 30_000,
        "\\" * 60_000,
        "#" * 60_000,
        "\n" * 60_000,
        "'''" * 20_000,
        "_:a." * 15_000,
        "@a-" * 20_000,
        "1." * 30_000,
        "?" * 60_000,
        "PREFIX a:<b> " * 4_500,
        "ASK{" + ";" * 60_000 + "}",
        "\x00" * 60_000,
        "\ufffe" * 20_000,
        "ASK{}\x00",
        "1" * 65_000,
        "a-1." * 16_000,
        "a.." * 21_000,
        '\\""" "' * 10_000,
        "\\''' '" * 10_000,
        "#" * 60_000 + "<",
        "#a" * 32_000 + "'",
        "ASK{?a ?b " + "1" * 65_000 + "}",
        "ASK{?a ?b c-" + "a-" * 32_000 + "}",
    ],
    ids=lambda text: f"{text[:12]!r}, {len(text)}",
)
def test_texts_that_take_scanners_long(attacked: Served, text: str) -> None:
    """Reading takes steps in proportion to the length: each is answered before the time of a query is up."""
    reply = attacked.ask("/sparql", "POST", {"Content-Type": "application/sparql-query"}, text.encode())
    assert reply.status == (200 if text.startswith("ASK{?a ?b 1") else 400)
    assert alive(attacked)


@pytest.mark.parametrize("path", ["/sparql", "/queries/figures-of-gene"])
@pytest.mark.parametrize("text", ["a-" * 30_000, "#" * 60_000 + "<", '\\""" "' * 8_000])
def test_no_text_holds_up_the_server_itself(attacked: Served, path: str, text: str) -> None:
    """What the server reads by itself, for its queue and its page, is read quickly: others are answered."""
    address = f"{path}?{urlencode({'query': text})}"
    found = in_threads(lambda _: attacked.ask(address, headers={"Accept": "text/html"}, timeout=20), 4, 40)
    assert [reply.status if isinstance(reply, Reply) else reply for reply in found] == [400] * 4
    assert alive(attacked)


# what makes a server ask another one


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Trap)
        server.hits.append(self.path)
        self.send_response(302 if server.to else 200)
        body = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"fetched"}}]}}'
        if server.to:
            self.send_header("Location", server.to)
            body = b""
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - so the base class calls it

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        pass


class Trap(ThreadingHTTPServer):
    """A server that counts who comes, and may send them elsewhere."""

    def __init__(self, to: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.to, self.hits, self.visits = to, list[str](), 0

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        self.visits += 1
        found: tuple[socket.socket, tuple[str, int]] = super().get_request()
        return found

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


@contextmanager
def trap(to: str = "") -> Iterator[Trap]:
    server = Trap(to)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def fetching(url: str, port: int) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
    """Return queries, with more fields, that would make a careless server fetch from an address."""
    escaped = url.replace("h", "\\u0068", 1)
    return (
        (f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}", ()),
        (f"SELECT * {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}", ()),
        (f"SELECT * {{ VALUES ?x {{ <{url}> }} SERVICE ?x {{ ?s ?p ?o }} }}", ()),
        (f"SELECT * {{ VALUES ?x {{ <{url}> }} SERVICE SILENT ?x {{ ?s ?p ?o }} }}", ()),
        (f"PREFIX t: <{url}> SELECT * {{ {{ SELECT * {{ service t: {{ ?s ?p ?o }} }} }} }}", ()),
        (f"BASE <{url}> ASK {{ FILTER EXISTS {{ SERVICE <> {{ ?s ?p ?o }} }} }}", ()),
        (f"SELECT * {{ SERVICE <{escaped}> {{ ?s ?p ?o }} }}", ()),
        (f"SELECT * {{ BIND(?a<?b&&?c>?d AS ?e) SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}", ()),
        (f"SELECT * {{ SERVICE <http://[::ffff:127.0.0.1]:{port}/> {{ ?s ?p ?o }} }}", ()),
        (f"SELECT * {{ SERVICE <http://2130706433:{port}/> {{ ?s ?p ?o }} }}", ()),
        (f"SELECT * {{ SERVICE <http://localhost:{port}/> {{ ?s ?p ?o }} }}", ()),
        (f"LOAD <{url}>", ()),
        (f"SELECT * FROM <{url}> {{ ?s ?p ?o }}", ()),
        (f"SELECT * FROM NAMED <{url}> {{ GRAPH ?g {{ ?s ?p ?o }} }}", ()),
        ("SELECT * { ?s ?p ?o }", (("default-graph-uri", url),)),
        ("SELECT * { ?s ?p ?o }", (("named-graph-uri", url),)),
    )


def test_nothing_is_fetched(attacked: Served) -> None:
    with trap() as server:
        for text, fields in fetching(server.url, server.server_port):
            reply = attacked.query(text, fields=fields)
            assert reply.status in (400, 403), (text, reply)
            assert b'"fetched"' not in reply.body
        assert attacked.ask("/store?" + urlencode({"graph": server.url})).status == 404
        body = f'{{"@context": "{server.url}", "@id": "e:x"}}'
        assert (
            attacked.ask("/store?default", "PUT", {"Content-Type": "application/ld+json"}, body).status == 405
        )
        assert (server.visits, server.hits) == (0, [])


def test_what_is_refused_is_named(attacked: Served) -> None:
    for text in (
        "SELECT * FROM <https://example.org/none> {}",
        "SELECT * { SERVICE <https://example.org/none> {} }",
    ):
        assert "https://example.org/none" in attacked.query(text).json["detail"]


def test_the_system_closes_the_network_below_the_engine() -> None:
    """If a query slips through the check of its text, no socket can be opened all the same."""
    import subprocess
    import sys

    program = (
        "import sys, pyoxigraph\n"
        "from kg.serve.sandbox import close_network\n"
        "print(close_network())\n"
        "try: print(len(list(pyoxigraph.Store().query(sys.argv[1]))))\n"
        "except OSError as error: print(error)\n"
    )
    with trap() as server:
        text = f"SELECT * {{ SERVICE <{server.url}> {{ ?s ?p ?o }} }}"
        done = subprocess.run(
            [sys.executable, "-c", program, text], capture_output=True, text=True, check=True
        )
        assert done.stdout.split("\n")[0] == "True"
        assert "not permitted" in done.stdout
        assert server.visits == 0


def test_only_what_is_allowed_is_asked(serve: Serve, store: Path) -> None:
    with trap() as caught, trap() as good, trap(caught.url) as leading:
        options = ("--allow-service", good.url, "--allow-service", leading.url + "lead")
        with serve(store, "--timeout", "5", *options) as server:
            found = server.query(f"SELECT ?x {{ SERVICE <{good.url}> {{ ?s ?p ?x }} }}")
            assert [row["x"]["value"] for row in found.rows] == ["fetched"]
            assert "etag" not in found.headers
            hits = len(good.hits)
            host = good.url.removeprefix("http://")
            for other in (
                caught.url,
                good.url + "x",
                good.url.rstrip("/"),
                f"http://{host.rstrip('/')}@127.0.0.1:{caught.server_port}/",
                f"http://localhost:{good.server_port}/",
                f"{good.url}?x",
                f"{good.url}#x",
                f"{good.url}../",
            ):
                assert server.query(f"SELECT * {{ SERVICE <{other}> {{ ?s ?p ?o }} }}").status == 403, other
            nested = f"SELECT * {{ SERVICE <{good.url}> {{ SERVICE <{caught.url}> {{ ?s ?p ?o }} }} }}"
            assert server.query(nested).status == 403
            redirected = server.query(f"SELECT * {{ SERVICE <{leading.url}lead> {{ ?s ?p ?o }} }}")
            assert redirected.status == 500
            assert len(leading.hits) == 1
            assert (caught.visits, len(good.hits)) == (0, hits)
            assert "BasicFederatedQuery" in server.ask("/sparql").body.decode()
            assert any("may ask" in line for line in server.said)


# injection


INJECTIONS = tuple(dict.fromkeys(BASE_INJECTIONS))


def test_there_are_fifty() -> None:
    assert len(INJECTIONS) >= 50
    assert len(RUNAWAY) == 12
    assert len(NESTED) == 5


@pytest.mark.parametrize("value", INJECTIONS, ids=lambda value: ascii(value)[:30])
def test_a_parameter_stays_a_value(attacked: Served, value: str) -> None:
    text = parse_query(INJECTION, "injection", "injection.rq", complete=True).with_values([("name", value)])
    reply = attacked.query(text)
    assert reply.status == 200, reply
    assert [(row["name"]["value"], "thing" in row) for row in reply.rows] == [(value, False)]


@pytest.mark.parametrize("value", INJECTIONS, ids=lambda value: ascii(value)[:30])
def test_a_request_stays_a_request(attacked: Served, value: str) -> None:
    """Values in places where nobody expects them: no header of ours, no page and no query takes them on."""
    for path in (
        f"/sparql?query=ASK%7B%7D&format={quote(value)}",
        f"/sparql?query=ASK%7B%7D&default-graph-uri={quote(value)}",
        f"/store?graph={quote(value)}",
        f"/store/{quote(value, safe='')}"[:2000],
        f"/{quote(value, safe='')}"[:2000],
        f"/sparql?query={quote(value)}",
    ):
        reply = attacked.ask(path, headers={"Accept": "*/*"})
        assert 400 <= reply.status < 500, (path, reply)
        assert SECRET.encode() not in reply.body
        page = attacked.ask(path, headers={"Accept": "text/html"})
        assert page.status < 500
        assert b"<script>alert" not in page.body
        assert not [name for name in (*reply.headers, *page.headers) if "set-cookie" in name]


@pytest.mark.parametrize("value", INJECTIONS, ids=lambda value: ascii(value)[:30])
def test_a_page_stays_a_page(attacked: Served, value: str) -> None:
    """Values in the addresses of pages: no page takes them on, and none ends the process that makes them."""
    for path, expected in (
        (f"/search?q={quote(value)}", {200}),
        (f"/gene/{quote(value, safe='')}"[:2000], {404}),
        (f"/id/gene/{quote(value, safe='')}"[:2000], {404}),
        (f"/figure/{quote(value, safe='')}.ttl"[:2000], {404}),
        (f"/queries/figures-of-gene?p.gene={quote(value)}", {200, 400}),
        (f"/queries/{quote(value, safe='')}"[:2000], {404}),
    ):
        before = attacked.page_process()
        reply = attacked.ask(path, headers={"Accept": "text/html"})
        assert reply.status in expected, (path, reply)
        assert b"<script>alert" not in reply.body
        assert SECRET.encode() not in reply.body
        assert attacked.page_process() == before, "it had not to be replaced"


def test_no_header_is_split(attacked: Served) -> None:
    for line in ("%0d%0aSet-Cookie:%20a=b", "%0aSet-Cookie:%20a=b", "\u560d\u560a".encode().hex()):
        for path in (f"/sparql?query=ASK%7B%7D&format=json{line}", f"/store/{line}", f"/{line}"):
            reply = attacked.ask(path)
            assert "set-cookie" not in reply.headers


# a siege


def test_five_hundred_half_open_sockets(attacked: Served) -> None:
    parts = (b"", b"G", b"GET /sparql?query=ASK", b"GET / HTTP/1.1\r\nHost: x\r\nX-", _BODY)
    held = [attacked.raw(parts[number % len(parts)]) for number in range(500)]
    try:
        for _ in range(50):
            assert attacked.query("ASK {}").json["boolean"] is True
        assert attacked.ask("/ready").status == 200
    finally:
        for connection in held:
            connection.close()
    assert alive(attacked)


_BODY = (
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    b"Content-Length: 99\r\n\r\nASK"
)


def test_the_store_is_as_it_was(attacked: Served) -> None:
    before = digest(attacked.store)
    for text in ("DROP ALL", "CLEAR ALL", "INSERT DATA { <e:a> <e:b> 1 }", "DELETE WHERE { ?s ?p ?o }"):
        for kind, body in (
            ("application/sparql-update", text),
            ("application/sparql-query", text),
            ("application/x-www-form-urlencoded", urlencode({"update": text})),
            ("application/x-www-form-urlencoded", urlencode({"query": text})),
        ):
            assert attacked.ask("/sparql", "POST", {"Content-Type": kind}, body).status == 403
    assert digest(attacked.store) == before
