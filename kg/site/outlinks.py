"""Links to other sites, made of identifiers that the graph holds and never of names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

from kg import identifiers as ns
from kg.identifiers import IDENTIFIERS_ORG, NAMESPACES, Namespace
from kg.iris import http_iri
from kg.site.views import Link

_PAGES: Mapping[str, str] = MappingProxyType(
    {
        ns.NCBIGENE.prefix: "https://www.ncbi.nlm.nih.gov/gene/{}",
        ns.HGNC.prefix: "https://www.genenames.org/data/gene-symbol-report/#!/hgnc_id/HGNC:{}",
        ns.UNIPROT.prefix: "https://www.uniprot.org/uniprotkb/{}/entry",
        ns.PMC.prefix: "https://www.ncbi.nlm.nih.gov/pmc/articles/{}/",
        ns.PUBMED.prefix: "https://pubmed.ncbi.nlm.nih.gov/{}/",
        ns.MESH.prefix: "https://meshb.nlm.nih.gov/record/ui?ui={}",
        ns.TAXONOMY.prefix: "https://www.ncbi.nlm.nih.gov/Taxonomy/Browser/wwwtax.cgi?id={}",
        ns.WIKIPATHWAYS.prefix: "https://www.wikipathways.org/pathways/{}.html",
        ns.HMDB.prefix: "https://hmdb.ca/metabolites/{}",
        ns.PUBCHEM_COMPOUND.prefix: "https://pubchem.ncbi.nlm.nih.gov/compound/{}",
        ns.WIKIDATA.prefix: "https://www.wikidata.org/wiki/{}",
        ns.CHEBI.prefix: "https://www.ebi.ac.uk/chebi/searchId.do?chebiId=CHEBI:{}",
        ns.ORCID.prefix: "https://orcid.org/{}",
    }
)
"""Where people read about an identifier; all others are resolved by identifiers.org."""

_SILENT = frozenset({ns.HGNC_SYMBOL.prefix})
"""Namespaces of names, which may lead to another gene."""

_STEMS: Mapping[str, Namespace] = MappingProxyType({row.stem: row for row in NAMESPACES.values()})
_HOSTS: Mapping[str, str] = MappingProxyType(
    {
        "pfocr.wikipathways.org": "Pathway Figure OCR",
        "www.wikipathways.org": "WikiPathways",
        "www.ncbi.nlm.nih.gov": "PubMed Central",
    }
)
_OWNERS = tuple(row.owner.partition("{")[0] for row in NAMESPACES.values() if row.owner)


def identified(iri: str) -> tuple[Namespace, str] | None:
    """Return the namespace of an IRI and the identifier as people write it, or None.

    >>> identified("https://identifiers.org/chebi/CHEBI:15422")
    (Namespace('chebi'), 'CHEBI:15422')
    """
    if iri.startswith(IDENTIFIERS_ORG):
        cut = iri.find("/", len(IDENTIFIERS_ORG)) + 1
    elif iri.startswith(ns.DOI.stem):
        cut = len(ns.DOI.stem)
    else:
        cut = iri.rfind("/") + 1
    namespace = _STEMS.get(iri[:cut])
    return None if namespace is None or cut == len(iri) else (namespace, unquote(iri[cut:]))


def link(iri: str, note: str = "") -> Link | None:
    """Return the link to what an IRI identifies; None for names, and for what no browser opens.

    >>> link("https://identifiers.org/ncbigene/208")
    Link(label='NCBI Gene', url='https://www.ncbi.nlm.nih.gov/gene/208', text='208')
    >>> link("https://identifiers.org/hgnc.symbol/AKT2") is None
    True
    """
    found = identified(iri)
    if found is None:
        return _plain(iri)
    namespace, identifier = found
    if namespace.prefix in _SILENT:
        return None
    page = _PAGES.get(namespace.prefix)
    local = iri[len(namespace.stem) :].removeprefix(namespace.lead)
    return Link(namespace.name + note, page.format(local) if page else iri, identifier)


def _plain(iri: str) -> Link | None:
    """Return a link to an address; the owner's form of an identifier that is linked already is none."""
    if http_iri(iri) is None or iri.startswith(_OWNERS):
        return None
    host = urlsplit(iri).hostname or ""
    return Link(_HOSTS.get(host, host), iri, iri.partition("://")[2])


def links(iris: Iterable[str], note: str = "", most: int = 12) -> Iterator[Link]:
    """Yield the links of IRIs, at most so many of one label."""
    counts: dict[str, int] = {}
    for iri in iris:
        found = link(iri, note)
        if found is not None:
            counts[found.label] = counts.get(found.label, 0) + 1
            if counts[found.label] <= most:
                yield found
