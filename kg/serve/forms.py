"""The forms of answers: one row each for rows and for graphs, with the media types that name them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kg.serve.negotiation import best


class Form(NamedTuple):
    """One form: its name in the engine, its media types (the first is its own), and names for `format=`."""

    name: str
    media_types: tuple[str, ...]
    names: tuple[str, ...]
    iri: str

    @property
    def media_type(self) -> str:
        """Its own media type."""
        return self.media_types[0]


_FORMATS = "http://www.w3.org/ns/formats/"

ROWS: Sequence[Form] = (
    Form(
        "JSON",
        ("application/sparql-results+json", "application/json"),
        ("json", "srj", "sparql-results+json"),
        _FORMATS + "SPARQL_Results_JSON",
    ),
    Form(
        "XML",
        ("application/sparql-results+xml", "application/xml", "text/xml"),
        ("xml", "srx", "sparql-results+xml"),
        _FORMATS + "SPARQL_Results_XML",
    ),
    Form("CSV", ("text/csv",), ("csv",), _FORMATS + "SPARQL_Results_CSV"),
    Form("TSV", ("text/tab-separated-values",), ("tsv",), _FORMATS + "SPARQL_Results_TSV"),
)
"""The forms of SELECT and ASK, by our preference."""

GRAPHS: Sequence[Form] = (
    Form("TURTLE", ("text/turtle", "application/x-turtle"), ("ttl", "turtle"), _FORMATS + "Turtle"),
    Form(
        "N_TRIPLES",
        ("application/n-triples", "text/plain"),
        ("nt", "ntriples", "n-triples"),
        _FORMATS + "N-Triples",
    ),
    Form(
        "JSON_LD",
        ("application/ld+json", "application/json"),
        ("jsonld", "json-ld", "json"),
        _FORMATS + "JSON-LD",
    ),
    Form(
        "RDF_XML",
        ("application/rdf+xml", "application/xml", "text/xml"),
        ("rdfxml", "rdf", "rdf+xml", "xml"),
        _FORMATS + "RDF_XML",
    ),
    Form("N_QUADS", ("application/n-quads",), ("nq", "nquads", "n-quads"), _FORMATS + "N-Quads"),
    Form("TRIG", ("application/trig",), ("trig",), _FORMATS + "TriG"),
)
"""The forms of CONSTRUCT, DESCRIBE and whole graphs, by our preference."""


class Choice(NamedTuple):
    """A form, and the media type by which the client knows it."""

    form: Form
    media_type: str

    @property
    def content_type(self) -> str:
        """The `Content-Type` of the answer: what is text says its character set."""
        return self.media_type + ("; charset=utf-8" if self.media_type.startswith("text/") else "")


def media_types(forms: Sequence[Form]) -> list[str]:
    """Return all media types of some forms; those of their own first."""
    own = [form.media_type for form in forms]
    return own + [name for form in forms for name in form.media_types[1:]]


def chosen(forms: Sequence[Form], accept: str | None, wanted: str | None = None) -> Choice | None:
    """Return the form for an `Accept` header, or for a name (`format=json`), which goes before it."""
    if wanted is not None:
        name = wanted.strip().lower()
        return next((Choice(*found) for found in _named(forms) if name in (*found[0].names, found[1])), None)
    media_type = best(accept, media_types(forms))
    return next((Choice(*found) for found in _named(forms) if found[1] == media_type), None)


def _named(forms: Sequence[Form]) -> Iterator[tuple[Form, str]]:
    for form in forms:
        for media_type in form.media_types:
            yield form, media_type
