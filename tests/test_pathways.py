"""Pathways: identifiers, tables with quotes, what a data node is about, and every row of the real tables.

The counts over the real records are made without our code: with `csv`, PyYAML and regular expressions.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import judges
import pyoxigraph
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import kg
from kg.graph import IRI, Triple
from kg.identifiers import NAMES, NAMESPACES
from kg.mapping import Settings, record_graph
from kg.mapping.datanode import Meaning, meaning_of
from kg.problems import Problem
from kg.records.author import is_anonymous, is_bot
from kg.records.datanodes import COLUMNS, DataNode, read_identifiers

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples" / "records"
SCHEMA, SKOS, KG = (
    "https://schema.org/",
    "http://www.w3.org/2004/02/skos/core#",
    "https://w3id.org/pathway-kg/terms#",
)
SEE_ALSO = "http://www.w3.org/2000/01/rdf-schema#seeAlso"


# identifiers


@pytest.mark.parametrize(
    ("prefix", "written", "iri"),
    [
        ("hgnc", "hgnc:HGNC:391", "https://identifiers.org/hgnc/391"),
        ("ensembl", "ensembl:ENSG00000142208", "https://identifiers.org/ensembl/ENSG00000142208"),
        ("ensembl", "AT1G65480", "https://identifiers.org/ensembl/AT1G65480"),
        ("uniprot", "uniprot:A0A804HJM6", "https://identifiers.org/uniprot/A0A804HJM6"),
        ("hmdb", "hmdb:HMDB00902", "https://identifiers.org/hmdb/HMDB0000902"),
        ("wb", "wormbase:WBGene00000912", "https://identifiers.org/wb/WBGene00000912"),
        ("ec-code", "eccode: 5.3.1.6", "https://identifiers.org/ec-code/5.3.1.6"),
        ("mgi", "mgi:MGI:99927", "https://identifiers.org/mgi/MGI:99927"),
        ("go", "go:GO:0016656", "https://identifiers.org/go/GO:0016656"),
        ("wikidata", "wikidata:Q283", "http://www.wikidata.org/entity/Q283"),
        ("orcid", "0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-0097"),
        ("isbn", "0-306-40615-2", "https://identifiers.org/isbn/9780306406157"),
        ("isbn", "0-8044-2957-X", "https://identifiers.org/isbn/9780804429573"),
        ("cas", "cas:7732-18-5", "https://identifiers.org/cas/7732-18-5"),
    ],
)
def test_identifiers_have_one_iri(prefix: str, written: str, iri: str) -> None:
    assert NAMESPACES[prefix].iri(written) == iri


@pytest.mark.parametrize(
    ("prefix", "written"),
    [
        ("uniprot", "VEGF"),
        ("uniprot", "P3174"),
        ("hgnc.symbol", "HGNC:9393"),
        ("wb", "F09D12.1"),
        ("insdc", "ENSG00000121879"),
        ("lipidmaps", "LMSP05"),
        ("chembl.compound", "1372"),
        ("ec-code", "2.7.1.-."),
        ("ncbigene", "0"),
        ("isbn", "978-0-306-40615-8"),
        ("isbn", "12345"),
        ("tair.name", "AT1G16410.1"),
        ("ensembl", "ENSG 1"),
        ("cas", "7732-18-55"),
    ],
)
def test_what_matches_no_pattern_has_no_iri(prefix: str, written: str) -> None:
    assert NAMESPACES[prefix].iri(written) is None


def test_owners_have_their_own_form() -> None:
    forms = {
        prefix: NAMESPACES[prefix].owner_of("1") for prefix in ("chebi", "uniprot", "go", "ensembl", "hmdb")
    }
    assert forms == {
        "chebi": "http://purl.obolibrary.org/obo/CHEBI_1",
        "uniprot": "http://purl.uniprot.org/uniprot/1",
        "go": "http://purl.obolibrary.org/obo/GO_1",
        "ensembl": None,
        "hmdb": None,
    }


def test_the_document_on_identifiers_names_every_namespace_and_pattern() -> None:
    text = (ROOT / "docs" / "identifiers.md").read_text("utf-8")
    rows = {line.split("`")[1]: line for line in text.splitlines() if line.startswith("| `")}
    assert set(rows) == set(NAMESPACES)
    for prefix, row in NAMESPACES.items():
        assert f"`{row.lead}{row.pattern}`".replace("|", "\\|") in rows[prefix], prefix


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_prefix_of_the_data_is_its_own_namespace_first(name: str) -> None:
    assert NAMES[name][0].prefix == name or name in NAMES[name][0].aliases


@given(st.text(max_size=30), st.sampled_from(["Identifier", *COLUMNS]))
def test_no_text_is_lost_in_a_cell(text: str, column: str) -> None:
    identifiers, faults = read_identifiers(text, column)
    assert all(found.namespace.iri(found.local) for found in identifiers)
    assert {fault.code for fault in faults} <= {"bad-identifier", "unknown-namespace"}
    assert bool(text.replace(";", "").strip()) == bool(identifiers or faults) or _is_missing(text)


def _is_missing(text: str) -> bool:
    return all(
        part.strip() in {"", "NA", ".na.character", "NULL", "null", "Null", "XXX", "REJECT", "~"}
        for part in text.split(";")
    )


@pytest.mark.parametrize(
    ("username", "anonymous", "bot"),
    [
        ("Khanspers", False, False),
        ("192.0.2.7", True, False),
        ("2001:db8:0:0:0:0:0:7", True, False),
        ("10.1000", False, False),
        ("MaintBot", False, True),
        ("Abbot", False, False),
        ("ABot2", False, False),
        ("Bot", False, True),
    ],
)
def test_who_is_behind_a_username(username: str, anonymous: bool, bot: bool) -> None:
    assert (is_anonymous(username), is_bot(username)) == (anonymous, bot)


# one data node


def _meaning(kind: str, own: str, cells: Mapping[str, str], human: bool = True) -> Meaning:
    columns = {
        "ncbi": "NCBI gene",
        "ensembl": "Ensembl",
        "hgnc": "HGNC",
        "uniprot": "UniProt",
        "chebi": "ChEBI",
        "hmdb": "HMDB",
        "inchi": "InChI",
    }
    references = [found for name, cell in cells.items() for found in read_identifiers(cell, columns[name])[0]]
    node = DataNode("x", kind, own, read_identifiers(own, "Identifier")[0], tuple(references), (), (), 1)
    return meaning_of(node, human)


def _short(iri: IRI) -> str:
    return iri.removeprefix("https://identifiers.org/")


@pytest.mark.parametrize(
    ("kind", "own", "cells", "about"),
    [
        ("GeneProduct", "ensembl:ENSG1", {"ncbi": "ncbigene:7"}, ["ncbigene/7"]),
        ("GeneProduct", "ncbigene:7", {"ncbi": "ncbigene:7;ncbigene:8"}, ["ncbigene/7"]),
        ("GeneProduct", "ensembl:ENSG1", {"ncbi": "ncbigene:7;ncbigene:8"}, ["ncbigene/7", "ncbigene/8"]),
        ("GeneProduct", "ensembl:ENSG1", {}, ["ensembl/ENSG1"]),
        ("GeneProduct", "uniprot:P31749", {"ensembl": "ensembl:ENSG1"}, ["ensembl/ENSG1"]),
        ("GeneProduct", "uniprot:P31749", {}, ["uniprot/P31749"]),
        ("GeneProduct", "", {"uniprot": "uniprot:P31749"}, ["uniprot/P31749"]),
        ("GeneProduct", "hgnc.symbol:AKT1", {}, []),
        ("GeneProduct", "eccode:1.1.1.1", {}, []),
        ("Protein", "uniprot:P31749", {"ncbi": "ncbigene:7"}, ["ncbigene/7", "uniprot/P31749"]),
        ("Protein", "ncbigene:7", {"uniprot": "uniprot:P31749"}, ["ncbigene/7", "uniprot/P31749"]),
        ("Protein", "ncbigene:7", {"uniprot": "uniprot:P31749;uniprot:P31751"}, ["ncbigene/7"]),
        ("Metabolite", "chebi:1", {"chebi": "chebi:1;chebi:2"}, ["chebi/CHEBI:1"]),
        ("Metabolite", "hmdb:HMDB1", {"chebi": "chebi:1"}, ["chebi/CHEBI:1"]),
        ("Metabolite", "hmdb:HMDB1", {"chebi": "chebi:1;chebi:2"}, ["hmdb/HMDB0000001"]),
        ("GeneProduct", "chebi:1", {}, ["chebi/CHEBI:1"]),
        ("Rna", "mirbase:MI0000060", {"ncbi": "ncbigene:7"}, ["ncbigene/7", "mirbase/MI0000060"]),
        ("Pathway", "wikipathways:WP2", {}, ["wikipathways/WP2"]),
        ("Complex", "complexportal:CPX-1", {}, ["complexportal/CPX-1"]),
    ],
)
def test_what_a_data_node_is_about(kind: str, own: str, cells: dict[str, str], about: list[str]) -> None:
    assert list(map(_short, _meaning(kind, own, cells).about)) == about


def _facts(meaning: Meaning, predicate: str) -> set[tuple[str, str]]:
    triples = (triple for described in meaning.descriptions for triple in described.triples())
    return {(_short(s), _short(IRI(str(o)))) for s, p, o in triples if p == predicate}


def test_one_value_beside_one_entity_equals_it() -> None:
    meaning = _meaning("GeneProduct", "ensembl:ENSG1", {"ncbi": "ncbigene:7", "ensembl": "ensembl:ENSG1"})
    assert _facts(meaning, SKOS + "exactMatch") == {("ncbigene/7", "ensembl/ENSG1")}
    assert meaning.close == []


@pytest.mark.parametrize(
    "cells",
    [
        {"ncbi": "ncbigene:7", "ensembl": "ensembl:ENSG1;ensembl:ENSG2"},
        {"ncbi": "ncbigene:7;ncbigene:8", "ensembl": "ensembl:ENSG1"},
        {"ncbi": "ncbigene:7;ncbigene:8", "ensembl": "ensembl:ENSG1;ensembl:ENSG2"},
    ],
)
def test_several_values_are_close_to_the_data_node_only(cells: dict[str, str]) -> None:
    meaning = _meaning("GeneProduct", "ensembl:ENSG1", cells)
    assert _facts(meaning, SKOS + "exactMatch") == set()
    listed = {
        _short(found.namespace.iri_of(found.local))
        for found in read_identifiers(cells["ensembl"], "Ensembl")[0]
    }
    assert set(map(_short, meaning.close)) == listed


def test_a_gene_encodes_its_proteins_and_equals_none() -> None:
    meaning = _meaning("GeneProduct", "ncbigene:7", {"uniprot": "uniprot:P31749;uniprot:P31751"})
    encoded = {("ncbigene/7", "uniprot/P31749"), ("ncbigene/7", "uniprot/P31751")}
    assert _facts(meaning, SCHEMA + "encodesBioChemEntity") == encoded
    assert {("uniprot/P31749", "http://purl.uniprot.org/uniprot/P31749")} <= _facts(
        meaning, SKOS + "exactMatch"
    )


@pytest.mark.parametrize(("human", "names"), [(True, {("ncbigene/7", "AKT1")}), (False, set())])
def test_a_gene_has_its_name_from_hgnc_in_human_pathways_only(
    human: bool, names: set[tuple[str, str]]
) -> None:
    meaning = _meaning("GeneProduct", "ncbigene:7", {"hgnc": "hgnc.symbol:AKT1"}, human)
    assert _facts(meaning, SCHEMA + "name") == names
    assert list(map(_short, meaning.see_also)) == ([] if human else ["hgnc.symbol/AKT1"])


@pytest.mark.parametrize(
    "keys",
    [
        "inchikey:XLYOFNOQVPJJNP-UHFFFAOYSA-N",
        "inchikey:XLYOFNOQVPJJNP-UHFFFAOYSA-N;inchikey:XLYOFNOQVPJJNP-UHFFFAOYSA-M",
    ],
)
def test_a_key_belongs_to_a_metabolite_when_it_is_alone(keys: str) -> None:
    meaning = _meaning("Metabolite", "chebi:1", {"inchi": keys})
    alone = ";" not in keys
    assert len(_facts(meaning, SCHEMA + "inChIKey")) == (1 if alone else 0)
    assert len(meaning.close) == (0 if alone else 2)


# records of our own


def _site(folder: Path, *, nodes: str = "", bibliography: str = "") -> Path:
    for name in ("_pathways", "_data"):
        (folder / name).mkdir(parents=True)
    page = "---\nwpid: WP1\nrevision: r1\ntitle: Ours\norganisms: [Homo sapiens]\n---\n"
    (folder / "_pathways" / "WP1.md").write_text(page, "utf-8")
    (folder / "_data" / "WP1-datanodes.tsv").write_bytes(nodes.encode())
    (folder / "_data" / "WP1-bibliography.tsv").write_bytes(bibliography.encode())
    return folder


def _read(folder: Path) -> tuple[set[Triple], list[Problem]]:
    problems: list[Problem] = []
    return set(kg.triples(folder, report=problems.append)), problems


NODES = "Label\tType\tIdentifier\tComment\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_are_counted_through_quoted_cells(tmp_path: Path, end: str) -> None:
    text = NODES + 'A\tProtein\tx:1\t"one\ntwo\tthree"\nB\tProtein\tncbigene:x\t""\n'
    triples, problems = _read(_site(tmp_path, nodes=text.replace("\n", end)))
    assert [(problem.code, problem.line) for problem in problems] == [
        ("unknown-namespace", 2),
        ("bad-identifier", 4),
    ]
    assert {str(o) for _, p, o in triples if p.endswith("#comment")} == {"one two three"}


@pytest.mark.parametrize("cell", ['"open', 'a\t"open', '"' + "x" * 200_000])
def test_an_open_quote_is_located_and_what_stands_before_is_kept(tmp_path: Path, cell: str) -> None:
    triples, problems = _read(
        _site(tmp_path, nodes=f'{NODES}A\tProtein\tncbigene:1\t"x"\nB\tProtein\t{cell}\nC\tProtein\n')
    )
    assert [(problem.code, problem.line) for problem in problems] == [("open-quote", 3)]
    assert {str(o) for _, p, o in triples if p == SCHEMA + "text"} == {"A"}


@pytest.mark.parametrize("text", ["", "\n", NODES, '"Label"\t"Type"\n', "ID\tDatabase\n"])
def test_tables_may_be_empty(tmp_path: Path, text: str) -> None:
    triples, problems = _read(_site(tmp_path, nodes=text, bibliography=text))
    assert not [problem for problem in problems if problem.line is None or problem.severity == "error"]
    assert not any(p == SCHEMA + "mentions" for _, p, _ in triples)


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    (name,) = (EXAMPLES / "_data").glob("WP481-datanodes.tsv")
    head, *rows = name.read_text("utf-8").splitlines(keepends=True)
    one = _site(tmp_path / "one", nodes=head + "".join(rows))
    two = _site(tmp_path / "two", nodes=head + "".join(reversed(rows)))
    assert _read(one)[0] == _read(two)[0]


def test_figures_and_pathways_of_the_examples_meet_in_the_same_genes() -> None:
    store = pyoxigraph.Store()
    lines = "".join(_line(triple) for triple in kg.triples(EXAMPLES))
    store.load(lines.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    query = f"""PREFIX schema: <{SCHEMA}> PREFIX kg: <{KG}>
        SELECT ?pathway (COUNT(DISTINCT ?gene) AS ?genes) WHERE {{
          ?figure a kg:Figure ; schema:mentions ?gene . ?gene a schema:Gene .
          ?pathway a kg:Pathway ; schema:mentions ?gene }} GROUP BY ?pathway ORDER BY ?pathway"""
    rows: Any = store.query(query)
    shared = {_short(IRI(row["pathway"].value)): int(row["genes"].value) for row in rows}
    assert set(shared) == {"wikipathways/WP428", "wikipathways/WP437", "wikipathways/WP481"}
    assert min(shared.values()) > 2
    named: Any = store.query(f"SELECT ?w {{ ?f <{SEE_ALSO}> ?w . ?w a <{KG}Pathway> . ?f a <{KG}Figure> }}")
    assert len(list(named)) >= 2


def _line(triple: Triple) -> str:
    from kg.formats import FORMATS
    from kg.graph import Description, RecordGraph

    subject, predicate, value = triple
    graph = RecordGraph(subject, (Description(subject, {predicate: [value]}),))
    text: str = FORMATS["ntriples"].writer({}, "", None).record(graph).decode()
    return text


@pytest.mark.parametrize("suffix", [".nt", ".jsonld", ".rdf", ".trig"])
def test_every_format_says_the_same_of_the_examples(tmp_path: Path, suffix: str) -> None:
    turtle, other = tmp_path / "a.ttl", tmp_path / f"a{suffix}"
    kg.export([EXAMPLES], [turtle, other])
    assert judges.triples(judges.pyoxigraph_quads(other)) == judges.triples(judges.pyoxigraph_quads(turtle))


def test_a_pathway_of_another_base() -> None:
    record = next(loaded for loaded in kg.read(EXAMPLES) if loaded.kind == "pathway")
    graph = record_graph(record.kind, record.record, Settings(base="https://example.org/"))
    minted = {subject for subject, _, _ in graph.triples() if "/pathway/" in subject or "/author/" in subject}
    assert minted
    assert all(subject.startswith("https://example.org/") for subject in minted)


# the real records


class Site(NamedTuple):
    """The real site as the independent count sees it, and what our export says of it."""

    pages: dict[str, dict[str, Any]]
    nodes: dict[str, list[tuple[int, dict[str, str]]]]
    works: dict[str, list[tuple[int, dict[str, str]]]]
    facts: dict[str, dict[str, set[str]]]
    problems: list[dict[str, Any]]
    file: Path


@pytest.fixture(scope="module")
def site(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = corpus / "wikipathways"
    file = tmp_path_factory.mktemp("wikipathways") / "all.nt"
    kg.export([folder], [file], problems_file=file.with_suffix(".jsonl"))
    facts: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for quad in pyoxigraph.parse(path=str(file), format=pyoxigraph.RdfFormat.N_TRIPLES):
        facts[quad.subject.value][quad.predicate.value].add(quad.object.value)
    pages = {path.stem: _front(path) for path in sorted((folder / "_pathways").iterdir())}
    problems = [json.loads(line) for line in file.with_suffix(".jsonl").read_text("utf-8").splitlines()]
    return Site(
        pages,
        {wpid: list(_rows(folder / "_data" / f"{wpid}-datanodes.tsv", 16)) for wpid in pages},
        {wpid: list(_rows(folder / "_data" / f"{wpid}-bibliography.tsv", 3)) for wpid in pages},
        facts,
        problems,
        file,
    )


def _front(path: Path) -> dict[str, Any]:
    text = path.read_text("utf-8").split("\n---", 1)[0].removeprefix("---\n")
    values: dict[str, Any] = yaml.load(text, Loader=yaml.CBaseLoader)
    return values


def _rows(path: Path, width: int) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter="\t")
    assert len(header) == width
    for line, cells in enumerate(rows, 2):
        kept = (
            cells if len(cells) == width else [cell for place, cell in enumerate(cells) if cell or place > 1]
        )
        yield line, dict(zip(header, kept, strict=True))


def _located(site: Site, name: str, line: int) -> list[str]:
    return [p["code"] for p in site.problems if p["file"].endswith(f"/{name}") and p["line"] == line]


PATHWAY = "https://identifiers.org/wikipathways/"
PARTS = (SCHEMA + "isPartOf", SCHEMA + "text", KG + "dataNodeType")
HEADS = {
    "chebi": "chebi/CHEBI:",
    "wormbase": "wb/",
    "eccode": "ec-code/",
    "omim": "mim/",
    "tair.locus": "tair.name/",
}


def _expected(written: str) -> str:
    """Return the IRI that a compact identifier of the tables stands for."""
    prefix, _, local = written.partition(":")
    local = local.strip()
    if prefix == "wikidata":
        return f"http://www.wikidata.org/entity/{local}"
    if prefix == "hmdb":
        local = f"HMDB{int(local.removeprefix('HMDB')):07}"
    return f"https://identifiers.org/{HEADS.get(prefix, prefix + '/')}{local}"


def test_every_data_node_row_is_in_the_graph(site: Site) -> None:
    """Each row is one occurrence of the data node of its label, type and identifier."""
    expected = Counter(
        (PATHWAY + wpid, row["Label"], row["Type"], row["Identifier"])
        for wpid, rows in site.nodes.items()
        for _, row in rows
    )
    assert expected.total() == 12_711
    found: Counter[tuple[str, str, str, str]] = Counter()
    for subject, facts in site.facts.items():
        if facts.get(KG + "dataNodeType"):
            (whole,), (label,), (kind,) = (facts[p] for p in PARTS)
            keys = [(whole, label, kind, source) for source in facts[KG + "sourceIdentifier"]]
            (key,) = (key for key in keys if key in expected)
            found[key] += int(min(facts.get(KG + "occurrences", {"1"})))
            assert "#" in subject
    assert found == expected


def test_ragged_rows_are_mended_and_located(site: Site) -> None:
    ragged = [p for p in site.problems if p["code"] in {"long-row", "short-row", "mended-row"}]
    assert Counter(p["code"] for p in ragged) == {"mended-row": 9}
    assert Counter(p["file"].rpartition("/")[2] for p in ragged)["WP2199-datanodes.tsv"] == 6


def _node(
    site: Site, by_key: dict[tuple[str, str, str], list[str]], wpid: str, row: dict[str, str]
) -> dict[str, set[str]]:
    nodes = [site.facts[iri] for iri in by_key[PATHWAY + wpid, row["Label"], row["Type"]]]
    (node,) = (facts for facts in nodes if row["Identifier"] in facts[KG + "sourceIdentifier"])
    return node


def test_every_cross_reference_is_in_the_graph_or_a_located_problem(site: Site) -> None:
    by_key: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for iri, facts in site.facts.items():
        if facts.get(KG + "dataNodeType"):
            (whole,), (label,), (kind,) = (facts[p] for p in PARTS)
            by_key[whole, label, kind].append(iri)
    seen, lost = 0, 0
    for wpid, rows in site.nodes.items():
        for line, row in rows:
            node = _node(site, by_key, wpid, row)
            reached = _reached(site, node)
            values = [
                row["Identifier"],
                *(part for name in list(row)[4:] for part in row[name].split(";") if part),
            ]
            for value in values:
                seen += 1
                if value.startswith(":") or _expected_or_none(value) not in reached:
                    lost += 1
                    assert (
                        value in node[KG + "sourceIdentifier"]
                        or value.strip() in node[KG + "sourceIdentifier"]
                    )
                    codes = _located(site, f"{wpid}-datanodes.tsv", line)
                    assert {"bad-identifier", "unknown-namespace"} & set(codes), (wpid, line, value)
    assert (seen, lost) == (85_057, 648)


def _expected_or_none(value: str) -> str | None:
    try:
        return _expected(value)
    except ValueError:
        return None


def _reached(site: Site, node: dict[str, set[str]]) -> set[str]:
    """Return what a data node leads to: entities, close matches, and what is said of its entities."""
    found = {iri for p in (SCHEMA + "about", SKOS + "closeMatch", SEE_ALSO) for iri in node.get(p, ())}
    for entity in node.get(SCHEMA + "about", ()):
        facts = site.facts.get(entity, {})
        for predicate in (SKOS + "exactMatch", SCHEMA + "encodesBioChemEntity", SEE_ALSO):
            found |= facts.get(predicate, set())
        found |= {f"https://identifiers.org/inchikey/{key}" for key in facts.get(SCHEMA + "inChIKey", ())}
    return found


def test_data_nodes_reach_their_ncbi_gene(site: Site) -> None:
    """A row with an NCBI gene is about that gene, whatever its own identifier is."""
    for wpid, rows in site.nodes.items():
        mentioned = site.facts[PATHWAY + wpid][SCHEMA + "mentions"]
        for _, row in rows:
            genes = row["NCBI gene"].split(";")
            own = row["Identifier"] if row["Identifier"].startswith("ncbigene:") else genes[0]
            if own and own != "ncbigene:0":
                assert _expected(own) in mentioned, (wpid, row)


def test_every_reference_is_in_the_graph(site: Site) -> None:
    heads = {"Pubmed": "pubmed/", "WikiPathways": "wikipathways/", "KEGG Pathway": "kegg.pathway/"}
    counted = 0
    for wpid, rows in site.works.items():
        cited = site.facts[PATHWAY + wpid][SCHEMA + "citation"]
        for _, row in rows:
            counted += 1
            iri = f"https://identifiers.org/{heads.get(row['Database'], '')}{row['ID']}"
            if row["Database"] == "DOI":
                iri = f"https://doi.org/{row['ID']}"
            elif row["Database"] == "URL":
                iri = row["ID"]
            elif row["Database"] == "ISBN":
                (iri,) = (found for found in cited if row["ID"].replace("-", "")[-10:-1] in found)
            assert iri in cited, (wpid, row)
            text = re.sub(r"<a .*?</a>|</?scp>", "", row["Citation"]).replace("&amp;", "&")
            if text.strip():
                assert (
                    " ".join(text.split())
                    in site.facts[iri]["http://purl.org/dc/terms/bibliographicCitation"]
                )
    assert counted == 2777


def test_every_author_tag_community_and_citing_work_is_in_the_graph(site: Site) -> None:
    base = "https://w3id.org/pathway-kg/"
    counted: Counter[str] = Counter()
    for wpid, page in site.pages.items():
        facts = site.facts[PATHWAY + wpid]
        for author in page["authors"]:
            counted["authors"] += 1
            anonymous = re.fullmatch(r"[\d.]+", author) is not None
            assert (f"{base}author/{quote(author)}" in facts[SCHEMA + "author"]) is not anonymous
        for tag in page["annotations"]:
            counted["tags"] += 1
            head = tag["id"].partition(":")[0].lower()
            assert f"https://identifiers.org/{head}/{tag['id']}" in facts[SCHEMA + "about"]
        for community in page.get("communities") or ():
            counted["communities"] += 1
            assert f"{base}community/{community}" in facts[SCHEMA + "isPartOf"]
            assert PATHWAY + wpid in site.facts[f"{base}community/{community}"][SCHEMA + "hasPart"]
        for citing in page.get("citedin") or ():
            counted["citing"] += 1
            link = citing["link"]
            iri = (
                f"https://identifiers.org/pmc/{link}" if link.startswith("PMC") else f"https://doi.org/{link}"
            )
            assert iri in facts[SCHEMA + "subjectOf"]
        assert facts[SCHEMA + "version"] == {page["revision"]}
        assert facts[SCHEMA + "name"] == {page["title"].strip()}
        assert len(facts[SCHEMA + "sameAs"]) == 3
    assert counted == {"authors": 1418, "tags": 651, "communities": 124, "citing": 378}
    left_out = [p for p in site.problems if p["code"] == "anonymous-author"]
    assert len(left_out) == sum(
        a[0].isdigit() and "." in a for page in site.pages.values() for a in page["authors"]
    )


def test_every_author_and_community_page_is_in_the_graph(site: Site, corpus: Path) -> None:
    base = "https://w3id.org/pathway-kg/"
    authors = [_front(path) for path in (corpus / "wikipathways" / "_authors").iterdir()]
    named = [page for page in authors if page["realname"] != "Unknown"]
    for page in named:
        facts = site.facts[f"{base}author/{quote(page['username'])}"]
        assert facts[SCHEMA + "name"] == {page["realname"]}
        orcid = page["orcid"].strip("~")
        assert (f"https://orcid.org/{orcid}" in facts.get(SCHEMA + "sameAs", ())) == bool(orcid)
    assert len(named) == len(authors) - 1
    parts = 0
    for path in (corpus / "wikipathways" / "_communities").iterdir():
        page = _front(path)
        for collection in page.get("collections") or ():
            for wpid in collection.get("wpids") or collection.get("wpid"):
                parts += 1
                known = (
                    PATHWAY + wpid
                    in site.facts[f"{base}community/{page['community-tag']}"][SCHEMA + "hasPart"]
                )
                assert known == wpid.startswith("WP")
    assert parts == 1065


def test_no_problem_of_the_real_pathways_is_unlocated(site: Site) -> None:
    assert not [p for p in site.problems if p["line"] is None or p["code"] == "internal"]
    codes = Counter(p["code"] for p in site.problems)
    assert set(codes) <= {
        "bad-identifier",
        "unknown-namespace",
        "mended-row",
        "anonymous-author",
        "control-character",
        "skipped-page",
    }


def _without_replaced(warnings: list[str]) -> list[str]:
    """Leave out what riot says of U+FFFD, which stands for the control characters of a real table."""
    return [line for line in warnings if "replacement character U+FFFD" not in line]


def test_the_real_pathways_are_valid_for_every_judge(site: Site) -> None:
    assert judges.rapper_problems(site.file) == []
    assert judges.serdi_problems(site.file) == []


def test_all_real_records_together_are_valid(corpus: Path, tmp_path: Path) -> None:
    turtle, nested, log = tmp_path / "all.ttl", tmp_path / "all.jsonld", tmp_path / "problems.jsonl"
    kg.export([corpus], [turtle, nested], problems_file=log)
    assert not [line for line in log.read_text("utf-8").splitlines() if json.loads(line)["line"] is None]
    assert judges.rapper_problems(turtle) == []
    assert _without_replaced(judges.riot_problems(turtle)) == []
    assert judges.triples(judges.pyoxigraph_quads(nested)) == judges.triples(judges.pyoxigraph_quads(turtle))


@pytest.mark.soak
def test_rdflib_reads_all_real_records(corpus: Path, tmp_path: Path) -> None:
    turtle = tmp_path / "all.ttl"
    kg.export([corpus], [turtle])
    assert judges.triples(judges.rdflib_quads(turtle)) == judges.triples(judges.pyoxigraph_quads(turtle))
