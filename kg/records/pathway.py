"""Pathway records: the page, its data nodes, and its bibliography."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kg.identifiers import DOI, ISBN, KEGG_PATHWAY, NDEX, PMC, PUBMED, WIKIPATHWAYS, Namespace
from kg.iris import http_iri
from kg.organisms import Organism
from kg.problems import Problem, RecordLostError, Report, shown
from kg.records import keys
from kg.records.author import named_authors
from kg.records.datanodes import DataNode, parse_data_nodes
from kg.records.fields import Fields, Row, table_rows
from kg.records.lookups import Lookups
from kg.records.markdown import citation_text, plain_text
from kg.records.shared import (
    Identifier,
    Term,
    linked,
    parse_licence,
    parse_page,
    parse_redirects,
    parse_taxa,
    parse_terms,
    required_text,
)
from kg.source import Document

DATABASES: Mapping[str, Namespace] = {
    "pubmed": PUBMED,
    "doi": DOI,
    "isbn": ISBN,
    "kegg pathway": KEGG_PATHWAY,
    "wikipathways": WIKIPATHWAYS,
    "pmc": PMC,
}
"""What the column `Database` of a bibliography can name, besides `URL`."""


class Reference(NamedTuple):
    """A work that a pathway cites: its identifier or its address, where it has one, and the citation."""

    identifier: Identifier | None
    address: str | None
    citation: str | None


class Citing(NamedTuple):
    """A work that cites a pathway: its identifier and its title, as far as given."""

    identifier: Identifier | None
    title: str | None


class Pathway(NamedTuple):
    """A pathway, as its record says it."""

    wpid: str
    page: str | None
    title: str | None
    description: str | None
    revision: str | None
    date: str | None
    redirects: tuple[str, ...]
    licence: str | None
    creator: str | None
    symbols: tuple[str, ...]
    authors: tuple[str, ...]
    communities: tuple[str, ...]
    organism_names: tuple[str, ...]
    taxa: tuple[Organism, ...]
    terms: tuple[Term, ...]
    ndex: Identifier | None
    cited_in: tuple[Citing, ...]
    references: tuple[Reference, ...]
    data_nodes: tuple[DataNode, ...]
    unlinked: tuple[str, ...]


def parse_pathway(document: Document, lookups: Lookups, report: Report) -> Pathway:
    """Parse a pathway record and its tables.

    Raises:
        RecordLostError: it has no `wpid`, or one that is no WikiPathways identifier.
    """
    fields = Fields(document, report)
    wpid = _wpid(fields)
    jsonld = fields.mapping("schema-jsonld")
    fields.check_keys(keys.PATHWAY)
    jsonld.check_keys(keys.PATHWAY_JSONLD)
    unlinked: list[str] = []
    symbols = jsonld.texts("keywords")
    taxa, names = parse_taxa(fields, "organisms", lookups.organisms)
    description = fields.text("description")
    return Pathway(
        wpid=wpid,
        page=parse_page(jsonld),
        title=fields.text("title"),
        description=(plain_text(description) or None) if description else None,
        revision=fields.text("revision"),
        date=_date(fields),
        redirects=tuple(parse_redirects(fields)),
        licence=parse_licence(jsonld),
        creator=jsonld.mapping("creator").text("name"),
        authors=tuple(named_authors(fields, "authors")),
        communities=tuple(fields.texts("communities")),
        organism_names=tuple(dict.fromkeys(names)),
        taxa=taxa,
        terms=tuple(parse_terms(fields, unlinked, symbols)),
        symbols=tuple(symbols),
        ndex=linked(fields, "ndex", NDEX, unlinked),
        cited_in=tuple(_cited_in(fields, unlinked)),
        references=tuple(_references(document, wpid, report, unlinked)),
        data_nodes=tuple(parse_data_nodes(document, f"{wpid}-datanodes", report)),
        unlinked=tuple(unlinked),
    )


def _wpid(fields: Fields) -> str:
    text = required_text(fields, "wpid")
    local = WIKIPATHWAYS.local(text)
    if local is None:
        expected = f"{WIKIPATHWAYS.name}: {WIKIPATHWAYS.pattern}"
        place = fields.document.place(("wpid",))
        raise RecordLostError(
            Problem("missing-key", fields.document.path, *place, "wpid", expected, shown(text))
        )
    return local


def _date(fields: Fields) -> str | None:
    text = fields.text("last-edited")
    if text is None:
        return None
    try:
        if dt.date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    fields.problem("bad-date", "last-edited", "a date like 2025-10-02", text)
    return None


def _cited_in(fields: Fields, unlinked: list[str]) -> Iterator[Citing]:
    """Yield the works of `citedin`: a PMC identifier, a DOI, or a title alone."""
    if not fields.has("citedin"):
        return
    for row in fields.rows("citedin"):
        row.check_keys(keys.CITED_IN)
        link, title = row.text("link"), row.text("title")
        title = citation_text(title) if title else None
        namespace = PMC if link and PMC.local(link) else DOI
        local = namespace.local(link) if link else None
        if link and local is None:
            row.problem("bad-identifier", "link", f"{PMC.name} or {DOI.name}", link)
            unlinked.append(link)
        if local or title:
            yield Citing(Identifier(namespace, local) if local else None, title)


def _references(document: Document, wpid: str, report: Report, unlinked: list[str]) -> Iterator[Reference]:
    table = document.table(f"{wpid}-bibliography", report, quoted=True)
    if table is None:
        return
    for row in table_rows(table, keys.BIBLIOGRAPHY_COLUMNS, "ID", document, report):
        found = _reference(row, unlinked)
        if found.identifier or found.address or found.citation:
            yield found
        elif not row.text("ID"):
            row.problem("empty-annotation", None, "an identifier or a citation", "nothing")


def _reference(row: Row, unlinked: list[str]) -> Reference:
    text, database, citation = row.text("ID"), row.text("Database"), row.text("Citation")
    citation = (citation_text(citation) or None) if citation else None
    if text is None:
        return Reference(None, None, citation)
    if (database or "").lower() == "url":
        address = http_iri(text)
        if address is None:
            row.problem("bad-iri", "ID", "an absolute http or https IRI", text)
            unlinked.append(text)
        return Reference(None, address, citation)
    namespace = DATABASES.get((database or "").lower())
    local = namespace.local(text) if namespace else None
    if namespace and local:
        return Reference(Identifier(namespace, local), None, citation)
    if namespace:
        row.problem("bad-identifier", "ID", f"{namespace.name}: {namespace.pattern}", text)
    else:
        row.problem("unknown-namespace", "Database", ", ".join([*DATABASES, "url"]), database)
    unlinked.append(text)
    return Reference(None, None, citation)
