"""A query on its way: waiting, running, answered; and where its answer lies."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.serve.errors import ProblemError
from kg.serve.worker import Done, Task

if TYPE_CHECKING:
    from kg.serve.snapshots import Snapshot


class AnswerFile:
    """The file of an answer: written by a worker, read here, without a name as soon as both have it open."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"answer-{os.urandom(8).hex()}"
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)

    @property
    def size(self) -> int:
        """How much of it is there."""
        return os.fstat(self._descriptor).st_size if self._descriptor >= 0 else 0

    def read(self, size: int, place: int) -> bytes:
        """Return some bytes from a place on."""
        return os.pread(self._descriptor, size, place)

    def clear(self) -> None:
        """Empty it: another worker starts anew."""
        os.ftruncate(self._descriptor, 0)

    def unlink(self) -> None:
        """Take its name away; what is open stays."""
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let it go."""
        self.unlink()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class Job:
    """One query of one client.

    `begun` is set when something can be sent: all of the answer, or the start of a long one. When it is
    `finished`, either `done` says how it went or `problem` why it did not.
    """

    def __init__(self, client: str, task: Task, answer: AnswerFile, *, outward: bool) -> None:
        self.client, self.task, self.answer = client, task, answer
        self.outward = outward
        """Whether it may ask other servers."""
        self.slow, self.quick = False, False
        """Whether it is known to take longer than the reserved worker gives it, or to take less."""
        self.begun = asyncio.Event()
        self.finished = asyncio.Event()
        self.left = asyncio.Event()
        """Set when the client has gone."""
        self.done: Done | None = None
        self.problem: ProblemError | None = None
        self.snapshot: Snapshot | None = None
        self.kind, self.volatile = "", False
        """What the query asks for, and whether two runs of it may differ: known when it has begun."""

    def succeed(self, done: Done) -> None:
        """Say that all of the answer is there."""
        self.done = done
        self.kind, self.volatile = done["kind"], done["volatile"]
        self._end()

    def fail(self, problem: ProblemError) -> None:
        """Say that it has failed, perhaps in the middle."""
        if not self.finished.is_set():
            self.problem = problem
            self._end()

    def _end(self) -> None:
        self.finished.set()
        self.begun.set()

    def leave(self) -> None:
        """Say that nobody waits for it any more."""
        self.left.set()

    def hear(self, said: dict[str, Any]) -> None:
        """Take in what a worker says of it; no other worker will open its answer from now on."""
        self.answer.unlink()
        if "done" in said:
            self.succeed(said["done"])
        elif "error" in said:
            self.fail(ProblemError(said["error"], said["text"]))
        else:
            self.kind, self.volatile = said["kind"], said["volatile"]
            self.begun.set()
