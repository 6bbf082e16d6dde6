"""What the routes share: the pool, the store as it is now, and the folder of the answers."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import weakref
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from kg.errors import KgError
from kg.serve.errors import ProblemError
from kg.serve.jobs import AnswerFile, Job
from kg.serve.pool import Pool
from kg.serve.settings import ServeSettings
from kg.serve.snapshots import Snapshot, pointer, take_up
from kg.serve.worker import Task
from kg.stores import Version

_LOG = logging.getLogger("kg.serve")


class Service:
    """One server: started by the first request, or before; closed at the end.

    `prepare` may make something of a version that is served in its place. `taken` is called with each
    snapshot when it is served, `closing` when the server ends.
    """

    def __init__(
        self,
        settings: ServeSettings,
        *,
        prepare: Callable[[Version, ExitStack], Version] | None = None,
        taken: Callable[[Snapshot], None] | None = None,
        closing: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.settings = settings
        self._prepare, self._taken, self._closing = prepare, taken, closing
        self._pool: Pool | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._starting = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None
        self._taken_up: str | None = None
        self._answers: weakref.WeakSet[AnswerFile] = weakref.WeakSet()
        self.problem: str | None = None
        """Why the newest version could not be taken up."""

    @property
    def pool(self) -> Pool:
        """The pool; only when it was started."""
        assert self._pool is not None
        return self._pool

    @property
    def snapshot(self) -> Snapshot:
        """What is served now."""
        assert self.pool.snapshot is not None
        return self.pool.snapshot

    @property
    def ready(self) -> bool:
        """Whether queries are answered."""
        return self._pool is not None and self._pool.ready

    async def start(self) -> None:
        """Open the store and start the workers, unless that is done.

        Raises:
            ProblemError: the store cannot be opened.
        """
        async with self._starting:
            if self._pool is not None:
                return
            folder = tempfile.TemporaryDirectory(prefix="kg-serve-")
            pool = Pool(self.settings.limits, Path(folder.name), self.settings.services)
            self._taken_up = pointer(self.settings.store)
            try:
                snapshot = await asyncio.to_thread(take_up, self.settings.store, self._prepare)
                await pool.start(snapshot)
            except BaseException:
                await pool.close()
                folder.cleanup()
                raise
            self._pool, self._folder = pool, folder
            if self._taken is not None:
                self._taken(snapshot)
            self._watching = asyncio.ensure_future(self._watch())

    async def close(self) -> None:
        """End all workers, and remove what is left of answers."""
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
        if self._closing is not None:
            await self._closing()
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    async def _watch(self) -> None:
        """Take up each new version of the store."""
        while True:
            await asyncio.sleep(self.settings.watch)
            found = pointer(self.settings.store)
            if found is None or found == self._taken_up:
                continue
            try:
                await self._take_up()
            except (KgError, OSError, ValueError, RuntimeError) as error:
                self.problem = f"the new version of the store cannot be served: {error}"
                _LOG.exception("%s", self.problem)
            # What cannot be read now will not be readable later: the next version is waited for.
            self._taken_up = found

    async def _take_up(self) -> None:
        snapshot = await asyncio.to_thread(take_up, self.settings.store, self._prepare)
        try:
            await self.pool.switch(snapshot)
        except BaseException:
            snapshot.retire()
            raise
        self.problem = None
        if self._taken is not None:
            self._taken(snapshot)
        _LOG.info("now serving %s", snapshot.name)

    def submit(self, client: str, task: Task, *, outward: bool = False) -> Job:
        """Take a task on; its job tells what becomes of it, and is let go with `release`.

        Raises:
            ProblemError: there is no room for it.
        """
        limits = self.settings.limits
        if sum(answer.size for answer in list(self._answers)) > limits.spools:
            raise ProblemError("busy", "too many long answers are being sent", {"Retry-After": "10"})
        assert self._folder is not None
        answer = AnswerFile(Path(self._folder.name))
        task["answer"] = str(answer.path)
        job = Job(client, task, answer, outward=outward)
        try:
            self.pool.submit(job)
        except ProblemError:
            answer.close()
            raise
        self._answers.add(answer)
        return job

    def release(self, job: Job) -> None:
        """Let a job go: stop it if it runs, remove its answer."""
        if not job.finished.is_set() and self._pool is not None:
            self._pool.withdraw(job)
        self._answers.discard(job.answer)
        job.answer.close()
