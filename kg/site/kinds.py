"""The kinds of things that have a page: one row each, in the order in which a site lists them.

A thing is an IRI of the data; its *key* names it within its kind, for people and in addresses. A key is the
local part of the kind's own namespace (`208` of `https://identifiers.org/ncbigene/208`), else a compact
identifier (`mesh:D000255`, `CHEBI:15422`, `ensembl:ENSG00000105221`), else the name of a minted IRI
(`journal/<key>`), else the IRI itself. A figure is named by its figid, which its record states.

>>> KINDS["gene"].key("https://identifiers.org/ncbigene/208"), KINDS["gene"].iri("208")
('208', IRI('https://identifiers.org/ncbigene/208'))
>>> KINDS["chemical"].key("https://identifiers.org/chebi/CHEBI:15422")
'CHEBI:15422'
>>> KINDS["journal"].key("https://w3id.org/pathway-kg/journal/j-biol-chem")
'j-biol-chem'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from kg import vocabulary as v
from kg.graph import IRI
from kg.identifiers import NAMESPACES, NCBIGENE, PMC, TAXONOMY, WIKIPATHWAYS, Namespace

_STEMS: Mapping[str, str] = MappingProxyType({row.stem: row.prefix for row in NAMESPACES.values()})
_COMPACT: Mapping[str, str] = MappingProxyType(
    {row.curie_of("").partition(":")[0]: row.stem + row.lead for row in NAMESPACES.values()}
)
_MINTED = re.compile(r"https?://.*[/#](?P<kind>journal|post)/(?P<key>[^/?#]+)")


class Kind(NamedTuple):
    """One kind of things: what its classes are, what it is called, and whose local parts are its keys."""

    name: str
    classes: tuple[IRI, ...]
    label: str
    plural: str
    namespace: Namespace | None = None

    def key(self, iri: str, identifier: str | None = None) -> str:
        """Return the key of a thing; `identifier` is what its record calls it (figures alone).

        Two things of one kind never share a key, except figures whose records share a figid: the site then
        names the later one by its IRI.
        """
        if self.name == "figure":
            return identifier or iri
        stem, local = _split(iri)
        if self.namespace is not None and stem == self.namespace.stem:
            return local
        prefix = _STEMS.get(stem)
        if prefix is not None and local:
            lead = NAMESPACES[prefix].lead
            return local if lead and local.startswith(lead) else f"{prefix}:{local}"
        minted = _MINTED.fullmatch(iri)
        return minted["key"] if minted and minted["kind"] == self.name else iri

    def iri(self, key: str) -> IRI | None:
        """Return the IRI that a key stands for; None where only the data knows (figures, minted names)."""
        if key.startswith(("http://", "https://")):
            return IRI(key)
        if self.namespace is not None and ":" not in key:
            return IRI(self.namespace.stem + key)
        prefix, colon, local = key.partition(":")
        if not colon:
            return None
        if prefix in _COMPACT:
            return IRI(_COMPACT[prefix] + local)
        return IRI(NAMESPACES[prefix].stem + local) if prefix in NAMESPACES else None


def _split(iri: str) -> tuple[str, str]:
    """Split an IRI behind the stem of its namespace, else behind its last slash."""
    if iri.startswith("https://doi.org/"):
        return "https://doi.org/", iri[16:]
    if iri.startswith("https://identifiers.org/"):
        cut = iri.find("/", 24) + 1
        return iri[:cut], iri[cut:]
    cut = iri.rfind("/") + 1
    return iri[:cut], iri[cut:]


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        row.name: row
        for row in (
            Kind("figure", (v.FIGURE,), "Figure", "Figures"),
            Kind("paper", (v.SCHOLARLY_ARTICLE,), "Paper", "Papers", PMC),
            Kind("gene", (v.GENE,), "Gene", "Genes", NCBIGENE),
            Kind("chemical", (v.CHEMICAL_SUBSTANCE, v.MOLECULAR_ENTITY), "Chemical", "Chemicals"),
            Kind("disease", (v.MEDICAL_CONDITION,), "Disease", "Diseases"),
            Kind("organism", (v.TAXON,), "Organism", "Organisms", TAXONOMY),
            Kind("pathway", (v.PATHWAY,), "Pathway", "Pathways", WIKIPATHWAYS),
            Kind("post", (v.BLOG_POSTING,), "Post", "Posts"),
            Kind("term", (v.DEFINED_TERM,), "Ontology term", "Ontology terms"),
            Kind("journal", (v.PERIODICAL,), "Journal", "Journals"),
        )
    }
)
"""Every kind by its name. A thing of several classes is of the first kind that has one of them."""

ENTITIES = ("gene", "chemical", "disease")
"""The kinds of what figures name."""
