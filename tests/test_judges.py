"""The judges themselves: each accepts what is valid, and tells of what is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from judges import (
    SYNTAXES,
    JudgeError,
    Quad,
    Quads,
    pyld_quads,
    pyoxigraph_quads,
    rapper_problems,
    rdflib_quads,
    riot_problems,
    serdi_problems,
    sparql_rows,
    triples,
)

S, P, YEAR = "https://example.org/s", "https://example.org/p", "http://www.w3.org/2001/XMLSchema#gYear"
TURTLE = f'<{S}> <{P}> <{S}#o> , "words" , "2010"^^<{YEAR}> .'
LINES = f'<{S}> <{P}> <{S}#o> .\n<{S}> <{P}> "words" .\n<{S}> <{P}> "2010"^^<{YEAR}> .\n'
XML = f"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://example.org/">
  <rdf:Description rdf:about="{S}">
    <e:p rdf:resource="{S}#o"/><e:p>words</e:p><e:p rdf:datatype="{YEAR}">2010</e:p>
  </rdf:Description>
</rdf:RDF>"""
JSON = f"""{{"@context": {{"@version": 1.1, "p": {{"@id": "{P}"}}, "all": "@graph"}},
  "all": [{{"@id": "{S}", "p": [{{"@id": "{S}#o"}}, "words", {{"@value": "2010", "@type": "{YEAR}"}}]}}]}}"""

VALID: Mapping[str, str] = MappingProxyType(
    {".ttl": TURTLE, ".nt": LINES, ".nq": LINES, ".trig": TURTLE, ".rdf": XML, ".jsonld": JSON}
)
BROKEN: Mapping[str, str] = MappingProxyType(
    {
        ".ttl": TURTLE.replace('"words" ,', '"words ,'),
        ".nt": LINES.replace('"words"', '"words'),
        ".nq": LINES.replace('"words"', "words"),
        ".trig": "{ " + TURTLE,
        ".rdf": XML.replace("</e:p>", "", 1),
        ".jsonld": JSON[:-1],
    }
)
EXPECTED: Quads = frozenset(
    {
        Quad(S, P, f"{S}#o", ""),
        Quad(S, P, ("words", "http://www.w3.org/2001/XMLSchema#string", ""), ""),
        Quad(S, P, ("2010", YEAR, ""), ""),
    }
)

READERS = (rdflib_quads, pyoxigraph_quads)
JUDGED_BY = tuple(
    (judge, suffix)
    for judge, name in ((riot_problems, "riot"), (rapper_problems, "rapper"), (serdi_problems, "serdi"))
    for suffix, syntax in SYNTAXES.items()
    if getattr(syntax, name)
)


def _file(folder: Path, suffix: str, text: str) -> Path:
    path = folder / f"a file{suffix}"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(("judge", "suffix"), JUDGED_BY)
def test_valid_and_broken(judge: Callable[[Path], list[str]], suffix: str, tmp_path: Path) -> None:
    assert judge(_file(tmp_path, suffix, VALID[suffix])) == []
    assert judge(_file(tmp_path, suffix, BROKEN[suffix])) != []


@pytest.mark.parametrize("suffix", SYNTAXES)
@pytest.mark.parametrize("read", READERS)
def test_engines_read_the_same(read: Callable[[Path], Quads], suffix: str, tmp_path: Path) -> None:
    assert read(_file(tmp_path, suffix, VALID[suffix])) == EXPECTED
    with pytest.raises(JudgeError):
        read(_file(tmp_path, suffix, BROKEN[suffix]))


def test_pyld(tmp_path: Path) -> None:
    assert pyld_quads(_file(tmp_path, ".jsonld", JSON)) == EXPECTED
    with pytest.raises(JudgeError, match=r"example\.org/context"):
        pyld_quads(_file(tmp_path, ".jsonld", '{"@context": "https://example.org/context", "p": 1}'))
    with pytest.raises(JudgeError):
        pyld_quads(_file(tmp_path, ".jsonld", JSON[:-1]))


@pytest.mark.parametrize("read", READERS)
def test_named_graph(read: Callable[[Path], Quads], tmp_path: Path) -> None:
    quads = read(_file(tmp_path, ".trig", f"<{S}#g> {{ {TURTLE} }}"))
    assert {quad.graph for quad in quads} == {f"{S}#g"}
    assert triples(quads) == triples(EXPECTED)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f'<{S}> <{P}> "1"^^<{YEAR}> .', id="lexical form"),
        pytest.param(f"<{S}> <{P}> <https://example.org/a b> .", id="space in an IRI"),
    ],
)
def test_riot_warnings_count(text: str, tmp_path: Path) -> None:
    good, bad = _file(tmp_path, ".nq", LINES), _file(tmp_path, ".nt", text)
    assert any("WARN" in line or "ERROR" in line for line in riot_problems(good, bad))


def test_rdflib_warnings_count(tmp_path: Path) -> None:
    with pytest.raises(JudgeError, match="warns"):
        rdflib_quads(_file(tmp_path, ".ttl", f'<{S}> <{P}> "x"^^<http://www.w3.org/2001/XMLSchema#date> .'))


def test_lexical_forms_are_kept(tmp_path: Path) -> None:
    text = f'<{S}> <{P}> "007"^^<http://www.w3.org/2001/XMLSchema#integer> .'
    path = _file(tmp_path, ".ttl", text)
    assert rdflib_quads(path) == pyoxigraph_quads(path)
    assert {quad.object[0] for quad in rdflib_quads(path)} == {"007"}


def test_riot_cannot_judge_json(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot judge"):
        riot_problems(_file(tmp_path, ".jsonld", JSON))


def test_arq(tmp_path: Path) -> None:
    rows = sparql_rows("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", _file(tmp_path, ".ttl", TURTLE))
    assert rows == [["?n"], ["3"]]
