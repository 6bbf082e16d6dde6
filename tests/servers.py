"""Real triple stores as session fixtures: the Oxigraph server, and Virtuoso (both on free ports of loopback).

They are fixtures of every test (`conftest.py`); a test module imports nothing from here but types. A
server starts when it is first asked for and ends with the session. They are shared: a test takes a graph of
its own.
"""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from conftest import require

MAX_ROWS = 1000
"""The `ResultSetMaxRows` of our Virtuoso: it cuts longer results in silence."""

_USER, _PASSWORD = "loader", "s3cret-of-the-tests"


Start: TypeAlias = "Callable[[Path], AbstractContextManager[Server]]"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: what to give as `--to` or `--store`, its kind, its endpoints, who may write."""

    url: str
    kind: str
    query: str
    update: str
    graph_store: str
    user: str | None = None
    password: str | None = None
    process: subprocess.Popen[bytes] | None = None


@pytest.fixture(scope="session")
def oxigraph_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run the Oxigraph server from PyPI, read and write, without a password."""
    with run_oxigraph(tmp_path_factory.mktemp("oxigraph")) as server:
        yield server


@pytest.fixture(scope="session")
def virtuoso_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run Virtuoso: anybody may read, `server.user` may write (digest); results are cut at `MAX_ROWS`."""
    with run_virtuoso(tmp_path_factory.mktemp("virtuoso")) as server:
        yield server


@pytest.fixture(scope="session")
def start_oxigraph() -> Start:
    """Return what runs one more Oxigraph server, on a folder, until the end of a `with` block."""
    return run_oxigraph


@pytest.fixture(scope="session")
def start_virtuoso() -> Start:
    """Return what runs one more Virtuoso, in a folder, until the end of a `with` block."""
    return run_virtuoso


@contextmanager
def run_oxigraph(folder: Path, *options: str) -> Iterator[Server]:
    """Run an Oxigraph server on a folder."""
    program = Path(sys.executable).parent / "oxigraph"
    found = str(program) if program.exists() else shutil.which("oxigraph")
    require(found, "the server `oxigraph` (pip install oxigraph)")
    assert found is not None
    port = free_port()
    address = f"127.0.0.1:{port}"
    command = [found, "serve", "-l", str(folder / "data"), "-b", address, *options]
    with _running(command, folder, f"http://{address}/query?query=ASK%7B%7D") as process:
        base = f"http://{address}"
        yield Server(base, "graph-store", f"{base}/query", f"{base}/update", f"{base}/store", process=process)


@contextmanager
def run_virtuoso(folder: Path, max_rows: int = MAX_ROWS) -> Iterator[Server]:
    """Run a Virtuoso in a folder of its own, with one user who may write."""
    found, isql = shutil.which("virtuoso-t"), shutil.which("isql-vt") or shutil.which("isql")
    require(found and isql, "Virtuoso (apt-get install virtuoso-opensource)")
    assert found is not None
    assert isql is not None
    sql, http = free_port(), free_port()
    ini = folder / "virtuoso.ini"
    ini.write_text(_INI.format(folder=folder, sql=sql, http=http, max_rows=max_rows), encoding="utf-8")
    (folder / "www").mkdir(exist_ok=True)
    (folder / "virtuoso.lck").unlink(missing_ok=True)
    is_new = not (folder / "virtuoso.db").exists()
    base = f"http://127.0.0.1:{http}"
    command = [found, "+foreground", "+configfile", str(ini)]
    with _running(command, folder, f"{base}/sparql?query=ASK%7B%7D") as process:
        script = (
            f"DB.DBA.USER_CREATE('{_USER}', '{_PASSWORD}');"
            f'GRANT SPARQL_UPDATE TO "{_USER}";'
            f"DB.DBA.RDF_DEFAULT_USER_PERMS_SET('{_USER}', 15);"
        )
        if is_new:
            subprocess.run(
                [isql, str(sql), "dba", "dba", f"exec={script}"], check=True, capture_output=True, timeout=60
            )
        yield Server(
            f"{base}/sparql",
            "virtuoso",
            f"{base}/sparql",
            f"{base}/sparql-auth",
            f"{base}/sparql-graph-crud-auth",
            _USER,
            _PASSWORD,
            process,
        )


def free_port() -> int:
    """Return a port of loopback that nobody uses now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def _running(command: list[str], folder: Path, url: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; it is ready when it answers at the URL."""
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait_for(url, process, folder / "server.log")
        yield process
    finally:
        end(process, signal.SIGTERM, 5)


def end(process: subprocess.Popen[Any], number: signal.Signals, seconds: float) -> None:
    """Send a signal to a process, and kill it where that does not end it in time."""
    process.send_signal(number)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                answer.read()
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    process.kill()
    pytest.fail(f"the server did not start: {log.read_text(errors='replace')[-2000:]}", pytrace=False)


_INI = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
ErrorLogLevel = 7
FileExtend = 200
MaxCheckpointRemap = 2000
Striping = 0
TempStorage = TempDatabase

[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
MaxCheckpointRemap = 2000
Striping = 0

[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
MaxClientConnections = 10
CheckpointInterval = 60
CaseMode = 2
DirsAllowed = {folder}
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000

[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}/www
MaxClientConnections = 10
DavRoot = DAV
EnabledDavVSP = 0
ServerThreads = 10
MaxKeepAlives = 10
KeepAliveTimeout = 10
Charset = UTF-8

[SPARQL]
ResultSetMaxRows = {max_rows}
MaxQueryCostEstimationTime = 400
MaxQueryExecutionTime = 60
"""
