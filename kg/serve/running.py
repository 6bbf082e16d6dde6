"""Runs the application: one listening socket, uvicorn, and an end on Ctrl-C that leaves no process behind."""

from __future__ import annotations

import contextlib
import errno
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING, TypeAlias

import uvicorn

from kg.errors import KgError, UsageError
from kg.serve.app import App
from kg.serve.connections import protocol_with
from kg.serve.settings import Limits

if TYPE_CHECKING:
    from kg.serve.service import Service

Listener: TypeAlias = socket.socket

_GRACE = 3
_BACKLOG = 2048
_FILES_EACH, _FILES_ELSE = 2, 256


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        UsageError: the port is in use, or the address is none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small answers at once (TCP_NODELAY) only where the protocol of the socket is said.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise UsageError(
                f"port {port} of {host} is in use by another program; --port takes another one"
            ) from error
        raise UsageError(f"{host}:{port}: cannot listen here: {error.strerror or error}") from error
    return listener


class _Server(uvicorn.Server):
    """A server that says when it answers, and ends well on a signal: uvicorn would raise it once more."""

    def __init__(self, config: uvicorn.Config, service: Service, answers: Callable[[], None]) -> None:
        super().__init__(config)
        self._service, self._answers = service, answers
        self.failure: KgError | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, unless the store cannot be served: uvicorn logs a fault for a lifespan."""
        try:
            await self._service.start()
        except KgError as error:
            self.failure, self.should_exit = error, True
            return
        await super().startup(sockets)
        if self.started:
            self._answers()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM; a second one stops at once."""
        before = {name: signal.signal(name, self._stop) for name in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True


def run(app: App, listener: socket.socket, *, started: Callable[[], None], verbose: bool = False) -> bool:
    """Run until a signal comes; return whether it could start. `started` is called when it answers.

    Raises:
        KgError: the store cannot be served.
    """
    limits = app.service.settings.limits
    raise_file_limit(limits)
    config = uvicorn.Config(
        app,
        http=protocol_with(limits),
        loop="asyncio",
        ws="none",
        lifespan="on",
        interface="asgi3",
        log_level="info" if verbose else "warning",
        access_log=verbose,
        proxy_headers=False,
        server_header=False,
        h11_max_incomplete_event_size=limits.head,
        timeout_keep_alive=int(limits.idle),
        timeout_graceful_shutdown=_GRACE,
        backlog=_BACKLOG,
    )
    server = _Server(config, app.service, started)
    server.run(sockets=[listener])
    if server.failure is not None:
        raise server.failure
    return server.started


def raise_file_limit(limits: Limits) -> None:
    """Let this process open as many files as its connections need, as far as the system lets it."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.connections * _FILES_EACH + _FILES_ELSE
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft < most:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
