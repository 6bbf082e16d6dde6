"""The process that runs queries: on a read-only store, one at a time, until it is ended.

It reads a line of JSON about itself, then one for each task, from standard input. It writes each answer to
the file that the task names, and says on standard output how that goes: `begun` when the answer is longer
than what is kept back, then `done` or `error`.
"""

from __future__ import annotations

import gzip
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypedDict, cast

from kg.query.rows import RowWriter
from kg.query.syntax import Kind, Syntax
from kg.serve import sandbox
from kg.serve.errors import ProblemError
from kg.serve.guard import checked

if TYPE_CHECKING:
    import pyoxigraph

_STACK = 256 << 20
"""The stack of the thread that runs queries: room for a parser that recurses on any text allowed."""
_SHOWN_GRAPHS = 100


class Setup(TypedDict):
    """What a worker is told of itself."""

    store: str
    memory: int
    answer: int
    length: int
    services: list[str]
    nice: int
    parent: int


class Task(TypedDict):
    """One query, or where `query` is None one graph (`graphs` holds its name, or nothing for the default).

    `rows` and `graph` are the forms of the answer by its kind, None where the client takes none. With
    `dataset` the query sees `graphs` and `named` and nothing else.
    """

    query: str | None
    dataset: bool
    graphs: list[str]
    named: list[str]
    rows: str | None
    graph: str | None
    gzip: bool
    limit: int | None
    spool: int | None
    answer: str


class Done(TypedDict):
    """How it went: what it asked for, how many rows (None where they were not counted), how long it took."""

    kind: str
    rows: int | None
    more: bool
    volatile: bool
    seconds: float
    processor: float


