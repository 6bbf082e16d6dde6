"""From a triple back to the place that it is from: the file, the line, the field, the rule of the mapping.

A record is opened into cells (each value of its front matter, each cell of its tables); the table of
`kg.mapping.rules` says which of them can have made a triple, and the one that fits the value best is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote

from kg import frontmatter, vocabulary
from kg.frontmatter import Place, field_name
from kg.graph import IRI, Literal, Object, RecordGraph
from kg.identifiers import NAMESPACES, TAXONOMY, Namespace
from kg.iris import encoded_path, slug
from kg.mapping.rules import Role, roles, short
from kg.organisms import Organisms
from kg.problems import Problem
from kg.prose import Prose, Words, places
from kg.records.datanodes import mended
from kg.records.fields import canonical_decimal, present
from kg.source import MAPS, Document
from kg.tables import Table

_TABLES: Mapping[str, tuple[str, tuple[tuple[str, bool], ...]]] = {
    "figure": ("figid", (("genes", False), ("chemicals", False), ("diseases", False))),
    "pathway": ("wpid", (("datanodes", True), ("bibliography", True))),
}
"""The key that names the tables of a record type; how their names end, and whether they use quotes."""

_DATES = (vocabulary.XSD_DATE, vocabulary.XSD_G_YEAR_MONTH)
"""Datatypes that say more than a year, so that no year alone makes them."""

_HEADING = re.compile(r" {0,3}#{1,6}\s+(.*?)\s*#*\s*")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)\s*")


class Cell(NamedTuple):
    """One value of a record: where it stands, its key in the table of rules, its row, its text."""

    file: str
    place: Place
    path: frontmatter.Path
    key: str
    row: tuple[object, ...]
    text: str

    @property
    def field(self) -> str | None:
        """The field as it is shown to people, or None where the place has no name."""
        return field_name(self.path) or None


class Trace(NamedTuple):
    """Where a triple is from, and by which rule; `fits` says how well the value there equals its value."""

    cell: Cell
    rule: str
    fits: int


class Tracer:
    """Leads from the triples of one record to its cells."""

    def __init__(self, kind: str, document: Document, graph: RecordGraph, organisms: Organisms) -> None:
        self._kind, self._document, self._graph, self._organisms = kind, document, graph, organisms
        self._rows_of: dict[tuple[str, IRI], frozenset[tuple[object, ...]]] = {}
        self._facts: dict[IRI, dict[IRI, list[Object]]] = {}
        for description in graph.descriptions:
            facts = self._facts.setdefault(description.subject, {})
            for predicate, values in description.facts.items():
                facts.setdefault(predicate, []).extend(values)

    def facts(self, node: IRI) -> Mapping[IRI, Sequence[Object]]:
        """Return all that the record says of a node."""
        return self._facts.get(node, {})

    def classes(self, node: Object) -> frozenset[Object]:
        """Return the classes that the record gives a node."""
        known = self._facts.get(node) if isinstance(node, IRI) else None
        return frozenset(known.get(vocabulary.RDF_TYPE, ()) if known else ())

    def knows(self, subject: IRI) -> bool:
        """Say whether the record speaks of a node."""
        return subject in self._facts

    def trace(self, subject: IRI, predicate: IRI | None = None, value: Object | None = None) -> Trace:
        """Return where a triple is from (the node, without a predicate; the property, without a value)."""
        role = self._role(subject)
        in_prose = None if self._is_named(role, subject) else self._in_prose(subject, predicate, value)
        if in_prose is not None:
            return in_prose
        if role is None:
            return self._without_rule(predicate, subject if value is None else value)
        keys = role.keys(predicate)
        cells = self._cells_of(role, keys, subject)
        wanted: Object = subject if value is None else value
        if value is None:
            cells = [cell for cell in cells if not cell.row or present(cell.text) is not None]
        found = self._best(cells, keys, wanted)
        if found is None or (found[1] == 0 and keys == role.anchors):
            anchor = self._best(self._cells_of(role, role.anchors, subject), role.anchors, subject)
            found = anchor or found
        cell, fits = found or (self._start, 0)
        return Trace(cell, role.sentence(predicate), fits)

    def _role(self, subject: IRI) -> Role | None:
        table = roles(self._kind)
        for value in self._facts.get(subject, {}).get(vocabulary.RDF_TYPE, ()):
            name = short(IRI(str(value))).rpartition(":")[2]
            if name in table:
                return table[name]
        return table.get("-")

    def _without_rule(self, predicate: IRI | None, value: Object) -> Trace:
        found = max(self.cells, key=lambda cell: self.fit(cell.text, value), default=self._start)
        fits = self.fit(found.text, value)
        rule = f"{self._kind}: {found.key} → {short(predicate) if predicate else 'a node'}"
        return Trace(found if fits else self._start, rule, fits)

    def _is_named(self, role: Role | None, subject: IRI) -> bool:
        """Say whether a field names the node, so that it does not stand for words of a text alone."""
        if self._prose.words(subject) is None:
            return True
        cells = (cell for key in role.anchors for cell in self._by_key.get(key, ())) if role else ()
        return any(self.fit(cell.text, subject) >= 2 for cell in cells)

    @cached_property
    def _prose(self) -> Prose:
        return Prose(self._facts)

    def _in_prose(self, node: IRI, predicate: IRI | None, value: Object | None) -> Trace | None:
        """Return where the words stand that text linking made a node for, or None of any other node."""
        words = self._prose.words(node, value)
        if words is None:
            return None
        cell = self._passage(words.whole)
        option = "--link-captions" if self._kind == "figure" else "--link-text"
        kinds = sorted(short(IRI(str(kind))) for kind in self.facts(node).get(vocabulary.RDF_TYPE, ()))
        what = f"{short(predicate)} of" if predicate else "the node"
        rule = f"{self._kind}: {cell.key} with {option} → {what} {kinds[0]}"
        return Trace(cell._replace(place=self._place_of(words, cell), text=words.text), rule, 3)

    def _passage(self, whole: IRI) -> Cell:
        """Return the cell in which a passage that was linked starts: a caption, a heading, the body."""
        if self._kind == "figure":
            return self._by_key["caption"][0]
        return self._by_key["(body)"][0] if whole == self._graph.root else self.trace(whole).cell

    def _place_of(self, words: Words, cell: Cell) -> Place:
        """Return where words stand, from the cell of their passage on; what is not found is at the cell."""
        document = self._document
        in_body = cell.place.line >= document.body_line
        lines = (document.body if in_body else document.front).split("\n")
        first = cell.place.line + (cell.key == "(heading)")
        rest = "\n".join(lines[first - (document.body_line if in_body else document.front_line) :])
        found = places(words.text, rest)[: words.before + 1]
        before = rest[: found[-1]] if found else ""
        return Place(first + before.count("\n"), len(before) - before.rfind("\n")) if found else cell.place

    def _cells_of(self, role: Role, keys: Sequence[str], subject: IRI) -> list[Cell]:
        """Return the cells of keys; of rows only those that speak of the subject."""
        cells = [cell for key in keys for cell in self._by_key.get(key, ())]
        if any(key in MAPS for key in keys):
            cells += self._maps
        chosen = self._rows(role, subject)
        return [cell for cell in cells if not cell.row or cell.row in chosen] if chosen else cells

    def _rows(self, role: Role, subject: IRI) -> frozenset[tuple[object, ...]]:
        known = self._rows_of.get((role.name, subject))
        if known is None:
            found = self._rows_by_facts(role, subject) if role.same else self._rows_by_anchor(role, subject)
            known = self._rows_of[role.name, subject] = found
        return known

    def _rows_by_anchor(self, role: Role, subject: IRI) -> frozenset[tuple[object, ...]]:
        return frozenset(
            cell.row
            for key in role.anchors
            for cell in self._by_key.get(key, ())
            if cell.row and self.fit(cell.text, subject) >= 2
        )

    def _rows_by_facts(self, role: Role, subject: IRI) -> frozenset[tuple[object, ...]]:
        """Return the rows whose cells say what the node says, the fullest agreement only."""
        facts = self._facts[subject]
        agreed: dict[tuple[object, ...], int] = {}
        likely = self._rows_with(role, subject)
        for predicate, keys in role.same:
            for cell in (cell for key in keys for cell in self._by_key.get(key, ()) if cell.text.strip()):
                if likely and cell.row not in likely:
                    continue
                same = any(self.fit(cell.text, value) >= 2 for value in facts.get(predicate, ()))
                agreed[cell.row] = agreed.get(cell.row, 0) + (1 if same else -9)
        most = max(agreed.values(), default=0)
        return frozenset(row for row, count in agreed.items() if count == most)

    def _rows_with(self, role: Role, subject: IRI) -> frozenset[tuple[object, ...]]:
        """Return the rows that have the first text by which a row is told, letter for letter."""
        predicate, keys = role.same[0]
        values = {str(value) for value in self._facts[subject].get(predicate, ())}
        return frozenset(
            row for key in keys for value in values for row in self._rows_by_text.get((key, value), ())
        )

    @cached_property
    def _rows_by_text(self) -> dict[tuple[str, str], list[tuple[object, ...]]]:
        found: dict[tuple[str, str], list[tuple[object, ...]]] = {}
        for cell in self.cells:
            if cell.row:
                found.setdefault((cell.key, cell.text), []).append(cell.row)
        return found

    def _best(self, cells: Sequence[Cell], keys: Sequence[str], value: Object) -> tuple[Cell, int] | None:
        """Return the cell that fits best; where none does, one of the last key that there is."""
        full = [cell for cell in cells if cell.text.strip()] or [cell for cell in cells if not cell.row]
        if not full:
            return None
        best = max(full, key=lambda cell: self.fit(cell.text, value))
        fits = self.fit(best.text, value)
        if fits:
            return best, fits
        last = next(key for key in reversed(keys) if any(cell.key == key for cell in full))
        return next(cell for cell in full if cell.key == last), 0

    def fit(self, text: str, value: Object) -> int:
        """Say how well a text equals a value: 3 just so, 2 in another form, 1 a part of it, 0 not at all."""
        if isinstance(value, Literal):
            too_short = value.datatype in _DATES and text.strip() == value.lexical[:4]
            return 0 if too_short else _fit_number(text, value.lexical)
        if isinstance(value, IRI):
            return max(self._fit_iri(part.strip(), value) for part in text.split(";"))
        return _fit_text(text, value)

    def _fit_iri(self, text: str, iri: IRI) -> int:
        if not text:
            return 0
        if text == iri or any(namespace.iri(text) == iri for namespace in _namespaces(iri)):
            return 3
        return self._fit_taxon(text, iri) if iri.startswith(TAXONOMY.stem) else _fit_end(text, iri)

    def _fit_taxon(self, text: str, iri: IRI) -> int:
        names = [text, *text.split(",")]
        if any(TAXONOMY.iri(self._organisms.find(name) or "") == iri for name in names):
            return 3
        human = text.lower().startswith(("hgnc_", "bioentities")) and iri == TAXONOMY.iri("9606")
        return 2 if human else 0

    @cached_property
    def _by_key(self) -> dict[str, list[Cell]]:
        found: dict[str, list[Cell]] = {}
        for cell in self.cells:
            found.setdefault(cell.key, []).append(cell)
        return found

    @property
    def _start(self) -> Cell:
        document = self._document
        return Cell(document.path, Place(document.front_line, 1), (), "(file)", (), document.stem)

    @cached_property
    def cells(self) -> list[Cell]:
        """The cells of the record."""
        return [self._start, *self._front(), *self._sidecars(), *self._body()]

    def _front(self) -> Iterator[Cell]:
        document = self._document
        file = document.path
        above: dict[frontmatter.Path, tuple[Any, str, tuple[object, ...]]] = {(): (document.values, "", ())}
        for path, place in frontmatter.locate(document.front, document.front_line).items():
            if not path:
                continue
            holder, key, row = above[path[:-1]]
            step = path[-1]
            value = holder[step]
            if isinstance(step, str):
                key = f"{key}.{step}" if key else step
            if isinstance(value, dict | list):
                is_row = isinstance(step, int) and isinstance(value, dict) and path[0] != "schema-jsonld"
                above[path] = (value, key, path if is_row else row)
            else:
                yield Cell(file, place, path, key, row, value or "")

    def _sidecars(self) -> Iterator[Cell]:
        named, tables = _TABLES.get(self._kind, ("", ()))
        name = self._document.values.get(named)
        if isinstance(name, str) and not ("/" in name or "\\" in name or name.startswith(".")):
            for suffix, quoted in tables:
                table = self._document.table(f"{name.strip()}-{suffix}", _ignore, quoted=quoted)
                if table is not None:
                    yield from _table_cells(table, suffix)

    @cached_property
    def _maps(self) -> list[Cell]:
        """The lines of the maps that name the figure; looked for only where they are asked for."""
        return list(self._map_cells())

    def _map_cells(self) -> Iterator[Cell]:
        named = self._document.values.get("figid") if self._kind == "figure" else None
        if isinstance(named, str):
            for name in MAPS:
                for key, value, path, line in self._document.source.map(name, _ignore):
                    if key == named.strip():
                        yield Cell(path, Place(line, len(key) + 2), (key,), name, (), value)

    def _body(self) -> Iterator[Cell]:
        document, lines = self._document, self._document.body.splitlines()
        for number, line in enumerate(lines):
            heading = _HEADING.fullmatch(line)
            under = number + 1 < len(lines) and line.strip() and _UNDERLINE.fullmatch(lines[number + 1])
            if heading or under:
                text = heading[1] if heading else line.strip()
                yield Cell(
                    document.path, Place(document.body_line + number, 1), (), "(heading)", (number,), text
                )
        if document.body.strip():
            first = next(number for number, line in enumerate(lines) if line.strip())
            yield Cell(document.path, Place(document.body_line + first, 1), (), "(body)", (), document.body)


@lru_cache(maxsize=256)
def _namespaces(iri: IRI) -> tuple[Namespace, ...]:
    return tuple(row for row in NAMESPACES.values() if iri.startswith(row.stem))


def _ignore(problem: Problem) -> None:
    """Report nothing: what is wrong with the tables was reported when the record was read."""


def _table_cells(table: Table, name: str) -> Iterator[Cell]:
    width = len(table.header)
    for line, cells in table.rows:
        kept = (mended(cells) or cells) if len(cells) == width + 1 else cells
        column = 1
        for title, text in zip(table.header, kept, strict=False):
            place = Place(line, 1 if table.quoted else column)
            key = f"{name}.{title.replace(' ', '_')}"
            yield Cell(table.path, place, (title,), key, (table.path, line), text)
            column += len(text) + 1


def _fit_end(text: str, iri: IRI) -> int:
    """Compare a text with the end of an IRI, and with its path."""
    tail = unquote(re.split("[/#]", iri)[-1]).removesuffix(".html")
    if tail in (text, text.lower(), slug(text), text.replace(" ", "_")):
        return 2
    path = encoded_path(text) if len(text) > 2 else None
    if path is None:
        return 0
    return 2 if iri.endswith(path) else int(path in iri or path.lower() in iri)


def _fit_number(text: str, lexical: str) -> int:
    text = text.strip()
    if text == lexical or canonical_decimal(text) == lexical:
        return 3
    if lexical in text or lexical[:4] in text:
        return 1
    return 0


def _fit_text(text: str, value: str) -> int:
    one, two = " ".join(text.split()), " ".join(value.split())
    if one == two:
        return 3
    if not one or not two:
        return 0
    if one.casefold() == two.casefold() or slug(one) == slug(two) or _same_curie(one, two):
        return 2
    return int(two in one or (len(one) > 3 and one in two))


def _same_curie(text: str, curie: str) -> bool:
    """Say whether an identifier as written is that of a compact one (`208` and `ncbigene:208`)."""
    prefix, colon, _ = curie.partition(":")
    namespace = NAMESPACES.get(prefix.lower()) if colon else None
    return namespace is not None and namespace.curie(text) == curie
