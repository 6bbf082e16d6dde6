"""Records of other types: front matter as RDF through a JSON-LD context."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld
from rdflib import Graph
from rdflib.compare import isomorphic

from kg.errors import UsageError
from kg.graph import IRI, Literal, Object, Triple
from kg.pipeline import Run
from kg.problems import Problem, Problems
from kg.records import type_read_by
from kg.records.datatypes import fitted
from kg.records.other import other_reader
from kg.vocabulary import XSD

EXAMPLES = Path(__file__).parent.parent / "examples" / "other"
SCHEMA = "https://schema.org/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RECIPE = IRI(SCHEMA + "Recipe")
TEMPLATE = "https://example.org/r/{stem}"
ROOT = IRI("https://example.org/r/a")
CONTEXT: dict[str, Any] = {
    "schema": SCHEMA,
    "xsd": XSD,
    "id": "@id",
    "type": "@type",
    "Person": {"@id": "schema:Person", "@context": {"title": "schema:honorificPrefix"}},
    "title": "schema:name",
    "name": "schema:name",
    "serves": {"@id": "schema:recipeYield", "@type": "xsd:integer"},
    "published": {"@id": "schema:datePublished", "@type": "xsd:date"},
    "photo": {"@id": "schema:image", "@type": "@id"},
    "course": {"@id": "schema:recipeCategory", "@type": "@vocab"},
    "Soup": "schema:Soup",
    "author": "schema:author",
    "steps": {"@id": "schema:recipeInstructions", "@container": "@list"},
    "by_day": {"@id": "schema:openingHours", "@container": "@index"},
    "names": {"@id": "schema:alternateName", "@container": "@language"},
    "part_of": {"@reverse": "schema:hasPart"},
    "more": "@nest",
    "raw": {"@id": "schema:text", "@type": "@json"},
    "graph": {"@id": "schema:about", "@container": "@graph"},
    "layout": None,
}


def _read(
    folder: Path,
    front: str,
    *,
    context: Any = CONTEXT,
    type_: str = "schema:Recipe",
    template: str = TEMPLATE,
) -> tuple[set[Triple], list[Problem]]:
    """Return the triples and problems of one record."""
    (folder / "context.jsonld").write_text(json.dumps({"@context": context}), "utf-8")
    (folder / "a.md").write_text(f"---\n{front}\n---\n", "utf-8")
    problems: list[Problem] = []
    other = type_read_by(other_reader(folder / "context.jsonld", type_, template))
    run = Run([folder / "a.md"], other=other, problems=Problems(also=problems.append))
    triples = list(run.triples())
    assert len(triples) == len(set(triples))
    return set(triples), problems


def _said(triples: set[Triple], name: str) -> list[Object]:
    return [value for _, predicate, value in triples if predicate == SCHEMA + name]


# what values become


@pytest.mark.parametrize(
    ("front", "name", "value"),
    [
        ("title: NO", "name", "NO"),
        ("title: 2024-01-01", "name", "2024-01-01"),
        ('title: "  kept as it is "', "name", "  kept as it is "),
        ("serves: 010", "recipeYield", Literal("10", IRI(XSD + "integer"))),
        ("published: 2024-02-29", "datePublished", Literal("2024-02-29", IRI(XSD + "date"))),
        ("photo: https://example.org/p.jpg", "image", IRI("https://example.org/p.jpg")),
        ("photo: schema:x", "image", IRI(SCHEMA + "x")),
        ("photo: urn:isbn:9780262033848", "image", IRI("urn:isbn:9780262033848")),
        ("course: Soup", "recipeCategory", IRI(SCHEMA + "Soup")),
        ("more: {title: Nested}", "name", "Nested"),
        ("by_day: {monday: 9 to 5}", "openingHours", "9 to 5"),
        ("schema:keywords: soup", "keywords", "soup"),
        ("https://schema.org/keywords: soup", "keywords", "soup"),
        (
            'serves: {"@value": "7", "@type": "xsd:decimal"}',
            "recipeYield",
            Literal("7", IRI(XSD + "decimal")),
        ),
    ],
)
def test_values(tmp_path: Path, front: str, name: str, value: Object) -> None:
    triples, problems = _read(tmp_path, front)
    assert problems == []
    assert triples == {(ROOT, IRI(RDF + "type"), RECIPE), (ROOT, IRI(SCHEMA + name), value)}
    assert [type(found) for found in _said(triples, name)] == [type(value)]


@pytest.mark.parametrize(
    "front", ["title: ''", "title: ~", "title:", "title: []", "author: {name: ''}", "x: {}"]
)
def test_missing_values_make_no_triple(tmp_path: Path, front: str) -> None:
    assert _read(tmp_path, front) == ({(ROOT, IRI(RDF + "type"), RECIPE)}, [])


def test_a_key_set_to_null_is_left_out_in_silence(tmp_path: Path) -> None:
    assert _read(tmp_path, "layout: recipe") == ({(ROOT, IRI(RDF + "type"), RECIPE)}, [])


def test_contexts_may_depend_on_types(tmp_path: Path) -> None:
    triples, problems = _read(tmp_path, "title: Soup\nauthor: {type: Person, title: Dr}")
    assert problems == []
    assert (_said(triples, "name"), _said(triples, "honorificPrefix")) == (["Soup"], ["Dr"])


def test_a_record_may_have_more_types(tmp_path: Path) -> None:
    triples, problems = _read(tmp_path, "type: [schema:HowTo, Soup]")
    assert problems == []
    assert {value for *_, value in triples} == {RECIPE, SCHEMA + "HowTo", SCHEMA + "Soup"}


def test_reverse_keys(tmp_path: Path) -> None:
    triples, problems = _read(tmp_path, "part_of: {id: 'https://example.org/menu', name: Menu}")
    assert problems == []
    assert (IRI("https://example.org/menu"), IRI(SCHEMA + "hasPart"), ROOT) in triples


def test_the_record_keeps_the_name_of_the_template(tmp_path: Path) -> None:
    triples, problems = _read(tmp_path, "id: https://example.org/elsewhere\ntitle: A")
    assert problems == []
    assert {subject for subject, *_ in triples} == {ROOT}


# nodes without an IRI


def test_there_are_no_blank_nodes_and_equal_ones_stay_apart(tmp_path: Path) -> None:
    front = "author:\n- {name: Ada}\n- {name: Ada}\nsteps: [one, two, {name: three}]"
    triples, problems = _read(tmp_path, front)
    assert problems == []
    assert len(set(_said(triples, "author"))) == 2
    for subject, _, value in triples:
        assert subject.startswith(ROOT)
        assert not isinstance(value, IRI) or value.startswith((ROOT, SCHEMA, RDF))


def test_names_of_nodes_do_not_depend_on_the_order_of_keys(tmp_path: Path) -> None:
    one, _ = _read(tmp_path, "author: {name: Ada, type: Person}\nsteps: [{name: x}]\ntitle: T")
    other, _ = _read(tmp_path, "title: T\nsteps: [{name: x}]\nauthor: {type: Person, name: Ada}")
    assert one == other


def test_long_lists_are_named(tmp_path: Path) -> None:
    triples, problems = _read(tmp_path, f"steps: [{', '.join(f's{number}' for number in range(3000))}]")
    assert problems == []
    assert len([value for _, predicate, value in triples if predicate == RDF + "first"]) == 3000


def test_nodes_with_an_iri_are_joined_over_records(tmp_path: Path) -> None:
    author = "author: {id: https://example.org/ada, type: Person, name: Ada}"
    (tmp_path / "b.md").write_text(f"---\n{author}\n---\n", "utf-8")
    _read(tmp_path, author)
    other = type_read_by(other_reader(tmp_path / "context.jsonld", "schema:Recipe", TEMPLATE))
    triples = list(Run([tmp_path], other=other).triples())
    assert len(triples) == len(set(triples)) == 6


def test_records_may_speak_of_each_other(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text(f"---\nauthor: {{id: '{ROOT}', title: A}}\n---\n", "utf-8")
    _read(tmp_path, "title: A")
    other = type_read_by(other_reader(tmp_path / "context.jsonld", "schema:Recipe", TEMPLATE))
    triples = list(Run([tmp_path], other=other).triples())
    assert len(triples) == len(set(triples)) == 4


# problems


@pytest.mark.parametrize(
    ("front", "code", "field", "line"),
    [
        ("title: A\nserves: four", "bad-value", "serves", 3),
        ("title: A\npublished: 2024-02-30", "bad-value", "published", 3),
        ("title: A\nserves: ['1', x]", "bad-value", "serves[1]", 3),
        ("author:\n  name: A\n  serves: x", "bad-value", "author.serves", 4),
        ("photo: my photo.jpg", "bad-iri", "photo", 2),
        ("photo: https://example.org/a b", "bad-iri", "photo", 2),
        ("photo: [https://example.org/a, '@foo']", "bad-iri", "photo[1]", 2),
        ("photo: _:b", "bad-iri", "photo", 2),
        ("author: {id: _:b, name: A}", "bad-iri", "author.id", 2),
        ("course: Stew", "bad-iri", "course", 2),
        ("type: Stew", "bad-iri", "type", 2),
        ("author: {type: [Person, a b]}", "bad-iri", "author.type[1]", 2),
        ("mood: calm", "unknown-key", "mood", 2),
        ("mood: {deep: [calm, very]}", "unknown-key", "mood", 2),
        ("author: {name: A, mood: calm}", "unknown-key", "author.mood", 2),
        ("'@context': https://schema.org/", "remote-context", "@context", 2),
        ("author: {'@context': {x: 'schema:x'}, name: A}", "remote-context", "author.@context", 2),
        ("names: {not a language: x}\ntitle: A", "json-ld", "names", 2),
        ("names: {en: Soup}", "language-tag", "names.en", 2),
        ("part_of: a text", "json-ld", "part_of", 2),
        ("title: A\nname: {'@value': {name: x}}", "json-ld", "name", 3),
        ("raw: {a: b}", "json-ld", "raw.a", 2),
        ("graph: {name: A}", "json-ld", "graph.name", 2),
    ],
)
def test_problems_have_a_place(tmp_path: Path, front: str, code: str, field: str, line: int) -> None:
    _, problems = _read(tmp_path, front)
    assert [(problem.code, problem.field, problem.line) for problem in problems] == [(code, field, line)]
    assert problems[0].file.endswith("a.md")


def test_a_value_that_is_refused_costs_no_other(tmp_path: Path) -> None:
    front = "part_of: a text\ntitle: A\nphoto: x y\nserves: 1\ncourse: {'@value': {name: x}}"
    triples, problems = _read(tmp_path, front)
    assert {(problem.code, problem.field) for problem in problems} == {
        ("json-ld", "part_of"),
        ("bad-iri", "photo"),
        ("json-ld", "course"),
    }
    assert (_said(triples, "name"), len(_said(triples, "recipeYield"))) == (["A"], 1)


def test_a_node_whose_own_iri_is_wrong_keeps_what_it_says(tmp_path: Path) -> None:
    triples, problems = _read(tmp_path, "author: {id: not an iri, name: Ada}")
    assert [problem.code for problem in problems] == ["bad-iri"]
    (author,) = _said(triples, "author")
    assert (author, IRI(SCHEMA + "name"), "Ada") in triples


def test_a_text_with_a_language_is_kept_without_it(tmp_path: Path) -> None:
    triples, _ = _read(tmp_path, "names: {en: Soup, sv: Soppa}")
    assert set(_said(triples, "alternateName")) == {"Soup", "Soppa"}


def test_a_key_that_is_no_iri_is_never_a_predicate(tmp_path: Path) -> None:
    context = {"@vocab": SCHEMA}
    triples, problems = _read(tmp_path, "prep time: 5\nname: A", context=context, type_="Recipe")
    assert [problem.field for problem in problems] == ["prep time"]
    assert _said(triples, "name") == ["A"]


# names of records


@pytest.mark.parametrize(
    ("template", "front", "iri"),
    [
        ("https://example.org/{stem}", "title: A", "https://example.org/a"),
        ("https://example.org/{slug}", "title: A", "https://example.org/a"),
        ("https://example.org/{slug}", "slug: b c/d", "https://example.org/b%20c%2Fd"),
        ("https://example.org/{title}#{stem}", "title: Å", "https://example.org/%C3%85#a"),
    ],
)
def test_templates(tmp_path: Path, template: str, front: str, iri: str) -> None:
    triples, problems = _read(tmp_path, front, template=template)
    assert {subject for subject, *_ in triples} == {iri}
    assert problems == []


@pytest.mark.parametrize("front", ["title: A", "key: ''", "key: [a]", "key: ~"])
def test_a_record_without_the_key_of_its_name_is_lost(tmp_path: Path, front: str) -> None:
    triples, problems = _read(tmp_path, front, template="https://example.org/{key}")
    assert triples == set()
    assert [(problem.code, problem.field) for problem in problems] == [("missing-key", "key")]


# options that cannot be used


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "context.jsonld:1:2: not JSON"),
        ("[]", "expected an object with the key"),
        ('{"a": {}}', "expected an object with the key"),
        ('{"@context": {"a": "schema:a", "a": "schema:b"}}', "'a' stands twice"),
        (
            '{"@context":\n "https://schema.org/"}',
            "context.jsonld:2: refers to the context https://schema.org/",
        ),
        ('{"@context": [{},\n\n"x.jsonld"]}', "context.jsonld:3: refers to the context x.jsonld"),
        ('{"@context": {"@import": "https://a.example/"}}', "refers to the context https://a.example/"),
        ('{"@context": {"a": {"@id": "x:a", "@context": "https://a.example/"}}}', "refers to the context"),
        ('{"@context": {"a": {"@id": "x:a", "@type": "nothing"}}}', "context.jsonld"),
        ('{"@context": {"@version": 5}}', "context.jsonld"),
    ],
)
def test_bad_contexts_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "context.jsonld"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError) as caught:
        other_reader(path, "https://schema.org/Recipe", TEMPLATE)
    assert message in str(caught.value)


@pytest.mark.parametrize("type_", ["Nothing", "a b", "", "nothing:a b", "_:b"])
def test_bad_types_are_refused(tmp_path: Path, type_: str) -> None:
    with pytest.raises(UsageError, match="--type"):
        _read(tmp_path, "title: A", type_=type_)


@pytest.mark.parametrize(
    "template", ["https://example.org/", "r/{stem}", "https://exa mple/{stem}", "{stem}"]
)
def test_bad_templates_are_refused(tmp_path: Path, template: str) -> None:
    with pytest.raises(UsageError, match="--id"):
        _read(tmp_path, "title: A", template=template)


# beside the built-in types


def test_built_in_types_come_first(tmp_path: Path) -> None:
    (tmp_path / "p.md").write_text("---\nlayout: post\ntitle: A post\n---\nText.\n", "utf-8")
    _read(tmp_path, "title: A")
    other = type_read_by(other_reader(tmp_path / "context.jsonld", "schema:Recipe", TEMPLATE))
    run = Run([tmp_path], other=other)
    list(run.triples())
    assert run.summary.records == {"other": 1, "post": 1}
    only = Run([tmp_path], other=other, only=["other"])
    list(only.triples())
    assert only.summary.records == {"other": 1}


def _kg(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kg", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False
    )


@pytest.mark.parametrize("name", ["out.ttl", "out.nt", "out.nq", "out.trig", "out.jsonld", "out.rdf"])
def test_every_format_says_the_same(tmp_path: Path, name: str) -> None:
    options = ["--context", str(EXAMPLES / "recipe.jsonld"), "--type", "schema:Recipe", "--id", TEMPLATE]
    done = _kg(
        "export", str(EXAMPLES / "barley-soup.md"), "-o", name, "-o", "a.nt", *options, "-q", cwd=tmp_path
    )
    assert (done.returncode, done.stderr) == (0, "")
    if name in {"out.nq", "out.trig"}:
        return
    formats = {"out.ttl": "turtle", "out.nt": "nt", "out.jsonld": "json-ld", "out.rdf": "xml"}
    found = Graph().parse(tmp_path / name, format=formats[name])
    assert set(found) == set(Graph().parse(tmp_path / "a.nt", format="nt"))


@pytest.mark.parametrize(
    "options", [["--context", "c.jsonld"], ["--type", "x:y"], ["--id", "https://a/{stem}"]]
)
def test_options_go_together(tmp_path: Path, options: list[str]) -> None:
    done = _kg("export", ".", "-o", "out.nt", *options, cwd=tmp_path)
    assert done.returncode == 2
    assert "go together" in done.stderr


# datatypes


@pytest.mark.parametrize(
    ("datatype", "text", "canonical"),
    [
        ("integer", "+007", "7"),
        ("integer", "1.0", None),
        ("positiveInteger", "0", None),
        ("byte", "128", None),
        ("unsignedByte", "255", "255"),
        ("decimal", "1.50", "1.5"),
        ("decimal", "1,5", None),
        ("double", "1500", "1.5E3"),
        ("double", "-0.0025", "-2.5E-3"),
        ("double", "0", "0.0E0"),
        ("double", "INF", "INF"),
        ("double", "infinity", None),
        ("boolean", "1", "true"),
        ("boolean", "yes", None),
        ("date", "2024-02-29", "2024-02-29"),
        ("date", "2023-02-29", None),
        ("date", "20240229", None),
        ("date", "2024-02-29Z", "2024-02-29Z"),
        ("time", "12:30:00.5", "12:30:00.5"),
        ("time", "25:00:00", None),
        ("dateTime", "2024-02-29T12:00:00+01:00", "2024-02-29T12:00:00+01:00"),
        ("dateTime", "2024-02-29 12:00:00", None),
        ("gYear", "2024", "2024"),
        ("gYearMonth", "2024-13", None),
        ("gMonthDay", "--02-30", None),
        ("duration", "PT30M", "PT30M"),
        ("duration", "P", None),
        ("duration", "PT", None),
        ("duration", "P1DT", None),
        ("duration", "P1Y2M3DT4H5M6.7S", "P1Y2M3DT4H5M6.7S"),
        ("anyURI", "a b", None),
        ("language", "en-GB", "en-GB"),
        ("integr", "1", None),
    ],
)
def test_datatypes(datatype: str, text: str, canonical: str | None) -> None:
    assert fitted(text, XSD + datatype) == canonical


def test_datatypes_of_others_are_not_checked() -> None:
    assert fitted("12 kg", "https://example.org/weight") == "12 kg"


@given(st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False))
def test_doubles_keep_their_value(number: float) -> None:
    for text in (repr(number), f"{number:e}"):
        found = fitted(text, XSD + "double")
        assert found is not None
        assert float(found) == float(text)


# a judge that shares no code: PyLD reads the same values under the same context


JUDGED = [
    "title: A\nserves: '4'\nphoto: [https://example.org/a, schema:b]",
    "author: [{name: Ada, type: Person, title: Dr}, {id: https://example.org/bo, name: Bo}]",
    "steps: [one, {name: two}, three]\nmore: {name: B, more: {title: C}}",
    "part_of: [{name: Menu}, {id: https://example.org/m}]\nby_day: {mon: a, tue: [b, c]}",
    "type: [schema:HowTo]\ncourse: [Soup, schema:Stew]\nschema:x: {schema:y: [z]}",
    "title: ['1', '1', ' 2']\nauthor: {author: {author: {name: deep}}}",
    "unknown: x\ntitle: T",
]


@pytest.mark.parametrize("front", JUDGED)
def test_pyld_reads_the_same(tmp_path: Path, front: str) -> None:
    triples, _ = _read(tmp_path, front)
    assert isomorphic(_ours(triples), _by_pyld(yaml.load(front, yaml.BaseLoader)))


_NAMES = st.text("abcxyz 'é", min_size=1, max_size=5).filter(str.strip)
_LEAVES = st.fixed_dictionaries(
    {},
    optional={
        "title": _NAMES | st.lists(_NAMES, min_size=1, max_size=3),
        "serves": st.integers(0, 99).map(str),
        "photo": st.sampled_from(["https://example.org/a", "schema:b", "urn:x:y"]),
        "course": st.just("Soup"),
        "type": st.sampled_from(["Person", "schema:HowTo"]),
        "steps": st.lists(_NAMES, min_size=1, max_size=3),
    },
)
_RECORDS = st.recursive(
    _LEAVES,
    lambda inner: st.tuples(
        _LEAVES,
        st.fixed_dictionaries({}, optional={"author": inner | st.lists(inner, max_size=2), "part_of": inner}),
    ).map(lambda pair: {**pair[0], **pair[1]}),
    max_leaves=4,
)


@given(record=_RECORDS)
def test_pyld_reads_made_up_records_the_same(
    tmp_path_factory: pytest.TempPathFactory, record: dict[str, Any]
) -> None:
    pruned = _without_empty(record) or {}
    triples, problems = _read(tmp_path_factory.mktemp("made-up"), json.dumps(record, ensure_ascii=False))
    assert problems == []
    assert isomorphic(_ours(triples), _by_pyld(pruned))


def _without_empty(value: Any) -> Any:
    """Return a value without empty lists and mappings, which make no triple with us."""
    if isinstance(value, Mapping):
        found = {key: made for key, inner in value.items() if (made := _without_empty(inner)) is not None}
        return found or None
    if isinstance(value, list):
        return [made for inner in value if (made := _without_empty(inner)) is not None] or None
    return value


def _ours(triples: set[Triple]) -> Graph:
    """Return our triples with the nodes that were named under the record as blank nodes again."""
    lines = []
    for subject, predicate, value in triples:
        lines.append(f"{_node(subject)} <{predicate}> {_node(value)} .")
    return Graph().parse(data="\n".join(lines), format="nt")


def _node(value: Object) -> str:
    if isinstance(value, IRI):
        return (
            f"_:b{value.partition('#')[2]}".replace("-", "x")
            if value.startswith(f"{ROOT}#")
            else f"<{value}>"
        )
    text = json.dumps(value if isinstance(value, str) else value.lexical, ensure_ascii=False)
    return text if isinstance(value, str) else f"{text}^^<{value.datatype}>"


def _by_pyld(values: dict[str, Any]) -> Graph:
    document = {"@context": CONTEXT, "@id": str(ROOT), "@type": "schema:Recipe", **values}
    return Graph().parse(data=jsonld.to_rdf(document, {"format": "application/n-quads"}), format="nt")
