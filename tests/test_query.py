"""Queries: headers, parameters that cannot change a query, the process that runs them, formats, commands."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib.query import Result

from kg.cli import run as run_cli
from kg.errors import UsageError
from kg.query import errors
from kg.query import tokens as tokens_module
from kg.query.catalogue import CATEGORIES, Query, catalogue, find_query, parse_query
from kg.query.export_catalogue import catalogue_turtle
from kg.query.parameters import Parameter, blocks, set_parameters
from kg.query.results import RESULT_FORMATS, View, result_format, write_answer
from kg.query.run import local_answer
from kg.query.syntax import Kind, read_syntax, with_known_prefixes
from kg.query.table import columns_of, fitted
from kg.query.tokens import tokens
from kg.stores.errors import RdfFileError

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . FILTER (?c != ?l) }"

GOOD = """\
# title: Things of a name
# category: Genes
# description: Finds things
# description: by their names.
# keywords: thing, name
# param: name | string | public | The name
# a plain comment

PREFIX ex: <https://example.org/>
SELECT ?thing ?value
WHERE {
  # VALUES ?name { "comment" }
  VALUES ?name { "public" }
  ?thing ex:name ?name ; ex:value ?value .
  FILTER (?value != 'VALUES ?name { "string" }')
}
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a file of some triples, large enough that a cross product of them never ends."""
    path = tmp_path_factory.mktemp("data") / "data.ttl"
    path.write_text(
        "@prefix ex: <https://example.org/> .\n"
        'ex:a ex:name "public" ; ex:value "tab\\there, \\"quoted\\"\\nnew line" ; ex:score 1.5 .\n'
        "ex:a ex:count 7 .\n"
        'ex:b ex:name "secret" ; ex:value "SECRET" ; ex:label "β-Catenin"@en ; ex:flag true .\n'
        'ex:c ex:name "third" ; ex:empty "" .\n'
        'ex:c ex:when "2020-02-29"^^<http://www.w3.org/2001/XMLSchema#date> .\n'
        + "".join(f"ex:x{number} ex:next ex:x{number + 1} .\n" for number in range(400)),
        "utf-8",
    )
    return path


# headers


def test_header_is_read() -> None:
    query = parse_query(GOOD, "things", "things.rq", complete=True)
    assert (query.title, query.category, query.keywords) == ("Things of a name", "Genes", ("thing", "name"))
    assert query.description == "Finds things by their names."
    assert query.parameters == (Parameter("name", "string", ("public",), "The name"),)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("# title: Things of a name\n", "", "things.rq:1: the header has no `# title:`"),
        ("# keywords: thing, name", "# keywords:", "things.rq:1: the header has no `# keywords:`"),
        ("# category: Genes", "# title: again", "things.rq:2: a second `# title:`"),
        ("name | string | public | The name", "name | string | public", "things.rq:6: expected `# param:"),
        ("| string |", "| text |", "things.rq:6: 'text' is no type"),
        ("| string |", "| enum: |", "things.rq:6: 'enum:' is no type"),
        ("param: name |", "param: na me |", "things.rq:6: 'na me' is no name"),
        ("| The name", "|", "things.rq:6: the parameter has no label"),
        ("| public |", "| other |", "things.rq:13: the block holds '\"public\"'"),
        ("  VALUES ?name {", "  VALUES ?nom {", "things.rq:6: the query has no `VALUES ?name"),
        ("# a plain comment", "# param: name | string | public | x", "things.rq:7: a second parameter name"),
    ],
)
def test_malformed_header_is_located(before: str, after: str, message: str) -> None:
    assert before in GOOD
    with pytest.raises(errors.HeaderError, match=re.escape(message)):
        parse_query(GOOD.replace(before, after, 1), "things", "things.rq", complete=True)


def test_header_is_optional_in_files_of_users(tmp_path: Path) -> None:
    path = tmp_path / "mine.rq"
    path.write_text("ASK { ?s ?p ?o }", "utf-8")
    assert find_query(str(path)) == Query("mine", "ASK { ?s ?p ?o }")


def test_unknown_query_names_a_close_one() -> None:
    with pytest.raises(errors.UnknownQueryError, match="figures-of-gene"):
        find_query("figure-of-gene")
    with pytest.raises(errors.UnknownQueryError, match="cannot read the query"):
        find_query("nowhere/nothing.rq")


def test_bundled_queries_are_valid() -> None:
    for query in catalogue():
        assert query.category in CATEGORIES
        assert read_syntax(query.text).kind in Kind
        pyoxigraph.Store().query(_without_services(query.text))


def _without_services(text: str) -> str:
    return re.sub(r"(?i)\bSERVICE\s+(SILENT\s+)?<[^>]*>", "", text)


# the kind of a query, and whom it asks


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("# INSERT\nSELECT * {}", Kind.SELECT),
        ("PREFIX insert: <e:delete> ASK { ?s insert:p 'DELETE { } '}", Kind.ASK),
        (
            "BASE <http://e/select#ask> PREFIX ask: <a> construct { ?s ?p ?o } where { ?s ?p ?o }",
            Kind.CONSTRUCT,
        ),
        ("prefix : <e:> describe :select", Kind.DESCRIBE),
        ('DEFINE input:inference "select" SELECT * {}', Kind.SELECT),
    ],
)
def test_kind_is_that_of_the_grammar(text: str, kind: Kind) -> None:
    assert read_syntax(text).kind is kind


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <e:a> <e:b> <e:c> }",
        "# SELECT\nDELETE WHERE { ?s ?p ?o }",
        "PREFIX select: <e:> WITH <e:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "LOAD <http://example.org/>",
        "clear all",
        "DROP GRAPH <e:g>",
        "CREATE GRAPH <e:g>",
        "ADD <e:a> TO <e:b>",
        "MOVE <e:a> TO <e:b>",
        "COPY <e:a> TO <e:b>",
    ],
)
def test_updates_are_refused(text: str) -> None:
    with pytest.raises(errors.RefusedError, match="only reads"):
        read_syntax(text)


@pytest.mark.parametrize(
    "text", ["", "  # nothing\n", "SELEC * {}", 'ASK { ?s ?p "open }', "PREFIX a <e:> ASK {}"]
)
def test_other_texts_are_located_errors(text: str) -> None:
    with pytest.raises(errors.QuerySyntaxError):
        read_syntax(text)


_TRAP = "http://127.0.0.1:{port}/sparql"
SERVICES = [
    "SELECT * {{ SERVICE <{trap}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ service silent <{trap}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE#<e:>\n<{trap}>{{ ?s ?p ?o }} }}",
    "PREFIX t: <{trap}> SELECT * {{ SERVICE t: {{ ?s ?p ?o }} }}",
    "BASE <{trap}> SELECT * {{ SERVICE <> {{ ?s ?p ?o }} }}",
    "SELECT * {{ VALUES ?e {{ <{trap}> }} SERVICE ?e {{ ?s ?p ?o }} }}",
    "SELECT * {{ {{ SELECT * {{ SERVICE <{trap}> {{ ?s ?p ?o }} }} }} }}",
    "ASK {{ FILTER EXISTS {{ SERVICE <{trap}> {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ BIND (1 AS ?a) FILTER(?a<'>') SERVICE <{trap}> {{ ?s ?p ?o }} FILTER('x'='x') }}",
    "SELECT * {{ BIND (1 AS ?a) FILTER(?a<'>') SERVICE <{trap}> {{ ?s ?p ?o }} #'\n}}",
    "SELECT * {{ BIND (1 AS ?a) BIND (2 AS ?b) FILTER(?a<?b#>'''\n) SERVICE <{trap}> {{ ?s ?p ?o }} #'''\n}}",
    "SELECT * {{ BIND (1 AS ?a) FILTER(?a<':#') SERVICE <{trap}> {{ ?s ?p ?o }} FILTER(?a>':#') }}",
    'SELECT * {{ BIND ("SERVICE" AS ?x) SERVICE <{trap}> {{ ?s ?p ?o }} }}',
    "SELECT * {{ ?s ?p ?o OPTIONAL{{SERVICE<{trap}>{{ ?s ?p ?o }}}} }}",
    "CONSTRUCT {{ ?s ?p ?o }} {{ SERVICE <{trap}> {{ ?s ?p ?o }} }}",
    "DESCRIBE ?s {{ SERVICE <{trap}> {{ ?s ?p ?o }} }}",
    "SELECT * FROM <{trap}> {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED <{trap}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "LOAD <{trap}>",
]


def _run(query: str, data: Path) -> None:
    with local_answer(query, file=data, timeout=20):
        pass


@pytest.mark.parametrize("text", SERVICES)
def test_no_other_server_is_asked(text: str, data: Path) -> None:
    with socket.socket() as trap:
        trap.bind(("127.0.0.1", 0))
        trap.listen()
        trap.settimeout(0)
        query = text.format(trap=_TRAP.format(port=trap.getsockname()[1]))
        with pytest.raises((errors.RefusedError, errors.QuerySyntaxError)):
            _run(query, data)
        with pytest.raises(BlockingIOError):
            trap.accept()


def test_an_allowed_server_is_asked(data: Path) -> None:
    body = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"there"}}]}}'
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\nContent-Length: %d\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint = _TRAP.format(port=server.getsockname()[1])

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(head % len(body) + body)

        threading.Thread(target=serve, daemon=True).start()
        query = f"SELECT ?x {{ SERVICE <{endpoint}> {{ ?s ?p ?x }} }}"
        with local_answer(query, file=data, services=[endpoint], timeout=20) as answer:
            assert [[cell.value for cell in row] for row in answer.cells()] == [["there"]]  # type: ignore[union-attr]


def test_texts_that_speak_of_services_are_no_services() -> None:
    text = (
        "PREFIX service: <e:SERVICE#> SELECT * { ?service service:x <http://e/#SERVICE> # SERVICE <e:x> {}\n}"
    )
    assert read_syntax(text).services == ()


def test_nesting_and_length_are_limited() -> None:
    assert read_syntax("ASK " + "{" * 200 + "}" * 200).kind is Kind.ASK
    for depth in (201, 100_000):
        with pytest.raises(errors.RefusedError, match="nested more than 200"):
            read_syntax("ASK " + "{" * depth + "}" * depth)
    with pytest.raises(errors.RefusedError, match="too long"):
        parse_query("ASK {} #" + "x" * 70_000, "x", "x.rq")
    with pytest.raises(errors.RefusedError, match="too long"):
        read_syntax("ASK {} #" + "x" * 2_000_000)


def test_known_prefixes_are_declared_where_they_lack() -> None:
    known = {"ex": "https://example.org/", "other": "https://example.com/"}
    assert with_known_prefixes("ASK { ?s ex:name 'other:x' }", known) == (
        "PREFIX ex: <https://example.org/> ASK { ?s ex:name 'other:x' }"
    )
    assert with_known_prefixes(GOOD, known) == GOOD


# parameters

HOSTILE = [
    'public" } ?s ?p ?o . #',
    'public" "secret',
    '"} UNION { ?thing ?p ?value . VALUES ?name {"',
    'x"@en } ?thing ?p ?value } #',
    "public' } ?s ?p ?o #",
    "public''' } #",
    'public""" } ?thing ?p ?value } #',
    '"""',
    '""',
    '"',
    "'",
    "\\",
    "\\\\",
    '\\"',
    '\\" } ?thing ?p ?value } #',
    '\\\\" } ?thing ?p ?value } #',
    '\\\\\\" } #',
    "\\u0022 } ?thing ?p ?value } #",
    "\\\\u0022 } ?thing ?p ?value } #",
    "\\U00000022 } ?thing ?p ?value } #",
    "\\u005C\\u0022 } #",
    "\\u005c",
    "\\u000a } ?thing ?p ?value #",
    "\\n } #",
    "line\nbreak } ?thing ?p ?value #",
    "carriage\rreturn",
    "tab\there",
    "# comment",
    "} #",
    "{",
    "}",
    "} ; DROP ALL ; {",
    "UNDEF",
    "UNDEF } VALUES ?name { UNDEF",
    "?name",
    "$name",
    "<https://example.org/b>",
    "<https://example.org/b> } ?thing ?p ?value #",
    "ex:b",
    "_:b",
    '"secret"@en',
    '"secret"^^ex:type',
    "secret\u2028next",
    "secret\u2029} #",
    "\u201csecret\u201d",
    "＂ } #",
    "%22 } #",
    "&quot; } #",
    "$(touch /tmp/x)",
    "'; SERVICE <http://127.0.0.1/> { ?s ?p ?o } '",
    "\ufeffsecret",
    "a" * 5000,
    "😀 \U0001f9ec",
    " secret ",
    "1 OR 1=1",
    "(secret)",
]


