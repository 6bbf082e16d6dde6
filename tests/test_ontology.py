"""The ontology and the JSON-LD context agree with each other, with the code and with schema.org."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph
import pytest
from pyld import jsonld
from rdflib import OWL, RDF, RDFS, SKOS, VANN, XSD, Graph, Literal, URIRef
from rdflib.compare import graph_diff, to_isomorphic
from rdflib.namespace import DCTERMS, SDO

from kg import vocabulary
from kg.graph import IRI
from kg.identifiers import NAMESPACES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rdflib.term import Node

ONTOLOGY_FOLDER = Path(__file__).parent.parent / "ontology"
ONTOLOGY_FILE = ONTOLOGY_FOLDER / "kg.ttl"
CONTEXT_FILE = ONTOLOGY_FOLDER / "context.jsonld"
ONTOLOGY = URIRef(vocabulary.KG.rstrip("#"))
AUTHORS = URIRef(vocabulary.DEFAULT_BASE + "authors")
TERM_STATUS = URIRef("http://www.w3.org/2003/06/sw-vocab-status/ns#term_status")
BIBO_STATUS = URIRef("http://purl.org/ontology/bibo/status")
PROPERTY_TYPES = (OWL.DatatypeProperty, OWL.ObjectProperty, OWL.AnnotationProperty)

# Defined ahead of the code that will use them: at present none.
# Once the code uses one, take it out here and raise its vs:term_status from "unstable".
LATER: frozenset[str] = frozenset()
ABSTRACT = {"Mention"}

# What the reviewers' lists ask of a header (FOOPS! OM1 to OM5, WIDOCO). Two of their items are absent
# on purpose: a DOI exists once a release is deposited, a logo once the site has one.
HEADER = (
    RDFS.label,
    DCTERMS.title,
    DCTERMS.abstract,
    DCTERMS.description,
    DCTERMS.license,
    DCTERMS.creator,
    DCTERMS.contributor,
    DCTERMS.publisher,
    DCTERMS.created,
    DCTERMS.issued,
    DCTERMS.modified,
    DCTERMS.source,
    DCTERMS.bibliographicCitation,
    OWL.versionIRI,
    OWL.versionInfo,
    VANN.preferredNamespacePrefix,
    VANN.preferredNamespaceUri,
    BIBO_STATUS,
)

# Values of these can be text as well as an IRI: the context must not read their strings as IRIs.
IRI_OR_TEXT = {"lexicon", "citation", "subjectOf", "affiliation"}


@cache
def ontology() -> Graph:
    return Graph().parse(ONTOLOGY_FILE, format="turtle")


@cache
def context() -> dict[str, Any]:
    document = json.loads(CONTEXT_FILE.read_text(encoding="utf-8"), object_pairs_hook=_no_duplicates)
    assert set(document) == {"@context"}
    definitions = document["@context"]
    assert isinstance(definitions, dict)
    return definitions


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), "a term stands twice in the context"
    return dict(pairs)


def _code_terms() -> dict[str, IRI]:
    """Return the terms that the code declares, by the name of their constant."""
    return {
        name: value
        for name, value in vars(vocabulary).items()
        if isinstance(value, IRI)
        and not value.startswith(vocabulary.XSD)
        and name not in {"CC0", "DEFAULT_BASE"}
    }


def _local_name(iri: str) -> str:
    return re.split("[/#]", iri)[-1]


def _own_terms() -> Iterator[URIRef]:
    """Yield the terms that the ontology defines, lexicons included."""
    subjects = {subject for subject in ontology().subjects() if isinstance(subject, URIRef)}
    yield from (subject for subject in sorted(subjects) if subject.startswith(vocabulary.KG))


def _own_names() -> set[str]:
    return {_local_name(term) for term in _own_terms()}


def _properties() -> Iterator[URIRef]:
    yield from (term for term in _own_terms() if _is_property(term))


def _is_property(term: URIRef) -> bool:
    return any((term, RDF.type, kind) in ontology() for kind in PROPERTY_TYPES)


def _lexicons() -> dict[str, str]:
    expands = URIRef(vocabulary.EXPANDS_FAMILIES)
    lexicons = ontology().subjects(RDF.type, URIRef(vocabulary.LEXICON_CLASS))
    return {_local_name(str(lexicon)): _text(lexicon, expands) for lexicon in lexicons}


def _text(subject: Node, predicate: URIRef) -> str:
    return " ".join(str(value) for value in ontology().objects(subject, predicate))


def _terms_of_context() -> list[str]:
    """Return the context's terms for classes and properties: what is no keyword and no prefix."""
    return [term for term in context() if not _is_keyword(term) and not _is_prefix(term)]


