"""Record types and their parsers: the only place that knows front-matter keys and their quirks.

To add a record type, add a module with a NamedTuple and a parser, and a row here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from kg.problems import RecordLostError, Report
from kg.records.author import Author, parse_author
from kg.records.community import Community, parse_community
from kg.records.figure import Figure, parse_figure
from kg.records.lookups import Lookups, read_lookups
from kg.records.other import Other, OtherReader
from kg.records.pages import OrganismPage, parse_organism, parse_term
from kg.records.pathway import Pathway, parse_pathway
from kg.records.post import Post, parse_post
from kg.records.shared import Term
from kg.source import Document, Skipped

Record: TypeAlias = "Figure | Pathway | Post | Author | Community | OrganismPage | Term | Other"

__all__ = [
    "TYPES",
    "Author",
    "Community",
    "Figure",
    "Lookups",
    "OrganismPage",
    "Other",
    "OtherReader",
    "Pathway",
    "Post",
    "Record",
    "RecordLostError",
    "RecordType",
    "Term",
    "parse",
    "read_lookups",
    "type_of",
    "type_read_by",
]


class RecordType(NamedTuple):
    """One record type: what tells it (a key, a folder of its own, a layout), and its parser."""

    name: str
    keys: tuple[str, ...]
    folders: tuple[str, ...]
    layout: str | None
    parse: Callable[[Document, Lookups, Report], Record | Skipped]


TYPES: Mapping[str, RecordType] = MappingProxyType(
    {
        row.name: row
        for row in (
            RecordType("figure", ("figid",), ("_figures",), None, parse_figure),
            RecordType("pathway", ("wpid", "revision"), ("_pathways",), None, parse_pathway),
            RecordType("author", ("username", "realname"), ("_authors",), None, parse_author),
            RecordType("community", ("community-tag",), ("_communities",), None, parse_community),
            RecordType("organism", ("latin", "ncbi"), ("_organisms",), None, parse_organism),
            RecordType("term", ("xref-identifier", "xref-dataSource"), ("_annotations",), None, parse_term),
            RecordType("post", (), ("_posts",), "post", parse_post),
        )
    }
)
"""Every record type by its name; the first that fits a document is taken."""


def type_read_by(reader: OtherReader) -> RecordType:
    """Return the record type of the documents that no row of the table takes."""
    return RecordType("other", (), (), None, reader.parse)


def type_of(document: Document) -> RecordType | None:
    """Return the record type of a document, or None where it is no record."""
    values: Mapping[str, Any] = document.values
    for row in TYPES.values():
        if row.keys and all(key in values for key in row.keys):
            return row
        if row.layout is not None and values.get("layout") == row.layout:
            return row
    return next((row for row in TYPES.values() if document.folder in row.folders), None)


def parse(
    document: Document, lookups: Lookups, report: Report, other: RecordType | None = None
) -> tuple[RecordType, Record] | Skipped:
    """Parse a document into the record of its type; a page that is no record is skipped, with the reason.

    `other` is the type of the documents that no built-in type takes, where there is one.

    Raises:
        RecordLostError: the record cannot be used at all.
    """
    row = type_of(document) or other
    if row is None:
        layout = document.values.get("layout")
        hint = f" (layout: {layout})" if isinstance(layout, str) and layout else ""
        return Skipped(document.path, f"no record type has its keys{hint}")
    found = row.parse(document, lookups, report)
    return found if isinstance(found, Skipped) else (row, found)
