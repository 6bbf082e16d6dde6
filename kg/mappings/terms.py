"""SSSOM in RDF: its slots, and the entities that its compact names mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from kg.graph import IRI
from kg.identifiers import NAMES, NAMESPACES, Namespace
from kg.iris import absolute_iri
from kg.vocabulary import DCTERMS, PREFIXES, RDFS

SSSOM = "https://w3id.org/sssom/"
SEMAPV = "https://w3id.org/semapv/vocab/"
OWL = "http://www.w3.org/2002/07/owl#"
PAV = "http://purl.org/pav/"

BUILT_IN: Mapping[str, str] = MappingProxyType(
    dict(PREFIXES)
    | {
        "owl": OWL,
        "sssom": SSSOM,
        "semapv": SEMAPV,
        "pav": PAV,
        "obo": "http://purl.obolibrary.org/obo/",
        "oboInOwl": "http://www.geneontology.org/formats/oboInOwl#",
        "linkml": "https://w3id.org/linkml/",
    }
)
"""The prefixes that SSSOM has without a declaration, with those of our vocabularies."""

OUTPUT_PREFIXES: Mapping[str, str] = MappingProxyType(
    {"owl": OWL, "pav": PAV, "prov": "http://www.w3.org/ns/prov#", "semapv": SEMAPV, "sssom": SSSOM}
)
"""The prefixes of an output that holds mappings, beside those of every output."""

RESERVED = frozenset("sssom owl rdf rdfs skos semapv xsd linkml".split())
"""The prefixes that SSSOM forbids to mean anything else."""


class Slot(NamedTuple):
    """One slot: its property, what its values are, and whether it has several, between `|`."""

    predicate: IRI
    kind: str = "text"
    several: bool = False


def _slot(name: str, kind: str = "text", *, several: bool = False, iri: str = "") -> Slot:
    return Slot(IRI(iri or SSSOM + name), kind, several)


_TEXTS = (
    "subject_label subject_category predicate_label object_label object_category mapping_cardinality"
    " mapping_tool mapping_tool_version subject_source_version object_source_version match_string other"
    " similarity_measure mapping_set_group subject_type object_type predicate_type sssom_version"
)
_LISTS = (
    "author_label reviewer_label creator_label subject_match_field object_match_field subject_preprocessing"
    " object_preprocessing curation_rule_text cardinality_scope"
)
SLOTS: Mapping[str, Slot] = MappingProxyType(
    {name: _slot(name) for name in _TEXTS.split()}
    | {name: _slot(name, several=True) for name in _LISTS.split()}
    | {name: _slot(name, "number") for name in ("confidence", "similarity_score", "mapping_set_confidence")}
    | {name: _slot(name, "name") for name in "subject_source object_source mapping_source".split()}
    | {name: _slot(name, "name") for name in "mapping_provider mapping_tool_id issue_tracker".split()}
    | {
        "mapping_justification": _slot("mapping_justification", "name"),
        "author_id": _slot("author_id", "name", several=True, iri=PAV + "authoredBy"),
        "creator_id": _slot("creator_id", "name", several=True, iri=DCTERMS + "creator"),
        "reviewer_id": _slot("reviewer_id", "name", several=True),
        "curation_rule": _slot("curation_rule", "name", several=True),
        "license": _slot("license", "name", iri=DCTERMS + "license"),
        "mapping_date": _slot("mapping_date", "date", iri=PAV + "authoredOn"),
        "publication_date": _slot("publication_date", "date", iri=DCTERMS + "created"),
        "review_date": _slot("review_date", "date"),
        "comment": _slot("comment", iri=RDFS + "comment"),
        "see_also": _slot("see_also", "name", several=True, iri=RDFS + "seeAlso"),
        "issue_tracker_item": _slot("issue_tracker_item", "name"),
        "mapping_set_version": _slot("mapping_set_version", iri=OWL + "versionInfo"),
        "mapping_set_title": _slot("mapping_set_title", iri=DCTERMS + "title"),
        "mapping_set_description": _slot("mapping_set_description", iri=DCTERMS + "description"),
        "mapping_set_source": _slot(
            "mapping_set_source", "name", several=True, iri="http://www.w3.org/ns/prov#wasDerivedFrom"
        ),
    }
)
"""Every slot that is kept, by its name."""

REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
"""The columns without which a row is no mapping."""

_REGISTRY = re.compile(r"https?://(?:www\.)?(?:identifiers\.org|bioregistry\.io|n2t\.net)/([^/:]+)[/:](.+)")


class Names:
    """Turns compact names and IRIs of a file into IRIs, ours where the namespace is one that we have."""

    def __init__(self, declared: Mapping[str, str]) -> None:
        self._declared = dict(BUILT_IN) | {k: v for k, v in declared.items() if k not in RESERVED}

    def iri(self, text: str) -> IRI | None:
        """Return the IRI of a compact name or an IRI, or None where it is neither.

        >>> Names({}).iri("MESH:D000255"), Names({}).iri("skos:exactMatch")
        (IRI('https://identifiers.org/mesh/D000255'), IRI('http://www.w3.org/2004/02/skos/core#exactMatch'))
        >>> Names({"X": "http://purl.obolibrary.org/obo/CHEBI_"}).iri("X:15422")
        IRI('https://identifiers.org/chebi/CHEBI:15422')
        """
        prefix, colon, local = text.partition(":")
        if not colon or local.startswith("//"):
            return _ours(text) or absolute_iri(text)
        start = self._declared.get(prefix)
        ours = _registered(prefix, local)
        if start is None:
            return ours or (absolute_iri(text) if prefix in ("urn", "mailto") else None)
        return _ours(start + local) or ours or absolute_iri(start + local)


def _registered(prefix: str, local: str) -> IRI | None:
    for row in NAMES.get(prefix.lower(), ()):
        found = row.iri(local)
        if found is not None:
            return found
    return None


def _ours(iri: str) -> IRI | None:
    """Return our IRI of what an IRI in another form means, or None."""
    found = _REGISTRY.fullmatch(iri)
    if found is not None:
        return _registered(found[1], found[2])
    for row in NAMESPACES.values():
        for start in _starts(row):
            if iri.startswith(start):
                return row.iri(iri[len(start) :])
    return None


def _starts(row: Namespace) -> tuple[str, ...]:
    plain = row.stem.replace("https:", "http:", 1)
    owner = (row.owner.removesuffix("{}"),) if row.owner else ()
    return (row.stem, plain, *owner)
