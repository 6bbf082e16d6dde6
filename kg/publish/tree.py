"""The folder of a site: a new version is made beside it and takes its place whole, in one step.

    site/                   what people see: plain files, nothing but the site
    .site.publishing/       there while a run is on, or after one was killed
        lock                held (exclusive) by the one run
        new/                the version in the making; after the exchange, the one before
        work/               the store, and what else a run needs on disk

A file whose bytes are as before is the same file (a hard link), so its time stays, and what copies the site
to a host leaves it alone. Where nothing changed at all the folder is not touched. The exchange is one call of
the system: a run that ends at any moment, however it ends, leaves the old version or the new one. Files that
others put into the folder (`CNAME`, `.git`) are kept.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.publish import manifest
from kg.publish.errors import SiteFolderError
from kg.publish.manifest import Manifest
from kg.publish.swap import exchange, sync_folder, write_out

NEW, CHANGED, SAME = "new", "changed", "same"

_WORTH_IT = 1000
_TEXTS = (".html", ".ttl", ".jsonld", ".json", ".js", ".css", ".svg", ".tsv", ".txt", ".gmt", ".xml")
_NO_PARTS = frozenset({"", ".", ".."})
_FAULT = "this is a fault of kg: please report it"
_TWICE = f"two pages have the same file; {_FAULT}"


@dataclass(slots=True)
class Writer:
    """Writes the files of a new version; one whose bytes are as in the old version is linked to it."""

    new: Path
    old: Path | None
    compress: bool = False
    """Put a `.gz` beside every text that is worth it."""
    written: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Path → SHA-256 and what became of it: `new`, `changed` or `same`."""
    _folders: set[str] = field(default_factory=set)

    def put(self, path: str, data: bytes) -> None:
        """Write a file.

        Raises:
            SiteFolderError: a file of this path was written before, or the path leads out of the site.
            OSError: it cannot be written.
        """
        self._write(path, data)
        if self.compress and len(data) >= _WORTH_IT and path.endswith(_TEXTS):
            self._write(f"{path}.gz", gzip.compress(data, 6, mtime=0))

    def _write(self, path: str, data: bytes) -> None:
        target = self._place(path)
        if self.old is not None and _holds(self.old / path, data):
            state = SAME
            link(self.old / path, target)
        else:
            state = CHANGED if self.old is not None and (self.old / path).is_file() else NEW
            target.write_bytes(data)
        self.written[path] = (hashlib.sha256(data).hexdigest(), state)

    def empty(self) -> Writer:
        """Return a writer into the same version that has written nothing yet."""
        return Writer(self.new, self.old, self.compress)

    def take(self, path: str, source: Path) -> None:
        """Move a finished file of the same file system into its place, as `put` does.

        Raises:
            SiteFolderError, OSError: as `put` does.
        """
        target = self._place(path)
        found = file_hash(source)
        old = None if self.old is None else self.old / path
        if old is not None and old.is_file() and file_hash(old) == found:
            state = SAME
            link(old, target)
            source.unlink()
        else:
            state = CHANGED if old is not None and old.is_file() else NEW
            source.replace(target)
        self.written[path] = (found, state)

    def _place(self, path: str) -> Path:
        if path in self.written:
            raise SiteFolderError(f"{path}: {_TWICE}")
        parts = path.split("/")
        if not _NO_PARTS.isdisjoint(parts) or parts[0] == manifest.FOLDER:
            raise SiteFolderError(f"{path!r} is no path of a file in a site; {_FAULT}")
        folder = "/".join(parts[:-1])
        if folder not in self._folders:
            (self.new / folder).mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)
        return self.new / path


@dataclass(slots=True)
class Building:
    """A version of a site in the making."""

    site: Path
    writer: Writer
    work: Path
    before: Manifest
    made: dict[str, Any] = field(default_factory=dict)
    """What is kept in the manifest for the next run."""
    removed: int = 0
    switched: bool = False

    def add(self, written: Mapping[str, tuple[str, str]]) -> None:
        """Take in what another process wrote.

        Raises:
            SiteFolderError: a file was written twice.
        """
        twice = written.keys() & self.writer.written.keys()
        if twice:
            raise SiteFolderError(f"{min(twice)}: {_TWICE}")
        self.writer.written.update(written)

    def count(self, state: str) -> int:
        """Return how many files are `new`, `changed` or the `same`."""
        return sum(found == state for _, found in self.writer.written.values())


@contextmanager
def building(site: Path) -> Iterator[Building]:
    """Yield a new version of the site in a folder; it takes its place when the block ends well.

    Raises:
        SiteFolderError: another run is on, the folder is not ours, or something cannot be written.
    """
    place = Path(os.path.realpath(site))
    with _as_site_error(site), _working_folder(place) as folder:
        _recover(folder, place)
        old = _own(place)
        before = _manifest(old)
        for name in ("new", "work"):
            shutil.rmtree(folder / name, ignore_errors=True)
            (folder / name).mkdir()
        made = Building(site, Writer(folder / "new", old), folder / "work", before)
        yield made
        _finish(made, folder, place)


