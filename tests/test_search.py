"""Full text: what is found, in which order, and how fast."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pyoxigraph
import pytest

from kg.cli import run as run_cli
from kg.errors import UsageError
from kg.search import FILE_NAME, MissingIndexError, SearchError, build_index, search

TURTLE = """
@prefix kg: <https://w3id.org/pathway-kg/terms#> .
@prefix schema: <https://schema.org/> .
@prefix f: <https://example.org/figures/> .
@prefix ncbigene: <https://identifiers.org/ncbigene/> .
@prefix pmc: <https://identifiers.org/pmc/> .

f:1 a kg:Figure, schema:Dataset ; schema:name "Insulin signalling in fat cells" ;
    schema:identifier "PMC90000001__f1" ; schema:alternateName "PMC90000001__F1" ;
    schema:description "Glucose enters the cell when the transporter moves." ;
    schema:mentions ncbigene:207 ; schema:isBasedOn pmc:PMC90000001 .
f:2 a kg:Figure ; schema:name "Growth of tumours" ; schema:identifier "PMC90000002__f2" ;
    schema:description "Insulin is named in this caption only, and NF-κB, and AKT1S1." ;
    schema:mentions ncbigene:999 .
f:3 a kg:Figure ; schema:name "AKT1 as a word of a title" ; schema:identifier "x:207x" .
f:4 a kg:Figure ; schema:identifier "PMC90000004__f1" .
ncbigene:207 a schema:Gene ; schema:name "AKT1" ; schema:identifier "ncbigene:207" .
ncbigene:11651 a schema:Gene ; schema:name "Akt1" ; schema:identifier "ncbigene:11651" .
ncbigene:999 a schema:Gene ; schema:name "NO" ; schema:identifier "ncbigene:999" .
pmc:PMC90000001 a schema:ScholarlyArticle ; schema:identifier "pmc:PMC90000001" ;
    schema:sameAs <https://doi.org/10.1000/xyz123> .
<https://example.org/post/1> a schema:BlogPosting ; schema:headline "Épigénétique, or: how genes are read" ;
    schema:articleBody "A line about insulin\\nand \\u001B[31mmore." .
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an index of some records."""
    folder = tmp_path_factory.mktemp("index")
    store = pyoxigraph.Store()
    store.load(TURTLE.encode(), pyoxigraph.RdfFormat.TURTLE)
    assert build_index(store, folder) == 8
    return folder / FILE_NAME


def _found(index: Path, words: str, limit: int = 20) -> list[str]:
    return [hit.iri.rpartition("/")[2] for hit in search(index, words, limit).hits]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("insulin", ["1", "1", "2"]),  # two titles (a figure's, and a post's text), then a caption
        ("INSULIN signalling", ["1"]),
        ("AKT1", ["207", "11651", "3", "1"]),  # the gene so written, the other gene, a title, a mention
        ("Akt1", ["11651", "207", "3", "1"]),
        ("207", ["207"]),
        ("ncbigene:207", ["207"]),
        ("PMC90000001__f1", ["1"]),
        ("PMC90000001", ["1"]),
        ("10.1000/xyz123", ["1"]),
        ("NF-κB", ["2"]),
        ("NO", ["999", "2"]),
        ("epigenetique", ["1"]),
        ("insul*", ["1", "1", "2"]),
        ("insul", []),
        ("glucose fat", ["1"]),
    ],
)
def test_found_in_order(index: Path, words: str, expected: list[str]) -> None:
    found = _found(index, words)
    if words.startswith("insul"):
        assert sorted(found) == sorted(expected)
    else:
        assert found == expected


def test_exact_comes_first(index: Path) -> None:
    hits = search(index, "AKT1").hits
    assert [hit.exact for hit in hits] == [True, True, False, False]
    assert hits[0].kind == "gene"


def test_some_words_where_none_has_all(index: Path) -> None:
    found = search(index, "insulin nonsense")
    assert not found.all_words
    assert found.total == 3


@pytest.mark.parametrize(
    "words",
    ['"', "AND", "NOT insulin", "a OR b", "title:insulin", "NEAR(a b)", "^insulin", "(", "-", "x*y", "'"],
)
def test_nothing_is_an_operator(index: Path, words: str) -> None:
    try:
        search(index, words)
    except UsageError as error:
        assert "no word" in str(error)  # noqa: PT017 - both outcomes are right


def test_limit_and_total(index: Path) -> None:
    found = search(index, "insulin", 1)
    assert (len(found.hits), found.total) == (1, 3)


def test_the_index_is_the_same_each_time(index: Path, tmp_path: Path) -> None:
    store = pyoxigraph.Store()
    store.load(TURTLE.encode(), pyoxigraph.RdfFormat.TURTLE)
    build_index(store, tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == index.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_missing_and_damaged_indexes_are_told(tmp_path: Path) -> None:
    with pytest.raises(MissingIndexError, match="kg load"):
        search(tmp_path / FILE_NAME, "x")
    (tmp_path / FILE_NAME).write_bytes(b"no database at all, but long enough to be looked at" * 100)
    with pytest.raises(SearchError, match="load the store again"):
        search(tmp_path / FILE_NAME, "x")
    with pytest.raises(SearchError, match="cannot be written"):
        build_index(pyoxigraph.Store(), tmp_path / "nowhere")


def test_named_graphs_are_searched(tmp_path: Path) -> None:
    store = pyoxigraph.Store()
    store.load(
        TURTLE.encode(), pyoxigraph.RdfFormat.TURTLE, to_graph=pyoxigraph.NamedNode("https://example.org/g")
    )
    assert build_index(store, tmp_path) == 8
    assert _found(tmp_path / FILE_NAME, "207") == ["207"]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Make a store by the command."""
    source, folder = tmp_path / "records.ttl", tmp_path / "store"
    source.write_text(TURTLE, "utf-8")
    assert run_cli(["load", str(source), "--to", str(folder), "-q"]) == 0
    return folder


