"""Runs a query on an embedded store or an RDF file: in a process of its own, with a deadline.

A running query of an embedded engine cannot be stopped from within its process, and a query may be so deeply
nested that it crashes it. So the engine works in a process that can be ended (`kg.query.worker`), which
writes the rows to a private file; the answer is handed out when it is whole.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from kg.errors import KgError, MissingExtraError
from kg.processes import command
from kg.query import errors
from kg.query.answers import Answer
from kg.query.syntax import Kind, Syntax, read_syntax
from kg.query.worker import Job
from kg.stores.errors import RdfFileError, StoreMissingError

DEFAULT_TIMEOUT = 60.0
"""How long a query may take, in seconds, where the user says nothing."""

_MEMORY_SHARE = 0.8
_ERRORS: Mapping[str, type[KgError]] = MappingProxyType(
    {
        found.__name__: found
        for found in (*vars(errors).values(), MissingExtraError, RdfFileError, StoreMissingError)
        if isinstance(found, type) and issubclass(found, KgError)
    }
)


@contextmanager
def local_answer(
    query: str,
    *,
    store: str | Path | None = None,
    file: str | Path | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    limit: int | None = None,
    graphs: Sequence[str] = (),
    services: Sequence[str] = (),
) -> Iterator[Answer]:
    """Run a query on the folder of an Oxigraph store, or on an RDF file; yield its answer, whole.

    `limit` cuts the rows, `graphs` are the graphs that the query sees, and `services` are the endpoints that
    it may ask; others are refused.

    Raises:
        RefusedError: the query is an update, asks another server, or is beyond a limit.
        QuerySyntaxError: it is not valid SPARQL.
        QueryTimeoutError: it took longer than `timeout` seconds, and was stopped.
        StoreMissingError: there is no store, or no RDF file, of that name.
        QueryError: the engine or the file failed.
    """
    syntax = read_syntax(query)
    check_services(syntax, services)
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="kg-query-") as folder:
        path = Path(folder, "answer")
        job = _job(query, syntax, store, file, limit, graphs, path)
        done = _run(job, timeout, Path(folder, "log"))
        with path.open("rb") as stream:
            seconds = time.perf_counter() - begun
            yield Answer(syntax.kind, stream, done["rows"], done["more"], seconds, tuple(done["notes"]))


def _job(
    query: str,
    syntax: Syntax,
    store: str | Path | None,
    file: str | Path | None,
    limit: int | None,
    graphs: Sequence[str],
    answer: Path,
) -> Job:
    return {
        "store": None if store is None else str(store),
        "file": None if file is None else str(file),
        "query": query,
        "graphs": list(graphs),
        "from_graphs": list(syntax.graphs),
        "uses_graph": syntax.uses_graph,
        "is_graph": syntax.kind.is_graph,
        "limit": None if syntax.kind is Kind.ASK else limit,
        "answer": str(answer),
        "memory": _memory(),
    }


def check_services(syntax: Syntax, allowed: Sequence[str]) -> None:
    """Check that a query asks no other server than those allowed.

    Raises:
        RefusedError: it does.
    """
    for service in syntax.services:
        if service is None:
            raise errors.RefusedError(
                "the query asks a server that it finds in its data (SERVICE with a variable)"
            )
        if service not in allowed:
            raise errors.RefusedError(
                f"the query asks another server; if you want that, allow it: --allow-service {service}"
            )


def _run(job: Job, timeout: float, log: Path) -> Any:
    """Run a job in a process of its own, and end the process in any case."""
    with log.open("wb") as noise:
        process = subprocess.Popen(  # noqa: S603 - our own program
            command("kg.query.worker"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=noise
        )
        try:
            said = _said(process, job, timeout)
        finally:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                _close(stream)
    if not said:
        raise errors.EngineError(_crash(process.returncode, log))
    outcome = json.loads(said)
    if "error" in outcome:
        raise _ERRORS.get(outcome["error"], errors.QueryError)(outcome["text"])
    return outcome["done"]


def _said(process: subprocess.Popen[bytes], job: Job, timeout: float) -> bytes:
    """Give the process its job and return what it said, nothing if it crashed."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(job).encode() + b"\n")
        process.stdin.flush()
    except BrokenPipeError:
        return b""
    said: list[bytes] = []
    stdout = process.stdout
    reader = threading.Thread(target=lambda: said.append(stdout.readline()), daemon=True)
    reader.start()
    reader.join(timeout)
    if reader.is_alive():
        raise errors.QueryTimeoutError(
            f"the query was stopped after {timeout:g} s; --timeout gives it longer, or make it narrower"
        )
    return said[0] if said else b""


def _close(stream: IO[bytes] | None) -> None:
    if stream is not None:
        with suppress(BrokenPipeError):
            stream.close()


def _memory() -> int:
    """Return how many bytes the process may use; 0 where that is not known."""
    try:
        return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * _MEMORY_SHARE)
    except (AttributeError, ValueError, OSError):
        return 0


def _crash(status: int, log: Path) -> str:
    noise = log.read_text("utf-8", "replace")
    if "memory allocation" in noise or "MemoryError" in noise:
        return "the query needs more memory than there is"
    if status < 0 and not noise.strip():
        return f"the engine crashed on the query (signal {-status}): it may be nested too deeply"
    last = noise.strip().splitlines()[-1:] or [f"status {status}"]
    return f"the engine failed in the middle of the query ({last[0][:200]})"
