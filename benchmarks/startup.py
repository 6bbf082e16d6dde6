"""Time how long `kg` takes to start: import, help, version, and the export of one record.

python benchmarks/startup.py [--runs 11]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from generate import generate


class Start(NamedTuple):
    """Something to start, and how many seconds it may take (none for what is there to compare with)."""

    name: str
    command: list[str]
    limit: float | None


def starts(folder: Path) -> list[Start]:
    """Return what is timed; a record is made in the folder."""
    site = folder / "site"
    generate(site, 1)
    kg = [sys.executable, "-m", "kg"]
    export = [*kg, "export", "--quiet", str(site), "-o", str(folder / "one.ttl")]
    return [
        Start("bare Python", [sys.executable, "-c", ""], None),
        Start("import kg", [sys.executable, "-c", "import kg"], 0.2),
        Start("kg --version", [*kg, "--version"], 0.15),
        Start("kg --help", [*kg, "--help"], 0.3),
        Start("kg export of one record", export, 0.5),
    ]


def timed(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def timings(runs: int) -> list[tuple[Start, list[float]]]:
    """Time everything in turns, after one run of each that does not count."""
    with tempfile.TemporaryDirectory(prefix="kg-startup-") as folder:
        table = starts(Path(folder))
        for start in table:
            timed(start.command)
        seconds = [[timed(start.command) for start in table] for _ in range(runs)]
    return list(zip(table, map(list, zip(*seconds, strict=True)), strict=True))


def starts_table(runs: int = 7) -> str:
    """Return the times as Markdown."""
    lines = [f"Wall milliseconds of {runs} runs, the interpreter included.", ""]
    lines += ["| | median | fastest | limit |", "|---|---:|---:|---:|"]
    for start, found in timings(runs):
        limit = "" if start.limit is None else f"{start.limit * 1000:.0f}"
        lines.append(f"| {start.name} | {median(found) * 1000:.0f} | {min(found) * 1000:.0f} | {limit} |")
    return "\n".join(lines)


def main() -> None:
    """Read the command line, time everything, and print the medians."""
    parser = argparse.ArgumentParser(description="Time how long kg takes to start.")
    parser.add_argument("--runs", type=int, default=11)
    print(starts_table(parser.parse_args().runs))


if __name__ == "__main__":
    main()
