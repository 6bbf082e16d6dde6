"""The catalogue as RDF: one `sh:SPARQLExecutable` per query, as SIB does, so that SPARQL editors list them.

The convention is that of https://github.com/sib-swiss/sparql-examples: `rdfs:comment` says what a query
answers, `sh:select` (or `sh:ask`, `sh:construct`, `spex:describe`) holds its text, `sh:prefixes` leads to the
declared prefixes, `schema:target` is where it runs, and `spex:federatesWith` whom else it asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from kg.formats.terms import escaped
from kg.query.catalogue import Query
from kg.query.syntax import Kind, read_syntax
from kg.vocabulary import DEFAULT_BASE

_PREFIXES = """\
@prefix queries: <{base}queries/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix spex: <https://purl.expasy.org/sparql-examples/ontology#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_FORMS: Mapping[Kind, tuple[str, str]] = MappingProxyType(
    {
        Kind.SELECT: ("sh:SPARQLSelectExecutable", "sh:select"),
        Kind.ASK: ("sh:SPARQLAskExecutable", "sh:ask"),
        Kind.CONSTRUCT: ("sh:SPARQLConstructExecutable", "sh:construct"),
        Kind.DESCRIBE: ("spex:SPARQLDescribeExecutable", "spex:describe"),
    }
)


def catalogue_turtle(queries: Sequence[Query], targets: Iterable[str] = ()) -> Iterator[str]:
    """Yield the catalogue as Turtle, in blocks; `targets` are the endpoints where the queries run."""
    yield _PREFIXES.format(base=DEFAULT_BASE)
    declared = {prefix: iri for query in queries for prefix, iri in read_syntax(query.text).prefixes.items()}
    yield _declarations(declared)
    where = tuple(targets)
    for query in queries:
        yield _executable(query, where)


def _declarations(prefixes: Mapping[str, str]) -> str:
    names = sorted(prefixes)
    lines = (
        [f"queries:prefixes sh:declare {', '.join(f'queries:prefix_{name}' for name in names)} ."]
        if names
        else []
    )
    lines += [
        f'queries:prefix_{name} sh:prefix "{name}" ; sh:namespace {escaped(prefixes[name])}^^xsd:anyURI .'
        for name in names
    ]
    return "\n" + "\n".join(lines) + "\n"


def _executable(query: Query, targets: Sequence[str]) -> str:
    syntax = read_syntax(query.text)
    kind, form = _FORMS[syntax.kind]
    facts = [
        f"a sh:SPARQLExecutable, {kind}",
        f"rdfs:label {escaped(query.title)}@en",
        f"rdfs:comment {escaped(query.description or query.title)}@en",
        "sh:prefixes queries:prefixes",
        f"{form} {_long(query.text)}",
    ]
    if query.keywords:
        facts.append(f"schema:keywords {', '.join(map(escaped, query.keywords))}")
    if query.category:
        facts.append(f"schema:category {escaped(query.category)}")
    if targets:
        facts.append(f"schema:target {', '.join(f'<{target}>' for target in targets)}")
    others = sorted({service for service in syntax.services if service is not None})
    if others:
        facts.append(f"spex:federatesWith {', '.join(f'<{other}>' for other in others)}")
    return f"\nqueries:{query.name} " + " ;\n    ".join(facts) + " .\n"


def _long(text: str) -> str:
    """Return a text as a Turtle string of several lines."""
    inside = text.replace("\\", "\\\\").replace('"""', '""\\"')
    return '"""' + (inside[:-1] + '\\"' if inside.endswith('"') else inside) + '"""'
