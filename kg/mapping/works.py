"""What figures and pathways have in common as works: licence, creator, profile, papers."""

from __future__ import annotations

from collections.abc import Collection, Mapping

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


def profile(
    name: str | None, description: str | None, keywords: Collection[str], licensed: Object | None
) -> IRI | None:
    """Return the profile that a work follows: that of a dataset, where the work has all that it must have.

    An identifier and an address must be there too, and every figure and pathway has them.

    >>> profile("AKT signalling", "How AKT acts.", ["AKT2"], IRI("https://example.org/licence"))
    IRI('https://bioschemas.org/profiles/Dataset/1.0-RELEASE')
    >>> profile("AKT signalling", "How AKT acts.", ["AKT2"], "free to use")  # a licence must be an IRI
    """
    whole = name and description and keywords and type(licensed) is IRI
    return DATASET_PROFILE if whole else None


def typed(lexical: str | None, datatype: IRI) -> Literal | None:
    """Return a typed literal, or None where there is no value."""
    return None if lexical is None else Literal(lexical, datatype)
