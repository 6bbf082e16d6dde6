"""Measure how long six typical questions take: `kg query`, plain pyoxigraph, and rdflib's memory store.

    python benchmarks/queries.py [--records 50000] [--rdflib-records 200] [--out benchmarks/queries.md]

The generated figures are loaded once by `kg load` into a folder, and exported once for the peers: pyoxigraph
bulk-loads the same triples into a store of its own on disk. rdflib holds about 1 kB for each triple, and its
times grow much faster than the graph, so it gets a graph of its own that is much smaller; our times on that
smaller graph stand beside it.
"""

from __future__ import annotations

import argparse
import shutil
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
from measuring import HERE, Usage, load_note, machine, measure, note
from page import save
from sites import Records, site

from kg.query.catalogue import find_query
from kg.query.parameters import set_parameters

REPEATS = 3
LONG = 5.0
LOADED = "(load)"
KG, PLAIN, RDFLIB = "kg query", "pyoxigraph on disk", "rdflib in memory"
QUESTIONS = (
    "figures-of-gene",
    "evidence-of-figure",
    "gene-cooccurrence",
    "genes-drawn-most",
    "figures-per-year",
    "lexicons-by-use",
)


class Row(NamedTuple):
    """What one tool took for one question on so many records (the median), and how many rows it gave."""

    records: int
    tool: str
    question: str
    wall: float
    cpu: float
    rows: int


def _run(*command: str) -> None:
    subprocess.run([sys.executable, "-m", "kg", *command, "--quiet"], check=True)


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
    """Return the median of three runs within this process, or the one run of what takes long."""
    found: list[Usage] = []
    rows = 0
    while len(found) < REPEATS and not (found and found[0].wall > LONG):
        wall, cpu = time.perf_counter(), time.process_time()
        rows = ask()
        found.append(Usage(time.perf_counter() - wall, time.process_time() - cpu, 0))
    return _row(records, tool, question, found, rows)


def _row(records: int, tool: str, question: str, found: list[Usage], rows: int) -> Row:
    wall, cpu = median(usage.wall for usage in found), median(usage.cpu for usage in found)
    return Row(records, tool, question, wall, cpu, rows)


def _with_kg(records: int, store: Path, questions: dict[str, str], folder: Path) -> Iterator[Row]:
    """Yield the times of the whole program, its start included."""
    output = folder / "answer.tsv"
    for name, text in questions.items():
        query = folder / f"{name}.rq"
        query.write_text(text, encoding="utf-8")
        command = ["query", str(query), "--store", str(store), "--timeout", "600", "-o", str(output)]
        found = [measure([sys.executable, "-m", "kg", *command]) for _ in range(REPEATS)]
        yield _row(records, KG, name, found, output.read_text(encoding="utf-8").count("\n") - 1)


def _with_pyoxigraph(records: int, triples: Path, questions: dict[str, str], folder: Path) -> Iterator[Row]:
    store = pyoxigraph.Store(str(folder / "plain"))

    def load() -> int:
        store.bulk_load(path=str(triples), format=pyoxigraph.RdfFormat.N_TRIPLES)
        return len(store)

    yield _once(records, PLAIN, load)
    for name, text in questions.items():
        yield _timed(records, PLAIN, name, lambda text=text: _solutions(store, text))  # type: ignore[misc]


def _once(records: int, tool: str, load: Callable[[], int]) -> Row:
    wall, cpu = time.perf_counter(), time.process_time()
    rows = load()
    return Row(records, tool, LOADED, time.perf_counter() - wall, time.process_time() - cpu, rows)


def _solutions(store: pyoxigraph.Store, text: str) -> int:
    found = store.query(text)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    return sum(1 for _ in found)


def _with_rdflib(records: int, triples: Path, questions: dict[str, str]) -> Iterator[Row]:
    graph = rdflib.Graph()
    yield _once(records, RDFLIB, lambda: len(graph.parse(triples, format="nt")))
    for name, text in questions.items():
        yield _timed(records, RDFLIB, name, lambda text=text: len(graph.query(text)))  # type: ignore[misc]


def _measure(folder: Path, records: int, *, rdflib_too: bool) -> Iterator[Row]:
    records_folder = site(Records("inline", records))
    store, triples = folder / f"store-{records}", folder / f"{records}.nt"
    note(f"kg load: {records:,} records")
    loaded = measure([sys.executable, "-m", "kg", "load", "-q", str(records_folder), "--to", str(store)])
    _run("export", str(records_folder), "-o", str(triples))
    yield _row(records, KG, LOADED, [loaded], _lines(triples))
    questions = _questions(triples)
    yield from _with_kg(records, store, questions, folder)
    yield from _with_pyoxigraph(records, triples, questions, folder)
    shutil.rmtree(folder / "plain")
    if rdflib_too:
        yield from _with_rdflib(records, triples, questions)


def _lines(path: Path) -> int:
    with path.open("rb") as lines:
        return sum(block.count(b"\n") for block in iter(lambda: lines.read(1 << 20), b""))


def _markdown(rows: list[Row]) -> str:
    largest = max(row.records for row in rows)
    small = min(row.records for row in rows)
    lines = [
        "# Query times",
        "",
        f"Made by `python benchmarks/queries.py`. {machine()}.",
        f"Seconds, median of {REPEATS}; of loading, and of what takes more than {LONG:g} s, one run.",
        f"Other work ran on the machine. {load_note()}",
        "",
        f"`{KG}` is the whole program: its start, the worker process that can be stopped, the output;",
        "its load is straight from the records and makes the text index as well. The others ask within",
        "a process that has the store open already, and load a ready file of N-Triples.",
        "",
        f"rdflib answers on {small:,} figures only: with about 1 kB of memory for each triple, {largest:,}",
        "would take some 12 GB, and its time for a question grows faster than the graph.",
    ]
    for size in sorted({row.records for row in rows}):
        lines += ["", f"## {size:,} figures", "", *_table([row for row in rows if row.records == size])]
    return "\n".join(lines) + "\n"


def _table(rows: list[Row]) -> Iterator[str]:
    """Yield a table of one size: a line for each question, the tools side by side."""
    names = list(dict.fromkeys(row.tool for row in rows))
    yield "| | rows | " + " | ".join(f"{name}, wall s | CPU s" for name in names) + " |"
    yield "|---|---:|" + "---:|---:|" * len(names)
    for question in dict.fromkeys(row.question for row in rows):
        found = {row.tool: row for row in rows if row.question == question}
        cells = [f"{found[name].wall:.3f} | {found[name].cpu:.3f}" for name in names]
        counts = {row.rows for row in found.values()}
        rows_shown = " / ".join(f"{count:,}" for count in sorted(counts))
        yield f"| {question} | {rows_shown} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--rdflib-records", type=int, default=200)
    parser.add_argument("--out", default=str(HERE / "queries.md"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kg-bench-") as name:
        rows = []
        for records in sorted({options.rdflib_records, options.records}):
            for row in _measure(Path(name), records, rdflib_too=records == options.rdflib_records):
                note(f"{row.records:>7} {row.tool:<19} {row.question:<20} {row.wall:8.3f} s {row.rows:>10,}")
                rows.append(row)
    save(_markdown(rows), options.out)


if __name__ == "__main__":
    main()
