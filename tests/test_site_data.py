"""The data of a site: every thing has a page, and what a page shows is what the graph says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from itertools import combinations
from pathlib import Path

import pyoxigraph
import pytest
import rdflib

from kg import resources
from kg.bridges import pyoxigraph_store
from kg.errors import UsageError
from kg.graph import IRI, Triple
from kg.pipeline import Run
from kg.query.catalogue import find_query
from kg.site import together
from kg.site.addresses import Address, file_path
from kg.site.build import Related, Site
from kg.site.evidence import LEXICONS, STRENGTHS
from kg.site.facts import Facts
from kg.site.kinds import KINDS
from kg.site.pages import queries
from kg.site.pages.queries import ROWS, answered, query_view
from kg.site.settings import SiteSettings
from kg.site.views import (
    AnyView,
    EntityView,
    FigureView,
    HomeView,
    JournalView,
    Link,
    ListView,
    PaperView,
    PathwayView,
    PostView,
    QueryView,
    Ref,
)
from kg.stores.content import Content, Mode
from kg.stores.embedded import EmbeddedStore
from kg.stores.errors import StoreMissingError
from kg.vocabulary import ABOUT, GENE_MENTION, IS_BASED_ON, KG, LEXICON_CLASS, MENTIONS, RDF_TYPE

SETTINGS = SiteSettings("https://example.org/kg/")
ROOT = Path(__file__).resolve().parent.parent
FIGURE = "https://pfocr.wikipathways.org/figures/{}.html"


@pytest.fixture(scope="session")
def triples() -> list[Triple]:
    return list(Run([resources.examples()]).triples())


@pytest.fixture(scope="session")
def store(triples: list[Triple]) -> pyoxigraph.Store:
    return pyoxigraph_store(triples)


@pytest.fixture(scope="session")
def site(store: pyoxigraph.Store) -> Site:
    return Site(store, SETTINGS, run_queries=False)


@pytest.fixture(scope="session")
def paged(store: pyoxigraph.Store) -> Site:
    return Site(store, SiteSettings(SETTINGS.url, page_size=2), run_queries=False)


def small(*lines: str) -> Site:
    """Return a site over a few triples in Turtle."""
    head = "@prefix schema: <https://schema.org/> . @prefix kg: <https://w3id.org/pathway-kg/terms#> .\n"
    head += "@prefix ncbigene: <https://identifiers.org/ncbigene/> . @prefix e: <https://example.org/e/> .\n"
    store = pyoxigraph.Store()
    store.load(head + "\n".join(lines), pyoxigraph.RdfFormat.TURTLE)
    return Site(store, SETTINGS, run_queries=False)


def drawn(genes: dict[str, Iterable[int]]) -> Site:
    """Return a site of figures that draw genes, each by a mention of its own."""
    lines = []
    for figure, numbers in genes.items():
        lines.append(f'e:{figure} a kg:Figure ; schema:identifier "{figure}" ; schema:name "{figure}" .')
        for gene in numbers:
            lines.append(f'ncbigene:{gene} a schema:Gene ; schema:name "G{gene}" .')
            lines.append(f"e:{figure} schema:mentions ncbigene:{gene} .")
            mention = f"<https://example.org/e/{figure}#{gene}>"
            lines.append(
                f'{mention} schema:isPartOf e:{figure} ; schema:about ncbigene:{gene} ; schema:text "w" .'
            )
    return small(*lines)


def refs(value: object) -> Iterator[Ref]:
    """Yield every reference within a value."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, (list, tuple, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from refs(item)


def view_of(site: Site, kind: str, key: str) -> AnyView:
    view = site.view(Address(kind, key))
    assert view is not None
    return view


def figure(site: Site, key: str) -> FigureView:
    view = view_of(site, "figure", key)
    assert isinstance(view, FigureView)
    return view


def entity(site: Site, kind: str, key: str) -> EntityView:
    view = view_of(site, kind, key)
    assert isinstance(view, EntityView)
    return view


# which pages there are


def test_every_thing_of_every_kind_has_one_page(site: Site, triples: list[Triple]) -> None:
    classes = {name: kind.name for kind in reversed(list(KINDS.values())) for name in kind.classes}
    things = {subject for subject, predicate, value in triples if predicate == RDF_TYPE and value in classes}
    pages = [address for address in site.addresses() if address.kind in KINDS]
    assert {site.iri(address) for address in pages} == things
    assert len(pages) == len(things) == sum(site.counts().values())
    assert set(site.counts()) == set(KINDS)


