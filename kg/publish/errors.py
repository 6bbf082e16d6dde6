"""What may go wrong when a site is published."""

from __future__ import annotations

from kg.errors import UsageError, WriteError


class ConfigError(UsageError):
    """The configuration of a site is not valid; the text says file, key, what was expected and found."""


class SiteFolderError(WriteError):
    """The folder of a site cannot be written; what stood there before still stands."""
