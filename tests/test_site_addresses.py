"""Addresses of a site: every key has a file of its own, and its name reads back."""

from __future__ import annotations

import itertools
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.site.addresses import (
    ALONE,
    CUT,
    FORMS,
    MAX_BYTES,
    Address,
    address_of,
    file_name,
    file_path,
    href,
    key_of,
    link_path,
    page,
    url,
)
from kg.site.kinds import KINDS

HOSTILE = (
    "PMC199174__JCI0110934.f9", "a.gif", "a.html", "208.ttl", "208.genes", "208.genes.tsv", "a b", "a#b?c=d",
    "100%", "%2F", "..", ".", "../../etc/passwd", ".hidden", "-rf", "CON", "con", "nul.txt", "COM1", "index",
    "Index", "æøå", "e\u0301", "é", "a", "A", "a/b", "a\\b", "x" * 300, "X" * 300, "mesh:D000255",
    "MESH:d000255", "CHEBI:15422", "a::b", "a,2", "a~~1", "~", "=20", "https://example.org/1?x=<script>#y",
    "a.", "a ", "line\nend", "tab\t", "nul\0", "\u202eevil", "😀", "PMC1__f1", "pmc1__f1", "PMC1__F1",
    "'\"<>&",
)  # fmt: skip
ODD = st.text(alphabet="aAbB.~=-_:,/# %æÆ\u0301İcCoOnNpPmMqwW1290xX+\n", min_size=1, max_size=12)
KEYS = ODD | st.text(min_size=1, max_size=40)
NAME = re.compile(r"[A-Za-z0-9_=~][A-Za-z0-9._=~-]*", re.ASCII)


def test_hostile_keys_keep_names_of_their_own() -> None:
    names = [file_name(key) for key in HOSTILE]
    assert len(HOSTILE) >= 30
    assert all(map(NAME.fullmatch, names))
    assert len({name.casefold() for name in names}) == len(HOSTILE), "two keys share a file"
    assert all(len(name) <= MAX_BYTES for name in names)


@pytest.mark.parametrize("key", HOSTILE)
def test_hostile_key_reads_back(key: str) -> None:
    name = file_name(key)
    cut = {f"figure/{name}": key} if CUT in name else {}
    assert (key_of(name) is None) is bool(cut)
    for number, ending in itertools.product((1, 2, 1234), ("html", "ttl", "jsonld", "nt", "genes.tsv")):
        address = Address("figure", key, number)
        assert address_of(file_path(address, ending), cut) == (address, ending)
        assert address_of(link_path(address), cut) == (address, "")


@given(KEYS)
def test_name_is_safe_and_reads_back(key: str) -> None:
    name = file_name(key)
    assert NAME.fullmatch(name)
    assert not name.endswith(".")
    assert len(name) <= MAX_BYTES
    assert unicodedata.normalize("NFC", name) == name
    if CUT not in name:
        assert key_of(name) == key


@given(st.lists(ODD, min_size=2, max_size=2, unique=True))
def test_names_differ_on_any_file_system(keys: list[str]) -> None:
    one, other = (file_name(key).casefold() for key in keys)
    assert one != other


def test_every_short_key_has_a_name_of_its_own() -> None:
    keys = ["".join(chars) for size in range(1, 5) for chars in itertools.product("aAcC:.1p_", repeat=size)]
    assert len({file_name(key).casefold() for key in keys}) == len(keys)


@given(KEYS)
def test_files_of_pages_never_meet(key: str) -> None:
    """No file of one page is that of another: lists, later pages, forms and downloads included."""
    paths = {
        file_path(Address("gene", key, number), ending).casefold(): (number, ending)
        for number in (1, 2, 11)
        for ending in ("html", "ttl", "genes.tsv", "figures.tsv")
    }
    assert len(paths) == 12
    lists = {file_path(Address("list", "gene", number)).casefold() for number in (1, 2, 11)}
    assert not lists & paths.keys()


@given(st.text(max_size=30))
def test_what_is_no_name_has_no_key(text: str) -> None:
    key = key_of(text)
    assert key is None or file_name(key) == text


@given(st.text(alphabet="genfiur/.~=,12ahtml%", max_size=20))
def test_any_path_is_read_without_error(path: str) -> None:
    found = address_of(path)
    if found is not None and not found[1]:
        assert page(found[0]) in (path, f"{path}index")


@pytest.mark.parametrize("kind", ALONE)
def test_pages_that_stand_alone(kind: str) -> None:
    address = Address(kind)
    assert address_of(file_path(address)) == (address, "html")
    assert address_of(link_path(address)) == (address, "")


def test_canonical_urls() -> None:
    site = "https://example.org/kg/"
    assert url(site, Address("home")) == site
    assert url(site, Address("list", "gene")) == f"{site}gene/"
    assert url(site, Address("list", "gene", 2)) == f"{site}gene/index,2"
    assert url(site, Address("queries")) == f"{site}queries/"
    assert url(site, Address("query", "figures-of-gene")) == f"{site}queries/figures-of-gene"
    assert url(site, Address("chemical", "mesh:D000255")) == f"{site}chemical/mesh~D000255"


def test_links_are_relative_except_where_a_page_is_shown_at_any_path() -> None:
    gene, home = Address("gene", "208"), Address("home")
    assert href(home, gene, ".html") == "gene/208.html"
    assert href(gene, home, ".html") == "../index.html"
    assert href(home, home, "") == "./"
    assert href(gene, "static/style.css", ".html") == "../static/style.css"
    assert href(Address("notfound"), gene, "", "https://example.org/") == "https://example.org/gene/208"


@pytest.mark.parametrize(
    "path", ["/gene/208", "gene//208", "gene/../208", "GENE/208", "gene/208,0", "gene/208/2"]
)
def test_no_page_of_such_a_path(path: str) -> None:
    assert address_of(path) is None


def test_forms_are_no_endings_of_names() -> None:
    assert all(re.fullmatch(r"[a-z]{2,7}", ending) for ending in FORMS)


@pytest.mark.parametrize(
    ("kind", "iri", "key"),
    [
        ("gene", "https://identifiers.org/ncbigene/208", "208"),
        ("gene", "https://identifiers.org/ensembl/ENSG00000105221", "ensembl:ENSG00000105221"),
        ("chemical", "https://identifiers.org/mesh/D000255", "mesh:D000255"),
        ("chemical", "https://identifiers.org/chebi/CHEBI:15422", "CHEBI:15422"),
        ("term", "https://identifiers.org/pw/PW:0000143", "PW:0000143"),
        ("organism", "https://identifiers.org/taxonomy/9606", "9606"),
        ("pathway", "https://identifiers.org/wikipathways/WP554", "WP554"),
        ("paper", "https://identifiers.org/pmc/PMC12", "PMC12"),
        ("paper", "https://identifiers.org/pubmed/12", "pubmed:12"),
        ("paper", "https://doi.org/10.1000/a%20b(1)", "doi:10.1000/a%20b(1)"),
        ("paper", "https://example.org/paper?1", "https://example.org/paper?1"),
    ],
)
def test_key_and_iri_lead_to_each_other(kind: str, iri: str, key: str) -> None:
    row = KINDS[kind]
    assert row.key(iri) == key
    assert row.iri(key) == iri


def test_keys_of_names_that_we_mint() -> None:
    assert KINDS["journal"].key("https://w3id.org/pathway-kg/journal/j-biol-chem") == "j-biol-chem"
    assert KINDS["post"].key("https://example.org/post/2023-09-18-wnt") == "2023-09-18-wnt"
    assert KINDS["figure"].key("https://example.org/1.html", "PMC1__f1") == "PMC1__f1"
