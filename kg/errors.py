"""The exception tree: everything that `kg` raises on purpose.

A fault of one record is never an exception to the caller: it is a :class:`kg.problems.Problem` that is
collected and counted. Exceptions are for what stops a whole run, and each knows its exit status.
"""

from __future__ import annotations


class KgError(Exception):
    """Base of every error that `kg` raises on purpose; the text is a sentence for the user."""

    exit_status = 1


class UsageError(KgError):
    """The call itself is wrong: an unknown format, a bad IRI for an option, contradicting options."""

    exit_status = 2


class SourceError(KgError):
    """A source as a whole cannot be read: it does not exist, or is no folder, document or archive."""

    exit_status = 2


class NoRecordError(SourceError):
    """The sources were read and hold no record at all."""


class WriteError(KgError):
    """An output cannot be written; what stood there before still stands."""

    exit_status = 3


class StrictError(KgError):
    """A strict run met an error, so it wrote nothing."""


class MissingExtraError(KgError):
    """A feature needs a package that is an optional extra and is not installed."""

    exit_status = 2
