"""Organism pages (`_organisms/`) and annotation term pages (`_annotations/`)."""

from __future__ import annotations

from typing import NamedTuple

from kg.identifiers import ONTOLOGIES, TAXONOMY
from kg.organisms import Organism
from kg.problems import Problem, RecordLostError, Report, shown
from kg.records import keys
from kg.records.fields import Fields
from kg.records.lookups import Lookups
from kg.records.shared import Identifier, Term, required_text
from kg.source import Document


class OrganismPage(NamedTuple):
    """What the page of an organism says."""

    organism: Organism
    description: str | None


def parse_organism(document: Document, lookups: Lookups, report: Report) -> OrganismPage:
    """Parse an organism page.

    Raises:
        RecordLostError: it has no NCBI Taxonomy identifier.
    """
    fields = Fields(document, report)
    taxid = required_text(fields, "ncbi")
    local = TAXONOMY.local(taxid)
    if local is None:
        raise _bad_identifier(fields, "ncbi", f"{TAXONOMY.name}: {TAXONOMY.pattern}", taxid)
    fields.check_keys(keys.ORGANISM)
    latin, common = fields.text("latin"), fields.text("common")
    rank = lookups.organisms.get(local).rank
    organism = Organism(local, latin or common, common if common != latin else None, rank)
    return OrganismPage(organism, fields.text("description"))


def parse_term(document: Document, lookups: Lookups, report: Report) -> Term:
    """Parse the page of an ontology term.

    Raises:
        RecordLostError: it has no identifier of an ontology that is known.
    """
    fields = Fields(document, report)
    number = required_text(fields, "xref-identifier")
    source = required_text(fields, "xref-dataSource")
    namespace = ONTOLOGIES.get(source.upper())
    if namespace is None:
        raise _bad_identifier(fields, "xref-dataSource", "one of " + ", ".join(ONTOLOGIES), source)
    local = namespace.local(number)
    if local is None:
        raise _bad_identifier(fields, "xref-identifier", f"{namespace.name}: {namespace.pattern}", number)
    fields.check_keys(keys.TERM)
    return Term(Identifier(namespace, local), fields.text("value"), fields.text("definition"))


def _bad_identifier(fields: Fields, key: str, expected: str, found: str) -> RecordLostError:
    place = fields.document.place((key,))
    return RecordLostError(Problem("missing-key", fields.document.path, *place, key, expected, shown(found)))
