"""Every triple leads back to the line that made it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from kg.checks.traces import Pattern, read_pattern, traces
from kg.cli import run as run_cli
from kg.errors import UsageError
from kg.graph import IRI, Literal, RecordGraph
from kg.linking import Linker, LinkOptions
from kg.mapping import MAPPINGS, record_graph
from kg.mapping.rules import roles, term
from kg.pipeline import Loaded, Run
from kg.resources import examples
from kg.tracing import Trace, Tracer
from kg.vocabulary import ABOUT, NAME, RDF_TYPE, START_OFFSET, XSD_INTEGER, YEAR

SITE = examples()


def _graphs(source: Path = SITE) -> Iterator[tuple[Run, Loaded, RecordGraph]]:
    run = Run([source])
    for loaded in run.records():
        graph = run.graph(loaded)
        assert graph is not None
        yield run, loaded, graph


def _tracer(run: Run, loaded: Loaded, graph: RecordGraph) -> Tracer:
    return Tracer(loaded.kind, loaded.document, graph, run.organisms)


@lru_cache(maxsize=64)
def _lines(file: str) -> list[str]:
    return Path(file).read_text("utf-8").split("\n")


GRAPHS = list(_graphs())


@pytest.mark.parametrize(
    ("run", "loaded", "graph"),
    GRAPHS,
    ids=lambda value: Path(value.document.path).name if isinstance(value, Loaded) else "",
)
def test_every_triple_leads_to_a_line(run: Run, loaded: Loaded, graph: RecordGraph) -> None:
    tracer = _tracer(run, loaded, graph)
    table = roles(loaded.kind)
    for triple in graph.triples():
        found = tracer.trace(*triple)
        cell = found.cell
        line = _lines(cell.file)[cell.place.line - 1]
        assert line.strip(), (triple, cell)
        if cell.field and not cell.row:
            key = cell.field.rpartition(".")[2].partition("[")[0]
            assert key in line or "[" in cell.field, (triple, cell, line)
        if cell.file.endswith(".tsv"):
            assert cell.text in line or cell.text.replace('"', '""') in line or not cell.text, (triple, cell)
        assert table
        assert found.rule.startswith(f"{loaded.kind}: ")


def test_values_lead_to_the_very_cell() -> None:
    """Where a text of the graph stands as it is in the record, the trace leads to just that cell."""
    exact = partial = 0
    for run, loaded, graph in GRAPHS:
        tracer = _tracer(run, loaded, graph)
        texts = {cell.text.strip() for cell in tracer.cells if cell.key not in ("(body)", "(file)")}
        for subject, predicate, value in graph.triples():
            if type(value) is str and value in texts and predicate != RDF_TYPE:
                fits = tracer.trace(subject, predicate, value).fits
                exact, partial = exact + (fits == 3), partial + (fits < 3)
    assert exact > 600
    # a label of a data node may equal the symbol that its row has as `hgnc.symbol:…`
    assert partial < exact / 25


def test_every_record_type_has_rules() -> None:
    # `other` is mapped by a context of the user's: its values are looked for in all fields
    assert {kind for kind in MAPPINGS if not roles(kind)} <= {"other"}


def test_every_class_of_the_examples_has_a_role() -> None:
    missing = set()
    for _, loaded, graph in GRAPHS:
        for description in graph.descriptions:
            kinds = {
                str(kind).replace("/", "#").rpartition("#")[2] for kind in description.facts.get(RDF_TYPE, ())
            }
            if kinds and not kinds & set(roles(loaded.kind)):
                missing.add((loaded.kind, *sorted(kinds)))
    assert not missing


def _one(source: Path, *words: str) -> Trace:
    return next(traces(Run([source]), read_pattern(words))).trace


@pytest.mark.parametrize(
    ("words", "file", "text", "field"),
    [
        (["ncbigene:208", "schema:name", "AKT2"], "f1.md", "hgnc_symbol: AKT2", "genes[5].hgnc_symbol"),
        (["pmc:PMC99000001", "kg:year"], "f1.md", "year: '2010'", "year"),
        (["pmc:PMC99000001", "schema:datePublished"], "f1.md", "reftext: Ida", "reftext"),
        (["taxonomy:10090"], "f1.md", "- Mus musculus", "organisms[0]"),
        (["ncbigene:7472", "schema:identifier"], "genes.tsv", "WNT2\t7472", "ncbigene_id"),
        (["mesh:D018021", "schema:name"], "chemicals.tsv", "Lithium Chloride", "name"),
        (["wikipathways:WP481", "schema:dateModified"], "WP481.md", "last-edited", "last-edited"),
        (["chebi:17634", "schema:inChIKey"], "WP481-datanodes.tsv", "WQZGKKKJIJFFOK", "InChI"),
        (["https://w3id.org/pathway-kg/author/Iweiss", "schema:name"], "Iweiss.md", "realname", "realname"),
        (["doid:9352", "schema:description"], "DOID_9352.md", "definition", "definition"),
        (["wikipathways:WP437"], "wpid_map.tsv", "PMC99000007", None),
    ],
)
def test_trace_leads_to_the_field(words: list[str], file: str, text: str, field: str | None) -> None:
    if words == ["wikipathways:WP437"]:
        found = list(traces(Run([SITE / "_figures"]), read_pattern(words)))
        trace = next(row.trace for row in found if row.predicate is not None)
    else:
        trace = _one(SITE, *words)
    cell = trace.cell
    assert cell.file.endswith(file)
    assert text in _lines(cell.file)[cell.place.line - 1]
    assert field is None or cell.field == field


def test_rows_are_told_apart_by_the_mention() -> None:
    """The same word stands for three genes: each leads to its own row."""
    run, loaded, graph = next(row for row in GRAPHS if row[1].document.stem == "PMC99000001__adp-2010-11-f3")
    tracer = _tracer(run, loaded, graph)
    rows = {
        tracer.trace(subject, predicate, value).cell.field
        for subject, predicate, value in graph.triples()
        if predicate == ABOUT
        and value in {IRI(f"https://identifiers.org/ncbigene/{n}") for n in (5599, 5601, 5602)}
    }
    assert rows == {"genes[0].entrez", "genes[1].entrez", "genes[2].entrez"}


def test_patterns() -> None:
    gene = IRI("https://identifiers.org/ncbigene/208")
    assert read_pattern(["ncbigene:208"]) == Pattern(gene)
    assert read_pattern([f"<{gene}>"]) == Pattern(gene)
    assert read_pattern([f'<{gene}> <{NAME}> "AKT2" .']) == Pattern(gene, NAME, "AKT2")
    assert read_pattern([str(gene), "schema:name", '"AKT2"']) == Pattern(gene, NAME, "AKT2")
    year = f'<https://identifiers.org/pmc/PMC1> <{YEAR}> "2010"^^<{XSD_INTEGER}>'
    assert read_pattern([year]).value == Literal("2010", XSD_INTEGER)
    assert read_pattern(["chebi:17634"]).subject == "https://identifiers.org/chebi/CHEBI:17634"
    assert term("kg:year") == YEAR
    for wrong in (["AKT2"], ["<a> <b>"], ["ncbigene:208", "name"], ["a:b"] * 4, ['_:a <e:b> "c" .']):
        with pytest.raises(UsageError):
            read_pattern(wrong)


def _traced(capsys: pytest.CaptureFixture[str], *arguments: str, site: Path = SITE) -> list[dict[str, Any]]:
    assert run_cli(["trace", *arguments, "-s", str(site), "-f", "json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["trace", "ncbigene:208", "schema:name", "AKT2", "-s", str(SITE), "--limit", "1"]) == 0
    out = capsys.readouterr().out
    assert "hgnc_symbol: AKT2" in out
    assert "= rule: figure: genes.hgnc_symbol, genes.ncbigene_symbol → name of Gene" in out
    assert run_cli(["trace", "ncbigene:208", "-s", str(SITE), "-f", "json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["record"] for row in rows} == {"figure", "pathway"}
    assert all(_lines(row["file"])[row["line"] - 1] for row in rows)
    again = next(row["triple"] for row in _traced(capsys, "ncbigene:208", "schema:taxonomicRange"))
    assert again.endswith("<https://identifiers.org/taxonomy/9606> .")
    assert {row["triple"] for row in _traced(capsys, again)} == {again}
    year = next(row["triple"] for row in _traced(capsys, "pmc:PMC99000001", "kg:year", "2010"))
    assert f'"2010"^^<{XSD_INTEGER}> .' in year
    assert _traced(capsys, year)
    assert run_cli(["trace", "ncbigene:1", "-s", str(SITE)]) == 1
    assert run_cli(["trace", "AKT2", "-s", str(SITE)]) == 2
    capsys.readouterr()


# what only an option brings into the graph

_LINKING = ("--link-text", "--link-captions", "--selectors")


def test_what_linking_adds_leads_to_the_very_words() -> None:
    run = Run([SITE], linker=Linker(LinkOptions(captions=True, selectors=True)))
    found = 0
    for loaded in run.records():
        graph = run.graph(loaded)
        assert graph is not None
        plain = set(record_graph(loaded.kind, loaded.record, run.settings).triples())
        tracer = _tracer(run, loaded, graph)
        for triple in set(graph.triples()) - plain:
            trace = tracer.trace(*triple)
            place = trace.cell.place
            line = _lines(trace.cell.file)[place.line - 1]
            assert line[place.column - 1 :].startswith(trace.cell.text.split()[0]), (triple, trace)
            assert re.fullmatch(r"(post|figure): \S+ with --link-(text|captions) → .+", trace.rule)
            found += 1
    assert found > 500


def test_each_place_of_a_repeated_word_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "_figures").mkdir()
    (tmp_path / "_figures" / "PMC1__a.md").write_text(
        "---\nfigid: PMC1__a\npmcid: PMC1\ncaption: |-\n  AKT2 meets AKT20, and\n  AKT2 leaves. AKT2 stays.\n"
        "genes:\n- word: AKT2\n  symbol: AKT2\n  source: hgnc_symbol\n  hgnc_symbol: AKT2\n  entrez: '208'\n"
        "---\n",
        "utf-8",
    )
    run = Run([tmp_path], linker=Linker(LinkOptions(captions=True)))
    (loaded,) = run.records()
    graph = run.graph(loaded)
    assert graph is not None
    tracer = _tracer(run, loaded, graph)
    starts = {
        value.lexical: tracer.trace(subject, predicate, value).cell.place
        for subject, predicate, value in graph.triples()
        if predicate == START_OFFSET and isinstance(value, Literal)
    }
    assert starts == {"0": (5, 3), "22": (6, 3), "35": (6, 16)}


def test_command_takes_the_options_of_an_export(capsys: pytest.CaptureFixture[str]) -> None:
    post = "https://w3id.org/pathway-kg/post/2022-11-02-reading-a-pathway-drawing#903ae78acc"
    assert run_cli(["trace", post, "-s", str(SITE)]) == 1
    (row, *_) = _traced(capsys, post, "schema:about", "ncbigene:5599", *_LINKING)
    assert row["rule"] == "post: (heading) with --link-text → about of kg:TextMention"
    assert _lines(row["file"])[row["line"] - 1][row["column"] - 1 :].startswith("JNK")
    other = SITE.parent / "other"
    options = ("--context", str(other / "recipe.jsonld"), "--type", "schema:Recipe")
    (row,) = _traced(capsys, "https://w3id.org/pathway-kg/record/bread", "schema:name", *options, site=other)
    assert (row["record"], row["field"]) == ("other", "title")
    assert run_cli(["trace", post, "-s", str(SITE), "--selectors"]) == 2
