"""Links out of the dataset: which properties make them, and where they lead."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from kg.graph import IRI
from kg.identifiers import NAMESPACES
from kg.vocabulary import (
    CITATION,
    IS_BASED_ON,
    MAIN_ENTITY_OF_PAGE,
    RDFS_SEE_ALSO,
    SAME_AS,
    SKOS,
    SKOS_CLOSE_MATCH,
    SKOS_EXACT_MATCH,
    SUBJECT_OF,
)

LINKS = frozenset(
    {
        SKOS_EXACT_MATCH,
        SKOS_CLOSE_MATCH,
        IRI(SKOS + "broadMatch"),
        IRI(SKOS + "narrowMatch"),
        IRI(SKOS + "relatedMatch"),
        IRI("http://www.w3.org/2002/07/owl#sameAs"),
        SAME_AS,
        RDFS_SEE_ALSO,
        IS_BASED_ON,
        CITATION,
        SUBJECT_OF,
        MAIN_ENTITY_OF_PAGE,
    }
)
"""The properties whose triples make linksets."""


class Targets:
    """Tells the namespace that a link leads to: one of the table of identifiers, else the whole site."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._known = frozenset(_starts())

    def __call__(self, predicate: IRI, value: IRI) -> str | None:
        """Return the namespace, or None where it is no link, or one to what is minted here."""
        if predicate not in LINKS or value.startswith((self._base, "_:")):
            return None
        for mark in ":_/#":
            start = value[: value.rfind(mark) + 1]
            if start in self._known:
                return start
        return site(value)


def site(iri: str) -> str:
    """Return the start of all IRIs of one site.

    >>> site("https://example.org/a/b"), site("urn:isbn:9780262033848")
    ('https://example.org/', 'urn:')
    """
    parts = urlsplit(iri)
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else f"{parts.scheme}:"


def _starts() -> Iterator[str]:
    for row in NAMESPACES.values():
        yield row.stem + row.lead
        if row.owner:
            yield row.owner.removesuffix("{}")
