"""The vocabularies of dataset descriptions; no record of ours uses them."""

from __future__ import annotations

from collections.abc import Mapping

from kg.graph import IRI
from kg.vocabulary import DCTERMS, XSD

VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"
DCMITYPE = "http://purl.org/dc/dcmitype/"
PAV = "http://purl.org/pav/"
PROV = "http://www.w3.org/ns/prov#"
FOAF = "http://xmlns.com/foaf/0.1/"
SPDX = "http://spdx.org/rdf/terms#"
IANA = "https://www.iana.org/assignments/media-types/"

PREFIXES: Mapping[str, str] = {
    "void": VOID,
    "dcat": DCAT,
    "dcmitype": DCMITYPE,
    "pav": PAV,
    "prov": PROV,
    "foaf": FOAF,
    "spdx": SPDX,
}
"""Prefix to namespace."""

XSD_DATE_TIME = IRI(XSD + "dateTime")
XSD_HEX_BINARY = IRI(XSD + "hexBinary")
XSD_NON_NEGATIVE = IRI(XSD + "nonNegativeInteger")


def void(name: str) -> IRI:
    """Return the term of VoID of that name."""
    return IRI(VOID + name)


def dcat(name: str) -> IRI:
    """Return the term of DCAT of that name."""
    return IRI(DCAT + name)


def dcterms(name: str) -> IRI:
    """Return the term of Dublin Core of that name."""
    return IRI(DCTERMS + name)


def pav(name: str) -> IRI:
    """Return the term of PAV of that name."""
    return IRI(PAV + name)


def prov(name: str) -> IRI:
    """Return the term of PROV-O of that name."""
    return IRI(PROV + name)


def spdx(name: str) -> IRI:
    """Return the term of SPDX of that name."""
    return IRI(SPDX + name)
