"""The worker processes: started, told, heard, replaced where one ended, and all ended at last."""

from __future__ import annotations

import os
import secrets
import selectors
import signal
import subprocess
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, NamedTuple

from kg.processes import command
from kg.workers.messages import MARK, MARK_IS_FULL, Frame, Kind, heard, packed, put, say, taken

SLOTS = 3
"""So many tasks are with a worker at once: one that it does, one to do next, one that waits to be written."""

_LOOK_SECONDS = 1.0


class Ended(NamedTuple):
    """How a worker ended: the number of the task and the place in it that it was at last, and why."""

    task: int
    place: int
    reason: str


class Member:
    """One worker: its slots, and the process and the pipes of the present one."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._files = [_file() for _ in range(SLOTS + 1)]
        *slots, mark = (file.fileno() for file in self._files)
        self._slots, self._mark = [*slots, shared.setup.fileno()], mark
        self._out = -1
        self.pipe = -1
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self.start()
        except BaseException:
            self.end()
            raise

    def start(self) -> None:
        """Start a process, and tell it what the others were told at their start."""
        self._close_pipes()
        put(self._mark, MARK.pack(0, 0, 0))
        theirs, self._out = os.pipe()
        self.pipe, ours = os.pipe()
        passed = (theirs, ours, self._shared.life, self._mark, *self._slots)
        start = [*command("kg.workers.process", isolated=False), ",".join(map(str, passed))]
        environment = {**os.environ, "PYTHONHASHSEED": self._shared.seed}
        try:
            with _without_interrupts():
                self._process = subprocess.Popen(  # noqa: S603 - our own program
                    start,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=passed,
                    env=environment,
                )
        finally:
            os.close(theirs)
            os.close(ours)
        if self._shared.size:
            self.tell_setup()

    def tell_setup(self) -> None:
        """Say that what all are told lies in the slot for it."""
        with suppress(BrokenPipeError):  # its end is noticed where it is listened to
            say(self._out, Kind.SETUP, SLOTS, self._shared.size)

    def tell(self, slot: int, kind: Kind, message: object) -> None:
        """Put a message into a slot, and say so.

        Raises:
            WriteError: there is no room for it.
        """
        data = packed(message)
        put(self._slots[slot], data)
        with suppress(BrokenPipeError):
            say(self._out, kind, slot, len(data))

    def taken(self, slot: int, size: int, place: int = 0) -> bytes:
        """Return what lies in a slot."""
        return taken(self._slots[slot], size, place)

    def hear(self, *, ready: bool) -> Frame | Ended | None:
        """Return what the process says, or how it ended; None where it is silent."""
        if ready:
            frame = heard(self.pipe)
            if frame is not None:
                return frame
        assert self._process is not None
        if not ready and self._process.poll() is None:
            return None
        status = self._process.wait()
        task, place, full = MARK.unpack(taken(self._mark, MARK.size))
        return Ended(task, place, _reason(status, full=full == MARK_IS_FULL))

    def end(self) -> None:
        """End the process, and close all that is open for it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._close_pipes()
        for file in self._files:
            file.close()

    def _close_pipes(self) -> None:
        for pipe in (self._out, self.pipe):
            if pipe >= 0:
                os.close(pipe)
        self._out = self.pipe = -1


class Shared:
    """What all workers have: one hash seed, one file with what they are told at the start, one pipe of life.

    Nothing goes through that pipe: it ends when this process does, however it ends, and the workers with it.
    """

    def __init__(self) -> None:
        seed = os.environ.get("PYTHONHASHSEED", "")
        self.seed = seed if seed.isdigit() else str(1 + secrets.randbelow((1 << 32) - 1))
        self.setup = _file()
        self.size = 0
        self.life, self._ours = os.pipe()

    def close(self) -> None:
        """Close what is open."""
        os.close(self._ours)
        os.close(self.life)
        self.setup.close()


class Pool:
    """Some workers."""

    def __init__(self, count: int) -> None:
        self._shared = Shared()
        self._selector = selectors.DefaultSelector()
        self.members: list[Member] = []
        self._finalizer = weakref.finalize(self, _close, self.members, self._shared, self._selector)
        for number in range(count):
            self.members.append(Member(self._shared))
            self._selector.register(self.members[number].pipe, selectors.EVENT_READ, number)

    def set_up(self, message: object) -> None:
        """Tell all workers how to work, those too that come later.

        Raises:
            WriteError: there is no room for it.
        """
        data = packed(message)
        put(self._shared.setup.fileno(), data)
        self._shared.size = len(data)
        for member in self.members:
            member.tell_setup()

    def hear(self, *, wait: bool) -> Iterator[tuple[int, Frame | Ended]]:
        """Yield what the workers say, each with its number; wait until one does, if that is wanted."""
        ready = {key.data for key, _ in self._selector.select(_LOOK_SECONDS if wait else 0)}
        for number, member in enumerate(self.members):
            if number in ready or (wait and not ready):
                said = member.hear(ready=number in ready)
                if said is not None:
                    yield number, said

    def replace(self, number: int) -> None:
        """Start a process in place of one that ended."""
        member = self.members[number]
        self._selector.unregister(member.pipe)
        member.start()
        self._selector.register(member.pipe, selectors.EVENT_READ, number)

    def close(self) -> None:
        """End all workers at once: they have nothing that is worth keeping."""
        self._finalizer()


def _close(members: list[Member], shared: Shared, selector: selectors.BaseSelector) -> None:
    selector.close()
    for member in members:
        member.end()
    shared.close()


def _file() -> IO[bytes]:
    """Open a private file without a name."""
    return tempfile.TemporaryFile(prefix="kg-", buffering=0)


def _reason(status: int, *, full: bool) -> str:
    if full:
        return "there is not enough memory for it"
    if status >= 0:
        return f"a worker process ended with status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return f"a worker process was ended by {name}"


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Block Ctrl-C, for a process that is started here too: it ends when this one lets it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