def _is_keyword(term: str) -> bool:
    definition = context()[term]
    return term.startswith("@") or (isinstance(definition, str) and definition.startswith("@"))


def _is_prefix(term: str) -> bool:
    definition = context()[term]
    return isinstance(definition, str) and definition[-1] in "/#:"


def _expanded_key(term: str) -> str:
    """Return the IRI that a JSON-LD processor makes of a key (`@reverse` for a reverse term)."""
    record = {"@context": context(), "id": "https://example.org/s", term: "https://example.org/o"}
    (node,) = jsonld.expand(record)
    (key,) = set(node) - {"@id"}
    return str(key)


def _expanded_id(identifier: str) -> str:
    """Return the IRI that a JSON-LD processor makes of a compact IRI."""
    (node,) = jsonld.expand({"@context": context(), "id": identifier, "name": "x"})
    return str(node["@id"])


def _schema_names(iris: Iterable[str]) -> set[str]:
    return {iri.removeprefix(vocabulary.SCHEMA) for iri in iris if iri.startswith(vocabulary.SCHEMA)} - {""}


# schema.org


def test_the_list_of_schema_org_terms_is_one() -> None:
    """The list is generated from schema.org's own files; it must know our field and refuse the rest."""
    names = set(SDO.__annotations__)
    assert {"Gene", "Taxon", "ChemicalSubstance", "encodesBioChemEntity", "taxonomicRange", "Thing"} <= names
    assert names.isdisjoint({"encodesBioChemEntities", "Pathway", "gene", "Figure", ""})
    assert str(SDO.Gene) == vocabulary.SCHEMA + "Gene"


def test_every_schema_term_of_the_code_exists() -> None:
    assert _schema_names(_code_terms().values()) <= set(SDO.__annotations__)


def test_every_schema_term_of_the_context_exists() -> None:
    assert _schema_names(map(_expanded_key, _terms_of_context())) <= set(SDO.__annotations__)


def test_every_schema_term_of_the_ontology_exists() -> None:
    terms = {str(node) for triple in ontology() for node in triple if isinstance(node, URIRef)}
    assert _schema_names(terms) <= set(SDO.__annotations__)


# the ontology and the code


def test_every_own_term_of_the_code_is_defined() -> None:
    used = {_local_name(iri) for iri in _code_terms().values() if iri.startswith(vocabulary.KG)}
    assert used <= _own_names()


def test_every_defined_term_is_used_or_named_for_later() -> None:
    used = {_local_name(iri) for iri in _code_terms().values() if iri.startswith(vocabulary.KG)}
    assert _own_names() - used - set(vocabulary.LEXICONS) == LATER | ABSTRACT


def test_terms_for_later_are_marked_unstable() -> None:
    unstable = {_local_name(term) for term in _own_terms() if _text(term, TERM_STATUS) == "unstable"}
    assert unstable == LATER


def test_the_lexicons_are_those_of_the_code() -> None:
    assert _lexicons() == {name: str(expands).lower() for name, expands in vocabulary.LEXICONS.items()}


def test_class_and_property_names_follow_the_case_of_the_code() -> None:
    for term in _own_terms():
        if _local_name(term) not in vocabulary.LEXICONS:
            assert _local_name(term)[0].isupper() == ((term, RDF.type, OWL.Class) in ontology()), term


# each term


