"""Measure `kg export` and its peers on the same made-up records, and check that they say the same.

    python benchmarks/bench.py [--records 1000,10000,50000] [--generation inline,sidecar]
        [--peers rdflib,pyoxigraph] [--peer-limit 10000] [--out benchmarks/results.md]

Every run is a process of its own. This one stays small on purpose: what the system says of the memory of a
child counts from that of its parent.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

HERE = Path(__file__).resolve().parent
US = "kg"
KG_COMMAND = (sys.executable, "-m", "kg", "export", "--quiet")
SAMPLE_SECONDS = 0.05


def _kg(site: Path, output: Path) -> list[str]:
    return [*KG_COMMAND, str(site), "-o", str(output)]


def _script(name: str) -> Callable[[Path, Path], list[str]]:
    return lambda site, output: [sys.executable, str(HERE / name), str(site), str(output)]


class Tool(NamedTuple):
    """One way from a site to Turtle: its command for a site and an output, and the packages it stands on."""

    name: str
    command: Callable[[Path, Path], list[str]]
    packages: tuple[str, ...]


TOOLS = {
    row.name: row
    for row in (
        Tool(US, _kg, ("pathway-kg",)),
        Tool("rdflib", _script("peer_rdflib.py"), ("rdflib", "PyYAML")),
        Tool("pyoxigraph", _script("peer_pyoxigraph.py"), ("pyoxigraph", "PyYAML")),
    )
}


class Usage(NamedTuple):
    """What a process and its children used: seconds, processor seconds, peak bytes."""

    wall: float
    cpu: float
    peak: int


class Result(NamedTuple):
    """What one tool did with the records of one size and generation."""

    generation: str
    records: int
    tool: str
    usage: Usage
    triples: int
    digest: str | None


# measuring


class ProcessError(RuntimeError):
    """A child ended with a status other than 0."""


def measure(command: Sequence[str]) -> Usage:
    """Run a command and return what it used.

    Raises:
        ProcessError: it failed; the text holds the last that it said.
    """
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        with sampled(process.pid) as peaks:
            _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            tail = said.read()[-2000:].decode(errors="replace")
            raise ProcessError(f"{' '.join(command)}: exit status {process.returncode}\n{tail}")
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Usage(wall, usage.ru_utime + usage.ru_stime, max(peak, *peaks))


@contextmanager
def sampled(pid: int) -> Iterator[list[int]]:
    """Sample the memory of a process that has children, shared pages counted once; yield the peak in a list.

    The system itself tells only of the largest single process of a tree.
    """
    peaks, done = [0, 0], threading.Event()

    def watch() -> None:
        while not done.wait(SAMPLE_SECONDS):
            tree = list(descendants(pid))
            if len(tree) > 1:
                peaks[0] = max(peaks[0], sum(map(proportional_bytes, tree)))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peaks
    finally:
        done.set()
        watcher.join()


def descendants(pid: int) -> Iterator[int]:
    """Yield a process and all that it started, where `/proc` tells."""
    yield pid
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = path.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from descendants(int(child))


def proportional_bytes(pid: int) -> int:
    """Return the memory of a process, each shared page divided by the number of its users."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def run_script(name: str, *arguments: str) -> str:
    """Run a script of this folder in a process of its own and return what it prints."""
    return subprocess.run(
        [sys.executable, str(HERE / name), *arguments], check=True, stdout=subprocess.PIPE, text=True
    ).stdout


# one comparison


