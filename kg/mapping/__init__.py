"""The mapping: what each record becomes. Pure: no I/O, no clock, no failure.

One function per record type, each with a Turtle sketch; docs/mapping.md has the whole model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from kg.graph import RecordGraph
from kg.mapping.community import author_graph, community_graph
from kg.mapping.figure import figure_graph
from kg.mapping.other import other_graph
from kg.mapping.pages import organism_graph, post_graph, term_graph
from kg.mapping.pathway import pathway_graph
from kg.mapping.settings import SITES, Settings, settings
from kg.records import Record

__all__ = ["MAPPINGS", "SITES", "Settings", "record_graph", "settings"]

_Mapping: TypeAlias = "Callable[[Any, Settings], RecordGraph]"

MAPPINGS: Mapping[str, _Mapping] = MappingProxyType(
    {
        "figure": figure_graph,
        "organism": organism_graph,
        "term": term_graph,
        "post": post_graph,
        "other": other_graph,
        "pathway": pathway_graph,
        "author": author_graph,
        "community": community_graph,
    }
)
"""The mapping of each record type, by the name of the type."""


def record_graph(kind: str, record: Record, settings: Settings) -> RecordGraph:
    """Return the graph of a record of the type of that name."""
    return MAPPINGS[kind](record, settings)
