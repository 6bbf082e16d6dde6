"""Remote endpoints: every fault of a server has its name, and a part is never taken for the whole."""

from __future__ import annotations

import base64
import io
import json
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pyoxigraph
import pytest
from conftest import Need

from kg.cli import run as run_cli
from kg.errors import UsageError
from kg.query import errors
from kg.query.remote import AGENT, Endpoint
from kg.query.run import local_answer
from kg.query.targets import answer as target_answer
from kg.query.targets import target_of
from kg.stores.auth import Credentials

if TYPE_CHECKING:
    from servers import Server


MAX_ROWS = 1000
"""That of our Virtuoso."""

SELECT = "SELECT ?x { ?s ?p ?x }"
JSON = "application/sparql-results+json"


def rows(count: int) -> bytes:
    bindings = [{"x": {"type": "literal", "value": str(number)}} for number in range(count)]
    return json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": bindings}}).encode()


Reply = Callable[[BaseHTTPRequestHandler], None]


def reply(status: int = 200, body: bytes = b"", kind: str = JSON, **headers: str) -> Reply:
    """Make a reply with a length."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return send


def raw(data: bytes) -> Reply:
    """Make a reply of bytes as they are, after which the connection is closed."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(data)
        handler.close_connection = True

    return send


def reset(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection without a word."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    handler.close_connection = True
    handler.connection.close()


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Send a byte now and then, without end."""
    handler.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nContent-Length: 10000\r\n\r\n".encode())
    for _ in range(100):
        try:
            handler.wfile.write(b" ")
        except OSError:
            return
        time.sleep(0.1)


class Fake:
    """A server on loopback that gives its replies one after the other, the last one for ever."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.seen: list[tuple[str, str, dict[str, str], dict[str, list[str]]]] = []

    def handler(fake) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler has a `self` of its own
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                form = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
                fake.seen.append((self.command, self.path, dict(self.headers), form))
                chosen = fake.replies.pop(0) if len(fake.replies) > 1 else fake.replies[0]
                chosen(self)

            do_GET = do_POST = answer  # noqa: N815 - the names are those of http.server

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler


class QuietServer(ThreadingHTTPServer):
    """A server that says nothing of connections that break."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(*replies: Reply) -> Iterator[tuple[Fake, str]]:
    fake = Fake()
    fake.replies = list(replies)
    server = QuietServer(("127.0.0.1", 0), fake.handler())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake, f"http://127.0.0.1:{server.server_address[1]}/sparql"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def values(url: str, query: str = SELECT, **options: Any) -> list[str]:
    """Ask, without waiting between attempts; return the first cell of each row."""
    endpoint = Endpoint(url, sleep=lambda _: None, **options)
    with endpoint.answer(query) as answer:
        return [row[0].value for row in answer.cells()]  # type: ignore[union-attr]


CHUNKED = f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
UNFRAMED = "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


@pytest.mark.parametrize(
    ("given", "expected", "requests"),
    [
        ([reply(body=rows(2))], ["0", "1"], 1),
        ([raw(CHUNKED + chunk(rows(2)[:9]) + chunk(rows(2)[9:]) + chunk(b""))], ["0", "1"], 1),
        ([raw(UNFRAMED.format(kind=JSON).encode() + rows(2))], ["0", "1"], 1),
        ([reply(503), reply(503), reply(body=rows(1))], ["0"], 3),
        ([reply(429), reply(502), reply(503), reply(body=rows(1))], ["0"], 4),
        ([reset, reply(body=rows(1))], ["0"], 2),
        ([raw(CHUNKED + chunk(rows(1)[:9])), reply(body=rows(1))], ["0"], 2),
        ([raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n{"), reply(body=rows(1))], ["0"], 2),
    ],
    ids="plain chunked unframed busy busier reset cut-chunks cut-length".split(),
)
def test_answers(given: list[Reply], expected: list[str], requests: int) -> None:
    with serving(*given) as (fake, url):
        assert values(url) == expected
        assert len(fake.seen) == requests


HTML = b"<!DOCTYPE html><html><script>x()</script><body><h1>Down for\x1b maintenance</h1></body></html>"
XML = b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/><results></results></sparql>'

FAULTS: list[tuple[str, Reply, type[Exception], str, int]] = [
    ("web-page", reply(body=HTML, kind="text/html"), errors.NotSparqlError, "Down for maintenance", 1),
    ("page-as-json", reply(body=HTML), errors.NotSparqlError, "Down for maintenance", 1),
    (
        "no-type",
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
        errors.NotSparqlError,
        "without a type",
        1,
    ),
    ("csv", reply(body=b"x\r\n1\r\n", kind="text/csv"), errors.NotSparqlError, "text/csv", 1),
    ("zipped", reply(body=rows(1), Content_Encoding="gzip"), errors.NotSparqlError, "compressed", 1),
    ("empty", reply(body=b""), errors.IncompleteAnswerError, "", 1),
    ("cut-json", reply(body=rows(9)[:-20]), errors.IncompleteAnswerError, "its last words", 1),
    (
        "cancelled",
        reply(body=rows(9)[:-20] + b"The SPARQL operation has been cancelled"),
        errors.IncompleteAnswerError,
        "The SPARQL operation has been cancelled",
        1,
    ),
    (
        "cut-unframed",
        raw(UNFRAMED.format(kind=JSON).encode() + rows(9)[:-20]),
        errors.IncompleteAnswerError,
        "",
        1,
    ),
    (
        "cut-length",
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
        errors.IncompleteAnswerError,
        "cut off",
        4,
    ),
    ("cut-chunks", raw(CHUNKED + chunk(rows(1)[:9])), errors.IncompleteAnswerError, "cut off", 4),
    ("boolean", reply(body=b'{"head":{},"boolean":true}'), errors.NotSparqlError, "another kind", 1),
    (
        "entities",
        reply(body=b'<!DOCTYPE sparql [<!ENTITY a "b">]>' + XML, kind="application/sparql-results+xml"),
        errors.NotSparqlError,
        "document type",
        1,
    ),
    (
        "time-limit",
        reply(body=rows(3), X_SQL_State="S1TAT", X_SQL_Message="anytime query timed out"),
        errors.IncompleteAnswerError,
        "anytime query timed out",
        1,
    ),
    (
        "bad-query",
        reply(400, b"syntax error at 'x'", "text/plain"),
        errors.BadQueryError,
        "syntax error at 'x'",
        1,
    ),
    ("too-long", reply(414), errors.BadQueryError, "HTTP 414", 1),
    ("no-password", reply(401), errors.UnauthorizedError, "--password-file", 1),
    ("forbidden", reply(403), errors.UnauthorizedError, "HTTP 403", 1),
    ("not-found", reply(404), errors.NotFoundError, "HTTP 404", 1),
    ("no-post", reply(405), errors.NotFoundError, "HTTP 405", 1),
    ("moved", reply(302, Location="http://127.0.0.1:1/x"), errors.MovedError, "http://127.0.0.1:1/x", 1),
    ("moved-307", reply(307, Location="/other"), errors.MovedError, "/other", 1),
    ("fault", reply(500, b"<b>stack</b> trace", "text/html"), errors.ServerFaultError, "stack trace", 1),
    ("busy", reply(503, b"come back later"), errors.BusyError, "come back later", 4),
    ("gateway", reply(504), errors.QueryTimeoutError, "HTTP 504", 1),
    ("reset", reset, errors.UnreachableError, "no connection", 4),
    ("nonsense", raw(b"SSH-2.0-OpenSSH\r\n"), errors.UnreachableError, "no connection", 4),
]


@pytest.mark.parametrize(
    ("given", "expected", "message", "requests"),
    [fault[1:] for fault in FAULTS],
    ids=[fault[0] for fault in FAULTS],
)
def test_every_fault_has_its_name(
    given: Reply, expected: type[Exception], message: str, requests: int
) -> None:
    with serving(given) as (fake, url):
        with pytest.raises(expected) as raised:
            values(url)
        assert type(raised.value) is expected
        assert message in str(raised.value)
        assert str(raised.value).startswith(url)
        assert str(raised.value).replace("\n", "").isprintable()
        assert len(fake.seen) == requests


def test_triples_without_a_length_are_not_taken() -> None:
    body = b"<e:a> <e:b> <e:c> .\n"
    construct = "CONSTRUCT WHERE { ?s ?p ?o }"
    unframed = raw(UNFRAMED.format(kind="application/n-triples").encode() + body)
    with serving(unframed, reply(body=body, kind="application/n-triples")) as (_, url):
        with pytest.raises(errors.IncompleteAnswerError, match="a cut would not show"):
            values(url, construct)
        with Endpoint(url).answer(construct) as answer:
            assert (answer.rows, answer.stream.read()) == (1, body)


def test_nobody_at_the_address() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    waits: list[float] = []
    with (
        pytest.raises(errors.UnreachableError, match="refused"),
        Endpoint(f"http://127.0.0.1:{port}/", sleep=waits.append).answer(SELECT),
    ):
        pass
    assert len(waits) == 3
    with pytest.raises(errors.UnreachableError, match="no server of this name"):
        values("http://no-such-host.invalid/sparql")


def test_it_waits_as_asked_and_longer_each_time() -> None:
    waits: list[float] = []
    later = formatdate(time.time() + 30, usegmt=True)
    replies = (reply(503, Retry_After="7"), reply(429, Retry_After=later), reply(503), reply(body=rows(1)))
    with serving(*replies) as (_, url), Endpoint(url, sleep=waits.append).answer(SELECT) as answer:
        assert answer.rows == 1
    assert waits[0] == 7
    assert 25 < waits[1] <= 30
    assert 2 <= waits[2] <= 4
    with (
        serving(reply(503, Retry_After="50")) as (fake, url),
        pytest.raises(errors.BusyError),
        Endpoint(url, timeout=5, sleep=waits.append).answer(SELECT),
    ):
        pass
    assert len(fake.seen) == 1, "a wait that is longer than the time left is no use"


@pytest.mark.parametrize("given", [drip, lambda _: time.sleep(3)], ids=["drip", "silence"])
def test_the_timeout_holds(given: Reply) -> None:
    begun = time.monotonic()
    with serving(given) as (_, url), pytest.raises(errors.QueryTimeoutError, match=r"within 0\.5 s"):
        values(url, timeout=0.5)
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize(
    "query",
    [
        SELECT,
        "# INSERT DATA\nPREFIX delete: <e:insert#> SELECT ?x { ?x delete:construct 'ASK' }",
        "PREFIX a: <e:CONSTRUCT> # ask\n SELECT ?x { ?s a:b ?x }",
    ],
)
def test_the_request(query: str) -> None:
    with serving(reply(body=rows(1))) as (fake, url):
        with Endpoint(url).answer(query, graphs=["http://example.org/g"]):
            pass
        ((method, path, headers, form),) = fake.seen
    assert (method, path) == ("POST", "/sparql")
    assert form == {"query": [query], "default-graph-uri": ["http://example.org/g"]}
    assert headers["User-Agent"] == AGENT
    assert headers["Accept"].startswith(JSON)
    assert "csv" not in headers["Accept"]
    assert "Authorization" not in headers


def test_graph_queries_ask_for_triples() -> None:
    with serving(reply(body=b"", kind="application/n-triples")) as (fake, url):
        with Endpoint(url).answer("# SELECT\nDESCRIBE <e:x>") as answer:
            assert answer.rows == 0
        assert fake.seen[0][2]["Accept"].startswith("application/n-triples")


def test_updates_are_never_sent() -> None:
    with serving(reply(body=rows(1))) as (fake, url):
        with pytest.raises(errors.RefusedError):
            values(url, "# SELECT\nCLEAR ALL")
        assert fake.seen == []


def test_credentials_stay_with_their_request() -> None:
    before = urllib.request._opener  # type: ignore[attr-defined]
    basic = reply(401, WWW_Authenticate='Basic realm="x"')
    with serving(basic, reply(body=rows(1)), basic) as (fake, url):
        assert values(url, credentials=Credentials("me", "päss")) == ["0"]
        sent = fake.seen[1][2]["Authorization"].removeprefix("Basic ")
        assert base64.b64decode(sent) == "me:päss".encode()
        with pytest.raises(errors.UnauthorizedError, match="asks for --user"):
            values(url)
        assert "Authorization" not in fake.seen[2][2]
        with pytest.raises(errors.UnauthorizedError, match="refuses this user"):
            values(url, credentials=Credentials("me", "wrong"))
        assert len(fake.seen) == 5
    assert urllib.request._opener is before  # type: ignore[attr-defined]
    assert "päss" not in repr(Credentials("me", "päss"))


@pytest.mark.parametrize("challenge", ["Digest", "Negotiate", "Bearer realm=x", "Digest realm="])
def test_odd_challenges_are_told(challenge: str) -> None:
    with serving(reply(401, WWW_Authenticate=challenge)) as (_, url), pytest.raises(errors.UnauthorizedError):
        values(url, credentials=Credentials("me", "x"))


def test_a_redirect_gets_neither_query_nor_password() -> None:
    with serving(reply(body=rows(1))) as (other, elsewhere):
        basic = reply(401, WWW_Authenticate='Basic realm="x"')
        with serving(basic, reply(302, Location=elsewhere)) as (_, url), pytest.raises(errors.MovedError):
            values(url, credentials=Credentials("me", "x"))
        assert other.seen == []


@pytest.mark.parametrize(
    ("count", "query", "headers", "note", "complete"),
    [
        (1000, SELECT, {}, "exactly 1,000 rows", True),
        (1000, SELECT + " LIMIT 1000", {}, "", True),
        (1000, "SELECT ?x { { SELECT ?x { ?s ?p ?x } LIMIT 1000 } }", {}, "exactly 1,000 rows", True),
        (999, SELECT, {}, "", True),
        (20, SELECT, {}, "", True),
        (
            130,
            SELECT,
            {"X-SPARQL-MaxRows": "130"},
            "INCOMPLETE: the server cut the answer at 130 rows",
            False,
        ),
    ],
)
def test_silent_caps_are_told(
    count: int, query: str, headers: dict[str, str], note: str, complete: bool
) -> None:
    with serving(reply(200, rows(count), JSON, **headers)) as (_, url), Endpoint(url).answer(query) as answer:
        assert answer.complete is complete
        assert (note in answer.notes[0]) if note else (answer.notes == ())


def test_limit_cuts_a_remote_answer() -> None:
    with serving(reply(body=rows(1000))) as (_, url), Endpoint(url).answer(SELECT, limit=10) as answer:
        assert (answer.rows, answer.more, answer.notes, len(list(answer.cells()))) == (10, True, (), 10)


@pytest.mark.parametrize(
    "url", ["ftp://example.org/", "https://", "file:///etc/passwd", "http://me:pw@example.org/"]
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(UsageError) as raised:
        Endpoint(url)
    assert "pw" not in str(raised.value)


# the command


def test_command_tells_an_incomplete_answer(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(SELECT.encode())))
    monkeypatch.setattr("kg.cli._end_on_terminate", lambda: None)
    with serving(reply(body=rows(3), X_SPARQL_MaxRows="3")) as (_, url):
        status = run_cli(["query", "-", "--store", url, "-o", str(tmp_path / "x.csv")])
    assert status == 1
    assert "kg: INCOMPLETE: the server cut the answer at 3 rows" in capsys.readouterr().err
    assert (tmp_path / "x.csv").read_bytes() == b"x\r\n0\r\n1\r\n2\r\n"


def test_the_address_of_a_server_is_enough(server: Server) -> None:
    base = server.query.rpartition("/")[0]
    with target_answer(target_of(base), "ASK {}") as answer:
        assert answer.boolean()


def test_the_first_fault_is_told_where_no_address_is_an_endpoint() -> None:
    with (
        serving(reply(404, b"first"), reply(404, b"second")) as (fake, url),
        pytest.raises(errors.NotFoundError, match="first"),
        target_answer(target_of(url), "ASK {}"),
    ):
        pass
    assert [path for _, path, _, _ in fake.seen] == ["/sparql", "/sparql/query", "/sparql/sparql"]


# real servers

EX = "https://example.org/"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make some triples of every sort of term that all stores keep."""
    path = tmp_path_factory.mktemp("remote") / "data.nt"
    path.write_text(
        f'<{EX}a> <{EX}text> "tab\\t quote \\" β" .\n<{EX}a> <{EX}label> "Wnt"@en .\n<{EX}a> <{EX}n> '
        '"7"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
        f'<{EX}a> <{EX}d> "2020-02-29"^^<http://www.w3.org/2001/XMLSchema#date> .\n'
        f'<{EX}a> <{EX}r> "1.5"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n'
        + "".join(f"<{EX}s{number}> <{EX}next> <{EX}s{number + 1}> .\n" for number in range(2 * MAX_ROWS)),
        "utf-8",
    )
    return path


def _put(server: Server, graph: str, path: Path) -> None:
    opener = urllib.request.build_opener()
    if server.user is not None and server.password is not None:
        passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, server.graph_store, server.user, server.password)
        opener.add_handler(urllib.request.HTTPDigestAuthHandler(passwords))
    name = "graph-uri" if server.kind == "virtuoso" else "graph"
    request = urllib.request.Request(
        f"{server.graph_store}?{name}={graph}",
        data=path.read_bytes(),
        method="PUT",
        headers={"Content-Type": "application/n-triples"},
    )
    with opener.open(request, timeout=60) as response:
        response.read()


