"""Loading: one suite over every kind of store, on real servers; then what may go wrong on the way."""

from __future__ import annotations

import gzip
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pyoxigraph
import pytest
from faulty import Faulty, faulty_server
from runs import EXAMPLES, ROOT, figure, run_kg, site, small_site

import kg
from kg.cli import run as run_cli
from kg.errors import NoRecordError, StrictError, UsageError
from kg.graph import IRI
from kg.loading import LoadSummary, load
from kg.stores import (
    KINDS,
    Client,
    Content,
    Credentials,
    Mode,
    default_store,
    errors,
    open_for_reading,
    open_store,
    rdf_files,
    sparql,
    versions,
)
from kg.stores import content as contents
from kg.stores.auth import Challenge, challenge_of
from kg.stores.embedded import EmbeddedStore
from kg.stores.places import located
from kg.stores.remote import UpdateStore

if TYPE_CHECKING:
    from servers import Server, Start


A = '<https://example.org/a> <https://example.org/p> "a" .\n'
B = "<https://example.org/b> <https://example.org/p> <https://example.org/a> .\n"
NASTY = (
    '<https://example.org/n> <https://example.org/p> "quote \\" back \\\\ tab \\t line \\n }" .\n'
    '<https://example.org/n> <https://example.org/p> "\\\\u0022 \\\\U00000022 \\\\\\\\u0022 \\\\\\"u" .\n'
    '<https://example.org/n> <https://example.org/p> "β-Catenin 𝛽 \u2028 \u00a0" .\n'
    '<https://example.org/n> <https://example.org/p> "<b>&amp;</b> ; } UNION { ?s ?p ?o }" .\n'
    f'<https://example.org/n> <https://example.org/long> "{"word " * 20_000}" .\n'
    '<https://example.org/n%20x> <https://example.org/p> "grün"@de .\n'
    '<https://example.org/n> <https://example.org/p> "2010"^^<http://www.w3.org/2001/XMLSchema#gYear> .\n'
    '<https://e.org/n> <https://example.org/d> "2010-02-19"^^<http://www.w3.org/2001/XMLSchema#date> .\n'
    '<https://example.org/n> <https://example.org/p> "0.987"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n'
    '<https://example.org/n> <https://example.org/p> "true"^^<http://www.w3.org/2001/XMLSchema#boolean> .\n'
    '<https://example.org/n> <https://example.org/p> "12"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
)


@dataclass(frozen=True, slots=True)
class Place:
    """A store under test: what `kg load` is told, and how to look into it."""

    target: str
    kind: str | None
    client: Client
    endpoints: sparql.Endpoints | None

    def load(
        self, *paths: str | Path, graph: str | None, mode: Mode = Mode.REPLACE, strict: bool = False
    ) -> LoadSummary:
        return load(
            paths, self.target, kind=self.kind, client=self.client, graph=graph, mode=mode, strict=strict
        )

    def triples(self, graph: str) -> frozenset[str]:
        """Return the lines of a graph, read by another way than the load counted them."""
        if self.endpoints is None:
            with open_for_reading(self.target) as store:
                quads = store.quads_for_pattern(None, None, None, pyoxigraph.NamedNode(graph))
                return frozenset(str(quad.triple) for quad in quads)
        parts = self._constructed(self.endpoints.query, graph)
        return frozenset(
            str(quad.triple) for part in parts for quad in pyoxigraph.parse(part, pyoxigraph.RdfFormat.TURTLE)
        )

    def _constructed(self, url: str, graph: str) -> Iterator[bytes]:
        """Yield the graph in sixteen parts of whole subjects, for our Virtuoso cuts what is long."""
        for digit in "0123456789abcdef":
            where = f'GRAPH <{graph}> {{ ?s ?p ?o }} FILTER (STRSTARTS(MD5(STR(?s)), "{digit}"))'
            form = urlencode({"query": f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {where} }}"}).encode()
            headers = {"Content-Type": sparql.FORM_TYPE, "Accept": "text/turtle"}
            yield self.client.send("POST", url, form, headers).body


def _oxigraph(server: Server, kind: str | None) -> Place:
    return Place(
        server.url, kind, Client(), sparql.Endpoints(server.query, server.update, server.graph_store)
    )


def _virtuoso(server: Server, kind: str | None) -> Place:
    assert server.user is not None
    assert server.password is not None
    client = Client(Credentials(server.user, server.password))
    return Place(server.url, kind, client, sparql.Endpoints(server.query, server.update, server.graph_store))


