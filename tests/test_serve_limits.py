"""The limits of `kg serve`: time, memory, rows, length, waiting, connections; new data; how it ends."""

from __future__ import annotations

import asyncio
import gc
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from conftest import Need
from serving import GRAPH, RUNAWAY, Reply, Serve, Served, in_threads, make_store, serving_app, until

from kg.serve.errors import ProblemError
from kg.serve.fair import FairQueue
from kg.serve.jobs import AnswerFile, Job
from kg.serve.responses import AnswerResponse
from kg.serve.service import Service
from kg.serve.settings import Limits, ServeSettings
from kg.serve.worker import Task
from kg.stores.embedded import open_for_reading

EVERYTHING = "SELECT ?a ?b ?c ?d ?e ?f { ?a ?b ?c . ?d ?e ?f }"
ALL_ROWS = "SELECT ?s ?p ?o { ?s ?p ?o }"
HEAVY = "SELECT (COUNT(*) AS ?n) { ?a a ?b . ?c <https://schema.org/name> ?d FILTER(?b != ?d) }"
"""It takes a good part of a second: too long for the reserved worker, and no problem for any other."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("limits") / "store")


def kind_of(reply: Reply) -> str:
    assert reply.type == "application/problem+json", reply
    assert reply.json["status"] == reply.status
    return str(reply.json["type"]).rpartition(":")[2]


# one query


def test_time(served: Served) -> None:
    reply = served.query(RUNAWAY)
    assert (reply.status, kind_of(reply)) == (503, "timeout")
    assert "2 s" in reply.json["detail"]
    assert served.query("ASK {}").json["boolean"] is True


CONCAT = f"""SELECT ?x {{ BIND('{"x" * 1000}' AS ?a0)
{" ".join(f"BIND(CONCAT({', '.join([f'?a{n}'] * 8)}) AS ?a{n + 1})" for n in range(8))}
BIND(STRLEN(?a8) AS ?x) }}"""
GROUP_CONCAT = """SELECT (GROUP_CONCAT(?t) AS ?all) {
  { SELECT ?t { ?a ?b ?c . ?d ?e ?f . BIND(CONCAT(STR(?a), STR(?c), STR(?d), STR(?f)) AS ?t) } } }"""


@pytest.mark.parametrize("text", [CONCAT, GROUP_CONCAT], ids=["concat", "group-concat"])
def test_memory(store: Path, text: str) -> None:
    limits = Limits(workers=1, memory=128 << 20)
    with serving_app(ServeSettings(store, "http://127.0.0.1/", limits)) as server:
        reply = server.query(text)
        assert (reply.status, kind_of(reply)) == (503, "memory")
        assert server.query("ASK {}").json["boolean"] is True


def test_length(served: Served) -> None:
    longest = "ASK {} #" + "x" * (64 * 1024 - 8)
    headers = {"Content-Type": "application/sparql-query"}
    assert served.ask("/sparql", "POST", headers, longest).status == 200
    assert served.query(longest).status == 200
    for reply in (served.ask("/sparql", "POST", headers, longest + "x"), served.query(longest + "x")):
        assert (reply.status, kind_of(reply)) == (413, "too-large")


def test_large_bodies(served: Served) -> None:
    headers = {"Content-Type": "application/sparql-query"}
    said = served.ask("/sparql", "POST", {**headers, "Content-Length": str(10**12)}, b"")
    assert (said.status, kind_of(said)) == (413, "too-large")
    assert served.ask("/sparql", "POST", headers, b"x" * 300_000).status == 413
    with served.raw(
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    ) as sent:
        sent.sendall(b"Transfer-Encoding: chunked\r\n\r\n")
        block = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        answer = b""
        try:
            for _ in range(8):
                sent.sendall(block)
            answer = sent.recv(65536)
        except OSError:
            pass
    assert not answer or answer.startswith(b"HTTP/1.1 413 ")


def test_large_heads(served: Served) -> None:
    with served.raw() as sent:
        with suppress(ConnectionResetError):
            sent.sendall(b"GET /sparql?query=" + b"x" * 300_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b""
        with suppress(ConnectionResetError):
            answer = sent.recv(65536)
    assert not answer or answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 413 "))
    assert not answer or b"application/problem+json" in answer


@pytest.mark.parametrize(
    "data", [b"nonsense\r\n\r\n", b"\x16\x03\x01\x00", b"GET / HTTP/1.1\r\n\r\n", b"\r\n\r\n\0\0\n\n"]
)
def test_what_is_no_http(served: Served, data: bytes) -> None:
    with served.raw(data) as sent:
        sent.shutdown(socket.SHUT_WR)
        answer = sent.recv(65536)
    assert not answer or answer.startswith(b"HTTP/1.1 400 ")


def test_many_fields(served: Served) -> None:
    assert served.ask("/sparql?" + "&".join(["a=1"] * 1000)).status == 400


def test_a_long_answer_comes_whole(store: Path) -> None:
    """It is longer than what is kept back, so it is sent while it is made."""
    text = ALL_ROWS.replace("}", "}\nVALUES ?n { " + " ".join(map(str, range(60))) + " }")
    with serving_app(ServeSettings(store, "http://127.0.0.1/", Limits(workers=1))) as server:
        reply = server.query(text, "text/csv")
        assert reply.status == 200
        assert "content-length" not in reply.headers
        assert len(reply.body) > 8 << 20
        count = int(server.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows[0]["n"]["value"])
        assert reply.body.count(b"\r\n") == count * 60 + 1
        packed = server.query(text, "text/csv", headers={"Accept-Encoding": "gzip"})
        import gzip

        assert sorted(gzip.decompress(packed.body).split()) == sorted(reply.body.split())


@pytest.fixture(scope="module")
def eager(store: Path) -> Iterator[Served]:
    """Serve with limits by which nearly all of an answer is sent before it is known how it ends."""
    limits = Limits(workers=1, timeout=1, spool=1000)
    with serving_app(ServeSettings(store, "http://127.0.0.1/", limits)) as server:
        yield server


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("text/csv", "identity"),
        ("text/csv", "gzip"),
        ("text/tab-separated-values", "identity"),
        ("application/sparql-results+json", "identity"),
        ("application/sparql-results+xml", "identity"),
    ],
)
def test_a_late_failure_breaks_the_connection(eager: Served, accept: str, coding: str) -> None:
    """The time is over when much is sent already: the client must see that the answer is not whole."""
    with pytest.raises(http.client.IncompleteRead):
        eager.query(EVERYTHING, accept, headers={"Accept-Encoding": coding})
    assert eager.query("ASK {}").status == 200


def test_a_late_failure_of_a_graph(eager: Served) -> None:
    with pytest.raises(http.client.IncompleteRead):
        eager.query("CONSTRUCT { ?a ?e ?f } WHERE { ?a ?b ?c . ?d ?e ?f }", "application/n-triples")


def test_curl_sees_a_late_failure(eager: Served) -> None:
    command = ["curl", "-s", "-o", os.devnull, "-H", "Accept: text/csv", f"{eager.url}sparql"]
    done = subprocess.run([*command, "--data-urlencode", f"query={EVERYTHING}"], check=False)
    assert done.returncode == 18


def test_an_old_client_gets_no_cut_answer(eager: Served) -> None:
    """HTTP/1.0 knows no chunks, and an ending by closing looks like any other: all is known before."""
    request = "GET /sparql?query={} HTTP/1.0\r\nAccept: text/csv\r\n\r\n"
    with eager.raw(request.format(quote(EVERYTHING)).encode()) as sent:
        answer = b""
        while block := sent.recv(1 << 20):
            answer += block
    assert answer.startswith(b"HTTP/1.1 503 ")


# rows


@pytest.fixture(scope="module")
def capped(serve: Serve, store: Path) -> Iterator[Served]:
    with serve(store, "--max-rows", "10") as server:
        yield server


@pytest.mark.parametrize("accept", ["text/csv", "text/tab-separated-values", "application/json", "text/xml"])
def test_rows_are_capped_and_that_is_told(capped: Served, accept: str) -> None:
    cut = capped.query(ALL_ROWS, accept)
    assert (cut.status, cut.headers["x-rows-cut"]) == (200, "10")
    whole = capped.query(ALL_ROWS + " LIMIT 10", accept)
    assert "x-rows-cut" not in whole.headers
    rows = {"text/csv": b"\r\n", "text/xml": b"<result>", "application/json": b'"s":'}.get(accept, b"\n")
    assert cut.body.count(rows) - (accept in {"text/csv", "text/tab-separated-values"}) == 10
    assert cut.body.count(rows) == whole.body.count(rows)


def test_triples_are_capped(capped: Served) -> None:
    cut = capped.query("CONSTRUCT WHERE { ?s ?p ?o }", "application/n-triples")
    assert (cut.body.count(b"\n"), cut.headers["x-rows-cut"]) == (10, "10")
    assert "10 rows" in capped.ask("/sparql").body.decode()


def test_ask_has_no_rows(capped: Served) -> None:
    assert "x-rows-cut" not in capped.query("ASK { ?s ?p ?o }").headers


# many queries


def test_small_queries_pass_slow_ones(served: Served) -> None:
    def slow(_: int) -> Reply:
        return served.query(RUNAWAY + f" # {time.monotonic_ns()}")

    def small(_: int) -> list[bool]:
        time.sleep(0.7)
        return [served.query("ASK { ?s ?p ?o }").json["boolean"] for _ in range(20)]

    found = in_threads(lambda number: small(number) if number >= 8 else slow(number), 10)
    assert [kind_of(reply) for reply in found[:8] if isinstance(reply, Reply)] == ["timeout"] * 8
    assert found[8:] == [[True] * 20] * 2


def test_a_query_that_was_too_long_for_the_reserved_worker_has_all_its_time(store: Path) -> None:
    with serving_app(ServeSettings(store, "http://127.0.0.1/", Limits(workers=1))) as server:
        expected = server.query(HEAVY).rows
        found = in_threads(lambda number: server.query(f"{HEAVY} LIMIT {number + 1}"), 4)
        assert [reply.rows if isinstance(reply, Reply) else reply for reply in found] == [expected] * 4


def test_too_many(store: Path) -> None:
    limits = Limits(workers=1, timeout=1, wait=2)
    with serving_app(ServeSettings(store, "http://127.0.0.1/", limits)) as server:
        found = in_threads(lambda number: server.query(RUNAWAY, source=f"127.0.0.{2 + number % 3}"), 150)
        kinds = [kind_of(reply) for reply in found if isinstance(reply, Reply)]
        assert len(kinds) == 150
        assert set(kinds) == {"busy", "timeout"}
        for reply in found:
            assert isinstance(reply, Reply)
            if kind_of(reply) == "busy":
                assert reply.status == 503
                assert int(reply.headers["retry-after"]) > 0
        assert server.query("ASK {}").json["boolean"] is True


def test_one_client_cannot_take_all_places(store: Path) -> None:
    limits = Limits(workers=1, timeout=1, wait=2, queue=20)
    with serving_app(ServeSettings(store, "http://127.0.0.1/", limits)) as server:
        found = in_threads(lambda _: server.query(RUNAWAY, source="127.0.0.9"), 30)
        refused = [reply for reply in found if isinstance(reply, Reply) and kind_of(reply) == "too-many"]
        assert len(refused) >= 10
        assert {reply.status for reply in refused} == {429}
        assert all(int(reply.headers["retry-after"]) > 0 for reply in refused)


def test_turns() -> None:
    queue: FairQueue[int] = FairQueue()
    for number in range(6):
        queue.put("greedy", number)
    queue.put("other", 100)
    queue.put("greedy", -1, first=True)
    assert [queue.take() for _ in range(3)] == [-1, 100, 0]
    assert queue.take(lambda item: item > 3) == 4
    assert queue.remove("greedy", 5) is True
    assert queue.remove("greedy", 5) is False
    assert (len(queue), queue.waiting("greedy"), queue.waiting("other")) == (3, 3, 0)
    assert list(queue) == [1, 2, 3]


def test_a_query_ends_with_its_client(serve: Serve, store: Path) -> None:
    with serve(store, "--workers", "1", "--timeout", "600") as server:
        for _ in range(3):
            busy = set(server.workers())
            with server.raw(f"GET /sparql?query={quote(RUNAWAY)} HTTP/1.1\r\nHost: x\r\n\r\n".encode()):
                time.sleep(0.4)
            until(lambda busy=busy: not busy <= set(server.workers()))  # type: ignore[misc]
        assert server.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").status == 200


def test_killed_workers_are_replaced(serve: Serve, store: Path) -> None:
    with serve(store, "--timeout", "20") as server:
        for _ in range(5):
            for number in server.workers():
                os.kill(number, signal.SIGKILL)
            replies = [server.query("ASK {}") for _ in range(3)]
            assert all(reply.json.get("boolean", reply.status == 500) for reply in replies)
            until(lambda: server.query("ASK {}").status == 200)


def test_a_killed_worker_is_no_answer(serve: Serve, store: Path) -> None:
    with serve(store, "--timeout", "20", "--workers", "1") as server:

        def kill(_: int) -> None:
            time.sleep(0.5)
            for number in server.workers():
                os.kill(number, signal.SIGKILL)

        reply = in_threads(lambda number: kill(number) if number else server.query(RUNAWAY), 2)[0]
        assert isinstance(reply, Reply)
        assert (reply.status, kind_of(reply)) == (500, "failed")


# connections


def test_half_open_connections(served: Served) -> None:
    held = [served.raw(b"GET /sparql?query=ASK HTTP/1.1\r\nX: ") for _ in range(200)]
    try:
        assert [served.query("ASK {}").status for _ in range(20)] == [200] * 20
    finally:
        for connection in held:
            connection.close()


def test_slow_heads_bodies_and_readers_are_let_go(store: Path) -> None:
    limits = Limits(workers=1, head_time=0.5, body_time=0.5, stalled=0.5, idle=1, timeout=20)

    def work(server: Served) -> None:
        with server.raw(b"GET / HT") as silent:
            assert silent.recv(10) == b""
        with server.raw(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n") as second:
            answer = b""
            while b'"ok"' not in answer:
                answer += second.recv(65536)
            second.sendall(b"GET /hea")
            assert second.recv(10) == b""
        head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        with server.raw(head + b"Content-Length: 9\r\n\r\nA") as slow:
            assert slow.recv(65536).startswith(b"HTTP/1.1 408 ")
        text = quote(ALL_ROWS.replace("}", "}\nVALUES ?n { " + " ".join(map(str, range(60))) + " }"))
        with server.raw(f"GET /sparql?query={text} HTTP/1.1\r\nHost: x\r\n\r\n".encode()) as reader:
            time.sleep(4)
            reader.settimeout(20)
            got = 0
            with suppress(ConnectionResetError):
                while block := reader.recv(1 << 20):
                    got += len(block)
            assert 0 < got < 20 << 20

    with serving_app(ServeSettings(store, "http://127.0.0.1/", limits)) as server:
        work(server)


def test_a_new_connection_takes_the_place_of_a_silent_one(store: Path) -> None:
    limits = Limits(workers=1, connections=20, head_time=60)

    def work(server: Served) -> None:
        held = [server.raw(b"GET /") for _ in range(60)]
        assert [server.query("ASK {}").status for _ in range(5)] == [200] * 5
        for connection in held:
            connection.close()

    with serving_app(ServeSettings(store, "http://127.0.0.1/", limits)) as server:
        work(server)


def test_small_answers_are_sent_at_once() -> None:
    """Without the protocol in the socket asyncio leaves TCP_NODELAY off, and each answer waits 40 ms."""
    from kg.serve.running import listening

    with listening("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


# how the address and the pages are composed


def test_it_can_be_mounted(store: Path) -> None:
    """Others mount it below a path, where nobody runs its lifespan; routes of theirs go before ours."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse, Response
    from starlette.routing import Mount, Route

    from kg.serve.app import App

    async def theirs(request: Request) -> Response:
        return PlainTextResponse("theirs")

    app = App(
        ServeSettings(store, "https://kg.example.org/", Limits(workers=1)),
        routes=lambda _: [Route("/", theirs)],
        page=lambda _: theirs,
    )
    outer = Starlette(routes=[Mount("/kg", app)])

    async def all_of_it() -> None:
        assert (await asgi(outer, "/kg/"))[1] == b"theirs"
        status, body, _ = await asgi(outer, "/kg/sparql", b"query=ASK%7B%7D")
        assert (status, json.loads(body)["boolean"]) == (200, True)
        assert (await asgi(outer, "/kg/sparql", accept=b"text/html"))[1] == b"theirs"
        status, body, headers = await asgi(outer, "/kg/store/x")
        assert (status, headers[b"content-type"]) == (404, b"application/problem+json")
        assert "https://kg.example.org/store/x" in body.decode()
        await app.service.close()

    asyncio.run(all_of_it())


