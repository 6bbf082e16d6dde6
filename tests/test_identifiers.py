"""Identifiers and IRIs: what matches its pattern becomes one valid IRI; nothing else becomes one at all."""

from __future__ import annotations

import re
from itertools import product
from urllib.parse import unquote

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from runs import as_read

from kg.formats import FORMATS
from kg.graph import IRI, RecordGraph, describe
from kg.identifiers import NAMESPACES, Namespace
from kg.iris import digest, encoded, encoded_path, http_iri, slug
from kg.mapping import Settings
from kg.pipeline import prefixes
from kg.vocabulary import ABOUT

# Rows of the model: namespace, what stands in the data, the IRI, the compact identifier.
MODEL = [
    ("ncbigene", "208", "https://identifiers.org/ncbigene/208", "ncbigene:208"),
    ("ncbigene", " 208 ", "https://identifiers.org/ncbigene/208", "ncbigene:208"),
    ("mesh", "D000255", "https://identifiers.org/mesh/D000255", "mesh:D000255"),
    ("mesh", "mesh:C462103", "https://identifiers.org/mesh/C462103", "mesh:C462103"),
    ("chebi", "chebi:15422", "https://identifiers.org/chebi/CHEBI:15422", "CHEBI:15422"),
    ("chebi", "CHEBI:15422", "https://identifiers.org/chebi/CHEBI:15422", "CHEBI:15422"),
    ("chebi", "15422", "https://identifiers.org/chebi/CHEBI:15422", "CHEBI:15422"),
    ("doid", "doid:9351", "https://identifiers.org/doid/DOID:9351", "DOID:9351"),
    ("pw", "PW:0000143", "https://identifiers.org/pw/PW:0000143", "PW:0000143"),
    ("cl", "CL:0000650", "https://identifiers.org/cl/CL:0000650", "CL:0000650"),
    ("taxonomy", "10090", "https://identifiers.org/taxonomy/10090", "taxonomy:10090"),
    ("pmc", "PMC2820751", "https://identifiers.org/pmc/PMC2820751", "pmc:PMC2820751"),
    ("pubmed", "15134803", "https://identifiers.org/pubmed/15134803", "pubmed:15134803"),
    ("doi", "10.5555/kg.1", "https://doi.org/10.5555/kg.1", "doi:10.5555/kg.1"),
    ("doi", "10.5555/(a)<b>", "https://doi.org/10.5555/(a)%3Cb%3E", "doi:10.5555/(a)<b>"),
    ("wikipathways", "WP554", "https://identifiers.org/wikipathways/WP554", "wikipathways:WP554"),
    (
        "ndex",
        "00000000-0000-4000-8000-00000000000a",
        "https://www.ndexbio.org/viewer/networks/00000000-0000-4000-8000-00000000000a",
        "ndex:00000000-0000-4000-8000-00000000000a",
    ),
]


@pytest.mark.parametrize(("name", "text", "iri", "curie"), MODEL)
def test_identifiers_of_the_model(name: str, text: str, iri: str, curie: str) -> None:
    namespace = NAMESPACES[name]
    assert namespace.iri(text) == iri
    assert namespace.curie(text) == curie


REFUSED = [
    *(
        ("ncbigene", text)
        for text in ("0", "0208", "-1", "1.0", "1e3", "AKT1", "٢٠٧", "２０７", "1 2", "1\n2", "+1")
    ),
    *(
        ("mesh", text)
        for text in ("D00025", "X000255", "d000255", "D000255.1", "D0000000001", "MESH", "mesh:")
    ),
    *(("chebi", text) for text in ("CHEBI:", "chebi:x", "CHEBI 1", "1.5")),
    *(("pw", text) for text in ("PW:143", "PW:00001430", "CL:0000143")),
    *(("pmc", text) for text in ("2820751", "PMC", "PMC28a", "pmc2820751x")),
    *(("doi", text) for text in ("10.1/x", "doi.org/10.5555/x", "10.5555/", "10.5555/a b", "11.5555/x")),
    *(("wikipathways", text) for text in ("WP", "WP123456", "wp554", "554")),
    *(("ndex", text) for text in ("", "0000", "00000000-0000-4000-8000-00000000000g")),
    *(("taxonomy", text) for text in ("0", "human", "9606a")),
]


@pytest.mark.parametrize(("name", "text"), REFUSED)
def test_what_does_not_match_becomes_no_iri(name: str, text: str) -> None:
    namespace = NAMESPACES[name]
    assert namespace.local(text) is None
    assert namespace.iri(text) is None
    assert namespace.curie(text) is None
    assert namespace.owner_iri(text) is None


ATTACKS = [
    f"{start}{middle}{end}"
    for start, middle, end in product(
        ("", "208", "D000255", "10.5555/x", "PMC12"),
        (
            "> <x:p> <x:o> . <x:s",
            '"',
            "\n",
            "\r",
            "\t",
            " ",
            "\0",
            "\\u003E",
            "\\",
            "{",
            "|",
            "^",
            "`",
            "<",
            "\u2028",
            "\ufffd",
        ),
        ("", "208", "#x", "?y"),
    )
]