PLACES = MappingProxyType(
    {
        "oxigraph": ("", None, None),
        "graph-store": ("oxigraph_server", _oxigraph, "graph-store"),
        "sparql-update": ("oxigraph_server", _oxigraph, "sparql-update"),
        "virtuoso": ("virtuoso_server", _virtuoso, "virtuoso"),
        "found out (Oxigraph)": ("oxigraph_server", _oxigraph, None),
        "found out (Virtuoso)": ("virtuoso_server", _virtuoso, None),
    }
)


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Return each kind of store in turn."""
    fixture, made, kind = PLACES[request.param]
    if made is None:
        return Place(str(tmp_path / "store"), None, Client(), None)
    return made(request.getfixturevalue(fixture), kind)


@pytest.fixture
def graph() -> str:
    """Return the name of a graph that no other test uses: the servers are shared."""
    return f"https://example.org/{uuid.uuid4()}"


def _file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _lines(*texts: str) -> frozenset[str]:
    return frozenset(
        str(quad.triple) for text in texts for quad in pyoxigraph.parse(text, pyoxigraph.RdfFormat.N_TRIPLES)
    )


def _expected(*sources: str | Path) -> frozenset[str]:
    return frozenset(str(quad.triple) for quad in kg.to_pyoxigraph(*map(str, sources)))


# every kind of store


def test_every_kind_is_tested() -> None:
    assert set(KINDS) <= set(PLACES)


def test_records_are_loaded_as_they_are_exported(place: Place, graph: str) -> None:
    summary = place.load(EXAMPLES, graph=graph)
    expected = _expected(EXAMPLES)
    assert summary.records is not None
    assert summary.held == summary.records.triples == len(expected)
    assert place.triples(graph) == expected


def test_overlapping_records_count_as_distinct_triples(place: Place, graph: str, tmp_path: Path) -> None:
    one = small_site(tmp_path / "one")
    two = site(tmp_path / "two", {"_figures/PMC99000201__f1.md": figure(more="number: Figure 1\n")})
    summary = place.load(one, two, one, graph=graph)
    assert summary.held == len(_expected(one, two))
    assert place.triples(graph) == _expected(one, two)


def test_replace_add_and_other_graphs(place: Place, graph: str, tmp_path: Path) -> None:
    a, b = _file(tmp_path, "a.nt", A), _file(tmp_path, "b.nt", B)
    assert place.load(a, graph=graph + "/other").held == 1
    assert place.load(a, graph=graph).held == 1
    assert place.load(b, graph=graph).held == 1
    assert place.triples(graph) == _lines(B)
    assert place.load(a, b, graph=graph, mode=Mode.ADD).held == 2
    assert place.triples(graph) == _lines(A, B)
    assert place.load(b, graph=graph, mode=Mode.ADD).held == 2
    assert place.triples(graph + "/other") == _lines(A)


def test_files_and_records_together(place: Place, graph: str, tmp_path: Path) -> None:
    records = small_site(tmp_path / "records")
    exported = tmp_path / "kg.ttl.gz"
    kg.export([records], [exported])
    more = tmp_path / "more.nt.gz"
    more.write_bytes(gzip.compress((A + B).encode()))
    summary = place.load(records, exported, more, graph=graph)
    assert summary.held == len(_expected(records)) + 2
    assert place.triples(graph) == _expected(records) | _lines(A, B)


def test_nasty_values_arrive_as_they_are(place: Place, graph: str, tmp_path: Path) -> None:
    place.load(_file(tmp_path, "nasty.nt", NASTY), graph=graph)
    assert place.triples(graph) == _lines(NASTY)


def test_blank_nodes_of_two_files_stay_apart(place: Place, graph: str, tmp_path: Path) -> None:
    text = "@prefix e: <https://example.org/> . _:x e:p [ e:q 1 ] . _:x e:r _:x ."
    one, two = _file(tmp_path, "one.ttl", text), _file(tmp_path, "two.ttl", text)
    assert place.load(one, two, graph=graph).held == 6
    assert len({line.split()[0] for line in place.triples(graph)}) == 4


def test_a_faulty_file_leaves_the_graph_as_it_was(place: Place, graph: str, tmp_path: Path) -> None:
    place.load(_file(tmp_path, "a.nt", A), graph=graph)
    broken = _file(tmp_path, "broken.nt", B + '<https://example.org/c> <https://example.org/p> "cut')
    with pytest.raises(errors.RdfFileError, match=r"broken\.nt:2"):
        place.load(broken, graph=graph)
    with pytest.raises(NoRecordError):
        place.load(_file(tmp_path, "empty.ttl", "# nothing\n"), graph=graph)
    with pytest.raises(NoRecordError):
        place.load(site(tmp_path / "pages", {"page.md": "# no record\n"}), graph=graph)
    bad = site(tmp_path / "bad", {"f.md": figure(), "g.md": "---\nfigid: x\n"})
    with pytest.raises(StrictError):
        place.load(bad, graph=graph, strict=True)
    assert place.triples(graph) == _lines(A)


def test_a_fault_in_the_middle_leaves_the_graph_as_it_was(place: Place, graph: str, tmp_path: Path) -> None:
    place.load(_file(tmp_path, "a.nt", A), graph=graph)
    store = open_store(place.target, place.kind, client=place.client)

    def texts() -> Iterator[bytes]:
        for number in range(3000):
            yield f'<https://example.org/{number}> <https://example.org/p> "x" .\n'.encode()
        raise RuntimeError("a fault of ours")

    for mode in Mode:
        with pytest.raises(RuntimeError, match="of ours"):
            store.load(Content(texts()), IRI(graph), mode)
    assert place.triples(graph) == _lines(A)
    assert place.triples(sparql.staging(IRI(graph))) == frozenset()


def test_what_is_missing_in_the_store_is_an_error(
    place: Place, graph: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that loses a line of each text is found out, whether it replaces or adds."""
    place.load(_file(tmp_path, "b.nt", B), graph=graph)
    whole = Content.taken

    def lossy(content: Content) -> Iterator[bytes]:
        for text in whole(content):
            yield text.partition(b"\n")[2]

    monkeypatch.setattr(Content, "taken", lossy)
    for mode in Mode:
        with pytest.raises(errors.VerificationError, match="triples were"):
            place.load(small_site(tmp_path / "site"), graph=graph, mode=mode)