@pytest.mark.parametrize("pause", [0, 0.05, 0.2, 0.4, 0.8])
def test_a_server_that_is_closed_while_it_starts_processes_waits_for_their_end(
    store: Path, pause: float
) -> None:
    """What is not waited for is told of as a leak, once it is collected."""
    from kg.publish.config import Config
    from kg.serve.site import site_app

    async def short_life() -> None:
        settings = ServeSettings(store, "https://kg.example.org/", Limits(workers=1))
        app = site_app(
            settings, Config().settings(settings.url), Config().about(Config().settings(settings.url))
        )
        await app.service.start()
        await asyncio.sleep(pause)
        await app.service.close()

    asyncio.run(short_life())
    gc.collect()


async def asgi(
    app: Any, path: str, query: bytes = b"", accept: bytes = b"*/*"
) -> tuple[int, bytes, Mapping[bytes, bytes]]:
    """Send one request to an application, without a server."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query, "root_path": "",
        "headers": [(b"accept", accept)], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    sent: list[Any] = []
    asked = False

    async def receive() -> Any:
        nonlocal asked
        if asked:
            await asyncio.sleep(3600)
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], body, dict(sent[0]["headers"])


def test_a_failure_in_the_middle_ends_without_an_ending(tmp_path: Path) -> None:
    """At whatever row it fails: the last message of a whole answer is never sent."""

    async def one(rows: int) -> bool:
        from kg.serve.forms import ROWS, Choice

        answer = AnswerFile(tmp_path)
        task: Task = {"query": "", "dataset": False, "graphs": [], "named": [], "rows": "CSV", "graph": None,
                      "gzip": False, "limit": None, "spool": 1, "answer": str(answer.path)}  # fmt: skip
        job = Job("", task, answer, outward=False)
        answer.path.write_bytes(b"s\r\n" * rows)
        job.hear({"begun": True, "kind": "SELECT", "volatile": False})
        response = AnswerResponse(
            Service(ServeSettings(tmp_path, "http://x/")), job, Choice(ROWS[2], "text/csv"), {}
        )
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)
            if len(sent) > 1:
                job.fail(ProblemError("failed", "in the middle"))

        async def receive() -> Any:
            await asyncio.sleep(3600)

        await response({"type": "http", "method": "GET"}, receive, send)
        return any(message.get("more_body") is False for message in sent)

    for rows in (1, 10, 100_000, 1_000_000):
        assert asyncio.run(one(rows)) is False


# new data


def test_new_data_without_downtime(serve: Serve, tmp_path: Path) -> None:
    from kg.loading import load

    store = make_store(tmp_path / "store")
    with serve(store, "--workers", "1", "--timeout", "60") as server:
        before = server.query("ASK { ?s ?p 'new' }")
        slow: list[object] = []

        def load_and_ask(number: int) -> None:
            if number == 0:
                slow.append(server.query(HEAVY + " # again").rows)
            else:
                time.sleep(0.1)
                (tmp_path / "new.nt").write_text(
                    "<https://e.org/s> <https://e.org/p> 'new' .\n".replace("'", '"')
                )
                load([tmp_path / "new.nt"], str(store), graph=GRAPH + "new")

        expected = server.query(HEAVY).rows
        assert in_threads(load_and_ask, 2) == [None, None]
        assert slow == [expected]
        until(lambda: server.query("ASK { ?s ?p 'new' }").json["boolean"] is True)
        after = server.query("ASK { ?s ?p 'new' }", headers={"If-None-Match": before.headers["etag"]})
        assert after.status == 200
        assert after.headers["etag"] != before.headers["etag"]
        assert GRAPH + "new" in server.ask("/sparql").body.decode()
        until(lambda: server.ask("/ready").json["version"] == (store / "current").readlink().name)
        load([tmp_path / "new.nt"], str(store), graph=GRAPH + "new")
        assert server.query("ASK { ?s ?p 'new' }").json["boolean"] is True
        until(lambda: server.ask("/ready").json["version"] == (store / "current").readlink().name)
        load([tmp_path / "new.nt"], str(store), graph=GRAPH + "new")
        assert len(list((store / "versions").iterdir())) <= 3
    load([tmp_path / "new.nt"], str(store), graph=GRAPH + "new")
    assert len(list((store / "versions").iterdir())) == 1
    assert not list(store.glob("kg-served-*"))


def test_a_broken_version_is_not_taken_up(serve: Serve, tmp_path: Path) -> None:
    store = make_store(tmp_path / "store")
    with serve(store, "--workers", "1") as server:
        broken = store / "versions" / "99-broken"
        (broken / "oxigraph").mkdir(parents=True)
        (broken / "lock").touch()
        (store / "next").symlink_to("versions/99-broken", target_is_directory=True)
        (store / "next").replace(store / "current")
        until(lambda: "problem" in server.ask("/ready").json)
        assert server.query("ASK { ?s ?p ?o }").json["boolean"] is True
    done = run_kg("--store", str(store), "--port", "0")
    assert done.returncode == 3
    assert f"{store}: the store cannot be served" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_version_with_fewer_triples_than_were_loaded_is_not_taken_up(serve: Serve, tmp_path: Path) -> None:
    store = make_store(tmp_path / "store")
    with serve(store, "--workers", "1") as server:
        held = server.ask("/ready").json["triples"]
        with open_for_reading(store) as loaded:
            assert held == sum(1 for _ in loaded)
        short = store / "versions" / "99-short"
        shutil.copytree((store / "current").resolve(), short)
        (short / "triples").write_text(f"{held + 1}\n")
        (store / "next").symlink_to("versions/99-short", target_is_directory=True)
        (store / "next").replace(store / "current")
        until(lambda: "problem" in server.ask("/ready").json)
        assert (
            f"{held + 1:,} triples were loaded, but {held:,} are there"
            in server.ask("/ready").json["problem"]
        )
        assert server.query("ASK { ?s ?p ?o }").json["boolean"] is True
    done = run_kg("--store", str(store), "--port", "0")
    assert done.returncode == 3
    assert "are there; load it again" in done.stderr
    assert "Traceback" not in done.stderr


# the command


def run_kg(*arguments: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kg", "serve", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--store", "/nowhere"], "no such store"),
        (["--demo", "--store", "x"], "--demo"),
        (["--demo", "--memory", "lots"], "--memory"),
        (["--demo", "--memory", "1M"], "64 MB"),
        (["--demo", "--url", "ftp://x/"], "--url"),
        (["--demo", "--url", "http://x/?a"], "--url"),
        (["--demo", "--allow-service", "file:///etc/passwd"], "--allow-service"),
        (["--demo", "--host", "203.0.113.1"], "cannot listen"),
    ],
)
def test_wrong_usage(options: list[str], said: str) -> None:
    done = run_kg("--port", "0", *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use(served: Served) -> None:
    done = run_kg("--demo", "--port", str(served.address[1]))
    assert done.returncode == 2
    assert "in use by another program; --port" in done.stderr


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_all_its_processes(serve: Serve, store: Path, name: signal.Signals) -> None:
    with serve(store) as server:
        workers = server.workers()
        with server.raw(b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\n\r\n") as open_connection:
            open_connection.recv(100)
            server.process.send_signal(name)
            assert server.process.wait(30) == 0
        for number in workers:
            until(lambda number=number: not _runs(number))  # type: ignore[misc]


def test_workers_end_with_a_killed_server(serve: Serve, tmp_path: Path) -> None:
    store = make_store(tmp_path / "store")
    with serve(store) as server:
        workers = server.workers()
        server.process.kill()
        server.process.wait()
        for number in workers:
            until(lambda number=number: not _runs(number))  # type: ignore[misc]
    with serve(store) as server:  # and what it left is removed
        assert len(list(store.glob("kg-served-*"))) == 1


def _runs(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_records_are_loaded_first(serve: Serve, tmp_path: Path, project_root: Path) -> None:
    records = tmp_path / "records"
    shutil.copytree(project_root / "examples" / "records", records)
    with serve(None, str(records)) as server:
        assert server.query("ASK { ?s a <https://w3id.org/pathway-kg/terms#Figure> }").json["boolean"] is True
        folder = next(line for line in server.said if line.startswith("serving")).split()[1]
        assert Path(folder).is_dir()
    assert not Path(folder).exists()


def test_the_examples(serve: Serve) -> None:
    with serve(None, "--demo") as server:
        assert server.query("ASK { ?s a <https://w3id.org/pathway-kg/terms#Figure> }").json["boolean"] is True


def test_an_open_host_is_told(serve: Serve, store: Path) -> None:
    with serve(store, "--host", "0.0.0.0") as server:
        assert server.query("ASK {}").status == 200
        until(lambda: any("can be reached by other machines" in line for line in server.said))


def test_a_store_of_another_program(serve: Serve, tmp_path: Path) -> None:
    import pyoxigraph

    plain = pyoxigraph.Store(str(tmp_path / "plain"))
    one = pyoxigraph.NamedNode("https://e.org/one")
    plain.add(pyoxigraph.Quad(one, one, one))
    plain.flush()
    del plain
    with serve(tmp_path / "plain") as server:
        assert server.query("ASK { ?s ?p ?o }").json["boolean"] is True


# what docs/serving.md recommends


NGINX = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 256; }}
http {{
access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
{text}
}}
"""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def proxied(eager: Served, tmp_path: Path, project_root: Path, need: Need) -> Iterator[int]:
    """Run nginx with the configuration of the document before a server; yield its port."""
    need(shutil.which("nginx") and shutil.which("openssl"), "nginx and openssl")
    text = (project_root / "docs" / "serving.md").read_text("utf-8").split("```nginx\n")[1].split("```")[0]
    port, certificate, key = _free_port(), tmp_path / "certificate.pem", tmp_path / "key.pem"
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=kg.example.org",
    ]
    subprocess.run([*make, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    text = text.replace("127.0.0.1:7878", f"127.0.0.1:{eager.address[1]}")
    text = text.replace("/etc/ssl/kg.example.org.pem", str(certificate))
    text = text.replace("/etc/ssl/kg.example.org.key", str(key))
    (tmp_path / "nginx.conf").write_text(NGINX.format(folder=tmp_path, text=text), "utf-8")
    command = [
        "nginx",
        "-p",
        str(tmp_path),
        "-c",
        str(tmp_path / "nginx.conf"),
        "-e",
        str(tmp_path / "start.log"),
    ]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        until(lambda: _listens(port))
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


def test_behind_nginx(proxied: int) -> None:
    """TLS, errors as they are, answers that break off seen as such, and limits for each client."""
    import ssl

    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE

    def ask(text: str) -> tuple[int, bytes]:
        connection = http.client.HTTPSConnection("127.0.0.1", proxied, timeout=60, context=trusting)
        try:
            connection.request("GET", "/sparql?query=" + quote(text), headers={"Accept": "text/csv"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    assert ask("ASK {}") == (200, b"true")
    assert ask("SELECT")[0] == 400
    assert ask(RUNAWAY)[0] == 503
    with pytest.raises((http.client.IncompleteRead, ConnectionError, ssl.SSLError)):
        ask(EVERYTHING)
    statuses = [reply[0] for reply in in_threads(lambda _: ask("ASK {}"), 60) if isinstance(reply, tuple)]
    assert set(statuses) == {200, 429}


def test_the_unit_is_valid(project_root: Path, tmp_path: Path) -> None:
    import configparser

    text = (project_root / "docs" / "serving.md").read_text("utf-8").split("```ini\n")[1].split("```")[0]
    unit = configparser.ConfigParser(strict=True, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # names are as they stand
    unit.read_string(text)
    assert unit["Service"]["ExecStart"].split()[1:4] == ["serve", "--store", "/var/lib/kg/store"]
    program = shutil.which("systemd-analyze")
    if program is not None:
        known = text.replace("/opt/kg/bin/kg", sys.executable)
        (tmp_path / "kg.service").write_text(known, "utf-8")
        done = subprocess.run(
            [program, "verify", str(tmp_path / "kg.service")], capture_output=True, text=True, check=False
        )
        assert "kg.service" not in done.stderr, done.stderr


def test_the_container_runs_what_there_is(project_root: Path) -> None:
    """Its commands are checked here; `.ci/container` builds it, runs it and asks it."""
    from kg.cli.serve import serve as command

    text = (project_root / "Containerfile").read_text("utf-8")
    entry = json.loads(
        next(line for line in text.splitlines() if line.startswith("ENTRYPOINT")).partition(" ")[2]
    )
    assert entry[:2] == ["kg", "serve"]
    known = {name for option in command.params for name in option.opts}
    assert {word for word in entry if word.startswith("--")} <= known
    for line in text.splitlines():
        if line.startswith("COPY . "):
            assert (project_root / "requirements.lock").is_file()
