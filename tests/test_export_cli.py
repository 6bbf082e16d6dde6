"""`kg export` as a user meets it: options, exit statuses, what is said where, the same bytes each time."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import judges
import pytest
from runs import EXAMPLES, ROOT, figure, run_kg, site, small_site

import kg
from kg import cli
from kg.formats import FORMATS

BROKEN = "---\nfigid: [\n---\n"


@pytest.fixture
def records(tmp_path: Path) -> Path:
    return small_site(tmp_path / "records")


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """Make a site with one whole record and one that is lost."""
    return site(tmp_path / "faulty", {"_figures/a.md": figure(), "_figures/b.md": BROKEN})


def run(*arguments: str | Path) -> int:
    """Run the command in this process."""
    return cli.run(list(map(str, arguments)))


def subjects(path: Path) -> set[str]:
    return {quad.subject for quad in judges.pyoxigraph_quads(path)}


# exit status


def test_nothing_lost_is_0(records: Path, tmp_path: Path) -> None:
    assert run("export", records, "-o", tmp_path / "kg.ttl") == 0


def test_a_warning_is_0(tmp_path: Path) -> None:
    folder = site(tmp_path / "site", {"a.md": figure(more="organisms: [Unicornis magnus]\n")})
    assert run("export", folder, "-o", tmp_path / "kg.ttl") == 0


def test_a_lost_record_is_1_and_the_others_are_written(faulty: Path, tmp_path: Path) -> None:
    assert run("export", faulty, "-o", tmp_path / "kg.nt") == 1
    assert "https://pfocr.wikipathways.org/figures/PMC99000201__f1.html" in subjects(tmp_path / "kg.nt")


def test_a_lost_value_is_1(tmp_path: Path) -> None:
    folder = site(tmp_path / "site", {"a.md": figure(more="pathway_score: high\n")})
    assert run("export", folder, "-o", tmp_path / "kg.nt") == 1
    assert subjects(tmp_path / "kg.nt")


USAGE = {
    "no source": ["export", "-o", "kg.ttl"],
    "no output": ["export", "SOURCE"],
    "an unknown option": ["export", "SOURCE", "-o", "kg.ttl", "--colour"],
    "an unknown command": ["exprot", "SOURCE"],
    "an unknown extension": ["export", "SOURCE", "-o", "kg.doc"],
    "no extension": ["export", "SOURCE", "-o", "kg"],
    "only a compression": ["export", "SOURCE", "-o", "kg.gz"],
    "an unknown format": ["export", "SOURCE", "-o", "kg.ttl", "--format", "docx"],
    "standard output without a format": ["export", "SOURCE", "-o", "-"],
    "a source that is not there": ["export", "nowhere", "-o", "kg.ttl"],
    "a base that is no IRI": ["export", "SOURCE", "-o", "kg.ttl", "--base", "not an IRI"],
    "a base with a query": ["export", "SOURCE", "-o", "kg.ttl", "--base", "https://example.org/?a="],
    "an unknown site": ["export", "SOURCE", "-o", "kg.ttl", "--site", "mine=https://example.org/"],
    "a site without an IRI": ["export", "SOURCE", "-o", "kg.ttl", "--site", "pfocr"],
    "a site that is no IRI": ["export", "SOURCE", "-o", "kg.ttl", "--site", "pfocr=ftp:x"],
    "an unknown type": ["export", "SOURCE", "-o", "kg.ttl", "--only", "figure,picture"],
    "a graph that is no IRI": ["export", "SOURCE", "-o", "kg.nq", "--graph", "a b"],
    "a graph for triples": ["export", "SOURCE", "-o", "kg.ttl", "--graph", "https://example.org/g"],
}


@pytest.mark.parametrize("name", USAGE)
def test_a_wrong_call_is_2_and_writes_nothing(
    records: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert run(*(str(records) if part == "SOURCE" else part for part in USAGE[name])) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert 0 < len(shown.err) < 600
    assert "Traceback" not in shown.err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "files", [{}, {"index.md": "---\nlayout: default\n---\n"}, {"a.md": BROKEN}, {"a.txt": "x"}]
)
def test_no_record_at_all_is_2_and_writes_nothing(tmp_path: Path, files: dict[str, str]) -> None:
    folder = site(tmp_path / "site", files)
    folder.mkdir(exist_ok=True)
    assert run("export", folder, "-o", tmp_path / "kg.ttl") == 2
    assert not (tmp_path / "kg.ttl").exists()


def test_an_output_that_cannot_be_written_is_3(records: Path, tmp_path: Path) -> None:
    assert run("export", records, "-o", tmp_path / "nothing" / "kg.ttl") == 3


def test_strict_writes_nothing_when_there_is_an_error(faulty: Path, tmp_path: Path) -> None:
    (tmp_path / "kg.ttl").write_text("old")
    log = tmp_path / "problems.jsonl"
    assert (
        run(
            "export",
            faulty,
            "-o",
            tmp_path / "kg.ttl",
            "-o",
            tmp_path / "kg.nt",
            "--strict",
            "--problems",
            log,
        )
        == 1
    )
    assert (tmp_path / "kg.ttl").read_text() == "old"
    assert not (tmp_path / "kg.nt").exists()
    assert [json.loads(line)["code"] for line in log.read_text().splitlines()] == ["yaml-syntax"]


def test_strict_writes_nothing_to_standard_output_either(faulty: Path) -> None:
    done = run_kg("export", faulty, "-o", "-", "-f", "turtle", "--strict")
    assert (done.returncode, done.stdout) == (1, b"")


def test_strict_lets_warnings_pass(tmp_path: Path) -> None:
    folder = site(tmp_path / "site", {"a.md": figure(more="organisms: [Unicornis magnus]\n")})
    assert run("export", folder, "-o", tmp_path / "kg.ttl", "--strict") == 0
    assert (tmp_path / "kg.ttl").exists()


# outputs


def test_several_outputs_hold_the_same_graph(tmp_path: Path) -> None:
    targets = [tmp_path / f"kg{row.extensions[0]}" for row in FORMATS.values()]
    assert run("export", EXAMPLES, *(part for target in targets for part in ("-o", target))) == 0
    graphs = [judges.triples(judges.pyoxigraph_quads(target)) for target in targets]
    assert all(graph == graphs[0] for graph in graphs)


@pytest.mark.parametrize("name", FORMATS)
def test_standard_output_holds_the_data_and_nothing_else(tmp_path: Path, name: str) -> None:
    target = tmp_path / f"kg{FORMATS[name].extensions[0]}"
    assert run("export", EXAMPLES, "-o", target) == 0
    done = run_kg("export", EXAMPLES, "-o", "-", "--format", name)
    assert done.returncode == 0
    assert done.stdout == target.read_bytes()
    assert b"triples" in done.stderr


def test_format_wins_over_the_extension(records: Path, tmp_path: Path) -> None:
    assert run("export", records, "-o", tmp_path / "kg.data", "-f", "ntriples") == 0
    assert run("export", records, "-o", tmp_path / "kg.nt") == 0
    assert (tmp_path / "kg.data").read_bytes() == (tmp_path / "kg.nt").read_bytes()


# options


def test_only_some_types(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for option, kinds in {"post": {"BlogPosting"}, "organism,term": {"Taxon", "DefinedTerm"}}.items():
        assert run("export", EXAMPLES, "-o", tmp_path / "kg.nt", "--only", option) == 0
        types = {
            str(quad.object).rpartition("/")[2]
            for quad in judges.pyoxigraph_quads(tmp_path / "kg.nt")
            if quad.predicate.endswith("#type")
        }
        assert types >= kinds
        assert "terms#Figure" not in types
    assert "not asked for (figure)" in capsys.readouterr().err


def test_organism_pages_serve_figures_that_alone_are_asked_for(tmp_path: Path) -> None:
    assert run("export", EXAMPLES, "-o", tmp_path / "kg.ttl", "--only", "figure") == 0
    assert "taxonomy:45351 a schema:Taxon" in (tmp_path / "kg.ttl").read_text("utf-8")


def test_base_is_that_of_minted_iris(tmp_path: Path) -> None:
    assert run("export", EXAMPLES, "-o", tmp_path / "kg.nt", "--base", "https://example.org/kg") == 0
    text = (tmp_path / "kg.nt").read_text("utf-8")
    assert "<https://example.org/kg/journal/ann-drawn-pathw>" in text
    assert "<https://example.org/kg/post/2023-03-14-how-muscle-takes-up-sugar#summary-1>" in text
    assert not re.search(r"<https://w3id.org/pathway-kg/(?!terms#)", text)


def test_sites_are_those_of_the_pages(tmp_path: Path) -> None:
    sites = ["--site", "pfocr=https://example.org/pfocr", "--site", "posts=https://example.org/blog/"]
    folder = site(
        tmp_path / "site",
        {
            "_figures/a.md": figure(more="redirect_from: /figures/old\n"),
            "_posts/2023-01-01-p.md": "---\nlayout: post\ntitle: P\n---\n",
        },
    )
    assert run("export", folder, "-o", tmp_path / "kg.nt", *sites) == 0
    found = {str(term) for quad in judges.pyoxigraph_quads(tmp_path / "kg.nt") for term in quad[:3]}
    assert "https://example.org/pfocr/figures/PMC99000201__f1.html" in found
    assert "https://example.org/pfocr/figures/old" in found
    assert "https://example.org/blog/post/2023-01-01-p" in found
    assert not any("pfocr.wikipathways.org" in term for term in found)


def test_graph_names_the_graph_of_quads(records: Path, tmp_path: Path) -> None:
    name = "https://example.org/graph/1"
    assert run("export", records, "-o", tmp_path / "kg.nq", "-o", tmp_path / "kg.ttl", "--graph", name) == 0
    assert {quad.graph for quad in judges.pyoxigraph_quads(tmp_path / "kg.nq")} == {name}
    assert {quad.graph for quad in judges.pyoxigraph_quads(tmp_path / "kg.ttl")} == {""}


def test_problems_file_holds_every_problem_with_its_place(tmp_path: Path) -> None:
    bad = {f"_figures/{number}.md": BROKEN for number in range(1100)}
    folder = site(tmp_path / "site", {**bad, "_figures/good.md": figure()})
    log = tmp_path / "problems.jsonl"
    assert run("export", folder, "-o", tmp_path / "kg.ttl", "--problems", log, "-q") == 1
    rows = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert {row["file"] for row in rows} == {str(folder / name) for name in bad}
    keys = {"severity", "code", "file", "line", "column", "field", "expected", "found", "message"}
    assert all(row.keys() == keys and row["line"] == 3 and row["code"] == "yaml-syntax" for row in rows)


def test_quiet_says_nothing_unless_the_run_stops(
    faulty: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("export", faulty, "-o", tmp_path / "kg.ttl", "--quiet") == 1
    assert capsys.readouterr() == ("", "")
    assert run("export", faulty, "-o", tmp_path / "no" / "kg.ttl", "--quiet") == 3
    assert capsys.readouterr().err.count("\n") == 1


def test_summary_counts_what_happened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("export", EXAMPLES, "-o", tmp_path / "kg.ttl") == 0
    shown = " ".join(capsys.readouterr().err.split())
    figures = len(list((EXAMPLES / "_figures").iterdir()))
    assert re.search(rf" {figures} figure, .*\b2 post\b", shown)
    assert "1 no record type has its keys (layout: default)" in shown
    assert "1 unknown-organism (warning)" in shown
    assert f"triples {sum(1 for _ in kg.triples(EXAMPLES)):,}" in shown
    assert f"{(tmp_path / 'kg.ttl').stat().st_size / 1000:.1f} kB" in shown
    assert re.search(r"time \d+\.\d s", shown)


def test_many_problems_are_cut_short_on_the_screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = site(tmp_path / "site", {f"{number}.md": BROKEN for number in range(60)} | {"good.md": figure()})
    run("export", folder, "-o", tmp_path / "kg.ttl")
    shown = capsys.readouterr().err
    assert shown.count("[yaml-syntax]") == 20
    assert "and 40 more" in shown


def test_no_control_character_of_a_record_reaches_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nasty = "\x1b[31m\u202e\x07"
    folder = site(
        tmp_path / "site",
        {"a.md": figure(more=f'organisms: ["\\x1b[31mX\\u202e"]\nyear: "{nasty[1:5]}\\x07"\n')},
    )
    run("export", folder, "-o", tmp_path / "kg.ttl")
    shown = capsys.readouterr().err
    assert not set(shown) & {"\x1b", "\x07", "\u202e"}


# other ways in


def test_python_m_kg_is_the_same_program(records: Path, tmp_path: Path) -> None:
    done = run_kg("export", records, "-o", tmp_path / "kg.ttl")
    assert (done.returncode, done.stdout) == (0, b"")


def test_demo_shows_what_came_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("demo") == 0
    assert " a kg:Figure" in capsys.readouterr().out
    assert {path.suffix for path in tmp_path.rglob("kg.*")} >= {".ttl", ".jsonld"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("completion", shell) == 0
    assert "_KG_COMPLETE" in capsys.readouterr().out


def test_completion_knows_the_options() -> None:
    env = {"_KG_COMPLETE": "bash_complete", "COMP_WORDS": "kg export --", "COMP_CWORD": "2"}
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv[0] = 'kg'; from kg.cli import main; main()"],
        env={"PYTHONPATH": str(ROOT), **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert {"--problems", "--strict", "--only"} <= {
        line.partition(",")[2] for line in done.stdout.splitlines()
    }


def test_the_example_of_the_api_runs() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", ROOT / "examples" / "api.py"],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "10 figure" in done.stdout
    by_oxigraph, by_rdflib = done.stdout.partition("drawn most, by pyoxigraph:\n")[2].split(
        "drawn most, by rdflib:\n"
    )
    assert by_oxigraph == by_rdflib
    assert by_oxigraph.startswith("  AKT2: ")


# the same bytes


VARIANTS = {
    "another hash seed": {"PYTHONHASHSEED": "1"},
    "a third hash seed": {"PYTHONHASHSEED": "77777"},
    "another time zone": {"TZ": "Pacific/Kiritimati"},
    "another locale": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
    "no locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "optimised": {"PYTHONOPTIMIZE": "2"},
}
ENDINGS = [".ttl", ".jsonld", ".nt", ".nq", ".trig", ".rdf", ".ttl.gz", ".nt.zst"]


def exported(
    source: str | Path, folder: Path, *, cwd: Path | None = None, env: dict[str, str] | None = None
) -> dict[str, bytes]:
    folder.mkdir()
    options = [part for ending in ENDINGS for part in ("-o", folder / f"kg{ending}")]
    assert run_kg("export", source, *options, "-q", cwd=cwd, env=env).returncode == 0
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return exported(EXAMPLES, tmp_path_factory.mktemp("usual") / "out", env={"PYTHONHASHSEED": "0"})


@pytest.mark.parametrize("name", VARIANTS)
def test_same_bytes_under(usual: dict[str, bytes], tmp_path: Path, name: str) -> None:
    assert exported(EXAMPLES, tmp_path / "out", env=VARIANTS[name]) == usual


def test_same_bytes_from_another_working_directory(usual: dict[str, bytes], tmp_path: Path) -> None:
    assert exported("records", tmp_path / "out", cwd=EXAMPLES.parent) == usual


def test_same_bytes_from_a_copy_in_another_order(usual: dict[str, bytes], tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in sorted(EXAMPLES.rglob("*"), reverse=True):
        if path.is_file():
            target = copy / path.relative_to(EXAMPLES)
            target.parent.mkdir(exist_ok=True)
            shutil.copy(path, target)
    assert exported(copy, tmp_path / "out") == usual


def test_same_bytes_from_an_archive(usual: dict[str, bytes], tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "site.tar.gz", "w:gz") as tar:
        tar.add(EXAMPLES, "site")
    assert exported(tmp_path / "site.tar.gz", tmp_path / "out") == usual


def test_same_bytes_for_any_order_of_arguments(tmp_path: Path) -> None:
    """Also where the same record stands in two sources, and they say different things of it."""
    one = site(tmp_path / "one", {"a.md": figure(more="caption: One.\n"), "c.md": figure("PMC99000203__f1")})
    two = site(tmp_path / "two", {"a.md": figure(more="caption: Two.\n"), "b.md": figure("PMC99000202__f1")})
    for name, order in (("1", [one, two]), ("2", [two, one])):
        assert run("export", *order, "-o", tmp_path / f"{name}.ttl", "-o", tmp_path / f"{name}.jsonld") == 0
    for ending in ("ttl", "jsonld"):
        assert (tmp_path / f"1.{ending}").read_bytes() == (tmp_path / f"2.{ending}").read_bytes()


def test_another_path_of_the_folder_changes_nothing_in_the_data(
    usual: dict[str, bytes], tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(EXAMPLES)
    assert exported(link, tmp_path / "out") == usual


@pytest.mark.parametrize("name", sorted(cli.cli.commands))
def test_help_keeps_the_lines_of_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(name, "--help") == 0
    shown = capsys.readouterr().out
    assert "\\b" not in shown
    assert "\b" not in shown
