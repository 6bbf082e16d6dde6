"""The bundled queries: each has its expected answer on the example records, the same from every engine.

`tests/expected/<name>.tsv` holds the rows of a query (`.ttl` the triples of a CONSTRUCT), and
docs/catalogue.md lists the queries. To write both anew after a change that is meant, run

    KG_UPDATE_EXPECTED=1 pytest tests/test_catalogue.py

and read the difference before you commit it: what stands there is what we say is right.

The examples are exported with text linking, so that the queries on running text have something to find.
"""

from __future__ import annotations

import csv
import json
import os
import re
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import pyoxigraph
import pytest
import rdflib
import yaml
from rdflib.plugins.sparql import prepareQuery
from runs import EXAMPLES, ROOT

from kg.linking import Linker
from kg.pipeline import export
from kg.query.catalogue import CATEGORIES, Query, catalogue

if TYPE_CHECKING:
    from servers import Server


EXPECTED = Path(__file__).parent / "expected"
PAGE = ROOT / "docs" / "catalogue.md"
UPDATE = bool(os.environ.get("KG_UPDATE_EXPECTED"))
GRAPH = "https://example.org/catalogue"
CHUNK = 400
"""How many triples one INSERT DATA holds: Virtuoso takes no more than about a thousand."""
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF_LANG = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
NUMBERS = frozenset(f"{XSD}{name}" for name in ("integer", "decimal", "double", "float", "int", "long"))

QUERIES = MappingProxyType({query.name: query for query in catalogue()})
LOCAL = tuple(name for name, query in QUERIES.items() if query.category != "Federation")
FEDERATED = tuple(name for name in QUERIES if name not in LOCAL)

Row: TypeAlias = "tuple[str, ...]"


class Table(NamedTuple):
    """An answer in the form of the expected files: the columns and the rows, each cell as a text."""

    columns: Row
    rows: list[Row]


Engine: TypeAlias = "Callable[[str], Table]"


# an answer as text: the same for the same answer, however an engine writes it


def cell(kind: str, value: str, datatype: str = "") -> str:
    """Return a term: an IRI in angle brackets, a number in its shortest form, a text in double quotes."""
    if kind == "uri":
        return f"<{value}>"
    if datatype in NUMBERS:
        return f"{Decimal(value).normalize():f}"
    if datatype in ("", f"{XSD}string", RDF_LANG):
        return json.dumps(_sorted_tail(value), ensure_ascii=False)
    return f"{json.dumps(value)}^^<{datatype}>"


def _sorted_tail(value: str) -> str:
    """Return a GMT line with its genes sorted: no engine promises the order of GROUP_CONCAT."""
    if value.count("\t") < 2:
        return value
    name, place, *genes = value.split("\t")
    return "\t".join((name, place, *sorted(genes)))


def triples(data: bytes) -> Table:
    """Return N-Triples as a table, in the order of their text."""
    parsed = pyoxigraph.parse(data, pyoxigraph.RdfFormat.N_TRIPLES)
    return Table(("triple",), sorted((f"{quad.triple} .",) for quad in parsed))


def from_rdflib(graph: rdflib.Graph, query: str) -> Table:
    found = graph.query(query)
    if found.type == "CONSTRUCT":
        assert found.graph is not None
        return triples(found.graph.serialize(format="nt", encoding="utf-8"))
    rows: list[Any] = list(found)
    return Table(
        tuple(map(str, found.vars or ())), [tuple(_rdflib_cell(term) for term in row) for row in rows]
    )


def _rdflib_cell(term: object) -> str:
    if isinstance(term, rdflib.Literal):
        return cell("literal", str(term), str(term.datatype or ""))
    return "" if term is None else cell("uri", str(term))


def from_pyoxigraph(store: pyoxigraph.Store, query: str) -> Table:
    found = store.query(query)
    if isinstance(found, pyoxigraph.QueryTriples):
        return triples(found.serialize(format=pyoxigraph.RdfFormat.N_TRIPLES) or b"")
    assert isinstance(found, pyoxigraph.QuerySolutions)
    data = found.serialize(format=pyoxigraph.QueryResultsFormat.JSON)
    return _from_json(json.loads(data or b""))


