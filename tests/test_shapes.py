"""The shapes: what conforms conforms, every constraint can fail, and both engines agree on all of it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import Path

import pytest
from click.testing import CliRunner
from faults import BREAK_NODE, BREAK_VALUES, Case, Planter, alternatives, constraints, with_one_way
from judges import _jena_classpath
from rdflib import RDF, RDFS, SH, XSD, BNode, Graph, URIRef
from rdflib import Literal as RdfLiteral

from kg import resources, shapes
from kg.cli import cli
from kg.errors import MissingExtraError, SourceError, UsageError
from kg.graph import IRI, Literal, RecordGraph, describe
from kg.mapping import Settings, record_graph
from kg.pipeline import Run
from kg.shapes import Result, Severity, peer
from kg.shapes.data import rdflib_graph
from kg.shapes.reader import CONSTRAINTS
from kg.vocabulary import GENE, RDF_TYPE

ROOT = Path(__file__).resolve().parent.parent
FILES = {"model": "shapes.ttl", "profiles": "bioschemas.ttl"}
KINDS = sorted(FILES)
each_kind = pytest.mark.parametrize("kind", KINDS)


@cache
def shapes_graph(kind: str) -> Graph:
    return Graph().parse(ROOT / "ontology" / FILES[kind], format="turtle")


@cache
def conforming(kind: str) -> Graph:
    return Graph().parse(ROOT / "tests" / "shapes" / f"{kind}.ttl", format="turtle")


@cache
def engine(kind: str, name: str = "kg") -> shapes.Shapes:
    return shapes.load(profile=None if kind == "model" else "all", engine=name)


@cache
def planted(kind: str) -> tuple[Graph, tuple[Case, ...]]:
    """Return a graph with one fault for every constraint, and the faults; what they link to conforms."""
    planter, graph = Planter(shapes_graph(kind), conforming(kind)), Graph()
    cases = tuple(planter.plant(constraint, graph) for constraint in constraints(planter.shapes))
    return graph + conforming(kind), cases


@cache
def found(kind: str, name: str) -> frozenset[Result]:
    return frozenset(engine(kind, name).validate(planted(kind)[0]))


def _named(results: Iterable[Result]) -> set[tuple[str, str, str]]:
    return {(result.focus, result.shape, result.component) for result in results}


def _focus(node: object) -> str:
    return f"_:{node}" if isinstance(node, BNode) else str(node)


# what conforms


@each_kind
@pytest.mark.parametrize("name", shapes.ENGINES)
def test_what_is_right_conforms(kind: str, name: str) -> None:
    assert engine(kind, name).validate(conforming(kind)) == []


@each_kind
def test_a_copy_without_a_fault_conforms(kind: str) -> None:
    planter, graph = Planter(shapes_graph(kind), conforming(kind)), Graph()
    assert planter.copies(graph)
    assert engine(kind).validate(graph + conforming(kind)) == []


@each_kind
def test_every_target_has_a_node_that_conforms(kind: str) -> None:
    graph, data = shapes_graph(kind), conforming(kind)
    for target in graph.objects(None, SH.targetClass):
        assert (None, RDF.type, target) in data, target
    for target in graph.objects(None, SH.targetSubjectsOf):
        assert (None, URIRef(str(target)), None) in data, target


def test_every_property_of_the_conforming_nodes_is_real() -> None:
    """A slip of the pen in a path would never fail: each path must be used by the mapping or by a profile."""
    paths = set(shapes_graph("model").objects(None, SH.path))
    assert paths <= set(conforming("model").predicates()) | {RDF.type}


@pytest.mark.parametrize("name", shapes.ENGINES)
def test_example_records_conform(name: str) -> None:
    """Record by record, before shared triples are left out."""
    judge, records = engine("model", name), list(_graphs(resources.examples()))
    results = [result for _, found in shapes.validate_graphs(records, judge) for result in found]
    assert len(records) > 10
    assert _labels(results, Severity.VIOLATION) == set()
    assert _labels(results, Severity.WARNING) == {"ScholarlyArticle-title"}


def _labels(results: Iterable[Result], severity: Severity) -> set[str]:
    return {result.shape.rpartition("#")[2] for result in results if result.severity is severity}


def _graphs(*sources: Path) -> Iterator[RecordGraph]:
    for loaded in Run(sources).records():
        yield record_graph(loaded.kind, loaded.record, Settings())


def test_exported_examples_conform(tmp_path: Path) -> None:
    """All triples of a run together, with the mentions in texts and their selectors."""
    target = tmp_path / "kg.ttl"
    options = ["--link-text", "--link-captions", "--selectors", "--quiet"]
    CliRunner().invoke(cli, ["export", str(resources.examples()), "-o", str(target), *options])
    results = list(_results(engine("model"), target))
    assert _labels(results, Severity.VIOLATION) == set()
    assert _labels(results, Severity.WARNING) <= {"ScholarlyArticle-title", "one-name"}
    assert "TextMention" in target.read_text("utf-8")


def _results(judge: shapes.Shapes, source: Path) -> Iterator[Result]:
    return (result for judged in judge.validate_source(source) for result in judged.results)


GOLDEN = sorted((ROOT / "tests" / "golden").glob("*/expected.ttl"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.parent.name)
def test_golden_outputs_have_no_violation(path: Path) -> None:
    """What the mapping makes of every quirk, wrong values included, is within the model."""
    assert _labels(_results(engine("model"), path), Severity.VIOLATION) == set()


PARTS: Mapping[str, int] = {"seeds": 1, "pfocr-inline": 3, "pfocr-sidecar": 3, "wikipathways": 9}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_the_real_records_has_no_violation(corpus: Path, part: str) -> None:
    """Judge one record of a few; `make soak` takes all of them."""
    _judge_real_records(corpus / part, PARTS[part])


@pytest.mark.soak
@pytest.mark.parametrize("part", PARTS)
def test_real_records_have_no_violation(corpus: Path, part: str) -> None:
    _judge_real_records(corpus / part, 1)


def _judge_real_records(folder: Path, step: int) -> None:
    graphs = islice(_graphs(folder), 0, None, step)
    judged = shapes.validate_graphs(graphs, engine("model"))
    results = [result for _, found in judged for result in found]
    assert _labels(results, Severity.VIOLATION) == set()


# what does not conform


def _constraint_parameters() -> list[object]:
    return [
        pytest.param(kind, case, id=f"{kind}:{case.constraint}")
        for kind in KINDS
        for case in planted(kind)[1]
    ]


@pytest.mark.parametrize(("kind", "case"), _constraint_parameters())
def test_constraint_can_fail(kind: str, case: Case) -> None:
    expected = (_focus(case.focus), str(case.constraint.shape), case.constraint.name)
    assert expected in _named(found(kind, "kg"))


@each_kind
def test_engines_agree_on_every_planted_fault(kind: str) -> None:
    assert _comparable(found(kind, "kg")) == _comparable(found(kind, "pyshacl"))


def _comparable(results: Iterable[Result]) -> set[tuple[object, ...]]:
    """Return what both engines must say; pySHACL gives a value where a value is missing (`hasValue`)."""
    return {(*result._replace(value=None), _value(result)) for result in results}


def _value(result: Result) -> object:
    return None if result.component == "hasValue" else result.value


@each_kind
def test_jena_agrees_on_every_planted_fault(kind: str, tmp_path: Path) -> None:
    """A third engine, which shares no code with the other two."""
    graph, _ = planted(kind)
    graph.serialize(tmp_path / "data.ttl", format="turtle")
    command = ["java", "-cp", _jena_classpath(), "shacl.shacl", "validate"]
    files = ["--shapes", str(ROOT / "ontology" / FILES[kind]), "--data", str(tmp_path / "data.ttl")]
    done = subprocess.run([*command, *files], capture_output=True, encoding="utf-8", check=False)
    report = Graph().parse(data=done.stdout, format="turtle")
    assert _without_blank(_named(peer._results(report))) == _without_blank(_named(found(kind, "kg")))


def _without_blank(rows: set[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    """Leave out what is about blank nodes: each engine names them in its own way."""
    return {row for row in rows if not row[0].startswith("_:")}


@each_kind
def test_each_alternative_alone_is_enough(kind: str) -> None:
    planter, graph = Planter(shapes_graph(kind), conforming(kind)), Graph()
    ways = [
        (with_one_way(planter, constraint, item, graph), constraint)
        for constraint, item in alternatives(planter.shapes)
    ]
    broken = _named(engine(kind).validate(graph + conforming(kind)))
    assert [c for focus, c in ways if (str(focus), str(c.shape), "or") in broken] == []


@each_kind
def test_the_engine_knows_every_constraint_of_the_shapes(kind: str) -> None:
    names = {constraint.name for constraint in constraints(shapes_graph(kind))}
    assert names <= CONSTRAINTS
    assert names <= {*BREAK_NODE, *BREAK_VALUES}


@each_kind
def test_every_constraint_is_reached_from_a_target(kind: str) -> None:
    graph = shapes_graph(kind)
    used = {constraint.shape for constraint in constraints(graph)}
    assert set(graph.subjects(RDF.type, SH.PropertyShape)) <= used


@each_kind
def test_every_shape_with_constraints_tells_people_what_is_wrong(kind: str) -> None:
    graph = shapes_graph(kind)
    for shape in {constraint.shape for constraint in constraints(graph)}:
        messages = [str(message) for message in graph.objects(shape, SH.message)]
        assert len(messages) == 1, shape
        assert messages[0].endswith((".", "?")), shape
        assert len(list(graph.objects(shape, SH.severity))) == 1, shape


@each_kind
def test_each_profile_has_a_node_that_fails_and_one_that_conforms(kind: str) -> None:
    """For each node shape with a target: every one was met and broken, as a whole."""
    graph, broken = shapes_graph(kind), planted(kind)[1]
    roots = set(graph.subjects(SH.targetClass)) | set(graph.subjects(SH.targetSubjectsOf))
    assert {case.constraint.root for case in broken} == roots


def test_profiles_are_judged_one_by_one() -> None:
    for name, iri in shapes.profiles().items():
        judge = shapes.load(profile=name)
        results = judge.validate(planted("profiles")[0])
        assert list(judge.graph.targets) == [iri]
        assert results
        assert all(result.shape.startswith(f"{iri}-") for result in results)


def test_every_class_of_the_model_has_a_shape() -> None:
    """Each class that the code has, but for the second class of mentions with selectors."""
    from kg import vocabulary

    classes = {
        value
        for value in vars(vocabulary).values()
        if isinstance(value, IRI) and value.rpartition("/")[2].rpartition("#")[2][:1].isupper()
    }
    targets = {str(target) for target in shapes_graph("model").objects(None, SH.targetClass)}
    assert {str(value) for value in classes} - targets == {vocabulary.OA_ANNOTATION}


# the engine


def test_subclasses_in_the_graph_count() -> None:
    graph = Graph()
    own, above = URIRef("https://example.org/OwnGene"), URIRef(GENE)
    graph.add((own, RDFS.subClassOf, above))
    graph.add((URIRef("https://example.org/1"), RDF.type, own))
    for name in shapes.ENGINES:
        assert {result.component for result in engine("model", name).validate(graph)} == {
            "minCount",
            "pattern",
        }


@pytest.mark.parametrize(
    ("lexical", "datatype", "is_right"),
    [
        ("2019", XSD.gYear, True),
        ("19", XSD.gYear, False),
        ("2019-13", XSD.gYearMonth, False),
        ("2019-02-30", XSD.date, True),
        ("2019-2-3", XSD.date, False),
        ("2019-05-01T00:00:00", XSD.dateTime, False),
    ],
)
def test_forms_of_dates(lexical: str, datatype: URIRef, is_right: bool) -> None:
    paper = IRI("https://identifiers.org/pmc/PMC1")
    date = Literal(lexical, IRI(str(datatype)))
    facts = (
        (RDF_TYPE, IRI("https://schema.org/ScholarlyArticle")),
        (IRI("https://schema.org/datePublished"), date),
    )
    results = engine("model").validate_record(RecordGraph(paper, (describe(paper, *facts),)))
    assert ("date-published" not in _labels(results, Severity.VIOLATION)) is is_right


def test_a_line_break_is_no_end_of_a_text() -> None:
    gene = IRI("https://identifiers.org/ncbigene/208")
    facts = ((RDF_TYPE, GENE), (IRI("https://schema.org/identifier"), "ncbigene:208\n"))
    results = engine("model").validate_record(RecordGraph(gene, (describe(gene, *facts),)))
    assert _labels(results, Severity.VIOLATION) == {"Gene-identifier"}


PATH_SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix schema: <https://schema.org/> .
<https://example.org/s> a sh:NodeShape ; sh:targetClass schema:Gene ; sh:property <https://example.org/p> .
<https://example.org/p> sh:path ( schema:taxonomicRange schema:name ) ;
    sh:minCount 1 ; sh:message "No species." .
"""


