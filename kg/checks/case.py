"""One record under check: what it says, and the way from there to its places."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from kg.frontmatter import Path, Place, field_name
from kg.graph import RecordGraph
from kg.identifiers import TAXONOMY
from kg.organisms import Organisms
from kg.problems import Problem, shown
from kg.records.fields import present
from kg.source import Document
from kg.tables import Table
from kg.tracing import Cell, Tracer


class OrganismRow(NamedTuple):
    """A taxon with its name, and where both stand first in the table."""

    taxid: str
    name: str
    file: str
    line: int
    column: int


@dataclass(frozen=True)
class Case:
    """A record with its type, its document and its graph; `told` are the codes that reading it reported.

    `this_year` is the year of the run: the one thing that a check knows besides the records.
    """

    kind: str
    record: Any
    document: Document
    graph: RecordGraph
    organisms: Organisms
    this_year: int
    told: Collection[str] = field(default=())

    @cached_property
    def tracer(self) -> Tracer:
        """What leads from the graph to the places in the files."""
        return Tracer(self.kind, self.document, self.graph, self.organisms)

    @cached_property
    def organism_rows(self) -> tuple[OrganismRow, ...]:
        """The taxa that the table of genes names, each with the names that it has there."""
        table = self.document.table(f"{self.record.figid}-genes", lambda _problem: None)
        return () if table is None else tuple(_organism_rows(table))

    def value(self, *path: str) -> str | None:
        """Return a text of the front matter, or None where it is missing; a list of one mapping is as one."""
        value: Any = self.document.values
        for step in path:
            value = value[0] if isinstance(value, list) and len(value) == 1 else value
            value = value.get(step) if isinstance(value, dict) else None
        return present(value) if isinstance(value, str) else None

    def at(self, code: str, path: Path, expected: str | None, found: object) -> Problem:
        """Return a problem at a field of the front matter (or at what holds it, where it is absent)."""
        line, column = self.document.place(self._whole(path))
        return Problem(
            code, self.document.path, line, column, field_name(path) or None, expected, shown(found)
        )

    def _whole(self, path: Path) -> Path:
        """Return the path with the number of the one mapping in `schema-jsonld`, where it is a list."""
        first = path[0] if path else None
        listed = first == "schema-jsonld" and isinstance(self.document.values.get("schema-jsonld"), list)
        return (path[0], 0, *path[1:]) if listed else path

    def at_cell(self, code: str, cell: Cell, expected: str | None, found: object) -> Problem:
        """Return a problem at a cell."""
        return Problem(code, cell.file, *cell.place, cell.field, expected, shown(found))

    def at_text(self, code: str, cell: Cell, expected: str | None, found: str) -> Problem:
        """Return a problem at a part of a text, which may run over several lines of its file."""
        if cell.file == self.document.path:
            return self.at_cell(code, cell._replace(place=self._place_in(cell, found)), expected, found)
        return self.at_cell(code, cell, expected, found)

    def _place_in(self, cell: Cell, part: str) -> Place:
        """Return where a part of a text stands first, between its own field and the next."""
        document = self.document
        in_body = cell.place.line >= document.body_line
        lines = (document.body if in_body else document.front).split("\n")
        first = document.body_line if in_body else document.front_line
        places = (other.place.line for other in self.tracer.cells if other.file == cell.file)
        later = (line for line in places if line > cell.place.line)
        end = first + len(lines) if in_body else min(later, default=first + len(lines))
        for line in range(cell.place.line, end):
            column = lines[line - first].find(part) if line - first < len(lines) else -1
            if column >= 0:
                return Place(line, column + 1)
        return cell.place

    def cells(self, *keys: str) -> Iterator[Cell]:
        """Yield the cells of keys, in the order of the record."""
        return (cell for cell in self.tracer.cells if cell.key in keys)


def _organism_rows(table: Table) -> Iterator[OrganismRow]:
    if not {"organism_id", "organism_name"} <= set(table.header):
        return
    one, two = table.header.index("organism_id"), table.header.index("organism_name")
    seen: set[tuple[str, str]] = set()
    for line, cells in table.rows:
        if len(cells) <= max(one, two) or (cells[one], cells[two]) in seen:
            continue
        seen.add((cells[one], cells[two]))
        taxid, name = TAXONOMY.local(cells[one]), present(cells[two])
        if taxid is not None and name is not None:
            column = 1 + sum(len(cell) + 1 for cell in cells[:two])
            yield OrganismRow(taxid, name, table.path, line, column)
