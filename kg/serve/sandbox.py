"""What a worker may not do, held by the system: open a network connection, take too much memory, outlive us.

The network is closed by a seccomp filter (Linux, on x86-64 and ARM64) in which `socket` fails with EPERM. It
stands below the engine: whatever a query talks it into, no connection leaves the process. Elsewhere the check
of the query text (`kg.serve.guard`) stands alone.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

_DEATH_SIGNAL, _NO_NEW_PRIVILEGES, _SECCOMP, _FILTER_MODE = 1, 38, 22, 2
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _FAIL, _EPERM = 0x7FFF0000, 0x00050000, 1
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4
_X32 = 0x40000000


class _Calls(NamedTuple):
    """The numbers by which the kernel knows an architecture and its calls that make a socket."""

    architecture: int
    socket: int
    io_uring: int


_CALLS: Mapping[str, _Calls] = MappingProxyType(
    {"x86_64": _Calls(0xC000003E, 41, 425), "aarch64": _Calls(0xC00000B7, 198, 425)}
)


class _Step(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("yes", ctypes.c_ubyte),
        ("no", ctypes.c_ubyte),
        ("value", ctypes.c_uint),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Step)))


def close_network() -> bool:
    """Let no thread of this process open a socket any more; return whether the system holds to that.

    Call it before any thread starts. See seccomp(2) and the Linux manual of classic BPF.
    """
    calls = _CALLS.get(platform.machine())
    if not sys.platform.startswith("linux") or calls is None or sys.maxsize < 2**32:
        return False
    steps = [
        _Step(_LOAD, 0, 0, _ARCHITECTURE_AT),
        _Step(_EQUAL, 0, 4, calls.architecture),
        _Step(_LOAD, 0, 0, _NUMBER_AT),
        _Step(_EQUAL, 2, 0, calls.socket),
        _Step(_EQUAL, 1, 0, calls.io_uring),
        _Step(_EQUAL, 0, 1, calls.socket | _X32),
        _Step(_RETURN, 0, 0, _FAIL | _EPERM),
        _Step(_RETURN, 0, 0, _ALLOW),
    ]
    program = _Program(len(steps), (_Step * len(steps))(*steps))
    system = ctypes.CDLL(None, use_errno=True)
    if system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(system.prctl(_SECCOMP, _FILTER_MODE, ctypes.byref(program), 0, 0) == 0)


def limit_memory(more: int) -> None:
    """Let this process take so many bytes more than it has by now."""
    import resource

    most = address_space() + more
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def limit_files(size: int) -> None:
    """Let no file that this process writes grow beyond a size; writing on fails with EFBIG."""
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def address_space() -> int:
    """Return how much address space this process has; a guess where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except OSError:
        return 1 << 30
    return pages * os.sysconf("SC_PAGE_SIZE")


def end_with_parent(parent: int) -> None:
    """End this process when its parent ends, however that ends."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
