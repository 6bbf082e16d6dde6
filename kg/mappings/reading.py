"""Reads mappings in SSSOM (TSV with its metadata in front), each row as a record graph."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import SourceError
from kg.frontmatter import CONTROL, Fault, FrontMatterError, locate, parse
from kg.graph import IRI, Facts, Literal, Object, RecordGraph, describe
from kg.iris import absolute_iri, digest
from kg.mapping import Settings
from kg.mappings.terms import OWL, REQUIRED, SLOTS, SSSOM, Names, Slot
from kg.problems import Problem, Report, shown
from kg.records.fields import canonical_decimal
from kg.vocabulary import IS_PART_OF, RDF_TYPE, XSD_DATE, XSD_DECIMAL

_SOURCE, _PROPERTY, _TARGET = (
    IRI(OWL + name) for name in ("annotatedSource", "annotatedProperty", "annotatedTarget")
)
_NOT = IRI(SSSOM + "predicate_modifier")
_NEGATED = IRI(SSSOM + "NegatedPredicate")
_NO_TERM = IRI(SSSOM + "NoTermFound")
_READ = frozenset({*REQUIRED, *SLOTS, "predicate_modifier", "record_id"})
_HEADER_ONLY = frozenset({"curie_map", "mapping_set_id", "extension_definitions"})


class _Row(NamedTuple):
    """One row: its line, and its cells by column."""

    line: int
    cells: Mapping[str, str]


def read(path: str | Path, settings: Settings, report: Report) -> Iterator[RecordGraph]:
    """Yield the mapping set, then each mapping with the link that it makes.

    Raises:
        SourceError: the file cannot be read.
    """
    yield from _Reader(str(path), settings, report).graphs(_text(Path(path)))


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        if path.suffix.lower() == ".gz":
            data = gzip.decompress(data)
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: is not valid UTF-8") from error
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"{path}: cannot be read: {reason}") from error


class _Reader:
    """Reads one file."""

    def __init__(self, path: str, settings: Settings, report: Report) -> None:
        self._path, self._settings, self._report = path, settings, report
        self._names = Names({})
        self._set = IRI("")

    def graphs(self, text: str) -> Iterator[RecordGraph]:
        """Yield the mapping set, then each mapping."""
        lines = text.splitlines(keepends=True)
        count = next((place for place, line in enumerate(lines) if not line.startswith("#")), len(lines))
        front = "".join(line[1:] for line in lines[:count])
        header = self._header(front)
        self._names = Names(_prefixes(header.get("curie_map")))
        named = header.get("mapping_set_id")
        iri = absolute_iri(named) if isinstance(named, str) else None
        self._set = iri or self._settings.minted(f"mapping-set/{digest(text, length=16)}")
        yield self._described(header, front)
        for row in self._rows(lines[count:], count):
            graph = self._mapping(row)
            if graph is not None:
                yield graph

    def _header(self, text: str) -> dict[str, Any]:
        try:
            parsed = parse(text)
        except FrontMatterError as error:
            self._fault(error.fault)
            return {}
        for fault in parsed.faults:
            self._fault(fault)
        return dict(parsed.values)

    def _fault(self, fault: Fault) -> None:
        code, line, column, field, expected, found = fault
        self._report(Problem(code, self._path, line, column + 1, field, expected, found))

    def _described(self, header: Mapping[str, Any], front: str) -> RecordGraph:
        places = locate(front) if header else {}
        facts: list[tuple[IRI, Facts]] = [(RDF_TYPE, IRI(SSSOM + "MappingSet"))]
        for name, value in header.items():
            slot, line = SLOTS.get(name), places[(name,)].line
            if slot is not None:
                texts = [
                    text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)
                ]
                facts.append((slot.predicate, self._values(slot, texts, line, name)))
            elif name not in _HEADER_ONLY:
                self._problem("unknown-key", line, name, None, None)
        return RecordGraph(self._set, (describe(self._set, *facts, shared=True),))

    def _rows(self, lines: list[str], before: int) -> Iterator[_Row]:
        table = csv.reader(io.StringIO("".join(lines), newline=""), delimiter="\t")
        columns: list[str] = []
        while True:
            start = before + table.line_num + 1
            try:
                cells = next(table)
            except StopIteration:
                return
            except csv.Error as error:
                self._problem("open-quote", start, None, None, str(error))
                return
            if not columns:
                columns = self._columns(cells, start)
            elif any(cell.strip() for cell in cells):
                if len(cells) > len(columns):
                    self._problem("long-row", start, None, f"{len(columns)} cells", f"{len(cells)} cells")
                    continue
                yield _Row(start, dict(zip(columns, map(str.strip, cells), strict=False)))

    def _columns(self, cells: list[str], line: int) -> list[str]:
        for name in REQUIRED:
            if name not in cells:
                self._problem("missing-column", line, name, None, None)
        for name in cells:
            if name not in _READ:
                self._problem("unknown-column", line, name, None, None)
        return cells

    def _mapping(self, row: _Row) -> RecordGraph | None:
        """Return a mapping with its link; None where a name is absent or means nothing."""
        names = [self._required(row, name) for name in REQUIRED]
        if None in names:
            return None
        subject, predicate, target, _ = [name for name in names if name is not None]
        negated = row.cells.get("predicate_modifier", "") == "Not"
        facts: list[tuple[IRI, Facts]] = [
            (RDF_TYPE, IRI(SSSOM + "Mapping")),
            (IS_PART_OF, self._set),
            (_SOURCE, subject),
            (_PROPERTY, predicate),
            (_TARGET, target),
            (_NOT, _NEGATED if negated else None),
        ]
        for name, text in row.cells.items():
            slot = SLOTS.get(name)
            if slot is not None and text:
                texts = text.split("|") if slot.several else [text]
                facts.append((slot.predicate, self._values(slot, texts, row.line, name)))
        node = self._settings.minted(
            f"mapping/{digest(subject, predicate, target, *_sorted(row.cells), length=16)}"
        )
        described = describe(node, *facts, shared=True)
        if negated or subject == target or _NO_TERM in (subject, target):
            return RecordGraph(node, (described,))
        return RecordGraph(subject, (describe(subject, (predicate, target), shared=True), described))

    def _required(self, row: _Row, name: str) -> IRI | None:
        text = row.cells.get(name, "")
        if not text:
            self._problem("missing-key", row.line, name, "a compact name or an IRI", None)
            return None
        return self._iri(text, row.line, name)

    def _iri(self, text: str, line: int, name: str) -> IRI | None:
        found = self._names.iri(text)
        if found is None:
            self._problem(
                "bad-iri", line, name, "an IRI, or a compact name with a prefix of the curie_map", text
            )
        return found

    def _values(self, slot: Slot, texts: list[str], line: int, name: str) -> list[Object]:
        found = (self._value(slot.kind, text.strip(), line, name) for text in texts if text.strip())
        return [value for value in found if value is not None]

    def _value(self, kind: str, text: str, line: int, name: str) -> Object | None:
        if kind == "name":
            return self._iri(text, line, name)
        if kind == "number":
            return self._number(text, line, name)
        if kind == "date":
            return self._date(text, line, name)
        return CONTROL.sub("\ufffd", text)

    def _number(self, text: str, line: int, name: str) -> Literal | None:
        number = canonical_decimal(text)
        if number is None or not 0 <= float(number) <= 1:
            self._problem("bad-number", line, name, "a number from 0 to 1", text)
            return None
        return Literal(number, XSD_DECIMAL)

    def _date(self, text: str, line: int, name: str) -> Literal | None:
        try:
            return Literal(date.fromisoformat(text).isoformat(), XSD_DATE)
        except ValueError:
            self._problem("bad-date", line, name, "a date such as 2020-05-30", text)
            return None

    def _problem(
        self, code: str, line: int, field: str | None, expected: str | None, found: str | None
    ) -> None:
        text = None if found is None else shown(found)
        self._report(Problem(code, self._path, line, None, field, expected, text))


def _prefixes(declared: object) -> dict[str, str]:
    rows = declared.items() if isinstance(declared, dict) else ()
    return {prefix: start for prefix, start in rows if isinstance(start, str)}


def _sorted(cells: Mapping[str, str]) -> list[str]:
    return [f"{name}={cells[name]}" for name in sorted(cells) if cells[name]]
