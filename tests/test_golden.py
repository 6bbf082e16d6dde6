"""Every quirk of real records, each as a small folder of records with what it becomes, word by word.

A folder of `tests/golden/` holds `input/`, the whole `expected.ttl`, and `expected.problems.jsonl` where
there are problems. To write the expected files anew after a change that is meant, run

    KG_UPDATE_GOLDEN=1 pytest tests/test_golden.py

and read the difference before you commit it: what stands there is what we say is right.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import judges
import pytest

import kg
from kg.problems import CODES, Problem

GOLDEN = Path(__file__).parent / "golden"
FOLDERS = sorted(path.parent for path in GOLDEN.glob("*/input"))
UPDATE = bool(os.environ.get("KG_UPDATE_GOLDEN"))


def exported(folder: Path, target: Path) -> tuple[str, str]:
    """Export the records of a folder; return the Turtle, and the problems with paths below `input/`."""
    log = target.with_suffix(".jsonl")
    kg.export([folder / "input"], [target], problems_file=log)
    lines = (json.loads(line) for line in log.read_text("utf-8").splitlines())
    return target.read_text("utf-8"), "".join(map(_line, (_relative(row, folder) for row in lines)))


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def _relative(row: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return a problem without its message, which is for people, and without the path of this machine."""
    start = f"{folder / 'input'}{os.sep}"
    kept = {
        key: value.replace(start, "") if isinstance(value, str) else value
        for key, value in row.items()
        if value
    }
    kept.pop("message")
    return kept


def expect(path: Path, found: str) -> None:
    """Compare a text with an expected file; with `KG_UPDATE_GOLDEN`, write it (no file for an empty text)."""
    if UPDATE:
        path.unlink(missing_ok=True)
        if found:
            path.write_text(found, "utf-8", newline="\n")
    wanted = path.read_bytes().decode() if path.exists() else ""
    assert found.splitlines() == wanted.splitlines()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_golden(folder: Path, tmp_path: Path) -> None:
    turtle, problems = exported(folder, tmp_path / "found.ttl")
    expect(folder / "expected.ttl", turtle)
    expect(folder / "expected.problems.jsonl", problems)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_expected_turtle_reads_back_as_the_triples_of_the_records(folder: Path) -> None:
    found = {
        (str(s), str(p), str(o) if isinstance(o, str) else o.lexical)
        for s, p, o in kg.triples(folder / "input")
    }
    for quads in (judges.rdflib_quads, judges.pyoxigraph_quads):
        read = quads(folder / "expected.ttl")
        assert {(s, p, o if isinstance(o, str) else o[0]) for s, p, o, _ in read} == found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_problem_says_where_it_stands_and_none_is_a_fault_of_ours(folder: Path) -> None:
    problems: list[Problem] = []
    assert any(True for _ in kg.triples(folder / "input", report=problems.append))
    assert [problem for problem in problems if problem.line is None or problem.code == "internal"] == []


READERS = (
    "frontmatter/faults",
    "frontmatter/pages",
    "frontmatter/quick",
    "frontmatter/strict",
    "records/annotations",
    "records/fields",
    "records/figure",
    "records/lookups",
    "records/pages",
    "records/post",
    "records/shared",
)
ELSEWHERE = {"yaml-depth", "yaml-nodes", "too-large", "mended-row"}


def test_golden_records_show_every_problem_that_figures_posts_and_pages_can_have() -> None:
    """Limits are too large for a folder, and only rows of pathways are mended: see their own tests."""
    package = Path(kg.__file__).parent
    code = "".join((package / f"{name}.py").read_text("utf-8") for name in READERS)
    used = {name for name in CODES if f'"{name}"' in code}
    shown = {
        json.loads(line)["code"]
        for path in GOLDEN.glob("*/expected.problems.jsonl")
        for line in path.read_text("utf-8").splitlines()
    }
    assert len(used) > 20
    assert sorted(used - shown - ELSEWHERE) == []
