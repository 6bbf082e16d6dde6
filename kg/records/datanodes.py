"""Data nodes of a pathway: the rows of `_data/<WP>-datanodes.tsv`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from kg.identifiers import (
    CHEBI,
    CHEMSPIDER,
    ENSEMBL,
    HGNC_SYMBOL,
    HMDB,
    INCHIKEY,
    KEGG_COMPOUND,
    LIPIDMAPS,
    NAMES,
    NCBIGENE,
    PUBCHEM_COMPOUND,
    UNIPROT,
    WIKIDATA,
    Namespace,
)
from kg.problems import Report
from kg.records import keys
from kg.records.fields import Row, present, table_rows
from kg.records.markdown import html_text
from kg.records.shared import Identifier
from kg.source import Document

OWN = "Identifier"
"""The column of the identifier that the pathway itself gives a data node."""

COLUMNS: Mapping[str, Namespace] = {
    "Ensembl": ENSEMBL,
    "NCBI gene": NCBIGENE,
    "HGNC": HGNC_SYMBOL,
    "UniProt": UNIPROT,
    "Wikidata": WIKIDATA,
    "ChEBI": CHEBI,
    "InChI": INCHIKEY,
    "PubChem": PUBCHEM_COMPOUND,
    "ChemSpider": CHEMSPIDER,
    "HMDB": HMDB,
    "KEGG": KEGG_COMPOUND,
    "LipidMaps": LIPIDMAPS,
}
"""The columns of cross references, each with the namespace of a value that names none."""

_TYPES = frozenset({"GeneProduct", "Protein", "Metabolite", "Rna", "RNA", "Complex", "Pathway", "Unknown"})
_BREAK = re.compile(r"</?br\s*/?>", re.IGNORECASE)


class DataNode(NamedTuple):
    """One data node: what it shows, the identifier of its own, and its cross references.

    `source` is the own identifier as written, `own` what it says; `unlinked` are texts of any column that
    match no pattern. `occurrences` is how many rows there are of the same label, type and identifier.
    """

    label: str | None
    type: str | None
    source: str | None
    own: tuple[Identifier, ...]
    references: tuple[Identifier, ...]
    unlinked: tuple[str, ...]
    comments: tuple[str, ...]
    occurrences: int


def parse_data_nodes(document: Document, name: str, report: Report) -> Iterator[DataNode]:
    """Yield the data nodes of the table of that name; equal ones are one."""
    table = document.table(name, report, quoted=True)
    if table is None:
        return
    rows = table_rows(table, keys.DATA_NODE_COLUMNS, "Label", document, report, mended)
    yield from _grouped(found for row in rows if (found := _read_row(row)))


def mended(cells: list[str]) -> list[str] | None:
    """Return the cells of a row without an empty one beside its label, where that alone explains the row.

    >>> mended(["AKT1", "", "Protein", "ncbigene:207"]), mended(["", "AKT1", "Protein", "x"])
    (['AKT1', 'Protein', 'ncbigene:207'], ['AKT1', 'Protein', 'x'])
    >>> mended(["AKT1", "kinase", "Protein", "x"]) is None
    True
    """
    first, second, kind = (cell.strip() for cell in cells[:3])
    if kind not in _TYPES or bool(first) == bool(second):
        return None
    return [cells[0] if first else cells[1], *cells[2:]]


def _read_row(row: Row) -> DataNode | None:
    label, kind = row.verbatim("Label"), row.text("Type")
    source = row.verbatim(OWN) if row.text(OWN) else None
    if label is None and source is None:
        row.problem("empty-annotation", None, "a label and an identifier", "nothing")
        return None
    if label is None:
        row.problem("missing-label", "Label", "the label that the pathway shows", None)
    own, unlinked = _read_cell(row, OWN)
    references: list[Identifier] = []
    for column in COLUMNS:
        if row.values.get(column):
            found, bad = _read_cell(row, column)
            references += found
            unlinked += bad
    return DataNode(
        label, kind, source, own, tuple(references), unlinked, tuple(_comments(row.values.get("Comment"))), 1
    )


def _read_cell(row: Row, column: str) -> tuple[tuple[Identifier, ...], tuple[str, ...]]:
    """Return the identifiers of a cell, and the texts that are none (reported)."""
    text = row.text(column)
    if text is None:
        return (), ()
    identifiers, faults = read_identifiers(text, column)
    for fault in faults:
        row.problem(fault.code, column, fault.expected, fault.text)
    return identifiers, tuple(fault.text for fault in faults)


class _Fault(NamedTuple):
    code: str
    text: str
    expected: str


@lru_cache(maxsize=1 << 15)
def read_identifiers(text: str, column: str) -> tuple[tuple[Identifier, ...], tuple[_Fault, ...]]:
    """Return the identifiers of a cell (several are parted by `;`), and what is no identifier.

    >>> [found.local for found in read_identifiers("ncbigene:207; ncbigene:208", "NCBI gene")[0]]
    ['207', '208']
    >>> [fault.code for fault in read_identifiers(":AT1G01010", "Identifier")[1]]
    ['unknown-namespace']
    """
    found: dict[Identifier, None] = {}
    faults: dict[_Fault, None] = {}
    for part in text.split(";"):
        value = present(part)
        if value is None:
            continue
        read = _read(value, column)
        if isinstance(read, Identifier):
            found[read] = None
        else:
            faults[read] = None
    return tuple(found), tuple(faults)


def _read(text: str, column: str) -> Identifier | _Fault:
    prefix, colon, rest = text.partition(":")
    candidates = NAMES.get(prefix.strip().lower(), ()) if colon else ()
    if not colon and column in COLUMNS:
        candidates, rest = (COLUMNS[column],), text
    for namespace in candidates:
        local = namespace.local(rest)
        if local is not None:
            return Identifier(namespace, local)
    if not candidates:
        return _Fault("unknown-namespace", text, "a known namespace before a colon")
    return _Fault("bad-identifier", text, f"{candidates[0].name}: {candidates[0].pattern}")


def _comments(cell: str | None) -> Iterator[str]:
    """Yield the comments of a cell, which parts them by `</br>`."""
    if cell:
        for part in _BREAK.split(cell):
            text = html_text(part)
            if text:
                yield text


def _grouped(nodes: Iterable[DataNode]) -> Iterator[DataNode]:
    """Gather data nodes of the same label, type and identifier."""
    groups: dict[tuple[str | None, str | None, str | None], list[DataNode]] = {}
    for node in nodes:
        groups.setdefault(node[:3], []).append(node)
    for found in groups.values():
        yield found[0] if len(found) == 1 else _joined(found)


def _joined(nodes: list[DataNode]) -> DataNode:
    return nodes[0]._replace(
        references=tuple(dict.fromkeys(item for node in nodes for item in node.references)),
        unlinked=tuple(dict.fromkeys(item for node in nodes for item in node.unlinked)),
        comments=tuple(dict.fromkeys(item for node in nodes for item in node.comments)),
        occurrences=len(nodes),
    )
