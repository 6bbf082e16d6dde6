"""What a server is told: where its data are, where it lives, and its limits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one server; sizes in bytes, times in seconds."""

    workers: int = 2
    """How many queries run side by side, apart from the reserved worker."""
    timeout: float = 30.0
    """How long one query may run."""
    memory: int = 2048 * MB
    """How much memory one query may take."""
    max_rows: int | None = None
    """How many rows or triples an answer may have; what is beyond is cut, and the answer says so."""
    length: int = 64 << 10
    """The longest query text."""
    quick: float = 0.05
    """How long a query may try on the reserved worker before it waits for another one."""
    queue: int = 64
    """How many queries may wait; one client may have half of the places."""
    wait: float = 30.0
    """How long a query may wait for a worker."""
    spool: int = 8 * MB
    """An answer up to this size is whole before its first byte is sent; a longer one is sent as it comes."""
    answer: int = 4096 * MB
    """The largest answer."""
    spools: int = 8192 * MB
    """How much all answers that are being sent may take on the disk; beyond it new queries are put off."""
    body: int = 256 << 10
    """The largest body of a request."""
    head: int = 256 << 10
    """The largest head of a request: its address and its headers."""
    connections: int = 1000
    """How many connections may be open; a new one takes the place of the longest silent one."""
    head_time: float = 10.0
    """How long the head of a request may take."""
    body_time: float = 20.0
    """How long the body of a request may take."""
    idle: float = 15.0
    """How long a connection stays open between two requests."""
    stalled: float = 60.0
    """How long a client may take nothing of an answer that waits for it."""
    jobs: int = 2000
    """After how many queries a worker is replaced, so that its memory cannot grow for ever."""


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """The settings of one server. `url` ends with a slash, and is what the server calls itself.

    The address in a request (`Host`, `X-Forwarded-Host`) is never believed. `services` are the endpoints that
    queries may ask; `watch` is how often the store is looked at for a new version, in seconds.
    """

    store: Path
    url: str
    limits: Limits = Limits()
    services: tuple[str, ...] = ()
    watch: float = 1.0
    title: str = "Pathway knowledge graph"
