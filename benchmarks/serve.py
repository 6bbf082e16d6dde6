"""Measure `kg serve` beside `oxigraph serve-read-only` and rdflib-endpoint, on the same store.

    python benchmarks/serve.py [--records 2000] [--seconds 4] [--out benchmarks/serve.md]

Six typical questions are asked by 1, 8 and 32 clients at once, each on a connection of its own that stays
open; then ASK is asked again and again while eight queries run that never end.
"""

from __future__ import annotations

import argparse
import http.client
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import NamedTuple

from environments import UnavailableError, environment
from measuring import HERE, hardware, installed, load_note, note
from page import save
from sites import Records, site

from queries import _questions

CLIENTS = (1, 8, 32)
SLOW = 8
ASKED = 300
SMALL = "ASK { ?s ?p ?o }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?f && ?f != ?i) }"
HEADERS = {"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json"}
READY = 120.0
PATIENCE = 20.0


class Server(NamedTuple):
    """A server: its name, its command for a store and a port, and the path of its endpoint."""

    name: str
    command: Callable[[Path, int], Sequence[str]]
    path: str


class Load(NamedTuple):
    """What some clients saw of a server."""

    server: str
    clients: int
    answers: int
    failures: int
    seconds: float
    times: Mapping[str, Sequence[float]]

    @property
    def all_times(self) -> list[float]:
        return sorted(time for found in self.times.values() for time in found)


class Small(NamedTuple):
    """How long ASK took while slow queries ran; `failures` were no answer."""

    server: str
    times: Sequence[float]
    failures: int


def _kg(store: Path, port: int) -> Sequence[str]:
    return [
        sys.executable,
        "-m",
        "kg",
        "serve",
        "--store",
        str(store),
        "--port",
        str(port),
        "--timeout",
        "30",
    ]


def _oxigraph(store: Path, port: int) -> Sequence[str]:
    program = Path(sys.executable).parent / "oxigraph"
    place = ["--location", str(store), "--bind", f"127.0.0.1:{port}", "--timeout-s", "30"]
    return [str(program), "serve-read-only", *place]


def _rdflib_endpoint(store: Path, port: int) -> Sequence[str]:
    python = environment("rdflib-endpoint")
    return [str(python), str(HERE / "peers" / "serve_rdflib_endpoint.py"), str(store), str(port)]


SERVERS = (
    Server("kg serve", _kg, "/sparql"),
    Server("oxigraph serve-read-only", _oxigraph, "/query"),
    Server("rdflib-endpoint", _rdflib_endpoint, "/"),
)


@contextmanager
def running(server: Server, store: Path, folder: Path) -> Iterator[int]:
    """Run a server; yield its port when it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    with (folder / "said.txt").open("wb") as said:
        process = subprocess.Popen(server.command(store, port), stdout=said, stderr=said)
    try:
        end = time.monotonic() + READY
        while not _answers(server, port):
            if process.poll() is not None or time.monotonic() > end:
                raise UnavailableError(f"{server.name}: {(folder / 'said.txt').read_text()[-500:]}")
            time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()


def _answers(server: Server, port: int) -> bool:
    with suppress(OSError, http.client.HTTPException):
        return _ask(Connection(port, server.path), SMALL)
    return False


class Connection:
    """A connection that stays open; it is made anew when it broke."""

    def __init__(self, port: int, path: str) -> None:
        self._port, self._path = port, path
        self._open: http.client.HTTPConnection | None = None

    def post(self, text: str) -> tuple[int, bytes]:
        if self._open is None:
            self._open = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        try:
            self._open.request("POST", self._path, text.encode(), HEADERS)
            answer = self._open.getresponse()
            return answer.status, answer.read()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def _ask(connection: Connection, text: str) -> bool:
    status, body = connection.post(text)
    return status == 200 and body.startswith(b"{") and body.rstrip().endswith(b"}")


def under_load(server: Server, port: int, texts: Mapping[str, str], clients: int, seconds: float) -> Load:
    """Ask the questions in turn, by several clients at once."""
    times: dict[str, list[float]] = {name: [] for name in texts}
    failures = [0] * clients
    end = time.monotonic() + seconds

    def client(number: int) -> None:
        connection = Connection(port, server.path)
        names = list(texts)
        place = number
        while time.monotonic() < end:
            name = names[place % len(names)]
            place += 1
            begun = time.perf_counter()
            try:
                good = _ask(connection, texts[name])
            except (OSError, http.client.HTTPException):
                good = False
            if good:
                times[name].append(time.perf_counter() - begun)
            else:
                failures[number] += 1
        connection.close()

    begun = time.perf_counter()
    _together(client, clients)
    took = time.perf_counter() - begun
    answers = sum(map(len, times.values()))
    return Load(server.name, clients, answers, sum(failures), took, times)


def while_slow_ones_run(server: Server, port: int) -> Small:
    """Ask ASK again and again, while eight queries run that never end."""
    connections = [Connection(port, server.path) for _ in range(SLOW)]

    def slow(number: int) -> None:
        with suppress(OSError, http.client.HTTPException):
            connections[number].post(f"{RUNAWAY} # {number}")

    threads = [threading.Thread(target=slow, args=(number,), daemon=True) for number in range(SLOW)]
    for thread in threads:
        thread.start()
    time.sleep(1.5)
    small, times, failures, end = Connection(port, server.path), list[float](), 0, time.monotonic() + 20
    while len(times) + failures < ASKED and time.monotonic() < end:
        begun = time.perf_counter()
        try:
            good = _ask(small, SMALL)
        except (OSError, http.client.HTTPException):
            good = False
        times.append(time.perf_counter() - begun)
        failures += not good
        time.sleep(0.01)
    return Small(server.name, sorted(times), failures)


def _together(work: Callable[[int], None], count: int) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def measured(
    server: Server, store: Path, texts: Mapping[str, str], seconds: float
) -> tuple[list[Load], Small]:
    """Measure one server on a copy of the store that is its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        own = folder / "store"
        source = store if server.name == "kg serve" else (store / "current").resolve() / "oxigraph"
        shutil.copytree(source, own, symlinks=True)
        with running(server, own, folder) as port:
            warm = Connection(port, server.path)
            for text in texts.values():
                with suppress(OSError, http.client.HTTPException):
                    _ask(warm, text)
            warm.close()
            loads = [under_load(server, port, texts, clients, seconds) for clients in CLIENTS]
            return loads, while_slow_ones_run(server, port)


