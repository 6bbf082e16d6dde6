"""The folder of an embedded store: versions, and a pointer that is switched in one step.

    store/
      current -> versions/2-b7…  what readers open
      versions/2-b7…/oxigraph/   the Oxigraph store
      versions/2-b7…/lock        held (shared) by whoever reads this version
      lock                       held (exclusive) by the one loader

A load makes a version of its own and switches the pointer when it is whole. Whatever a killed loader left is
no version that anybody reads, and is removed by the next load; an old version goes when its last reader has
gone. The locks are the system's: they end with the process that holds them, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from kg.stores.errors import StoreBusyError, StoreError, StoreMissingError

_CURRENT, _VERSIONS, _LOCK, _STORE = "current", "versions", "lock", "oxigraph"


class Version(NamedTuple):
    """One version: its folder, and in it the folder of the Oxigraph store."""

    folder: Path
    store: Path


@contextmanager
def reading(folder: Path) -> Iterator[Version]:
    """Yield the current version, which stays until the end of the block whatever is loaded meanwhile.

    A folder that is itself an Oxigraph store, made by other tools, is taken as it is.

    Raises:
        StoreMissingError: there is no store in the folder.
    """
    if not (folder / _VERSIONS).exists() and (folder / "CURRENT").is_file():
        yield Version(folder, folder)
        return
    lock, version = _locked_current(folder)
    try:
        yield Version(version, version / _STORE)
    finally:
        os.close(lock)


def _locked_current(folder: Path) -> tuple[int, Path]:
    """Lock the current version, which may be replaced and removed while this is done."""
    while True:
        version = current(folder)
        if version is None:
            raise StoreMissingError(
                f"{folder}: there is no store here; make one with `kg load … --to {folder}`"
            )
        try:
            lock = os.open(version / _LOCK, os.O_RDONLY)
        except FileNotFoundError:
            if current(folder) == version:
                raise StoreMissingError(
                    f"{folder}: this store is damaged; remove the folder and load again"
                ) from None
            continue
        fcntl.flock(lock, fcntl.LOCK_SH)
        if (version / _LOCK).exists():
            return lock, version
        os.close(lock)


def current(folder: Path) -> Path | None:
    """Return the folder of the current version, or None where nothing was loaded yet."""
    try:
        return folder / (folder / _CURRENT).readlink()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreMissingError(f"{folder}: this is no store of kg") from error


@contextmanager
def loading(folder: Path) -> Iterator[Version]:
    """Yield a new, empty version; it becomes the current one when the block ends well, else it is removed.

    Raises:
        StoreBusyError: another load into the same store is running.
        StoreError: the folder holds something else, or cannot be written.
    """
    with _as_store_error(folder), _loader_lock(folder):
        _remove_old(folder)
        version = _new_version(folder)
        try:
            yield Version(version, version / _STORE)
            _switch(folder, version)
        except BaseException:
            shutil.rmtree(version, ignore_errors=True)
            raise
        _remove_old(folder)


@contextmanager
def _as_store_error(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{folder}: cannot load: {error.strerror or error}; what was there before still is"
        ) from error


@contextmanager
def _loader_lock(folder: Path) -> Iterator[None]:
    if folder.exists() and not (folder / _VERSIONS).is_dir() and any(folder.iterdir()):
        raise StoreError(f"{folder}: this folder holds other files; a store needs a folder of its own")
    (folder / _VERSIONS).mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise StoreBusyError(f"{folder}: another load is running; wait for it, or stop it") from None
    try:
        yield
    finally:
        os.close(lock)


def _new_version(folder: Path) -> Path:
    names = (entry.name.partition("-")[0] for entry in (folder / _VERSIONS).iterdir())
    numbers = [int(name) for name in names if name.isdecimal()]
    # A name is never used twice: an engine may still hold what had it before.
    version = folder / _VERSIONS / f"{max(numbers, default=0) + 1}-{secrets.token_hex(4)}"
    version.mkdir()
    (version / _LOCK).touch()
    return version


def _switch(folder: Path, version: Path) -> None:
    """Point to a version, in one step, when all of it is on the disk."""
    for entry in (*version.rglob("*"), version):
        _sync(entry)
    temporary = folder / f"{_CURRENT}.tmp"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(Path(_VERSIONS, version.name), target_is_directory=True)
    temporary.replace(folder / _CURRENT)
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_old(folder: Path) -> None:
    """Remove every version that is not current and that nobody reads."""
    live = current(folder)
    for version in sorted((folder / _VERSIONS).iterdir()):
        if live is None or version.name != live.name:
            _remove_unread(version)


def _remove_unread(version: Path) -> None:
    try:
        lock = os.open(version / _LOCK, os.O_RDWR)
    except FileNotFoundError:
        shutil.rmtree(version, ignore_errors=True)
        return
    try:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Without its lock no reader takes the version any more, though only a part of it may be left.
            (version / _LOCK).unlink()
            shutil.rmtree(version, ignore_errors=True)
    finally:
        os.close(lock)


def default_store() -> Path:
    """Return where the store is that commands use when none is named.

    In a project (a folder with `.kg` in it, or one below it) that is `.kg/store`; elsewhere `kg/store` in the
    user's data folder.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / ".kg").is_dir():
            return folder / ".kg" / "store"
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data, "kg", "store")
