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


def main() -> None:
    """Read the command line, time everything in turns, and print the medians."""
    parser = argparse.ArgumentParser(description="Time how long kg takes to start.")
    parser.add_argument("--runs", type=int, default=11)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="kg-startup-") as folder:
        table = starts(Path(folder))
        for start in table:
            timed(start.command)
        seconds = [[timed(start.command) for start in table] for _ in range(runs)]
    print(f"{'':<26}{'median':>10}{'fastest':>10}{'limit':>10}   (ms, {runs} runs, interpreter included)")
    for start, found in zip(table, zip(*seconds, strict=True), strict=True):
        limit = "" if start.limit is None else f"{start.limit * 1000:.0f}"
        print(f"{start.name:<26}{median(found) * 1000:>10.0f}{min(found) * 1000:>10.0f}{limit:>10}")


if __name__ == "__main__":
    main()
