"""Identifier namespaces: one row each, and the only place that builds such IRIs.

Patterns are those of the identifiers.org registry; they must match the whole local part. To add a
namespace, add one row.

>>> NCBIGENE.iri("208")
IRI('https://identifiers.org/ncbigene/208')
>>> NCBIGENE.iri("abc") is None
True
>>> MESH.curie("mesh:C462103"), PMC.curie("PMC12"), CHEBI.curie("chebi:15422")
('mesh:C462103', 'pmc:PMC12', 'CHEBI:15422')
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote

from kg.graph import IRI

IDENTIFIERS_ORG = "https://identifiers.org/"
_PATH_SAFE = "!$&'()*+,;=:@~-._/"


class Namespace:
    """One namespace of identifiers; immutable by convention, compared by identity.

    `pattern` holds for the bare local part. `lead` is what stands before it in the IRI (`CHEBI:`)
    and may stand before it in the data. `stem` is where the IRIs start when that is not identifiers.org.
    `owner` is the IRI form of the owner's own RDF, with `{}` for the local part.
    """

    __slots__ = ("_bare", "_lead_iri", "_start", "lead", "name", "owner", "pattern", "prefix", "stem")

    def __init__(
        self, prefix: str, name: str, pattern: str, *, lead: str = "", stem: str = "", owner: str = ""
    ) -> None:
        self.prefix, self.name, self.pattern, self.lead, self.owner = prefix, name, pattern, lead, owner
        self.stem = stem or f"{IDENTIFIERS_ORG}{prefix}/"
        self._lead_iri = self.stem + lead
        self._bare = re.compile(pattern, re.ASCII)
        start = f"(?:{re.escape(prefix)}:)?(?:{re.escape(lead)})?"
        self._start = re.compile(start, re.ASCII | re.IGNORECASE)

    def __repr__(self) -> str:
        return f"Namespace({self.prefix!r})"

    def local(self, text: str) -> str | None:
        """Return the bare local part of an identifier as written (prefix in any case, or none), or None.

        >>> MESH.local(" mesh:C462103 "), PMC.local("PMC12"), MESH.local("WNT")
        ('C462103', 'PMC12', None)
        """
        text = text.strip()
        if self._bare.fullmatch(text):
            return text
        start = self._start.match(text)
        local = text[start.end() :] if start else text
        return local if self._bare.fullmatch(local) else None

    def iri(self, text: str) -> IRI | None:
        """Return the IRI of an identifier as written, or None where it does not fit the pattern."""
        local = self.local(text)
        return None if local is None else self.iri_of(local)

    def iri_of(self, local: str) -> IRI:
        """Return the IRI of a local part that `local` gave."""
        plain = local.isascii() and local.isalnum()
        return IRI(self._lead_iri + (local if plain else quote(local, safe=_PATH_SAFE)))

    def curie(self, text: str) -> str | None:
        """Return the compact identifier (`ncbigene:208`, `pmc:PMC12`, `CHEBI:15422`), or None."""
        local = self.local(text)
        if local is None:
            return None
        return f"{self.lead}{local}" if self.lead.endswith(":") else f"{self.prefix}:{self.lead}{local}"

    def owner_iri(self, text: str) -> IRI | None:
        """Return the IRI that the owner's own RDF uses (OBO, UniProt, MeSH RDF), or None."""
        local = self.local(text)
        if local is None or not self.owner:
            return None
        return IRI(self.owner.format(quote(local, safe=_PATH_SAFE)))


_OBO = "http://purl.obolibrary.org/obo/"
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

NCBIGENE = Namespace("ncbigene", "NCBI Gene", r"[1-9]\d*")
MESH = Namespace("mesh", "MeSH", r"[CDQ]\d{6,9}", owner="http://id.nlm.nih.gov/mesh/{}")
CHEBI = Namespace("chebi", "ChEBI", r"\d+", lead="CHEBI:", owner=_OBO + "CHEBI_{}")
DOID = Namespace("doid", "Disease Ontology", r"\d+", lead="DOID:", owner=_OBO + "DOID_{}")
PW = Namespace("pw", "Pathway Ontology", r"\d{7}", lead="PW:", owner=_OBO + "PW_{}")
CL = Namespace("cl", "Cell Ontology", r"\d{7}", lead="CL:", owner=_OBO + "CL_{}")
TAXONOMY = Namespace("taxonomy", "NCBI Taxonomy", r"[1-9]\d*", owner=_OBO + "NCBITaxon_{}")
PMC = Namespace("pmc", "PubMed Central", r"PMC\d+")
PUBMED = Namespace("pubmed", "PubMed", r"[1-9]\d*")
DOI = Namespace("doi", "DOI", r"10\.\d{4,9}/\S+", stem="https://doi.org/")
WIKIPATHWAYS = Namespace("wikipathways", "WikiPathways", r"WP\d{1,5}")
NDEX = Namespace("ndex", "NDEx", _UUID, stem="https://www.ndexbio.org/viewer/networks/")

NAMESPACES: Mapping[str, Namespace] = MappingProxyType(
    {
        row.prefix: row
        for row in (NCBIGENE, MESH, CHEBI, DOID, PW, CL, TAXONOMY, PMC, PUBMED, DOI, WIKIPATHWAYS, NDEX)
    }
)
"""Every namespace by its prefix."""

ONTOLOGIES: Mapping[str, Namespace] = MappingProxyType({"PW": PW, "DOID": DOID, "CL": CL})
"""The namespaces of ontology terms, by the head of their identifiers."""


def ontology_iri(namespace: Namespace) -> IRI:
    """Return the IRI of the ontology that the terms of a namespace belong to.

    >>> ontology_iri(PW)
    IRI('http://purl.obolibrary.org/obo/pw.owl')
    """
    return IRI(f"{_OBO}{namespace.prefix}.owl")
