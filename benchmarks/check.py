"""Measure `kg check` beside pySHACL over the whole graph, on the same made-up records.

    python benchmarks/check.py [--records 10000,50000] [--peer-records 250,1000] [--modes none,sample,all]
        [--generation inline] [--data DIR] [--out benchmarks/check.md]

pySHACL is given what it needs: the graph as one file, written before (that time is not counted). It holds the
graph in memory and takes minutes, so it runs on fewer records; what it would take for more is reckoned from
the time of each further record between its two sizes, without its start. Every run is a process of its own.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from measuring import Usage, machine, measure, note, run_script
from page import save

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

KG = (sys.executable, "-m", "kg")
MODES = ("none", "sample", "all")


class Row(NamedTuple):
    """What one way of checking used for so many records."""

    name: str
    records: int
    usage: Usage


def sizes(text: str) -> list[int]:
    return [int(size) for size in text.split(",")]


def site_of(folder: Path, generation: str, records: int) -> Path:
    """Return a site of records, made now unless the folder has it."""
    site = folder / f"{generation}-{records}"
    if not (site / "_figures").exists():
        note(f"making {records:,} records")
        run_script("generate.py", str(site), "--records", str(records), "--generation", generation)
    return site


def ours(folder: Path, options: argparse.Namespace) -> Iterator[Row]:
    """Measure `kg check`: its record rules alone, with the sample, with all graphs."""
    for records in options.records:
        site = site_of(folder, options.generation, records)
        for mode in options.modes:
            note(f"kg check --shacl {mode}: {records:,} records")
            command = [
                *KG,
                "check",
                str(site),
                "-q",
                "--shacl",
                mode,
                "-f",
                "json",
                "-o",
                str(folder / "found"),
            ]
            yield Row(f"kg check --shacl {mode}", records, measure(command))


def theirs(folder: Path, options: argparse.Namespace) -> Iterator[Row]:
    """Measure pySHACL over the whole graph."""
    for records in options.peer_records:
        site, graph = site_of(folder, options.generation, records), folder / f"{records}.nt"
        measure([*KG, "export", str(site), "-q", "-o", str(graph)])
        note(f"pySHACL: {records:,} records")
        command = [*KG, "validate", str(graph), "--engine", "pyshacl", "-q", "-o", str(folder / "report")]
        yield Row("pySHACL, whole graph", records, measure(command))


def per_record(rows: Sequence[Row]) -> float:
    """Return the CPU seconds of each further record, from the first and the last size."""
    first, last = rows[0], rows[-1]
    return (last.usage.cpu - first.usage.cpu) / (last.records - first.records)


def reckoned(rows: Sequence[Row], records: int) -> float:
    """Return the CPU seconds that so many records would take."""
    return rows[-1].usage.cpu + per_record(rows) * (records - rows[-1].records)


def report(rows: Sequence[Row], peers: Sequence[Row]) -> str:
    lines = [
        "# `kg check` beside pySHACL",
        "",
        f"{machine()}. CPU seconds count; other work ran on the machine.",
        "",
        "| | records | wall s | CPU s | ms a record | peak MB | pySHACL would take, CPU s | times as fast |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in (*rows, *peers):
        usage = row.usage
        cells = [row.name, f"{row.records:,}", f"{usage.wall:.1f}", f"{usage.cpu:.1f}"]
        cells += [f"{1000 * usage.cpu / row.records:.2f}", f"{usage.peak / 1e6:.0f}"]
        slow = reckoned(peers, row.records)
        cells += ["", ""] if row in peers else [f"{slow:,.0f}", f"{slow / usage.cpu:.0f}"]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", f"Each further record takes pySHACL {1000 * per_record(peers):.0f} ms."]
    for mode in MODES:
        same = [row for row in rows if row.name.endswith(mode)]
        if len(same) > 1:
            grown = same[-1].usage.peak / same[0].usage.peak
            span = f"from {same[0].records:,} to {same[-1].records:,} records"
            lines.append(f"`--shacl {mode}`, {span}: {grown:.2f} times the memory.")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Read the command line, measure, write the report."""
    parser = argparse.ArgumentParser(description="Measure `kg check` beside pySHACL.")
    parser.add_argument("--records", type=sizes, default=[10_000, 50_000], help="sizes for kg check")
    parser.add_argument("--peer-records", type=sizes, default=[250, 1_000], help="two sizes for pySHACL")
    parser.add_argument("--modes", type=lambda text: text.split(","), default=list(MODES))
    parser.add_argument("--generation", choices=["inline", "sidecar"], default="inline")
    parser.add_argument("--data", type=Path, help="keep the records here and use them again")
    parser.add_argument("--out", default="-", help="the report (default: standard output)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kg-bench-") as temporary:
        folder = options.data or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        peers = list(theirs(folder, options))
        text = report(list(ours(folder, options)), peers)
    save(text, options.out)


if __name__ == "__main__":
    main()
