"""Text linking: how names are compared, what is found, and what the graph says of it."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg.errors import UsageError
from kg.graph import IRI, Literal, Object
from kg.identifiers import NCBIGENE
from kg.linking import Linker, LinkOptions, read_guard
from kg.linking.compare import GREEK, fold, is_whole, plausible
from kg.linking.guard import guard_of
from kg.linking.lexicon import Finder, Lexicon
from kg.pipeline import Run
from kg.records.annotations import Mention
from kg.records.shared import Entity, Identifier

KG = "https://w3id.org/pathway-kg/terms#"
SCHEMA = "https://schema.org/"
OA = "http://www.w3.org/ns/oa#"

FIGURE = """---
figid: PMC1__f1
figtitle: A drawing of our own
caption: |
  {caption}
genes:
{genes}
---
"""
GENE = """- word: {term}
  symbol: {term}
  source: {lexicon}
  hgnc_symbol: X{entrez}
  entrez: "{entrez}"
"""
POST = """---
layout: post
title: A post of our own
date: 2024-01-01
---
{body}
"""

NAMES = {
    "AKT": ("bioentities_symbol", 207, 208, 10000),
    "GLUT4": ("hgnc_prev_symbol", 6517),
    "PI3K": ("famplex_relations", 5290, 5291),
    "TNF-alpha": ("hgnc_alias_symbol", 7124),
    "beta-catenin": ("hgnc_alias_symbol", 1499),
    "Gamma_secretase": ("famplex_relations", 5663, 5664),
    "MTOR": ("hgnc_symbol", 2475),
    "IL6": ("hgnc_symbol", 3569),
    "RAS": ("famplex_relations", 3265, 3845),
    "MET": ("hgnc_symbol", 4233),
    "MAX": ("hgnc_symbol", 4149),
    "CAT": ("hgnc_symbol", 847),
    "Notch": ("famplex_relations", 4851),
    "TNF": ("hgnc_symbol", 7124),
    "EGF": ("hgnc_symbol", 1950),
    "IFN": ("famplex_relations", 3439),
    "dpp": ("ncbigene_symbol", 33432),
    "INSR": ("hgnc_symbol", 3643),
    "Caspase": ("famplex_relations", 836),
    "VEGFA": ("hgnc_symbol", 7422),
    "CAP-G": ("hgnc_alias_symbol", 64151),
}


def _lexicon(names: dict[str, tuple[Any, ...]]) -> Lexicon:
    lexicon = Lexicon()
    for term, (name, *genes) in names.items():
        lexicon.gather(_figure(Mention("gene", term, term, name, tuple(map(_gene, genes)), (), 1)))
    return lexicon


def _gene(number: int) -> Entity:
    return Entity("gene", Identifier(NCBIGENE, str(number)), f"X{number}")


def _figure(*mentions: Mention) -> Any:
    return type("Figure", (), {"mentions": mentions})()


@pytest.fixture(scope="module")
def finder() -> Finder:
    return _lexicon(NAMES).finder(read_guard())


def _found(finder: Finder, text: str) -> list[tuple[str, str]]:
    return [(text[found.start : found.end], name.term) for found in finder.find(text) for name in found.names]


# how texts are compared


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GLUT4", "Glut-4"),
        ("PI3K", "PI-3K"),
        ("PI3K", "PI3-K"),
        ("TNF-alpha", "TNF-α"),
        ("TNF-alpha", "TNFα"),
        ("TNF-alpha", "TNFalpha"),
        ("β-catenin", "beta-catenin"),
        ("AKT", "АКТ"),
        ("AKT", "ΑΚΤ"),
        ("AKT", "ＡＫＴ"),
        ("p53", "p‑53"),
        ("IL-6", "IL–6"),
        ("μ-opioid", "µ-opioid"),
        ("A  B", "A\u00a0B"),
    ],
)
def test_texts_that_compare_equal(one: str, other: str) -> None:
    assert fold(one).key == fold(other).key


@pytest.mark.parametrize(
    ("one", "other"), [("CAP-G", "CAPG"), ("TNFα", "TNFA"), ("AKT—2", "AKT2"), ("IL-1-2", "IL12")]
)
def test_texts_that_differ(one: str, other: str) -> None:
    assert fold(one).key != fold(other).key


def test_look_alikes_stay_themselves_in_a_cyrillic_text() -> None:
    assert fold("САМ").key == "cam"
    assert fold("САМ работает").key != fold("CAM работает").key


@given(st.text())
@example("İα-3 ß\u200b")
def test_folding_keeps_the_places(text: str) -> None:
    cased, key, origins = fold(text)
    assert len(cased) == len(key) == len(origins)
    assert origins == sorted(origins)
    assert all(0 <= place < len(text) for place in origins)


@given(st.text(alphabet="AKTakt12-αβ /", max_size=12))
def test_folding_is_stable(text: str) -> None:
    spelled = "".join(GREEK.get(char, char) for char in text)
    assert fold(spelled).cased.replace("-", "") == fold(text).cased.replace("-", "")


@pytest.mark.parametrize(
    ("text", "name", "whole"),
    [
        ("of AKT, and", "AKT", True),
        ("(AKT)", "AKT", True),
        ("PI3K/AKT", "AKT", True),
        ("PI3K-AKT", "AKT", True),
        ("AKT-dependent", "AKT", True),
        ("anti-AKT", "AKT", True),
        ("p-AKT", "AKT", True),
        ("JNK- AKT", "JNK", True),
        ("AKT's", "AKT", True),
        ("AKT1", "AKT", False),
        ("xAKT", "AKT", False),
        ("AKT_1", "AKT", False),
        ("AKT-1", "AKT", False),
        ("N-AKT", "AKT", False),
        ("3-AKT", "AKT", False),
        ("β-AKT", "AKT", False),
        ("AKT-β", "AKT", False),
        ("AKT-beta", "AKT", False),
        ("AKT-R1", "AKT", False),
        ("AKT 2", "AKT", False),
        ("AKT 20%", "AKT", True),
        ("AKT\u0301", "AKT", False),
        ("AKT²", "AKT", False),
    ],
)
def test_whole_tokens(text: str, name: str, whole: bool) -> None:
    start = text.index(name)
    assert is_whole(text, start, start + len(name)) is whole


@pytest.mark.parametrize(
    ("written", "term", "is_name"),
    [
        ("AKT", "AKT", True),
        ("Akt", "AKT", True),
        ("akt", "AKT", False),
        ("mTOR", "MTOR", True),
        ("p53", "P53", True),
        ("glut4", "GLUT4", True),
        ("Impact", "IMPACT", False),
        ("IMPACT", "Impact", True),
        ("Actin", "Actin", True),
        ("dpp", "dpp", False),
        ("CATs", "CATS", False),
        ("CATs", "CATs", True),
        ("AR", "AR", False),
        ("τ", "tau", False),
    ],
)
def test_case_in_which_names_are_written(written: str, term: str, is_name: bool) -> None:
    assert plausible(written, fold(written).cased, fold(term).cased) is is_name


# what is found


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Insulin wakes PI3K and Akt.", [("PI3K", "PI3K"), ("Akt", "AKT")]),
        ("the PI3K-Akt-mTOR axis", [("PI3K", "PI3K"), ("Akt", "AKT"), ("mTOR", "MTOR")]),
        ("Glut-4 and TNF-α", [("Glut-4", "GLUT4"), ("TNF-α", "TNF-alpha")]),
        ("β-catenin, γ-secretase", [("β-catenin", "beta-catenin"), ("γ-secretase", "Gamma_secretase")]),
        ("the gamma/secretase", []),
        ("TNF wakes", [("TNF", "TNF")]),
        ("the TNF receptor", []),
        ("HB-EGF and EGF", [("EGF", "EGF")]),
        ("IFN-gamma and N-Ras", []),
        ("Caspase 3", []),
        ("IL-6 (IL6)", [("IL-6", "IL6"), ("IL6", "IL6")]),
        ("IRS proteins", []),
        ("the gene dpp", []),
        ("CAPG", []),
        ("", []),
        ("ALL OF RAS AND VEGFA IN CAPITALS\nbut RAS here", [("RAS", "RAS")]),
    ],
)
def test_names_in_texts(finder: Finder, text: str, names: list[tuple[str, str]]) -> None:
    assert _found(finder, text) == names


@pytest.mark.parametrize("word", ["Met", "MET", "MAX", "Max", "CAT", "Cat", "Notch"])
def test_words_of_prose_are_guarded(finder: Finder, word: str) -> None:
    assert _found(finder, f"{word} is here, and so is {word}.") == []


def test_without_a_guard_list_they_are_names() -> None:
    open_finder = _lexicon(NAMES).finder(guard_of(()))
    assert _found(open_finder, "MET and Notch") == [("MET", "MET"), ("Notch", "Notch")]


def test_ambiguous_terms_keep_every_candidate() -> None:
    lexicon = _lexicon({"p38": ("hgnc_alias_symbol", 1432), "P38": ("ncbigene_synonym", 26416)})
    lexicon.gather(_figure(Mention("gene", "p38", "p38", "hgnc_alias_symbol", (_gene(26415),), (), 1)))
    (found,) = lexicon.finder(read_guard()).find("of p38 too")
    genes = {
        (name.term, name.lexicon): [gene.identifier.local for gene in name.genes] for name in found.names
    }
    assert genes == {("p38", "hgnc_alias_symbol"): ["1432", "26415"], ("P38", "ncbigene_synonym"): ["26416"]}


def test_only_genes_are_gathered() -> None:
    lexicon = Lexicon()
    lexicon.gather(_figure(Mention("chemical", "Glucose", "Glucose", "mesh", (_gene(1),), (), 1)))
    lexicon.gather(_figure(Mention("gene", "AKT9", "AKT9", "hgnc_symbol", (), (), 1)))
    assert list(lexicon.names()) == []


@given(st.text(alphabet="AKTRSaktrs12-αβ/ .,\n", max_size=40))
def test_found_names_are_whole_and_apart(text: str) -> None:
    found = list(_lexicon(NAMES).finder(guard_of(())).find(text))
    assert all(one.end <= other.start for one, other in pairwise(found))
    for place in found:
        assert is_whole(text, place.start, place.end)
        keys = {fold(name.term.replace("_", mark)).key for name in place.names for mark in " -/"}
        assert fold(text[place.start : place.end]).key in keys


# the guard list


def test_every_guarded_name_has_a_reason_and_stands_once() -> None:
    path = Path(sys.modules["kg.linking.guard"].__file__ or "").with_name("guard.tsv")
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()[1:]]
    assert all(len(row) == 2 and all(row) for row in rows)
    assert len({row[0] for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("written", "is_guarded"),
    [("SET", True), ("set", True), ("Sting", True), ("STING", False), ("Fig12", True), ("AKT1", False)],
)
def test_guarded_forms(written: str, is_guarded: bool) -> None:
    folded = fold(written)
    assert (read_guard().reason(folded.cased, folded.key) is not None) is is_guarded


@pytest.mark.parametrize("text", ["akt\ta cat\n", "name\treason\nakt\n", "name\treason\n\tno name\n"])
def test_bad_guard_lists_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "guard.tsv"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=r"guard\.tsv:"):
        read_guard(path)


def test_a_guard_list_that_is_absent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        Linker(LinkOptions(guard=tmp_path / "none.tsv"))


# what the graph says


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a site with a figure that has names, and a post with an opening and sections."""
    genes = [
        GENE.format(term=term, lexicon=lexicon, entrez=number)
        for term, (lexicon, *numbers) in NAMES.items()
        for number in numbers
    ]
    caption = "Akt wakes mTOR; Akt rests."
    (tmp_path / "PMC1__f1.md").write_text(FIGURE.format(caption=caption, genes="".join(genes)), "utf-8")
    body = "An opening with GLUT4 🧬 and GLUT4.\n\n# AKT\n\nOf *Akt* and `mTOR`.\n\n"
    body += "## Part\n\nNothing.\n\n# AKT\n\nAkt."
    (tmp_path / "2024-01-01-post.md").write_text(POST.format(body=body), "utf-8")
    return tmp_path


