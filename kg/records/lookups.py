"""What the records of a run look up: organisms by name, and the maps from figures to other sites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.identifiers import NDEX, WIKIPATHWAYS, Namespace
from kg.organisms import Organisms
from kg.problems import Problem, Report, shown
from kg.records.annotations import Known
from kg.source import Source


@dataclass(frozen=True, slots=True)
class Lookups:
    """Organisms of the run, and figid → identifier for NDEx networks and WikiPathways pathways.

    `known` is what the rows of figures said so far.
    """

    organisms: Organisms = field(default_factory=Organisms)
    ndex: Mapping[str, str] = field(default_factory=dict)
    wpids: Mapping[str, str] = field(default_factory=dict)
    known: Known = field(default_factory=Known, repr=False, compare=False)


def read_lookups(source: Source, organisms: Organisms, report: Report) -> Lookups:
    """Read the maps of every site of a source."""
    return Lookups(
        organisms,
        ndex=_read_map(source, "ndex_map", NDEX, report),
        wpids=_read_map(source, "wpid_map", WIKIPATHWAYS, report),
    )


def _read_map(source: Source, name: str, namespace: Namespace, report: Report) -> dict[str, str]:
    found: dict[str, str] = {}
    for figid, value, path, line in source.map(name, report):
        local = namespace.local(value)
        if local is None:
            expected = f"{namespace.name}: {namespace.pattern}"
            report(Problem("bad-identifier", path, line, None, figid, expected, shown(value)))
        else:
            found[figid] = local
    return found