def test_addresses_are_distinct_and_have_files_of_their_own(paged: Site) -> None:
    addresses = list(paged.addresses())
    paths = {file_path(address).casefold() for address in addresses}
    assert len(addresses) == len(set(addresses)) == len(paths)
    assert addresses == list(paged.addresses())


def test_every_address_has_a_view_and_is_found_by_its_path(paged: Site) -> None:
    for address in paged.addresses():
        view = paged.view(address)
        assert view is not None
        assert view.title
        assert paged.find(file_path(address)) == (address, "html")


def test_no_reference_leads_to_nowhere(paged: Site) -> None:
    pages = set(paged.addresses())
    for address in pages:
        view = paged.view(address)
        found = [ref for field in fields(view) for ref in refs(getattr(view, field.name))]  # type: ignore[arg-type]
        assert {Address(ref.kind, ref.key) for ref in found} <= pages, address
        assert all(ref.label for ref in found)


def test_no_reference_leads_to_a_kind_that_was_not_asked_for(store: pyoxigraph.Store) -> None:
    site = Site(store, SETTINGS, only=("figure", "gene"), run_queries=False)
    pages = set(site.addresses())
    assert {address.kind for address in pages} & set(KINDS) == {"figure", "gene"}
    for address in pages:
        view = site.view(address)
        found = [ref for field in fields(view) for ref in refs(getattr(view, field.name))]  # type: ignore[arg-type]
        assert {Address(ref.kind, ref.key) for ref in found} <= pages


@pytest.mark.parametrize(
    "address",
    [
        Address("gene", "0"),
        Address("gene", "207", 2),
        Address("nothing", "207"),
        Address("list", "nothing"),
        Address("list", "gene", 99),
        Address("query", "nothing"),
        Address("home", "", 2),
        Address("gone"),
    ],
)
def test_no_view_of_what_is_not_there(site: Site, address: Address) -> None:
    assert site.view(address) is None
    assert not site.graph_forms(address)
    assert not site.downloads(address)


def test_a_key_that_is_not_written_as_a_file_name_is_found(site: Site) -> None:
    assert site.find("chemical/mesh:D005947") == (Address("chemical", "mesh:D005947"), "")
    assert site.find("chemical/mesh~D005947.ttl") == (Address("chemical", "mesh:D005947"), "ttl")
    assert site.find("gene/99999999999") is None


def test_unknown_kind_is_an_error_of_use(store: pyoxigraph.Store) -> None:
    with pytest.raises(UsageError, match="figures: there is no such kind"):
        Site(store, SETTINGS, only=("figures",))


def test_a_long_key_is_found_by_its_cut_name() -> None:
    key = "PMC1__" + "x" * 400
    site = small(f'e:long a kg:Figure ; schema:identifier "{key}" .')
    (address,) = (address for address in site.addresses() if address.kind == "figure")
    assert address.key == key
    assert site.find(file_path(address)) == (address, "html")


def test_figures_of_one_figid_both_keep_a_page() -> None:
    site = small('e:a a kg:Figure ; schema:identifier "x" .', 'e:b a kg:Figure ; schema:identifier "x" .')
    keys = [address.key for address in site.addresses() if address.kind == "figure"]
    assert sorted(keys) == ["https://example.org/e/b", "x"]


def test_withdrawn_pages_are_gone(store: pyoxigraph.Store) -> None:
    site = Site(store, replace(SETTINGS, withdrawn=[("figure", "PMC1__f9")]), run_queries=False)
    assert list(site.withdrawn()) == ["figure/PMC1__f9"]
    assert Address("gone") in set(site.addresses())


def test_other_names_lead_to_pages(site: Site) -> None:
    found = dict(site.redirects())
    target = Address("figure", "PMC99000001__adp-2010-11-f1")
    assert found["figure/PMC99000001__F1"] == found["figure/PMC99000001__F1~~1"] == target
    assert set(found.values()) <= set(site.addresses())
    assert not any(site.find(path) for path in found)


# what a page shows


