"""A record type whose documents say what they do to the process that reads them."""

from __future__ import annotations

import os
import resource
import signal
from pathlib import Path

from kg.graph import IRI
from kg.problems import Report
from kg.records import Lookups, RecordType
from kg.records.other import Other
from kg.source import Document
from kg.vocabulary import NAME

THING = IRI("https://example.org/Thing")


def parse(document: Document, lookups: Lookups, report: Report) -> Other:
    """Do what the document says, unless the file that it names is there."""
    deed, once = document.values.get("do"), document.values.get("unless")
    if deed is not None and not (once and Path(once).exists()):
        if once:
            Path(once).touch()
        _DEEDS[deed]()
    node = IRI(f"https://example.org/{document.stem}")
    return Other(node, THING, ((node, NAME, document.stem),))


def _fill_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (1 << 28, 1 << 28))
    bytearray(1 << 30)


def _raise() -> None:
    raise PermissionError(13, "a fault of no record")


_DEEDS = {
    "exit": lambda: os._exit(7),
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "abort": os.abort,
    "memory": _fill_memory,
    "raise": _raise,
}

DEADLY = RecordType("other", (), (), None, parse)


def untold() -> RecordType:
    """Return the same type, but one that no other process can be told of."""

    def hidden(document: Document, lookups: Lookups, report: Report) -> Other:
        return parse(document, lookups, report)

    return DEADLY._replace(parse=hidden)
