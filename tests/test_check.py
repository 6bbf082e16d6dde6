"""`kg check`: every planted fault is found at its exact place, and told in every format."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from check_faults import FAULTS, Fault
from conftest import Need
from jsonschema import Draft4Validator, FormatChecker

from kg.bridges import rdflib_graph
from kg.checks import Options, check, graphs
from kg.checks.case import Case
from kg.checks.formats import FORMATS, Style, uri
from kg.checks.found import Found, read_baseline
from kg.checks.graphs import SAME_AS_RULE
from kg.checks.lines import Lines
from kg.checks.rules import RULES, problems_of
from kg.cli import run as run_cli
from kg.errors import NoRecordError, UsageError
from kg.linking import Linker, LinkOptions
from kg.pipeline import Run
from kg.problems import CODES, Problem, Problems, Severity, checking
from kg.resources import examples, ontology
from kg.shapes import load


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a copy of the example records that may be damaged."""
    return Path(shutil.copytree(examples(), tmp_path / "site"))


def places(found: Found) -> Counter[tuple[str, str, int | None]]:
    """Return (code, file within the site, line) of all findings, with how often each stands."""
    rows = (finding.problem for finding in found)
    return Counter((row.code, found.short(row.file), row.line) for row in rows)


CLEAN = places(check([examples()], Options(shacl="all")))


def plant(fault: Fault, site: Path) -> tuple[str, int]:
    """Damage the site; return the file and the line where the finding must stand."""
    path = site / fault.file
    text = path.read_text("utf-8")
    assert fault.old in text, "the example record has changed"
    start = text.index(fault.old)
    text = text.replace(fault.old, fault.new, 1)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    edited = text.count("\n", 0, start) + 1
    if fault.create is not None:
        assert fault.where is not None
        made = site / fault.where
        made.parent.mkdir(exist_ok=True)
        made.write_text(text if fault.create == "=" else fault.create, "utf-8")
    if fault.where is not None:
        text, edited = (site / fault.where).read_text("utf-8"), 1
    return fault.where or fault.file, edited if fault.line is None else nearest(text, fault.line, edited)


def nearest(text: str, wanted: str, line: int) -> int:
    found = [number for number, row in enumerate(text.split("\n"), 1) if wanted in row]
    assert found, f"no line holds {wanted!r}"
    return min(found, key=lambda number: abs(number - line))


def fault_ids() -> list[str]:
    return [f"{number}-{fault.code}" for number, fault in enumerate(FAULTS)]


@pytest.mark.parametrize("fault", FAULTS, ids=fault_ids())
def test_planted_fault_is_found_at_its_place(fault: Fault, site: Path) -> None:
    file, line = plant(fault, site)
    found = check([site], Options(shacl="all"))
    new = places(found) - CLEAN
    assert new[fault.code, file, line] == 1, new
    # no shape of ours says what no rule says
    assert not {code for code, _, _ in new if code.startswith("shacl-")}


def test_every_shape_that_a_record_can_break_is_a_rule_too(tmp_path: Path) -> None:
    """Each shape of the table finds a planted fault, and its rule finds the same one in the same record."""
    judge, seen = load(), set()
    rules = {code for codes in SAME_AS_RULE.values() for code in codes}
    for number, fault in enumerate(fault for fault in FAULTS if fault.code in rules):
        damaged = Path(shutil.copytree(examples(), tmp_path / str(number)))
        plant(fault, damaged)
        told: list[Problem] = []
        run = Run([damaged], problems=Problems(0, also=told.append))
        for loaded in run.records():
            graph = run.graph(loaded)
            assert graph is not None
            case = Case(loaded.kind, loaded.record, loaded.document, graph, run.organisms, 2026)
            codes = {problem.code for problem in (*told, *problems_of(case))}
            for result in judge.validate_record(graph):
                shape = result.shape.rpartition("#")[2]
                if fault.code in SAME_AS_RULE.get(shape, ()) and fault.code in codes:
                    seen.add((shape, fault.code))
            told.clear()
        shutil.rmtree(damaged)
    assert {shape for shape, _ in seen} == set(SAME_AS_RULE)
    assert {code for _, code in seen} == rules