def test_a_figure_page(site: Site) -> None:
    view = figure(site, "PMC99000002__ers08-4_fig4")
    assert view.title == "Inflammation meets survival in a synovial cell"
    assert view.types == ["schema:Dataset", "kg:Figure"]
    assert view.caption.startswith("Inflammation meets survival in a synovial cell. TNFα leads to NF-κB")
    assert view.number == "Fig.\xa04"
    assert view.image == "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC99000002/bin/ers08-4_fig4.gif"
    assert view.paper == Ref("paper", "PMC99000002", "A short tour of joint inflammation.")
    assert view.modified == "2008-11"
    assert view.organisms == [Ref("organism", "9606", "Homo sapiens")]
    rows = {row.word: row for row in view.genes}
    assert rows["АКТ"].matched == "AKT"
    assert rows["АКТ"].lexicon == "Bioentities"
    assert rows["АКТ"].evidence == "family"
    assert [gene.label for gene in rows["АКТ"].entities] == ["AKT1", "AKT2", "AKT3"]
    assert rows["IL-6"].evidence == "symbol"
    assert rows["TNFα"].evidence == "alias"
    assert [row.word for row in view.diseases] == ["arthritis", "Inflammation"]
    assert len(view.gene_set) == 11


def test_a_citation(site: Site) -> None:
    cited = figure(site, "PMC99000002__ers08-4_fig4").citation
    assert cited is not None
    assert cited.text.startswith(
        "A short tour of joint inflammation. Jan Vorbild, Noor Esempio. Ex Rep Signal. 2008"
    )
    assert (cited.year, cited.doi, cited.pmc) == (2008, "10.5555/ers.2008.4.55", "PMC99000002")
    for line in (
        "@article{PMC99000002,",
        "author = {Jan Vorbild and Noor Esempio}",
        "title = {A short tour of joint inflammation}",
        "journal = {Example Reports in Signalling}",
        "volume = {4}",
        "number = {6}",
        "pages = {55--61}",
        "doi = {10.5555/ers.2008.4.55}",
    ):
        assert line in cited.bibtex


def test_bibtex_escapes_what_tex_reads() -> None:
    site = small(
        "<https://identifiers.org/pmc/PMC1> a schema:ScholarlyArticle ;",
        r'schema:name "{a} & 50% \\ $x_1$ #~^" ;',
        "schema:sameAs <https://doi.org/10.1000/a_b%7B> .",
    )
    view = view_of(site, "paper", "PMC1")
    assert isinstance(view, PaperView)
    assert view.citation is not None
    title = r"title = {\{a\} \& 50\% \textbackslash{} \$x\_1\$ \#\textasciitilde{}\textasciicircum{}}"
    assert title in view.citation.bibtex
    assert "doi" not in view.citation.bibtex, "a brace in a verbatim field would end the entry"


def test_a_gene_page(site: Site, triples: list[Triple]) -> None:
    gene = "https://identifiers.org/ncbigene/208"
    figures = {s for s, p, o in triples if p == MENTIONS and o == gene and "/figures/" in s}
    papers = {o for s, p, o in triples if p == IS_BASED_ON and s in figures}
    view = entity(site, "gene", "208")
    assert view.title == "AKT2"
    assert view.figure_count == len(figures) == len(view.figures)
    assert view.paper_count == len(papers)
    assert sum(bar.value for bar in view.per_year) == len(figures)
    assert [bar.label for bar in view.evidence] == sorted(
        (bar.label for bar in view.evidence), key=STRENGTHS.index
    )
    assert view.species == [Ref("organism", "9606", "Homo sapiens")]
    assert Link("NCBI Gene", "https://www.ncbi.nlm.nih.gov/gene/208", "208") in view.links
    assert ("figures-of-gene", "Figures that draw a gene", {"gene": "ncbigene:208"}) in view.queries
    years = [row.year or 0 for row in view.figures]
    assert years == sorted(years, reverse=True)
    assert all(row.words and row.evidence in STRENGTHS for row in view.figures)


