"""The workers and who gets them: a fair, bounded queue, and one worker kept for small queries.

A query takes any worker that is free. While all are busy it tries the reserved worker, for some milliseconds:
a small query is answered there, and a longer one goes back to wait for its turn, with a full time limit. So
small queries wait for no long one. A worker that is over a limit, or whose client has gone, is ended and
replaced: an engine cannot be stopped in the middle of a query.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from enum import Enum
from pathlib import Path
from typing import Any

from kg.serve.errors import ProblemError
from kg.serve.fair import FairQueue
from kg.serve.jobs import Job
from kg.serve.process import Worker, WorkerEndedError
from kg.serve.settings import Limits
from kg.serve.snapshots import Snapshot

_REMEMBERED = 4096
_SPARES = 2
_BUSY = 20
"""By how much longer than on an idle machine the reserved worker may take for a small query."""
_TICK = 0.002
_QUOTES = "<>\"'"
_PAUSE = 1.0
_RETRY = 5


class Lane(Enum):
    """What a runner takes: any query, small ones, or those that ask other servers."""

    GENERAL = "general"
    RESERVED = "reserved"
    OUTWARD = "outward"

    def takes(self, job: Job) -> bool:
        """Say whether a job is for it."""
        if self is Lane.OUTWARD or job.outward:
            return self is Lane.OUTWARD and job.outward
        return self is Lane.GENERAL or not job.slow


class Pool:
    """Runs jobs on the current snapshot."""

    def __init__(self, limits: Limits, folder: Path, services: tuple[str, ...]) -> None:
        self._limits, self._folder, self._services = limits, folder, services
        self._queue: FairQueue[Job] = FairQueue()
        self._known = _Known()
        self._runners: list[_Runner] = []
        self._spares: list[Worker] = []
        self._workers: list[Worker] = []
        self._spare_task: asyncio.Task[None] | None = None
        self.snapshot: Snapshot | None = None

    async def start(self, snapshot: Snapshot) -> None:
        """Start all workers on a snapshot.

        Raises:
            ProblemError: they cannot read it.
        """
        self.snapshot = snapshot
        lanes = [Lane.GENERAL] * self._limits.workers + [Lane.RESERVED]
        lanes += [Lane.OUTWARD] if self._services else []
        for lane in lanes:
            self._runners.append(_Runner(self, lane, await self.worker(lane)))
        self._refill()
        for runner in self._runners:
            runner.begin()

    async def worker(self, lane: Lane, snapshot: Snapshot | None = None) -> Worker:
        """Start a worker for a lane.

        Raises:
            ProblemError: it cannot be started.
        """
        found = snapshot or self.snapshot
        assert found is not None
        services = self._services if lane is Lane.OUTWARD else ()
        reserved = lane is Lane.RESERVED
        worker = await Worker.start(found, self._limits, self._folder, services=services, reserved=reserved)
        self._workers = [worker, *(other for other in self._workers if not other.gone)]
        return worker

    def spare(self) -> Worker | None:
        """Return a worker that waits to take the place of the reserved one, and start the next."""
        found = None
        while self._spares and found is None:
            worker = self._spares.pop()
            if worker.alive and worker.snapshot is self.snapshot:
                found = worker
            else:
                worker.end()
        self._refill()
        return found

    def _refill(self) -> None:
        if self._spare_task is None or self._spare_task.done():
            self._spare_task = asyncio.ensure_future(self._start_spares())

    async def _start_spares(self) -> None:
        while len(self._spares) < _SPARES:
            try:
                self._spares.append(await self.worker(Lane.RESERVED))
            except ProblemError:
                await asyncio.sleep(_PAUSE)

    async def switch(self, snapshot: Snapshot) -> None:
        """Serve another snapshot: queries that run finish on the old one.

        Raises:
            ProblemError: it cannot be read; the old one stays.
        """
        fresh = list[Worker]()
        try:
            for runner in self._runners:
                fresh.append(await self.worker(runner.lane, snapshot))
        except BaseException:
            for worker in fresh:
                worker.end()
            raise
        old, self.snapshot = self.snapshot, snapshot
        for runner, worker in zip(self._runners, fresh, strict=True):
            runner.replace_by(worker)
        while self._spares:
            self._spares.pop().end()
        self._refill()
        if old is not None:
            old.retire()

    def submit(self, job: Job) -> None:
        """Take a job on: it runs, waits, or is refused.

        Raises:
            ProblemError: too many are waiting.
        """
        limits = self._limits
        later = {"Retry-After": str(_RETRY)}
        if len(self._queue) >= limits.queue:
            raise ProblemError("busy", f"{len(self._queue)} queries are waiting; try again later", later)
        if self._queue.waiting(job.client) >= max(1, limits.queue // 2):
            raise ProblemError("too-many", "half of the places are taken by your own queries", later)
        self._known.tell(job)
        self._queue.put(job.client, job)
        self.deal()
        if job in self._queue:
            asyncio.get_running_loop().call_later(limits.wait, self._expire, job)

    def _expire(self, job: Job) -> None:
        if self._queue.remove(job.client, job):
            job.fail(ProblemError("busy", "no worker became free in time", {"Retry-After": str(_RETRY)}))

    def deal(self) -> None:
        """Give waiting jobs to free runners; general ones first, where a query has all its time."""
        for runner in self._runners:
            if runner.free:
                job = self._next(runner.lane)
                if job is not None:
                    runner.take(job)

    def _next(self, lane: Lane) -> Job | None:
        """Return the next job for a lane; the reserved one takes what was quick before anything unknown."""
        quick = self._queue.take(lambda job: job.quick and lane.takes(job)) if lane is Lane.RESERVED else None
        return quick or self._queue.take(lane.takes)

    def ran(self, job: Job) -> None:
        """Learn from a job that has ended well."""
        if job.done is not None and job.done["processor"] < self._limits.quick:
            self._known.learn(job, slow=False)

    def put_back(self, job: Job) -> None:
        """Let a job that was too long for the reserved worker wait for another one."""
        self._known.learn(job, slow=True)
        job.answer.clear()
        self._queue.put(job.client, job, first=True)

    def withdraw(self, job: Job) -> None:
        """Take a job back, wherever it is; the worker that runs it is ended."""
        self._queue.remove(job.client, job)
        job.leave()

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return len(self._queue)

    @property
    def workers(self) -> list[int]:
        """The numbers of the processes of the runners."""
        return [runner.worker.number for runner in self._runners if runner.worker is not None]

    @property
    def ready(self) -> bool:
        """Whether a worker of each lane can take queries."""
        return bool(self._runners) and all(runner.worker is not None for runner in self._runners)

    async def close(self) -> None:
        """End all workers and fail what is left."""
        for job in list(self._queue):
            job.fail(ProblemError("busy", "the server is shutting down"))
        tasks = [task for runner in self._runners if (task := runner.stop()) is not None]
        if self._spare_task is not None:
            self._spare_task.cancel()
            tasks.append(self._spare_task)
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(worker.end_now() for worker in self._workers))
        if self.snapshot is not None:
            self.snapshot.retire()


class _Known:
    """What is known of queries that ran before: whether they are small. The least recent are forgotten."""

    def __init__(self) -> None:
        self._slow: OrderedDict[bytes, bool] = OrderedDict()

    def tell(self, job: Job) -> None:
        """Say of a job what is known of it; ASK is taken to be small until it is known better."""
        slow = self._slow.get(_digest(job))
        job.slow = slow is True
        job.quick = slow is False or (
            slow is None and (job.task["query"] or "").lstrip()[:3].upper() == "ASK"
        )

    def learn(self, job: Job, *, slow: bool) -> None:
        """Keep in mind how a job went."""
        job.slow, job.quick = slow, not slow
        key = _digest(job)
        self._slow[key] = slow
        self._slow.move_to_end(key)
        if len(self._slow) > _REMEMBERED:
            self._slow.popitem(last=False)


def _digest(job: Job) -> bytes:
    """Return what a query is known by: its text without what looks like comments, and without blanks."""
    lines = map(_without_comment, (job.task["query"] or "").split("\n"))
    text = "".join("".join(lines).split())
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def _without_comment(line: str) -> str:
    """Return a line up to its first `#` with no string and no IRI behind it.

    >>> _without_comment("ASK { <e:#a> ?p '#' } # all of it # there")
    "ASK { <e:#a> ?p '#' } "
    """
    start = max(map(line.rfind, _QUOTES)) + 1
    place = line.find("#", start)
    return line if place < 0 else line[:place]


class _Runner:
    """One place for a query to run: a worker, and the task that looks after it."""

    def __init__(self, pool: Pool, lane: Lane, worker: Worker) -> None:
        self.lane = lane
        self.worker: Worker | None = worker
        self._pool = pool
        self._job: asyncio.Future[Job] | None = None
        self._next: Worker | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def free(self) -> bool:
        """Whether it waits for a job."""
        return self._job is not None and not self._job.done()

    def begin(self) -> None:
        """Wait for jobs from now on."""
        self._task = asyncio.ensure_future(self._run())

    def stop(self) -> asyncio.Task[None] | None:
        """Stop; what runs is ended."""
        if self._task is not None:
            self._task.cancel()
        return self._task

    def take(self, job: Job) -> None:
        """Run a job."""
        assert self._job is not None
        self._job.set_result(job)

    def replace_by(self, worker: Worker) -> None:
        """Go on with another worker; at once if nothing runs, else after what runs."""
        if self.free:
            self._drop()
            self.worker = worker
        else:
            if self._next is not None:
                self._next.end()
            self._next = worker

    def _drop(self) -> None:
        if self.worker is not None:
            self.worker.end()
            self.worker = None

    async def _run(self) -> None:
        try:
            while True:
                await self._renew()
                self._job = asyncio.get_running_loop().create_future()
                self._pool.deal()
                job = await self._job
                self._job = None
                await self._one(job)
        finally:
            if self._next is not None:
                self._next.end()

    async def _renew(self) -> None:
        """Have a worker that runs, on the current snapshot."""
        if self._next is not None:
            self._drop()
            self.worker, self._next = self._next, None
        while self.worker is None or not self._good(self.worker):
            self._drop()
            if self.lane is Lane.RESERVED:
                self.worker = self._pool.spare()
            if self.worker is None:
                try:
                    self.worker = await self._pool.worker(self.lane)
                except ProblemError:
                    await asyncio.sleep(_PAUSE)

    def _good(self, worker: Worker) -> bool:
        return (
            worker.alive and worker.snapshot is self._pool.snapshot and worker.tasks < self._pool._limits.jobs  # noqa: SLF001 - a part of the pool
        )

    async def _one(self, job: Job) -> None:
        limits = self._pool._limits  # noqa: SLF001 - a part of the pool
        assert self.worker is not None
        if self.lane is Lane.RESERVED:
            budget = _Budget(self.worker, limits.quick * _BUSY, limits.quick)
        else:
            budget = _Budget(self.worker, limits.timeout, None)
        try:
            await _answered(self.worker, job, budget, spool=self.lane is not Lane.RESERVED)
            self._pool.ran(job)
        except asyncio.CancelledError:
            job.fail(ProblemError("busy", "the server is shutting down"))
            raise
        except WorkerEndedError as error:
            self._drop()
            job.fail(error.reason)
        except _LeftError:
            self._drop()
            job.fail(ProblemError("timeout", "the client has gone"))
        except asyncio.TimeoutError:
            self._drop()
            if self.lane is Lane.RESERVED:
                self._pool.put_back(job)
            else:
                job.fail(ProblemError("timeout", f"the query was stopped after {limits.timeout:g} s"))


class _LeftError(Exception):
    """The client has gone."""


class _Budget:
    """The time of a query: by the wall clock and, for the reserved worker, by that of its processor too.

    On a machine that is busy with other work a small query may wait for the processor for long.
    """

    def __init__(self, worker: Worker, wall: float, processor: float | None) -> None:
        self._worker, self._end = worker, time.monotonic() + wall
        self._processor_end = None if processor is None else worker.processor_time() + processor

    def left(self) -> float:
        """Return how much is left, at least for now; nothing or less when the time is over."""
        left = self._end - time.monotonic()
        if self._processor_end is None:
            return left
        return min(left, self._processor_end - self._worker.processor_time())


async def _answered(worker: Worker, job: Job, budget: _Budget, *, spool: bool) -> None:
    """Run a job on a worker until it is answered; without `spool` nothing of it is sent before.

    Raises:
        WorkerEndedError: the worker has ended.
        asyncio.TimeoutError: the time is over.
        _LeftError: the client has gone.
    """
    if job.left.is_set():
        job.fail(ProblemError("timeout", "the client has gone"))
        return
    job.snapshot = worker.snapshot
    task = job.task.copy()
    task["spool"] = task["spool"] if spool else None
    await worker.give(task)
    left: asyncio.Future[Any] = asyncio.ensure_future(job.left.wait())
    try:
        while not job.finished.is_set():
            job.hear(await _said(worker, left, budget))
    finally:
        left.cancel()


async def _said(worker: Worker, left: asyncio.Future[Any], budget: _Budget) -> dict[str, Any]:
    said: asyncio.Future[dict[str, Any]] = asyncio.ensure_future(worker.said())
    both: set[asyncio.Future[Any]] = {said, left}
    try:
        while not said.done():
            rest = budget.left()
            if left.done():
                raise _LeftError
            if rest <= 0:
                raise asyncio.TimeoutError
            await asyncio.wait(both, timeout=max(rest, _TICK), return_when=_FIRST)
        return said.result()
    finally:
        said.cancel()


_FIRST = asyncio.FIRST_COMPLETED
