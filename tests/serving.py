"""A `kg serve` for tests: a process of its own, on a free port, and a client that adds nothing of its own."""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlencode, urlsplit

import pytest
from servers import end

if TYPE_CHECKING:
    from kg.serve.settings import ServeSettings

ROOT = Path(__file__).resolve().parent.parent
GRAPH = "https://example.org/graph/"
_SERVING = re.compile(r"serving .* at (http://\S+)")
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . FILTER (?c != ?l) }"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def rows(self) -> list[dict[str, Any]]:
        found = self.json["results"]["bindings"]
        assert isinstance(found, list)
        return found


@dataclass(frozen=True, slots=True)
class Served:
    """A running server."""

    url: str
    store: Path
    running: subprocess.Popen[str] | None = None
    said: list[str] = field(default_factory=list)

    @property
    def process(self) -> subprocess.Popen[str]:
        assert self.running is not None
        return self.running

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 0

    def ask(
        self,
        path: str,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | str | None = None,
        *,
        source: str = "127.0.0.1",
        timeout: float = 60,
    ) -> Reply:
        """Send one request, exactly as given, on a connection of its own."""
        host, port = self.address
        connection = http.client.HTTPConnection(host, port, timeout=timeout, source_address=(source, 0))
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            data = body.encode() if isinstance(body, str) else body
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if data is not None and not any(name.lower() == "content-length" for name in headers or {}):
                connection.putheader("Content-Length", str(len(data)))
            connection.endheaders(data)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, found, answer.read())
        finally:
            connection.close()

    def query(self, text: str, accept: str | None = None, **named: Any) -> Reply:
        """Ask a query by GET."""
        fields = [("query", text), *named.pop("fields", ())]
        headers = {**named.pop("headers", {}), **({"Accept": accept} if accept is not None else {})}
        return self.ask("/sparql?" + urlencode(fields), headers=headers, **named)

    def workers(self) -> list[int]:
        """Return the numbers of its processes."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(number) for number in found]

    def page_process(self) -> int:
        """Return the number of the process that makes the pages."""
        commands = {number: Path(f"/proc/{number}/cmdline") for number in self.workers()}
        (found,) = (number for number, file in commands.items() if b"page_worker" in file.read_bytes())
        return found

    def memory(self) -> int:
        """Return how much memory the server itself holds, in kB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0])

    def raw(self, data: bytes = b"") -> socket.socket:
        """Open a connection and send some bytes."""
        connection = socket.create_connection(self.address, timeout=30)
        connection.sendall(data)
        return connection


Serve: TypeAlias = "Callable[..., AbstractContextManager[Served]]"


def make_store(folder: Path) -> Path:
    """Load the example records, and three graphs of one triple each."""
    from kg import resources
    from kg.loading import load

    load([resources.examples()], str(folder))
    for name in ("one", "two", "three"):
        file = folder.parent / f"{name}.ttl"
        file.write_text(f'<https://example.org/{name}> <https://example.org/name> "{name}" .\n', "utf-8")
        load([file], str(folder), graph=GRAPH + name)
    return folder


@contextmanager
def serving(store: Path | None, *options: str) -> Iterator[Served]:
    """Run `kg serve` until the end of the block."""
    place = [] if store is None else ["--store", str(store)]
    command = [sys.executable, "-m", "kg", "serve", *place, "--port", "0", *options]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    said: list[str] = []
    assert process.stderr is not None
    url = None
    for line in process.stderr:
        said.append(line)
        if found := _SERVING.search(line):
            url = found[1]
            break
    assert url is not None, "".join(said)
    rest = process.stderr
    listener = threading.Thread(target=lambda: said.extend(rest), daemon=True)
    listener.start()
    try:
        yield Served(url, store or Path(), process, said)
    finally:
        end(process, signal.SIGINT, 15)
        listener.join(5)
        process.stderr.close()


@contextmanager
def serving_app(settings: ServeSettings) -> Iterator[Served]:
    """Run the application alone, without pages, in a thread of this process: so any limit can be set."""
    import uvicorn

    from kg.serve.app import App
    from kg.serve.connections import protocol_with
    from kg.serve.running import listening

    listener = listening("127.0.0.1", 0)
    protocol = protocol_with(settings.limits)
    config = uvicorn.Config(App(settings), http=protocol, ws="none", lifespan="on", log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: server.run(sockets=[listener]))
    thread.start()
    try:
        until(lambda: server.started)
        yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}/", settings.store)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve the examples, with limits that are short enough for tests."""
    store = make_store(tmp_path_factory.mktemp("served") / "store")
    options = (
        "--timeout",
        "2",
        "--workers",
        "2",
        "--memory",
        "512M",
        "--url",
        "https://kg.example.org/base/",
    )
    with serving(store, *options) as server:
        yield server


@pytest.fixture(scope="session")
def serve() -> Serve:
    """Return `serve(store, *options)`: a server of a test's own."""
    return serving


def digest(store: Path) -> str:
    """Return a hash of what a store holds."""
    import hashlib

    import pyoxigraph

    current = (store / "current").resolve() / "oxigraph"
    opened = pyoxigraph.Store.read_only(str(current))
    lines = sorted(str(quad) for quad in opened)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def until(holds: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.05)


def in_threads(work: Callable[[int], object], count: int, seconds: float = 120) -> list[object]:
    """Do something several times side by side; return what came of it, errors too."""
    found: list[object] = [None] * count

    def one(number: int) -> None:
        try:
            found[number] = work(number)
        except (OSError, http.client.HTTPException, AssertionError) as error:
            found[number] = error

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    return found


def temporary() -> Sequence[Path]:
    """Return what servers have in the folder for temporary files."""
    return list(Path(tempfile.gettempdir()).glob("kg-serve*"))