def test_genes_drawn_together_are_counted_as_a_count_of_the_triples_does(
    site: Site, triples: list[Triple]
) -> None:
    named: dict[str, set[str]] = {}
    for subject, predicate, value in triples:
        if predicate == MENTIONS and "/figures/" in subject and "/ncbigene/" in str(value):
            named.setdefault(subject, set()).add(str(value).rpartition("/")[2])
    single = Counter(gene for genes in named.values() for gene in genes)
    pairs = Counter(pair for genes in named.values() for pair in combinations(sorted(genes), 2))
    for key in single:
        view = entity(site, "gene", key)
        expected = {
            other: (count, round(count / (single[key] + single[other] - count), 4))
            for (one, two), count in pairs.items()
            if key in (one, two)
            for other in [two if one == key else one]
        }
        found = {item.thing.key: (item.figures, item.score) for item in view.genes}
        assert found.items() <= expected.items()
        assert len(found) == min(len(expected), together.MOST)
        counts = [item.figures for item in view.genes]
        assert counts == sorted(counts, reverse=True)


def test_the_network_counts_the_figures_of_the_gene() -> None:
    site = drawn({"a": [1, 2, 3], "b": [1, 2, 3], "c": [1, 2], "d": [2, 3]})
    view = entity(site, "gene", "1")
    assert [(item.thing.key, item.figures, item.score) for item in view.genes] == [
        ("2", 3, 0.75),
        ("3", 2, 0.5),
    ]
    assert view.edges == [(0, 1, 2)]


def test_similar_figures_are_scored_exactly_and_in_order() -> None:
    site = drawn({"a": [1, 2, 3, 4], "b": [1, 2, 3, 4], "c": [1, 2], "d": [4, 5, 6], "e": [7]})
    found = [(item.thing.key, item.figures, item.score) for item in figure(site, "a").similar]
    assert found == [("b", 4, 1.0), ("c", 2, 0.5), ("d", 1, 0.1667)]
    assert not figure(site, "e").similar


def test_similar_figures_are_found_among_hubs(monkeypatch: pytest.MonkeyPatch) -> None:
    figures: dict[str, Iterable[int]] = {f"f{number}": [1, 2, number + 10] for number in range(40)}
    site = drawn({**figures, "a": [1, 2, 10]})
    whole = figure(site, "a").similar
    assert (whole[0].thing.key, whole[0].score) == ("f0", 1.0)
    monkeypatch.setattr(together, "CANDIDATES", 5)
    assert figure(site, "a").similar[0] == whole[0], "the rarest gene is read first"


def test_similar_figures_equal_those_of_a_plain_count(site: Site) -> None:
    facts: Facts = site.facts
    genes = {number: set(facts.index.named(number, "gene")) for number in facts.things.numbers("figure")}
    for number, own in genes.items():
        scores = {
            facts.things.keys[other]: round(len(own & theirs) / len(own | theirs), 4)
            for other, theirs in genes.items()
            if other != number and own & theirs
        }
        found = figure(site, facts.things.keys[number]).similar
        assert {item.thing.key: item.score for item in found} == scores
        assert [item.score for item in found] == sorted(scores.values(), reverse=True)


def test_a_paper_page_joins_the_genes_of_its_figures(site: Site) -> None:
    view = view_of(site, "paper", "PMC99000001")
    assert isinstance(view, PaperView)
    keys = [row.figure.key for row in view.figures]
    assert keys == ["PMC99000001__adp-2010-11-f1", "PMC99000001__adp-2010-11-f3"]
    union = {gene for key in keys for gene in figure(site, key).gene_set}
    assert set(view.gene_set) == union
    assert view.journal == Ref("journal", "ann-drawn-pathw", "Ann Drawn Pathw")


def test_a_journal_has_its_full_name(site: Site) -> None:
    view = view_of(site, "journal", "ex-rep-signal")
    assert isinstance(view, JournalView)
    assert view.title == "Example Reports in Signalling"
    assert ("Publisher", ["Specimen Press"]) in view.facts
    assert all(ref.kind == "paper" for ref, _, _ in view.papers)


def test_a_pathway_page(site: Site) -> None:
    view = view_of(site, "pathway", "WP428")
    assert isinstance(view, PathwayView)
    assert view.title == "Wnt signalling"
    assert view.authors == ["Emuster", "Iris Weiss"]
    assert view.communities == ["Cell signalling"]
    assert view.modified == "2024-11-30"
    assert [term.key for term in view.terms] == ["PW:0000201"]
    assert view.rows
    assert any(row.others for row in view.rows), "a protein has no page, and is linked elsewhere"
    assert len(view.gene_set) == 9