@contextmanager
def _as_site_error(site: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise SiteFolderError(
            f"{site}: cannot publish: {error.strerror or error}{where}; what was there before still is"
        ) from error


@contextmanager
def _working_folder(place: Path) -> Iterator[Path]:
    """Make and lock the folder beside the site; remove it at the end.

    Raises:
        SiteFolderError: another run holds it.
    """
    folder = place.with_name(f".{place.name}.publishing")
    place.parent.mkdir(parents=True, exist_ok=True)
    lock = _locked(folder)
    try:
        yield folder
    finally:
        # The lock goes last: who finds it gone, or another file in its place, tries again.
        for name in ("new", "work"):
            shutil.rmtree(folder / name, ignore_errors=True)
        if not (folder / "before").exists():
            with suppress(OSError):
                (folder / "lock").unlink()
                folder.rmdir()
        os.close(lock)


def _locked(folder: Path) -> int:
    while True:
        folder.mkdir(exist_ok=True)
        try:
            lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except FileNotFoundError:
            continue  # another run has just removed the folder
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise SiteFolderError(
                f"{folder.parent}: another run is publishing there; wait for it, or stop it"
            ) from None
        if _is_at(folder / "lock", lock):
            return lock
        os.close(lock)


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    held = os.fstat(descriptor)
    return (found.st_dev, found.st_ino) == (held.st_dev, held.st_ino)


def _recover(folder: Path, place: Path) -> None:
    """Put the old version back that a run was killed over, where the system has no exchange."""
    before = folder / "before"
    if before.exists():
        if place.exists():
            shutil.rmtree(before, ignore_errors=True)
        else:
            before.rename(place)


def _own(place: Path) -> Path | None:
    """Return the folder of the version that is there, or None where there is none.

    Raises:
        SiteFolderError: what is there is not ours.
    """
    if not place.exists() or (place.is_dir() and not any(place.iterdir())):
        return None
    if not place.is_dir():
        raise SiteFolderError(f"{place}: this is a file; a site needs a folder")
    if not manifest.is_ours(place):
        raise SiteFolderError(
            f"{place}: this folder holds files that kg publish did not write, and it replaces the folder as "
            "a whole; name an empty or a new one"
        )
    if place.stat().st_dev != place.parent.stat().st_dev:
        raise SiteFolderError(f"{place}: this is the top of a file system; publish to a folder in it")
    return place


def _manifest(old: Path | None) -> Manifest:
    """Return what the version that is there holds.

    Raises:
        SiteFolderError: its list of files is damaged, so that nobody knows which files are ours.
    """
    found = manifest.read(old) if old else Manifest()
    if found is None:
        raise SiteFolderError(f"{old}: the list of the files of this site is damaged; remove the folder")
    return found


def _finish(made: Building, folder: Path, place: Path) -> None:
    """Show the new version, if it differs from what is there."""
    writer, before = made.writer, made.before
    files = {path: row[0] for path, row in writer.written.items()}
    made.removed = len(before.files.keys() - files.keys())
    unchanged = made.count(SAME) == len(files) and (files, made.made) == (before.files, before.made)
    if writer.old is not None and unchanged:
        return
    if writer.old is not None:
        _keep_foreign(writer.old, writer.new, before, files)
        shutil.copymode(writer.old, writer.new)
    Manifest(files, made.made).write(writer.new)
    write_out(folder)
    _switch(writer.new, place, folder)
    sync_folder(place.parent)
    made.switched = True


def _switch(new: Path, place: Path, folder: Path) -> None:
    if not place.exists() or not any(place.iterdir()):
        new.rename(place)
    elif not exchange(new, place):
        # This system has no exchange: for a moment there is no site; the next run mends what a kill leaves.
        place.rename(folder / "before")
        new.rename(place)
        shutil.rmtree(folder / "before", ignore_errors=True)


def _keep_foreign(old: Path, new: Path, before: Manifest, files: Mapping[str, str]) -> None:
    """Keep what others put into the folder of the site.

    Raises:
        SiteFolderError: the new version has a file of the same name.
    """
    for path, is_folder in _foreign(old, before):
        if path in files:
            raise SiteFolderError(
                f"{old / path}: kg publish did not write this file, and now has one of that name"
            )
        target = new / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if is_folder:
            target.mkdir(exist_ok=True)
        else:
            link(old / path, target)


def _foreign(old: Path, before: Manifest) -> Iterator[tuple[str, bool]]:
    """Yield the path of each file, and of each empty folder, that is in no manifest."""
    for folder, names, found in os.walk(old):
        below = Path(folder).relative_to(old)
        if below == Path() and manifest.FOLDER in names:
            names.remove(manifest.FOLDER)
        links = [name for name in names if Path(folder, name).is_symlink()]
        for name in (*found, *links):
            path = (below / name).as_posix()
            if path not in before.files:
                yield path, False
        if not names and not found and below != Path():
            yield below.as_posix(), True


def link(source: Path, target: Path) -> None:
    """Make a second name of a file; where the file system has no links, a copy with the same time.

    Raises:
        OSError: neither can be made.
    """
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def _holds(path: Path, data: bytes) -> bool:
    """Tell whether a plain file holds just these bytes."""
    try:
        found = path.lstat()
        return stat.S_ISREG(found.st_mode) and found.st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file.

    Raises:
        OSError: it cannot be read.
    """
    hashed = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            hashed.update(block)
    return hashed.hexdigest()
