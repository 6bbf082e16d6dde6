"""Measure how long six typical questions take: `kg query`, plain pyoxigraph, and rdflib's memory store.

    python benchmarks/queries.py [--records 50000] [--rdflib-records 1000] [--out benchmarks/queries.md]

The generated figures are loaded once by `kg load`, and exported once for the peers. rdflib holds about
1 kB for each triple and answers many times slower, so it gets a smaller graph of its own, and so that the
figures can be compared, our times on that smaller graph stand beside it.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pyoxigraph
import rdflib

from kg.query.catalogue import find_query
from kg.query.parameters import set_parameters

HERE = Path(__file__).resolve().parent
REPEATS = 3
QUESTIONS = (
    "figures-of-gene",
    "evidence-of-figure",
    "gene-cooccurrence",
    "genes-drawn-most",
    "figures-per-year",
    "lexicons-by-use",
)


class Row(NamedTuple):
    """The seconds that one tool took for one question on so many records (the median), and its rows."""

    records: int
    tool: str
    question: str
    seconds: float
    rows: int


def _run(*command: str) -> None:
    subprocess.run([sys.executable, "-m", "kg", *command, "--quiet"], check=True)


def _generated(folder: Path, records: int) -> Path:
    site = folder / f"site-{records}"
    script = str(HERE / "generate.py")
    command = [sys.executable, script, str(site), "--records", str(records), "--generation", "inline"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return site


def _questions(turtle: Path) -> dict[str, str]:
    """Return the text of each question, with a gene and a figure that the records hold."""
    gene, figure = _first_gene(turtle)
    values = {"geneTerm": gene, "figid": figure}
    found = {}
    for name in QUESTIONS:
        query = find_query(name)
        given = [(p.name, values[p.name]) for p in query.parameters if p.name in values]
        found[name] = set_parameters(query.text, query.parameters, given)
    return found


def _first_gene(triples: Path) -> tuple[str, str]:
    mentions = "<https://schema.org/mentions> <https://identifiers.org/ncbigene/"
    with triples.open(encoding="utf-8") as lines:
        line = next(line for line in lines if mentions in line)
    figure, _, gene = line.split(" ")[:3]
    return gene.rpartition("/")[2].rstrip(">"), figure.strip("<>").rpartition("/")[2].removesuffix(".html")


def _timed(records: int, tool: str, question: str, ask: Callable[[], int]) -> Row:
    seconds, rows = [], 0
    for _ in range(REPEATS):
        begun = time.perf_counter()
        rows = ask()
        seconds.append(time.perf_counter() - begun)
    return Row(records, tool, question, median(seconds), rows)


def _with_kg(records: int, store: Path, questions: dict[str, str], folder: Path) -> Iterator[Row]:
    """Yield the times of the whole program, its start included."""
    for name, text in questions.items():
        query, output = folder / f"{name}.rq", folder / "answer.tsv"
        query.write_text(text, encoding="utf-8")

        def ask(query: Path = query, output: Path = output) -> int:
            _run_query(query, store, output)
            return output.read_text(encoding="utf-8").count("\n") - 1

        yield _timed(records, "kg query", name, ask)


def _run_query(query: Path, store: Path, output: Path) -> None:
    command = ["query", str(query), "--store", str(store), "--timeout", "600", "-o", str(output)]
    subprocess.run([sys.executable, "-m", "kg", *command], check=True, stderr=subprocess.DEVNULL)


def _with_pyoxigraph(records: int, triples: Path, questions: dict[str, str]) -> Iterator[Row]:
    store = pyoxigraph.Store()
    begun = time.perf_counter()
    store.bulk_load(path=str(triples), format=pyoxigraph.RdfFormat.N_TRIPLES)
    yield Row(
        records, "pyoxigraph in memory", "(load the ready file)", time.perf_counter() - begun, len(store)
    )
    for name, text in questions.items():
        yield _timed(records, "pyoxigraph in memory", name, lambda text=text: _solutions(store, text))  # type: ignore[misc]


def _solutions(store: pyoxigraph.Store, text: str) -> int:
    found = store.query(text)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    return sum(1 for _ in found)


def _with_rdflib(records: int, triples: Path, questions: dict[str, str]) -> Iterator[Row]:
    graph = rdflib.Graph()
    begun = time.perf_counter()
    graph.parse(triples, format="nt")
    yield Row(records, "rdflib in memory", "(load the ready file)", time.perf_counter() - begun, len(graph))
    for name, text in questions.items():
        yield _timed(records, "rdflib in memory", name, lambda text=text: len(graph.query(text)))  # type: ignore[misc]


def _measure(folder: Path, records: int, site: Path | None, *, rdflib_too: bool) -> Iterator[Row]:
    site = site or _generated(folder, records)
    store, triples = folder / f"store-{records}", folder / f"{records}.nt"
    begun = time.perf_counter()
    _run("load", str(site), "--to", str(store))
    yield Row(records, "kg load", "(load the records)", time.perf_counter() - begun, records)
    _run("export", str(site), "-o", str(triples))
    questions = _questions(triples)
    yield from _with_kg(records, store, questions, folder)
    yield from _with_pyoxigraph(records, triples, questions)
    if rdflib_too:
        yield from _with_rdflib(records, triples, questions)


def _markdown(rows: list[Row]) -> str:
    lines = [
        "# Query times",
        "",
        f"Seconds, median of {REPEATS} (one run for loading); made by `python benchmarks/queries.py`.",
        (
            f"{platform.machine()}, Python {platform.python_version()}, rdflib {rdflib.__version__},"
            f" pyoxigraph {pyoxigraph.__version__}."
        ),
        "`kg query` is the whole program: its start, the worker process, the output.",
        "",
        "| figures | tool | question | seconds | rows |",
        "|---:|---|---|---:|---:|",
    ]
    lines += [f"| {r.records:,} | {r.tool} | {r.question} | {r.seconds:.3f} | {r.rows:,} |" for r in rows]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--rdflib-records", type=int, default=1_000)
    parser.add_argument("--data", type=Path, help="records that are there already, as many as --records")
    parser.add_argument("--out", default=str(HERE / "queries.md"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kg-bench-") as name:
        rows = []
        for records in sorted({options.rdflib_records, options.records}):
            ready = options.data if records == options.records else None
            for row in _measure(Path(name), records, ready, rdflib_too=records == options.rdflib_records):
                print(
                    f"{row.records:>7} {row.tool:<22} {row.question:<24} {row.seconds:8.3f} s {row.rows:>10,}"
                )
                rows.append(row)
    text = _markdown(rows)
    if options.out != "-":
        Path(options.out).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