@pytest.mark.parametrize("term", list(_own_terms()), ids=_local_name)
def test_term_is_described(term: URIRef) -> None:
    for predicate in (RDF.type, RDFS.label, SKOS.definition, RDFS.isDefinedBy, TERM_STATUS):
        assert len(list(ontology().objects(term, predicate))) == 1, predicate
    assert ontology().value(term, RDFS.isDefinedBy) == ONTOLOGY
    assert _text(term, SKOS.definition).endswith(".")
    assert _text(term, TERM_STATUS) in {"stable", "testing", "unstable", "archaic"}


@pytest.mark.parametrize("term", list(_properties()), ids=_local_name)
def test_property_has_domain_and_range_or_a_reason(term: URIRef) -> None:
    note = _text(term, SKOS.scopeNote)
    assert (term, RDFS.domain, None) in ontology() or "No domain" in note
    assert (term, RDFS.range, None) in ontology() or "No range" in note


def test_mentions_are_classes_under_one() -> None:
    mention = URIRef(vocabulary.KG + "Mention")
    for term in _own_terms():
        if term.endswith("Mention") and term != mention:
            assert (term, RDFS.subClassOf, mention) in ontology(), term


def test_nothing_else_is_described() -> None:
    assert set(ontology().subjects()) == {ONTOLOGY, AUTHORS, *_own_terms()}


# the header


@pytest.mark.parametrize("predicate", HEADER, ids=_local_name)
def test_header_has(predicate: URIRef) -> None:
    assert _text(ONTOLOGY, predicate).strip()


def test_header_names_its_version() -> None:
    version = _text(ONTOLOGY, OWL.versionInfo)
    assert _text(ONTOLOGY, OWL.versionIRI) == f"{ONTOLOGY}/{version}"
    assert f"{ONTOLOGY}/{version}" in _text(ONTOLOGY, DCTERMS.bibliographicCitation)


def test_header_names_the_prior_version_or_says_that_it_is_the_first() -> None:
    prior = (ONTOLOGY, OWL.priorVersion, None) in ontology()
    assert prior != ("first version" in _text(ONTOLOGY, SKOS.editorialNote))
    compatible = _text(ONTOLOGY, OWL.backwardCompatibleWith) or _text(ONTOLOGY, OWL.incompatibleWith)
    assert prior == bool(compatible)


def test_header_names_the_namespace_of_the_code() -> None:
    prefix = _text(ONTOLOGY, VANN.preferredNamespacePrefix)
    assert vocabulary.PREFIXES[prefix] == _text(ONTOLOGY, VANN.preferredNamespaceUri) == vocabulary.KG


def test_header_licence_is_cc0() -> None:
    licence = URIRef("https://creativecommons.org/publicdomain/zero/1.0/")
    assert list(ontology().objects(ONTOLOGY, DCTERMS.license)) == [licence]


def test_header_dates_are_dates_in_order() -> None:
    dates = [ontology().value(ONTOLOGY, p) for p in (DCTERMS.created, DCTERMS.issued, DCTERMS.modified)]
    assert all(isinstance(date, Literal) and date.datatype == XSD.date for date in dates)
    assert [str(date) for date in dates] == sorted(str(date) for date in dates)


# syntax


def test_both_engines_read_the_same_ontology() -> None:
    quads = pyoxigraph.parse(path=str(ONTOLOGY_FILE), format=pyoxigraph.RdfFormat.TURTLE)
    lines = pyoxigraph.serialize((quad.triple for quad in quads), format=pyoxigraph.RdfFormat.N_TRIPLES)
    assert lines is not None
    _assert_same_graph(Graph().parse(data=lines, format="nt"), ontology())


def test_no_blank_nodes_in_the_ontology() -> None:
    assert all(isinstance(node, URIRef | Literal) for triple in ontology() for node in triple)


# the context


@pytest.mark.parametrize("term", sorted(set(_code_terms().values()) - {vocabulary.RDF_TYPE}), ids=_local_name)
def test_context_has_a_bare_key_for_each_term_of_the_code(term: IRI) -> None:
    assert _local_name(term) in context()
    assert _expanded_key(_local_name(term)) == term


