"""A worker as the server sees it: started, given tasks, listened to, ended."""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kg.processes import command
from kg.serve.errors import ProblemError
from kg.serve.settings import Limits
from kg.serve.worker import Setup, Task

if TYPE_CHECKING:
    from kg.serve.snapshots import Snapshot

_START_TIME, _END_TIME = 60.0, 5.0
_LINE = 1 << 20
_NICE = 5
"""How far the workers stand back behind the reserved one and the server itself."""


class WorkerEndedError(Exception):
    """The process of a worker ended; `reason` is what became of the query."""

    def __init__(self, reason: ProblemError) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Worker:
    """One worker, bound to one snapshot of the store until it ends."""

    def __init__(self, process: asyncio.subprocess.Process, snapshot: Snapshot, log: Path) -> None:
        self.snapshot, self.tasks = snapshot, 0
        self._process, self._log = process, log
        self._ended = False
        snapshot.users += 1

    @classmethod
    async def start(
        cls, snapshot: Snapshot, limits: Limits, folder: Path, *, services: tuple[str, ...], reserved: bool
    ) -> Worker:
        """Start a worker and wait until it has opened the store.

        Raises:
            ProblemError: it has not.
        """
        log = folder / f"worker-{os.urandom(6).hex()}.log"
        with log.open("wb") as noise:
            process = await started("kg.serve.worker", noise)
        worker = cls(process, snapshot, log)
        setup: Setup = {
            "store": str(snapshot.store),
            "memory": limits.memory,
            "answer": limits.answer,
            "length": limits.length,
            "services": list(services),
            "nice": 0 if reserved else _NICE,
            "parent": os.getpid(),
        }
        try:
            await worker._begin(setup)
        except (WorkerEndedError, asyncio.TimeoutError) as error:
            await worker.end_now()
            raise ProblemError("not-ready", f"a worker could not be started: {error}") from error
        except BaseException:
            await worker.end_now()
            raise
        return worker

    async def _begin(self, setup: Setup) -> None:
        await self._send(setup)
        said = await asyncio.wait_for(self.said(), _START_TIME)
        if "error" in said:
            raise ProblemError("not-ready", str(said["text"]))
        self.snapshot.graphs = tuple(said["graphs"])
        self.snapshot.closed = bool(said["closed"]) or self.snapshot.closed

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return not self._ended and self._process.returncode is None

    @property
    def number(self) -> int:
        """The number of the process."""
        return self._process.pid

    def processor_time(self) -> float:
        """Return the processor time that it has had, in seconds (clock_getcpuclockid(3)); else the time."""
        try:
            return time.clock_gettime(~self._process.pid << 3 | 2)
        except (AttributeError, OSError):
            return time.monotonic()

    async def _send(self, what: Setup | Task) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(what).encode() + b"\n")
            await self._process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise await self._crash() from error

    async def give(self, task: Task) -> None:
        """Give it a task; what becomes of it is `said`.

        Raises:
            WorkerEndedError: the process has ended.
        """
        self.tasks += 1
        await self._send(task)

    async def said(self) -> dict[str, Any]:
        """Return the next thing that it says.

        Raises:
            WorkerEndedError: the process has ended.
        """
        assert self._process.stdout is not None
        try:
            line = await self._process.stdout.readline()
            found = json.loads(line)
        except ValueError as error:  # nothing more, or what is no message
            raise await self._crash() from error
        assert isinstance(found, dict)
        return found

    async def _crash(self) -> WorkerEndedError:
        try:
            status = await asyncio.wait_for(self._process.wait(), _END_TIME)
        except asyncio.TimeoutError:
            self._process.kill()
            status = await self._process.wait()
        noise = self._log.read_bytes()[:65536].decode("utf-8", "replace") if self._log.exists() else ""
        if any(said in noise for said in ("memory allocation", "MemoryError", "bad_alloc", "std::alloc")):
            return WorkerEndedError(ProblemError("memory", "the query needs more memory than one may take"))
        return WorkerEndedError(
            ProblemError("failed", f"the process that ran the query ended (status {status})")
        )

    def end(self) -> None:
        """End the process at once, whatever it does."""
        if self._ended:
            return
        self._ended = True
        if self._process.returncode is None:
            self._process.kill()
        self._log.unlink(missing_ok=True)
        self.snapshot.users -= 1
        self.snapshot.close_if_unused()

    async def end_now(self) -> None:
        """End the process, and wait until it is gone."""
        self.end()
        await self._process.wait()

    @property
    def gone(self) -> bool:
        """Whether the process is known to have ended; until then somebody must wait for it."""
        return self._process.returncode is not None


async def started(module: str, noise: IO[bytes] | None = None) -> asyncio.subprocess.Process:
    """Start a process that runs `main` of a module of ours; what it complains of goes to `noise`."""
    return await asyncio.create_subprocess_exec(
        *command(module),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=noise,
        env=_environment(),
        limit=_LINE,
        start_new_session=True,  # Ctrl-C in a terminal is for the server, which ends its processes
    )


def _environment() -> dict[str, str]:
    """Return the environment of a worker: nothing of ours but where programs and temporary files are."""
    kept = {
        name: value for name, value in os.environ.items() if name in ("PATH", "TMPDIR", "LD_LIBRARY_PATH")
    }
    return kept | {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", "RUST_BACKTRACE": "0", "MALLOC_ARENA_MAX": "2"}