def from_server(url: str, query: str) -> Table:
    """Ask a server in plain SPARQL protocol, apart from our own client."""
    is_construct = "CONSTRUCT" in query
    accepted = "application/n-triples" if is_construct else "application/sparql-results+json"
    form = urllib.parse.urlencode({"query": query, "default-graph-uri": GRAPH})
    request = urllib.request.Request(url, form.encode(), {"Accept": accepted})
    with urllib.request.urlopen(request, timeout=60) as answer:
        data = answer.read()
    return triples(data) if is_construct else _from_json(json.loads(data))


def _from_json(answer: Any) -> Table:
    columns = tuple(answer["head"]["vars"])
    rows = [tuple(_json_cell(row.get(name)) for name in columns) for row in answer["results"]["bindings"]]
    return Table(columns, rows)


def _json_cell(term: Mapping[str, str] | None) -> str:
    return "" if term is None else cell(term["type"], term["value"], term.get("datatype", ""))


# the engines, each with the example records


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the examples as N-Triples, with their posts linked."""
    target = tmp_path_factory.mktemp("catalogue") / "examples.nt"
    export([EXAMPLES], [str(target)], linker=Linker())
    return target


@pytest.fixture(scope="session")
def in_rdflib(exported: Path) -> Engine:
    graph = rdflib.Graph().parse(exported, format="nt")
    return lambda query: from_rdflib(graph, query)


@pytest.fixture(scope="session")
def in_pyoxigraph(exported: Path) -> Engine:
    store = pyoxigraph.Store()
    store.bulk_load(path=exported, format=pyoxigraph.RdfFormat.N_TRIPLES)
    return lambda query: from_pyoxigraph(store, query)


@pytest.fixture(scope="session")
def in_oxigraph_server(exported: Path, oxigraph_server: Server) -> Engine:
    return _loaded(exported, oxigraph_server)


@pytest.fixture(scope="session")
def in_virtuoso(exported: Path, virtuoso_server: Server) -> Engine:
    return _loaded(exported, virtuoso_server)


def _loaded(exported: Path, server: Server) -> Engine:
    """Load a server in plain SPARQL Update, apart from our own client."""
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, server.update, server.user or "", server.password or "")
    opener = urllib.request.build_opener(urllib.request.HTTPDigestAuthHandler(passwords))
    lines = exported.read_text("utf-8").splitlines()
    for start in range(0, len(lines), CHUNK):
        update = f"INSERT DATA {{ GRAPH <{GRAPH}> {{ {' '.join(lines[start : start + CHUNK])} }} }}"
        form = urllib.parse.urlencode({"update": update}).encode()
        with opener.open(server.update, form, timeout=60) as answer:
            answer.read()
    asked = from_server(server.query, "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
    assert asked.rows == [(str(len(lines)),)]
    return lambda query: from_server(server.query, query)


ENGINES = ("in_rdflib", "in_pyoxigraph", "in_oxigraph_server", "in_virtuoso")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Return each engine in turn."""
    found: Engine = request.getfixturevalue(request.param)
    return found


# expected answers


def expected_path(query: Query) -> Path:
    return EXPECTED / f"{query.name}{'.ttl' if 'CONSTRUCT' in query.text else '.tsv'}"


def written(table: Table) -> str:
    """Return a table as an expected file holds it."""
    lines = [] if table.columns == ("triple",) else ["\t".join(f"?{name}" for name in table.columns)]
    return "".join(f"{line}\n" for line in (*lines, *map("\t".join, table.rows)))


@pytest.mark.parametrize("name", LOCAL)
def test_expected_answer(name: str, engine: Engine) -> None:
    query = QUERIES[name]
    found, path = written(engine(query.text)), expected_path(query)
    if UPDATE:
        EXPECTED.mkdir(exist_ok=True)
        path.write_text(found, "utf-8", newline="\n")
    assert found.splitlines() == path.read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", LOCAL)
def test_every_query_finds_something(name: str) -> None:
    lines = expected_path(QUERIES[name]).read_text("utf-8").splitlines()
    assert len(lines) > (0 if "CONSTRUCT" in QUERIES[name].text else 1)


