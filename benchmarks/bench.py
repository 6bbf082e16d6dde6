"""Measure `kg export` and its peers on the same records, and check that they say the same.

    python benchmarks/bench.py [--only us,rdflib] [--records 1000,10000,100000] [--peer-limit 10000]
        [--generation inline,sidecar] [--repeat 3] [--again] [--report] [--quick]
        [--out benchmarks/results.md]

Records, environments and what peers took are kept in a cache folder (see `sites.py`): only what is ours is
measured anew, unless `--again` is given. A run that was stopped goes on where it was. Every run is a process
of its own. This one stays small on purpose: what the system says of the memory of a child counts from that of
its parent.
"""

from __future__ import annotations

import argparse
import datetime as dt
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import tools
from contents import Content, content, difference
from environments import UnavailableError
from measuring import HERE, ProcessError, Usage, measure, note, run_script
from page import fill
from results import Case, Result, Results
from sites import GENERATED, Records, archive, cache, real_records, site

GENERATIONS = ("inline", "sidecar")
COMPARED_LIMIT = 20_000
SUFFIXES = (".nt", ".nq", ".trig", ".jsonld", ".rdf", ".ttl.gz")
ARCHIVES = (".tar.gz", ".zip")
MANY = 20_000
REPORT = HERE / "results.md"


def plan(options: argparse.Namespace) -> Iterator[Case]:
    """Yield every case, ours before the peers on the same records."""
    for generation in options.generation:
        for size in options.records:
            if size <= options.peer_limit or generation == options.generation[0]:
                yield from _cases(Records(generation, size), options)
        real = None if options.quick else real_records(generation)
        if real:
            yield from _cases(real, options)
    if not options.quick and "inline" in options.generation:
        yield from _further(options)


def _cases(records: Records, options: argparse.Namespace) -> Iterator[Case]:
    largest = records.size > options.peer_limit
    yield Case(tools.KG, records)
    if tools.has_workers() and records.origin == GENERATED:
        yield Case(tools.TWO, records)
    if not largest:
        if tools.short_cuts():
            yield Case(tools.PLAIN, records)
        yield Case(tools.FLOOR, records)
        for name in tools.COMPARED:
            yield Case(name, records)


def _further(options: argparse.Namespace) -> Iterator[Case]:
    """Yield formats, archives, descriptions and stores, on the most records that peers get."""
    records = Records("inline", max([n for n in options.records if n <= options.peer_limit], default=1000))
    for suffix in SUFFIXES:
        yield Case(tools.KG, records, suffix)
    for source in ARCHIVES:
        yield Case(tools.KG, records, source=source)
    yield Case("kg, described", records)
    yield Case(tools.RDFLIB_JSONLD, records, ".jsonld")
    yield Case(tools.KG_LOAD, records, ".store")
    yield Case(tools.RDFLIB_STORE, records)