def _graph(path: Path, **options: Any) -> dict[IRI, dict[str, list[Object]]]:
    """Return the facts of each subject, predicates by their full IRI."""
    run = Run([path], linker=Linker(LinkOptions(**options)))
    found: dict[IRI, dict[str, list[Object]]] = {}
    for subject, predicate, value in run.triples():
        found.setdefault(subject, {}).setdefault(str(predicate), []).append(value)
    return found


def _mentions(graph: dict[IRI, dict[str, list[Object]]]) -> list[dict[str, list[Object]]]:
    kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    return [facts for facts in graph.values() if KG + "TextMention" in facts.get(kind, ())]


def _numbers(values: list[Object]) -> list[int]:
    return [int(value.lexical) for value in values if isinstance(value, Literal)]


def test_mentions_stand_in_their_sections(site: Path) -> None:
    post = "https://w3id.org/pathway-kg/post/2024-01-01-post"
    found = {
        (str(facts[SCHEMA + "isPartOf"][0]).removeprefix(post), str(facts[SCHEMA + "text"][0]))
        for facts in _mentions(_graph(site))
    }
    assert found == {("", "GLUT4"), ("#akt", "Akt"), ("#akt", "mTOR"), ("#akt-1", "Akt")}


@pytest.mark.parametrize("captions", [False, True])
def test_offsets_cut_the_words_out_of_the_text(site: Path, captions: bool) -> None:
    graph = _graph(site, captions=captions)
    for facts in _mentions(graph):
        (whole,), (written,) = facts[SCHEMA + "isPartOf"], facts[SCHEMA + "text"]
        assert isinstance(whole, IRI)
        texts = (graph[whole].get(SCHEMA + name) for name in ("text", "articleBody", "description"))
        text = str(next(found for found in texts if found)[0])
        starts, ends = _numbers(facts[KG + "startOffset"]), _numbers(facts[KG + "endOffset"])
        assert [text[start:end] for start, end in zip(starts, ends, strict=True)] == [written] * len(starts)
        times = _numbers(facts.get(KG + "occurrences", [])) or [1]
        assert times == [len(starts)]


