"""Identifier namespaces: one row each, and the only place that builds such IRIs.

Patterns are those of the identifiers.org registry; they must match the whole local part. To add a
namespace, add one row. What each rejects in the real records, and where we differ: docs/identifiers.md.

>>> NCBIGENE.iri("208")
IRI('https://identifiers.org/ncbigene/208')
>>> NCBIGENE.iri("abc") is None
True
>>> MESH.curie("mesh:C462103"), PMC.curie("PMC12"), CHEBI.curie("chebi:15422")
('mesh:C462103', 'pmc:PMC12', 'CHEBI:15422')
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import quote

from kg.graph import IRI

IDENTIFIERS_ORG = "https://identifiers.org/"
_PATH_SAFE = "!$&'()*+,;=:@~-._/"


class Namespace:
    """One namespace of identifiers; immutable by convention, compared by identity.

    `pattern` holds for the bare local part. `lead` is what stands before it in the IRI (`CHEBI:`)
    and may stand before it in the data. `stem` is where the IRIs start when that is not identifiers.org.
    `owner` is the IRI form of the owner's own RDF, with `{}` for the local part. `aliases` are further
    prefixes that the data has for it. `canonical` turns a local part that matches into the one form of it.
    """

    __slots__ = (
        "_bare",
        "_canonical",
        "_compact",
        "_lead_iri",
        "_start",
        "aliases",
        "lead",
        "name",
        "owner",
        "pattern",
        "prefix",
        "stem",
    )

    def __init__(
        self,
        prefix: str,
        name: str,
        pattern: str,
        *,
        lead: str = "",
        stem: str = "",
        owner: str = "",
        aliases: str = "",
        canonical: Callable[[str], str | None] | None = None,
    ) -> None:
        self.prefix, self.name, self.pattern, self.lead, self.owner = prefix, name, pattern, lead, owner
        self.stem = stem or f"{IDENTIFIERS_ORG}{prefix}/"
        self._lead_iri = self.stem + lead
        self._compact = lead if lead.endswith(":") else f"{prefix}:{lead}"
        self.aliases = tuple(aliases.split())
        self._canonical = canonical
        self._bare = re.compile(pattern, re.ASCII)
        names = "|".join(map(re.escape, (prefix, *self.aliases)))
        start = rf"(?:(?:{names}):\s*){{0,2}}(?:{re.escape(lead)})?"
        self._start = re.compile(start, re.IGNORECASE)

    def __repr__(self) -> str:
        return f"Namespace({self.prefix!r})"

    def local(self, text: str) -> str | None:
        """Return the bare local part of an identifier as written (prefix in any case, or none), or None.

        >>> MESH.local(" mesh:C462103 "), PMC.local("PMC12"), MESH.local("WNT")
        ('C462103', 'PMC12', None)
        """
        local = text.strip()
        if not self._bare.fullmatch(local):
            start = self._start.match(local)
            local = local[start.end() :] if start else local
            if not self._bare.fullmatch(local):
                return None
        return local if self._canonical is None else self._canonical(local)

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
        return None if local is None else self.curie_of(local)

    def curie_of(self, local: str) -> str:
        """Return the compact identifier of a local part that `local` gave."""
        return self._compact + local

    def owner_iri(self, text: str) -> IRI | None:
        """Return the IRI that the owner's own RDF uses (OBO, UniProt, MeSH RDF), or None."""
        local = self.local(text)
        return None if local is None else self.owner_of(local)

    def owner_of(self, local: str) -> IRI | None:
        """Return the IRI that the owner's own RDF uses for a local part that `local` gave, or None."""
        if not self.owner:
            return None
        plain = local.isascii() and local.isalnum()
        return IRI(self.owner.format(local if plain else quote(local, safe=_PATH_SAFE)))


_OBO = "http://purl.obolibrary.org/obo/"
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_UNIPROT = r"[OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9](?:[A-Z][A-Z0-9]{2}[0-9]){1,2}"
_YEAST = r"Y[A-Z]{2}\d{3}[a-zA-Z](?:-[A-Z])?"
_ENSEMBL = rf"ENS[FPTG]\d{{11}}(?:\.\d+)?|FB\w{{2}}\d{{7}}|{_YEAST}|[A-Z_a-z0-9]+\.?t?(?:\d+)?[a-z]?"
_EC = r"\d+\.-\.-\.-|\d+\.\d+\.-\.-|\d+\.\d+\.\d+\.-|\d+\.\d+\.\d+\.n?\d+"
_INSDC = r"(?:[A-Z]\d{5}|[A-Z]{2}\d{6}|[A-Z]{4,6}\d{8,10}|[A-J][A-Z]{2}\d{5})(?:\.\d+)?"
_REFSEQ = r"(?:(?:WP|AC|AP|NC|NG|NM|NP|NR|NT|NW|XM|XP|XR|YP|ZP)_\d+|NZ_[A-Z]{2,4}\d+)(?:\.\d+)?"
_REACTOME = r"R-[A-Z]{3}-\d+(?:-\d+)?(?:\.\d+)?|REACT_\d+(?:\.\d+)?"


