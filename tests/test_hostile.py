"""Hostile records: each gives problems that say where, and the whole ones beside them come out."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import judges
import pytest
from hypothesis import given
from hypothesis import strategies as st
from runs import EXAMPLES, GENE, GENE_HEADER, GENE_ROW, as_read, codes, figure, read, run_kg, site

import kg
from kg import files
from kg.graph import Triple
from kg.problems import Problem
from kg.records import keys

WHOLE: Mapping[str, str | bytes] = {
    "_figures/PMC99000201__f1.md": figure(more="caption: A whole record.\norganisms: [Homo sapiens]\n"),
    "_figures/PMC99000202__f1.md": figure("PMC99000202__f1", "genes:\n" + GENE, pmcid="PMC99000202"),
    "_data/PMC99000201__f1-genes.tsv": GENE_HEADER + GENE_ROW,
    "_posts/2023-01-01-whole.md": "---\nlayout: post\ntitle: Whole\n---\n# One\n\nText.\n",
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> frozenset[Triple]:
    """Return what the whole records say when they are alone."""
    return read(site(tmp_path_factory.mktemp("whole"), WHOLE))[0]


def check(folder: Path, hostile: Mapping[str, str | bytes], whole: frozenset[Triple]) -> list[Problem]:
    """Read hostile documents beside whole ones; return the problems after a look at what must always hold."""
    found, problems = read(site(folder, {**WHOLE, **hostile}))
    assert whole <= found
    assert [problem for problem in problems if problem.line is None and problem.code != "unreadable"] == []
    assert [problem for problem in problems if problem.code == "internal"] == []
    assert {problem.file for problem in problems} <= {str(folder / name) for name in hostile}
    return problems


def front(values: object) -> str:
    """Return a page with this front matter; JSON is YAML."""
    return f"---\n{json.dumps(values, ensure_ascii=False, indent=1)}\n---\n"


FID = "PMC99000299__x"
LOST: dict[str, str | bytes] = {
    "an open list": "---\nfigid: [a, b\n---\n",
    "an open mapping": "---\nfigid: {a: b\n---\n",
    "an open quote": "---\nfigid: 'a\n---\n",
    "an open double quote": '---\nfigid: "a\n---\n',
    "a colon in a plain text": "---\nfigid: a: b\n---\n",
    "a tab as indentation": "---\nfigid: a\ngenes:\n\t- word: b\n---\n",
    "a wrong indentation": "---\nfigid: a\n  pmcid: PMC1\n---\n",
    "a list in place of keys": "---\n- figid: a\n---\n",
    "a text in place of keys": "---\nfigid\n---\n",
    "an at sign": "---\nfigid: @a\n---\n",
    "a backquote": "---\nfigid: `a`\n---\n",
    "a percent sign": "---\nfigid: %a\n---\n",
    "a bad escape": '---\nfigid: "\\z"\n---\n',
    "a surrogate as escape": '---\nfigid: "\\ud800"\n---\n',
    "a surrogate pair as escapes": '---\nfigid: "\\ud83e\\uddec"\n---\n',
    "an escape beyond Unicode": '---\nfigid: "\\U00110000"\n---\n',
    "an alias": "---\nfigid: &a x\nfigtitle: *a\n---\n",
    "an alias to nothing": "---\nfigid: *a\n---\n",
    "a merge": "---\n<<: {figid: a}\n---\n",
    "a tag": "---\nfigid: !!python/object/apply:os.system [ls]\n---\n",
    "a tag of a list": "---\nfigid: a\ngenes: !!set {a, b}\n---\n",
    "a tag of a number": "---\nfigid: !!int 7\n---\n",
    "a list as key": "---\n[a, b]: c\nfigid: x\n---\n",
    "a second document": "---\nfigid: a\n--- !x\nfigid: b\n---\n",
    "an end without a start of the end": "---\nfigid: a\n",
    "an end with a text": "---\nfigid: a\n--- end\n",
    "an unclosed front matter of one line": "---",
    "no figid": "---\nfigtitle: Nameless\n---\n",
    "an empty figid": "---\nfigid:\n---\n",
    "a missing figid": "---\nfigid: NA\n---\n",
    "a blank figid": "---\nfigid: '  '\n---\n",
    "a list as figid": "---\nfigid: [a]\n---\n",
    "a mapping as figid": "---\nfigid: {a: b}\n---\n",
    "an empty list as figid": "---\nfigid: []\n---\n",
    "NUL bytes": b"---\nfigid: a\0b\n---\n",
    "only NUL bytes": bytes(1000),
    "UTF-16": figure(FID).encode("utf-16"),
    "UTF-16 without a mark": figure(FID).encode("utf-16-le"),
    "UTF-32": figure(FID).encode("utf-32"),
    "Latin 1": "---\nfigid: é\n---\n".encode("latin-1"),
    "a cut character": "---\nfigid: a\ncaption: β".encode()[:-1] + b"\n---\n",
    "an overlong character": b"---\nfigid: \xc0\xaf\n---\n",
    "a surrogate in UTF-8": b"---\nfigid: \xed\xa0\x80\n---\n",
    "a character beyond Unicode": b"---\nfigid: \xf4\x90\x80\x80\n---\n",
    "random bytes": b"---\n" + random.Random(1).randbytes(500),
    "ten thousand brackets": "---\nfigid: " + "[" * 10_000 + "\n---\n",
    "ten thousand closed brackets": "---\nfigid: a\ngenes: " + "[" * 10_000 + "]" * 10_000 + "\n---\n",
    "a hundred levels of keys": "---\nfigid: a\nx:\n"
    + "".join(f"{' ' * n}k:\n" for n in range(1, 101))
    + "---\n",
    "ten thousand dashes": "---\nfigid: a\ngenes:\n" + "- " * 10_000 + "\n---\n",
    "ten thousand braces": "---\nfigid: a\ngenes: " + "{a: " * 10_000 + "\n---\n",
    "half a million values": "---\nfigid: a\ngenes: [" + ",".join("a" * 400_000) + "]\n---\n",
    "laughs": "---\n"
    + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
    + "---\n",
    "a front matter of two megabytes": "---\nfigid: a\ncaption: " + "word " * 420_000 + "\n---\n",
    "a file over the limit": "---\nfigid: a\n---\n" + "x" * files.MAX_BYTES,
    "only a byte order mark and a mark": "\ufeff---\n",
    "line ends of old": "---\rfigid: [\r---\r",
}
KEPT: dict[str, str] = {
    "an IRI that escapes": "figlink: '/pmc/articles/x> <https://evil.example/'\n",
    "a page that is code": "schema-jsonld: {'@id': 'javascript:alert(1)'}\n",
    "a page that is a file": "schema-jsonld: {'@id': 'file:///etc/passwd'}\n",
    "a page with a space": "schema-jsonld: {'@id': 'https://example.org/a b'}\n",
    "a page that closes a bracket": "schema-jsonld: {'@id': 'https://example.org/> <x:p> <x:o> . <x:s'}\n",
    "a page with a new line": 'schema-jsonld: {"@id": "https://example.org/a\\nb"}\n',
    "a page with a quote": "schema-jsonld: {'@id': 'https://example.org/\"/>'}\n",
    "a relative page": "schema-jsonld: {'@id': '../x'}\n",
    "a page without a host": "schema-jsonld: {'@id': 'https://'}\n",
    "a gene that is an IRI": "genes: [{word: a, symbol: a, source: hgnc_symbol, entrez: 'https://evil.example/'}]\n",
    "a gene that closes a bracket": "genes: [{word: a, source: hgnc_symbol, entrez: '1> <x:p> <x:o> .'}]\n",
    "a gene with a new line": 'genes: [{word: a, source: hgnc_symbol, entrez: "1\\n2"}]\n',
    "a gene with Arabic digits": "genes: [{word: a, source: hgnc_symbol, entrez: '٢٠٧'}]\n",
    "a negative gene": "genes: [{word: a, source: hgnc_symbol, entrez: '-1'}]\n",
    "gene zero": "genes: [{word: a, source: hgnc_symbol, entrez: '0'}]\n",
    "a gene as a fraction": "genes: [{word: a, source: hgnc_symbol, entrez: 207.0}]\n",
    "a chemical that closes a bracket": "chemicals: [{word: a, identifier: 'D000001> .'}]\n",
    "a chemical of another kind": "chemicals: [{word: a, identifier: 'X000001'}]\n",
    "a disease with a slash": "diseases: [{word: a, identifier: 'D000001/../..'}]\n",
    "a DOI that is none": "doi: '10.1/x'\n",
    "a DOI with a blank": "doi: '10.5555/a b'\n",
    "a pathway that is none": "wpid: WP123456\n",
    "a network that is none": "ndex: 'x'\n",
    "a term that closes a bracket": "annotations: [{id: 'PW:0000001> .', value: a}]\n",
    "an unknown ontology": "annotations: [{id: 'XX:1', value: a}]\n",
    "a licence that is a mapping": "schema-jsonld: {license: {a: b}}\n",
    "a creator that is a list": "schema-jsonld: {creator: [a]}\n",
    "a redirect to another site": "redirect_from: //evil.example/x\n",
    "a redirect that is code": "redirect_from: 'javascript:alert(1)'\n",
    "a year of five digits": "year: '20100'\n",
    "a year in words": "year: last year\n",
    "a score in words": "pathway_score: high\n",
    "a score of infinity": "pathway_score: .inf\n",
    "a score with a huge exponent": "automl_pathway: 1e999999\n",
    "a rank that is a fraction": "pmc_ranked_result_index: 1.5\n",
    "a rank of a thousand digits": f"pmc_ranked_result_index: '{'9' * 1000}'\n",
    "genes that are a text": "genes: all of them\n",
    "genes that are texts": "genes: [AKT1, TNF]\n",
    "genes that are lists": "genes: [[AKT1]]\n",
    "a word that is a list": "genes: [{word: [a], source: hgnc_symbol, entrez: '207'}]\n",
    "nothing in a row": "genes: [{}]\n",
    "a key twice": "year: '2010'\nyear: '2011'\n",
    "a key a hundred times": "year: '2010'\n" * 100,
    "a control character": 'caption: "\\u0001"\n',
    "an escape of a terminal": 'caption: "\\e[31m"\n',
    "a page of another place": "figlink: https://evil.example/\n",
    "an unknown lexicon": "genes: [{word: a, symbol: a, source: my own, entrez: '207'}]\n",
    "an organism that nobody knows": "organisms: [Unicornis magnus]\n",
    "a citation that is none": "reftext: once upon a time\n",
    "a paper that is none": "pmcid: 'PMC1> .'\n",
}
TABLES: dict[str, str | bytes] = {
    "a table with NUL bytes": b"word\tmesh\na\0b\tmesh:D000001\n",
    "a table in UTF-16": GENE_HEADER.encode("utf-16"),
    "a table with a bad byte": GENE_HEADER.encode() + b"\xff\n",
    "a table with control characters": GENE_HEADER + GENE_ROW.replace("TNF", "T\x07F", 1),
    "a table of one huge line": GENE_HEADER + "x\t" * 100_000 + "\n",
    "a table with long rows": GENE_HEADER + GENE_ROW.rstrip() + "\textra\n",
    "a table with short rows": GENE_HEADER + "9606\tHomo sapiens\n",
    "a table of other columns": "a\tb\tc\n1\t2\t3\n",
    "a table with a column twice": "word\tword\nx\ty\n",
    "a table without a header": GENE_ROW,
    "a table with a bad gene": GENE_HEADER + GENE_ROW.replace("7124", "7124> ."),
    "a table with a bad organism": GENE_HEADER + GENE_ROW.replace("9606", "<9606>"),
    "a table of blanks": GENE_HEADER + "\t" * 10 + "\n",
    "a table over the limit": GENE_HEADER + "x" * files.MAX_BYTES,
}


def test_there_are_a_hundred_hostile_documents() -> None:
    assert len(LOST) + len(KEPT) + len(TABLES) >= 100


@pytest.mark.parametrize("name", LOST)
def test_a_document_that_is_lost_is_told(tmp_path: Path, whole: frozenset[Triple], name: str) -> None:
    problems = check(tmp_path, {"_figures/hostile.md": LOST[name]}, whole)
    if name != "line ends of old":
        assert codes(problems)
        assert problems[0].severity.value == "error"


@pytest.mark.parametrize("name", KEPT)
def test_a_value_that_is_lost_or_doubtful_is_told_with_its_line(
    tmp_path: Path, whole: frozenset[Triple], name: str
) -> None:
    text = figure(FID, KEPT[name], pmcid="PMC99000299")
    problems = check(tmp_path, {"_figures/hostile.md": text}, whole)
    assert codes(problems)
    assert all(
        problem.line is not None and problem.line >= 5 for problem in problems if problem.field != "pmcid"
    )
    found, _ = read(tmp_path / "_figures" / "hostile.md")
    assert any(FID in str(subject) for subject, _, _ in found)
    assert not any(
        str(part).startswith(("javascript", "file:", "//evil")) for row in found for part in row[:1]
    )


@pytest.mark.parametrize("name", TABLES)
def test_a_hostile_table_is_told_and_its_figure_comes_out(
    tmp_path: Path, whole: frozenset[Triple], name: str
) -> None:
    hostile = {"_figures/hostile.md": figure(FID), f"_data/{FID}-genes.tsv": TABLES[name]}
    problems = check(tmp_path, hostile, whole)
    assert codes(problems)
    assert {Path(problem.file).suffix for problem in problems} == {".tsv"}
    assert any(FID in str(subject) for subject, _, _ in read(tmp_path)[0])


def test_all_of_them_at_once_by_the_command(tmp_path: Path, whole: frozenset[Triple]) -> None:
    """One run over all: it ends with status 1, without a traceback, and every output is sound."""
    hostile: dict[str, str | bytes] = {
        f"_figures/lost{number}.md": text for number, text in enumerate(LOST.values())
    }
    for number, text in enumerate([*KEPT.values(), *[""] * len(TABLES)]):
        hostile[f"_figures/kept{number}.md"] = figure(
            f"PMC{99300000 + number}__x", text, pmcid=f"PMC{99300000 + number}"
        )
    for number, table in enumerate(TABLES.values(), len(KEPT)):
        hostile[f"_data/PMC{99300000 + number}__x-genes.tsv"] = table
    folder = site(tmp_path / "site", {**WHOLE, **hostile})
    names = ["kg.ttl", "kg.nt", "kg.jsonld", "kg.rdf", "kg.trig", "kg.nq"]
    options = [part for name in names for part in ("-o", tmp_path / name)]
    done = run_kg("export", folder, *options, "--problems", tmp_path / "problems.jsonl")
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"internal" not in done.stderr
    graphs = {judges.triples(judges.pyoxigraph_quads(tmp_path / name)) for name in names}
    assert len(graphs) == 1
    assert as_read(whole) <= graphs.pop()
    rows = [json.loads(line) for line in (tmp_path / "problems.jsonl").read_text("utf-8").splitlines()]
    assert all(row["file"] and row["line"] for row in rows)
    told = {row["file"] for row in rows}
    assert sum("/lost" in name for name in told) >= len(LOST) - 1
    assert sum("/kept" in name for name in told) == len(KEPT)
    assert sum(".tsv" in name for name in told) == len(TABLES)


# Wrong types in every field of every record type.

ROW: dict[str, Any] = {"word": "AKT"}
BASES: dict[str, tuple[str, Mapping[str, str], dict[str, Any], tuple[str | int, ...]]] = {
    "figure": ("_figures/x.md", keys.FIGURE, {"figid": FID, "pmcid": "PMC99000299"}, ()),
    "figure: schema-jsonld": (
        "_figures/x.md",
        keys.FIGURE_JSONLD,
        {"figid": FID, "schema-jsonld": {}},
        ("schema-jsonld",),
    ),
    "figure: creator": (
        "_figures/x.md",
        keys.CREATOR,
        {"figid": FID, "schema-jsonld": {"creator": {}}},
        ("schema-jsonld", "creator"),
    ),
    "figure: genes": (
        "_figures/x.md",
        keys.GENE_ROW,
        {"figid": FID, "genes": [{**ROW, "ncbigene_id": "207"}]},
        ("genes", 0),
    ),
    "figure: chemicals": (
        "_figures/x.md",
        keys.CHEMICAL_ROW,
        {"figid": FID, "chemicals": [dict(ROW)]},
        ("chemicals", 0),
    ),
    "figure: diseases": (
        "_figures/x.md",
        keys.DISEASE_ROW,
        {"figid": FID, "diseases": [dict(ROW)]},
        ("diseases", 0),
    ),
    "figure: annotations": (
        "_figures/x.md",
        keys.ANNOTATION,
        {"figid": FID, "annotations": [{"id": "PW:0000143"}]},
        ("annotations", 0),
    ),
    "post": ("_posts/2023-01-02-x.md", keys.POST, {"layout": "post", "title": "x"}, ()),
    "organism": ("_organisms/x.md", keys.ORGANISM, {"latin": "Bestia", "ncbi": "99999999"}, ()),
    "term": ("_annotations/x.md", keys.TERM, {"xref-identifier": "0000001", "xref-dataSource": "PW"}, ()),
}
WRONG: tuple[Any, ...] = (
    {"a": {"b": ["c"]}},
    [["a"], {"b": "c"}],
    [{"a": "b"}, [[[]]]],
    "a text\nof two lines",
    [],
    {},
    "",
    ["", "NA", "~"],
)
CASES = [(name, key) for name, (_, table, _, _) in BASES.items() for key in table]


def placed(base: dict[str, Any], path: tuple[str | int, ...], key: str, value: Any) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(json.dumps(base))
    here: Any = values
    for step in path:
        here = here[step]
    here[key] = value
    return values


@pytest.mark.parametrize(("name", "key"), CASES, ids=[f"{name}: {key}" for name, key in CASES])
def test_wrong_types_in_every_field(tmp_path: Path, whole: frozenset[Triple], name: str, key: str) -> None:
    page, table, base, path = BASES[name]
    for number, value in enumerate(WRONG):
        text = front(placed(base, path, key, value))
        problems = check(tmp_path / str(number), {page: text}, whole)
        if table[key] == keys.MAPPED and key != "layout" and value in (WRONG[0], WRONG[1]):
            assert [
                problem
                for problem in problems
                if problem.severity.value != "info" or "unknown" in problem.code
            ]


# Mutations of the example records.

TOKENS = [
    *(
        "---\n",
        "...\n",
        "\n",
        "\r\n",
        "\t",
        ": ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "'",
        '"',
        "\\",
        "#",
        "&a ",
        "*a",
        "!!x ",
    ),
    *(
        "<<: ",
        "|",
        ">",
        "%",
        "@",
        "`",
        ",",
        "?",
        "~",
        "NA",
        "null",
        "\ufeff",
        "\u2028",
        "\x00",
        "\x07",
        "\x85",
        "\ud7ff",
    ),
    *(
        "D000001",
        "mesh:",
        "PMC",
        "10.5555/",
        "https://",
        "javascript:",
        "<script>",
        "> .\n<x:s> <x:p> ",
        "é",
        "🧬",
        "9" * 30,
    ),
    *(
        "figid: ",
        "genes:\n",
        "entrez: ",
        "word: ",
        "organisms: ",
        "pmcid: ",
        "reftext: ",
        "date: ",
        "#Tag",
        "# ",
        "](x)",
    ),
]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return a document with one to four random changes."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice([0, 1, 1, 2, 5, 20, 100, 1000]))
        change = chance.randrange(7)
        if change == 0:
            data = data[:start] + data[end:]
        elif change == 1:
            data = data[:start] + chance.choice(TOKENS).encode() + data[start:]
        elif change == 2:
            data = data[:start] + chance.choice(TOKENS).encode() + data[end:]
        elif change == 3:
            data = data[:start] + chance.randbytes(chance.randint(1, 4)) + data[end:]
        elif change == 4:
            data = data[:end] + data[start:end] + data[end:]
        elif change == 5:
            lines = data.split(b"\n")
            lines.insert(chance.randrange(len(lines)), lines.pop(chance.randrange(len(lines))))
            data = b"\n".join(lines)
        else:
            data = data[:start]
    return data


def campaign(folder: Path, whole: frozenset[Triple], seed: int, rounds: int) -> None:
    """Mutate every example record, some fifty in a folder, and export them beside whole records."""
    chance = random.Random(seed)
    samples = [path for path in sorted(EXAMPLES.rglob("*")) if path.suffix in (".md", ".tsv")]
    wanted = as_read(whole)
    for number in range(rounds):
        here = folder / "site"
        shutil.rmtree(here, ignore_errors=True)
        site(here, WHOLE)
        for path in samples:
            place = here / path.relative_to(EXAMPLES)
            for copy in range(2 if path.suffix == ".md" else 1):
                target = place.with_name(f"{copy or ''}{place.name}")
                target.parent.mkdir(exist_ok=True, parents=True)
                target.write_bytes(mutated(path.read_bytes(), chance))
        problems: list[Problem] = []
        triples = frozenset(kg.triples(here, report=problems.append))
        told = f"seed {seed}, round {number}"
        assert [problem for problem in problems if problem.code == "internal"] == [], told
        assert [problem for problem in problems if problem.line is None] == [], told
        assert wanted <= as_read(triples), told
        target = folder / "kg.rdf"
        kg.export([here], [target, folder / "kg.ttl", folder / "kg.jsonld"])
        for name in ("kg.rdf", "kg.ttl", "kg.jsonld"):
            assert judges.triples(judges.pyoxigraph_quads(folder / name)) == as_read(triples), told


def test_two_thousand_mutations(tmp_path: Path, whole: frozenset[Triple]) -> None:
    campaign(tmp_path, whole, 2023, 2000 // 60)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_sixty_thousand_mutations(tmp_path: Path, whole: frozenset[Triple], seed: int) -> None:
    campaign(tmp_path, whole, seed, 6000 // 50)


_VALUES = st.recursive(
    st.text(max_size=20)
    | st.sampled_from(["NA", "~", "10.5555/x", "D003924", "PMC1", "2010", "207", "1e9", "PW:0000143"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(sorted({*keys.GENE_ROW, *keys.FIGURE_JSONLD, *keys.ANNOTATION})),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(values=st.dictionaries(st.sampled_from(sorted(keys.FIGURE)), _VALUES, max_size=8))
def test_any_values_of_a_figure(tmp_path_factory: pytest.TempPathFactory, values: dict[str, Any]) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    text = front({"figid": FID, **values})
    found, problems = read(site(folder, {"_figures/x.md": text.encode("utf-8", "replace")}))
    assert [problem for problem in problems if problem.code == "internal" or problem.line is None] == []
    assert found or codes(problems)