def test_no_answer_is_left_over() -> None:
    assert {path.name for path in EXPECTED.iterdir()} == {expected_path(QUERIES[name]).name for name in LOCAL}


# counts made without SPARQL, from the records as they lie there


class Drawn(NamedTuple):
    """What a figure record says, read by other means than ours."""

    figid: str
    year: str
    genes: frozenset[str]


def drawn_figures() -> Iterator[Drawn]:
    for path in sorted((EXAMPLES / "_figures").glob("*.md")):
        front = re.split(r"^---\s*$", path.read_text("utf-8-sig"), flags=re.MULTILINE)[1]
        values = yaml.load(front, Loader=yaml.BaseLoader)
        genes = {row.get("entrez") or row.get("ncbigene_id") for row in values.get("genes") or ()}
        table = EXAMPLES / "_data" / f"{values['figid']}-genes.tsv"
        if table.is_file():
            with table.open(encoding="utf-8", newline="") as lines:
                rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
                genes |= {row["ncbigene_id"] for row in rows}
        kept = frozenset(gene for gene in genes if gene and gene.isdigit())
        yield Drawn(values["figid"], values.get("year", ""), kept)


def column(name: str, query: str) -> Sequence[str]:
    lines = [line.split("\t") for line in (EXPECTED / f"{query}.tsv").read_text("utf-8").splitlines()]
    return [line[lines[0].index(f"?{name}")] for line in lines[1:]]


def test_figures_of_gene_is_what_the_records_say() -> None:
    of_gene = [drawn for drawn in drawn_figures() if "207" in drawn.genes]
    rows = zip(column("figure", "figures-of-gene"), column("year", "figures-of-gene"), strict=True)
    figids = {iri.rpartition("/")[2].removesuffix(".html>"): year for iri, year in rows}
    assert figids == {drawn.figid: drawn.year for drawn in of_gene}


def test_gene_cooccurrence_is_what_the_records_say() -> None:
    figures = list(drawn_figures())
    draw = Counter(gene for drawn in figures for gene in drawn.genes)
    both = Counter(gene for drawn in figures if "207" in drawn.genes for gene in drawn.genes if gene != "207")
    wanted = {
        f"<https://identifiers.org/ncbigene/{gene}>": (times, times / (draw["207"] + draw[gene] - times))
        for gene, times in both.items()
    }
    query = "gene-cooccurrence"
    counts = map(int, column("figures", query))
    rows = dict(
        zip(
            column("partner", query),
            zip(counts, map(float, column("jaccard", query)), strict=True),
            strict=True,
        )
    )
    assert rows.keys() == wanted.keys()
    for partner, (times, jaccard) in rows.items():
        assert times == wanted[partner][0]
        assert jaccard == pytest.approx(wanted[partner][1], abs=0.0005)


def test_figures_per_year_is_what_the_records_say() -> None:
    wanted = Counter(drawn.year for drawn in drawn_figures() if drawn.year.isdigit())
    rows = zip(
        column("year", "figures-per-year"), map(int, column("figures", "figures-per-year")), strict=True
    )
    assert dict(rows) == wanted


def test_edges_are_what_the_records_say() -> None:
    named = {"207": "AKT1", "208": "AKT2", "2475": "MTOR", "2932": "GSK3B", "6517": "SLC2A4"}
    wanted: Counter[frozenset[str]] = Counter()
    for drawn in drawn_figures():
        wanted.update(map(frozenset, combinations(sorted(drawn.genes & named.keys()), 2)))
    query = "cooccurrence-edges"
    pairs = zip(column("source", query), column("target", query), strict=True)
    rows = dict(zip(map(frozenset, pairs), map(int, column("weight", query)), strict=True))
    assert rows == {frozenset(json.dumps(named[gene]) for gene in pair): n for pair, n in wanted.items()}


def test_genes_drawn_most_and_universe_are_what_the_records_say() -> None:
    draw = Counter(gene for drawn in drawn_figures() for gene in drawn.genes)
    assert len(draw) <= 100
    query = "genes-drawn-most"
    ids = [iri.rpartition("/")[2].rstrip(">") for iri in column("gene", query)]
    assert dict(zip(ids, map(int, column("figures", query)), strict=True)) == draw
    assert {int(size) for size in column("universe", "enrichment-table")} == {len(draw)}


