"""The graph of a page: one graph in three forms, equal to what the whole export says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
import rdflib
from pyld import jsonld
from rdflib.compare import isomorphic

from kg import resources
from kg.bridges import pyoxigraph_store
from kg.pipeline import Run, export
from kg.shapes import Severity, load
from kg.site.addresses import Address, url
from kg.site.build import Site
from kg.site.graphs import MAIN_ENTITY, WEB_PAGE
from kg.site.kinds import KINDS
from kg.site.settings import SiteSettings
from kg.vocabulary import DCTERMS_CONFORMS_TO, HAS_PART, IMAGE, IS_PART_OF, LEXICON_CLASS, RDF_TYPE

URL = "https://example.org/kg/"
FORMATS: Mapping[str, pyoxigraph.RdfFormat] = {
    "ttl": pyoxigraph.RdfFormat.TURTLE,
    "jsonld": pyoxigraph.RdfFormat.JSON_LD,
    "nt": pyoxigraph.RdfFormat.N_TRIPLES,
}


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> pyoxigraph.Store:
    """Return the whole export of the examples, read back from a file: the judge."""
    path = tmp_path_factory.mktemp("export") / "kg.nt"
    export([resources.examples()], [str(path)])
    store = pyoxigraph.Store()
    store.load(path=str(path))
    return store


@pytest.fixture(scope="session")
def site(whole: pyoxigraph.Store) -> Site:
    return Site(whole, SiteSettings(URL), run_queries=False)


@pytest.fixture(scope="session")
def things(site: Site) -> list[Address]:
    return [address for address in site.addresses() if address.kind in KINDS and address.number == 1]


def parsed(data: bytes, form: str) -> set[pyoxigraph.Triple]:
    return {quad.triple for quad in pyoxigraph.parse(data, FORMATS[form])}


def about(store: pyoxigraph.Store, subject: pyoxigraph.NamedNode) -> set[pyoxigraph.Triple]:
    return {quad.triple for quad in store.quads_for_pattern(subject, None, None)}


def test_three_forms_are_one_graph(site: Site, things: list[Address]) -> None:
    for address in things:
        forms = site.graph_forms(address)
        graphs = [parsed(data, form) for form, data in forms.items()]
        assert list(forms) == list(FORMATS)
        assert graphs[0]
        assert graphs[0] == graphs[1] == graphs[2], address


def test_rdflib_reads_the_same_graphs(site: Site, things: list[Address]) -> None:
    for address in {address.kind: address for address in things}.values():
        forms = site.graph_forms(address)
        names = {"ttl": "turtle", "jsonld": "json-ld", "nt": "nt"}
        turtle, linked, lines = (rdflib.Graph().parse(data=forms[form], format=names[form]) for form in forms)
        assert isomorphic(turtle, linked)
        assert isomorphic(turtle, lines)


def test_pyld_reads_the_same_graph_without_a_network(site: Site, things: list[Address]) -> None:
    def no_network(address: str, options: Any) -> Any:
        raise AssertionError(f"{address} was asked for")

    for address in {address.kind: address for address in things}.values():
        forms = site.graph_forms(address)
        options = {"format": "application/n-quads", "documentLoader": no_network}
        read = jsonld.to_rdf(json.loads(forms["jsonld"]), options)
        assert parsed(read.encode(), "nt") == parsed(forms["nt"], "nt")


def test_graphs_equal_the_whole_export(site: Site, things: list[Address], whole: pyoxigraph.Store) -> None:
    """Every subject of a page's graph has all that the export says of it, and the thing is among them."""
    for address in things:
        found = parsed(site.graph_forms(address)["nt"], "nt")
        page = pyoxigraph.NamedNode(url(URL, address))
        subjects = {triple.subject for triple in found} - {page}
        thing = pyoxigraph.NamedNode(str(site.iri(address)))
        assert thing in subjects
        expected = {triple for subject in subjects for triple in about(whole, subject)}  # type: ignore[arg-type]
        assert {triple for triple in found if triple.subject != page} == expected, address