@pytest.fixture(params=["oxigraph_server", "virtuoso_server"])
def server(request: pytest.FixtureRequest, data: Path) -> Server:
    found: Server = request.getfixturevalue(request.param)
    _put(found, EX + "graph", data)
    return found


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?p ?o { <https://example.org/a> ?p ?o } ORDER BY ?p",
        "SELECT (COUNT(*) AS ?n) { ?s <https://example.org/next> ?o }",
        "SELECT ?x { ?s <https://example.org/none> ?x }",
        "ASK { <https://example.org/a> ?p ?o }",
        "ASK { <https://example.org/none> ?p ?o }",
        "CONSTRUCT { ?o ?p ?s } WHERE { ?s ?p ?o . FILTER (?s = <https://example.org/s1>) }",
    ],
)
def test_real_servers_answer_as_the_embedded_store(server: Server, data: Path, query: str) -> None:
    with (
        Endpoint(server.query).answer(query, graphs=[EX + "graph"]) as there,
        local_answer(query, file=data) as here,
    ):
        assert (there.rows, there.notes) == (here.rows, ())
        assert there.stream.read() == here.stream.read()


def test_real_servers_tell_a_bad_query(server: Server) -> None:
    with pytest.raises(errors.BadQueryError, match="HTTP 400"):
        values(server.query, "SELECT ?x { ?s ?p }")


