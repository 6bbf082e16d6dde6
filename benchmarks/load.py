"""Measure how fast records become a store that can be queried: `kg load` beside what others do.

    python benchmarks/load.py [--records 50000] [--peer-limit 10000] [--out benchmarks/load.md]

Each run is a process of its own. Two peers start from the records, as `kg load` does: a script that fills
rdflib's memory store, and `kg export` followed by a plain bulk load. The others start from a ready file of
N-Triples, which is a part of the work only. The store of `kg load` has its text index too.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bench import Usage, machine, measure

HERE = Path(__file__).resolve().parent
KG = (sys.executable, "-m", "kg")
COLUMNS = ("figures", "from", "tool", "wall s", "CPU s", "triples a CPU s", "peak MB", "on disk MB")

RDFLIB_RECORDS = f"""
import sys; sys.path.insert(0, {str(HERE)!r})
from pathlib import Path
from peer_model import Library, Model, open_site
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
        self._records, self._folder = records, folder
        self._site, self._triples, self._store = folder / "site", folder / "kg.nt", folder / "store"
        generate = [sys.executable, str(HERE / "generate.py"), str(self._site), "--records", str(records)]
        subprocess.run(generate, check=True, stdout=subprocess.DEVNULL)
        self._exported = measure([*KG, "export", "-q", str(self._site), "-o", str(self._triples)])
        with self._triples.open("rb") as lines:
            self._count = sum(block.count(b"\n") for block in iter(lambda: lines.read(1 << 20), b""))

    def rows(self, *, peers: bool) -> Iterator[Row]:
        """Yield what each tool took."""
        records, triples, store = str(self._site), str(self._triples), str(self._store)
        yield self._row("records", "kg load", [*KG, "load", "-q", records, "--to", store])
        bulk = self._row("file", "pyoxigraph bulk_load", _program(PYOXIGRAPH_FILE, triples, store))
        yield bulk._replace(
            start="records", tool="kg export, pyoxigraph bulk_load", usage=_joined(self._exported, bulk.usage)
        )
        if peers:
            yield self._row("records", "rdflib in memory", _program(RDFLIB_RECORDS, records))
        yield self._row("file", "kg load", [*KG, "load", "-q", triples, "--to", store])
        yield bulk
        if peers:
            yield self._row("file", "rdflib in memory", _program(RDFLIB_FILE, triples))

    def _row(self, start: str, tool: str, command: Sequence[str]) -> Row:
        shutil.rmtree(self._store, ignore_errors=True)
        usage = measure(command)
        disk = sum(path.stat().st_size for path in self._store.rglob("*") if path.is_file())
        return Row(self._records, start, tool, usage, self._count, disk)


def _program(text: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", text, *arguments]


def _joined(one: Usage, other: Usage) -> Usage:
    """Return what two runs took, one after the other."""
    return Usage(one.wall + other.wall, one.cpu + other.cpu, max(one.peak, other.peak))


def _cells(row: Row) -> tuple[str, ...]:
    usage = row.usage
    rate, disk = row.triples / usage.cpu, f"{row.disk / 1e6:,.0f}" if row.disk else "–"
    measured = (f"{usage.wall:.1f}", f"{usage.cpu:.1f}", f"{rate:,.0f}", f"{usage.peak / 1e6:,.0f}", disk)
    return (f"{row.records:,}", row.start, row.tool, *measured)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, nargs="+", default=[10_000, 50_000])
    parser.add_argument("--peer-limit", type=int, default=10_000, help="rdflib runs up to so many figures")
    parser.add_argument("--out", default=str(HERE / "load.md"))
    options = parser.parse_args()
    lines = [_line(COLUMNS), "|---:|---|---|---:|---:|---:|---:|---:|"]
    print(*lines, sep="\n")
    for records in options.records:
        with tempfile.TemporaryDirectory(prefix="kg-bench-") as folder:
            for row in Load(Path(folder), records).rows(peers=records <= options.peer_limit):
                lines.append(_line(_cells(row)))
                print(lines[-1], flush=True)
    if options.out != "-":
        head = ["# Loading", "", "Made by `python benchmarks/load.py`.", "", machine(), ""]
        Path(options.out).write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