# parameters


@pytest.mark.parametrize("value", ["AKT1", "207", "ncbigene:207", "https://identifiers.org/ncbigene/207"])
def test_a_gene_by_symbol_or_identifier(value: str, in_pyoxigraph: Engine) -> None:
    query = QUERIES["figures-of-gene"]
    assert in_pyoxigraph(query.with_values([("gene", value)])) == in_pyoxigraph(query.text)


def test_several_genes_add_up(in_pyoxigraph: Engine) -> None:
    query = QUERIES["gene-cooccurrence"]
    one, other = (in_pyoxigraph(query.with_values([("gene", gene)])).rows for gene in ("AKT1", "MTOR"))
    both = in_pyoxigraph(query.with_values([("gene", "AKT1"), ("gene", "MTOR")])).rows
    assert sorted(both) == sorted(one + other)


@pytest.mark.parametrize("name", [name for name in LOCAL if QUERIES[name].parameters])
def test_a_value_that_nothing_has_finds_nothing(name: str, engine: Engine) -> None:
    query = QUERIES[name]
    values = {"integer": "0", "iri": "https://example.org/nothing"}
    nothing = [
        (parameter.name, values.get(parameter.type, "no such thing anywhere"))
        for parameter in query.parameters
        if parameter.type in ("gene", "string")
    ]
    if nothing:
        assert engine(query.with_values(nothing)).rows == []


# federation, with a server of our own in the place of each public one

OTHER_SITES = """
@prefix dc: <http://purl.org/dc/elements/1.1/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix up: <http://purl.uniprot.org/core/> .
@prefix wdt: <http://www.wikidata.org/prop/direct/> .
@prefix wp: <http://vocabularies.wikipathways.org/wp#> .
@prefix x: <https://example.org/> .
x:revision a wp:Pathway ; dc:identifier <https://identifiers.org/wikipathways/WP554> ;
    dc:title "Their pathway"@en ; wp:organismName "Homo sapiens" .
x:node dcterms:isPartOf x:revision ; wp:bdbEntrezGene <https://identifiers.org/ncbigene/207> .
<http://purl.uniprot.org/uniprot/P31749> a up:Protein ;
    rdfs:seeAlso <http://purl.uniprot.org/geneid/207> ;
    up:reviewed true ; up:recommendedName x:name ;
    up:annotation x:note .
x:name up:fullName "A kinase" .
x:note a up:Function_Annotation ; rdfs:comment "It adds phosphate." .
x:item wdt:P351 "207" ; rdfs:label "AKT1"@en, "AKT1"@de ; wdt:P594 "ENSG00000142208" .
"""
ANSWERS = MappingProxyType(
    {
        "gene-in-wikipathways": ("pathwayTitle", ['"Their pathway"']),
        "gene-in-uniprot": ("function", ['"It adds phosphate."']),
        "gene-in-wikidata": ("item", ["<https://example.org/item>"]),
        "figures-of-remote-pathway": ("shared", ["1"] * 4),
    }
)


