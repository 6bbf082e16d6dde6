"""Show where the time of `kg export` goes: microseconds a record in each phase, and the busiest functions.

    python benchmarks/phases.py [--records 10000] [--generation inline,sidecar,real] [--format ttl]

The export runs within this process, on one worker, and a timer of the processor time asks a thousand times a
second which function of `kg` is at work; what it calls of the standard library or of C counts as its own. So
nothing is slowed down, and a phase is whatever the modules of a package do, however they are put together.
(The name is not `profile.py`: that would hide the module of the standard library from the scripts here.)
"""

from __future__ import annotations

import argparse
import inspect
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from measuring import HERE, load_note, machine
from page import fill
from sites import ROOT, Records, real_records, site

INTERVAL = 0.001
KG = str(ROOT / "kg") + "/"
PHASES = (
    ("find and read files", ("files", "archive", "source", "tables")),
    ("front matter (YAML)", ("frontmatter",)),
    ("records: values checked", ("records", "organisms", "problems", "prose")),
    ("mapping to triples", ("mapping", "graph", "identifiers", "iris", "vocabulary", "linking", "reading")),
    ("de-duplication, order", ("unique", "pipeline", "workers", "parallel")),
    ("format", ("formats",)),
    ("write, compress, hash", ("output", "compression")),
    ("what was met lately", ("recent",)),
    ("description", ("describe",)),
)
OTHER, OUTSIDE = "the rest of kg", "outside of kg"


class Profile(NamedTuple):
    """The seconds of an export, and the samples by module and function."""

    seconds: float
    records: int
    samples: Counter[tuple[str, str]]


def sample(frame: FrameType | None) -> tuple[str, str]:
    """Return the module and the function of `kg` that a stack is in."""
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith(KG):
            name = getattr(code, "co_qualname", code.co_name)
            return code.co_filename.removeprefix(KG).removesuffix(".py"), name
        frame = frame.f_back
    return "", ""


@contextmanager
def sampled(samples: Counter[tuple[str, str]]) -> Iterator[None]:
    """Count where the program is, as often as the timer says."""

    def tick(_number: int, frame: FrameType | None) -> None:
        samples[sample(frame)] += 1

    before = signal.signal(signal.SIGPROF, tick)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def profile(records: Records, suffix: str) -> Profile:
    """Export records once, and return where the time went."""
    from kg.pipeline import export

    folder, samples = site(records), Counter[tuple[str, str]]()
    one: dict[str, Any] = {"workers": 1} if "workers" in inspect.signature(export).parameters else {}
    with tempfile.TemporaryDirectory() as name:
        target = str(Path(name) / f"out.{suffix}")
        with sampled(samples):
            begun = time.process_time()
            export([folder], [target], **one)
            seconds = time.process_time() - begun
    return Profile(seconds, records.size, samples)


def phase(module: str) -> str:
    """Return the phase of a module."""
    if not module:
        return OUTSIDE
    top = module.partition("/")[0]
    return next((name for name, tops in PHASES if top in tops), OTHER)


def phases_table(found: dict[str, Profile]) -> str:
    """Return the microseconds a record of each phase, as Markdown; a column for each profile."""
    names = [name for name, _ in PHASES] + [OTHER, OUTSIDE]
    lines = ["| µs a record | " + " | ".join(found) + " |", "|---|" + "---:|" * len(found)]
    by_phase = {title: _by_phase(row) for title, row in found.items()}
    for name in names:
        cells = [by_phase[title].get(name, 0.0) for title in found]
        if any(cells):
            lines.append(f"| {name} | " + " | ".join(f"{cell:.0f}" for cell in cells) + " |")
    totals = " | ".join(f"{1e6 * row.seconds / row.records:.0f}" for row in found.values())
    return "\n".join([*lines, f"| in all | {totals} |"])


def _by_phase(row: Profile) -> dict[str, float]:
    unit = 1e6 * row.seconds / row.records / max(1, row.samples.total())
    sums: Counter[str] = Counter()
    for (module, _), number in row.samples.items():
        sums[phase(module)] += number
    return {name: number * unit for name, number in sums.items()}


def functions_table(row: Profile, number: int) -> str:
    """Return the busiest functions as Markdown."""
    unit = 1e6 * row.seconds / row.records / max(1, row.samples.total())
    lines = ["| function | µs a record | part |", "|---|---:|---:|"]
    for (module, name), count in row.samples.most_common(number):
        part = count / row.samples.total()
        shown = f"`{module.replace('/', '.')}.{name}`" if module else "(outside of kg)"
        lines.append(f"| {shown} | {count * unit:.0f} | {part:.0%} |")
    return "\n".join(lines)


def report(found: dict[str, Profile], suffix: str, number: int) -> str:
    """Return the phases and the busiest functions as Markdown."""
    sizes = ", ".join(f"{row.records:,} {title}" for title, row in found.items())
    made = (
        f"Made by `python benchmarks/phases.py` on {machine()}; one worker, to .{suffix}; records: {sizes}."
    )
    cost = f"{load_note()} The timer itself costs some 3 %."
    parts = ["# Profile", f"{made}\n{cost}", phases_table(found)]
    parts += [
        f"## Busiest functions, {title}\n\n{functions_table(row, number)}" for title, row in found.items()
    ]
    return "\n\n".join(parts) + "\n"


def in_short(found: dict[str, Profile]) -> str:
    """Say in a line for each profile which functions are the busiest."""
    lines = []
    for title, row in found.items():
        busy = [
            f"`{module.replace('/', '.')}.{name.rpartition('.<locals>.')[0] or name}`"
            f" {count / row.samples.total():.0%}"
            for (module, name), count in row.samples.most_common(6)
        ]
        lines.append(f"- {title}: {', '.join(busy)}")
    return "The busiest functions, what they call of C and of the standard library included:\n\n" + "\n".join(
        lines
    )


def wanted(generation: str, size: int) -> Iterator[tuple[str, Records]]:
    """Yield the records that a word of the command line means, with a title."""
    if generation != "real":
        yield generation, Records(generation, size)
        return
    for name in ("inline", "sidecar"):
        records = real_records(name)
        if records:
            yield f"real {name}", records


def main() -> None:
    """Read the command line, export, and print the tables."""
    parser = argparse.ArgumentParser(description="Show where the time of kg export goes.")
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--generation", default="inline,sidecar,real")
    parser.add_argument("--format", default="ttl", help="the extension of the output")
    parser.add_argument("--functions", type=int, default=12)
    parser.add_argument(
        "--keep", action="store_true", help="write profile.md, and the phases in docs/performance.md"
    )
    options = parser.parse_args()
    if not hasattr(signal, "setitimer"):
        sys.exit("This system has no timer of processor time.")
    found = {
        title: profile(records, options.format)
        for generation in options.generation.split(",")
        for title, records in wanted(generation, options.records)
    }
    text = report(found, options.format, options.functions)
    print(text, end="")
    if options.keep:
        (HERE / "profile.md").write_text(text, "utf-8")
        fill("phases", f"{phases_table(found)}\n\n{in_short(found)}")


if __name__ == "__main__":
    main()