# the kinds, found out


def test_default_graph(start_oxigraph: Start, tmp_path: Path) -> None:
    with start_oxigraph(tmp_path) as server:
        for kind in ("graph-store", "sparql-update"):
            place = _oxigraph(server, kind)
            assert place.load(_file(tmp_path, "a.nt", A), graph=None).held == 1
            assert place.load(_file(tmp_path, "b.nt", B), graph=None, mode=Mode.ADD).held == 2
            assert place.load(_file(tmp_path, "b.nt", B), graph=None).held == 1


@pytest.mark.parametrize("path", ["", "/", "/store", "/query", "/update"])
def test_any_address_of_a_server_will_do(oxigraph_server: Server, path: str) -> None:
    kind, endpoints = located(Client(), oxigraph_server.url + path, None)
    assert kind == "graph-store"
    assert endpoints == (oxigraph_server.query, oxigraph_server.update, oxigraph_server.graph_store)


@pytest.mark.parametrize("path", ["/sparql", "", "/sparql-auth", "/sparql-graph-crud-auth"])
def test_any_address_of_virtuoso_will_do(virtuoso_server: Server, path: str) -> None:
    base = virtuoso_server.url.removesuffix("/sparql")
    kind, endpoints = located(Client(), base + path, None)
    assert kind == "virtuoso"
    assert endpoints == (virtuoso_server.query, virtuoso_server.update, virtuoso_server.graph_store)


def test_what_is_no_store_is_said_so(oxigraph_server: Server) -> None:
    with faulty_server(oxigraph_server.url) as faulty:
        faulty.faults[""] = ["html"] * 40
        with pytest.raises(UsageError, match="--kind"):
            open_store(faulty.url)
    with pytest.raises(errors.UnreachableError):
        open_store(faulty.url, client=Client(attempts=2, sleep=_no_sleep))
    with pytest.raises(UsageError, match="no such kind"):
        open_store("folder", "jena")
    with pytest.raises(UsageError, match="folder"):
        open_store("folder", "virtuoso")
    with pytest.raises(UsageError, match="graph-store"):
        open_store("http://localhost:1", "oxigraph")
    with pytest.raises(UsageError, match="--graph"):
        open_store("http://localhost:1/store?graph=x")
    with pytest.raises(UsageError, match="--user") as raised:
        open_store("http://me:secret@localhost:1/")
    assert "secret" not in str(raised.value)


# Virtuoso