class Bench:
    """Runs the tools over the sizes and generations that were asked for."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self._options, self._folder = options, folder
        self._tools = [TOOLS[US], *(TOOLS[name] for name in options.peers)]
        self.differences: list[str] = []

    def run(self) -> Iterator[Result]:
        """Yield the results, one comparison after the other."""
        for generation in self._options.generation:
            for records in self._options.records:
                site = self._site(generation, records)
                peers_too = records <= self._options.peer_limit
                results = [
                    self._result(site, generation, records, tool)
                    for tool in self._tools[: None if peers_too else 1]
                ]
                self._check(results)
                yield from results

    def _site(self, generation: str, records: int) -> Path:
        """Return a site of records, made now unless the data folder has it."""
        rows, seed = self._options.gene_rows, self._options.seed
        code = b"".join((HERE / name).read_bytes() for name in ("figures.py", "generate.py"))
        made_by = hashlib.sha256(code).hexdigest()[:8]
        site = self._folder / f"{generation}-{records}-{rows}-{seed}-{made_by}"
        done = site.with_suffix(".done")
        if not done.exists():
            note(f"making {records:,} {generation} records")
            arguments = (
                "--records",
                records,
                "--generation",
                generation,
                "--gene-rows",
                rows,
                "--seed",
                seed,
            )
            run_script("generate.py", str(site), *map(str, arguments))
            done.touch()
        return site

    def _result(self, site: Path, generation: str, records: int, tool: Tool) -> Result:
        output = self._folder / f"{tool.name}.ttl"
        note(f"{tool.name}: {records:,} {generation} records")
        usages = [measure(tool.command(site, output)) for _ in range(self._options.repeat)]
        usage = Usage(*(median(values) for values in zip(*usages, strict=True)))
        count_only = ("--count",) if records > self._options.peer_limit else ()
        said = json.loads(run_script("compare.py", str(output), *count_only))
        return Result(
            generation, records, tool.name, usage, said["distinct"] or said["stated"], said["digest"]
        )

    def _check(self, results: list[Result]) -> None:
        ours = results[0]
        for theirs in results[1:]:
            if theirs.digest != ours.digest:
                where = f"{ours.records:,} {ours.generation} records"
                said = subprocess.run(
                    [sys.executable, str(HERE / "compare.py"), f"{US}.ttl", f"{theirs.tool}.ttl"],
                    check=False, cwd=self._folder, stdout=subprocess.PIPE, text=True,
                ).stdout  # fmt: skip
                self.differences.append(f"{where}: {theirs.tool} does not say the same as {US}\n{said}")


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# the report

COLUMNS = (
    "generation",
    "records",
    "tool",
    "wall s",
    "CPU s",
    "CPU, kg = 1",
    "peak MB",
    "records/s",
    "triples",
    "triples/s",
)


def row(result: Result, ours: Result) -> tuple[str, ...]:
    """Return the cells of a result."""
    usage = result.usage
    return (
        result.generation,
        f"{result.records:,}",
        result.tool,
        f"{usage.wall:.2f}",
        f"{usage.cpu:.2f}",
        f"{usage.cpu / ours.usage.cpu:.1f}",
        f"{usage.peak / 1e6:.0f}",
        f"{result.records / usage.wall:,.0f}",
        f"{result.triples:,}",
        f"{result.triples / usage.wall:,.0f}",
    )


def table(results: Sequence[Result]) -> str:
    """Return the results as a Markdown table that also reads well as it is."""
    ours = {result[:2]: result for result in results if result.tool == US}
    body = [row(result, ours[result[:2]]) for result in results]
    widths = [max(map(len, cells)) for cells in zip(COLUMNS, *body, strict=True)]
    lines = [COLUMNS, tuple("-" * (width - 1) + ":" for width in widths), *body]
    return "\n".join(
        "| " + " | ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
        for cells in lines
    )


def growth(results: Sequence[Result]) -> list[str]:
    """Return one sentence for each step from a size to the next: how the peak memory of each tool grew."""
    runs: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for result in results:
        runs[result.generation, result.tool].append(result)
    return [
        f"{tool}, {generation}, from {before.records:,} to {after.records:,} records: "
        f"{after.usage.peak / before.usage.peak:.2f} times"
        for (generation, tool), found in runs.items()
        for before, after in pairwise(found)
    ]


def machine() -> str:
    """Return one line on the machine and the versions."""
    packages = dict.fromkeys(package for tool in TOOLS.values() for package in tool.packages)
    versions = ", ".join(f"{package} {installed(package)}" for package in packages)
    return (
        f"{os.cpu_count()} cores ({processor()}), {memory()}, {platform.system()} {platform.machine()}, "
        f"{platform.python_implementation()} {platform.python_version()}, {versions}"
    )


def installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def processor() -> str:
    """Return the model of the processor, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.processor() or "of unknown make")


def memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.0f} GB"


def report(results: Sequence[Result], differences: Sequence[str], options: argparse.Namespace) -> str:
    """Return the report as Markdown."""
    said = (
        "Every peer wrote the same distinct triples as `kg`."
        if not differences
        else "**The outputs differ.**"
    )
    grown = "".join(f"- {line}\n" for line in growth(results))
    if grown:
        grown = f"\nGrowth of the peak memory:\n\n{grown}"
    date = dt.datetime.now(dt.timezone.utc).date()
    return f"""# Results

From a folder of records to one Turtle file, {date}, on {machine()}.
Gene rows a figure: {options.gene_rows:g} on average; seed {options.seed}; median of {options.repeat};
`kg` with its defaults.

{table(results)}

{said if any(result.tool != US for result in results) else "No peer ran."}
{grown}"""


def listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def sizes(text: str) -> list[int]:
    return sorted(int(part.replace("_", "")) for part in listed(text))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description="Measure kg export and its peers on the same made-up records."
    )
    parser.add_argument(
        "--records", type=sizes, default=[1000, 10_000, 50_000], help="sizes, separated by commas"
    )
    parser.add_argument("--generation", type=listed, default=["inline", "sidecar"])
    parser.add_argument(
        "--peers", type=listed, default=["rdflib", "pyoxigraph"], help="an empty text for none"
    )
    parser.add_argument("--peer-limit", type=int, default=10_000, help="the largest size that peers run at")
    parser.add_argument("--repeat", type=int, default=1, help="runs of each; the median counts")
    parser.add_argument("--gene-rows", type=float, default=34.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, help="keep the records here and use them again")
    parser.add_argument(
        "--out", type=Path, default=HERE / "results.md", help="the report (`-`: only print it)"
    )
    options = parser.parse_args()
    if unknown := set(options.peers) - (TOOLS.keys() - {US}):
        parser.error(f"no such peer: {', '.join(sorted(unknown))}")
    if unknown := set(options.generation) - {"inline", "sidecar"}:
        parser.error(f"no such generation: {', '.join(sorted(unknown))}")
    return options


def main() -> int:
    """Run the comparison, print it, and write it; the exit status is 1 where the outputs differ."""
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="kg-bench-") as temporary:
        folder = options.data or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        bench = Bench(options, folder)
        results = list(bench.run())
    text = report(results, bench.differences, options)
    print(text)
    if options.out != Path("-"):
        options.out.write_text(text, encoding="utf-8")
    for difference in bench.differences:
        print(difference)
    return 1 if bench.differences else 0


if __name__ == "__main__":
    sys.exit(main())
