"""A worker: a process that reads, maps and writes the records that it is told, and remembers few of them.

It is no fork: a fork of a process with threads (a progress bar, a store) may hang. All workers have one hash
seed, which lets the process that asks compare what they found. A worker ends when the process that asks does,
and whatever ends it can be done over by another one.
"""

from __future__ import annotations

import gc
import os
import pickle
import select
import signal
import sys
import threading
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from kg.errors import KgError
from kg.formats import Writer
from kg.graph import Description, RecordGraph, marks
from kg.problems import Problem
from kg.reading import Reader, ignore
from kg.unique import left, only
from kg.workers.handing import HandedFiles, worker_source
from kg.workers.messages import (
    MARK,
    MARK_IS_FULL,
    Frame,
    Fresh,
    Kind,
    Mapped,
    Need,
    Row,
    Setup,
    Task,
    Written,
    heard,
    packed,
    put,
    say,
    taken,
)

_RECENT = 1 << 15
_NEVER = 1 << 62
_MOST_TRIPLES = 1 << 16
"""A task is split where its records come to more triples: these are in memory until they are written."""


class WorkerError(KgError):
    """A worker cannot do its work, or says what cannot be carried."""


@dataclass(slots=True)
class _Tally:
    """What is not in the records of a task."""

    skipped: Counter[str] = field(default_factory=Counter)
    missing: int = 0


@dataclass(slots=True)
class _Held:
    """The graphs of a task, with the numbers of the descriptions that were announced of each."""

    graphs: list[RecordGraph | None] = field(default_factory=list)
    announced: list[list[int]] = field(default_factory=list)