class Bench:
    """Runs the cases; what cannot be run is told in `reasons`."""

    def __init__(self, options: argparse.Namespace, work: Path) -> None:
        self._options, self._work = options, work
        self.results, self.reasons = Results(), dict[str, str]()
        self._ours: dict[Records, tuple[Path, Content]] = {}

    def run(self) -> None:
        """Run every case of the plan that is asked for and not known yet."""
        for case in plan(self._options):
            if case.tool in self.reasons or (not self._anew(case) and self.results.recall(case)):
                continue
            if self._asked(case):
                self._try(case)

    def _asked(self, case: Case) -> bool:
        group = "us" if case.tool in tools.OURS else tools.TOOLS[case.tool].environment
        return not self._options.report and (not self._options.only or group in self._options.only)

    def _anew(self, case: Case) -> bool:
        return self._asked(case) and (case.tool in tools.OURS or self._options.again)

    def _try(self, case: Case) -> None:
        """Run a case; what cannot be installed is not tried again, what failed is, on other records."""
        try:
            self._run(case)
        except UnavailableError as error:
            self.reasons[case.tool] = f"cannot be installed here: {error}"
        except ProcessError as error:
            last = str(error).strip().splitlines()[-1]
            where = f"{case.tool}, {case.records.shown()} to {case.suffix}"
            self.reasons[where] = f"failed: {last[:300]}"
            note(f"{where}: {last}")

    def _run(self, case: Case) -> None:
        tool = tools.TOOLS[case.tool]
        python = tool.python()
        source = site(case.records) if case.source == "folder" else archive(case.records, case.source)
        note(f"{case.tool}: {case.records.shown()} to {case.suffix}")
        suffix = tool.suffix if case.suffix == ".ttl" else case.suffix
        with tempfile.TemporaryDirectory(dir=self._work) as name:
            folder = Path(name)
            job = tools.Job(python, source, folder / "scratch", folder / f"out{suffix}")
            before = pace()
            usage = self._measured(tool, case, job)
            date = dt.datetime.now(dt.timezone.utc).date().isoformat()
            result = Result(usage, date, (before + pace()) / 2)
            if tool.graph:
                result = self._with_content(case, job.output, result)
        self.results.keep(case, result)

    def _measured(self, tool: tools.Tool, case: Case, job: tools.Job) -> Usage:
        """Return the median of the runs: as many as asked for of ours on few records, else one."""
        ours = case.tool in tools.OURS and case.records.size <= MANY
        found = []
        for _ in range(self._options.repeat if ours else 1):
            for path in (job.scratch, job.output):
                shutil.rmtree(path, ignore_errors=True)
            job.scratch.mkdir()
            found.append(_commands(tool, job))
        return Usage(*(median(values) for values in zip(*found, strict=True)))

    def _with_content(self, case: Case, output: Path, result: Result) -> Result:
        """Look at what came out; compare the graph of a peer with ours, which is made for that if need be."""
        found = content(output, count_only=case.records.size > COMPARED_LIMIT)
        result = result._replace(content=found)
        if case.tool in tools.OURS or found.unreadable:
            return result
        ours, our_content = self._our_output(case.records)
        if our_content.digest != found.digest:
            result = result._replace(difference=difference(ours, our_content, output, found))
        return result

    def _our_output(self, records: Records) -> tuple[Path, Content]:
        if records not in self._ours:
            for path, _ in self._ours.values():
                path.unlink()
            self._ours.clear()
            output = self._work / "ours.ttl"
            job = tools.Job(sys.executable, site(records), output.parent, output)
            _commands(tools.TOOLS[tools.KG], job)
            self._ours[records] = output, content(output, count_only=False)
        return self._ours[records]


def pace() -> float:
    """Return the CPU seconds of a fixed piece of work, run now."""
    return float(run_script("pace.py"))


def _commands(tool: tools.Tool, job: tools.Job) -> Usage:
    """Run the commands of a tool one after the other; return what they used together.

    `kg` ends with 1 where a value of a real record was lost, and has written all the rest.
    """
    total = Usage(0, 0, 0)
    statuses = (0, 1) if tool.environment is None else (0,)
    for command in tool.commands(job):
        used = measure(command, statuses=statuses, environment=dict(tool.variables), folder=job.scratch)
        total = total.then(used)
    return total


def listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def sizes(text: str) -> list[int]:
    return sorted(int(part.replace("_", "")) for part in listed(text))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    groups = ["us", *dict.fromkeys(str(tool.environment) for tool in tools.PEER_TOOLS.values())]
    parser = argparse.ArgumentParser(description="Measure kg export and its peers on the same records.")
    parser.add_argument("--records", type=sizes, default=[1000, 10_000, 100_000], help="sizes, with commas")
    parser.add_argument("--peer-limit", type=int, default=10_000, help="the largest size that peers run at")
    parser.add_argument("--generation", type=listed, default=list(GENERATIONS))
    parser.add_argument(
        "--only",
        type=listed,
        default=[],
        help=f"measure these only, of {', '.join(groups)}; the others as kept",
    )
    parser.add_argument("--repeat", type=int, default=3, help="runs of ours; the median counts")
    parser.add_argument("--again", action="store_true", help="measure the peers anew as well")
    parser.add_argument(
        "--report", action="store_true", help="measure nothing: report what was measured before"
    )
    parser.add_argument("--quick", action="store_true", help="no formats, stores or real records")
    parser.add_argument("--out", type=Path, default=REPORT, help="the report (`-`: print only)")
    options = parser.parse_args()
    for name, allowed in (("only", groups), ("generation", GENERATIONS)):
        if unknown := set(getattr(options, name)) - set(allowed):
            parser.error(f"no such {name}: {', '.join(sorted(unknown))}")
    return options


def main() -> int:
    """Run the comparison, print it, write it, and bring `docs/performance.md` up to date."""
    options = arguments()
    work = cache() / "work"
    work.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as name:
        bench = Bench(options, Path(name))
        bench.run()
    from report import report, targets_text

    text = report(bench.results, bench.reasons)
    print(text)
    if options.out != Path("-"):
        from plot import draw

        options.out.write_text(text, encoding="utf-8")
        draw(bench.results, options.out.with_suffix(".svg"))
    if options.out == REPORT and not options.quick:
        fill("targets", targets_text(bench.results))
        if not options.report:
            note("where the time goes")
            run_script("phases.py", "--keep")
    return 0


if __name__ == "__main__":
    sys.exit(main())
