"""Several processes that share the records of a run; what comes out is the same as with one.

The records come in *tasks* of some documents. A worker reads and maps those of a task, and announces the
shared entities that it did not meet before, as hashes; the process that asked decides, task by task in order,
what of them is new; the worker then writes exactly that, and the texts are put one after the other. So the
one process that sees everything has least to do, and never more than a few tasks are on their way.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.errors import KgError
from kg.graph import RecordGraph
from kg.source import Source
from kg.workers.deciding import Decisions
from kg.workers.handing import answer, chunks, opened_files
from kg.workers.messages import (
    Frame,
    Fresh,
    Kind,
    Mapped,
    Need,
    Setup,
    Task,
    WriterPlan,
    Written,
    packed,
)
from kg.workers.pool import SLOTS, Ended, Pool

__all__ = [
    "MOST_DOCUMENTS",
    "Decisions",
    "Piece",
    "Setup",
    "Task",
    "Workers",
    "WorkersError",
    "WriterPlan",
    "can_be_told",
    "chunks",
    "cores",
    "is_worth_it",
    "opened_files",
]

if TYPE_CHECKING:
    from typing_extensions import Self

MOST_DOCUMENTS = 64
"""So many documents are one task."""

SMALL = 256
"""A source of fewer documents is read in the one process: to start others would cost more than they save."""

_NEXT = 1 << 20
"""From the number of a task to the next one; those between are for what is left of one that is split."""

_MOST_ENDS = 5
_TRIES = 3


class WorkersError(KgError):
    """The workers end again and again, whatever they are given."""


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def is_worth_it(count: int, documents: int) -> bool:
    """Say whether so many workers are of use, and can be started."""
    return count > 1 and documents >= SMALL and bool(sys.executable)


def can_be_told(setup: Setup) -> bool:
    """Say whether another process can be told so; a record type of the caller's own may be a closure."""
    try:
        packed(setup)
    except (pickle.PicklingError, TypeError, AttributeError):
        return False
    return True


class Piece(NamedTuple):
    """What was written of a task: its documents, triples, the parts of each writer, and graphs if wanted."""

    documents: int
    triples: int
    parts: list[list[tuple[list[tuple[str, str]], bytes]]]
    graphs: list[RecordGraph]


class _State(Enum):
    WAITING = 0
    GIVEN = 1
    MAPPED = 2
    DECIDED = 3
    DONE = 4


@dataclass(slots=True)
class _Job:
    """A task on its way: where it is, and what was said of it; `gone` is set where its graphs are lost."""

    task: Task
    state: _State = _State.WAITING
    member: int = 0
    slot: int = 0
    mapped: Mapped | None = None
    fresh: Fresh | None = None
    size: int = 0
    gone: bool = False


