"""Every output format: what is written is read back as the same graph, by engines that are not ours."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import judges
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from runs import EXAMPLES, GOLDEN, as_read, site

import kg
from kg import vocabulary as v
from kg.compression import COMPRESSIONS
from kg.formats import FORMATS, format_named, format_of
from kg.formats.terms import bracketed
from kg.frontmatter import CONTROL
from kg.graph import IRI, Literal, Object, RecordGraph, Triple, describe
from kg.mapping import Settings
from kg.pipeline import prefixes

EXTENSIONS = {row.name: row.extensions[0] for row in FORMATS.values()}
ENGINES = {"rdflib": judges.rdflib_quads, "pyoxigraph": judges.pyoxigraph_quads}
FIGURES = "https://pfocr.wikipathways.org/figures/"
NAMED = "https://example.org/graph"
SOURCES = [EXAMPLES, *sorted(GOLDEN.glob("*/input"))]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All formats, plain and compressed, of the examples and of every golden record, in one pass."""
    folder = tmp_path_factory.mktemp("formats")
    endings = [ending + packed for ending in EXTENSIONS.values() for packed in ("", *COMPRESSIONS)]
    kg.export(SOURCES, [folder / f"kg{ending}" for ending in endings])
    return folder


@pytest.fixture(scope="module")
def wanted() -> frozenset[tuple[str, str, str | tuple[str, str, str]]]:
    """Return the triples of the same records, straight from the mapping."""
    return as_read(frozenset(kg.triples(*SOURCES)))