@pytest.fixture(scope="session")
def other_site(oxigraph_server: Server) -> str:
    """Return an endpoint that answers as the other sites would."""
    graph = urllib.parse.quote("https://example.org/other-sites", safe="")
    request = urllib.request.Request(
        f"{oxigraph_server.graph_store}?graph={graph}",
        OTHER_SITES.encode(),
        {"Content-Type": "text/turtle"},
        method="PUT",
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status in (200, 201, 204)
    return f"{oxigraph_server.query}?default-graph-uri={graph}"


def test_every_federated_query_has_an_answer() -> None:
    assert set(ANSWERS) == set(FEDERATED)


@pytest.mark.parametrize("name", FEDERATED)
def test_federated_query_asks_the_other_site(name: str, other_site: str, in_pyoxigraph: Engine) -> None:
    text, times = re.subn(r"SERVICE <[^>]*>", f"SERVICE <{other_site}>", QUERIES[name].text)
    assert times == 1
    wanted, values = ANSWERS[name]
    found = in_pyoxigraph(text)
    assert [row[found.columns.index(wanted)] for row in found.rows] == values


# what holds for every query


@pytest.mark.parametrize("name", LOCAL)
def test_nothing_is_found_in_an_empty_graph(name: str) -> None:
    text = QUERIES[name].text
    assert from_pyoxigraph(pyoxigraph.Store(), text).rows == from_rdflib(rdflib.Graph(), text).rows == []


def test_there_are_enough_queries_in_every_category() -> None:
    assert len(QUERIES) >= 36
    assert {query.category for query in QUERIES.values()} == set(CATEGORIES)
    assert {"figures-of-gene", "gene-cooccurrence", "figures-per-year"} <= QUERIES.keys()


@pytest.mark.parametrize("name", QUERIES)
def test_query_is_valid_and_portable(name: str) -> None:
    query = QUERIES[name]
    prepareQuery(query.text)
    body = re.sub(r"^#.*$", "", query.text, flags=re.MULTILINE)
    assert "FROM" not in body
    assert "ORDER BY" in body or "CONSTRUCT" in body
    assert ("SERVICE" in body) == ("federated" in query.keywords) == (name in FEDERATED)
    prefixes = re.findall(r"^PREFIX (\w+):", body, re.MULTILINE)
    assert len(prefixes) == len(set(prefixes))
    for prefix in prefixes:
        assert re.search(rf"(?<![\w/]){prefix}:\w", body), f"the prefix {prefix} is not used"


def test_every_parameter_says_what_it_is() -> None:
    for query in QUERIES.values():
        for parameter in query.parameters:
            assert parameter.defaults, f"{query.name}: {parameter.name} has no default"
            assert parameter.type != "gene" or parameter.name.endswith("Term")


def test_titles_differ() -> None:
    assert len({query.title for query in QUERIES.values()}) == len(QUERIES)


# the page of the documentation


def test_the_page_lists_every_query() -> None:
    text = page()
    if UPDATE:
        PAGE.write_text(text, "utf-8", newline="\n")
    assert PAGE.read_text("utf-8") == text


def page() -> str:
    """Return docs/catalogue.md."""
    return _HEAD.format(number=len(QUERIES)) + "".join(map(_section, CATEGORIES))


def _section(category: str) -> str:
    queries = [query for query in QUERIES.values() if query.category == category]
    lines = "".join(
        f"| [`{query.name}`](../queries/{query.name}.rq) | {_parameters(query)} | {query.title}."
        f" {query.description} |\n"
        for query in queries
    )
    return f"\n## {category}\n\n| query | parameters | what it answers |\n|---|---|---|\n{lines}"


def _parameters(query: Query) -> str:
    return "<br>".join(f"`{item.alias}={', '.join(item.defaults)}` {item.label}" for item in query.parameters)


_HEAD = """\
# The catalogue of queries

{number} questions that people ask of such a graph, each a file in [`queries/`](../queries/) that is
valid SPARQL 1.1 as it stands: paste it into any endpoint, or run it by name with `kg query NAME`.
This page is written from the headers of the files. `kg queries` prints the list, and
`kg queries --format ttl` writes it for SPARQL editors.

- Each query but the federated ones is run on the example records by rdflib, by Oxigraph (embedded
  and as a server) and by Virtuoso. All must give the rows of
  [`tests/expected/`](../tests/expected/), in that order.
- A parameter has a default, which names something in the example records. `--param NAME=VALUE` sets
  it; given several times, it has several values. A gene is a symbol (`AKT1`, of any species) or an
  NCBI Gene id (`207`).
- The columns are a label, its IRI, then counts and scores. A Jaccard index is what two sets have in
  common, divided by what either holds, rounded to three digits.
- Questions on pairs start from a gene, a figure, a pathway or a list, so that they stay quick in a
  large graph. Where a description says "the hundred", the query ends there: change its `LIMIT` for
  more.
- Queries on pathways need records of WikiPathways in the graph, and `text-mentions-of-gene` needs
  text linking (`kg export --link-text`). The federated queries send what they are about to a public
  server, so they run only when asked to.
"""