class Workers:
    """Workers that do tasks, which come out in order; use as a context, at whose end they end."""

    def __init__(self, count: int, source: Source) -> None:
        self._pool = Pool(count)
        self._source = source
        self._jobs: deque[_Job] = deque()
        self._free: list[set[int]] = [set(range(SLOTS)) for _ in range(count)]
        self._number = 0
        self._ends: Counter[int] = Counter()
        self._tries: Counter[tuple[int, int]] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.close()

    def set_up(self, setup: Setup) -> None:
        """Tell the workers how to work.

        Raises:
            WriteError: there is no room for it in the folder of temporary files.
        """
        self._pool.set_up(setup)

    def written(self, tasks: Iterator[Task], decide: Callable[[Task, Mapped], Fresh]) -> Iterator[Piece]:
        """Yield what was written of each task; `decide` is asked, in order, what of it is new.

        Raises:
            WorkersError: the workers end again and again.
            KgError: what stops a worker, and all else that does, is raised here.
        """
        for job in self._done(tasks, decide):
            yield self._piece(job)

    def gathered(self, tasks: Iterator[Task]) -> Iterator[list[Any]]:
        """Yield what was gathered by each task; raise as `written` does."""
        for job in self._done(tasks, None):
            yield self._message(job)

    def _done(self, tasks: Iterator[Task], decide: Callable[[Task, Mapped], Fresh] | None) -> Iterator[_Job]:
        """Yield finished jobs in order; the slot of one is free again when the next one is asked for."""
        jobs = self._jobs
        while self._hand_out(tasks) or jobs:
            for number, said in self._pool.hear(wait=jobs[0].state is not _State.DONE):
                self._take(number, said)
            if decide is not None:
                self._decide(decide)
            if jobs[0].state is _State.DONE:
                job = jobs.popleft()
                yield job
                self._free[job.member].add(job.slot)

    def _hand_out(self, tasks: Iterator[Task]) -> bool:
        """Give tasks to workers with a free slot; say whether there was one."""
        given = False
        while True:
            member = max(range(len(self._free)), key=lambda number: len(self._free[number]))
            if not self._free[member]:
                return given
            job = next((job for job in self._jobs if job.state is _State.WAITING), None)
            if job is None:
                task = next(tasks, None)
                if task is None:
                    return given
                self._number += _NEXT
                job = _Job(task._replace(number=self._number))
                self._jobs.append(job)
            job.member, job.slot, job.state = member, self._free[member].pop(), _State.GIVEN
            self._tell(job, job.task)
            given = True

    def _tell(self, job: _Job, message: object) -> None:
        self._pool.members[job.member].tell(job.slot, Kind.TASK, message)

    def _decide(self, decide: Callable[[Task, Mapped], Fresh]) -> None:
        """Ask what is new, as far as that can be said in order, and let it be written."""
        for job in self._jobs:
            if job.state in (_State.WAITING, _State.GIVEN):
                return
            if job.state is _State.MAPPED and job.mapped is not None:
                fresh = decide(job.task, job.mapped)
                announced = [[number for number, _, _ in row.announced] for row in job.mapped.rows]
                job.fresh = fresh._replace(announced=announced)
                job.mapped, job.state = None, _State.DECIDED
                self._tell(job, job.task._replace(fresh=job.fresh) if job.gone else fresh)

    # what workers say

    def _take(self, number: int, said: Frame | Ended) -> None:
        if isinstance(said, Ended):
            self._replace(number, said)
            return
        if said.kind is Kind.FAILED:
            raise pickle.loads(self._pool.members[number].taken(said.slot, said.size))  # noqa: S301  # from ours
        job = next(job for job in self._jobs if self._is_at(job, number, said.slot))
        job.size = said.size
        if said.kind is Kind.NEED:
            need: Need = self._message(job)
            self._pool.members[number].tell(said.slot, Kind.ANSWER, answer(self._source, need))
            return
        self._ends[number] = 0
        if job.state is _State.GIVEN and not job.task.gather:
            self._set_mapped(job, self._message(job))
        else:
            job.state = _State.DONE

    @staticmethod
    def _is_at(job: _Job, member: int, slot: int) -> bool:
        return job.state is not _State.WAITING and (job.member, job.slot) == (member, slot)

    def _message(self, job: _Job) -> Any:
        data = self._pool.members[job.member].taken(job.slot, job.size)
        return pickle.loads(data)  # noqa: S301  # from our own worker

    def _set_mapped(self, job: _Job, mapped: Mapped) -> None:
        """Keep what was found; what a worker left of the task, because it was much, becomes another one."""
        job.mapped, job.state = mapped, _State.MAPPED
        done, task = len(mapped.rows), job.task
        if done < len(task.items) + len(task.graphs):
            rest = task._replace(
                number=task.number + 1,
                items=task.items[done:],
                graphs=task.graphs[done:],
                lost=tuple((place - done, reason) for place, reason in task.lost if place >= done),
                problems=(),
            )
            job.task = task._replace(
                items=task.items[:done],
                graphs=task.graphs[:done],
                lost=tuple(row for row in task.lost if row[0] < done),
            )
            self._jobs.insert(self._jobs.index(job) + 1, _Job(rest))

    def _piece(self, job: _Job) -> Piece:
        member = self._pool.members[job.member]
        written: Written = self._message(job)
        place = job.size
        parts: list[list[tuple[list[tuple[str, str]], bytes]]] = []
        for rows in written.parts:
            parts.append([])
            for used, size in rows:
                parts[-1].append((used, member.taken(job.slot, size, place)))
                place += size
        data = member.taken(job.slot, written.graphs, place) if written.graphs else packed([])
        graphs = pickle.loads(data)  # noqa: S301  # from our own worker
        return Piece(len(job.task.items), written.triples, parts, graphs)

    # workers that end

    def _replace(self, number: int, ended: Ended) -> None:
        """Start a worker in place of one that ended, with what that one had not finished.

        Raises:
            WorkersError: this came about too often.
        """
        self._ends[number] += 1
        self._tries[ended.task, ended.place] += 1
        mine = [
            job
            for job in self._jobs
            if job.member == number and job.state not in (_State.WAITING, _State.DONE)
        ]
        for job in mine:
            if job.task.number == ended.task and self._tries[ended.task, ended.place] >= _TRIES:
                self._give_up(job, ended)
        if self._ends[number] > _MOST_ENDS:
            raise WorkersError(f"{ended.reason}, and so did the others that were started in its place")
        self._pool.replace(number)
        for job in mine:
            if job.state is _State.GIVEN:
                self._tell(job, job.task)
            elif job.state is _State.DECIDED:
                self._tell(job, job.task._replace(fresh=job.fresh))
            else:
                job.gone = True

    def _give_up(self, job: _Job, ended: Ended) -> None:
        """Leave out the document that ends workers.

        Raises:
            WorkersError: others depend on what it said.
        """
        if job.state is not _State.GIVEN or ended.place >= len(job.task.items):
            raise WorkersError(ended.reason)
        job.task = job.task._replace(lost=(*job.task.lost, (ended.place, ended.reason)))
        self._ends[job.member] = 0
