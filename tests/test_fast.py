"""Short cuts change no byte: exports with all of them, and without each, are the same."""

from __future__ import annotations

import subprocess
import sys
from itertools import islice, permutations
from pathlib import Path

import pytest
from runs import EXAMPLES, GOLDEN, ROOT, site
from yaml_texts import USUAL

import kg
from kg import fast
from kg.formats import FORMATS
from kg.identifiers import NCBIGENE
from kg.records.annotations import KINDS, Known
from kg.records.shared import Entity, Identifier

WITHOUT = [frozenset({name}) for name in sorted(fast.ALL)] + [fast.ALL]

ROWS = """\
genes:
- {row}
  symbol: AKT
  source: hgnc_symbol
  hgnc_symbol: AKT1
  entrez: '207'
- word: akt
  symbol: AKT
  source: hgnc_symbol
  hgnc_symbol: AKT1
  entrez: '207'
"""
CHEMICALS = """\
chemicals:
- {row}
  symbol: {matched}
  mesh: MESH:C462103
- word: {matched}
  symbol: {matched}
  mesh: MESH:C462103
- word: PIP3
  symbol: {matched}
  mesh: MESH:C462103
"""
WORDS = (
    "word: AKT",
    "word: akt",
    "word:",
    "word: ' '",
    "word: NA",
    "word: []",
    "word: '~'",
    "wird: AKT",
    "word: AKT\n  word: B",
)

SOURCES = (
    "hgnc_symbol",
    "ncbigene_symbol",
    "100%s",
    "HGNC_symbol",
    " hgnc_symbol",
    "NA",
    "",
    "bioentities_symbol",
)


def written(folder: Path, source: Path) -> list[bytes]:
    """Export a source in every format; return the bytes of each output, and the problems."""
    folder.mkdir()
    targets = [folder / f"out{row.extensions[0]}" for row in FORMATS.values()]
    log = folder / "problems.jsonl"
    kg.export([source], targets, problems_file=log)
    return [path.read_bytes() for path in (*targets, log)]


def same_without(source: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast, "OFF", frozenset())
    usual = written(folder / "all", source)
    for number, off in enumerate(WITHOUT):
        monkeypatch.setattr(fast, "OFF", off)
        assert written(folder / str(number), source) == usual, off


def test_a_graph_with_a_percent_sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for off in (frozenset[str](), fast.ALL):
        monkeypatch.setattr(fast, "OFF", off)
        targets = [tmp_path / "out.nq", tmp_path / "out.trig"]
        kg.export([EXAMPLES], targets, graph="https://example.org/a%20b")
        found.append([path.read_bytes() for path in targets])
    assert found[0] == found[1]
    assert b"<https://example.org/a%20b> .\n" in found[0][0]


@pytest.mark.parametrize("source", [EXAMPLES, GOLDEN], ids=["examples", "golden"])
def test_examples_and_quirks(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    same_without(source, tmp_path, monkeypatch)


@pytest.mark.parametrize("name", ["pfocr-inline", "pfocr-sidecar", "seeds"])
def test_real_records(name: str, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    same_without(corpus / name, tmp_path, monkeypatch)


@pytest.mark.parametrize("generation", ["inline", "sidecar"])
def test_made_up_records(generation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "site"
    made_up(source, generation, 40)
    same_without(source, tmp_path, monkeypatch)


def made_up(folder: Path, generation: str, records: int) -> None:
    """Write the records of the benchmarks."""
    script = str(ROOT / "benchmarks" / "generate.py")
    command = [sys.executable, script, str(folder), "--generation", generation, "--records", str(records)]
    subprocess.run(command, check=True)


def test_odd_rows_among_known_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that was read before is known; the same row with another word, or none, has its own problems."""
    header = "word\tmatch\tsource\tncbigene_symbol\tncbigene_id\torganism_id\torganism_name\n"
    row = "\tAKT\tncbigene_symbol\tAKT1\t207\t10090\tMus musculus\n"
    files = {
        f"_figures/PMC9900020{number}__f1.md": (
            f"---\nfigid: PMC9900020{number}__f1\npmcid: PMC9900020{number}\n{ROWS.format(row=word)}---\n"
        )
        for number, word in enumerate(WORDS)
    }
    for number, matched in enumerate(("PIP3", "NA", "' PIP3'", "''", "[]")):
        rows = CHEMICALS.format(row="word: PIP2", matched=matched)
        files[f"_figures/PMC9900040{number}__f1.md"] = (
            f"---\nfigid: PMC9900040{number}__f1\npmcid: PMC9900040{number}\n{rows}---\n"
        )
    tables = {
        "_data/PMC99000200__f1-genes.tsv": header + f"akt{row}" * 2 + f"AKT{row}{row} {row}NA{row}",
        "_data/PMC99000201__f1-genes.tsv": header + f"akt{row}akt\tAKT\n" + f"akt{row}"[:-1] + "\tmore\n",
        "_data/PMC99000202__f1-genes.tsv": header.replace("match", "word") + f"akt{row}",
        "_data/PMC99000203__f1-genes.tsv": header.replace("match", "match2") + f"akt{row}",
        "_data/PMC99000204__f1-genes.tsv": header + f"akt{row}".replace("207", "x") * 2,
        "_data/PMC99000205__f1-chemicals.tsv": "word\tmesh\tmatch\tname\tchebi\na\tmesh:D1\tNA\tb\tNA\n" * 3,
        "_data/PMC99000206__f1-diseases.tsv": "word\na\nb\na\n",
        "_data/PMC99000207__f1-genes.tsv": header
        + "".join(f"w{n}" + row.replace("ncbigene_symbol", name) for n, name in enumerate(SOURCES)) * 2,
        "_data/PMC99000207__f1-chemicals.tsv": "word\tmatch\na\tb\n" * 3,
        "_data/PMC99000207__f1-diseases.tsv": "word\tmatch\tsource\tmesh\na\tb\tx\tD001\n" * 2,
        "_data/PMC99000208__f1-genes.tsv": "word\tmatch\tsource\torganism_group\na\tb\thgnc_symbol\tc\n",
    }
    same_without(site(tmp_path / "site", files | tables), tmp_path, monkeypatch)


def test_front_matter_of_every_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = {f"_figures/PMC9900030{number}__f1.md": f"---\n{text}---\n" for number, text in enumerate(USUAL)}
    same_without(site(tmp_path / "site", pages), tmp_path, monkeypatch)


def test_switch_is_an_environment_variable() -> None:
    code = "from kg import fast; print(sorted(fast.OFF))"
    for value, off in (("", "[]"), ("yaml", "['yaml']"), ("rows,yaml,x", "['rows', 'yaml']")):
        environment = {"KG_WITHOUT": value, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == off


def test_what_is_known_of_rows_is_bounded() -> None:
    known, gene = Known(), KINDS[0]
    for mapped in (gene.columns, gene.keys):
        for names in islice(permutations(mapped.keys() - {"word", "match", "symbol"}), 500):
            columns = known.columns(gene, ("word", "match", *names), mapped)
            assert columns is not None
    for number in range(20_000):
        known.entity(Entity("gene", Identifier(NCBIGENE, str(number)), None))
    assert len(known._columns) <= 32
    assert len(known._entities) <= 1 << 14