def _named(text: str) -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    ex = "https://example.org/"
    name, value = pyoxigraph.NamedNode(ex + "name"), pyoxigraph.NamedNode(ex + "value")
    for local, called, says in (("hidden", "hidden", "SECRET"), ("mine", text, "mine")):
        thing = pyoxigraph.NamedNode(ex + local)
        store.add(pyoxigraph.Quad(thing, name, pyoxigraph.Literal(called)))
        store.add(pyoxigraph.Quad(thing, value, pyoxigraph.Literal(says)))
    return store


def _rdflib_values(store: pyoxigraph.Store, query: str) -> list[str]:
    graph = rdflib.Graph()
    triples = store.dump(format=pyoxigraph.RdfFormat.N_TRIPLES, from_graph=pyoxigraph.DefaultGraph())
    graph.parse(data=triples, format="nt")
    return [str(row[1]) for row in graph.query(query)]  # type: ignore[index]


def test_there_are_fifty_hostile_values() -> None:
    assert len(set(HOSTILE)) >= 50


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_stay_values(value: str) -> None:
    """The value reaches both engines unchanged, finds what is called so, and nothing else."""
    query = parse_query(GOOD, "things", "things.rq").with_values([("name", value)])
    store = _named(value)
    found: Any = store.query(query)
    assert [row["value"].value for row in found] == ["mine"]
    assert _rdflib_values(store, query) == ["mine"]
    assert _outside(query) == _outside(GOOD)


