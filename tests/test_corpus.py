"""The real records: their known counts, and every row of every file found again in the graph.

What the files hold is read here by plain yaml and csv, independently of the package.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import judges
import pytest
import yaml

import kg
from kg import vocabulary as v
from kg.graph import IRI, Triple
from kg.problems import Problem

PFOCR = "https://pfocr.wikipathways.org/figures/"
MISSING = {"", "NA", ".na.character", "NULL", "XXX", "REJECT", "~", "null", None}
KINDS = {"genes": v.GENE_MENTION, "chemicals": v.CHEMICAL_MENTION, "diseases": v.DISEASE_MENTION}


class Row(NamedTuple):
    """A row of annotations, as a file has it or as a mention says it."""

    figure: str
    kind: str
    word: str
    matched: str | None
    lexicon: str | None
    about: str | None


class Exported(NamedTuple):
    """What an export of the PFOCR records says."""

    triples: frozenset[Triple]
    facts: dict[IRI, dict[IRI, list[Any]]]
    problems: list[Problem]


def exported(*sources: Path) -> Exported:
    problems: list[Problem] = []
    found = list(kg.triples(*sources, report=problems.append))
    facts: dict[IRI, dict[IRI, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in found:
        facts[subject][predicate].append(value)
    assert len(found) == len(frozenset(found))
    return Exported(frozenset(found), facts, problems)


@pytest.fixture(scope="module")
def pfocr(corpus: Path) -> Exported:
    return exported(corpus / "pfocr-inline", corpus / "pfocr-sidecar")


def figure(name: str) -> IRI:
    return IRI(f"{PFOCR}{name}.html")


def mentions(found: Exported, name: str, kind: IRI) -> list[dict[IRI, list[Any]]]:
    return [
        facts
        for facts in found.facts.values()
        if kind in facts[v.RDF_TYPE] and facts[v.IS_PART_OF] == [figure(name)]
    ]


def genes(found: Exported, name: str) -> set[IRI]:
    return {iri for iri in found.facts[figure(name)][v.MENTIONS] if v.GENE in found.facts[iri][v.RDF_TYPE]}


# the seeds


@pytest.fixture(scope="module")
def seeds(corpus: Path) -> Exported:
    return exported(corpus / "seeds")


def test_seeds_are_three_figures_and_two_posts(corpus: Path) -> None:
    assert Counter(found.kind for found in kg.read(corpus / "seeds")) == {"figure": 3, "post": 2}


def test_a_figure_of_the_seeds_has_its_genes_mentions_and_chemicals(seeds: Exported) -> None:
    name = "PMC199174__JCI0110934.f9"
    assert len(genes(seeds, name)) == 12
    found = mentions(seeds, name, v.GENE_MENTION)
    assert len(found) == 9
    (jnk,) = [facts for facts in found if facts[v.TEXT] == ["JNK-"]]
    assert set(jnk[v.ABOUT]) == {
        IRI(f"https://identifiers.org/ncbigene/{number}") for number in (5599, 5601, 5602)
    }
    chemicals = mentions(seeds, name, v.CHEMICAL_MENTION)
    assert {iri for facts in chemicals for iri in facts[v.ABOUT]} == {
        IRI("https://identifiers.org/mesh/C093973"),
        IRI("https://identifiers.org/mesh/D012694"),
    }


def test_a_figure_without_its_table_has_no_genes(seeds: Exported) -> None:
    assert genes(seeds, "PMC7535138__DMSO-13-3449-g0002") == set()


def test_the_same_figure_with_its_table_has_genes_of_four_species(corpus: Path) -> None:
    found = exported(corpus / "pfocr-sidecar")
    taxa = {
        iri
        for gene in genes(found, "PMC7535138__DMSO-13-3449-g0002")
        for iri in found.facts[gene][v.TAXONOMIC_RANGE]
    }
    assert len(taxa) == 4
    assert {"9606", "10090", "10116"} < {iri.rpartition("/")[2] for iri in taxa}


@pytest.mark.parametrize("extension", [".ttl", ".jsonld", ".nt"])
def test_outputs_of_the_seeds_hold_one_graph(corpus: Path, tmp_path: Path, extension: str) -> None:
    kg.export([corpus / "seeds"], [tmp_path / f"s{extension}", tmp_path / "s.nq"])
    wanted = judges.triples(judges.pyoxigraph_quads(tmp_path / "s.nq"))
    assert judges.triples(judges.pyoxigraph_quads(tmp_path / f"s{extension}")) == wanted
    assert judges.triples(judges.rdflib_quads(tmp_path / f"s{extension}")) == wanted


# all of PFOCR


def test_every_problem_has_a_place_and_none_is_a_fault_of_ours(pfocr: Exported) -> None:
    assert [problem for problem in pfocr.problems if problem.line is None or problem.code == "internal"] == []
    assert {problem.code for problem in pfocr.problems if problem.severity.value == "error"} == set()


def test_figures_that_stand_twice_are_one(pfocr: Exported, corpus: Path) -> None:
    figures = [iri for iri, facts in pfocr.facts.items() if v.FIGURE in facts[v.RDF_TYPE]]
    assert len(figures) == 321
    for folder, count in (("pfocr-inline", 258), ("pfocr-sidecar", 122)):
        assert sum(1 for found in kg.read(corpus / folder) if found.kind == "figure") == count


@cache
def records(corpus: Path) -> tuple[tuple[Path, dict[str, Any]], ...]:
    """Return the front matter of each figure, as plain YAML has it: text, lists and mappings."""
    return tuple(_records(corpus))


def _records(corpus: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for folder in ("pfocr-inline", "pfocr-sidecar"):
        for path in sorted((corpus / folder / "_figures").glob("*.md")):
            front = path.read_text("utf-8-sig").split("\n---", 1)[0].removeprefix("---")
            yield path, yaml.load(front, Loader=yaml.BaseLoader)


def page(record: dict[str, Any]) -> str:
    return (record.get("schema-jsonld") or {}).get("@id") or f"{PFOCR}{record['figid']}.html"


def table(path: Path, figid: str, kind: str) -> Iterator[dict[str, str]]:
    place = path.parent.parent / "_data" / f"{figid}-{kind}.tsv"
    if place.is_file():
        with place.open(encoding="utf-8", newline="") as stream:
            yield from csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)


def abouts(kind: str, row: dict[str, str]) -> str | None:
    """Return the IRI that a row leads to."""
    gene = row.get("entrez") or row.get("ncbigene_id")
    if kind == "genes":
        return None if gene in MISSING else f"https://identifiers.org/ncbigene/{gene}"
    mesh = (row.get("mesh") or row.get("identifier") or "NA").removeprefix("mesh:")
    if mesh not in MISSING:
        return f"https://identifiers.org/mesh/{mesh}"
    chebi = (row.get("chebi") or "NA").removeprefix("chebi:")
    doid = (row.get("doid") or "NA").removeprefix("doid:")
    if chebi not in MISSING:
        return f"https://identifiers.org/chebi/CHEBI:{chebi}"
    return None if doid in MISSING else f"https://identifiers.org/doid/DOID:{doid}"


def rows(corpus: Path) -> Iterator[tuple[Row, int]]:
    """Yield each row of annotations of every file, with the number of its file."""
    for number, (path, record) in enumerate(records(corpus)):
        for kind in KINDS:
            inline = record.get(kind) or []
            for row in [*inline, *table(path, record["figid"], kind)]:
                matched = row.get("symbol") or row.get("match")
                if kind != "genes" and matched in MISSING:
                    matched = None
                lexicon = "mesh" if kind != "genes" else row.get("source")
                yield Row(page(record), kind, row["word"], matched, lexicon, abouts(kind, row)), number


def said(found: Exported) -> Iterator[Row]:
    """Yield what each mention of the graph says, one row for each thing that it is about."""
    kind_of = {kind: name for name, kind in KINDS.items()}
    for facts in list(found.facts.values()):
        kinds = [kind_of[kind] for kind in facts[v.RDF_TYPE] if kind in kind_of]
        if kinds:
            matched = facts[v.MATCHED_TERM][0] if facts[v.MATCHED_TERM] else None
            lexicon = facts[v.LEXICON][0].removeprefix(v.KG) if facts[v.LEXICON] else None
            for about in facts[v.ABOUT] or [None]:
                yield Row(facts[v.IS_PART_OF][0], kinds[0], facts[v.TEXT][0], matched, lexicon, about)


def test_every_row_of_every_file_is_in_the_graph_and_nothing_else(pfocr: Exported, corpus: Path) -> None:
    in_files = {row for row, _ in rows(corpus)}
    in_graph = set(said(pfocr))
    assert in_files - in_graph == set()
    # A word that one document identifies and another does not has both rows in one mention.
    assert {row for row in in_graph - in_files if row.about is not None} == set()
    assert len(in_graph) > 4000


def test_every_entity_of_a_row_is_mentioned_by_its_figure(pfocr: Exported, corpus: Path) -> None:
    lost = {
        (row.figure, row.about)
        for row, _ in rows(corpus)
        if row.about and row.about not in pfocr.facts[IRI(row.figure)][v.MENTIONS]
    }
    assert lost == set()


def test_rows_that_stand_more_than_once_are_counted(pfocr: Exported, corpus: Path) -> None:
    times: dict[tuple[str, ...], Counter[tuple[int, str | None]]] = defaultdict(Counter)
    for row, number in rows(corpus):
        times[tuple(map(str, row[:5]))][number, row.about] += 1
    wanted = {max(counter.values()) for counter in times.values()}
    found = {
        int(facts[v.OCCURRENCES][0].lexical) for facts in list(pfocr.facts.values()) if facts[v.OCCURRENCES]
    }
    assert found == wanted - {1}
    assert found


@pytest.mark.parametrize(
    ("key", "subject", "predicate"),
    [
        ("figid", "figure", v.IDENTIFIER),
        ("caption", "figure", v.DESCRIPTION),
        ("figtitle", "figure", v.NAME),
        ("number", "figure", v.FIGURE_NUMBER),
        ("papertitle", "paper", v.NAME),
        ("reftext", "paper", v.DCTERMS_CITATION),
        ("organisms", "figure", v.ORGANISM_NAME),
        ("keywords", "paper", v.KEYWORDS),
        ("figid_alias", "figure", v.ALTERNATE_NAME),
    ],
)
def test_every_text_of_every_record_is_in_the_graph(
    pfocr: Exported, corpus: Path, key: str, subject: str, predicate: IRI
) -> None:
    lost = []
    for path, record in records(corpus):
        node = page(record) if subject == "figure" else f"https://identifiers.org/pmc/{record.get('pmcid')}"
        value = record.get(key)
        texts = (
            value if isinstance(value, list) else (value or "").split(" | " if key == "keywords" else "\0")
        )
        known = pfocr.facts[IRI(node)][predicate]
        lost += [
            (path.name, text) for text in texts if text.strip() not in MISSING and text.strip() not in known
        ]
    assert lost == []


def test_no_sentinel_is_in_the_graph(pfocr: Exported) -> None:
    words = {v.TEXT, v.MATCHED_TERM}
    assert [row for row in pfocr.triples if row[2] in MISSING and row[1] not in words] == []


def test_no_gene_has_a_taxon_of_its_figure(pfocr: Exported) -> None:
    """A figure of a mouse paper carries human genes."""
    for facts in list(pfocr.facts.values()):
        if v.GENE in facts[v.RDF_TYPE]:
            assert len(facts[v.TAXONOMIC_RANGE]) <= 1


@pytest.fixture(scope="module")
def outputs(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    names = [f"kg{extension}" for extension in judges.SYNTAXES]
    kg.export([corpus / "pfocr-inline", corpus / "pfocr-sidecar"], [folder / name for name in names])
    return folder


def test_riot_is_content_with_every_output(outputs: Path) -> None:
    assert (
        judges.riot_problems(*(outputs / f"kg{ext}" for ext, row in judges.SYNTAXES.items() if row.riot))
        == []
    )


@pytest.mark.parametrize("extension", [ext for ext, row in judges.SYNTAXES.items() if row.rapper])
def test_rapper_is_content_with_every_output(outputs: Path, extension: str) -> None:
    assert judges.rapper_problems(outputs / f"kg{extension}") == []


@pytest.mark.parametrize("extension", judges.SYNTAXES)
def test_both_engines_read_the_same_graph(outputs: Path, pfocr: Exported, extension: str) -> None:
    found = judges.triples(judges.pyoxigraph_quads(outputs / f"kg{extension}"))
    assert len(found) == len(pfocr.triples)
    assert judges.triples(judges.rdflib_quads(outputs / f"kg{extension}")) == found


# all of WikiPathways


def test_wikipathways_has_no_problem_without_a_place(corpus: Path) -> None:
    found = exported(corpus / "wikipathways")
    assert found.triples
    assert [problem for problem in found.problems if problem.line is None or problem.code == "internal"] == []