def test_equal_words_of_a_section_are_one_mention(site: Path) -> None:
    (glut4,) = [facts for facts in _mentions(_graph(site)) if facts[SCHEMA + "text"] == ["GLUT4"]]
    assert _numbers(glut4[KG + "occurrences"]) == [2]
    assert _numbers(glut4[KG + "startOffset"]) == [16, 28]


def test_families_are_marked_and_genes_described(site: Path) -> None:
    graph = _graph(site)
    (akt, *_) = [facts for facts in _mentions(graph) if facts[SCHEMA + "text"] == ["Akt"]]
    (lexicon,) = akt[KG + "lexicon"]
    assert isinstance(lexicon, IRI)
    assert graph[lexicon][KG + "expandsFamilies"] == [
        Literal("true", IRI("http://www.w3.org/2001/XMLSchema#boolean"))
    ]
    assert [str(gene).rpartition("/")[2] for gene in akt[SCHEMA + "about"]] == ["207", "208", "10000"]
    assert all(isinstance(gene, IRI) and gene in graph for gene in akt[SCHEMA + "about"])


def test_captions_are_linked_when_asked_for(site: Path) -> None:
    figure = "https://pfocr.wikipathways.org/figures/PMC1__f1.html"
    without, with_captions = (
        [
            facts
            for facts in _mentions(_graph(site, captions=captions))
            if facts[SCHEMA + "isPartOf"] == [figure]
        ]
        for captions in (False, True)
    )
    assert without == []
    assert {str(facts[SCHEMA + "text"][0]) for facts in with_captions} == {"Akt", "mTOR"}