def _outside(query: str) -> list[str]:
    """Return the tokens outside the block of the parameter."""
    ((start, end, _),) = blocks(query)
    return [token.text for token in tokens(query) if not start <= token.start < end]


class Counted:
    """A pattern that counts how many characters it matched, and how often it found nothing."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern, self.read, self.failed = pattern, 0, 0

    def match(self, text: str, place: int) -> re.Match[str] | None:
        found = self._pattern.match(text, place)
        self.read += 0 if found is None else found.end() - place
        self.failed += found is None
        return found


@pytest.mark.parametrize("text", ["a-" * 5000, "a..b" * 5000, "a-1:b " * 5000])
def test_what_is_no_prefix_is_read_once(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Counted(tokens_module._PREFIX)
    monkeypatch.setattr(tokens_module, "_PREFIX", counted)
    tokens(text)
    assert 0 < counted.read <= len(text)


@pytest.mark.parametrize("bracket", ["{", "(", "["])
def test_reading_ends_at_a_bracket_that_is_too_deep(bracket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Counted(tokens_module._TOKEN)
    monkeypatch.setattr(tokens_module, "_TOKEN", counted)
    most = tokens_module.MAX_NESTING
    assert len(tokens(f"ASK {bracket * most}")) == most + 1
    counted.read = 0
    with pytest.raises(errors.RefusedError, match=f"column {most + 5}: brackets are nested more than"):
        tokens(f"ASK {bracket * 30_000}")
    assert counted.read == len("ASK ") + most + 1


@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_long_string_that_does_not_end_is_sought_once(quote: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"\\{quote * 3} {quote}" * 2000
    counted = Counted(tokens_module._LONG_STRINGS[quote])
    monkeypatch.setattr(tokens_module, "_LONG_STRINGS", {quote: counted})
    assert len(tokens(text)) == 6000
    assert (counted.failed, counted.read) == (1, 0)


@given(st.text(max_size=40))
def test_any_text_is_one_string_or_refused(value: str) -> None:
    parameter = Parameter("name", "string", (), "Name")
    try:
        term = parameter.term(value)
    except errors.ParameterError:
        return
    (token,) = tokens(term)
    assert token.kind == "string"
    found: Any = pyoxigraph.Store().query(f"SELECT ?x {{ VALUES ?x {{ {term} }} }}")
    assert [row["x"].value for row in found] == [value]
    assert [str(row[0]) for row in rdflib.Graph().query(f"SELECT ?x {{ VALUES ?x {{ {term} }} }}")] == [value]  # type: ignore[index]


@pytest.mark.parametrize("kind", ["iri", "integer", "gene"])
@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_of_other_types_are_one_term_or_refused(kind: str, value: str) -> None:
    try:
        term = Parameter("x", kind, (), "X").term(value)
    except errors.ParameterError:
        return
    (token,) = tokens(term)
    assert token.kind == {"iri": "iri", "integer": "number", "gene": "string"}[kind]


@pytest.mark.parametrize("value", ["\x00", "a\x1bb", "\ud800", "\x7f", "\uffff", "a\x08"])
@pytest.mark.parametrize("kind", ["string", "iri", "integer", "gene", "enum"])
def test_control_characters_are_refused(kind: str, value: str) -> None:
    with pytest.raises(errors.ParameterError):
        Parameter("x", kind, (), "X", ("a",)).term(value)


@pytest.mark.parametrize(
    ("kind", "value", "term"),
    [
        ("gene", "AKT1", '"AKT1"'),
        ("gene", " akt1 ", '"akt1"'),
        ("gene", "207", '"ncbigene:207"'),
        ("gene", "ncbigene:207", '"ncbigene:207"'),
        ("gene", "NCBIGene:207", '"ncbigene:207"'),
        ("gene", "https://identifiers.org/ncbigene/207", '"ncbigene:207"'),
        ("gene", "<http://identifiers.org/ncbigene/207>", '"ncbigene:207"'),
        ("gene", "https://identifiers.org/ncbigene/AKT1", None),
        ("gene", "", None),
        ("integer", "+007", "7"),
        ("integer", "-12", "-12"),
        ("integer", "1.5", None),
        ("integer", "१२", None),
        ("integer", "9" * 19, None),
        ("iri", "https://example.org/a", "<https://example.org/a>"),
        ("iri", "<urn:x:y>", "<urn:x:y>"),
        ("iri", "ncbigene:207", "<https://identifiers.org/ncbigene/207>"),
        ("iri", "kg:Figure", "<https://w3id.org/pathway-kg/terms#Figure>"),
        ("iri", "no iri", None),
        ("iri", "relative/path", None),
        ("iri", "https://example.org/a b", None),
        ("enum", "a", '"a"'),
        ("enum", "A", None),
    ],
)
def test_types(kind: str, value: str, term: str | None) -> None:
    parameter = Parameter("xTerm", kind, (), "X", ("a", "b"))
    if term is not None:
        assert parameter.term(value) == term
    else:
        with pytest.raises(errors.ParameterError, match="--param x="):
            parameter.term(value)


def test_several_values_and_aliases() -> None:
    gene = Parameter("geneTerm", "gene", ("AKT1",), "Gene")
    text = 'ASK { { VALUES ?geneTerm { "AKT1" } } UNION { values $geneTerm{"AKT1"} } }'
    made = set_parameters(text, [gene], [("gene", "207"), ("geneTerm", "TP53"), ("gene", "207")])
    assert made == (
        'ASK { { VALUES ?geneTerm { "ncbigene:207" "TP53" } } '
        'UNION { values $geneTerm{ "ncbigene:207" "TP53" } } }'
    )


def test_unknown_parameter_names_a_close_one() -> None:
    query = parse_query(GOOD, "things", "things.rq")
    with pytest.raises(errors.ParameterError, match="did you mean name"):
        query.with_values([("nmae", "x")])
    with pytest.raises(errors.ParameterError, match="has no parameters"):
        Query("x", "ASK {}").with_values([("name", "x")])


# the process that runs a query


def test_a_runaway_query_is_stopped(data: Path) -> None:
    begun, before = time.monotonic(), _children(os.getpid())
    with (
        pytest.raises(errors.QueryTimeoutError, match=r"stopped after 1 s; --timeout"),
        local_answer(RUNAWAY, file=data, timeout=1),
    ):
        pass
    assert time.monotonic() - begun < 5
    assert _children(os.getpid()) == before


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in found.read_text().split()] if found.exists() else []


def _alive(pid: int) -> bool:
    """Say whether a process runs; one that is dead and not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _running_query(data: Path) -> tuple[subprocess.Popen[str], int]:
    """Start the command with a query that never ends; return it, and the process that runs the query."""
    command = [sys.executable, "-m", "kg", "query", "-", "--store", str(data), "--timeout", "100"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    process.stdin.write(RUNAWAY)
    process.stdin.close()
    end = time.monotonic() + 20
    while not _children(process.pid) and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(0.5)
    (worker,) = _children(process.pid)
    return process, worker


def _ends(pid: int) -> bool:
    end = time.monotonic() + 5
    while _alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not _alive(pid)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at processes by /proc")
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -9)]
)
def test_a_query_ends_with_the_command(data: Path, number: int, status: int) -> None:
    process, worker = _running_query(data)
    with process:
        process.send_signal(number)
        assert process.wait(10) == status
    assert _ends(worker)


