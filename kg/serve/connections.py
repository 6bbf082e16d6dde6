"""The connections: none is kept by a client that sends or takes nothing, and there are never too many.

uvicorn times out a connection between two requests only. Here the head of a request must come in time, and an
answer that waits must be taken; where the most connections are open, the longest silent one makes room.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from kg.serve.errors import PROBLEM, problem
from kg.serve.settings import Limits


def protocol_with(limits: Limits) -> type[asyncio.Protocol]:
    """Return the protocol with its limits, as uvicorn takes it."""

    class Guarded(_Guarded):
        _limits = limits

    return Guarded


class _Guarded(H11Protocol):
    _limits: Limits

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None

    @property
    def silent_until(self) -> float | None:
        """When the connection is closed if it goes on to send nothing; None while it is answered."""
        return None if self._head is None else self._head.when()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection on, and let another one go if there are too many."""
        super().connection_made(transport)
        self._expect_head()
        if len(self.connections) > self._limits.connections:
            self._make_room()

    def _make_room(self) -> None:
        others = [
            (other.silent_until, id(other), other)
            for other in self.connections
            if isinstance(other, _Guarded) and other.silent_until is not None
        ]
        silent = min(others, default=None)
        (self if silent is None else silent[2]).transport.abort()

    def _expect_head(self) -> None:
        if self._head is None:
            self._head = self.loop.call_later(self._limits.head_time, self._too_slow)

    def _too_slow(self) -> None:
        if not self.transport.is_closing():
            self.transport.abort()

    def _head_came(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def data_received(self, data: bytes) -> None:
        """Take data; between two requests they are the start of a head."""
        super().data_received(data)
        if self._is_answering():
            self._head_came()
        else:
            self._expect_head()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        if self._is_answering():
            self._head_came()

    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def pause_writing(self) -> None:
        """Wait for the client to take what was sent; not for ever."""
        super().pause_writing()
        self._stalled = self.loop.call_later(self._limits.stalled, self._too_slow)

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        self._flows()

    def _flows(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the connection go."""
        self._head_came()
        self._flows()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP with a problem document."""
        content = problem("bad-request", f"{_NO_HTTP}: {msg}")
        headers = [
            ("content-type", PROBLEM),
            ("content-length", str(len(content))),
            ("connection", "close"),
        ]
        events = (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=content),
            h11.EndOfMessage(),
        )
        try:
            for event in events:
                self.transport.write(self.conn.send(event) or b"")
        except h11.LocalProtocolError:  # an answer is on its way already
            self.transport.abort()
            return
        self.transport.close()


_NO_HTTP = "the head of the request is malformed or too long"