def test_virtuoso_needs_a_graph(virtuoso_server: Server, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--graph"):
        _virtuoso(virtuoso_server, None).load(_file(tmp_path, "a.nt", A), graph=None)


def test_virtuoso_refuses_integers_that_it_cannot_hold(
    virtuoso_server: Server, graph: str, tmp_path: Path
) -> None:
    place = _virtuoso(virtuoso_server, None)
    line = (
        '<https://example.org/i> <https://example.org/p> "{}"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    )
    assert place.load(_file(tmp_path, "most.nt", line.format((1 << 63) - 1)), graph=graph).held == 1
    with pytest.raises(errors.UnsuitableError, match="64 bits"):
        place.load(_file(tmp_path, "more.nt", line.format(1 << 63)), graph=graph)
    assert len(place.triples(graph)) == 1


def test_more_triples_than_virtuoso_shows_rows(virtuoso_server: Server, graph: str, tmp_path: Path) -> None:
    text = "".join(f"<https://example.org/{n}> <https://example.org/p> {n} .\n" for n in range(12_345))
    place = _virtuoso(virtuoso_server, None)
    assert place.load(_file(tmp_path, "many.ttl", text), graph=graph).held == 12_345
    assert place.load(_file(tmp_path, "many.ttl", text), graph=graph, mode=Mode.ADD).held == 12_345


def test_wrong_password(virtuoso_server: Server, graph: str, tmp_path: Path) -> None:
    place = _virtuoso(virtuoso_server, None)
    place.load(_file(tmp_path, "a.nt", A), graph=graph)
    wrong = replace(place, client=Client(Credentials(str(virtuoso_server.user), "wr0ng-password")))
    nobody = replace(place, client=Client())
    for client, said in ((wrong, "refuses this user"), (nobody, "asks for --user")):
        with pytest.raises(errors.UnauthorizedError, match=said) as raised:
            client.load(_file(tmp_path, "b.nt", B), graph=graph)
        assert "wr0ng-password" not in str(raised.value) + repr(client)
    assert place.triples(graph) == _lines(A)


@pytest.mark.soak
def test_virtuoso_keeps_what_was_loaded_when_it_is_killed(start_virtuoso: Start, tmp_path: Path) -> None:
    """COPY onto triples that were there before loses some of them when the log is read again."""
    graph = "https://example.org/g"
    with start_virtuoso(tmp_path) as server:
        for size in (100_000, 300_000, 300_000):
            store = open_store(server.url, client=_virtuoso(server, None).client)
            assert store.load(_numbers(size), IRI(graph), Mode.REPLACE) == size
        assert server.process is not None
        server.process.kill()
        server.process.wait()
    with start_virtuoso(tmp_path) as server:
        assert sparql.count(Client(), sparql.Endpoints(server.query), IRI(graph)) == 300_000


# authentication


def test_digest_answers_as_the_standard_says() -> None:
    """The examples of RFC 7616 and RFC 2617 differ in their client nonces; without qop there is none."""
    challenge = challenge_of(
        ['Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"']
    )
    assert challenge is not None
    header = challenge.header(Credentials("Mufasa", "Circle Of Life"), "GET", "http://h/dir/index.html")
    assert 'response="670fd8c2df070c60b045671b8b24ff02"' in header
    assert 'uri="/dir/index.html"' in header


def test_basic_only_where_no_digest_is_offered() -> None:
    basic = challenge_of(['Basic realm="x"'])
    assert basic == Challenge("basic", {"realm": "x"})
    assert basic.header(Credentials("Aladdin", "open sesame"), "GET", "http://h/") == (
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    )
    both = challenge_of(['Basic realm="x"', 'Digest realm="x", nonce="n", algorithm=SHA-256, qop="auth"'])
    assert both is not None
    assert both.scheme == "digest"
    assert challenge_of(["Negotiate"]) is None
    assert "secret" not in repr(Credentials("me", "secret"))


def test_a_password_is_sent_only_when_asked_for(oxigraph_server: Server, graph: str) -> None:
    asked: list[dict[str, str]] = []

    class Watching(Client):
        def _once(self, method: str, url: str, body: object, headers: dict[str, str]) -> object:  # type: ignore[override]
            asked.append(headers)
            return super()._once(method, url, body, headers)  # type: ignore[arg-type]

    store = open_store(oxigraph_server.url, client=Watching(Credentials("me", "secret")))
    store.load(Content([A.encode()]), IRI(graph), Mode.REPLACE)
    assert asked
    assert not any("Authorization" in headers for headers in asked)


# faults on the way


@pytest.fixture
def faulty(oxigraph_server: Server) -> Iterator[Faulty]:
    """Return a server before Oxigraph that does wrong what it is told to."""
    with faulty_server(oxigraph_server.url) as server:
        yield server


def _no_sleep(_: float) -> None:
    """Wait for nothing."""


def _through(faulty: Faulty, kind: str, **options: object) -> Place:
    endpoints = sparql.Endpoints(f"{faulty.url}/query", f"{faulty.url}/update", f"{faulty.url}/store")
    return Place(faulty.url, kind, Client(sleep=_no_sleep, **options), endpoints)  # type: ignore[arg-type]


WRITES = MappingProxyType({"graph-store": "PUT /store", "sparql-update": "POST /update"})


@pytest.mark.parametrize("kind", WRITES)
@pytest.mark.parametrize("fault", ["503", "429", "502", "gone", "lost", "cut"])
def test_what_may_pass_is_repeated(faulty: Faulty, kind: str, fault: str, graph: str, tmp_path: Path) -> None:
    """Two faults in a row, at every kind of request: each is repeated until it is done."""
    place = _through(faulty, kind)
    for start in ("PUT /store", "POST /store", "POST /update", "POST /query"):
        faulty.faults[start] = [fault, fault, "", fault]
    for mode in Mode:
        summary = place.load(EXAMPLES, graph=graph, mode=mode)
        assert place.triples(graph) == _expected(EXAMPLES)
        assert summary.held == len(_expected(EXAMPLES))
    # An answer without a body cannot be cut.
    assert fault == "cut" or not any(faulty.faults[WRITES[kind]])


@pytest.mark.parametrize("kind", WRITES)
@pytest.mark.parametrize("status", ["400", "404", "409", "413", "500"])
def test_what_will_not_pass_is_asked_once(
    faulty: Faulty, kind: str, status: str, graph: str, tmp_path: Path
) -> None:
    place = _through(faulty, kind)
    store = open_store(place.target, kind, client=place.client)
    faulty.seen.clear()
    faulty.faults[WRITES[kind]] = [status] * 9
    with pytest.raises(errors.ServerError, match=f"HTTP {status}.*not now"):
        store.load(Content([A.encode()]), IRI(graph), Mode.REPLACE)
    assert faulty.seen[WRITES[kind]] == 1


def test_the_server_says_how_long_to_wait(faulty: Faulty, graph: str) -> None:
    waits: list[float] = []
    place = replace(_through(faulty, "graph-store"), client=Client(sleep=waits.append))
    store = open_store(place.target, "graph-store", client=place.client)
    faulty.faults["PUT /store"] = ["503", "503", "gone", "gone"]
    store.load(Content([A.encode()]), IRI(graph), Mode.REPLACE)
    assert waits[:2] == [0, 0]
    assert 0 < waits[2] < waits[3] <= 4
    faulty.faults["PUT /store"] = ["503"] * 9
    with pytest.raises(errors.BusyError):
        store.load(Content([A.encode()]), IRI(graph), Mode.REPLACE)
    assert faulty.faults["PUT /store"] == ["503"] * 4


@pytest.mark.parametrize("kind", WRITES)
@pytest.mark.parametrize("start", ["PUT", "POST /update", "POST /query"])
def test_a_page_is_no_success(faulty: Faulty, kind: str, start: str, graph: str, tmp_path: Path) -> None:
    """A page with status 200 in place of an answer is an error, whichever request it answers."""
    place = _through(faulty, kind)
    place.load(_file(tmp_path, "a.nt", A), graph=graph)
    store = open_store(place.target, kind, client=place.client)
    faulty.faults[start] = ["html"] * 30
    if (kind, start) in (("graph-store", "POST /update"), ("sparql-update", "PUT")):
        return
    with pytest.raises((errors.NotSparqlError, errors.VerificationError)):
        store.load(Content([(B + A).encode()]), IRI(graph), Mode.REPLACE)


def test_a_password_is_tried_once(faulty: Faulty, graph: str) -> None:
    place = _through(faulty, "graph-store")
    store = open_store(place.target, "graph-store", client=place.client)
    faulty.faults["PUT /store"] = ["401"] * 3
    with pytest.raises(errors.UnauthorizedError, match="asks for --user"):
        store.load(Content([A.encode()]), IRI(graph), Mode.REPLACE)
    assert len(faulty.faults["PUT /store"]) == 2


@pytest.mark.parametrize("kind", WRITES)
@pytest.mark.parametrize("mode", Mode)
def test_the_server_goes_away_in_mid_load(
    start_oxigraph: Start, kind: str, mode: Mode, tmp_path: Path
) -> None:
    """The server is killed in mid-load: the load is an error, and the graph is what it was."""
    graph = IRI("https://example.org/g")
    with start_oxigraph(tmp_path) as server:
        place = _oxigraph(server, kind)
        place.load(_file(tmp_path, "a.nt", A), graph=graph)
        client = Client(attempts=3, sleep=_no_sleep)
        store = open_store(place.target, kind, client=client)

        def texts() -> Iterator[bytes]:
            for number in range(2000):
                yield f'<https://example.org/{number}> <https://example.org/p> "x" .\n'.encode()
            assert server.process is not None
            server.process.kill()
            server.process.wait()
            yield B.encode()

        with pytest.raises(errors.UnreachableError):
            store.load(Content(texts()), graph, mode)
    with start_oxigraph(tmp_path) as server:
        place = _oxigraph(server, kind)
        assert place.triples(graph) == _lines(A)
        assert place.load(_file(tmp_path, "b.nt", B), graph=graph).held == 1
        assert place.triples(sparql.staging(graph)) == frozenset()


def test_updates_are_bounded(oxigraph_server: Server, graph: str) -> None:
    sent: list[bytes] = []

    class Watching(Client):
        def send(self, method: str, url: str, body: object = None, *rest: object, **more: object) -> object:  # type: ignore[override]
            if isinstance(body, bytes) and body.startswith(b"INSERT DATA {"):
                sent.append(body)
            return super().send(method, url, body, *rest, **more)  # type: ignore[arg-type]

    store = open_store(oxigraph_server.url, "sparql-update", client=Watching())
    assert isinstance(store, UpdateStore)
    long = f'<https://example.org/long> <https://example.org/p> "{"x" * (3 << 20)}" .\n'
    lines = [f'<https://example.org/{n}> <https://example.org/p> "{"y" * 1000}" .\n' for n in range(2600)]
    store.load(
        Content(map(str.encode, ["".join(lines[:1300]), long, *lines[1300:]])), IRI(graph), Mode.REPLACE
    )
    full = [body for body in sent if body.count(b"\n") > 1]
    assert max(body.count(b"\n") for body in full) <= 502
    assert sum(len(body) > (1 << 20) + 1000 for body in sent) == 1


def test_chunks() -> None:
    texts = [b"a\nb\n", b"c\n", b"dddd\ne\n"]
    assert list(contents.chunks(texts, 2, 100)) == [[b"a\n", b"b\n"], [b"c\n", b"dddd\n"], [b"e\n"]]
    assert list(contents.chunks(texts, 9, 4)) == [[b"a\n", b"b\n"], [b"c\n"], [b"dddd\n"], [b"e\n"]]
    assert list(contents.chunks([], 9, 9)) == []


@pytest.mark.parametrize("odd", "\u2028\u2029\x85\x0b\x0c\x1c\x1d\x1e")
def test_chunks_end_with_lines_of_n_triples(odd: str) -> None:
    """What Python takes for the end of a line may stand within a literal."""
    line = f'<e:s> <e:p> "one{odd}two" .\n'.encode()
    assert list(contents.chunks([line * 2, line], 1, 999)) == [[line]] * 3


# the embedded store


def _numbers(count: int, first: int = 0) -> Content:
    text = "".join(
        f'<https://example.org/{n}> <https://example.org/p> "x" .\n' for n in range(first, first + count)
    )
    return Content([text.encode()])


def _count(folder: Path) -> int:
    with open_for_reading(folder) as store:
        return len(store)


def _versions(store: EmbeddedStore) -> list[str]:
    return sorted(path.name.partition("-")[0] for path in (store.folder / "versions").iterdir())


def test_a_reader_keeps_its_version(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "store")
    store.load(_numbers(10), None, Mode.REPLACE)
    with open_for_reading(store.folder) as first:
        store.load(_numbers(20), None, Mode.REPLACE)
        with open_for_reading(store.folder) as second:
            store.load(_numbers(30, 20), None, Mode.ADD)
            assert (len(first), len(second), _count(store.folder)) == (10, 20, 50)
            assert len(list(first)) == 10
            assert _versions(store) == ["1", "2", "3"]
    store.load(_numbers(5), None, Mode.REPLACE)
    assert _versions(store) == ["4"]
    assert _count(store.folder) == 5


def test_readers_beside_loads(tmp_path: Path) -> None:
    """Readers in other processes open the store while it is loaded: each sees a whole version."""
    folder = tmp_path / "store"
    store = EmbeddedStore(folder)
    store.load(_numbers(100), None, Mode.REPLACE)
    program = (
        "import sys, time\nfrom kg.stores import open_for_reading\nend = time.monotonic() + 4\nseen = set()\n"
        "while time.monotonic() < end:\n"
        "    with open_for_reading(sys.argv[1]) as store:\n        seen.add(len(list(store)))\n"
        "print(sorted(seen))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(folder)], env=environment, stdout=subprocess.PIPE
        )
        for _ in range(2)
    ]
    sizes = {100}
    while any(reader.poll() is None for reader in readers):
        size = random.randrange(100, 3000)
        sizes.add(size)
        store.load(_numbers(size), None, Mode.REPLACE)
    for reader in readers:
        out, _ = reader.communicate()
        assert reader.returncode == 0
        assert set(map(int, out.decode().strip("[]\n").split(","))) <= sizes
    assert len(list((folder / "versions").iterdir())) <= 2


def test_the_second_loader_is_told_of_the_first(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "store")
    with versions.loading(store.folder) as version:
        pyoxigraph.Store(str(version.store))
        with pytest.raises(errors.StoreBusyError, match="another load"):
            store.load(_numbers(1), None, Mode.REPLACE)
    store.load(_numbers(1), None, Mode.REPLACE)


def test_a_folder_of_others_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(errors.StoreError, match="a folder of its own"):
        EmbeddedStore(tmp_path).load(_numbers(1), None, Mode.REPLACE)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    with pytest.raises(errors.StoreMissingError), open_for_reading(tmp_path):
        pass
    with pytest.raises(errors.StoreMissingError), open_for_reading(tmp_path / "none"):
        pass


def test_a_store_of_other_tools_is_read(tmp_path: Path) -> None:
    pyoxigraph.Store(str(tmp_path)).bulk_load(A.encode(), pyoxigraph.RdfFormat.N_TRIPLES)
    assert _count(tmp_path) == 1
    with pytest.raises(errors.StoreError, match="a folder of its own"):
        EmbeddedStore(tmp_path).load(_numbers(1), None, Mode.REPLACE)


def test_what_is_made_beside_the_store_is_part_of_the_version(tmp_path: Path) -> None:
    def prepare(store: pyoxigraph.Store, folder: Path) -> None:
        (folder / "size").write_text(str(len(store)))
        if len(store) == 13:
            raise UsageError("a fault beside")

    store = EmbeddedStore(tmp_path / "store", (prepare,))
    store.load(_numbers(7), None, Mode.REPLACE)
    with pytest.raises(errors.StoreError, match="beside"):
        store.load(_numbers(13), None, Mode.REPLACE)
    with versions.reading(store.folder) as version:
        assert (version.folder / "size").read_text() == "7"


def test_a_full_disk_is_foreseen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = EmbeddedStore(tmp_path / "store")
    store.load(_numbers(7), None, Mode.REPLACE)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1 << 20))
    with pytest.raises(errors.DiskFullError, match="1 MB are free"):
        store.load(_numbers(8), None, Mode.REPLACE)
    assert _count(store.folder) == 7