OF_ALL_RECORDS: Final = {
    "one-name": (
        "gene-names",
        "substance-names",
        "taxon-names",
        "term-names",
        "paper-titles",
        "journal-names",
    ),
    "one-year": ("paper-years",),
    "one-date-published": ("paper-dates",),
    "Gene-species": ("gene-species",),
    "MolecularEntity-one-inchikey": ("compound-keys",),
}
"""The shapes that records break together, and the rules that tell which records they are."""


def test_every_shape_that_records_break_together_is_a_rule_too(tmp_path: Path) -> None:
    judge, seen = load(), set()
    clean: dict[str, set[str]] = defaultdict(set)
    for row in judge.validate(rdflib_graph(Run([examples()]).triples())):
        clean[row.shape.rpartition("#")[2]].add(row.focus)
    chosen = [
        (shape, fault) for shape, codes in OF_ALL_RECORDS.items() for fault in FAULTS if fault.code in codes
    ]
    for number, (shape, fault) in enumerate(chosen):
        damaged = Path(shutil.copytree(examples(), tmp_path / str(number)))
        plant(fault, damaged)
        results = judge.validate(rdflib_graph(Run([damaged]).triples()))
        if {row.focus for row in results if row.shape.endswith(f"#{shape}")} - clean[shape]:
            seen.add((shape, fault.code))
    assert seen == {(shape, code) for shape, codes in OF_ALL_RECORDS.items() for code in codes}


def test_there_are_enough_faults() -> None:
    assert len(FAULTS) >= 80
    told = {fault.code for fault in FAULTS}
    not_planted = {code.name for code in checking.ROWS if not code.name.startswith("shacl-")} - told
    assert not not_planted
    assert {rule.code for rule in RULES} <= told


def test_every_rule_has_a_code_and_every_shape_of_the_table_exists() -> None:
    assert {rule.code for rule in RULES} <= set(CODES)
    assert {code for codes in SAME_AS_RULE.values() for code in codes} <= set(CODES)
    text = (ontology() / "shapes.ttl").read_text("utf-8")
    assert set(SAME_AS_RULE) <= set(re.findall(r"^shape:(\S+) a sh:", text, re.MULTILINE))


def test_clean_record_has_no_finding(tmp_path: Path) -> None:
    folder = tmp_path / "_figures"
    folder.mkdir()
    for name in ("PMC99000001__adp-2010-11-f1.md", "PMC99000001__adp-2010-11-f3.md"):
        shutil.copy(examples() / "_figures" / name, folder)
    assert list(check([tmp_path], Options(shacl="all"))) == []


def test_the_same_findings_for_any_order_and_hash_seed(site: Path, tmp_path: Path) -> None:
    for fault in FAULTS[60:]:
        if (site / fault.file).read_text("utf-8").count(fault.old):
            plant(fault, site)
    outputs = set()
    for seed, sources in (("1", ["_figures", "_pathways"]), ("2", ["_pathways", "_figures"])):
        target = tmp_path / f"{seed}.jsonl"
        command = [sys.executable, "-m", "kg", "check", *sources, "-q", "-f", "json", "-o", str(target)]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo" if seed == "2" else "UTC"}
        subprocess.run(command, check=False, cwd=site, env=environment)
        outputs.add(target.read_bytes())
    assert len(outputs) == 1
    assert len(outputs.pop().splitlines()) > 20


# options


def test_only_and_ignore(site: Path) -> None:
    assert set(check([site], Options(only=["stale-copy"])).counts) == {"stale-copy"}
    assert "stale-copy" not in check([site], Options(ignore=["stale-copy"])).counts
    with pytest.raises(UsageError, match="no such code"):
        check([site], Options(only=["stale"]))


def test_no_record_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NoRecordError):
        check([tmp_path])