@pytest.fixture
def own_shapes(tmp_path: Path) -> Path:
    path = tmp_path / "own.ttl"
    path.write_text(PATH_SHAPES, "utf-8")
    return path


def test_shapes_beyond_our_engine_go_to_pyshacl(own_shapes: Path) -> None:
    judge = shapes.load(own_shapes)
    assert (judge.engine, bool(judge.unsupported)) == ("pyshacl", True)
    results = judge.validate(conforming("model"))
    assert results == []
    results = judge.validate(conforming("profiles"))
    assert [(result.message, result.focus) for result in results] == [
        ("No species.", "https://example.org/gene/10001")
    ]
    with pytest.raises(UsageError, match="paths of several steps"):
        shapes.load(own_shapes, engine="kg")


def test_a_missing_pyshacl_is_told(own_shapes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyshacl", None)
    assert engine("model").validate(conforming("model")) == []
    with pytest.raises(MissingExtraError, match=r"pathway-kg\[shacl\]"):
        shapes.load(own_shapes).validate(conforming("model"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sh:minCount 'many'", "not valid SHACL"),
        ("sh:pattern '('", "not valid SHACL"),
        ("sh:or ( <x> ", "not valid RDF"),
    ],
)
def test_broken_shapes_are_told(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "broken.ttl"
    path.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        f"<https://example.org/s> sh:targetClass <https://example.org/C> ; {text} .",
        "utf-8",
    )
    with pytest.raises((UsageError, SourceError), match=message):
        shapes.load(path)


def test_unknown_names_are_told() -> None:
    with pytest.raises(UsageError, match="no such profile; there are dataset, gene"):
        shapes.load(profile="genes")
    with pytest.raises(UsageError, match="no such engine"):
        shapes.load(engine="fast")


# files, stores, named graphs


def test_named_graphs_are_one_graph(tmp_path: Path) -> None:
    """The facts of one subject may stand in several graphs of a store."""
    import pyoxigraph

    store = pyoxigraph.Store(str(tmp_path / "store"))
    for number, (subject, predicate, value) in enumerate(sorted(conforming("model"))):
        line = Graph().add((subject, predicate, value)).serialize(format="nt")
        graph = pyoxigraph.NamedNode(f"https://example.org/graph/{number % 3}")
        store.load(line.encode(), pyoxigraph.RdfFormat.N_TRIPLES, to_graph=graph)
    store.flush()
    del store
    judged = list(engine("model").validate_source(tmp_path / "store"))
    assert len({row.focus for row in judged}) == len(judged) > 30
    assert [row.results for row in judged if row.results] == []
    assert len(rdflib_graph(tmp_path / "store")) == len(conforming("model"))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("validate")
    conforming("model").serialize(folder / "right.ttl", format="turtle")
    planted("model")[0].serialize(folder / "wrong.nt", format="nt", encoding="utf-8")
    conforming("profiles").serialize(folder / "profiles.ttl", format="turtle")
    planted("profiles")[0].serialize(folder / "wrong-profiles.nt", format="nt", encoding="utf-8")
    return folder


def _kg(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["validate", *map(str, arguments)], standalone_mode=False)
    if isinstance(result.exception, UsageError | SourceError):
        return result.exception.exit_status, str(result.exception)
    assert result.exception is None, result.exception
    return int(result.return_value), result.stdout


def test_exit_status_tells_whether_a_file_conforms(files: Path) -> None:
    status, text = _kg(files / "right.ttl")
    assert (status, text) == (0, "conforms: 36 nodes, 0 violations, 0 warnings, 0 infos\n")
    status, text = _kg(files / "wrong.nt")
    assert status == 1
    assert text.startswith("violation")
    assert "does not conform: " in text


def test_a_profile_counts_the_nodes_that_conform(files: Path) -> None:
    status, text = _kg(files / "profiles.ttl", "--profile", "all")
    assert status == 0
    assert "Bioschemas Gene 1.0-RELEASE: 1 of 1 nodes conform" in text
    status, text = _kg(files / "profiles.ttl", "--profile", "Gene")
    assert (status, text.count("conform\n")) == (0, 1)


def test_json_report(files: Path) -> None:
    status, text = _kg(files / "wrong.nt", "--format", "json")
    report = json.loads(text)
    assert (status, report["conforms"]) == (1, False)
    assert {"focus", "path", "value", "shape", "component", "severity", "message"} == set(
        report["results"][0]
    )
    assert len(report["results"]) == report["violations"] + report["warnings"] + report["infos"]
    counted = report["shapes"]["https://w3id.org/pathway-kg/shapes#Periodical"]
    assert counted["conforming"] < counted["nodes"]


def test_turtle_report_is_that_of_shacl(files: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.ttl"
    status, text = _kg(files / "wrong.nt", "--format", "turtle", "-o", target)
    assert (status, text) == (1, "")
    report = Graph().parse(target, format="turtle")
    (node,) = report.subjects(RDF.type, SH.ValidationReport)
    assert report.value(node, SH.conforms) == RdfLiteral(False)
    assert {row for row in _named(peer._results(report)) if not row[0].startswith("_:")} == _without_blank(
        _named(found("model", "kg"))
    )
    _kg(files / "right.ttl", "--format", "turtle", "-o", target)
    report = Graph().parse(target, format="turtle")
    assert list(report.objects(None, SH.conforms)) == [RdfLiteral(True)]


def test_pyshacl_judges_on_request(files: Path) -> None:
    wrong, options = files / "wrong-profiles.nt", ["--profile", "all", "--quiet"]
    status, text = _kg(wrong, "--engine", "pyshacl", *options)
    ours = _kg(wrong, *options)[1]
    assert status == 1
    assert text.splitlines()[-1] == ours.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.ttl"], "no such file"),
        (["https://example.org/sparql"], "an endpoint cannot be validated"),
        ([str(ROOT / "ontology" / "context.jsonld")], "nothing to validate"),
        (
            [str(ROOT / "ontology" / "kg.ttl"), "--shapes", str(ROOT / "ontology" / "hcls.ttl")],
            "nothing to validate",
        ),
        ([str(ROOT / "ontology" / "kg.ttl"), "--profile", "all", "--shapes", "x.ttl"], "exclude each other"),
        ([str(ROOT / "tests")], "there is no store here"),
    ],
)
def test_what_cannot_be_validated_is_told(arguments: list[str], message: str) -> None:
    status, text = _kg(*arguments)
    assert status == 2
    assert message in text