def test_a_post_page(site: Site) -> None:
    view = view_of(site, "post", "2023-03-14-how-muscle-takes-up-sugar")
    assert isinstance(view, PostView)
    assert [(level, heading) for level, heading, _ in view.sections] == [
        (0, ""),
        (1, "The signal"),
        (2, "Summary"),
        (1, "The door"),
        (2, "Summary"),
        (1, "When it fails"),
    ]
    assert view.sections[0][2].startswith("After a meal the blood holds")


def test_things_without_a_name_are_called_by_their_usual_word() -> None:
    site = small(
        'e:f a kg:Figure ; schema:identifier "f" .',
        "<https://identifiers.org/mesh/D1> a schema:ChemicalSubstance .",
        "<https://example.org/e/f#1> schema:isPartOf e:f ; schema:about <https://identifiers.org/mesh/D1> ;",
        ' schema:text "sugar" .',
    )
    assert site.ref("https://identifiers.org/mesh/D1") == Ref("chemical", "mesh:D1", "sugar (mesh:D1)")


def test_symbols_of_several_species() -> None:
    site = small(
        'ncbigene:1 a schema:Gene ; schema:name "AKT1" .',
        'ncbigene:2 a schema:Gene ; schema:name "Akt1" .',
        'ncbigene:3 a schema:Gene ; schema:name "AKT2" .',
        'ncbigene:4 a schema:Gene ; schema:name "akt1" ; schema:taxonomicRange e:mouse .',
        'e:mouse a schema:Taxon ; schema:name "Mus musculus" ; schema:identifier "taxonomy:10090" .',
    )
    found = [(ref.key, ref.label, told) for ref, told in entity(site, "gene", "1").same_symbol]
    assert found == [("2", "Akt1", "2"), ("4", "akt1", "Mus musculus")]


def test_home_counts_organisms_by_figures_and_pathways() -> None:
    site = small(
        'e:mouse a schema:Taxon ; schema:name "Mouse" . e:fly a schema:Taxon ; schema:name "Fly" .',
        'e:p a kg:Pathway ; schema:identifier "WP1" ; schema:name "P" ; schema:about e:mouse .',
        'e:a a kg:Figure ; schema:identifier "a" ; schema:name "A" ; schema:about e:mouse, e:fly .',
        'e:b a kg:Figure ; schema:identifier "b" ; schema:name "B" ; schema:mentions e:fly .',
        'e:c a kg:Figure ; schema:identifier "c" ; schema:name "C" ; schema:about e:fly .',
    )
    view = site.view(Address("home"))
    assert isinstance(view, HomeView)
    assert [(bar.label, bar.value) for bar in view.organisms] == [("Fly", 3), ("Mouse", 2)]


def test_papers_of_a_gene_are_counted_by_year() -> None:
    site = small(
        'ncbigene:1 a schema:Gene ; schema:name "AKT1" .',
        'e:p a schema:ScholarlyArticle ; schema:identifier "pmc:PMC1" ; schema:name "P" ; kg:year 2001 .',
        'e:q a schema:ScholarlyArticle ; schema:identifier "pmc:PMC2" ; schema:name "Q" ; kg:year 2003 .',
        *(
            f'e:{name} a kg:Figure ; schema:name "F" ; schema:isBasedOn e:{paper} .'
            f"e:m{name} a kg:GeneMention ; schema:isPartOf e:{name} ; schema:about ncbigene:1 ."
            for name, paper in (("a", "p"), ("b", "p"), ("c", "q"))
        ),
    )
    view = entity(site, "gene", "1")
    assert [(bar.label, bar.value) for bar in view.per_year] == [("2001", 2), ("2002", 0), ("2003", 1)]
    assert [(bar.label, bar.value) for bar in view.papers_per_year] == [("2001", 1), ("2002", 0), ("2003", 1)]


def test_a_journal_has_each_of_its_names_once() -> None:
    site = small(
        'e:j a schema:Periodical ; schema:name "Ex Signal", "Ex. Signal." .',
        'e:j schema:alternateName "Ex Signal" .',
    )
    (address,) = [address for address, _, _ in site.things("journal")]
    view = site.view(address)
    assert isinstance(view, JournalView)
    assert dict(view.facts)["Names"] == ["Ex Signal", "Ex. Signal."]


def test_links_are_made_of_identifiers_alone(site: Site) -> None:
    for address in site.addresses():
        view = site.view(address)
        assert view is not None
        for link in view.links:
            assert link.url.startswith(("https://", "http://"))
            assert "hgnc.symbol" not in link.url