class Worker:
    """Does tasks, as frames come."""

    def __init__(self, inward: int, outward: int, mark: int, slots: list[int]) -> None:
        self._in, self._out, self._mark, self._slots = inward, outward, mark, slots
        self._waiting: deque[Frame] = deque()
        self._held: dict[int, _Held] = {}
        self._recent: dict[int, int] = {}
        self._slot = 0
        self._reader: Reader
        self._setup: Setup
        self._writers: list[Writer] = []

    def work(self) -> None:
        """Do what is asked until nothing more is; a lack of memory ends the work, and is marked."""
        while (frame := self._next()) is not None:
            self._slot = frame.slot
            try:
                self._do(frame)
            except MemoryError:
                os.pwrite(self._mark, bytes([MARK_IS_FULL]), MARK.size - 1)
                return
            except BrokenPipeError:
                return
            except Exception as error:  # it is raised again where the work was asked for
                self._say(Kind.FAILED, _carried(error))
                if isinstance(error, KeyboardInterrupt):
                    raise

    def _next(self) -> Frame | None:
        """Return the frame to act on next: what completes a task comes before what begins one."""
        while not self._waiting or select.select([self._in], [], [], 0)[0]:
            frame = heard(self._in)
            if frame is None:
                return None
            self._waiting.append(frame)
        held = next((frame for frame in self._waiting if frame.slot in self._held), self._waiting[0])
        self._waiting.remove(held)
        return held

    def _do(self, frame: Frame) -> None:
        message = pickle.loads(taken(self._slots[frame.slot], frame.size))  # noqa: S301  # from our own process
        if isinstance(message, Setup):
            self._set_up(message)
        elif isinstance(message, Fresh):
            self._write(self._held.pop(frame.slot), message)
        elif message.gather:
            self._gather(message)
        elif message.fresh is None:
            self._held[frame.slot] = self._map(message)
        else:
            self._write(self._map(message), message.fresh)

    def _set_up(self, setup: Setup) -> None:
        self._setup = setup
        source = worker_source(setup.files, self._ask)
        self._reader = Reader(
            source,
            setup.settings,
            only=setup.only,
            linker=setup.linker,
            other=setup.other,
            lookups=setup.lookups,
        )
        self._writers = [plan.writer() for plan in setup.writers]

    def _ask(self, need: Need) -> Any:
        """Ask for what cannot be read here, and wait for it; the slot of the task is free meanwhile."""
        self._say(Kind.NEED, packed(need))
        while (frame := heard(self._in)) is not None:
            if frame.kind is Kind.ANSWER:
                return pickle.loads(taken(self._slots[frame.slot], frame.size))  # noqa: S301  # from our own process
            self._waiting.append(frame)
        raise BrokenPipeError("the process that asked is gone")

    def _say(self, kind: Kind, *blocks: bytes) -> None:
        put(self._slots[self._slot], *blocks)
        say(self._out, kind, self._slot, len(blocks[0]))

    # one task

    def _hand(self, task: Task) -> None:
        for files in self._reader.source.files:
            if isinstance(files, HandedFiles) and task.handed is not None:
                files.handed = task.handed

    def _gather(self, task: Task) -> None:
        """Say which names the records of a task have."""
        self._hand(task)
        linker = self._setup.linker
        assert linker is not None
        found: dict[Any, None] = {}
        lost = dict(task.lost)
        for place, item in enumerate(task.items):
            os.pwrite(self._mark, MARK.pack(task.number, place, 0), 0)
            loaded = None if place in lost else self._reader.record(item, ignore)
            if loaded is not None:
                found.update(dict.fromkeys(linker.names(loaded.record)))
        self._say(Kind.DONE, packed(list(found)))

    def _map(self, task: Task) -> _Held:
        """Read and map the records of a task; say what is new of them, unless that is known."""
        self._hand(task)
        held, tally, rows = _Held(), _Tally(), list[Row]()
        triples = 0
        for place, (problems, kind, graph) in enumerate(self._records(task, tally)):
            row = self._row(task, place, problems, kind, graph, held)
            rows.append(row)
            triples += 0 if graph is None else graph.size()
            if triples > _MOST_TRIPLES and task.fresh is None:
                break
        if task.fresh is None:
            self._say(Kind.DONE, packed(Mapped(rows, tally.skipped, tally.missing)))
        return held

    def _records(
        self, task: Task, tally: _Tally
    ) -> Iterator[tuple[list[Problem], str | None, RecordGraph | None]]:
        """Yield the problems of each document, and the type of its record and its graph, where it has any."""
        yield from (([], None, graph) for graph in task.graphs)
        lost = dict(task.lost)
        for place, item in enumerate(task.items):
            os.pwrite(self._mark, MARK.pack(task.number, place, 0), 0)
            problems: list[Problem] = []
            if place in lost:
                yield problems, None, None
                continue
            loaded = self._reader.record(item, problems.append, tally)
            if loaded is None:
                yield problems, None, None
            else:
                graph = self._reader.graph(loaded, problems.append)
                yield problems, loaded.kind, graph

    def _row(
        self,
        task: Task,
        place: int,
        problems: list[Problem],
        kind: str | None,
        graph: RecordGraph | None,
        held: _Held,
    ) -> Row:
        """Hold a graph, and return what there is to say of it."""
        known = None if task.fresh is None else task.fresh.announced
        new = list(self._new(graph, task.number)) if known is None and graph is not None else []
        held.graphs.append(graph)
        held.announced.append(known[place] if known is not None else [number for number, _, _ in new])
        root = None
        if kind is not None and graph is not None and graph.descriptions:
            root = None if graph.descriptions[0].fingerprint else hash(graph.root)
        return Row(problems, kind, root, new)

    def _new(self, graph: RecordGraph, task: int) -> Iterator[tuple[int, int, list[int]]]:
        """Yield the shared descriptions that no earlier task had: what they say was announced then.

        The rest of a task that was split may be done after later ones, so their number is compared.
        """
        recent = self._recent
        for number, description in enumerate(graph.descriptions):
            fingerprint = description.fingerprint
            if fingerprint and recent.get(fingerprint, _NEVER) > task:
                if len(recent) >= _RECENT:
                    recent.clear()
                recent[fingerprint] = task
                yield number, hash(description.subject), marks(description.facts)

    def _write(self, held: _Held, fresh: Fresh) -> None:
        """Write the records of a task, without what is known."""
        graphs = [
            self._left(graph, held.announced[place], fresh, place)
            for place, graph in enumerate(held.graphs)
            if graph is not None
        ]
        parts, blocks = [], []
        for writer in self._writers:
            found = [(used, b"".join(texts)) for used, texts in _parts(writer, graphs)]
            parts.append([(used, len(data)) for used, data in found])
            blocks += [data for _, data in found]
        if self._setup.graphs:
            blocks.append(packed(graphs))
        size = len(blocks[-1]) if self._setup.graphs else 0
        triples = sum(graph.size() for graph in graphs)
        self._say(Kind.DONE, packed(Written(triples, parts, size)), *blocks)

    def _left(self, graph: RecordGraph, announced: list[int], fresh: Fresh, place: int) -> RecordGraph:
        changes, asked = fresh.changes.get(place, {}), frozenset(announced)
        keys = fresh.earlier.get(place)

        def choose(number: int, description: Description) -> Description | None:
            if number not in asked:
                return None
            places = changes.get(number)
            if places is None:
                return description
            return only(description, places) if places else None

        return left(graph, choose, self._reader.triples_of(keys) if keys else None)


def _parts(writer: Writer, graphs: Iterable[RecordGraph]) -> list[tuple[list[tuple[str, str]], list[bytes]]]:
    """Return the texts of graphs, joined as far as the writer allows, with the new prefixes of each."""
    parts: list[tuple[list[tuple[str, str]], list[bytes]]] = []
    known = len(writer.used)
    for graph in graphs:
        text = writer.part(graph)
        new = list(writer.used.items())[known:] if len(writer.used) > known else []
        known += len(new)
        if new or writer.apart or not parts:
            parts.append((new, [text]))
        else:
            parts[-1][1].append(text)
    return parts


def _carried(error: Exception) -> bytes:
    """Return an error as bytes; one that cannot be carried becomes another one with its text."""
    try:
        data = packed(error)
        pickle.loads(data)  # noqa: S301  # made in the line above
    except (pickle.PickleError, TypeError, AttributeError, ValueError):
        return packed(WorkerError(f"a worker failed: {type(error).__name__}: {error}"))
    return data


def _end_with(pipe: int) -> None:
    """End this process when the pipe ends, whatever it is doing."""
    os.read(pipe, 1)
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Run a worker with the files that are open for it."""
    inward, outward, life, mark, *slots = map(int, sys.argv[2].split(","))
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)  # records make no cycles, as `kg.cli` knows
    threading.Thread(target=_end_with, args=(life,), daemon=True).start()
    Worker(inward, outward, mark, slots).work()