def test_selectors_say_the_same(site: Path) -> None:
    graph = _graph(site, selectors=True)
    for facts in _mentions(graph):
        assert facts[OA + "hasBody"] == facts[SCHEMA + "about"]
        targets = [graph[target] for target in facts[OA + "hasTarget"] if isinstance(target, IRI)]
        assert all(target[OA + "hasSource"] == facts[SCHEMA + "isPartOf"] for target in targets)
        selectors = [graph[IRI(str(target[OA + "hasSelector"][0]))] for target in targets]
        assert [one[OA + "start"][0] for one in selectors] == facts[KG + "startOffset"]
        assert [one[OA + "end"][0] for one in selectors] == facts[KG + "endOffset"]


def test_linking_adds_and_changes_nothing(site: Path) -> None:
    plain = set(Run([site]).triples())
    linked = set(Run([site], linker=Linker(LinkOptions(captions=True))).triples())
    assert plain < linked
    mentioned = {subject for subject, _, value in linked if value == KG + "TextMention"}
    assert {subject for subject, _, _ in linked - plain} == mentioned


def test_the_lexicon_is_that_of_figures_that_are_not_exported(site: Path) -> None:
    run = Run([site], only=["post"], linker=Linker())
    triples = list(run.triples())
    assert (IRI("https://identifiers.org/ncbigene/6517"), IRI(SCHEMA + "name"), "X6517") in triples
    assert run.summary.records == {"post": 1}