def test_lists_hold_every_thing_once(paged: Site) -> None:
    for kind, count in paged.counts().items():
        rows: list[Ref] = []
        number = 1
        while (view := paged.view(Address("list", kind, number))) is not None:
            assert isinstance(view, ListView)
            rows += [ref for ref, _ in view.rows]
            number += 1
        assert len(rows) == len(set(rows)) == count
        assert rows == [Ref(kind, address.key, label) for address, _, label in paged.things(kind)]


def test_hubs_are_paged_without_loss(paged: Site) -> None:
    whole = entity(paged, "gene", "208")
    assert whole.pager is not None
    rows = list(whole.figures)
    for number in range(2, whole.pager.pages + 1):
        view = paged.view(Address("gene", "208", number))
        assert isinstance(view, EntityView)
        assert not view.genes, "what the first page has is not repeated"
        rows += view.figures
    assert len({row.figure for row in rows}) == len(rows) == whole.figure_count == whole.pager.total


# evidence, dates, sources


def test_every_lexicon_of_the_ontology_is_known() -> None:
    graph = rdflib.Graph().parse(resources.ontology() / "kg.ttl")
    found = {str(name) for name in graph.subjects(rdflib.RDF.type, rdflib.URIRef(LEXICON_CLASS))}
    assert set(LEXICONS) == found
    for iri, lexicon in LEXICONS.items():
        expands = graph.value(rdflib.URIRef(iri), rdflib.URIRef(KG + "expandsFamilies"))
        assert (lexicon.evidence == "family") is bool(expands)


def test_an_unknown_lexicon_is_the_weakest_evidence() -> None:
    site = small(
        'e:f a kg:Figure ; schema:identifier "f" . ncbigene:1 a schema:Gene ; schema:name "G" .',
        "<https://example.org/e/f#1> a kg:GeneMention ; schema:isPartOf e:f ; schema:about ncbigene:1 ;",
        ' schema:text "g" ; kg:lexicon "a list of somebody" .',
    )
    (row,) = figure(site, "f").genes
    assert (row.lexicon, row.evidence) == ("a list of somebody", "other")


def test_words_of_captions_are_not_drawn() -> None:
    site = small(
        'e:f a kg:Figure ; schema:identifier "f" . ncbigene:1 a schema:Gene ; schema:name "G" .',
        "<https://example.org/e/f#1> a kg:TextMention ; schema:isPartOf e:f ; schema:about ncbigene:1 ;",
        ' schema:text "g" .',
    )
    assert not figure(site, "f").gene_set
    assert entity(site, "gene", "1").figure_count == 0


def test_dates_come_from_the_data(site: Site) -> None:
    for address in site.addresses():
        view = site.view(address)
        assert view is not None
        if address.kind in KINDS:
            assert view.modified == site.modified(address)
    assert site.modified(Address("home")) == max(filter(None, map(site.modified, site.addresses())))


def test_sources_are_shown_where_they_are_known(store: pyoxigraph.Store) -> None:
    path = "_figures/PMC99000001__adp-2010-11-f1.md"
    iri = FIGURE.format("PMC99000001__adp-2010-11-f1")
    site = Site(store, SETTINGS, sources={iri: path}, run_queries=False)
    assert figure(site, "PMC99000001__adp-2010-11-f1").source == path
    assert figure(site, "PMC99000001__adp-2010-11-f3").source is None


# downloads


def test_downloads_of_a_figure(site: Site) -> None:
    address = Address("figure", "PMC99000002__ers08-4_fig4")
    found = site.downloads(address)
    assert found["genes.txt"].decode().split() == [
        "AKT1", "AKT2", "AKT3", "IKBKB", "IL6", "MAPK10", "MAPK8", "MAPK9", "NFKB1", "RELA", "TNF",
    ]  # fmt: skip
    header, *rows = found["genes.tsv"].decode().splitlines()
    assert header.split("\t") == ["symbol", "ncbi_gene", "species", "word", "matched", "lexicon", "evidence"]
    assert "AKT1\t207\tHomo sapiens\tАКТ\tAKT\tBioentities\tfamily" in rows
    name, title, *genes = found["genes.gmt"].decode().rstrip("\n").split("\t")
    assert (name, title) == (address.key, "Inflammation meets survival in a synovial cell")
    assert {"207", "208", "10000"} <= set(genes)
    assert len(genes) == 11