def _seven_digits(local: str) -> str:
    """Return an HMDB accession in its present form: older ones had five digits for the same number."""
    return f"HMDB{int(local[4:]):07}"


def isbn_13(text: str) -> str | None:
    """Return the thirteen digits of an ISBN, or None where its check digit is wrong.

    >>> isbn_13("0-306-40615-2"), isbn_13("978-0-306-40615-7"), isbn_13("978-0-306-40615-8")
    ('9780306406157', '9780306406157', None)
    """
    digits = re.sub(r"[ -]", "", text).upper()
    if len(digits) == 10:
        if sum(weight * int(digit.replace("X", "10")) for weight, digit in _weighted(digits)) % 11:
            return None
        return f"978{digits[:9]}{_check_digit('978' + digits[:9])}"
    return digits if len(digits) == 13 and _check_digit(digits[:12]) == digits[12] else None


def _weighted(digits: str) -> list[tuple[int, str]]:
    return list(zip(range(10, 0, -1), digits, strict=True))


def _check_digit(digits: str) -> str:
    return str(-sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits)) % 10)


# what figures, pathways, papers and ontologies are called
TAXONOMY = Namespace("taxonomy", "NCBI Taxonomy", r"[1-9]\d*", owner=_OBO + "NCBITaxon_{}")
PMC = Namespace("pmc", "PubMed Central", r"PMC\d+")
PUBMED = Namespace("pubmed", "PubMed", r"[1-9]\d*")
DOI = Namespace("doi", "DOI", r"10\.\d{4,9}/\S+", stem="https://doi.org/")
ISBN = Namespace("isbn", "ISBN", r"[\d -]{10,17}|[\d -]{9,12}[Xx]", canonical=isbn_13)
WIKIPATHWAYS = Namespace("wikipathways", "WikiPathways", r"WP\d{1,5}")
NDEX = Namespace("ndex", "NDEx", _UUID, stem="https://www.ndexbio.org/viewer/networks/")
ORCID = Namespace("orcid", "ORCID", r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", stem="https://orcid.org/")
WIKIDATA = Namespace("wikidata", "Wikidata", r"Q\d+", stem="http://www.wikidata.org/entity/")
MESH = Namespace("mesh", "MeSH", r"[CDQ]\d{6,9}", owner="http://id.nlm.nih.gov/mesh/{}")
DOID = Namespace("doid", "Disease Ontology", r"\d+", lead="DOID:", owner=_OBO + "DOID_{}")
PW = Namespace("pw", "Pathway Ontology", r"\d{7}", lead="PW:", owner=_OBO + "PW_{}")
CL = Namespace("cl", "Cell Ontology", r"\d{7}", lead="CL:", owner=_OBO + "CL_{}")
GO = Namespace("go", "Gene Ontology", r"\d{7}", lead="GO:", owner=_OBO + "GO_{}")

# genes
NCBIGENE = Namespace("ncbigene", "NCBI Gene", r"[1-9]\d*")
ENSEMBL = Namespace("ensembl", "Ensembl", _ENSEMBL)
HGNC = Namespace("hgnc", "HGNC", r"\d{1,5}")
HGNC_SYMBOL = Namespace("hgnc.symbol", "HGNC symbol", r"[A-Za-z0-9_-]+@?")
SGD = Namespace("sgd", "SGD", rf"S\d+|{_YEAST}")
TAIR_LOCUS = Namespace("tair.locus", "TAIR locus", r"\d{7}")
TAIR_NAME = Namespace("tair.name", "TAIR gene name", r"AT.G\d{5}", aliases="tair.locus")
WORMBASE = Namespace("wb", "WormBase", r"WB[A-Z][a-z]+\d+", aliases="wormbase")
FLYBASE = Namespace("fb", "FlyBase", r"FB\w{2}\d{7}", aliases="flybase")
ZFIN = Namespace("zfin", "ZFIN", r"ZDB-\w+-\d+-\d+")
MGI = Namespace("mgi", "Mouse Genome Database", r"\d+", lead="MGI:")
RGD = Namespace("rgd", "Rat Genome Database", r"\d{4,}")
KEGG_GENES = Namespace("kegg.genes", "KEGG Genes", r"\w+:[\w.-]*")
HOMOLOGENE = Namespace("homologene", "HomoloGene", r"\d+")
OMIM = Namespace("mim", "OMIM", r"[*#+%^]?\d{6}", aliases="omim")

# proteins, their families, sequences and enzymes
UNIPROT = Namespace("uniprot", "UniProt", _UNIPROT, owner="http://purl.uniprot.org/uniprot/{}")
NCBIPROTEIN = Namespace("ncbiprotein", "NCBI Protein", r"\w+_?\d+(?:.\d+)?")
INTERPRO = Namespace("interpro", "InterPro", r"IPR\d{6}")
PFAM = Namespace("pfam", "Pfam", r"PF\d{5}")
ECCODE = Namespace("ec-code", "Enzyme Nomenclature", _EC, aliases="eccode")
BRENDA = Namespace("brenda", "BRENDA", r"\d+\.-\.-\.-|\d+\.\d+\.-\.-|\d+\.\d+\.\d+\.(?:-|\d+)")
INSDC = Namespace("insdc", "INSDC", _INSDC)
ENA = Namespace("ena.embl", "ENA", r"[A-Z]+[0-9]+(?:\.\d+)?")
REFSEQ = Namespace("refseq", "RefSeq", _REFSEQ)
MIRBASE = Namespace("mirbase", "miRBase", r"MI\d{7}")
MIRBASE_MATURE = Namespace("mirbase.mature", "miRBase mature sequence", r"MIMAT\d{7}", aliases="mirbase")
RFAM = Namespace("rfam", "Rfam", r"RF\d{5}")

# metabolites and drugs
CHEBI = Namespace("chebi", "ChEBI", r"\d+", lead="CHEBI:", owner=_OBO + "CHEBI_{}")
HMDB = Namespace("hmdb", "HMDB", r"HMDB\d+", canonical=_seven_digits)
KEGG_COMPOUND = Namespace("kegg.compound", "KEGG Compound", r"C\d+")
KEGG_DRUG = Namespace("kegg.drug", "KEGG Drug", r"D\d+")
KEGG_GLYCAN = Namespace("kegg.glycan", "KEGG Glycan", r"G\d+")
PUBCHEM_COMPOUND = Namespace("pubchem.compound", "PubChem compound", r"\d+")
PUBCHEM_SUBSTANCE = Namespace("pubchem.substance", "PubChem substance", r"\d+")
CHEMSPIDER = Namespace("chemspider", "ChemSpider", r"\d+")
LIPIDMAPS = Namespace(
    "lipidmaps", "LIPID MAPS", r"LM(?:FA|GL|GP|SP|ST|PR|SL|PK)[0-9]{4}(?:[0-9a-zA-Z]{4,6})?"
)
SWISSLIPIDS = Namespace("slm", "SwissLipids", r"\d+", lead="SLM:", aliases="swisslipid swisslipids")
INCHIKEY = Namespace("inchikey", "InChIKey", r"[A-Z]{14}-[A-Z]{10}(?:-[A-Z])?")
CAS = Namespace("cas", "CAS", r"\d{1,7}-\d{2}-\d")
KNAPSACK = Namespace("knapsack", "KNApSAcK", r"C\d{8}")
CHEMBL = Namespace("chembl.compound", "ChEMBL", r"CHEMBL\d+")
DRUGBANK = Namespace("drugbank", "DrugBank", r"DB\d{5}")

# pathways, reactions and complexes
REACTOME = Namespace("reactome", "Reactome", _REACTOME)
KEGG_PATHWAY = Namespace("kegg.pathway", "KEGG Pathway", r"\w{2,4}\d{5}")
RHEA = Namespace("rhea", "Rhea", r"\d{5}", owner="http://rdf.rhea-db.org/{}")
COMPLEXPORTAL = Namespace("complexportal", "Complex Portal", r"CPX-\d+")

NAMESPACES: Mapping[str, Namespace] = MappingProxyType(
    {row.prefix: row for row in list(globals().values()) if isinstance(row, Namespace)}
)
"""Every namespace by its prefix."""


def _by_name() -> dict[str, tuple[Namespace, ...]]:
    found: dict[str, tuple[Namespace, ...]] = {}
    for row in NAMESPACES.values():
        for name in (row.prefix, *row.aliases):
            found[name] = (*found.get(name, ()), row)
    return found


NAMES: Mapping[str, tuple[Namespace, ...]] = MappingProxyType(_by_name())
"""The namespaces that a prefix in the data can stand for, first the one that it names in the registry."""

ONTOLOGIES: Mapping[str, Namespace] = MappingProxyType({"PW": PW, "DOID": DOID, "CL": CL})
"""The namespaces of ontology terms, by the head of their identifiers."""


def ontology_iri(namespace: Namespace) -> IRI:
    """Return the IRI of the ontology that the terms of a namespace belong to.

    >>> ontology_iri(PW)
    IRI('http://purl.obolibrary.org/obo/pw.owl')
    """
    return IRI(f"{_OBO}{namespace.prefix}.owl")
