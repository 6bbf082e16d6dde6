"""Every tool that is measured: one row each, with the commands that lead from records to RDF."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from environments import PEERS, environment, requirements
from measuring import HERE

Commands = list[list[str]]


class Job(NamedTuple):
    """What a tool is to do: its Python, the records, a scratch folder, the output."""

    python: str
    source: Path
    scratch: Path
    output: Path


class Tool(NamedTuple):
    """A tool: how it is called in tables, its environment (none: ours), and its commands.

    `graph` tells whether it leaves a file with the graph; `variables` are set for its processes.
    """

    name: str
    environment: str | None
    commands: Callable[[Job], Commands]
    suffix: str = ".ttl"
    graph: bool = True
    variables: tuple[tuple[str, str], ...] = ()
    code: tuple[str, ...] = ()

    def python(self) -> str:
        """Return the Python that runs it.

        Raises:
            UnavailableError: its environment cannot be made.
        """
        return sys.executable if self.environment is None else str(environment(self.environment))

    def version(self) -> str:
        """Return a short name of its pinned versions and its scripts here."""
        parts = [(HERE / name).read_bytes() for name in self.code]
        if self.environment:
            parts.append(requirements(self.environment).read_bytes())
        return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


def _script(name: str, *more: str) -> Callable[[Job], Commands]:
    return lambda job: [[job.python, str(PEERS / name), str(job.source), str(job.output), *more]]


def _chain(loader: str, mapper: str) -> Callable[[Job], Commands]:
    """Return the commands of a table mapper: the tables first, then the mapper."""

    def commands(job: Job) -> Commands:
        tables = [job.python, str(PEERS / "tables.py"), str(job.source), str(job.scratch)]
        return [
            [*tables, "--loader", loader],
            [job.python, str(PEERS / mapper), str(job.scratch), str(job.output)],
        ]

    return commands


def _ours(*options: str) -> Callable[[Job], Commands]:
    """Return the command of `kg export`, on one worker unless the options say otherwise."""

    def commands(job: Job) -> Commands:
        workers = () if "--workers" in options or not has_workers() else ("--workers", "1")
        named = [option.format(scratch=job.scratch) for option in (*options, *workers)]
        return [[job.python, "-m", "kg", "export", "-q", str(job.source), "-o", str(job.output), *named]]

    return commands


def _load(job: Job) -> Commands:
    return [[job.python, "-m", "kg", "load", "-q", str(job.source), "--to", str(job.output)]]


def _floor(job: Job) -> Commands:
    return [[job.python, str(HERE / "floor.py"), str(job.source), str(job.output)]]


@lru_cache(maxsize=1)
def has_workers() -> bool:
    """Tell whether `kg export` has `--workers`."""
    command = [sys.executable, "-m", "kg", "export", "--help"]
    return "--workers" in subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


@lru_cache(maxsize=1)
def short_cuts() -> str:
    """Return the short cuts of `kg` that can be switched off, as `KG_WITHOUT` takes them."""
    try:
        from kg.fast import ALL
    except ImportError:
        return ""
    return ",".join(sorted(ALL))


KG, PLAIN, TWO = "kg", "kg, short cuts off", "kg, two workers"
RDFLIB, PYOXIGRAPH, CHAIN = "rdflib script", "pyoxigraph script", "yaml_rs, tarka-rdf"
MORPH, MAPLIB, RDFIZER = "C loader, morph-kgc", "C loader, maplib", "C loader, SDM-RDFizer"
RDFLIB_JSONLD, RDFLIB_STORE, KG_LOAD, FLOOR = "rdflib JSON-LD", "rdflib store", "kg load", "floor"

_SCRIPT_CODE = ("peers/model.py",)
_TABLE_CODE = ("peers/model.py", "peers/tables.py", "peers/shape.py")

OURS = {
    tool.name: tool
    for tool in (
        Tool(KG, None, _ours()),
        Tool(PLAIN, None, _ours(), variables=(("KG_WITHOUT", short_cuts()),)),
        Tool(TWO, None, _ours("--workers", "2")),
        Tool("kg, described", None, _ours("--describe", "{scratch}/described.ttl")),
        Tool(KG_LOAD, None, _load, suffix=".store", graph=False),
        Tool(FLOOR, None, _floor, graph=False),
    )
}
"""What is measured anew each time."""

PEER_TOOLS = {
    tool.name: tool
    for tool in (
        Tool(RDFLIB, "rdflib", _script("with_rdflib.py"), code=("peers/with_rdflib.py", *_SCRIPT_CODE)),
        Tool(
            PYOXIGRAPH,
            "pyoxigraph",
            _script("with_pyoxigraph.py"),
            code=("peers/with_pyoxigraph.py", *_SCRIPT_CODE),
        ),
        Tool(
            MORPH,
            "morph-kgc",
            _chain("c", "with_morph_kgc.py"),
            suffix=".nt",
            code=("peers/with_morph_kgc.py", *_TABLE_CODE),
        ),
        Tool(
            MAPLIB,
            "maplib",
            _chain("c", "with_maplib.py"),
            suffix=".nt",
            code=("peers/with_maplib.py", *_TABLE_CODE),
        ),
        Tool(
            RDFIZER,
            "rdfizer",
            _chain("c", "with_rdfizer.py"),
            suffix=".nt",
            code=("peers/with_rdfizer.py", *_TABLE_CODE),
        ),
        Tool(CHAIN, "tarka", _chain("rust", "with_tarka.py"), code=("peers/with_tarka.py", *_TABLE_CODE)),
        Tool(
            RDFLIB_JSONLD,
            "rdflib",
            _script("with_rdflib.py"),
            suffix=".jsonld",
            code=("peers/with_rdflib.py", *_SCRIPT_CODE),
        ),
        Tool(
            RDFLIB_STORE,
            "rdflib",
            _script("with_rdflib.py", "--store"),
            graph=False,
            code=("peers/with_rdflib.py", *_SCRIPT_CODE),
        ),
    )
}
"""What is measured once for each version: the result is kept."""

TOOLS = OURS | PEER_TOOLS
COMPARED = (RDFLIB, PYOXIGRAPH, MORPH, MAPLIB, RDFIZER, CHAIN)
"""The peers that make the whole graph as a file, in the order of the tables."""
