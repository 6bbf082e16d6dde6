"""A siege of `kg serve`: everything at once, for minutes, while workers are killed."""

from __future__ import annotations

import http.client
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

import pytest
from assaults import NESTED, RUNAWAY
from serving import Serve, Served, in_threads, make_store, until

SECONDS = float(os.environ.get("KG_SOAK_SECONDS", "600"))
"""How long it takes; `KG_SOAK_SECONDS=60` is enough for a look."""
QUESTIONS = (
    "ASK { ?s ?p ?o }",
    "SELECT ?s { ?s <https://example.org/name> 'one' }",
    "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY ?p",
    "SELECT ?s ?o { ?s <https://schema.org/name> ?o } ORDER BY ?s ?o",
)
LATER = frozenset({429, 500, 503})
"""What may come in place of an answer: too many, a killed worker, a limit."""

Attack: TypeAlias = "Callable[[random.Random], None]"


class Siege:
    """The attackers of one server, and what they saw."""

    def __init__(self, server: Served) -> None:
        self.server = server
        self.seen: Counter[str] = Counter()
        self.sizes: list[int] = []
        self.right = {text: server.query(text, "text/csv").body for text in QUESTIONS}

    def small(self, chance: random.Random) -> None:
        """Ask something whose answer is known."""
        text = chance.choice(QUESTIONS)
        reply = self.server.query(text, "text/csv")
        self.seen[f"small {reply.status}"] += 1
        assert reply.status in LATER or (reply.status == 200 and reply.body == self.right[text])

    def runaway(self, chance: random.Random) -> None:
        """Ask something that never ends."""
        name = chance.choice(list(RUNAWAY))
        try:
            reply = self.server.query(f"{RUNAWAY[name]} # {chance.random()}", "text/csv")
        except http.client.IncompleteRead:
            self.seen["runaway broken off"] += 1
        else:
            self.seen[f"runaway {reply.status}"] += 1
            assert reply.status in LATER, name

    def refused(self, chance: random.Random) -> None:
        """Send what is no query to be answered."""
        text = chance.choice([NESTED[name](5000) for name in NESTED] + ["DROP ALL", "SELECT", "\x00"])
        headers = {"Content-Type": "application/sparql-query"}
        reply = self.server.ask("/sparql", "POST", headers, text.encode())
        self.seen[f"refused {reply.status}"] += 1
        assert reply.status in LATER | {400, 403}

    def rude(self, chance: random.Random) -> None:
        """Ask something that never ends, and go away."""
        text = quote(chance.choice(list(RUNAWAY.values())))
        with self.server.raw(f"GET /sparql?query={text} HTTP/1.1\r\nHost: x\r\n\r\n".encode()):
            time.sleep(chance.random())
        self.seen["rude"] += 1

    def kill(self, chance: random.Random) -> None:
        """Kill a process of the server."""
        time.sleep(chance.random() * 3)
        with suppress(ProcessLookupError, IndexError):
            os.kill(chance.choice(self.server.workers()), signal.SIGKILL)
            self.seen["killed"] += 1
        self.sizes.append(self.server.memory())


@pytest.mark.soak
def test_mixed_load_while_workers_are_killed(serve: Serve, tmp_path: Path) -> None:
    """No wrong answer, no hang, memory flat, the server alive."""
    store = make_store(tmp_path / "store")
    with serve(store, "--timeout", "2", "--workers", "2", "--memory", "256M") as server:
        siege = Siege(server)
        small: list[Attack] = [siege.small, siege.small, siege.small]
        attacks = [*small, siege.runaway, siege.runaway, siege.runaway, siege.refused, siege.rude, siege.kill]
        end = time.monotonic() + SECONDS

        def attack(number: int) -> None:
            chance = random.Random(number)
            while time.monotonic() < end:
                attacks[number](chance)

        assert in_threads(attack, len(attacks), SECONDS + 120) == [None] * len(attacks), siege.seen
        seen, sizes = siege.seen, siege.sizes
        assert seen["small 200"] > SECONDS / 4, seen
        assert seen["killed"] > SECONDS / 10, seen
        until(lambda: server.query("ASK { ?s ?p ?o }").status == 200)
        settled = sizes[len(sizes) // 3 :]
        assert max(settled[-5:]) < min(settled[:5]) + 20_000, "the memory of the server grows"
        assert len(list(Path(f"/proc/{server.process.pid}/fd").iterdir())) < 60
        (tmp_path / "seen.txt").write_text(f"{dict(seen)} memory in kB: {sizes}\n", "utf-8")
