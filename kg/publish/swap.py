"""Two folders change names in one step, so that nobody ever sees half of either."""

from __future__ import annotations

import ctypes
import errno
import os
from contextlib import suppress
from pathlib import Path

_AT_FDCWD = -100
_EXCHANGE = 2
_UNSUPPORTED = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTSUP})


def exchange(first: Path, second: Path) -> bool:
    """Exchange the names of two folders of one file system, atomically; return False where the system cannot.

    That is `renameat2` of Linux with RENAME_EXCHANGE, and `renamex_np` of macOS with RENAME_SWAP.

    Raises:
        OSError: they cannot be renamed.
    """
    library = ctypes.CDLL(None, use_errno=True)
    one, two = os.fsencode(first), os.fsencode(second)
    linux, mac = getattr(library, "renameat2", None), getattr(library, "renamex_np", None)
    if linux is not None:
        done = linux(_AT_FDCWD, one, _AT_FDCWD, two, ctypes.c_uint(_EXCHANGE))
    elif mac is not None:
        done = mac(one, two, ctypes.c_uint(_EXCHANGE))
    else:
        return False
    if done == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNSUPPORTED:
        return False
    raise OSError(number, os.strerror(number), str(second))


def write_out(folder: Path) -> None:
    """Write all that is held back for the file system of a folder to its disk: one call for 100,000 files."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
        if syncfs is None or syncfs(descriptor) != 0:
            os.sync()
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Write the names in a folder to the disk, where its file system can."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
