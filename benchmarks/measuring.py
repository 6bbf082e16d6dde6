"""What a process and its children use, and on which machine."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
SAMPLE_SECONDS = 0.05
PACKAGES = ("pathway-kg", "rdflib", "PyYAML", "pyoxigraph")


class Usage(NamedTuple):
    """What a process and its children used: seconds, processor seconds, peak bytes."""

    wall: float
    cpu: float
    peak: int

    def then(self, later: Usage) -> Usage:
        """Return what two runs used, one after the other."""
        return Usage(self.wall + later.wall, self.cpu + later.cpu, max(self.peak, later.peak))


class ProcessError(RuntimeError):
    """A child ended with a status that was not expected."""


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def measure(
    command: Sequence[str],
    *,
    statuses: Collection[int] = (0,),
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Usage:
    """Run a command in a folder and return what it used; `environment` is set on top of our own.

    What the system says of the memory of a child counts from that of its parent: the caller stays small.

    Raises:
        ProcessError: it failed; the text holds the last that it said.
    """
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env={**os.environ, **(environment or {})},
            cwd=folder,
        )
        with sampled(process.pid) as peaks:
            _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in statuses:
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
    command = [sys.executable, str(HERE / name), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def hardware() -> str:
    """Return one line on the machine."""
    return (
        f"{os.cpu_count()} cores ({processor()}), {memory()}, {platform.system()} {platform.machine()},"
        f" {platform.python_implementation()} {platform.python_version()}"
    )


def machine(packages: Sequence[str] = PACKAGES) -> str:
    """Return one line on the machine and the versions."""
    return ", ".join([hardware(), *(f"{package} {installed(package)}" for package in packages)])


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


def load_note() -> str:
    """Return how busy the machine is with other work, as one sentence."""
    return f"Load of the machine when this was written: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores."