def _at(times: Sequence[float], share: float) -> str:
    """Return the time below which a share of all times lies, in milliseconds."""
    return f"{times[min(len(times) - 1, int(len(times) * share))] * 1000:,.1f}" if times else "–"


def markdown(found: Sequence[tuple[list[Load], Small]], missing: Sequence[str], records: int) -> str:
    """Return the figures as a document."""
    loads = [load for rows, _ in found for load in rows]
    versions = ", ".join(f"{name} {installed(name)}" for name in ("pathway-kg", "oxigraph", "uvicorn"))
    lines = [
        "# Serving: throughput, latency, and small queries beside slow ones",
        "",
        f"Made by `python benchmarks/serve.py`. {hardware()}, {versions}.",
        f"The same store of {records:,} figures for all; the clients run on the same machine. {load_note()}",
        "",
        "`kg serve` passes each query to a process that can be stopped, and each answer through a file, so",
        "that an error is known before the first byte. That costs some milliseconds a query; the others",
        "answer from within. Its workers stand back (`nice`) behind the reserved one, so other work on the",
        "machine slows it down more. Eight queries that never end take both cores of all servers.",
        "",
        "## Six typical questions, asked in turn",
        "",
        "| server | clients | answers/s | median ms | 95 % below ms | no answer |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for load in loads:
        times = load.all_times
        cells = [
            f"{load.answers / load.seconds:,.0f}",
            _at(times, 0.5),
            _at(times, 0.95),
            f"{load.failures:,}",
        ]
        lines.append(f"| {load.server} | {load.clients} | {' | '.join(cells)} |")
    lines += ["", "## Each question, one client, median ms", "", *_questions_table(loads)]
    lines += [
        "",
        f"## ASK while {SLOW} queries run that never end",
        "",
        f"`{SMALL}`, up to {ASKED} times within 20 s, one after the other.",
        "",
        "| server | asked | median ms | 99 % below ms | longest ms | no answer |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for _, small in found:
        cells = [_at(small.times, 0.5), _at(small.times, 0.99), _at(small.times, 1), str(small.failures)]
        lines.append(f"| {small.server} | {len(small.times)} | {' | '.join(cells)} |")
    lines += ["", *(f"Not measured: {text}" for text in missing)] if missing else []
    return "\n".join(lines) + "\n"


def _questions_table(loads: Sequence[Load]) -> Iterator[str]:
    alone = [load for load in loads if load.clients == 1]
    yield "| question | " + " | ".join(load.server for load in alone) + " |"
    yield "|---|" + "---:|" * len(alone)
    for name in alone[0].times if alone else ():
        cells = [f"{median(load.times[name]) * 1000:,.1f}" if load.times[name] else "–" for load in alone]
        yield f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--out", default=str(HERE / "serve.md"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kg-bench-") as name:
        folder = Path(name)
        store, triples = folder / "store", folder / "kg.nt"
        records = str(site(Records("inline", arguments.records)))
        for command in (["load", records, "--to", str(store)], ["export", records, "-o", str(triples)]):
            subprocess.run([sys.executable, "-m", "kg", *command, "--quiet"], check=True)
        texts = _questions(triples)
        found, missing = [], []
        for server in SERVERS:
            note(server.name)
            try:
                found.append(measured(server, store, texts, arguments.seconds))
            except UnavailableError as error:
                missing.append(str(error))
    save(markdown(found, missing, arguments.records), arguments.out)


if __name__ == "__main__":
    main()