def test_a_post_that_stands_twice_is_linked_once(site: Path) -> None:
    once = sorted(map(repr, Run([site], linker=Linker()).triples()))
    (site / "again").mkdir()
    (site / "again" / "2024-01-01-post.md").write_bytes((site / "2024-01-01-post.md").read_bytes())
    assert sorted(map(repr, Run([site], linker=Linker()).triples())) == once


# the command line


def _kg(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kg", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False
    )


def test_command_line(site: Path) -> None:
    done = _kg("export", ".", "-o", "out.nt", "--link-text", "-q", cwd=site)
    assert (done.returncode, done.stderr) == (0, "")
    assert (site / "out.nt").read_text("utf-8").count("#TextMention>") == 4


@pytest.mark.parametrize("option", [["--selectors"], ["--guard", "x"]])
def test_options_of_linking_need_linking(site: Path, option: list[str]) -> None:
    done = _kg("export", ".", "-o", "out.nt", *option, cwd=site)
    assert done.returncode == 2
    assert "--link-text" in done.stderr


def test_the_same_bytes_each_time(site: Path) -> None:
    for name in ("one.ttl", "two.ttl"):
        assert _kg("export", ".", "-o", name, "--link-captions", "-q", cwd=site).returncode == 0
    assert (site / "one.ttl").read_bytes() == (site / "two.ttl").read_bytes()


# the real records


@pytest.fixture(scope="module")
def corpus_graph(corpus: Path) -> dict[IRI, dict[str, list[Object]]]:
    paths = [corpus / name for name in ("seeds", "pfocr-inline", "pfocr-sidecar")]
    found: dict[IRI, dict[str, list[Object]]] = {}
    for subject, predicate, value in Run(paths, linker=Linker()).triples():
        found.setdefault(subject, {}).setdefault(str(predicate), []).append(value)
    return found


@pytest.mark.parametrize("word", ["GLUT4", "Akt", "AKT", "PI3K", "JNK", "MAPK"])
def test_posts_reach_the_genes_of_the_figures(
    corpus_graph: dict[IRI, dict[str, list[Object]]], word: str
) -> None:
    kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    by_figures: dict[tuple[Object, Object], set[Object]] = {}
    for facts in corpus_graph.values():
        if (
            KG + "GeneMention" in facts.get(kind, ())
            and KG + "lexicon" in facts
            and SCHEMA + "about" in facts
        ):
            key = facts[KG + "matchedTerm"][0], facts[KG + "lexicon"][0]
            by_figures.setdefault(key, set()).update(facts[SCHEMA + "about"])
    linked = [facts for facts in _mentions(corpus_graph) if facts[SCHEMA + "text"] == [word]]
    assert linked
    for facts in linked:
        key = facts[KG + "matchedTerm"][0], facts[KG + "lexicon"][0]
        assert key[0] == word.upper()
        assert set(facts[SCHEMA + "about"]) == by_figures[key]


def test_names_that_no_lexicon_holds_are_missed(corpus_graph: dict[IRI, dict[str, list[Object]]]) -> None:
    assert not [facts for facts in _mentions(corpus_graph) if facts[SCHEMA + "text"] == ["IRS"]]
