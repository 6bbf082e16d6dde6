"""What can go wrong with a store: one name for each, so that callers and scripts can tell them apart."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike

from kg.errors import SourceError, UsageError, WriteError


class StoreMissingError(UsageError):
    """There is no store where one was expected."""


class RdfFileError(SourceError):
    """An RDF file cannot be read or is not valid; the text says where."""


class StoreError(WriteError):
    """A store could not be loaded, or it cannot be known that it was."""


class StoreBusyError(StoreError):
    """Another load into the same store is running."""


class DiskFullError(StoreError):
    """There is not enough room for a load; the store is as it was before."""


class VerificationError(StoreError):
    """The store does not hold what was sent."""


class UnsuitableError(StoreError):
    """The store cannot hold a value that is to be loaded."""


class ServerError(StoreError):
    """A server did not do what it was asked to do."""


class UnreachableError(ServerError):
    """There is no server at the address, or the connection broke off at every attempt."""


class UnauthorizedError(ServerError):
    """The server asks for a user and password, or refuses the ones given."""


class RefusedError(ServerError):
    """The server says that the request is wrong; it is not repeated."""


class BusyError(ServerError):
    """The server is busy or down for now, at every attempt."""


class NotSparqlError(ServerError):
    """The answer is no SPARQL result: a web page, an unknown format, or text that does not parse."""


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_SAID = ("No space left", "File too large", "Disk quota")


@contextmanager
def full_disk_named(place: str | PathLike[str]) -> Iterator[None]:
    """Tell a disk that is full as such; an engine tells it in words only.

    Raises:
        DiskFullError: it is full.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL or any(said in str(error) for said in _SAID):
            raise DiskFullError(f"{place}: the disk is full; the store is as it was before") from error
        raise
