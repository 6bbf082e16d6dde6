"""Mappings in SSSOM: what a file says becomes links, and what the graph says becomes a valid file."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import rdflib
from click.testing import CliRunner
from conftest import Need
from rdflib.namespace import OWL, RDF, SKOS
from runs import EXAMPLES, figure, site

from kg.cli import cli
from kg.errors import SourceError, UsageError
from kg.frontmatter import parse
from kg.graph import IRI
from kg.mapping import Settings
from kg.mappings import MATCHES, read, written
from kg.mappings.terms import Names
from kg.pipeline import Run
from kg.problems import Problem

HEADER = """\
# curie_map:
#   MONDO: "http://purl.obolibrary.org/obo/MONDO_"
#   mesh: "http://id.nlm.nih.gov/mesh/"
#   orcid: "https://orcid.org/"
# license: "https://creativecommons.org/publicdomain/zero/1.0/"
# mapping_set_id: "https://example.org/sets/diseases"
# mapping_set_title: "Diseases"
"""
COLUMNS = (
    "subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence\tauthor_id\tmapping_date"
    "\tpredicate_modifier\n"
)
ROW = (
    "mesh:D003924\tskos:exactMatch\tMONDO:0005148\tsemapv:ManualMappingCuration\t0.950"
    "\torcid:0000-0002-1825-0097\t2020-05-30\t\n"
)
SSSOM = rdflib.Namespace("https://w3id.org/sssom/")
MESH = rdflib.URIRef("https://identifiers.org/mesh/D003924")
MONDO = rdflib.URIRef("http://purl.obolibrary.org/obo/MONDO_0005148")


def _read(folder: Path, text: str, name: str = "m.sssom.tsv") -> tuple[rdflib.Graph, list[Problem]]:
    path = folder / name
    data = text.encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    problems: list[Problem] = []
    graph = rdflib.Graph()
    for found in read(path, Settings(), problems.append):
        for triple in found.triples():
            graph.add(_terms(*triple))
    return graph, problems


def _terms(
    subject: str, predicate: str, value: object
) -> tuple[rdflib.URIRef, rdflib.URIRef, rdflib.term.Node]:
    from kg.bridges import rdflib_graph

    ((s, p, o),) = rdflib_graph([(IRI(subject), IRI(predicate), value)])  # type: ignore[list-item]
    assert isinstance(s, rdflib.URIRef)
    assert isinstance(p, rdflib.URIRef)
    return s, p, o


@pytest.mark.parametrize("name", ["m.sssom.tsv", "m.sssom.tsv.gz"])
def test_a_row_becomes_a_link_and_its_description(name: str, tmp_path: Path) -> None:
    graph, problems = _read(tmp_path, HEADER + COLUMNS + ROW, name)
    assert not problems
    assert (MESH, SKOS.exactMatch, MONDO) in graph
    (mapping,) = graph.subjects(RDF.type, SSSOM.Mapping)
    assert (mapping, OWL.annotatedSource, MESH) in graph
    assert (mapping, OWL.annotatedProperty, SKOS.exactMatch) in graph
    assert (mapping, OWL.annotatedTarget, MONDO) in graph
    assert str(graph.value(mapping, SSSOM.confidence)) == "0.95"
    assert str(graph.value(mapping, SSSOM.mapping_justification)).endswith("/ManualMappingCuration")
    assert graph.value(rdflib.URIRef("https://example.org/sets/diseases"), RDF.type) == SSSOM.MappingSet


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("NCBIGene:207", "https://identifiers.org/ncbigene/207"),
        ("http://identifiers.org/ncbigene/207", "https://identifiers.org/ncbigene/207"),
        ("https://bioregistry.io/ncbigene:207", "https://identifiers.org/ncbigene/207"),
        ("https://identifiers.org/CHEBI:15422", "https://identifiers.org/chebi/CHEBI:15422"),
        ("obo:CHEBI_15422", "https://identifiers.org/chebi/CHEBI:15422"),
        ("CHEBI:15422", "https://identifiers.org/chebi/CHEBI:15422"),
        ("taxonomy:9606", "https://identifiers.org/taxonomy/9606"),
        ("http://purl.uniprot.org/uniprot/P31751", "https://identifiers.org/uniprot/P31751"),
        ("https://example.org/a", "https://example.org/a"),
        ("skos:exactMatch", str(SKOS.exactMatch)),
        ("nothing:1", None),
        ("not a name", None),
        ("https://example.org/a b", None),
    ],
)
def test_a_name_becomes_our_iri(text: str, iri: str | None) -> None:
    assert Names({}).iri(text) == iri


def test_reserved_prefixes_keep_their_meaning() -> None:
    assert Names({"skos": "https://example.org/"}).iri("skos:exactMatch") == str(SKOS.exactMatch)


@pytest.mark.parametrize(
    ("change", "code", "line", "field"),
    [
        (("MONDO:0005148", "NOPE:1"), "bad-iri", 9, "object_id"),
        (("skos:exactMatch", ""), "missing-key", 9, "predicate_id"),
        (("0.950", "1.5"), "bad-number", 9, "confidence"),
        (("0.950", "high"), "bad-number", 9, "confidence"),
        (("2020-05-30", "2020-02-30"), "bad-date", 9, "mapping_date"),
        (("orcid:0000-0002-1825-0097", "somebody"), "bad-iri", 9, "author_id"),
        (("\tconfidence\t", "\tcolour\t"), "unknown-column", 8, "colour"),
        (("mapping_justification\t", "reason\t"), "missing-column", 8, "mapping_justification"),
        (("\t\n", "\t\t\tmore\n"), "long-row", 9, None),
        (("mapping_set_title", "set_title"), "unknown-key", 7, "set_title"),
        (('"Diseases"', '"Diseases'), "yaml-syntax", 8, None),
    ],
)
def test_a_bad_place_is_told(
    change: tuple[str, str], code: str, line: int, field: str | None, tmp_path: Path
) -> None:
    head, body = HEADER + COLUMNS, ROW
    if change[0] == "\t\n":
        body = ROW.replace(*change)
    else:
        head, body = head.replace(*change), body.replace(*change)
    graph, problems = _read(tmp_path, head + body)
    assert (code, line, field) in [(found.code, found.line, found.field) for found in problems]
    kept = code in {"bad-number", "bad-date", "unknown-column", "unknown-key"} or field == "author_id"
    assert bool(list(graph.subjects(RDF.type, SSSOM.Mapping))) is kept or code == "yaml-syntax"


@pytest.mark.parametrize(
    "change", [("\t\n", "\tNot\n"), ("MONDO:0005148", "sssom:NoTermFound"), ("MONDO:0005148", "MESH:D003924")]
)
def test_what_is_no_match_makes_no_link(change: tuple[str, str], tmp_path: Path) -> None:
    graph, problems = _read(tmp_path, HEADER + COLUMNS + ROW.replace(*change))
    assert not problems
    assert not list(graph.triples((None, SKOS.exactMatch, None)))
    assert list(graph.subjects(RDF.type, SSSOM.Mapping))


def test_a_quoted_cell_may_hold_a_tab_and_a_line(tmp_path: Path) -> None:
    text = (
        COLUMNS.replace("mapping_date", "comment")
        + ROW.replace("2020-05-30", '"one\ttwo\nthree"')
        + ROW.replace("MONDO:0005148", "NOPE:1").replace("2020-05-30", "x")
    )
    graph, problems = _read(tmp_path, HEADER + text)
    assert "one\ttwo\nthree" in {str(value) for value in graph.objects(None, rdflib.RDFS.comment)}
    assert [found.line for found in problems] == [11]


@pytest.mark.parametrize("data", [b"\xff\xfe", None])
def test_an_unreadable_file_is_told(data: bytes | None, tmp_path: Path) -> None:
    if data is not None:
        (tmp_path / "m.sssom.tsv").write_bytes(data)
    with pytest.raises(SourceError):
        list(read(tmp_path / "m.sssom.tsv", Settings(), lambda _: None))


def test_a_damaged_archive_is_told(tmp_path: Path) -> None:
    (tmp_path / "m.sssom.tsv.gz").write_bytes(gzip.compress(HEADER.encode())[:-9])
    with pytest.raises(SourceError):
        list(read(tmp_path / "m.sssom.tsv.gz", Settings(), lambda _: None))


def _kg(*arguments: object) -> int:
    found = CliRunner().invoke(cli, list(map(str, arguments)), standalone_mode=False, catch_exceptions=False)
    return int(found.return_value)


def test_links_come_into_the_export_once(tmp_path: Path) -> None:
    (tmp_path / "a.sssom.tsv").write_text(HEADER + COLUMNS + ROW + ROW)
    (tmp_path / "b.sssom.tsv").write_text(HEADER + COLUMNS + ROW)
    source = site(tmp_path / "site", {"_figures/PMC99000201__f1.md": figure()})
    files = [part for name in "ab" for part in ("--mappings", tmp_path / f"{name}.sssom.tsv")]
    assert _kg("export", source, "-o", tmp_path / "kg.nt", "-o", tmp_path / "kg.jsonld", *files, "-q") == 0
    lines = (tmp_path / "kg.nt").read_text().splitlines()
    assert len(lines) == len(set(lines))
    assert f"<{MESH}> <{SKOS.exactMatch}> <{MONDO}> ." in lines
    graph = rdflib.Graph().parse(tmp_path / "kg.jsonld", format="json-ld")
    assert len(graph) == len(lines)


def test_a_mapping_that_means_nothing_counts_as_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.sssom.tsv").write_text(HEADER + COLUMNS + ROW.replace("MONDO:0005148", "NOPE:1"))
    source = site(tmp_path / "site", {"_figures/PMC99000201__f1.md": figure()})
    options = ("--mappings", tmp_path / "a.sssom.tsv", "-q")
    assert _kg("export", source, "-o", tmp_path / "kg.nt", *options) == 1


# ---------------------------------------------------------------- writing


@pytest.fixture(scope="module")
def equivalences(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the equivalences of the examples as a file."""
    target = tmp_path_factory.mktemp("mappings") / "kg.sssom.tsv"
    assert _kg("mappings", EXAMPLES, "-o", target) == 0
    return target