def test_a_crash_of_the_engine_is_an_error(data: Path) -> None:
    with (
        pytest.raises(errors.EngineError, match="crashed"),
        local_answer("SELECT * { BIND (" + "!" * 60_000 + "true AS ?x) }", file=data, timeout=30),
    ):
        pass


def test_memory_is_limited(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.query.run._memory", lambda: 1 << 30)
    query = "SELECT ?c ?f ?i { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i"
    with pytest.raises(errors.EngineError, match="more memory"), local_answer(query, file=data, timeout=60):
        pass


def test_a_syntax_error_shows_its_place(data: Path) -> None:
    with (
        pytest.raises(errors.QuerySyntaxError) as raised,
        local_answer("SELECT *\nWHERE { ?s ?p }", file=data),
    ):
        pass
    assert "line 2, column 16" in str(raised.value)
    assert "  WHERE { ?s ?p }\n" + " " * 17 + "^" in str(raised.value)


@pytest.mark.parametrize(
    ("limit", "rows", "more"), [(0, 0, True), (2, 2, True), (3, 3, False), (4, 3, False), (None, 3, False)]
)
def test_limit_cuts_the_rows(data: Path, limit: int | None, rows: int, more: bool) -> None:
    query = "SELECT ?s { ?s <https://example.org/name> ?o }"
    with local_answer(query, file=data, limit=limit) as answer:
        assert (answer.rows, answer.more, len(list(answer.cells()))) == (rows, more, rows)


def test_limit_ends_a_long_query(data: Path) -> None:
    with local_answer("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", file=data, limit=1000) as answer:
        assert (answer.rows, answer.more) == (1000, True)


def test_a_folder_named_kg_does_no_harm(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kg").mkdir()
    (tmp_path / "kg" / "__init__.py").write_text("raise SystemExit('the wrong package')")
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong module')")
    monkeypatch.chdir(tmp_path)
    with local_answer("ASK {}", file=data) as answer:
        assert answer.boolean()


# files and stores


@pytest.mark.parametrize("name", ["d.ttl", "d.nt", "d.ttl.gz", "d.jsonld", "d.rdf", "d.trig"])
def test_files_of_every_format(name: str, data: Path, tmp_path: Path) -> None:
    graph = rdflib.Graph().parse(data)
    forms = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdf": "pretty-xml", "trig": "turtle"}
    form = forms[name.split(".")[1]]
    made = graph.serialize(format=form, encoding="utf-8")
    path = tmp_path / name
    path.write_bytes(gzip.compress(made) if name.endswith(".gz") else made)
    with local_answer("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", file=path) as answer:
        assert [cell.value for row in answer.cells() for cell in row] == [str(len(graph))]  # type: ignore[union-attr]


def test_damaged_files_are_errors(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(b"<e:%d> <e:p> <e:o> .\n" % number for number in range(10_000)))
    cases = {
        "cut.nt.gz": whole[: len(whole) // 2],
        "bomb.nt.gz": gzip.compress(b"# nothing\n" * 20_000_000),
        "bad.ttl": b"<e:a> <e:b> .",
        "dtd.rdf": b'<!DOCTYPE rdf [<!ENTITY a "b">]><rdf:RDF/>',
    }
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
        with (
            pytest.raises(RdfFileError, match=re.escape(name)),
            local_answer("ASK {}", file=tmp_path / name),
        ):
            pass
    with (
        pytest.raises(RdfFileError, match="no such file"),
        local_answer("ASK {}", file=tmp_path / "x.nt"),
    ):
        pass


@pytest.fixture(scope="module")
def store(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the database of a store with the same triples."""
    folder = tmp_path_factory.mktemp("store")
    made = pyoxigraph.Store(str(folder))
    made.bulk_load(path=str(data))
    made.flush()
    del made
    return folder


def test_store_and_file_answer_alike(data: Path, store: Path) -> None:
    query = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o"
    with local_answer(query, file=data) as one, local_answer(query, store=store) as other:
        assert one.stream.read() == other.stream.read()
        assert one.rows == other.rows > 400


def test_a_store_is_not_written_to(store: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in store.iterdir()}
    with local_answer("SELECT * { ?s ?p ?o }", store=store):
        pass
    assert {path.name: path.stat().st_mtime_ns for path in store.iterdir()} == before


def test_graphs_are_named_and_known(tmp_path: Path) -> None:
    path = tmp_path / "g.nq"
    path.write_text(
        "<e:a> <e:p> <e:o> <e:g1> .\n<e:b> <e:p> <e:o> <e:g2> .\n<e:b> <e:p> <e:o> <e:g1> .\n", "utf-8"
    )

    def subjects(query: str, *graphs: str) -> list[str]:
        with local_answer(query, file=path, graphs=graphs) as answer:
            return sorted(cell.value for row in answer.cells() for cell in row)  # type: ignore[union-attr]

    assert subjects("SELECT ?s { ?s ?p ?o }") == ["e:a", "e:b"]
    assert subjects("SELECT ?s { ?s ?p ?o }", "e:g2") == ["e:b"]
    assert subjects("SELECT ?s FROM <e:g2> { ?s ?p ?o }") == ["e:b"]
    assert subjects("SELECT ?s { GRAPH <e:g1> { ?s ?p ?o } }") == ["e:a", "e:b"]
    with pytest.raises(errors.RefusedError, match="no graph <e:g3>; it has <e:g1>, <e:g2>"):
        subjects("SELECT ?s { ?s ?p ?o }", "e:g3")


# formats

ALL = "SELECT ?s ?p ?o { ?s ?p ?o FILTER (?p != <https://example.org/next>) }"


def _written(data: Path, query: str, form: str, width: int = 0) -> str:
    with local_answer(query, file=data) as answer:
        sink = io.StringIO()
        write_answer(answer, RESULT_FORMATS[form], sink, View(width, {"ex": "https://example.org/"}))
        return sink.getvalue()


@pytest.mark.parametrize("form", ["json", "xml", "tsv"])
@pytest.mark.parametrize(
    "query", [ALL, "SELECT ?x ?y { VALUES (?x ?y) { (1 UNDEF) (UNDEF 2) } }", "SELECT * { ?s <e:none> ?o }"]
)
def test_formats_are_read_by_rdflib(data: Path, query: str, form: str) -> None:
    result = Result.parse(io.BytesIO(_written(data, query, form).encode()), format=form)
    expected = rdflib.Graph().parse(data).query(query)
    assert sorted(map(repr, result.bindings)) == sorted(map(repr, expected.bindings))
    assert sorted(map(str, result.vars or [])) == sorted(map(str, expected.vars or []))


def test_csv_is_that_of_rdflib(data: Path) -> None:
    expected = rdflib.Graph().parse(data).query(ALL).serialize(format="csv")
    assert expected is not None
    assert sorted(_written(data, ALL, "csv").split("\r\n")) == sorted(expected.decode().split("\r\n"))


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("query", ["ASK { ?s ?p ?o }", "ASK { <e:x> ?p ?o }"])
def test_booleans_are_read_by_rdflib(data: Path, query: str, form: str) -> None:
    result = Result.parse(io.BytesIO(_written(data, query, form).encode()), format=form)
    assert result.askAnswer is ("<e:x>" not in query)


@pytest.mark.parametrize(
    ("form", "rdflib_form"),
    [("turtle", "turtle"), ("ntriples", "nt"), ("jsonld", "json-ld"), ("rdfxml", "xml"), ("table", "turtle")],
)
@pytest.mark.parametrize("query", ["CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE <https://example.org/b>"])
def test_triples_are_read_by_rdflib(data: Path, query: str, form: str, rdflib_form: str) -> None:
    made = rdflib.Graph().parse(data=_written(data, query, form), format=rdflib_form)
    expected = rdflib.Graph().parse(data)
    if query.startswith("DESCRIBE"):
        expected = expected.cbd(rdflib.URIRef("https://example.org/b"))
    assert set(made) == set(expected)


def test_turtle_declares_what_it_uses_in_one_order(data: Path) -> None:
    texts = {
        _written(data, "CONSTRUCT WHERE { ?s <https://example.org/name> ?o }", "turtle") for _ in range(3)
    }
    (text,) = texts
    assert text.startswith("@prefix ex: <https://example.org/> .\nex:")
    assert text.count("@prefix") == 1


def test_formats_that_do_not_fit_are_named() -> None:
    with pytest.raises(UsageError, match="is not one for CONSTRUCT"):
        result_format(Kind.CONSTRUCT, "csv", None)
    with pytest.raises(UsageError, match="is no format"):
        result_format(Kind.SELECT, "excel", None)
    with pytest.raises(UsageError, match="no format of this extension"):
        result_format(Kind.SELECT, None, "x.ttl")


def test_table_is_aligned_and_fits(data: Path) -> None:
    wide = _written(data, ALL, "table").splitlines()
    assert wide[0].split() == ["s", "p", "o"]
    assert any(line.startswith("ex:a") and "ex:score" in line for line in wide)
    assert not any("\t" in line for line in wide)
    narrow = _written(data, ALL, "table", 40).splitlines()
    assert max(map(columns_of, narrow)) <= 40
    assert any("…" in line for line in narrow)
    assert len(narrow) == len(wide) == 2 + 11


def test_table_keeps_the_terminal_still(tmp_path: Path) -> None:
    path = tmp_path / "evil.nt"
    path.write_text('<e:a> <e:p> "red \\u001B[31m\\u202Eevil\\u0007\\nline" .\n', "utf-8")
    text = _written(path, "SELECT ?o { ?s ?p ?o }", "table")
    assert text.splitlines()[2] == "red  [31m evil line"


@given(st.lists(st.integers(1, 200), min_size=1, max_size=8), st.integers(20, 200))
def test_columns_fit(widths: list[int], room: int) -> None:
    made = fitted(widths, room)
    assert all(new <= old for new, old in zip(made, widths, strict=True))
    assert sum(made) <= room or all(new <= 8 for new in made)
    if sum(widths) <= room:
        assert made == widths


def test_catalogue_as_turtle() -> None:
    graph = rdflib.Graph().parse(data="".join(catalogue_turtle(catalogue(), ["https://example.org/sparql"])))
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    nodes = set(graph.subjects(rdflib.RDF.type, sh.SPARQLExecutable))
    assert len(nodes) == len(catalogue())
    texts = {str(text) for form in ("select", "ask", "construct") for text in graph.objects(None, sh[form])}
    assert texts == {query.text for query in catalogue()}
    schema = rdflib.Namespace("https://schema.org/")
    for node in nodes:
        assert graph.value(node, rdflib.RDFS.comment)
        assert graph.value(node, schema.keywords)
        assert graph.value(node, schema.target) == rdflib.URIRef("https://example.org/sparql")
        assert graph.value(graph.value(node, sh.prefixes), sh.declare)


# commands

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def kg(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run the command line; return its status, its output and what it said."""
    before = signal.getsignal(signal.SIGTERM)

    def run(*arguments: object, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        status = run_cli([str(argument) for argument in arguments])
        done = capsys.readouterr()
        return status, done.out, done.err

    yield run
    signal.signal(signal.SIGTERM, before)


def test_command_answers(kg: Run, data: Path) -> None:
    status, out, err = kg("query", "-", "-s", data, "--limit", 2, stdin=ALL)
    assert (status, len(out.splitlines())) == (0, 4)
    assert re.fullmatch(r"2 rows in \d+\.\d\d s; there are more, --limit left them out\n", err)


def test_command_writes_a_file(kg: Run, data: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    status, out, err = kg("query", "-", "-s", data, "-o", target, stdin=ALL)
    assert (status, out) == (0, "")
    assert len(json.loads(target.read_text("utf-8"))["results"]["bindings"]) == 11
    assert err.startswith("11 rows in ")


def test_command_shows_the_query(kg: Run, tmp_path: Path) -> None:
    path = tmp_path / "things.rq"
    path.write_text(GOOD, "utf-8")
    status, out, err = kg("query", path, "-p", "name=a b", "--show")
    assert (status, err) == (0, "")
    assert '  VALUES ?name { "a b" }' in out


@pytest.mark.parametrize(
    ("arguments", "stdin", "status", "message"),
    [
        (["no-such-query"], "", 2, "no query has this name"),
        (["-", "-s", "DATA", "-p", "x=1"], "ASK {}", 2, "this query has no parameters"),
        (["-", "-s", "DATA", "-p", "x"], "ASK {}", 2, "write NAME=VALUE"),
        (["-", "-s", "DATA", "-f", "turtle"], "ASK {}", 2, "is not one for ASK"),
        (["-", "-s", "nowhere"], "ASK {}", 2, "kg load SOURCE --to nowhere"),
        (["-", "-s", "DATA"], "DROP ALL", 2, "only reads"),
        (["-", "-s", "DATA"], "ASK {", 1, "line 1, column 6"),
        (["-", "-s", "DATA", "--timeout", "0.7"], RUNAWAY, 1, "stopped after 0.7 s"),
        (["-", "-s", "DATA", "-o", "/nowhere/x.csv"], ALL, 3, "cannot write"),
        (["-", "-s", "DATA", "--plot", "x.pdf"], ALL, 2, "pictures are .svg or .png"),
        (["-", "-s", "DATA", "--user", "me"], ALL, 2, "--user needs --password-file"),
    ],
)
def test_command_fails_with_its_status(
    kg: Run, data: Path, arguments: list[str], stdin: str, status: int, message: str
) -> None:
    got, out, err = kg("query", *(str(data) if word == "DATA" else word for word in arguments), stdin=stdin)
    assert (got, out) == (status, "")
    assert message in err
    assert err.startswith("kg: ")


def test_command_lists_the_catalogue(kg: Run) -> None:
    status, out, err = kg("queries")
    assert status == 0
    assert "\n  figures-of-gene " in out
    assert f"{len(catalogue())} queries" in err
    status, out, _ = kg("queries", "-c", "time", "-f", "json")
    assert {query["category"] for query in json.loads(out)} == {"Time and counts"}
    assert kg("queries", "-c", "nothing")[0] == 2
    status, out, _ = kg("queries", "-f", "ttl")
    assert len(rdflib.Graph().parse(data=out)) > 100