class _Spool:
    """The file of an answer: says when it is longer than what is kept back."""

    def __init__(self, path: str, compress: bool, most: int | None) -> None:
        self._file = Path(path).open("wb", buffering=0)  # noqa: SIM115 - closed by `close`
        self._out: IO[bytes] = self._file
        if compress:
            self._out = cast(
                "IO[bytes]", gzip.GzipFile("", "wb", compresslevel=4, fileobj=self._file, mtime=0)
            )
        self._size, self._most = 0, most
        self.kind, self.volatile = "GRAPH", False

    def write(self, data: bytes) -> int:
        """Write some bytes."""
        self._out.write(data)
        self._size += len(data)
        if self._most is not None and self._size > self._most:
            self._most = None
            say({"begun": True, "kind": self.kind, "volatile": self.volatile})
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is written is seen at once."""

    def close(self) -> None:
        """End the answer."""
        self._out.close()
        self._file.close()


def run_task(store: pyoxigraph.Store, task: Task, setup: Setup) -> Done:
    """Run a task and write its answer.

    Raises:
        ProblemError: the query is at fault, or beyond a limit.
    """
    begun, processor = time.perf_counter(), time.process_time()
    spool = _Spool(task["answer"], task["gzip"], task["spool"])
    try:
        if task["query"] is None:
            found = _dumped(store, task, spool)
        else:
            found = _queried(store, task["query"], task, setup, spool)
    finally:
        spool.close()
    found["seconds"], found["processor"] = time.perf_counter() - begun, time.process_time() - processor
    return found


def _dumped(store: pyoxigraph.Store, task: Task, spool: _Spool) -> Done:
    import pyoxigraph

    name = task["graphs"][0] if task["graphs"] else None
    graph = pyoxigraph.DefaultGraph() if name is None else _node(name)
    if name is not None and not (graph is not None and store.contains_named_graph(graph)):
        raise ProblemError("not-found", f"the store has no graph <{name}>")
    form: Any = getattr(pyoxigraph.RdfFormat, task["graph"] or "TURTLE")
    store.dump(cast("IO[bytes]", spool), form, from_graph=graph)
    return {"kind": "GRAPH", "rows": None, "more": False, "volatile": False, "seconds": 0.0, "processor": 0.0}


def _queried(store: pyoxigraph.Store, query: str, task: Task, setup: Setup, spool: _Spool) -> Done:
    syntax, volatile = checked(query, setup["length"], setup["services"])
    form = task["graph"] if syntax.kind.is_graph else task["rows"]
    if form is None:
        raise ProblemError("not-acceptable", f"{syntax.kind.value} has no answer in a form that you take")
    spool.kind, spool.volatile = syntax.kind.value, volatile
    results = _evaluated(store, query, _dataset(store, syntax, task))
    if task["limit"] is None or syntax.kind is Kind.ASK:
        _serialized(results, spool, form, syntax.kind)
        rows, more = None, False
    else:
        rows, more = _cut(results, spool, form, syntax.kind, task)
    return {
        "kind": syntax.kind.value,
        "rows": rows,
        "more": more,
        "volatile": volatile,
        "seconds": 0.0,
        "processor": 0.0,
    }


def _evaluated(store: pyoxigraph.Store, query: str, dataset: dict[str, Any]) -> Any:
    try:
        return store.query(query, **dataset)
    except SyntaxError as error:
        raise ProblemError("syntax", f"the query is not valid SPARQL: {error.msg}") from error


def _dataset(store: pyoxigraph.Store, syntax: Syntax, task: Task) -> dict[str, Any]:
    """Return which graphs a query sees: those of the request, else its own, else all together.

    Raises:
        ProblemError: the store has no graph of a name; nothing is ever fetched.
    """
    asked = [*task["graphs"], *task["named"]] if task["dataset"] else syntax.graphs
    for name in asked:
        node = _node(name)
        if node is None or not store.contains_named_graph(node):
            raise ProblemError("unknown-graph", f"the store has no graph <{name}>, and nothing is fetched")
    if task["dataset"]:
        return {
            "default_graph": [_node(name) for name in task["graphs"]],
            "named_graphs": [_node(name) for name in task["named"]],
        }
    return {} if asked else {"use_default_graph_as_union": True}


def _node(name: str) -> pyoxigraph.NamedNode | None:
    import pyoxigraph

    try:
        return pyoxigraph.NamedNode(name)
    except ValueError:
        return None


def _serialized(results: Any, spool: Any, form: str, kind: Kind) -> None:
    import pyoxigraph

    forms: Any = pyoxigraph.RdfFormat if kind.is_graph else pyoxigraph.QueryResultsFormat
    results.serialize(spool, getattr(forms, form))


def _cut(results: Any, spool: _Spool, form: str, kind: Kind, task: Task) -> tuple[int, bool]:
    """Write the first rows; return their number and whether there were more."""
    import pyoxigraph

    path = Path(task["answer"] + ".rows")
    with path.open("w+b") as rows:
        path.unlink()
        writer = RowWriter(rows, 0 if kind.is_graph else 1, task["limit"])
        try:
            _serialized(results, writer, "N_TRIPLES" if kind.is_graph else "TSV", kind)
        except OSError:
            if not writer.more:
                raise
        rows.seek(0)
        if kind.is_graph:
            quads = pyoxigraph.parse(rows, pyoxigraph.RdfFormat.N_TRIPLES)
            pyoxigraph.serialize(quads, cast("IO[bytes]", spool), getattr(pyoxigraph.RdfFormat, form))
        else:
            parsed = pyoxigraph.parse_query_results(rows, pyoxigraph.QueryResultsFormat.TSV)
            _serialized(parsed, spool, form, kind)
    return writer.rows, writer.more


def say(what: dict[str, Any]) -> None:
    """Tell the server something, on one line."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def _answered(store: pyoxigraph.Store, task: Task, setup: Setup) -> dict[str, Any]:
    try:
        return {"done": run_task(store, task, setup)}
    except ProblemError as error:
        return {"error": error.kind, "text": error.detail}
    except MemoryError:
        return {"error": "memory", "text": "the query needs more memory than one may take"}
    except OSError as error:
        if "too large" in str(error):
            return {"error": "answer-size", "text": "the answer is larger than one may be"}
        return {"error": "failed", "text": f"the query failed: {error}"}
    except (ValueError, RuntimeError) as error:
        return {"error": "failed", "text": f"the query failed: {error}"}


def serve(store: pyoxigraph.Store, setup: Setup) -> None:
    """Run tasks until there are no more."""
    for line in sys.stdin:
        say(_answered(store, json.loads(line), setup))


def graphs_of(store: pyoxigraph.Store) -> Sequence[str]:
    """Return the names of the first graphs of a store, sorted."""
    import pyoxigraph

    found: list[str] = []
    for graph in store.named_graphs():
        if isinstance(graph, pyoxigraph.NamedNode):
            found.append(graph.value)
        if len(found) >= _SHOWN_GRAPHS:
            break
    return sorted(found)


def main() -> None:
    """Run the tasks of this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    setup: Setup = json.loads(sys.stdin.readline())
    closed = False if setup["services"] else sandbox.close_network()
    sandbox.end_with_parent(setup["parent"])
    os.nice(setup["nice"])
    import pyoxigraph

    try:
        store = pyoxigraph.Store.read_only(setup["store"])
        graphs = graphs_of(store)
    except OSError as error:
        say({"error": "failed", "text": f"the store cannot be read: {error}"})
        return
    threading.stack_size(_STACK)
    thread = threading.Thread(target=serve, args=(store, setup))
    sandbox.limit_files(setup["answer"])
    sandbox.limit_memory(setup["memory"] + _STACK)
    say({"ready": True, "graphs": graphs, "closed": closed})
    thread.start()
    thread.join()