def test_downloads_are_told_and_made(site: Site) -> None:
    for address in site.addresses():
        related = site.related(address)
        found = site.downloads(address)
        assert [ending for ending, _ in related.downloads] == list(found)
        assert [form for form, _ in related.forms] == list(site.graph_forms(address))
        for ending, data in found.items():
            lines = data.decode().split("\n")
            assert lines.pop() == ""
            if ending.endswith("tsv"):
                assert len({line.count("\t") for line in lines}) == 1
                assert len(lines) > 1


def test_no_download_line_is_broken_by_a_text() -> None:
    site = small(
        'e:f a kg:Figure ; schema:identifier "f" ; schema:name "a\\tb\\nc" .',
        'ncbigene:1 a schema:Gene ; schema:name "G\\n1" .',
        '<https://example.org/e/f#1> schema:isPartOf e:f ; schema:about ncbigene:1 ; schema:text "w\\t1" .',
    )
    found = site.downloads(Address("figure", "f"))
    assert found["genes.txt"] == b"G 1\n"
    assert found["genes.gmt"] == b"f\ta b c\t1\n"
    assert found["genes.tsv"].decode().splitlines()[1].split("\t")[3] == "w 1"


def test_figures_of_a_gene_as_a_table(site: Site) -> None:
    _, *rows = site.downloads(Address("gene", "208"))["figures.tsv"].decode().splitlines()
    assert len(rows) == entity(site, "gene", "208").figure_count


# queries


def test_rows_of_a_query(site: Site) -> None:
    shown = answered(site.facts, find_query("figures-of-gene"), None)
    assert shown.columns
    assert 0 < len(shown.rows) <= ROWS
    assert any(isinstance(cell, Ref) and cell.kind == "figure" for row in shown.rows for cell in row)


def test_a_query_that_asks_another_server_is_not_run(site: Site) -> None:
    shown = answered(site.facts, find_query("gene-in-uniprot"), None)
    assert not shown.rows
    assert "asks another server" in shown.note


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, triples: list[Triple]) -> Path:
    """Return the folder of a store, as `kg load` and `kg publish` make it."""
    path = tmp_path_factory.mktemp("loaded") / "store"
    lines = "".join(f"{quad.triple} .\n" for quad in pyoxigraph_store(triples))
    EmbeddedStore(path).load(Content(iter([lines.encode()])), None, Mode.REPLACE)
    return path


@pytest.mark.parametrize(
    "name", ["figures-of-gene", "genes-drawn-most", "genes-of-figure", "posts-of-gene", "web-annotations"]
)
def test_a_store_in_a_folder_gives_the_same_answers(site: Site, folder: Path, name: str) -> None:
    """A query that puts its rows in order gives the same ones; others give as many."""
    query = find_query(name)
    here, there = answered(site.facts, query, None), answered(site.facts, query, folder)
    assert there.rows
    assert there._replace(rows=()) == here._replace(rows=())
    assert len(there.rows) == len(here.rows)
    if "ORDER BY" in query.text:
        assert there.rows == here.rows


def test_a_query_that_takes_too_long_says_so(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "TIMEOUT", 0.001)
    shown = answered(site.facts, find_query("genes-drawn-most"), folder)
    assert not shown.columns
    assert "takes longer than" in shown.note
    assert query_view(find_query("genes-drawn-most"), shown).note == shown.note


def test_a_lost_store_is_no_empty_answer(site: Site, tmp_path: Path) -> None:
    with pytest.raises(StoreMissingError):
        answered(site.facts, find_query("genes-drawn-most"), tmp_path / "none")


def test_a_query_about_nothing_here_takes_an_example_from_here() -> None:
    site = drawn({"a": [1, 2], "b": [1]})
    query = find_query("genes-of-figure")
    shown = answered(site.facts, query, None)
    assert shown.values == (("figid", "a"),)
    assert len(shown.rows) == 2
    assert '"a"' in query.with_values(shown.values)


def test_every_query_is_answered(store: pyoxigraph.Store) -> None:
    site = Site(store, SETTINGS)
    empty = set()
    for address in site.addresses():
        if address.kind == "query":
            view = site.view(address)
            assert isinstance(view, QueryView)
            assert len(view.rows) <= ROWS
            assert all(len(row) == len(view.columns) for row in view.rows)
            if not view.rows:
                empty.add(address.key)
    assert empty == {
        "figures-of-remote-pathway",
        "gene-in-uniprot",
        "gene-in-wikidata",
        "gene-in-wikipathways",
        "text-mentions-of-gene",
    }, "these ask other servers, or need texts that were linked"