def test_context_knows_every_own_class_and_property() -> None:
    assert {name for name in _own_names() if name not in vocabulary.LEXICONS} <= set(context())


def test_context_terms_are_unambiguous() -> None:
    keys = [_expanded_key(term) for term in _terms_of_context()]
    assert len(keys) == len(set(keys))


def test_context_terms_of_ours_are_defined() -> None:
    keys = map(_expanded_key, _terms_of_context())
    assert {_local_name(key) for key in keys if key.startswith(vocabulary.KG)} <= _own_names()


def test_context_has_the_prefixes_of_the_code() -> None:
    namespaces = {prefix: row.stem for prefix, row in NAMESPACES.items()}
    compact = {row.lead[:-1]: row.stem + row.lead for row in NAMESPACES.values() if row.lead.endswith(":")}
    expected = dict(vocabulary.PREFIXES) | namespaces | compact
    assert {term: context()[term] for term in context() if _is_prefix(term)} == expected


@pytest.mark.parametrize("prefix", [term for term in context() if _is_prefix(term)])
def test_prefix_makes_compact_iris(prefix: str) -> None:
    assert _expanded_id(f"{prefix}:x1") == context()[prefix] + "x1"


@pytest.mark.parametrize(
    ("namespace", "identifier"),
    [
        ("ncbigene", "208"),
        ("pmc", "PMC12"),
        ("chebi", "chebi:15422"),
        ("doid", "doid:9351"),
        ("doi", "10.1000/a"),
    ],
)
def test_compact_identifiers_expand_to_the_iris_of_the_code(namespace: str, identifier: str) -> None:
    row = NAMESPACES[namespace]
    compact, iri = row.curie(identifier), row.iri(identifier)
    assert compact is not None
    assert _expanded_id(compact) == iri


def test_texts_are_never_read_as_iris() -> None:
    coerced = {term for term, definition in context().items() if isinstance(definition, dict)}
    assert coerced.isdisjoint(IRI_OR_TEXT)


@pytest.mark.parametrize("term", list(_properties()), ids=_local_name)
def test_context_coerces_to_the_range_of_the_ontology(term: URIRef) -> None:
    definition = context()[_local_name(term)]
    coerced = definition.get("@type") if isinstance(definition, dict) else None
    wanted = ontology().value(term, RDFS.range)
    if wanted in (None, XSD.string):
        assert coerced is None
    else:
        assert str(coerced).replace("xsd:", vocabulary.XSD) == str(wanted)


