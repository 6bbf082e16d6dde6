"""The process that runs a query on an embedded store, so that the query can be stopped by ending the process.

It reads one job as a line of JSON from standard input, writes the rows to the file named in the job, and one
line of JSON about how it went to standard output. When its standard input ends, so does it: no query
outlives the process that asked.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypedDict, cast

from kg.query.errors import QueryError, QuerySyntaxError, RefusedError
from kg.query.rdf_files import load_file
from kg.query.rows import RowWriter
from kg.query.tokens import located
from kg.stores.errors import StoreMissingError

if TYPE_CHECKING:
    import pyoxigraph

_SHOWN_GRAPHS = 5


class Job(TypedDict):
    """What the worker is told: exactly one of `store` and `file` is given."""

    store: str | None
    file: str | None
    query: str
    graphs: list[str]
    from_graphs: list[str]
    uses_graph: bool
    is_graph: bool
    limit: int | None
    answer: str
    memory: int


class Done(TypedDict):
    """How it went: the number of rows, whether there were more, and what the user should know."""

    rows: int
    more: bool
    notes: list[str]


def run_job(job: Job) -> Done:
    """Run a query and write its rows.

    Raises:
        KgError: the store, the file or the query is at fault.
    """
    import pyoxigraph

    opened = _opened(job)
    graphs, notes = _default_graph(opened, job)
    try:
        results = opened.query(job["query"], **graphs)
    except SyntaxError as error:
        raise QuerySyntaxError(_syntax_error(job["query"], str(error.msg))) from error
    form: Any = pyoxigraph.RdfFormat.N_TRIPLES if job["is_graph"] else pyoxigraph.QueryResultsFormat.TSV
    with Path(job["answer"]).open("wb") as stream:
        writer = RowWriter(stream, 0 if job["is_graph"] else 1, job["limit"])
        try:
            results.serialize(cast("IO[bytes]", writer), form)
        except OSError as error:
            if not writer.more:
                raise QueryError(f"the query failed: {error}") from error
        except ValueError as error:
            raise QueryError(f"the query failed: {error}") from error
        is_ask = isinstance(results, pyoxigraph.QueryBoolean)
    return {"rows": 1 if is_ask else writer.rows, "more": writer.more, "notes": notes}


def _syntax_error(query: str, message: str) -> str:
    """Return what the engine said of a text, with the place shown."""
    found = re.match(r"error at (\d+):(\d+): ", message)
    if found is None:
        return f"the query is not valid SPARQL: {message}"
    lines = query.splitlines(keepends=True)[: int(found[1]) - 1]
    return located(query, sum(map(len, lines)) + int(found[2]) - 1, message[found.end() :])


def _opened(job: Job) -> pyoxigraph.Store:
    import pyoxigraph

    if job["file"] is not None:
        return load_file(
            Path(job["file"]), keep_graphs=bool(job["graphs"] or job["from_graphs"] or job["uses_graph"])
        )
    folder = job["store"] or ""
    try:
        return pyoxigraph.Store.read_only(folder)
    except OSError as error:
        raise StoreMissingError(f"{folder}: this is no store, or it is damaged: {error}") from error


def _default_graph(store: pyoxigraph.Store, job: Job) -> tuple[dict[str, Any], list[str]]:
    """Return which graphs the query sees by default, and what to say of that.

    Raises:
        RefusedError: a graph that is named is not in the store.
    """
    import pyoxigraph

    named = [graph.value for graph in store.named_graphs() if isinstance(graph, pyoxigraph.NamedNode)]
    for graph in (*job["graphs"], *job["from_graphs"]):
        if graph not in named:
            raise RefusedError(f"the store has no graph <{graph}>; {_listed(named)}")
    if job["graphs"]:
        return {"default_graph": [pyoxigraph.NamedNode(graph) for graph in job["graphs"]]}, []
    if job["from_graphs"] or job["uses_graph"] or not named:
        return {}, []
    plain = next(iter(store.quads_for_pattern(None, None, None, pyoxigraph.DefaultGraph())), None)
    notes = []
    if len(named) > 1 or plain is not None:
        notes.append(
            "the store has several graphs, and a triple that stands in two counts twice; --graph picks one"
        )
    return {"use_default_graph_as_union": True}, notes


def _listed(graphs: list[str]) -> str:
    if not graphs:
        return "all its triples are in the default graph: leave FROM and --graph out"
    more = f" and {len(graphs) - _SHOWN_GRAPHS} more" if len(graphs) > _SHOWN_GRAPHS else ""
    return "it has " + ", ".join(f"<{graph}>" for graph in sorted(graphs)[:_SHOWN_GRAPHS]) + more


def _limit_memory(most: int) -> None:
    try:
        import resource
    except ImportError:
        return
    if most:
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _end_with(stream: IO[str]) -> None:
    """End this process when the stream ends, whatever the engine is doing."""
    stream.read()
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Run the one job of this process."""
    from kg.errors import KgError

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    job: Job = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with, args=(sys.stdin,), daemon=True).start()
    _limit_memory(job["memory"])
    said: dict[str, Any]
    try:
        said = {"done": run_job(job)}
    except KgError as error:
        said = {"error": type(error).__name__, "text": str(error)}
    except MemoryError:
        said = {"error": "EngineError", "text": "the query needs more memory than there is"}
    sys.stdout.write(json.dumps(said) + "\n")