def _matches() -> set[tuple[str, str, str]]:
    triples = Run([EXAMPLES]).triples()
    return {(s, p, str(o)) for s, p, o in triples if p in MATCHES and isinstance(o, IRI)}


def _rows(path: Path) -> tuple[dict[str, object], list[list[str]]]:
    lines = path.read_text().splitlines()
    header = "\n".join(line[1:] for line in lines if line.startswith("#"))
    return dict(parse(header).values), [line.split("\t") for line in lines if not line.startswith("#")]


def test_every_equivalence_is_a_row(equivalences: Path) -> None:
    header, (columns, *rows) = _rows(equivalences)
    assert columns == ["subject_id", "predicate_id", "object_id", "mapping_justification"]
    assert isinstance(header["curie_map"], dict)
    starts = header["curie_map"]
    found = {
        tuple(starts[name.partition(":")[0]] + name.partition(":")[2] for name in row[:3]) for row in rows
    }
    assert found == _matches()
    assert len(rows) == len(found) > 50
    assert {"license", "mapping_set_id"} <= set(header)


def test_what_is_written_reads_back(equivalences: Path) -> None:
    problems: list[Problem] = []
    links = set()
    for graph in read(equivalences, Settings(), problems.append):
        links |= {(s, p, str(o)) for s, p, o in graph.triples() if p in MATCHES}
    assert not problems
    # An IRI of the owner of a namespace means the same thing as ours, so such links lead back to themselves.
    assert links <= {(Names({}).iri(s) or s, p, Names({}).iri(o) or o) for s, p, o in _matches()}
    assert links


def test_records_files_and_stores_give_the_same(tmp_path: Path, equivalences: Path) -> None:
    assert _kg("export", EXAMPLES, "-o", tmp_path / "kg.ttl", "-q") == 0
    assert _kg("load", EXAMPLES, "--to", tmp_path / "store", "-q") == 0
    for source in ("kg.ttl", "store"):
        assert _kg("mappings", tmp_path / source, "-o", tmp_path / "out.tsv") == 0
        assert (tmp_path / "out.tsv").read_bytes() == equivalences.read_bytes()


def test_sssom_py_validates(equivalences: Path, need: Need) -> None:
    program = os.environ.get("KG_SSSOM") or shutil.which("sssom")
    need(program, "sssom (PyPI: sssom), on PATH or named by KG_SSSOM")
    done = subprocess.run(
        [str(program), "validate", str(equivalences)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr.lower()


def test_a_wrong_licence_is_told() -> None:
    with pytest.raises(UsageError, match="--licence"):
        _kg("mappings", EXAMPLES, "--licence", "free")


def test_nothing_to_map_gives_an_empty_file() -> None:
    assert list(written([], "https://example.org/"))[-1].startswith("subject_id\t")