def test_shapes_of_the_user(site: Path, tmp_path: Path) -> None:
    shapes = tmp_path / "own.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix kg: <https://w3id.org/pathway-kg/terms#> .\n"
        "@prefix schema: <https://schema.org/> . @prefix : <https://example.org/shape#> .\n"
        ":figure a sh:NodeShape ; sh:targetClass kg:Figure ; sh:property :short .\n"
        ':short a sh:PropertyShape ; sh:path schema:name ; sh:maxLength 30 ; sh:message "Too long." .\n'
    )
    found = check([site / "_figures"], Options(shapes=str(shapes), shacl="all", only=["shacl-violation"]))
    finding = next(iter(found)).problem
    assert finding.field == "figtitle"
    assert finding.line == nearest(Path(finding.file).read_text("utf-8"), "figtitle:", 1)
    assert finding.severity is Severity.ERROR
    assert check([site], Options(shapes=str(shapes), shacl="none")).of(Severity.ERROR) == 0


def test_pyshacl_missing_is_said(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = tmp_path / "own.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix kg: <https://w3id.org/pathway-kg/terms#> .\n"
        "<https://example.org/s> a sh:NodeShape ; sh:targetClass kg:Figure ; sh:sparql"
        ' [ sh:select "SELECT $this WHERE { $this a ?x }" ] .\n'
    )
    monkeypatch.setitem(sys.modules, "pyshacl", None)
    assert run_cli(["check", str(site), "--shapes", str(shapes), "-q", "--ignore", "skipped-page"]) == 0
    assert "pathway-kg[shacl]" in capsys.readouterr().err


def test_linked_prose_and_other_records_are_checked(tmp_path: Path) -> None:
    linker = Linker(LinkOptions(captions=True, selectors=True))
    assert places(check([examples()], Options(shacl="all"), linker=linker)) == CLEAN
    other, out = examples().parent / "other", tmp_path / "out"
    options = ["--context", str(other / "recipe.jsonld"), "--type", "schema:Recipe"]
    assert cli(other, "-o", out, *options) == 1
    assert "photo: expected an absolute IRI" in out.read_text("utf-8")
    assert cli(other, "-o", out) == 2
    assert cli(examples(), "-o", out, "--link-text", "--shacl", "all") == 0


# formats


def told(found: Found, name: str, **style: object) -> str:
    lines = Lines(lambda file: Path(file).read_text("utf-8"))
    return "".join(FORMATS[name](found, Style(lines, "0", **style)))  # type: ignore[arg-type]  # options by name


@pytest.fixture
def damaged(site: Path) -> Path:
    for fault in (fault for fault in FAULTS if fault.code in ("bad-identifier", "odd-pmcid", "look-alike")):
        if fault.old in (site / fault.file).read_text("utf-8"):
            plant(fault, site)
    return site


def test_text_shows_the_line_and_marks_the_place(site: Path) -> None:
    plant(next(fault for fault in FAULTS if fault.code == "bad-identifier"), site)
    text = told(check([site], Options(only=["bad-identifier"])), "text")
    assert text.startswith("error[bad-identifier]: An identifier does not match the pattern")
    shown, marks = text.splitlines()[2:4]
    assert shown == "   74 |   entrez: AKT2"
    assert marks == "      |           ^^^^"
    assert text.endswith("1 error\n")
    assert "\x1b" not in text
    assert "\x1b[31m" in told(check([site], Options(only=["bad-identifier"])), "text", colour=True)


def test_text_is_short(damaged: Path) -> None:
    text = told(check([damaged]), "text", limit=1)
    assert "more (--limit 0 shows all)" in text
    assert len(told(check([damaged]), "text", limit=0)) > len(text)
    assert max(map(len, text.splitlines())) < 400


def test_long_lines_and_wide_letters_are_cut_and_marked() -> None:
    line = "caption: " + "漢字 " * 60 + "Œ≤" + " b" * 100
    column = line.index("Œ≤") + 1
    problem = Problem("mojibake", "x.md", 1, 1, "caption", "β", '"Œ≤"')
    snippet = Lines(lambda _file: line).snippet(problem)
    assert snippet is not None
    assert snippet.text[snippet.start : snippet.end] == "Œ≤"
    assert len(snippet.text) < 100 < column
    assert snippet.marks().count("^") == 2


