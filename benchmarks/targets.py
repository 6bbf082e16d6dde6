"""What the speed and the memory of `kg` are held to: one row for each target."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import tools
from results import Case, Results
from sites import Records

Value = Callable[[Results, Records], "float | None"]


class Target(NamedTuple):
    """A target: a number of the results on some records, and its limits; `least`: it must be as large."""

    name: str
    at_least: float
    stretch: float
    value: Value
    least: bool = True
    unit: str = "×"
    real_too: bool = True

    def verdict(self, value: float) -> str:
        """Say which limit a number reaches."""
        for limit, word in ((self.stretch, "reached, stretch too"), (self.at_least, "reached")):
            if value >= limit if self.least else value <= limit:
                return word
        return "**not reached**"


def _cpu(slow: str, fast: str, slow_suffix: str = ".ttl", fast_suffix: str = ".ttl") -> Value:
    """Return how many times the CPU seconds of one tool are those of another."""

    def value(results: Results, records: Records) -> float | None:
        if results.get(slow, records, slow_suffix) and results.get(fast, records, fast_suffix):
            slower, faster = Case(slow, records, slow_suffix), Case(fast, records, fast_suffix)
            return results.fair(slower) / results.fair(faster)
        return None

    return value


def _faster(peer: str, ours: str = tools.KG) -> Value:
    return _cpu(peer, ours)


def _growth(results: Results, records: Records) -> float | None:
    """Return the peak memory at ten times as many records over that at these."""
    more = results.get(tools.KG, records._replace(size=10 * records.size))
    less = results.get(tools.KG, records)
    return more.usage.peak / less.usage.peak if more and less else None


def _peak(tool: str) -> Value:
    """Return the peak memory in MB at the most records that there are."""

    def value(results: Results, records: Records) -> float | None:
        found = [results.get(tool, row) for row in results.records(records.generation)]
        return max((result.usage.peak / 1e6 for result in found if result), default=None)

    return value


def _workers(results: Results, records: Records) -> float | None:
    """Return the wall seconds of one worker over those of two, on the most records."""
    for row in reversed(results.records(records.generation)):
        one, two = results.get(tools.KG, row), results.get(tools.TWO, row)
        if one and two:
            return one.usage.wall / two.usage.wall
    return None


def _store_memory(results: Results, records: Records) -> float | None:
    ours, theirs = results.get(tools.KG_LOAD, records, ".store"), results.get(tools.RDFLIB_STORE, records)
    return ours.usage.peak / theirs.usage.peak if ours and theirs else None


TARGETS = (
    Target("against the tuned rdflib script", 15, 25, _faster(tools.RDFLIB)),
    Target("… as was asked of a fast extra", 40, 60, _faster(tools.RDFLIB)),
    Target("against CSV by C loader, then morph-kgc", 4, 6, _faster(tools.MORPH)),
    Target("… as was asked of a fast extra", 10, 15, _faster(tools.MORPH)),
    Target("against the pyoxigraph script", 4, 6, _faster(tools.PYOXIGRAPH)),
    Target("… as was asked of a fast extra", 10, 15, _faster(tools.PYOXIGRAPH)),
    Target("against the fastest chain: CSV by yaml_rs, then tarka-rdf", 2.5, 4, _faster(tools.CHAIN)),
    Target("over the floor", 6, 4.5, _cpu(tools.KG, tools.FLOOR), least=False),
    Target("… as was asked of a fast extra", 2.5, 2.0, _cpu(tools.KG, tools.FLOOR), least=False),
    Target(
        "JSON-LD against rdflib's JSON-LD",
        50,
        100,
        _cpu(tools.RDFLIB_JSONLD, tools.KG, ".jsonld", ".jsonld"),
        real_too=False,
    ),
    Target("peak memory, ten times the records", 1.1, 1.05, _growth, least=False, real_too=False),
    Target("peak memory, one worker", 64, 40, _peak(tools.KG), least=False, unit=" MB", real_too=False),
    Target("peak memory, two workers", 200, 200, _peak(tools.TWO), least=False, unit=" MB", real_too=False),
    Target("two workers over one, wall", 1.6, 1.8, _workers, real_too=False),
    Target(
        "records to a store on disk, against rdflib's in memory",
        4,
        6,
        _cpu(tools.RDFLIB_STORE, tools.KG_LOAD, ".ttl", ".store"),
        real_too=False,
    ),
    Target("… its memory over rdflib's", 0.5, 0.5, _store_memory, least=False, real_too=False),
)