def test_a_disk_that_becomes_full_leaves_the_old_version(tmp_path: Path) -> None:
    """A limit of the size of files stands for a full disk: every engine below us fails to write."""
    folder = tmp_path / "store"
    EmbeddedStore(folder).load(_numbers(7), None, Mode.REPLACE)
    big = _file(tmp_path, "big.nt", b"".join(_numbers(60_000).texts).decode())

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    done = subprocess.run(
        [sys.executable, "-m", "kg", "load", str(big), "--to", str(folder)],
        preexec_fn=limit,
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr.decode()
    assert b"as it was" in done.stderr
    assert _count(folder) == 7
    assert len(list((folder / "versions").iterdir())) == 1


def test_loading_in_memory_that_does_not_grow(tmp_path: Path) -> None:
    """Four times the triples take hardly more memory; they go in slices."""
    program = (
        "import resource, sys\nfrom pathlib import Path\nfrom kg.stores import Content, Mode\n"
        "from kg.stores import rdf_files\nfrom kg.stores.embedded import EmbeddedStore\n"
        "rdf_files.SLICE = 20_000\n"
        "lines = (f'<e:{n}> <e:p> \"{n}\" .\\n'.encode() for n in range(int(sys.argv[2])))\n"
        "EmbeddedStore(Path(sys.argv[1])).load(Content(lines), None, Mode.REPLACE)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    peaks = []
    for size in (60_000, 240_000):
        command = [sys.executable, "-c", program, str(tmp_path / str(size)), str(size)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        peaks.append(int(done.stdout) / 1024)
    assert peaks[1] < 1.3 * peaks[0], peaks


def _killed_loads(folder: Path, times: int, seed: int) -> None:
    """Kill loads of more and more at random moments; what is read is always the old graph or the new one."""
    chance = random.Random(seed)
    records = folder / "records"
    for number in range(30):
        small_site(records / str(number))
        site(records / str(number), {f"{n}.md": figure(f"PMC{number}__f{n}") for n in range(10)})
    store = folder / "store"
    command = [sys.executable, "-m", "kg", "load", "-q", str(records), "--to", str(store)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    begun = time.monotonic()
    subprocess.run(command, env=environment, check=True, timeout=120)
    whole, sizes = time.monotonic() - begun, {_count(store)}
    killed = 0
    for round_ in range(times):
        site(records, {f"new-{round_}.md": figure(f"PMC77__f{round_}")})
        sizes.add(len(_expected(records)))
        process = subprocess.Popen(command, env=environment)
        try:
            process.wait(chance.uniform(0.1, 1.1) * whole)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            killed += 1
        assert _count(store) in sizes
        with versions.reading(store) as version:
            assert (version.folder / "search.sqlite").is_file()
    assert killed > times / 3
    subprocess.run(command, env=environment, check=True, timeout=120)
    assert _count(store) == max(sizes)
    assert len(list((store / "versions").iterdir())) == 1


def test_killed_loads_leave_a_whole_graph(tmp_path: Path) -> None:
    _killed_loads(tmp_path, 4, 1)


@pytest.mark.soak
def test_thirty_killed_loads_leave_a_whole_graph(tmp_path: Path) -> None:
    _killed_loads(tmp_path, 30, 2)


def test_the_default_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "project" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project" / "deep")
    assert default_store() == tmp_path / "data" / "kg" / "store"
    (tmp_path / "project" / ".kg").mkdir()
    assert default_store() == tmp_path / "project" / ".kg" / "store"


# RDF files

FORMATS_OF_A = MappingProxyType(
    {
        "a.ttl": "<https://example.org/a> <https://example.org/p> 'a' .",
        "a.nt": A,
        "a.nq": A.replace(" .\n", " <https://example.org/named> .\n"),
        "a.trig": "<https://example.org/named> { <https://example.org/a> <https://example.org/p> 'a' }",
        "a.jsonld": '{"@id": "https://example.org/a", "https://example.org/p": "a"}',
        "a.rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://example.org/">'
        '<rdf:Description rdf:about="https://example.org/a"><e:p>a</e:p></rdf:Description></rdf:RDF>',
    }
)


@pytest.mark.parametrize("name", FORMATS_OF_A)
@pytest.mark.parametrize("compression", ["", ".gz", ".zst"])
def test_every_format_of_file(name: str, compression: str, tmp_path: Path) -> None:
    path = tmp_path / (name + compression)
    data = FORMATS_OF_A[name].encode()
    if compression == ".zst":
        zstandard = pytest.importorskip("zstandard")
        data = zstandard.compress(data)
    path.write_bytes(gzip.compress(data) if compression == ".gz" else data)
    load([path], str(tmp_path / "store"), graph="https://example.org/g")
    place = Place(str(tmp_path / "store"), None, Client(), None)
    assert place.triples("https://example.org/g") == _lines(A)


@pytest.mark.parametrize("ending", [".ttl", ".nt", ".nq", ".trig", ".jsonld", ".rdf"])
def test_a_faulty_file_is_located(ending: str, tmp_path: Path) -> None:
    broken = _file(tmp_path, f"broken{ending}", "\n\n { <broken \n")
    with pytest.raises(errors.RdfFileError, match=f"broken{ending}(:|: )"):
        load([broken], str(tmp_path / "store"))


def test_hostile_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = str(tmp_path / "store")
    doctype = _file(tmp_path, "x.rdf", f'<!DOCTYPE r [<!ENTITY a "b">]>{FORMATS_OF_A["a.rdf"]}')
    with pytest.raises(errors.RdfFileError, match="document type"):
        load([doctype], target)
    cut = tmp_path / "cut.nt.gz"
    cut.write_bytes(gzip.compress((A + B).encode())[:-9])
    with pytest.raises(errors.RdfFileError, match=r"cut\.nt\.gz"):
        load([cut], target)
    monkeypatch.setattr(rdf_files, "RATIO_FLOOR", 1 << 20)
    zst = tmp_path / "cut.nt.zst"
    zst.write_bytes(b"\x28\xb5\x2f\xfd no zstandard")
    with pytest.raises(errors.RdfFileError, match=r"cut\.nt\.zst"):
        load([zst], target)
    bomb = tmp_path / "bomb.ttl.gz"
    bomb.write_bytes(gzip.compress(b"\n" * (3 << 20)))
    with pytest.raises(errors.RdfFileError, match="times its size"):
        load([bomb], target)
    with pytest.raises(errors.RdfFileError, match="no such file"):
        load([tmp_path / "none.ttl"], target)


# the command


def test_command(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    target = str(tmp_path / "store")
    assert run_cli(["load", str(small_site(tmp_path / "site")), "--to", target]) == 0
    said = capfd.readouterr()
    assert not said.out
    assert "triples are now in the default graph of" in said.err
    assert "2 figure" in said.err
    assert run_cli(["load", str(_file(tmp_path, "a.nt", A)), "--to", target, "--add", "-q"]) == 0
    assert capfd.readouterr().err == ""
    assert _count(Path(target)) == len(_expected(tmp_path / "site")) + 1


def test_command_without_a_place_takes_the_default_store(tmp_path: Path) -> None:
    done = run_kg(
        "load", small_site(tmp_path / "site"), env={"XDG_DATA_HOME": str(tmp_path / "data")}, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert _count(tmp_path / "data" / "kg" / "store") > 10


def test_statuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    records, target = str(small_site(tmp_path / "site")), str(tmp_path / "store")
    bad = str(site(tmp_path / "bad", {"f.md": figure(), "g.md": "---\nfigid: x\n"}))
    problems = tmp_path / "problems.jsonl"
    assert run_cli(["load", bad, "--to", target, "-q", "--problems", str(problems)]) == 1
    assert "unterminated-front-matter" in problems.read_text()
    assert run_cli(["load", bad, "--to", target, "-q", "--strict"]) == 1
    assert run_cli(["load", records, "--to", target, "--graph", "no iri"]) == 2
    assert run_cli(["load", records, "--to", target, "--kind", "jena"]) == 2
    assert run_cli(["load", str(tmp_path / "none"), "--to", target]) == 2
    assert run_cli(["load", records, "--to", "http://127.0.0.1:9/", "--user", "me"]) == 2
    assert run_cli(["load", records, "--to", target, "--password-file", "none"]) == 2
    assert run_cli(["load", records, "--to", target, "--user", "me", "--password-file", "none"]) == 2
    monkeypatch.setattr("kg.stores.http.Client.send", _unreachable)
    assert run_cli(["load", records, "--to", "http://127.0.0.1:9/"]) == 3
    assert "no server" in capfd.readouterr().err


def _unreachable(*_: object, **__: object) -> None:
    raise errors.UnreachableError("there is no server")


def test_password_from_a_file_or_the_environment(
    virtuoso_server: Server, graph: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert virtuoso_server.password is not None
    secret = _file(tmp_path, "secret", f"{virtuoso_server.password}\nsecond line\n")
    command = ["load", str(_file(tmp_path, "a.nt", A)), "--to", virtuoso_server.url, "--graph", graph]
    command += ["--user", str(virtuoso_server.user), "-q"]
    assert run_cli([*command, "--password-file", str(secret)]) == 0
    assert run_cli(command) == 2
    monkeypatch.setenv("KG_PASSWORD", virtuoso_server.password)
    assert run_cli(command) == 0
    monkeypatch.setenv("KG_PASSWORD", "wrong")
    assert run_cli(command) == 3


def test_kinds_are_documented() -> None:
    text = (ROOT / "docs" / "stores.md").read_text("utf-8")
    assert all(f"`{name}`" in text for name in KINDS)
