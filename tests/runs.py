"""Runs of kg for tests: sources made on the spot, exports in this process and in one of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import kg
from kg.graph import IRI, Object, Triple
from kg.problems import Problem

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples" / "records"
GOLDEN = ROOT / "tests" / "golden"
XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"

GENE = "- {word: AKT1, symbol: AKT1, source: hgnc_symbol, hgnc_symbol: AKT1, entrez: '207'}\n"
GENE_HEADER = (
    "organism_id\torganism_name\torganism_group\tword\tmatch\tncbigene_symbol\tncbigene_id\tsource"
    "\tcount_direct\tcount_synonym\tcount_match\n"
)
GENE_ROW = "9606\tHomo sapiens\tPrimates\tTNF\tTNF\tTNF\t7124\tncbigene_symbol\t1\t1\t1\n"


def figure(figid: str = "PMC99000201__f1", more: str = "", *, pmcid: str = "PMC99000201") -> str:
    """Return a small figure record."""
    return f"---\nfigid: {figid}\nfigtitle: The drawing {figid}\npmcid: {pmcid}\n{more}---\n"


def site(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder, and return it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return folder


def small_site(folder: Path) -> Path:
    """Write a site with a figure that has its genes in a table, and one that has them inside."""
    return site(
        folder,
        {
            "_figures/PMC99000201__f1.md": figure(),
            "_figures/PMC99000202__f1.md": figure("PMC99000202__f1", "genes:\n" + GENE, pmcid="PMC99000202"),
            "_data/PMC99000201__f1-genes.tsv": GENE_HEADER + GENE_ROW,
        },
    )


def read(*sources: str | Path) -> tuple[frozenset[Triple], list[Problem]]:
    """Return the triples of sources, and the problems."""
    problems: list[Problem] = []
    return frozenset(kg.triples(*sources, report=problems.append)), problems


def codes(problems: Sequence[Problem]) -> list[str]:
    """Return the codes of problems, but for those that lose nothing."""
    return [problem.code for problem in problems if problem.severity.value != "info"]


def run_kg(
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    timeout: float = 120,
) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "kg", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
        input=stdin,
        capture_output=True,
        timeout=timeout,
        check=False,
    )


def as_read(triples: frozenset[Triple]) -> frozenset[tuple[str, str, str | tuple[str, str, str]]]:
    """Return triples in the form that the judges give theirs."""
    return frozenset((str(s), str(p), _object(o)) for s, p, o in triples)


def _object(value: Object) -> str | tuple[str, str, str]:
    if isinstance(value, IRI):
        return str(value)
    if isinstance(value, str):
        return value, XSD_STRING, ""
    return value.lexical, str(value.datatype), ""