def unpacked(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(data)
    return zstandard.ZstdDecompressor().decompressobj().decompress(data) if path.suffix == ".zst" else data


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("extension", EXTENSIONS.values())
def test_engines_read_the_triples_of_the_records(
    outputs: Path, wanted: frozenset[Any], extension: str, engine: str
) -> None:
    assert judges.triples(ENGINES[engine](outputs / f"kg{extension}")) == wanted


@pytest.mark.parametrize("packed", COMPRESSIONS)
@pytest.mark.parametrize("extension", EXTENSIONS.values())
def test_compressed_outputs_hold_the_same_bytes(outputs: Path, extension: str, packed: str) -> None:
    assert unpacked(outputs / f"kg{extension}{packed}") == (outputs / f"kg{extension}").read_bytes()


@pytest.mark.parametrize("packed", ["", *COMPRESSIONS])
@pytest.mark.parametrize("extension", EXTENSIONS.values())
def test_two_runs_give_the_same_bytes(outputs: Path, tmp_path: Path, extension: str, packed: str) -> None:
    again = tmp_path / f"another-name{extension}{packed}"
    kg.export(SOURCES, [again])
    assert again.read_bytes() == (outputs / f"kg{extension}{packed}").read_bytes()


def test_riot_is_content(outputs: Path) -> None:
    known = [f"kg{row}" for row in EXTENSIONS.values() if judges.SYNTAXES[row].riot]
    problems = judges.riot_problems(*(outputs / name for name in known))
    # U+FFFD stands where control characters were replaced, with a problem for each; words stay as they are.
    meant = ("U+FFFD in string", "{W131} String not in Unicode Normal Form C")
    assert [line for line in problems if not any(text in line for text in meant)] == []


@pytest.mark.parametrize("extension", [".ttl", ".nt", ".nq", ".trig", ".rdf"])
def test_rapper_is_content(outputs: Path, extension: str) -> None:
    assert judges.rapper_problems(outputs / f"kg{extension}") == []


@pytest.mark.parametrize("extension", [".ttl", ".nt", ".nq", ".trig"])
def test_serdi_is_content(outputs: Path, extension: str) -> None:
    assert judges.serdi_problems(outputs / f"kg{extension}") == []


def test_json_ld_needs_no_network(outputs: Path, wanted: frozenset[Any]) -> None:
    path = outputs / "kg.jsonld"
    assert isinstance(json.loads(path.read_text("utf-8"))["@context"], dict)
    assert judges.triples(judges.pyld_quads(path)) == wanted


def test_json_ld_is_nested_by_record(tmp_path: Path) -> None:
    kg.export([EXAMPLES], [tmp_path / "kg.jsonld"])
    nodes = json.loads((tmp_path / "kg.jsonld").read_text("utf-8"))["@graph"]
    figures = [node for node in nodes if "Figure" in node.get("type", ())]
    assert len(figures) == len(list((EXAMPLES / "_figures").iterdir()))
    first = figures[0]
    assert {mention["text"] for mention in first["hasMention"]} >= {"INSR", "IRS-1/2", "PI3-kinase", "GLUT4"}
    assert first["isBasedOn"]["name"] == "Vesicle traffic as the slow step of the insulin response."


@pytest.mark.parametrize("extension", [".ttl", ".trig"])
def test_prefixes_are_those_that_are_used(outputs: Path, extension: str) -> None:
    text = (outputs / f"kg{extension}").read_text("utf-8")
    declared = re.findall(r"^@prefix ([^:]*): ", text, re.MULTILINE)
    assert declared == sorted(declared)
    assert len(declared) == len(set(declared))
    body = re.sub(r'^@.*$|"(?:[^"\\]|\\.)*"|<[^>]*>', "", text, flags=re.MULTILINE)
    assert set(declared) == set(re.findall(r"([A-Za-z.-]+):", re.sub(r":[^\s,;]*", ":", body)))


def test_turtle_lists_are_sorted_and_wrapped(outputs: Path) -> None:
    text = (outputs / "kg.ttl").read_text("utf-8")
    lists = [line for line in text.splitlines() if line.startswith("    ") and not re.search('"|<http', line)]
    long = [line for line in lists if len(line) > 110]
    assert long == []
    for names in re.findall(r"schema:mentions ((?:[\w:]+,?\s+)+)[;.]", text):
        found = re.split(r",\s+", names.strip())
        assert found == sorted(found)


def test_a_large_turtle_declares_late_prefixes_before_their_use(tmp_path: Path) -> None:
    figures = {
        f"_figures/PMC{99100000 + number}__f.md": (
            f"---\nfigid: PMC{99100000 + number}__f\npmcid: PMC{99100000 + number}\n"
            f"caption: {'word ' * 200}\n---\n"
        )
        for number in range(300)
    }
    last = "---\nfigid: PMC99199999__z\nfigtitle: Last\nwpid: WP481\n---\n"
    source = site(tmp_path / "site", {**figures, "_figures/PMC99199999__z.md": last})
    kg.export([source], [tmp_path / "kg.ttl", tmp_path / "kg.trig"], graph=NAMED)
    wanted = as_read(frozenset(kg.triples(source)))
    for name in ("kg.ttl", "kg.trig"):
        for quads in ENGINES.values():
            assert judges.triples(quads(tmp_path / name)) == wanted
    assert "@prefix wikipathways:" in (tmp_path / "kg.ttl").read_text("utf-8")[1 << 18 :]


@pytest.mark.parametrize("extension", [".nq", ".trig"])
def test_quads_stand_in_the_graph_that_is_named(tmp_path: Path, extension: str) -> None:
    target = tmp_path / f"kg{extension}"
    kg.export([EXAMPLES], [target], graph=NAMED)
    for quads in ENGINES.values():
        assert {quad.graph for quad in quads(target)} == {NAMED}


@pytest.mark.parametrize("name", FORMATS)
def test_formats_are_found_by_name_extension_and_media_type(name: str) -> None:
    row = FORMATS[name]
    assert format_named(name) is format_named(row.media_type) is row
    for extension in row.extensions:
        assert format_named(extension[1:]) is format_of(f"A.B{extension.upper()}") is row


# What a writer is given: any literal that reading lets through, any IRI that identifiers and pages make.

_TEXT = st.text(
    st.characters(
        exclude_categories=["Cs"], exclude_characters=[chr(c) for c in range(0xA0) if CONTROL.match(chr(c))]
    ),
    max_size=40,
).filter(lambda text: not CONTROL.search(text))
_NASTY = st.sampled_from(
    [
        '"',
        '"""',
        "\\",
        "\\n",
        "\n",
        "\r",
        "\r\n",
        "\t",
        "'''",
        "]]>",
        "<b>&amp;</b>",
        "<!--",
        "-->",
        "{% x %}",
        "\u2028\u2029",
        "\ufeff",
        "é",
        "é",
        "🧬",
        "\u202e",
        " lead",
        "trail ",
        "",
        "@en",
        "^^",
        "a/>",
        "</script>",
        "?>",
        "%20",
        "\\u0041",
        "null",
        "true",
        "1",
        "NaN",
        "_:b",
        "<>",
        "ſ",
        "İ",
        "\xa0",
        "\\",
    ]
)
_LITERALS = st.one_of(
    _TEXT,
    _NASTY,
    st.lists(_NASTY, max_size=5).map("".join),
    st.integers(-(10**18), 10**18).map(lambda number: Literal(str(number), v.XSD_INTEGER)),
    st.sampled_from(["0.5", "-0.5", "12", "0", "0.000001"]).map(lambda text: Literal(text, v.XSD_DECIMAL)),
    st.sampled_from(["true", "false"]).map(lambda text: Literal(text, v.XSD_BOOLEAN)),
    st.dates().map(lambda day: Literal(day.isoformat(), v.XSD_DATE)),
    st.integers(1000, 9999).map(lambda year: Literal(str(year), v.XSD_G_YEAR)),
)
_LOCAL = st.text(st.sampled_from("aZ09_.-:~!$&'()*+,;=@%é\U00020000/#?"), max_size=12).map(
    lambda text: text.replace("%", "%25")
)
_NODES = st.builds(
    lambda start, local: IRI(
        start + local.replace("#", "", max(0, local.count("#") - (0 if "#" in start else 1)))
    ),
    st.sampled_from(
        [FIGURES, v.KG, v.SCHEMA, "https://identifiers.org/mesh/", "https://example.org/", "urn:x:"]
    ),
    _LOCAL,
)
_PREDICATES = st.sampled_from(
    [
        v.NAME,
        v.ABOUT,
        v.MENTIONS,
        v.IS_PART_OF,
        v.HAS_PART,
        v.YEAR,
        v.POSITION,
        v.PATHWAY_SCORE,
        v.DATE_PUBLISHED,
        v.LICENSE,
        v.CREATOR,
        v.LEXICON,
        v.EXPANDS_FAMILIES,
        IRI("https://example.org/a-1/own"),
        IRI("urn:p:x"),
    ]
)
_FACTS = st.tuples(_PREDICATES, st.lists(_NODES | _LITERALS, min_size=1, max_size=4))


@st.composite
def _graphs(draw: st.DrawFn) -> list[RecordGraph]:
    made = []
    for root in draw(st.lists(_NODES, min_size=1, max_size=3, unique=True)):
        subjects = draw(st.lists(_NODES, max_size=3, unique=True))
        described = []
        for subject in dict.fromkeys([root, *subjects]):
            facts: list[tuple[IRI, list[Object]]] = draw(st.lists(_FACTS, min_size=1, max_size=4))
            types = [(v.RDF_TYPE, draw(st.sampled_from([[v.FIGURE], [v.GENE, v.DATASET], [v.GENE_MENTION]])))]
            described.append(describe(subject, *types, *facts, shared=draw(st.booleans())))
        made.append(RecordGraph(root, tuple(described)))
    return made


def written(name: str, graphs: list[RecordGraph], graph: IRI | None = None) -> str:
    writer = FORMATS[name].writer(prefixes(Settings()), FIGURES, graph)
    return b"".join([writer.start(), *map(writer.record, graphs), writer.end()]).decode()


def _all(graphs: list[RecordGraph]) -> Iterator[Triple]:
    for graph in graphs:
        yield from graph.triples()


@pytest.mark.parametrize("name", FORMATS)
@given(graphs=_graphs())
def test_any_graph_comes_back_from_both_engines(
    tmp_path_factory: pytest.TempPathFactory, name: str, graphs: list[RecordGraph]
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any{EXTENSIONS[name]}"
    path.write_text(written(name, graphs), encoding="utf-8", newline="")
    wanted = as_read(frozenset(_all(graphs)))
    for quads in ENGINES.values():
        assert judges.triples(quads(path)) == wanted


@pytest.mark.soak
@pytest.mark.parametrize("name", ["turtle", "trig", "ntriples", "rdfxml", "jsonld"])
@given(graphs=_graphs())
def test_any_graph_comes_back_from_rapper_and_pyld(
    tmp_path_factory: pytest.TempPathFactory, name: str, graphs: list[RecordGraph]
) -> None:
    path = tmp_path_factory.getbasetemp() / f"soak{EXTENSIONS[name]}"
    path.write_text(written(name, graphs), encoding="utf-8", newline="")
    if name == "jsonld":
        assert judges.triples(judges.pyld_quads(path)) == as_read(frozenset(_all(graphs)))
    else:
        assert judges.rapper_problems(path) == []


BAD_IRIS = [
    "https://example.org/a b",
    "https://example.org/a\nb",
    "https://example.org/a\tb",
    "https://example.org/<b>",
    'https://example.org/"b"',
    "https://example.org/{b}",
    "https://example.org/a|b",
    "https://example.org/a^b",
    "https://example.org/a`b",
    "https://example.org/a\\b",
    "https://example.org/a\x00b",
    "https://example.org/a\x1fb",
    "https://example.org/\ud800",
    "https://example.org/> <x:p> <x:o> . <https://example.org/",
    "https://example.org/a> , <https://example.org/b",
    'https://example.org/"/><rdf:Description rdf:about="x:y',
    "https://example.org/ ",
    " https://example.org/",
]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("bad", BAD_IRIS)
def test_no_writer_takes_an_iri_that_is_none(name: str, bad: str) -> None:
    """Nothing that identifiers and pages make gets here; if it did, nothing is written rather than a lie."""
    node = IRI("https://example.org/x")
    for graph in (
        RecordGraph(node, (describe(node, (v.ABOUT, IRI(bad))),)),
        RecordGraph(IRI(bad), (describe(IRI(bad), (v.NAME, "x")),)),
    ):
        with pytest.raises(ValueError, match="not a valid IRI"):
            written(name, [graph])
    with pytest.raises(ValueError, match="not a valid IRI"):
        bracketed(IRI(bad))


def test_what_no_xml_can_hold_never_passes_the_reader() -> None:
    """XML 1.0 is the poorest of the formats: whatever it cannot hold is replaced when a record is read."""
    legal = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
    assert [c for c in map(chr, range(0x11000)) if not legal.match(c) and not CONTROL.match(c)] == []


def test_long_texts_and_many_objects_come_back(tmp_path: Path) -> None:
    node = IRI("https://example.org/x")
    many = [IRI(f"https://identifiers.org/ncbigene/{number}") for number in range(1, 3000)]
    graph = RecordGraph(node, (describe(node, (v.NAME, "ä\n" * 100_000), (v.MENTIONS, many)),))
    for name, extension in EXTENSIONS.items():
        path = tmp_path / f"long{extension}"
        path.write_text(written(name, [graph]), encoding="utf-8", newline="")
        assert judges.triples(judges.pyoxigraph_quads(path)) == as_read(frozenset(graph.triples()))