def test_query_pages(site: Site) -> None:
    view = view_of(site, "query", "figures-of-gene")
    assert isinstance(view, QueryView)
    assert view.parameters == [("gene", "gene", "AKT1", "Gene symbol or NCBI Gene id")]
    assert "SELECT" in view.sparql
    assert "".join(text for text, _ in view.parts) == view.sparql
    assert [(text.strip(), name) for text, name in view.parts if name] == [('"AKT1"', "gene")]


def test_every_query_about_a_thing_has_a_place_for_its_value(site: Site) -> None:
    """Pages of things lead to a query with a value (`?gene=ncbigene:208`), which its page must show."""
    asked = set()
    for address in site.addresses():
        if address.kind in KINDS:
            view = site.view(address)
            assert view is not None
            asked |= {(name, parameter) for name, _, values in view.queries for parameter in values}
    assert len(asked) > 20
    for name, parameter in asked:
        view = site.view(Address("query", name))
        assert isinstance(view, QueryView)
        assert {found for _, found in view.parts if found} == {parameter}, name


# rendering, determinism


class _Plain:
    """A renderer that shows what it was given."""

    def html(self, view: AnyView, address: Address, jsonld: str, related: Related) -> str:
        return f"{address} {view.title} {len(jsonld)} {related}"


def test_html_is_made_by_the_renderer(store: pyoxigraph.Store) -> None:
    site = Site(store, SETTINGS, renderer=_Plain(), run_queries=False)
    page = site.html(Address("gene", "208"))
    assert page is not None
    assert "AKT2" in page
    assert site.html(Address("gene", "0")) is None
    with pytest.raises(UsageError):
        Site(store, SETTINGS, run_queries=False).html(Address("home"))


_SCRIPT = """
import hashlib, sys
from kg import resources
from kg.bridges import pyoxigraph_store
from kg.pipeline import Run
from kg.site.build import Site
from kg.site.settings import SiteSettings

triples = list(Run([resources.examples()]).triples())
triples = triples[::-1] if sys.argv[1] == "1" else triples
site = Site(pyoxigraph_store(triples), SiteSettings("https://example.org/kg/"), run_queries=False)
found = hashlib.sha256()
for address in site.addresses():
    for part in (address, site.view(address), site.graph_forms(address), site.downloads(address)):
        found.update(repr(part).encode())
sys.stdout.write(found.hexdigest())
"""


def test_same_triples_same_bytes_in_any_order_and_with_any_hash_seed() -> None:
    def run(order: str, seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": f"Etc/GMT+{seed}"}
        command = [sys.executable, "-c", _SCRIPT, order]
        return subprocess.run(
            command, capture_output=True, text=True, check=True, env=environment, cwd=ROOT
        ).stdout

    assert run("0", "1") == run("1", "2")


def test_a_store_with_named_graphs_gives_the_same_pages(triples: list[Triple], site: Site) -> None:
    store = pyoxigraph.Store()
    graph = pyoxigraph.NamedNode("https://example.org/graph")
    for quad in pyoxigraph_store(triples):
        store.add(pyoxigraph.Quad(quad.subject, quad.predicate, quad.object, graph))
    named = Site(store, SETTINGS, run_queries=False)
    for address in (
        Address("gene", "208"),
        Address("figure", "PMC99000001__adp-2010-11-f1"),
        Address("home"),
    ):
        assert named.view(address) == site.view(address)
        assert named.graph_forms(address) == site.graph_forms(address)


def test_counts_of_pages_follow_mentions(site: Site, triples: list[Triple]) -> None:
    mentions = {s for s, p, o in triples if p == RDF_TYPE and o == GENE_MENTION}
    pairs = {
        (subject.rpartition("#")[0], value)
        for subject, predicate, value in triples
        if predicate == ABOUT and subject in mentions and "/figures/" in subject
    }
    index = site.facts.index
    genes = site.facts.things.numbers("gene")
    counted = sum(index.count(gene) for gene in genes)
    assert counted == len({pair for pair in pairs if isinstance(pair[1], IRI) and "/ncbigene/" in pair[1]})
