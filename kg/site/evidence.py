"""How strong a match is: what kind of name each lexicon holds, strongest first."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from kg import vocabulary as v

STRENGTHS = ("symbol", "alias", "previous", "family", "other")
"""The kinds of evidence, strongest first: an approved symbol, another name in use, a former symbol, the name
of a family or complex, and whatever is none of these (terms of MeSH, the data nodes of pathways)."""

_OTHER = STRENGTHS.index("other")


class Lexicon(NamedTuple):
    """A lexicon: its name for people, and the kind of evidence that its names give."""

    label: str
    evidence: str


LEXICONS: Mapping[str, Lexicon] = MappingProxyType(
    {
        v.kg(name): Lexicon(label, "family" if v.LEXICONS[name] else evidence)
        for name, label, evidence in (
            ("hgnc_symbol", "HGNC symbol", "symbol"),
            ("hgnc_alias_symbol", "HGNC alias symbol", "alias"),
            ("hgnc_prev_symbol", "HGNC previous symbol", "previous"),
            ("bioentities_symbol", "Bioentities", "family"),
            ("ncbigene_symbol", "NCBI Gene symbol", "symbol"),
            ("ncbigene_synonym", "NCBI Gene synonym", "alias"),
            ("famplex_relations", "FamPlex relations", "family"),
            ("mesh", "MeSH", "other"),
        )
    }
)
"""Every lexicon of ontology/kg.ttl by its IRI."""


def label_of(lexicon: str | None) -> str:
    """Return the name of a lexicon for people; an unknown one is called what the record calls it."""
    if lexicon is None:
        return ""
    known = LEXICONS.get(lexicon)
    return known.label if known else lexicon


def strength_of(lexicon: str | None) -> int:
    """Return the place of a lexicon's evidence among `STRENGTHS`; 0 is the strongest.

    >>> strength_of("https://w3id.org/pathway-kg/terms#hgnc_symbol"), strength_of("a lexicon of nobody")
    (0, 4)
    """
    known = LEXICONS.get(lexicon) if lexicon else None
    return STRENGTHS.index(known.evidence) if known else _OTHER
