"""Looks through records for what made a triple or a node of the graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from kg.errors import UsageError
from kg.graph import IRI, Literal, Object, RecordGraph, Triple
from kg.identifiers import NAMESPACES
from kg.iris import http_iri
from kg.mapping import Settings
from kg.pipeline import Run, prefixes
from kg.tracing import Trace, Tracer
from kg.vocabulary import XSD


class Pattern(NamedTuple):
    """What is looked for: a node, a property of it, or one triple."""

    subject: IRI
    predicate: IRI | None = None
    value: Object | None = None


class Traced(NamedTuple):
    """A triple (or a node, where there is no predicate) with its place, and the type of its record."""

    subject: IRI
    predicate: IRI | None
    value: Object | None
    kind: str
    trace: Trace


def read_pattern(words: Sequence[str], settings: Settings | None = None) -> Pattern:
    """Read a pattern: a triple in N-Triples, or one to three terms.

    Raises:
        UsageError: it is none.

    >>> read_pattern(["ncbigene:208", "schema:name", "AKT2"]).predicate
    IRI('https://schema.org/name')
    """
    words = [word.strip() for word in words]
    if len(words) == 1 and words[0].startswith("<") and " " in words[0]:
        return _from_ntriples(words[0])
    if len(words) > 3:
        raise UsageError("give an IRI, or a subject, a predicate and an object; quote a text with blanks")
    known = prefixes(settings or Settings())
    subject, predicate = _iri(words[0], known), _iri(words[1], known) if len(words) > 1 else None
    value = _term(words[2], known) if len(words) > 2 else None
    return Pattern(subject, predicate, value)


def _from_ntriples(text: str) -> Pattern:
    import pyoxigraph

    line = text if text.endswith(".") and not text.endswith(">.") else f"{text.removesuffix('.')} ."
    try:
        (quad,) = pyoxigraph.parse(line, format=pyoxigraph.RdfFormat.N_TRIPLES)
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"{text}: this is no triple in N-Triples: {error}") from None
    subject, value = quad.subject, quad.object
    if not isinstance(subject, pyoxigraph.NamedNode):
        raise UsageError(f"{text}: the graph has no blank nodes")
    if isinstance(value, pyoxigraph.NamedNode):
        found: Object = IRI(value.value)
    elif isinstance(value, pyoxigraph.Literal):
        plain = value.datatype.value == f"{XSD}string" or value.language
        found = value.value if plain else Literal(value.value, IRI(value.datatype.value))
    else:
        raise UsageError(f"{text}: the graph has no blank nodes")
    return Pattern(IRI(subject.value), IRI(quad.predicate.value), found)


def _iri(word: str, known: Mapping[str, str]) -> IRI:
    found = _term(word, known)
    if not isinstance(found, IRI):
        raise UsageError(f"{word}: this is no IRI, and no short one with a prefix that is known")
    return found


def _term(word: str, known: Mapping[str, str]) -> Object:
    if word.startswith("<") and word.endswith(">"):
        return IRI(word[1:-1])
    if word.startswith('"'):
        value = _from_ntriples(f"<e:s> <e:p> {word} .").value
        return word if value is None else value
    prefix, colon, local = word.partition(":")
    if colon and prefix in NAMESPACES and NAMESPACES[prefix].iri(local) is not None:
        return NAMESPACES[prefix].iri(local) or word
    if colon and prefix in known and not local.startswith("//"):
        return IRI(known[prefix] + local)
    return http_iri(word) or word


def traces(run: Run, pattern: Pattern) -> Iterator[Traced]:
    """Yield what made the pattern, record by record; a node that is only linked to by the links.

    Raises:
        SourceError: a source cannot be opened.
    """
    for loaded in run.records():
        graph = run.graph(loaded)
        found = list(_matching(graph, pattern)) if graph is not None else []
        if graph is None or not found:
            continue
        tracer = Tracer(loaded.kind, loaded.document, graph, run.organisms)
        if pattern.predicate is None and tracer.knows(pattern.subject):
            yield Traced(pattern.subject, None, None, loaded.kind, tracer.trace(pattern.subject))
            continue
        for triple in found:
            yield Traced(*triple, loaded.kind, tracer.trace(*triple))


def _matching(graph: RecordGraph, pattern: Pattern) -> Iterator[Triple]:
    """Yield the distinct triples that a pattern fits."""
    seen: set[tuple[Triple, bool]] = set()
    for triple in graph.triples():
        key = triple, isinstance(triple[2], IRI)
        if key not in seen and _fits(triple, pattern):
            seen.add(key)
            yield triple


def _fits(triple: Triple, pattern: Pattern) -> bool:
    subject, predicate, value = triple
    if pattern.predicate is None:
        return pattern.subject == subject or (isinstance(value, IRI) and value == pattern.subject)
    if (subject, predicate) != (pattern.subject, pattern.predicate):
        return False
    wanted = pattern.value
    return wanted is None or (
        isinstance(wanted, IRI) is isinstance(value, IRI) and _text(wanted) == _text(value)
    )


def _text(value: Object) -> str:
    """Return a term as text: a number may be asked for without its datatype."""
    return value.lexical if isinstance(value, Literal) else value
