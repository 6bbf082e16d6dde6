"""Measure how fast records become a store that can be queried: `kg load` beside what others do.

    python benchmarks/load.py [--records 10000 50000] [--peer-limit 10000] [--out benchmarks/load.md]

Each run is a process of its own. Two peers start from the records, as `kg load` does: a script that fills
rdflib's memory store, and `kg export` followed by a plain bulk load. The others start from a ready file of
N-Triples, which is a part of the work only. The store of `kg load` has its text index too.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from measuring import HERE, Usage, load_note, machine, measure, note
from page import save
from sites import Records, site

KG = (sys.executable, "-m", "kg")
COLUMNS = ("figures", "from", "tool", "wall s", "CPU s", "triples a CPU s", "peak MB", "on disk MB")
OURS, BULK, RDFLIB = "kg load", "pyoxigraph bulk_load", "rdflib in memory"

RDFLIB_RECORDS = f"""
import sys; sys.path.insert(0, {str(HERE / "peers")!r})
from pathlib import Path
from model import Library, Model, open_site
from rdflib import Graph, Literal, URIRef
graph = Graph(bind_namespaces="none")
typed = lambda lexical, datatype: Literal(lexical, datatype=datatype, normalize=False)
library = Library(lambda s, p, o: graph.add((s, p, o)), URIRef, Literal, typed)
Model(open_site(Path(sys.argv[1])), library).say_all()
"""
RDFLIB_FILE = "import sys, rdflib; rdflib.Graph().parse(sys.argv[1], format='nt')"
PYOXIGRAPH_FILE = """
import sys, pyoxigraph
store = pyoxigraph.Store(sys.argv[2])
store.bulk_load(path=sys.argv[1], format=pyoxigraph.RdfFormat.N_TRIPLES)
store.flush()
"""


class Row(NamedTuple):
    """What one tool took."""

    records: int
    start: str
    tool: str
    usage: Usage
    triples: int
    disk: int


class Load:
    """The loads of one size."""

    def __init__(self, folder: Path, records: int) -> None:
        self._records, self._site = records, site(Records("inline", records))
        self._triples, self._store = folder / "kg.nt", folder / "store"
        note(f"kg export: {records:,} records")
        self.exported = measure([*KG, "export", "-q", str(self._site), "-o", str(self._triples)])
        with self._triples.open("rb") as lines:
            self._count = sum(block.count(b"\n") for block in iter(lambda: lines.read(1 << 20), b""))

    def rows(self, *, peers: bool) -> Iterator[Row]:
        """Yield what each tool took."""
        records, triples, store = str(self._site), str(self._triples), str(self._store)
        yield self._row("records", OURS, [*KG, "load", "-q", records, "--to", store])
        bulk = self._row("file", BULK, _program(PYOXIGRAPH_FILE, triples, store))
        both = self.exported.then(bulk.usage)
        yield bulk._replace(start="records", tool=f"kg export, {BULK}", usage=both)
        if peers:
            yield self._row("records", RDFLIB, _program(RDFLIB_RECORDS, records))
        yield self._row("file", OURS, [*KG, "load", "-q", triples, "--to", store])
        yield bulk
        if peers:
            yield self._row("file", RDFLIB, _program(RDFLIB_FILE, triples))

    def _row(self, start: str, tool: str, command: Sequence[str]) -> Row:
        note(f"{tool} from {start}: {self._records:,} records")
        shutil.rmtree(self._store, ignore_errors=True)
        usage = measure(command)
        disk = sum(path.stat().st_size for path in self._store.rglob("*") if path.is_file())
        return Row(self._records, start, tool, usage, self._count, disk)


def _program(text: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", text, *arguments]


def _cells(row: Row) -> tuple[str, ...]:
    usage = row.usage
    rate, disk = row.triples / usage.cpu, f"{row.disk / 1e6:,.0f}" if row.disk else "–"
    measured = (f"{usage.wall:.1f}", f"{usage.cpu:.1f}", f"{rate:,.0f}", f"{usage.peak / 1e6:,.0f}", disk)
    return (f"{row.records:,}", row.start, row.tool, *measured)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _verdicts(rows: Sequence[Row], exported: Usage) -> Iterator[str]:
    """Yield what the rows of one size say of the targets."""
    found = {(row.start, row.tool): row.usage for row in rows}
    ours, bulk = found["records", OURS], found["file", BULK]
    longer = ours.wall / max(exported.wall, bulk.wall)
    work = ours.cpu / max(exported.cpu, bulk.cpu)
    where = f"{rows[0].records:,} figures"
    yield (
        f"- {where}: `kg load` from records takes {longer:.2f} times the longer of `kg export` alone"
        f" ({exported.wall:.1f} s) and the engine's bulk load of the ready file ({bulk.wall:.1f} s), wall;"
        f" wanted at most 1.4: {_reached(longer <= 1.4)}. In CPU seconds, which are those of both and of the"
        f" text index, it is {work:.2f} times ({exported.cpu:.1f} s and {bulk.cpu:.1f} s)."
    )
    peer = found.get(("records", RDFLIB))
    if peer:
        times, memory = peer.cpu / ours.cpu, ours.peak / peer.peak
        yield (
            f"- {where}: from records to a store on disk {times:.1f} times as fast as rdflib's memory store,"
            f" at {memory:.2f} of its memory; wanted 4 times at 0.5:"
            f" {_reached(times >= 4 and memory <= 0.5)}."
        )


def _reached(yes: bool) -> str:
    return "reached" if yes else "**not reached**"


def _report(lines: Sequence[str], verdicts: Sequence[str], limit: int) -> str:
    """Return the report."""
    head = (
        "# Loading",
        "",
        f"Made by `python benchmarks/load.py`. {machine()}.",
        f"Other work ran on the machine, so compare CPU seconds. {load_note()}",
        f"rdflib runs up to {limit:,} figures: it keeps every triple in memory.",
        "",
    )
    return "\n".join([*head, *lines, "", *verdicts]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, nargs="+", default=[10_000, 50_000])
    parser.add_argument("--peer-limit", type=int, default=10_000, help="rdflib runs up to so many figures")
    parser.add_argument("--out", default=str(HERE / "load.md"))
    options = parser.parse_args()
    lines, verdicts = [_line(COLUMNS), "|---:|---|---|---:|---:|---:|---:|---:|"], list[str]()
    for records in options.records:
        with tempfile.TemporaryDirectory(prefix="kg-bench-") as folder:
            load = Load(Path(folder), records)
            rows = list(load.rows(peers=records <= options.peer_limit))
        lines += [_line(_cells(row)) for row in rows]
        verdicts += _verdicts(rows, load.exported)
    save(_report(lines, verdicts, options.peer_limit), options.out)


if __name__ == "__main__":
    main()