# A made-up record with every form that our JSON-LD uses: compact IRIs, nested nodes, a reverse term,
# typed strings, native numbers and booleans, value objects, a value that is an IRI here and a text there.
NESTED: list[dict[str, Any]] = [
    {
        "id": "https://example.org/figures/f1.html",
        "type": ["Figure", "Dataset"],
        "identifier": "f1",
        "name": 'Bile acids, <liver> & "gut", 5 µg',
        "url": "https://example.org/figures/f1.html",
        "about": ["taxonomy:10090", "DOID:9351"],
        "mentions": "ncbigene:208",
        "keywords": ["AKT2", "IRS2"],
        "position": 6,
        "pathwayScore": "0.9177296",
        "image": {"id": "https://example.org/f1.jpg", "type": "ImageObject", "isPartOf": "pmc:PMC12"},
        "isBasedOn": {
            "id": "pmc:PMC12",
            "type": "ScholarlyArticle",
            "datePublished": {"type": "xsd:gYearMonth", "value": "2010-02"},
            "year": 2010,
            "sameAs": "doi:10.1000/a.b",
        },
        "hasMention": [
            {
                "id": "https://example.org/figures/f1.html#a",
                "type": "GeneMention",
                "text": "Akt",
                "lexicon": {"id": "kg:hgnc_alias_symbol"},
                "occurrences": 2,
                "about": {"id": "ncbigene:208", "type": "Gene", "taxonomicRange": "taxonomy:9606"},
            },
            {
                "id": "https://example.org/figures/f1.html#b",
                "type": "ChemicalMention",
                "text": "bile",
                "lexicon": "a list of our own",
            },
        ],
    },
    {"id": "kg:hgnc_alias_symbol", "type": "Lexicon", "expandsFamilies": False},
]
NESTED_AS_TURTLE = """
@prefix schema: <https://schema.org/> .
@prefix kg: <https://w3id.org/pathway-kg/terms#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix id: <https://identifiers.org/> .
<https://example.org/figures/f1.html> a kg:Figure, schema:Dataset ;
    schema:identifier "f1" ; schema:name "Bile acids, <liver> & \\"gut\\", 5 µg" ;
    schema:url <https://example.org/figures/f1.html> ; schema:keywords "AKT2", "IRS2" ;
    schema:about <https://identifiers.org/taxonomy/10090>, <https://identifiers.org/doid/DOID:9351> ;
    schema:mentions <https://identifiers.org/ncbigene/208> ; schema:position 6 ; kg:pathwayScore 0.9177296 ;
    schema:image <https://example.org/f1.jpg> ; schema:isBasedOn <https://identifiers.org/pmc/PMC12> .
<https://example.org/f1.jpg> a schema:ImageObject ; schema:isPartOf <https://identifiers.org/pmc/PMC12> .
<https://identifiers.org/pmc/PMC12> a schema:ScholarlyArticle ; kg:year 2010 ;
    schema:datePublished "2010-02"^^xsd:gYearMonth ; schema:sameAs <https://doi.org/10.1000/a.b> .
<https://example.org/figures/f1.html#a> a kg:GeneMention ; schema:text "Akt" ; kg:occurrences 2 ;
    schema:isPartOf <https://example.org/figures/f1.html> ; kg:lexicon kg:hgnc_alias_symbol ;
    schema:about <https://identifiers.org/ncbigene/208> .
<https://identifiers.org/ncbigene/208> a schema:Gene ;
    schema:taxonomicRange <https://identifiers.org/taxonomy/9606> .
<https://example.org/figures/f1.html#b> a kg:ChemicalMention ; schema:text "bile" ;
    schema:isPartOf <https://example.org/figures/f1.html> ; kg:lexicon "a list of our own" .
kg:hgnc_alias_symbol a kg:Lexicon ; kg:expandsFamilies false .
"""


# rdflib's own JSON-LD reader builds a class that rdflib itself calls deprecated.
RDFLIB_WARNING = "ignore:ConjunctiveGraph is deprecated:DeprecationWarning"


def _by_rdflib(document: str) -> Graph:
    return Graph().parse(data=document, format="json-ld")


def _by_pyoxigraph(document: str) -> Graph:
    quads = pyoxigraph.parse(document, format=pyoxigraph.RdfFormat.JSON_LD)
    lines = pyoxigraph.serialize((quad.triple for quad in quads), format=pyoxigraph.RdfFormat.N_TRIPLES)
    assert lines is not None
    return Graph().parse(data=lines, format="nt")


def _by_pyld(document: str) -> Graph:
    lines = jsonld.to_rdf(json.loads(document), {"format": "application/n-quads"})
    return Graph().parse(data=lines, format="nt")


@pytest.mark.filterwarnings(RDFLIB_WARNING)
@pytest.mark.parametrize("read", [_by_rdflib, _by_pyoxigraph, _by_pyld], ids=["rdflib", "pyoxigraph", "pyld"])
def test_three_engines_read_nested_records_alike(read: Callable[[str], Graph]) -> None:
    document = json.dumps({"@context": context(), "@graph": NESTED}, ensure_ascii=False)
    _assert_same_graph(read(document), Graph().parse(data=NESTED_AS_TURTLE, format="turtle"))


def _assert_same_graph(found: Graph, expected: Graph) -> None:
    _, extra, missing = graph_diff(to_isomorphic(found), to_isomorphic(expected))
    assert (set(extra), set(missing)) == (set(), set())
