"""A server that stands before a real one and does wrong what it is told to: for tests of loading."""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

PAGE = b"<!DOCTYPE html><html><head><title>Portal</title></head><body><h1>Please log in</h1></body></html>"


@dataclass(slots=True)
class Faulty:
    """The address, the faults to come by the start of `METHOD /path`, and what was asked.

    A fault is a status (with `Retry-After: 0`), or `html`, `cut`, `gone`, `lost` (done, but not answered); an
    empty one is none.
    """

    url: str
    faults: dict[str, list[str]] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)

    def fault(self, method: str, path: str) -> str:
        """Count a request, and return its fault."""
        asked = f"{method} {urlsplit(path).path}"
        self.seen[asked] += 1
        for start, script in self.faults.items():
            if asked.startswith(start) and script:
                return script.pop(0)
        return ""


@contextmanager
def faulty_server(before: str) -> Iterator[Faulty]:
    """Run a server that hands requests on to the one at the address `before`, but for the faults."""
    netloc = urlsplit(before).netloc

    class Handler(_Handler):
        behind = netloc

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state = Faulty(f"http://127.0.0.1:{server.server_address[1]}")
    Handler.state = state
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    behind: str
    state: Faulty

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.state.fault(self.command, self.path)
        if fault.isdigit():
            self._answer(int(fault), {"Retry-After": "0", "Content-Type": "text/plain"}, b"not now")
        elif fault == "html":
            self._answer(200, {"Content-Type": "text/html"}, PAGE)
        elif fault == "gone":
            self.close_connection = True
        else:
            status, headers, data = self._behind(body)
            if fault == "lost":
                self.close_connection = True
                return
            self._answer(status, headers, data, 10 if fault == "cut" else 0)

    def _behind(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(self.behind, timeout=30)
        kept = ("Content-Type", "Accept", "Authorization")
        headers = {name: value for name, value in self.headers.items() if name in kept}
        connection.request(self.command, self.path, body or None, headers)
        with connection.getresponse() as response:
            data = response.read()
        connection.close()
        answered = ("content-type", "www-authenticate", "server")
        return response.status, {n: v for n, v in response.headers.items() if n.lower() in answered}, data

    def _answer(self, status: int, headers: dict[str, str], data: bytes, more: int = 0) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data) + more))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
        self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _handle  # noqa: N815 - the names are the library's

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