def test_command(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run_cli(["search", "AKT1", "--store", str(store), "--limit", "2"]) == 0
    done = capsys.readouterr()
    assert done.out.splitlines()[:2] == ["gene      AKT1", "          ncbigene:207"]
    assert done.err.startswith("the best 2 of 4 in ")
    assert run_cli(["search", "insulin", "signalling", "--store", str(store), "-f", "json"]) == 0
    (hit,) = json.loads(capsys.readouterr().out)
    assert hit["iri"] == "https://example.org/figures/1"
    assert run_cli(["search", "insulin", "--store", str(store), "-f", "tsv"]) == 0
    out = capsys.readouterr().out
    assert {line.count("\t") for line in out.splitlines()} == {3}
    assert run_cli(["search", "no-such-word", "--store", str(store)]) == 0
    assert "nothing was found" in capsys.readouterr().err


def test_command_keeps_the_terminal_still(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["search", "insulin", "--store", str(store)]) == 0
    assert "\x1b[31m" not in capsys.readouterr().out


def test_command_needs_a_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["search", "x", "--store", str(tmp_path)]) == 2
    assert "kg load" in capsys.readouterr().err
    (tmp_path / "x.ttl").write_text("", "utf-8")
    assert run_cli(["search", "x", "--store", str(tmp_path / "x.ttl")]) == 2


@pytest.mark.soak
def test_search_is_quick_on_many_figures(tmp_path: Path) -> None:
    """A hundred thousand figures, and words that stand in most of them."""
    words = "insulin signalling pathway cell growth receptor kinase nucleus membrane disease".split()
    store, figure = pyoxigraph.Store(), "https://w3id.org/pathway-kg/terms#Figure"
    lines = []
    for number in range(100_000):
        title = " ".join(words[(number * step) % 10] for step in (1, 3, 7)) + f" {number}"
        caption = " ".join(words[(number // step) % 10] for step in range(1, 40))
        node = f"<https://example.org/f{number}>"
        lines.append(f"{node} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{figure}> .\n")
        lines.append(f'{node} <https://schema.org/name> "{title}" .\n')
        lines.append(f'{node} <https://schema.org/description> "{caption}" .\n')
    store.bulk_load("".join(lines).encode(), pyoxigraph.RdfFormat.N_TRIPLES)
    assert build_index(store, tmp_path) == 100_000
    for text in ("insulin", "insulin signalling pathway", "kinas*", "growth 99999"):
        begun = time.perf_counter()
        assert search(tmp_path / FILE_NAME, text).hits
        assert time.perf_counter() - begun < 1, text