def test_graphs_hold_every_part(site: Site, things: list[Address], whole: pyoxigraph.Store) -> None:
    pages = {pyoxigraph.NamedNode(str(site.iri(address))) for address in things}
    for address in things:
        found = {triple.subject for triple in parsed(site.graph_forms(address)["nt"], "nt")}
        thing = pyoxigraph.NamedNode(str(site.iri(address)))
        whole_of = whole.quads_for_pattern(None, pyoxigraph.NamedNode(IS_PART_OF), thing)
        parts: set[object] = {quad.subject for quad in whole_of if quad.subject not in pages}
        for predicate in (HAS_PART, IMAGE):
            quads = whole.quads_for_pattern(thing, pyoxigraph.NamedNode(predicate), None)
            parts |= {quad.object for quad in quads}
        assert parts <= found, address


def test_every_triple_of_every_thing_is_on_a_page(
    site: Site, things: list[Address], whole: pyoxigraph.Store
) -> None:
    """What no page shows is about things without a page: lexicons, proteins, people, other works."""
    shown = {triple for address in things for triple in parsed(site.graph_forms(address)["nt"], "nt")}
    left = {quad.triple for quad in whole} - shown
    kinds = {str(triple.object) for triple in left if triple.predicate.value == RDF_TYPE}
    names = "Book Collection CreativeWork Organization Person Protein SoftwareApplication"
    assert kinds == {f"<https://schema.org/{name}>" for name in names.split()} | {f"<{LEXICON_CLASS}>"}


def test_a_page_says_what_it_is_about(site: Site, things: list[Address]) -> None:
    for address in things:
        found = parsed(site.graph_forms(address)["nt"], "nt")
        page = pyoxigraph.NamedNode(url(URL, address))
        said = {(triple.predicate.value, triple.object.value) for triple in found if triple.subject == page}  # type: ignore[union-attr]
        assert (MAIN_ENTITY, site.iri(address)) in said
        assert (RDF_TYPE, WEB_PAGE) in said
        assert (IS_PART_OF, URL) in said


def test_a_page_at_the_base_of_minted_names_is_no_journal(whole: pyoxigraph.Store) -> None:
    site = Site(whole, SiteSettings("https://w3id.org/pathway-kg/"), run_queries=False)
    address = Address("journal", "ex-rep-signal")
    assert site.iri(address) == url(site.settings.url, address)
    found = parsed(site.graph_forms(address)["nt"], "nt")
    types = {t.subject.value: t.object.value for t in found if t.predicate.value == RDF_TYPE}  # type: ignore[union-attr]
    assert types == {
        str(site.iri(address)): "https://schema.org/Periodical",
        f"{site.iri(address)}#page": "https://schema.org/WebPage",
    }


def test_no_page_breaks_the_profile_that_it_claims(site: Site, things: list[Address]) -> None:
    claims = broken_claims(site, things)
    assert {address.kind for address in claims} == {"chemical", "figure", "gene", "organism", "pathway"}
    assert [address for address, broken in claims.items() if broken] == []


