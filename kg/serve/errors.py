"""What the server refuses, and how it says so: one row per kind, as a problem document (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from kg.errors import KgError

PROBLEM = "application/problem+json"


class Fault(NamedTuple):
    """One kind of problem: its status and its title."""

    status: int
    title: str


FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "bad-request": Fault(400, "The request is not as the protocol has it"),
        "syntax": Fault(400, "The query is not valid SPARQL"),
        "refused": Fault(400, "The query is beyond a limit of this server"),
        "unknown-graph": Fault(400, "The store has no such graph"),
        "update": Fault(403, "This endpoint only reads"),
        "service": Fault(403, "Queries may not ask that server"),
        "not-found": Fault(404, "There is nothing here"),
        "gone": Fault(410, "This was withdrawn"),
        "method": Fault(405, "This method does nothing here"),
        "not-acceptable": Fault(406, "There is no such form of the answer"),
        "slow-body": Fault(408, "The body of the request did not come"),
        "too-large": Fault(413, "The request is too large"),
        "long-address": Fault(414, "The address is too long"),
        "media-type": Fault(415, "The body is in a form that is not taken here"),
        "too-many": Fault(429, "Too many of your queries are waiting"),
        "failed": Fault(500, "The query failed"),
        "busy": Fault(503, "The server is busy"),
        "timeout": Fault(503, "The query took too long and was stopped"),
        "memory": Fault(503, "The query needed too much memory and was stopped"),
        "answer-size": Fault(503, "The answer is too large"),
        "not-ready": Fault(503, "The server is not ready"),
    }
)


def problem(kind: str, detail: str) -> bytes:
    """Return a problem document, as JSON with a line break at its end."""
    status, title = FAULTS[kind]
    body = {"type": f"urn:kg:problem:{kind}", "title": title, "status": status, "detail": detail}
    return json.dumps(body, ensure_ascii=False).encode() + b"\n"


class ProblemError(KgError):
    """A request that is answered with a problem document."""

    def __init__(self, kind: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.kind, self.detail = kind, detail
        self.headers: Mapping[str, str] = headers or {}

    @property
    def fault(self) -> Fault:
        """The row of its kind."""
        return FAULTS[self.kind]
