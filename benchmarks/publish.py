"""Measure `kg publish` over made-up records: CPU time, wall time, peak memory, files and bytes.

    python benchmarks/publish.py --records 10000 --workers 2

The peak is the sum of the largest resident sets of all processes of a run, sampled ten times a second: what
processes share counts in each, so it is an upper bound.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = os.sysconf("SC_PAGE_SIZE")


def publish(records: Path, site: Path, workers: int, more: list[str]) -> tuple[float, float, int, int]:
    """Publish; return wall and CPU seconds, and the peak of memory: resident sets, and shared parts once."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    command = [sys.executable, "-m", "kg", "publish", str(records), "--to", str(site)]
    command += ["--url", "https://example.org/kg/", "--workers", str(workers), *more]
    peak = proportional = 0
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as run:
        while run.poll() is None:
            family = _family(run.pid)
            peak = max(peak, sum(_resident(process) for process in family))
            proportional = max(proportional, sum(_share(process) for process in family))
            time.sleep(0.2)
        assert run.stderr is not None
        told = run.stderr.read()
    assert run.returncode in (0, 1), told
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print("\n".join(told.splitlines()[-6:]))
    return wall, cpu, peak, proportional


def _family(process: int) -> list[int]:
    found = [process]
    for one in found:
        try:
            text = Path(f"/proc/{one}/task/{one}/children").read_text()
        except OSError:
            continue
        found += map(int, text.split())
    return found


def _resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE
    except OSError:
        return 0


def _share(process: int) -> int:
    """Return the memory of a process, in which what it shares counts by its share (PSS)."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="work here, and leave the site")
    parser.add_argument("more", nargs="*", help="options of kg publish, after --")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kg-bench-") as temporary:
        folder = options.folder or Path(temporary)
        records, site = folder / "records", folder / "site"
        if not records.is_dir():
            generate = [
                sys.executable,
                str(HERE / "generate.py"),
                str(records),
                "--records",
                str(options.records),
            ]
            subprocess.run(generate, check=True, stdout=subprocess.DEVNULL)
        for name in ("first run", "again"):
            wall, cpu, peak, proportional = publish(records, site, options.workers, options.more)
            files = [path.stat().st_size for path in site.rglob("*") if path.is_file()]
            print(
                f"{name}: {options.records:,} figures, {options.workers} workers: "
                f"{cpu:.1f} s CPU, {wall:.1f} s, "
                f"{proportional >> 20:,} MB at most (sum of resident sets {peak >> 20:,} MB), "
                f"{len(files):,} files, {sum(files) >> 20:,} MB"
            )


if __name__ == "__main__":
    main()