def test_no_page_of_real_records_breaks_the_profile_that_it_claims(corpus: Path) -> None:
    """Up to a hundred pages of each kind, spread over all."""
    sources = [path for path in sorted(corpus.iterdir()) if path.is_dir()]
    site = Site(pyoxigraph_store(Run(sources).triples()), SiteSettings(URL), run_queries=False)
    sample: list[Address] = []
    for kind in KINDS:
        pages = [address for address, _, _ in site.things(kind)]
        sample += pages[:: -(-len(pages) // 100)] if pages else []
    assert {address.kind for address in sample} == set(KINDS)
    assert len(sample) > 300
    claims = broken_claims(site, sample)
    assert len(claims) > 100
    assert {address: broken for address, broken in claims.items() if broken} == {}


def broken_claims(site: Site, addresses: Iterable[Address]) -> dict[Address, list[str]]:
    """Return what breaks the profiles of Bioschemas, for each page that claims to follow one."""
    shapes, found = load(profile="all"), {}
    for address in addresses:
        graph = site.graph(address)
        assert graph is not None
        if any(DCTERMS_CONFORMS_TO in described.facts for described in graph.descriptions):
            results = shapes.validate_record(graph)
            found[address] = [str(result) for result in results if result.severity is Severity.VIOLATION]
    return found


PROFILED = """
@prefix s: <https://schema.org/> . @prefix d: <http://purl.org/dc/terms/> .
@prefix e: <https://example.org/> .
@prefix g: <https://identifiers.org/ncbigene/> . @prefix t: <https://identifiers.org/taxonomy/> .
@prefix b: <https://bioschemas.org/profiles/Dataset/> . @prefix k: <https://w3id.org/pathway-kg/terms#> .
g:1 a s:Gene ; s:identifier "ncbigene:1" ; s:name "A" .
g:2 a s:Gene ; s:identifier "ncbigene:2" ; s:name "A", "B" .
g:3 a s:Gene ; s:identifier "ncbigene:3" .
t:1 a s:Taxon ; s:name "Ex emplum" ; s:taxonRank "species" .
t:2 a s:Taxon ; s:name "Ex emplum" .
e:f1 a k:Figure, s:Dataset ; s:identifier "f1" ; s:name "F" ; s:description "D" ; s:keywords "A", "B" ;
    s:license e:free ; s:url e:f1 ; d:conformsTo b:1.0-RELEASE .
e:f2 a k:Figure, s:Dataset ; s:identifier "f2" ; s:name "F" ; s:description "D" ; s:keywords "A" ;
    s:license "free" ; s:url e:f2 .
"""


def test_a_page_claims_a_profile_where_its_thing_has_what_that_asks_for() -> None:
    store = pyoxigraph.Store()
    store.load(PROFILED, pyoxigraph.RdfFormat.TURTLE)
    site = Site(store, SiteSettings(URL), run_queries=False)
    pages = [address for kind in ("figure", "gene", "organism") for address, _, _ in site.things(kind)]
    assert len(pages) == 7
    claims = broken_claims(site, pages)
    assert {f"{address.kind}/{address.key}" for address in claims} == {"figure/f1", "gene/1", "organism/1"}
    assert not any(claims.values())


def test_the_context_holds_what_is_used_and_little_more(site: Site) -> None:
    context = json.loads(site.graph_forms(Address("gene", "208"))["jsonld"])["@context"]
    assert {"Gene", "WebPage", "mainEntity", "ncbigene", "exactMatch", "skos"} <= set(context)
    assert not {"Pathway", "articleBody", "ndex", "oa"} & set(context)


HOSTILE = '</script><script>alert(1)</script><!-- & \u2028\u2029 "\\ https://schema.org/mainEntity'


def test_no_text_ends_the_script_element() -> None:
    store = pyoxigraph.Store()
    gene = pyoxigraph.NamedNode("https://identifiers.org/ncbigene/1")
    for predicate in ("name", "description", "alternateName", "identifier"):
        text = pyoxigraph.Literal(HOSTILE)
        store.add(pyoxigraph.Quad(gene, pyoxigraph.NamedNode(f"https://schema.org/{predicate}"), text))
    kind = pyoxigraph.NamedNode("https://schema.org/Gene")
    store.add(pyoxigraph.Quad(gene, pyoxigraph.NamedNode(RDF_TYPE), kind))
    forms = Site(store, SiteSettings(URL), run_queries=False).graph_forms(Address("gene", "1"))
    written = forms["jsonld"].decode()
    assert not set(written) & set("<>&\u2028\u2029")
    assert parsed(forms["jsonld"], "jsonld") == parsed(forms["ttl"], "ttl") == parsed(forms["nt"], "nt")


def test_forms_are_the_same_for_both_users(whole: pyoxigraph.Store, site: Site, tmp_path: Path) -> None:
    """A store on disk gives the bytes that one in memory gives."""
    disk = pyoxigraph.Store(str(tmp_path / "store"))
    disk.bulk_extend(iter(whole))
    disk.flush()
    del disk
    other = Site(pyoxigraph.Store.read_only(str(tmp_path / "store")), SiteSettings(URL), run_queries=False)
    for address in list(site.addresses())[::7]:
        assert other.graph_forms(address) == site.graph_forms(address)
        assert other.view(address) == site.view(address)


def test_blank_nodes_of_foreign_files_are_left_out() -> None:
    store = pyoxigraph_store([])
    store.load(
        "@prefix s: <https://schema.org/> ."
        "<https://identifiers.org/ncbigene/1> a s:Gene ; s:about [ s:name 'x' ] .",
        pyoxigraph.RdfFormat.TURTLE,
    )
    forms = Site(store, SiteSettings(URL), run_queries=False).graph_forms(Address("gene", "1"))
    assert b"_:" not in forms["nt"]
