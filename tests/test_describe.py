"""Descriptions of datasets: every number is the one that SPARQL counts, and the profiles hold."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
import rdflib
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from rdflib.namespace import DCAT, DCTERMS, RDF, VOID
from runs import EXAMPLES, GOLDEN, figure, site

import kg
from kg.bridges import pyoxigraph_store, rdflib_graph
from kg.cli import cli
from kg.describe import Counts, Statistics, about, count_source, describe_source
from kg.describe.dataset import Made
from kg.describe.links import LINKS, Targets
from kg.describe.origin import now, revision, sources
from kg.errors import NoRecordError, SourceError, UsageError
from kg.graph import IRI, Literal, RecordGraph, Triple, describe
from kg.mapping import Settings
from kg.pipeline import Run
from kg.resources import ontology
from kg.unique import Unique
from kg.vocabulary import RDF_TYPE, SCHEMA, SKOS_EXACT_MATCH

BASE = "https://w3id.org/pathway-kg/"
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
PAV = rdflib.Namespace("http://purl.org/pav/")
SDO = rdflib.Namespace(SCHEMA)

Rows = Callable[[str], list[tuple[Any, ...]]]


def _export(target: Path, *arguments: object) -> Path:
    """Export sources with a description beside it; return the place of the description."""
    described = target.with_name("about.ttl")
    done = CliRunner().invoke(
        cli,
        [str(part) for part in ("export", *arguments, "-o", target, "--describe", described, "-q")],
        standalone_mode=False,
    )
    if done.exception is not None:
        raise done.exception
    return described


@pytest.fixture(autouse=True)
def _fixed_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, rdflib.Graph]:
    """Return an export of the examples, and its description as a graph."""
    folder = tmp_path_factory.mktemp("described")
    return folder, rdflib.Graph().parse(_export(folder / "kg.ttl", EXAMPLES, "-o", folder / "kg.nt.gz"))


# ---------------------------------------------------------------- the numbers


def _of_pyoxigraph(store: pyoxigraph.Store) -> Rows:
    def rows(query: str) -> list[tuple[Any, ...]]:
        found: Any = store.query(query)
        return [tuple(_value(term) for term in row) for row in found]

    return rows


def _value(term: Any) -> str | int:
    return int(term.value) if isinstance(term, pyoxigraph.Literal) else str(term.value)


def _of_rdflib(graph: rdflib.Graph) -> Rows:
    def rows(query: str) -> list[tuple[Any, ...]]:
        found: Iterable[Any] = graph.query(query)
        return [
            tuple(term.toPython() if isinstance(term, rdflib.Literal) else str(term) for term in row)
            for row in found
        ]

    return rows


def _numbers(counts: Counts) -> dict[tuple[str, ...], int]:
    """Return all numbers of the counts, each by what it counts."""
    found: dict[tuple[str, ...], int] = {
        ("triples",): counts.triples,
        ("entities",): counts.entities,
        ("subjects",): counts.subjects,
        ("objects",): counts.objects,
        ("literals",): counts.literals,
    }
    found |= {("property", name): count for name, count in counts.properties.items()}
    for name, row in counts.classes.items():
        found[("class", name)] = row.entities
        found[("class triples", name)] = row.triples
        found |= {("class property", name, key): count for key, count in row.properties.items()}
        for key, links in row.links.items():
            found |= {("class property class", name, key, other): count for other, count in links.items()}
    return found


_SINGLE = {
    "triples": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "entities": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a [] }",
    "subjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
    "objects": "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }",
    "literals": "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o FILTER(isLiteral(?o)) }",
}
_GROUPED = {
    "property": "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p",
    "class": "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c",
    "class triples": "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c ; ?p ?o } GROUP BY ?c",
    "class property": "SELECT ?c ?p (COUNT(*) AS ?n) { ?s a ?c ; ?p ?o } GROUP BY ?c ?p",
    "class property class": (
        "SELECT ?c ?p ?d (COUNT(*) AS ?n) { ?s a ?c ; ?p ?o . ?o a ?d } GROUP BY ?c ?p ?d"
    ),
}


def _counted(rows: Rows) -> dict[tuple[str, ...], int]:
    """Return all numbers as SPARQL counts them."""
    found: dict[tuple[str, ...], int] = {(name,): rows(query)[0][0] for name, query in _SINGLE.items()}
    for name, query in _GROUPED.items():
        found |= {(name, *keys): number for *keys, number in rows(query)}
    return found


def _link_rows(rows: Rows, predicate: str, target: str) -> int:
    starts = f'STRSTARTS(STR(?o), "{target}")'
    query = f"SELECT (COUNT(*) AS ?n) {{ ?s <{predicate}> ?o FILTER(isIRI(?o) && {starts}) }}"
    number: int = rows(query)[0][0]
    return number


def _check(counts: Counts, rows: Rows) -> None:
    assert _numbers(counts) == _counted(rows)
    for (predicate, target), number in counts.linksets.items():
        assert number == _link_rows(rows, predicate, target), (predicate, target)
    found = rows("SELECT ?p ?o { ?s ?p ?o FILTER(isIRI(?o)) }")
    outside = Counter(p for p, o in found if p in LINKS and not o.startswith(BASE))
    for predicate, number in outside.items():
        targets = {target for name, target in counts.linksets if name == predicate}
        top = [one for one in targets if not any(one != other and one.startswith(other) for other in targets)]
        assert number == sum(counts.linksets[IRI(predicate), target] for target in top)


def _of_sources(*paths: Path) -> tuple[Counts, list[Triple]]:
    statistics = Statistics(Targets(BASE))
    triples: list[Triple] = []
    for graph in Run(paths).graphs():
        statistics.observe(graph)
        triples.extend(graph.triples())
    return statistics.counts(), triples


def test_examples_are_counted_as_sparql_does() -> None:
    counts, triples = _of_sources(EXAMPLES)
    assert counts.triples > 1000
    _check(counts, _of_pyoxigraph(pyoxigraph_store(triples)))
    _check(counts, _of_rdflib(rdflib_graph(triples)))


@pytest.mark.parametrize(
    "folder", sorted(path for path in GOLDEN.iterdir() if path.is_dir()), ids=lambda p: p.name
)
def test_golden_inputs_are_counted_as_sparql_does(folder: Path) -> None:
    counts, triples = _of_sources(folder)
    _check(counts, _of_pyoxigraph(pyoxigraph_store(triples)))


@pytest.mark.parametrize(
    "name", ["pfocr-inline", "pfocr-sidecar", "seeds", pytest.param("wikipathways", marks=pytest.mark.soak)]
)
def test_real_records_are_counted_as_sparql_does(name: str, corpus: Path) -> None:
    counts, triples = _of_sources(corpus / name)
    _check(counts, _of_pyoxigraph(pyoxigraph_store(triples)))


_NODES = [IRI(f"https://example.org/{name}") for name in "abcdef"]
_CLASSES = [IRI(f"https://example.org/class/{name}") for name in "ABC"]
_PREDICATES = [SKOS_EXACT_MATCH, *(IRI(f"https://example.org/p{number}") for number in range(2))]
_XSD_DATE = IRI("http://www.w3.org/2001/XMLSchema#date")
_VALUES: list[IRI | str | Literal] = [
    *_NODES,
    *_CLASSES,
    RDF_TYPE,
    *_NODES[:2],
    "a text",
    "https://example.org/a",
    "2010-01-01",
    Literal("2010-01-01", _XSD_DATE),
    Literal("2011-01-01", _XSD_DATE),
]
_BLOCK = st.builds(
    lambda subject, facts, shared: describe(subject, *facts, shared=shared),
    st.sampled_from([*_NODES, *_CLASSES]),
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from(_PREDICATES), st.sampled_from(_VALUES)),
            st.tuples(st.just(RDF_TYPE), st.sampled_from([*_CLASSES, *_NODES])),
        ),
        min_size=1,
        max_size=5,
    ),
    st.just(value=True),
)
_GRAPHS = st.lists(
    st.lists(_BLOCK, min_size=1, max_size=5).map(
        lambda blocks: RecordGraph(blocks[0].subject, tuple(blocks))
    ),
    max_size=6,
)


def _fresh(graphs: Iterable[RecordGraph]) -> Iterator[RecordGraph]:
    unique = Unique()
    yield from map(unique.new, graphs)


@given(_GRAPHS)
def test_any_typing_is_counted_as_sparql_does(graphs: list[RecordGraph]) -> None:
    fresh = list(_fresh(graphs))
    statistics = Statistics(Targets(BASE))
    for graph in fresh:
        statistics.observe(graph)
    triples = [triple for graph in fresh for triple in graph.triples()]
    _check(statistics.counts(), _of_pyoxigraph(pyoxigraph_store(triples)))


def test_a_class_that_comes_late_counts_for_all_that_was_said_before() -> None:
    a, b, one, link = (IRI(f"https://example.org/{name}") for name in ("a", "b", "One", "link"))
    statistics = Statistics(Targets(BASE))
    for subject, fact in ((a, (link, b)), (a, (RDF_TYPE, one)), (b, (RDF_TYPE, one))):
        statistics.observe(RecordGraph(subject, (describe(subject, fact),)))
    assert statistics.counts().classes[one].links == {link: {one: 1}}


def test_rows_come_back_from_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.describe.shuffle._BLOCK", 3)
    monkeypatch.setattr("kg.describe.statistics._SPILL", 1)
    counts, triples = _of_sources(EXAMPLES)
    _check(counts, _of_pyoxigraph(pyoxigraph_store(triples)))


# ---------------------------------------------------------------- the description


def _number(graph: rdflib.Graph, node: rdflib.term.Node, name: str) -> int:
    value: Any = graph.value(node, VOID[name])
    return int(value)


def test_the_description_holds_every_number(exported: tuple[Path, rdflib.Graph]) -> None:
    folder, graph = exported
    expected = _counted(_of_rdflib(rdflib.Graph().parse(folder / "kg.ttl")))
    found: dict[tuple[str, ...], int] = {}
    data = next(graph.subjects(RDF.type, DCAT.Distribution))
    for name, key in (("triples", "triples"), ("entities", "entities"), ("distinctSubjects", "subjects")):
        found[(key,)] = _number(graph, data, name)
    found[("objects",)] = _number(graph, data, "distinctObjects")
    for part in graph.objects(data, VOID.propertyPartition):
        found[("property", str(graph.value(part, VOID.property)))] = _number(graph, part, "triples")
    for part in graph.objects(data, VOID.classPartition):
        name = str(graph.value(part, VOID["class"]))
        if name.endswith("#Literal"):
            found[("literals",)] = _number(graph, part, "distinctSubjects")
        elif name.endswith("#Class"):
            assert _number(graph, part, "distinctSubjects") == sum(key[0] == "class" for key in expected)
        else:
            found |= _class_numbers(graph, part, name)
    assert found == expected
    assert _number(graph, data, "properties") == sum(key[0] == "property" for key in expected)
    assert _number(graph, data, "classes") == sum(key[0] == "class" for key in expected)


def _class_numbers(graph: rdflib.Graph, part: rdflib.term.Node, name: str) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {
        ("class", name): _number(graph, part, "entities"),
        ("class triples", name): _number(graph, part, "triples"),
    }
    for inner in graph.objects(part, VOID.propertyPartition):
        key = str(graph.value(inner, VOID.property))
        found["class property", name, key] = _number(graph, inner, "triples")
        for last in graph.objects(inner, VOID.classPartition):
            other = str(graph.value(last, VOID["class"]))
            found["class property class", name, key, other] = _number(graph, last, "triples")
    return found


def test_linksets_hold_what_sparql_counts(exported: tuple[Path, rdflib.Graph]) -> None:
    folder, graph = exported
    rows = _of_rdflib(rdflib.Graph().parse(folder / "kg.ttl"))
    linksets = list(graph.subjects(RDF.type, VOID.Linkset))
    assert len(linksets) > 3
    for linkset in linksets:
        predicate = str(graph.value(linkset, VOID.linkPredicate))
        target = str(graph.value(graph.value(linkset, VOID.objectsTarget), VOID.uriSpace))
        assert _number(graph, linkset, "triples") == _link_rows(rows, predicate, target)


def test_the_files_are_as_described(exported: tuple[Path, rdflib.Graph]) -> None:
    folder, graph = exported
    files = {str(node).rpartition("/")[2]: node for node in graph.subjects(RDF.type, DCAT.Distribution)}
    assert set(files) == {"kg.ttl", "kg.nt.gz"}
    for name, node in files.items():
        data = (folder / name).read_bytes()
        checksum = graph.value(node, SPDX.checksum)
        assert str(graph.value(node, DCAT.byteSize)) == str(len(data))
        assert str(graph.value(checksum, SPDX.checksumValue)) == hashlib.sha256(data).hexdigest()
        assert str(graph.value(node, SDO.sha256)) == hashlib.sha256(data).hexdigest()
    compressed = graph.value(files["kg.nt.gz"], DCAT.compressFormat)
    assert str(compressed).endswith("/application/gzip")
    assert graph.value(files["kg.ttl"], DCAT.compressFormat) is None
    assert str(graph.value(files["kg.ttl"], DCAT.mediaType)).endswith("/text/turtle")


def test_there_is_no_blank_node(exported: tuple[Path, rdflib.Graph]) -> None:
    assert not [term for triple in exported[1] for term in triple if isinstance(term, rdflib.BNode)]


def test_jsonld_says_the_same(tmp_path: Path, exported: tuple[Path, rdflib.Graph]) -> None:
    source = exported[0] / "kg.ttl"
    turtle = rdflib.Graph().parse(data=describe_source(source), format="turtle")
    text = describe_source(source, target="about.jsonld")
    found = rdflib.Graph().parse(data=text, format="json-ld")
    assert set(found) == set(turtle)
    assert "@context" in json.loads(text)


def test_the_same_time_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (_export(tmp_path / name / "kg.ttl", EXAMPLES) for name in _folders(tmp_path))
    assert first.read_bytes() == second.read_bytes()
    assert b"2023-11-14T22:13:20Z" in first.read_bytes()


def _folders(folder: Path) -> Iterator[str]:
    for name in ("one", "two"):
        (folder / name).mkdir()
        yield name


def test_a_description_of_a_file_has_the_same_numbers(exported: tuple[Path, rdflib.Graph]) -> None:
    folder, _ = exported
    counts, _ = _of_sources(EXAMPLES)
    for name in ("kg.ttl", "kg.nt.gz"):
        found = count_source(folder / name)
        assert _numbers(found) == _numbers(counts)
        assert found.linksets == counts.linksets


def test_a_store_is_described(tmp_path: Path, exported: tuple[Path, rdflib.Graph]) -> None:
    folder = tmp_path / "store"
    store = pyoxigraph.Store(str(folder))
    store.bulk_load(path=str(exported[0] / "kg.ttl"), format=pyoxigraph.RdfFormat.TURTLE)
    store.flush()
    del store
    text = describe_source(folder)
    graph = rdflib.Graph().parse(data=text, format="turtle")
    counts, _ = _of_sources(EXAMPLES)
    data = next(graph.subjects(RDF.type, DCAT.Distribution))
    assert _number(graph, data, "triples") == counts.triples
    assert _violations(graph, "hcls.ttl") == []


# ---------------------------------------------------------------- the profiles


def _violations(graph: rdflib.Graph, shapes: str) -> list[str]:
    import pyshacl

    _, report, _ = pyshacl.validate(
        graph, shacl_graph=rdflib.Graph().parse(ontology() / shapes), inference="none"
    )
    assert isinstance(report, rdflib.Graph)
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    found = report.subjects(sh.resultSeverity, sh.Violation)
    return sorted(str(report.value(result, sh.resultMessage)) for result in found)


@pytest.mark.parametrize("shapes", ["hcls.ttl", "bioschemas.ttl"])
def test_a_description_conforms(shapes: str, exported: tuple[Path, rdflib.Graph]) -> None:
    assert _violations(exported[1], shapes) == []


def _levels(graph: rdflib.Graph) -> dict[str, rdflib.term.Node]:
    version = next(graph.subjects(DCTERMS.isVersionOf))
    return {
        "Summary": next(graph.objects(version, DCTERMS.isVersionOf)),
        "Version": version,
        "Distribution": next(graph.objects(version, DCAT.distribution)),
    }


def test_every_constraint_of_hcls_can_fail(exported: tuple[Path, rdflib.Graph]) -> None:
    """One fault for each MUST and MUST NOT, on a node of each level, at once for speed: each is told."""
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    shapes = rdflib.Graph().parse(ontology() / "hcls.ttl")
    graph = rdflib.Graph()
    for triple in exported[1]:
        graph.add(triple)
    expected = set()
    for level, node in _levels(graph).items():
        for shape in shapes.objects(rdflib.URIRef(f"{BASE}shapes/hcls#{level}"), sh.property):
            path: Any = shapes.value(shape, sh.path)
            if shapes.value(shape, sh.maxCount) is not None:
                graph.add((node, path, rdflib.URIRef("https://example.org/planted")))
            elif path != DCTERMS.isVersionOf:
                graph.remove((node, path, None))
            else:
                continue
            expected.add(str(shapes.value(shape, sh.message)))
    # Without its type and links each level is still found by what links to it.
    graph.add((_levels(exported[1])["Version"], DCAT.distribution, _levels(exported[1])["Distribution"]))
    assert len(expected) > 80
    assert expected <= set(_violations(graph, "hcls.ttl"))


def test_what_dataset_search_requires_is_there(exported: tuple[Path, rdflib.Graph]) -> None:
    graph = exported[1]
    version = _levels(graph)["Version"]
    assert (version, RDF.type, SDO.Dataset) in graph
    assert 50 <= len(str(graph.value(version, SDO.description))) <= 5000
    for name in ("name", "creator", "identifier", "license", "keywords", "url", "includedInDataCatalog"):
        assert graph.value(version, SDO[name]) is not None
    for file in graph.objects(version, SDO.distribution):
        assert (file, RDF.type, SDO.DataDownload) in graph
        assert isinstance(graph.value(file, SDO.contentUrl), rdflib.URIRef)
        assert graph.value(file, SDO.encodingFormat) is not None
    creator = graph.value(version, SDO.creator)
    assert graph.value(creator, SDO.name) is not None


def test_what_figures_are_part_of_is_described(exported: tuple[Path, rdflib.Graph]) -> None:
    folder, graph = exported
    data = rdflib.Graph().parse(folder / "kg.ttl")
    wholes = set(data.objects(None, SDO.isPartOf)) & {
        rdflib.URIRef(f"{BASE}dataset/{n}") for n in ("pfocr", "wikipathways")
    }
    assert len(wholes) == 2
    assert all((whole, RDF.type, SDO.Dataset) in graph for whole in wholes)


# ---------------------------------------------------------------- where it came from


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def test_the_revision_of_a_checkout_is_told(tmp_path: Path) -> None:
    site(tmp_path / "site", {"_figures/PMC99000201__f1.md": figure()})
    checkout = tmp_path / "site"
    assert revision(checkout) is None
    _git(checkout, "init", "-q")
    assert revision(checkout) is None
    _git(checkout, "add", ".")
    _git(checkout, "commit", "-qm", "Start")
    head = _git(checkout, "rev-parse", "HEAD")
    assert revision(checkout / "_figures") == head
    _git(checkout, "pack-refs", "--all")
    assert revision(checkout) == head
    _git(checkout, "worktree", "add", "-q", str(tmp_path / "tree"), "-b", "other")
    assert revision(tmp_path / "tree") == head
    _git(checkout, "checkout", "-q", "--detach")
    assert revision(checkout) == head
    assert f'schema:version "{head}"' in _export(tmp_path / "kg.ttl", checkout).read_text()


@pytest.mark.parametrize("head", ["ref: refs/heads/../../../secret", "ref: ../secret", "x" * 40, ""])
def test_a_damaged_checkout_tells_nothing(head: str, tmp_path: Path) -> None:
    site(tmp_path, {".git/HEAD": head + "\n"})
    assert revision(tmp_path) is None


def test_a_source_is_told_without_its_folder(tmp_path: Path) -> None:
    assert sources([tmp_path / "a", "-"])[0].name == "a"


def test_a_wrong_time_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH"):
        now()


def test_the_clock_tells_the_time_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert Made(now()).time.tzinfo is not None


# ---------------------------------------------------------------- the command line


def test_the_user_says_what_counts_cannot(tmp_path: Path) -> None:
    target = _export(
        tmp_path / "kg.ttl",
        EXAMPLES,
        "--about",
        "title=Our graph",
        "--about",
        "licence=https://example.org/licence",
        "--about",
        "creator=Our group <https://example.org/us>",
        "--about",
        "downloads=https://example.org/files",
        "--about",
        "name=ours",
        "--about",
        "keywords=b,a",
    )
    text = target.read_text()
    graph = rdflib.Graph().parse(target)
    version = _levels(graph)["Version"]
    assert str(graph.value(version, DCTERMS.license)) == "https://example.org/licence"
    assert str(graph.value(version, SDO.creator)) == "https://example.org/us"
    assert "<https://example.org/files/kg.ttl>" in text
    assert str(_levels(graph)["Summary"]) == f"{BASE}dataset/ours"
    assert _violations(graph, "hcls.ttl") == []


@pytest.mark.parametrize(
    "option",
    ["title", "colour=red", "licence=free", "creator=me", "description=short", "name=a b", "title= "],
)
def test_a_wrong_key_or_value_is_told(option: str) -> None:
    with pytest.raises(UsageError, match="--about"):
        about([option])


def test_nothing_is_described_where_nothing_is_written(tmp_path: Path) -> None:
    site(tmp_path / "site", {"index.md": "---\nlayout: home\n---\n"})
    with pytest.raises(NoRecordError):
        _export(tmp_path / "kg.ttl", tmp_path / "site")
    assert not list(tmp_path.glob("*.ttl"))


def test_a_compressed_description_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="compressed"):
        CliRunner().invoke(
            cli,
            [
                "export",
                str(EXAMPLES),
                "-o",
                str(tmp_path / "a.ttl"),
                "--describe",
                str(tmp_path / "b.ttl.gz"),
            ],
            standalone_mode=False,
            catch_exceptions=False,
        )


def test_an_empty_file_is_not_described(tmp_path: Path) -> None:
    (tmp_path / "empty.ttl").write_text("")
    with pytest.raises(SourceError, match="nothing to describe"):
        describe_source(tmp_path / "empty.ttl")


def test_the_command_describes_a_file(tmp_path: Path, exported: tuple[Path, rdflib.Graph]) -> None:
    target = tmp_path / "about.jsonld"
    done = CliRunner().invoke(
        cli, ["describe", str(exported[0] / "kg.nt.gz"), "-o", str(target)], standalone_mode=False
    )
    assert done.exception is None
    graph = rdflib.Graph().parse(target, format="json-ld")
    data = next(graph.subjects(RDF.type, DCAT.Distribution))
    compressed = (exported[0] / "kg.nt.gz").read_bytes()
    assert (
        str(graph.value(graph.value(data, SPDX.checksum), SPDX.checksumValue))
        == hashlib.sha256(compressed).hexdigest()
    )
    assert _number(graph, data, "triples") == gzip.decompress(compressed).count(b"\n")


def test_an_export_is_the_same_with_a_description(tmp_path: Path) -> None:
    _export(tmp_path / "kg.ttl", EXAMPLES)
    kg.export([EXAMPLES], [tmp_path / "plain.ttl"])
    assert (tmp_path / "kg.ttl").read_bytes() == (tmp_path / "plain.ttl").read_bytes()


def test_settings_move_what_is_minted() -> None:
    text = describe_source(ontology() / "kg.ttl", settings=Settings(base="https://example.org/kg/"))
    assert "<https://example.org/kg/dataset/" in text