def test_json(damaged: Path) -> None:
    rows = [json.loads(line) for line in told(check([damaged]), "json").splitlines()]
    assert rows
    for row in rows:
        assert set(row) >= {"code", "severity", "file", "line", "column", "field", "fingerprint", "message"}
        assert re.fullmatch("[0-9a-f]{16}", row["fingerprint"])
    assert rows == sorted(rows, key=lambda row: (row["file"], row["line"] or 0))


def test_sarif_is_what_code_scanning_takes(damaged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(damaged)
    found = check(["."], Options(shacl="all"))
    log = json.loads(told(found, "sarif"))
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert log["version"] == "2.1.0"
    assert len(run["results"]) == found.counts.total()
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert Path(physical["artifactLocation"]["uri"]).is_file()
        assert physical["region"]["startLine"] >= 1
    assert json.loads(told(check(["."], Options(only=["internal"])), "sarif"))["runs"][0]["results"] == []


_SARIF_SCHEMA = Path("node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json")


@pytest.fixture(scope="session")
def sarif_schema(need: Need) -> dict[str, object]:
    """Return the schema of OASIS for SARIF 2.1.0: `KG_SARIF_SCHEMA`, or that of the judges of Node."""
    judges = os.environ.get("KG_NODE_JUDGES") or Path.home() / ".cache/pathway-kg-judges/node"
    path = Path(os.environ.get("KG_SARIF_SCHEMA") or judges / _SARIF_SCHEMA)
    need(path.is_file(), f"the schema of SARIF (npm: @microsoft/jest-sarif), {path} or KG_SARIF_SCHEMA")
    schema: dict[str, object] = json.loads(path.read_text("utf-8"))
    return schema


# RFC 3986, appendix B, with the characters of section 2: `jsonschema` itself checks neither format
_URI_REFERENCE = re.compile(
    r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?"
    r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"
)


def _faults(schema: dict[str, object], log: object) -> list[str]:
    """Return what the schema says of a log, the formats of IRIs included."""
    formats = FormatChecker(formats=())
    formats.checks("uri")(lambda text: bool((found := _URI_REFERENCE.fullmatch(text)) and found[1]))
    formats.checks("uri-reference")(lambda text: bool(_URI_REFERENCE.fullmatch(text)))
    Draft4Validator.check_schema(schema)
    return [error.message for error in Draft4Validator(schema, format_checker=formats).iter_errors(log)]


def test_sarif_passes_the_schema(damaged: Path, sarif_schema: dict[str, object]) -> None:
    strange = damaged / "_figures" / "a b#[1]%41\n\u00e9\u2028.md"
    shutil.copy(damaged / "_figures" / "PMC99000009__anemone-f1.md", strange)
    archive, out = shutil.make_archive(str(damaged.parent / "a site"), "tar", damaged), damaged.parent / "out"
    for source in (str(damaged), archive):
        for options in (["--shacl", "all"], ["--only", "internal"]):
            run_cli(["check", source, *options, "-q", "-f", "sarif", "-o", str(out)])
            assert _faults(sarif_schema, json.loads(out.read_text("utf-8"))) == []
    assert sarif_schema["$schema"] == "http://json-schema.org/draft-04/schema#"


@pytest.mark.parametrize(
    ("planted", "message"),
    [
        (lambda log: log.pop("version"), "'version' is a required property"),
        (lambda log: log["runs"][0]["results"][0].pop("message"), "'message' is a required property"),
        (lambda log: log["runs"][0]["results"][0].update(level="info"), "'info' is not one of"),
        (lambda log: log["runs"][0]["tool"]["driver"]["rules"][0].update(helpUri="a b"), "is not a 'uri'"),
    ],
)
def test_the_schema_of_sarif_can_fail(
    planted: Callable[[Any], object], message: str, damaged: Path, sarif_schema: dict[str, object]
) -> None:
    log = json.loads(told(check([damaged]), "sarif"))
    planted(log)
    assert any(message in fault for fault in _faults(sarif_schema, log))


def test_uri() -> None:
    assert uri("./a b/#1.md") == "a%20b/%231.md"
    assert uri(str(Path.cwd() / "a.md")) == "a.md"
    assert uri("/else/where.md") == "file:///else/where.md"


def test_github_names_files_as_they_are_and_escapes_them_once(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "Marie M2, 100%: \u00e9\n.md"
    shutil.copy(site / "_figures" / "PMC99000009__anemone-f1.md", site / name)
    monkeypatch.chdir(site)
    (line, *_) = told(check([name], Options(only=["odd-file-name"])), "github").splitlines()
    assert line.startswith("::notice file=Marie M2%2C 100%25%3A \u00e9%0A.md,line=2,")


def test_a_file_name_cannot_break_the_text(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "a\x1b[31m\nb.md"
    shutil.copy(site / "_figures" / "PMC99000009__anemone-f1.md", site / name)
    monkeypatch.chdir(site)
    text = told(check([name], Options(only=["odd-file-name"])), "text")
    assert "\x1b" not in text
    assert r"a\x1b[31m\nb.md:2:1: figid" in text


def test_github(damaged: Path) -> None:
    lines = told(check([damaged]), "github").splitlines()
    pattern = r"::(error|warning|notice) file=[^,:]+,line=\d+(,col=\d+)?,title=[a-z0-9-]+::.+"
    assert lines
    assert all(re.fullmatch(pattern, line) for line in lines)


def test_junit(damaged: Path) -> None:
    found = check([damaged])
    root = ET.fromstring(told(found, "junit"))
    cases = root.findall(".//testcase")
    assert len(cases) == int(root.attrib["tests"]) == found.counts.total()
    failures = root.findall(".//failure")
    assert (
        len(failures) == int(root.attrib["failures"]) == found.of(Severity.ERROR) + found.of(Severity.WARNING)
    )
    assert (
        len(ET.fromstring(told(check([damaged], Options(only=["internal"])), "junit")).findall(".//testcase"))
        == 1
    )


# command line: exit status, baseline


def cli(*arguments: object) -> int:
    return run_cli(["check", "-q", *map(str, arguments)])


def test_exit_status(site: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert cli(site, "-o", out) == 0
    assert cli(site, "-o", out, "--fail-on", "warning") == 1
    assert cli(site, "-o", out, "--fail-on", "warning", "--only", "skipped-page") == 0
    plant(next(fault for fault in FAULTS if fault.code == "bad-identifier"), site)
    assert cli(site, "-o", out) == 1
    assert cli(site, "-o", out, "--ignore", "bad-identifier") == 0
    assert cli(site, "-o", out, "--only", "nothing") == 2
    assert cli(site / "nothing") == 2
    assert cli(site, "-o", tmp_path / "no" / "folder") == 3
    assert cli(site, "--format", "html") == 2


def test_baseline_lets_known_problems_pass(
    damaged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline, out = tmp_path / "baseline.tsv", tmp_path / "out"
    assert cli(damaged, "-o", out) == 1
    assert cli(damaged, "-o", out, "--write-baseline", baseline) == 0
    assert cli(damaged, "-o", out, "--baseline", baseline, "--fail-on", "warning") == 0
    assert out.read_text() == "nothing to mend was found\n"
    # lines move: still known
    figure = damaged / "_figures" / "PMC99000001__adp-2010-11-f1.md"
    figure.write_text(
        figure.read_text("utf-8").replace("number: F1\n", "# moved\n# moved\nnumber: F1\n"), "utf-8"
    )
    assert cli(damaged, "-o", out, "--baseline", baseline, "--fail-on", "warning") == 0
    # a new problem of a known kind, and one that stands once more than before
    figure.write_text(figure.read_text("utf-8").replace("entrez: '3643'", "entrez: INSR"), "utf-8")
    assert cli(damaged, "-o", out, "--baseline", baseline) == 1
    assert '"INSR"' in out.read_text()
    assert "1 error, " in out.read_text()
    assert cli(damaged, "-o", out, "--baseline", tmp_path / "none") == 2
    (tmp_path / "odd").write_text("this is no baseline\n")
    assert cli(damaged, "-o", out, "--baseline", tmp_path / "odd") == 2
    capsys.readouterr()


def test_baseline_holds_from_any_folder(
    damaged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    baseline = tmp_path / "baseline.tsv"
    baseline.write_text("".join(check([damaged]).baseline()), "utf-8")
    monkeypatch.chdir(damaged)
    found = check(["."])
    found.leave_out(read_baseline(str(baseline)))
    assert list(found) == []


def test_archive_is_checked_as_a_folder_is(damaged: Path, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "site"), "tar", damaged)
    assert places(check([archive], Options(shacl="all"))) == places(check([damaged], Options(shacl="all")))
    target = tmp_path / "out"
    assert cli(archive, "-o", target, "--only", "bad-identifier") == 1
    assert " | " in target.read_text()


def test_a_part_of_a_site_is_not_blamed_for_the_rest(site: Path) -> None:
    figure = site / "_figures" / "PMC99000003__ers-23-0003-g007.md"
    for part in (figure, site / "_figures"):
        counts = check([part]).counts
        assert not {"table-without-record", "map-without-record"} & set(counts)


def test_real_records_bring_no_false_alarm(corpus: Path) -> None:
    """What stays was looked at by eye: docs/checking.md tells of it."""
    found = check([corpus / "pfocr-inline"], Options(shacl="all"))
    assert set(found.counts) == {"mojibake", "missing-organism", "unknown-organism"}
    assert check([corpus / "seeds"], Options(shacl="all")).of(Severity.WARNING) == 0


# explain, and the pages of the problems


def test_pages_are_current(project_root: Path) -> None:
    from kg.problems.pages import pages

    folder = project_root / "docs" / "problems"
    made = pages()
    assert {path.name for path in folder.iterdir()} == set(made)
    for name, text in made.items():
        assert (folder / name).read_text("utf-8") == text, "run: kg explain --write docs/problems"


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.name)
def test_every_code_is_explained(code: object) -> None:
    assert getattr(code, "example", "")
    assert getattr(code, "remedy", "").endswith((".", "`"))
    assert getattr(code, "meaning", "").endswith(".")


def test_explain(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["explain", "odd-year"]) == 0
    assert capsys.readouterr().out.startswith("# odd-year\n")
    assert run_cli(["explain"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(CODES)
    assert run_cli(["explain", "year"]) == 2
    assert "odd-year" in capsys.readouterr().err


GARBAGE = ("''", "garbage value", "'-5'", "[]", "https://example.org/x", "WP554", "2050-13-45", "'<b>x</b>'")


def _damaged_lines(text: str) -> list[str]:
    """Return the text with each value of its front matter replaced in turn by each piece of garbage."""
    lines = text.split("\n")
    made = []
    for number, line in enumerate(lines[: lines.index("---", 1)]):
        value = re.fullmatch(r"(\s*(?:- )?'?[@\w -]+'?: |\s*- )(\S.*)", line)
        if value:
            made += ["\n".join([*lines[:number], value[1] + junk, *lines[number + 1 :]]) for junk in GARBAGE]
    return made


@pytest.mark.soak
@pytest.mark.parametrize("page", sorted(examples().rglob("*.md")), ids=lambda path: path.name)
def test_no_shape_says_what_no_rule_says(page: Path, tmp_path: Path) -> None:
    """Damage each value of each example record: what our shapes find, the rules of the record find too."""
    shapes = load()
    shutil.copytree(examples() / "_data", tmp_path / "_data")
    path = tmp_path / page.relative_to(examples())
    path.parent.mkdir(exist_ok=True)
    for text in _damaged_lines(page.read_text("utf-8")):
        path.write_text(text, "utf-8")
        seen: list[Problem] = []
        run = Run([tmp_path], problems=Problems(0, also=seen.append))
        for loaded in run.records():
            graph = run.graph(loaded)
            assert graph is not None
            case = Case(loaded.kind, loaded.record, loaded.document, graph, run.organisms, 2026)
            told = {problem.code for problem in (*seen, *problems_of(case))}
            left = list(graphs.problems_of(case, shapes, told, own=True))
            assert not left, (left, text)