def test_virtuoso_cap_is_told(virtuoso_server: Server, data: Path) -> None:
    _put(virtuoso_server, EX + "graph", data)
    endpoint = Endpoint(virtuoso_server.query)
    query = "SELECT ?s ?o { ?s <https://example.org/next> ?o }"
    with endpoint.answer(query, graphs=[EX + "graph"]) as answer:
        assert (answer.rows, answer.complete) == (MAX_ROWS, False)
        assert "INCOMPLETE" in answer.notes[0]
    with endpoint.answer(f"{query} LIMIT {MAX_ROWS}", graphs=[EX + "graph"]) as answer:
        assert (answer.rows, answer.complete, answer.notes) == (MAX_ROWS, True, ())
    construct = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    with endpoint.answer(construct, graphs=[EX + "graph"]) as answer:
        assert answer.rows < 2 * MAX_ROWS
        assert "perhaps the server cut" in answer.notes[0]


def test_virtuoso_digest(virtuoso_server: Server) -> None:
    assert virtuoso_server.user is not None
    assert virtuoso_server.password is not None
    right = Credentials(virtuoso_server.user, virtuoso_server.password)
    for credentials, message in (
        (None, "asks for --user"),
        (Credentials(virtuoso_server.user, "wrong"), "refuses this user"),
        (Credentials("nobody", virtuoso_server.password), "refuses this user"),
    ):
        with pytest.raises(errors.UnauthorizedError, match=message):
            values(virtuoso_server.update, "SELECT ?s { ?s ?p ?o } LIMIT 1", credentials=credentials)
    assert len(values(virtuoso_server.update, "SELECT ?s { ?s ?p ?o } LIMIT 1", credentials=right)) == 1
    with pytest.raises(errors.UnauthorizedError, match="asks for --user"):
        values(virtuoso_server.update, "SELECT ?s { ?s ?p ?o } LIMIT 1")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f . FILTER (CONCAT(STR(?a), STR(?c)) = '') }",
        "CONSTRUCT { ?a ?p ?b } { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f . FILTER (CONCAT(STR(?a), STR(?c)) = '') }",
    ],
)
def test_oxigraph_time_limit_is_told(query: str, data: Path, tmp_path: Path, need: Need) -> None:
    """Oxigraph ends an answer at its time limit with status 200, and a sentence in the middle of it."""
    from servers import run_oxigraph

    with run_oxigraph(tmp_path, "--timeout-s", "1") as server:
        _put_default(server, data)
        with pytest.raises(errors.IncompleteAnswerError, match="The SPARQL operation has been cancelled"):
            values(server.query, query, timeout=30)


def _put_default(server: Server, path: Path) -> None:
    request = urllib.request.Request(
        f"{server.graph_store}?default",
        data=path.read_bytes(),
        method="PUT",
        headers={"Content-Type": "application/n-triples"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        response.read()


def test_terms_of_results_are_those_of_pyoxigraph() -> None:
    """What an endpoint writes as `typed-literal` (Virtuoso) is a literal."""
    cell = {"type": "typed-literal", "datatype": "http://www.w3.org/2001/XMLSchema#integer", "value": "1"}
    body = json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": [{"x": cell}]}}).encode()
    with serving(reply(body=body)) as (_, url), Endpoint(url).answer(SELECT) as answer:
        assert list(answer.cells()) == [[pyoxigraph.Literal(1)]]