def test_hostile_identifiers_never_change_the_number_of_triples() -> None:
    assert len(ATTACKS) > 200
    node = IRI("https://example.org/x")
    made = {iri for text in ATTACKS for row in NAMESPACES.values() if (iri := row.iri(text)) is not None}
    graph = RecordGraph(node, (describe(node, (ABOUT, sorted(made))),))
    writer = FORMATS["turtle"].writer(prefixes(Settings()), "", None)
    text = (writer.start() + writer.record(graph) + writer.end()).decode()
    found = list(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE))
    assert {(q.subject.value, q.predicate.value, q.object.value) for q in found} == as_read(
        frozenset(graph.triples())
    )
    assert len(found) == len(made)


@pytest.mark.parametrize("namespace", NAMESPACES.values(), ids=list(NAMESPACES))
@given(data=st.data())
def test_whatever_matches_is_a_valid_iri_and_reads_back(namespace: Namespace, data: st.DataObject) -> None:
    local = data.draw(st.from_regex(re.compile(namespace.pattern, re.ASCII), fullmatch=True))
    if any("\ud800" <= char <= "\udfff" for char in local):
        return
    iri = namespace.iri(local)
    if iri is None:
        assert namespace.name in ("ISBN", "HMDB") or local != local.strip() or namespace._canonical
        return
    assert pyoxigraph.NamedNode(iri).value == iri
    assert http_iri(iri) == iri
    assert iri.startswith(namespace.stem)
    assert namespace.iri(str(namespace.local(local))) == iri


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org",
        "https://example.org/",
        "http://example.org:8080/a;b=c,d/(e)!$&'*+?q=/?#f/?",
        "https://example.org/%20é/日本#x",
        "https://pfocr.wikipathways.org/figures/PMC1__f-g.001.html",
        "https://xn--bcher-kva.example/",
    ],
)
def test_addresses(text: str) -> None:
    assert http_iri(text) == text
    assert pyoxigraph.NamedNode(text).value == text


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "x",
            "//example.org/",
            "example.org/",
            "https:",
            "https://",
            "https:///a",
            "ftp://example.org/",
        ),
        *("javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "mailto:a@example.org", "urn:x:y"),
        *(
            "https://example.org/a b",
            "https://example.org/<",
            'https://example.org/"',
            "https://example.org/{x}",
        ),
        *(
            "https://example.org/%",
            "https://example.org/%zz",
            "https://example.org/a\n",
            "\nhttps://example.org/",
        ),
        *(
            "https://user:pass@example.org/",
            "https://exa mple.org/",
            "https://example.org/#a#b",
            "https://-x.org/",
        ),
        *(
            "https://example.org/\ud800",
            "https://example.org/\x00",
            "https://example.org/a\\b",
            "https://[::1",
        ),
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert http_iri(text) is None


NAMES = [
    *(
        ".",
        "..",
        "...",
        "",
        " ",
        "/",
        "//",
        "a/b",
        "../x",
        "a\\b",
        "a#b",
        "a?b",
        "a%b",
        "a%2Fb",
        "a%252Fb",
        "a b",
    ),
    *(
        "a+b",
        "a&b",
        "<",
        ">",
        '"',
        "'",
        "`",
        "{",
        "}",
        "|",
        "^",
        "\n",
        "\0",
        "é",
        "e\u0301",
        "日本",
        "🧬",
        "CON",
        "a.",
        ".a",
    ),
]


def test_encoded_names_are_distinct_segments_and_read_back() -> None:
    made = {name: encoded(name) for name in NAMES}
    assert len(set(made.values())) == len(NAMES)
    for name, text in made.items():
        assert unquote(text) == name
        assert "/" not in text
        assert text not in (".", "..")
        assert text == "" or http_iri(f"https://example.org/{text}") is not None


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.text(st.characters(exclude_categories=["Cs"])),
)
def test_encoding_is_one_to_one(one: str, other: str) -> None:
    assert (encoded(one) == encoded(other)) == (one == other)
    assert http_iri(f"https://example.org/{encoded(one)}") is not None
    assert http_iri(f"https://example.org/{encoded_path(one).lstrip('/')}") is not None


@given(st.text(max_size=40), st.text(max_size=40))
def test_slugs_are_names_and_tell_letters_apart(one: str, other: str) -> None:
    for text in (one, other):
        assert re.fullmatch(r"[a-z0-9]*(?:-[a-z0-9]+)*", slug(text))
    lost = any(not char.isascii() for char in one + other)
    if slug(one) == slug(other) and not lost:
        assert re.sub(r"[^a-z0-9]+", "-", one.lower()).strip("-") == re.sub(
            r"[^a-z0-9]+", "-", other.lower()
        ).strip("-")


@pytest.mark.parametrize(
    ("one", "other"), [("生物", "生態"), ("Øre", "Ære"), ("é", "è"), ("α", "β"), ("", "生")]
)
def test_slugs_of_other_scripts_differ(one: str, other: str) -> None:
    assert slug(one) != slug(other)


def test_digests_are_the_same_on_every_machine() -> None:
    """They stand in the IRIs of mentions: a change would break every link to one."""
    assert digest("gene", "GLUT4", "GLUT4", "hgnc_prev_symbol") == "7686e3dc9f"
    assert digest("a", "bc") != digest("ab", "c")
