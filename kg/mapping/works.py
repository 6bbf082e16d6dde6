"""What figures and pathways have in common as works: licence, creator, profile, papers."""

from __future__ import annotations

from collections.abc import Mapping

from kg.graph import IRI, Literal, Object
from kg.iris import http_iri
from kg.vocabulary import LICENCES

NCBI = "https://www.ncbi.nlm.nih.gov"
WIKIPATHWAYS_SITE = IRI("https://www.wikipathways.org/")
DATASET_PROFILE = IRI("https://bioschemas.org/profiles/Dataset/1.0-RELEASE")

_CREATORS: Mapping[str, IRI] = {"WikiPathways": WIKIPATHWAYS_SITE}


def licence(text: str | None) -> Object | None:
    """Return the IRI of a licence that is known by its name or is an IRI itself, else its text."""
    return None if text is None else LICENCES.get(text) or http_iri(text) or text


def creator(name: str | None) -> Object | None:
    """Return the IRI of a creator that is known by its name, else the name."""
    return None if name is None else _CREATORS.get(name, name)


def typed(lexical: str | None, datatype: IRI) -> Literal | None:
    """Return a typed literal, or None where there is no value."""
    return None if lexical is None else Literal(lexical, datatype)
