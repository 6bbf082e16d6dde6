"""Reads the ontology and the shapes: the terms of ours, and how the classes of the model hang together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from kg import resources
from kg.graph import IRI
from kg.shapes.data import read_triples
from kg.shapes.reader import ShapesGraph
from kg.shapes.results import Term, lexical_of
from kg.vocabulary import DCTERMS, KG, RDF_TYPE, RDFS, RDFS_LABEL, SCHEMA, SKOS

_OWL = "http://www.w3.org/2002/07/owl#"
_OWL_CLASS = IRI(_OWL + "Class")
_PROPERTIES = frozenset(
    IRI(_OWL + name) for name in ("DatatypeProperty", "ObjectProperty", "AnnotationProperty")
)
_LEXICON = IRI(KG + "Lexicon")

HEADER: Mapping[str, IRI] = MappingProxyType(
    {
        "title": IRI(DCTERMS + "title"),
        "description": IRI(DCTERMS + "description"),
        "version": IRI(_OWL + "versionInfo"),
        "version IRI": IRI(_OWL + "versionIRI"),
        "prefix": IRI("http://purl.org/vocab/vann/preferredNamespacePrefix"),
        "namespace": IRI("http://purl.org/vocab/vann/preferredNamespaceUri"),
        "created": IRI(DCTERMS + "created"),
        "modified": IRI(DCTERMS + "modified"),
        "licence": IRI(DCTERMS + "license"),
        "citation": IRI(DCTERMS + "bibliographicCitation"),
    }
)
"""What the page tells of the ontology itself, by the name that it has there."""


@dataclass(frozen=True, slots=True)
class OwnTerm:
    """A class, a property or a lexicon of ours, with what the ontology says of it."""

    iri: IRI
    label: str
    definition: str
    examples: tuple[str, ...]
    notes: tuple[str, ...]
    parents: tuple[IRI, ...]
    domains: tuple[IRI, ...]
    ranges: tuple[IRI, ...]
    see_also: tuple[IRI, ...]
    status: str
    expands_families: bool

    @property
    def name(self) -> str:
        """The local name."""
        return self.iri.removeprefix(KG)


@dataclass(frozen=True, slots=True)
class Ontology:
    """The ontology as its page shows it."""

    header: Mapping[str, str]
    classes: tuple[OwnTerm, ...]
    properties: tuple[OwnTerm, ...]
    lexicons: tuple[OwnTerm, ...]


def read_ontology(path: Path | None = None) -> Ontology:
    """Return the ontology of a file, by default the one that ships with the package.

    Raises:
        kg.errors.SourceError: the file cannot be read, or is not valid.
    """
    facts: dict[IRI, dict[IRI, list[Term]]] = {}
    for subject, predicate, value in read_triples(path or resources.ontology() / "kg.ttl"):
        facts.setdefault(subject, {}).setdefault(predicate, []).append(value)
    head = next(said for said in facts.values() if IRI(_OWL + "Ontology") in said.get(RDF_TYPE, ()))
    header = {name: " ".join(map(lexical_of, head.get(iri, ()))) for name, iri in HEADER.items()}
    terms = {iri: (set(map(lexical_of, said[RDF_TYPE])), _term(iri, said)) for iri, said in facts.items()}
    own = {iri: row for iri, row in terms.items() if iri.startswith(KG)}
    return Ontology(
        MappingProxyType(header),
        tuple(term for kinds, term in own.values() if _OWL_CLASS in kinds),
        tuple(term for kinds, term in own.values() if _PROPERTIES & kinds),
        tuple(term for kinds, term in own.values() if _LEXICON in kinds),
    )


def _term(iri: IRI, said: Mapping[IRI, list[Term]]) -> OwnTerm:
    def texts(name: str) -> tuple[str, ...]:
        return tuple(map(lexical_of, said.get(IRI(name), ())))

    def iris(name: str) -> tuple[IRI, ...]:
        return tuple(map(IRI, texts(name)))

    return OwnTerm(
        iri=iri,
        label=" ".join(texts(RDFS_LABEL)),
        definition=" ".join(texts(SKOS + "definition")),
        examples=texts(SKOS + "example"),
        notes=texts(SKOS + "scopeNote"),
        parents=iris(RDFS + "subClassOf"),
        domains=(*iris(RDFS + "domain"), *iris(SCHEMA + "domainIncludes")),
        ranges=iris(RDFS + "range"),
        see_also=iris(RDFS + "seeAlso"),
        status=" ".join(texts("http://www.w3.org/2003/06/sw-vocab-status/ns#term_status")),
        expands_families=texts(KG + "expandsFamilies") == ("true",),
    )


@dataclass(frozen=True, slots=True)
class Model:
    """What the shapes say of the classes: their literal properties, and which link to which."""

    texts: Mapping[IRI, tuple[IRI, ...]]
    links: tuple[tuple[IRI, IRI, IRI], ...]

    @property
    def classes(self) -> tuple[IRI, ...]:
        """Every class that has a shape."""
        return tuple(self.texts)


def read_model(path: Path | None = None) -> Model:
    """Return what a shapes file says of the classes, by default that of the model.

    Raises:
        kg.errors.SourceError: the file cannot be read, or is not valid.
    """
    graph = ShapesGraph(path or resources.ontology() / "shapes.ttl")
    texts: dict[IRI, dict[IRI, None]] = {}
    links: dict[tuple[IRI, IRI, IRI], None] = {}
    for node, targets in graph.targets.items():
        for name in targets.classes:
            found = texts.setdefault(name, {})
            for shape in map(_iri, graph.of(node, "property")):
                (way,) = map(_iri, graph.of(shape, "path"))
                if _is_literal(graph, shape):
                    found[way] = None
                links.update(dict.fromkeys((name, way, target) for target in _classes(graph, shape)))
    return Model(
        MappingProxyType({name: tuple(found) for name, found in texts.items()}), tuple(sorted(links))
    )


def _is_literal(graph: ShapesGraph, shape: IRI) -> bool:
    """Say whether the values of a property shape are, or may be, literals of a datatype."""
    items = [_iri(item) for head in graph.of(shape, "or") for item in graph.items(head)]
    return any(graph.of(node, "datatype") for node in (shape, *items))


def _classes(graph: ShapesGraph, shape: IRI) -> Iterator[IRI]:
    """Yield the classes that the values of a property shape may have."""
    yield from map(_iri, graph.of(shape, "class"))
    for items in graph.of(shape, "or"):
        for item in graph.items(items):
            yield from _classes(graph, _iri(item))


def _iri(term: Term) -> IRI:
    return IRI(lexical_of(term))
