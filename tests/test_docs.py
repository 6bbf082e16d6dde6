"""The documents: every example in them runs, and every link leads somewhere.

Blocks marked `sh`, `console` or `python` in `README.md` and `docs/*.md` run in the order of the document, in
one folder per document that holds copies of `examples/`, `ontology/` and `queries/`, with the `kg` of this
environment first on PATH. A block whose first line says more than its language runs as follows:

- `no-run` (as in ```` ```sh no-run ````): it is shown only;
- `fails`: it ends with a status other than 0.

In a `console` block the lines that start with `$ ` run; what stands below each is its output, where `...`
stands for any text and runs of blanks are equal. A `python` block is a program; with `>>>`, a doctest.
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parent.parent
NOT_OURS = frozenset({".git", ".venv", "dist", "build", ".pytest_cache", ".hypothesis", "node_modules"})
RUNS = frozenset({"sh", "console", "python"})
LIKE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


class Block(NamedTuple):
    """One fenced block: its language, the other words of its first line, its line and its text."""

    language: str
    words: tuple[str, ...]
    line: int
    text: str


def _documents() -> list[Path]:
    """Every Markdown document of the project; records (of examples and tests) are data."""
    found = ((path, path.relative_to(ROOT).parts) for path in ROOT.rglob("*.md"))
    return sorted(
        path for path, parts in found if not NOT_OURS & set(parts) and not set(parts) & {"records", "tests"}
    )


def _tokens(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(text)


def _blocks(text: str) -> Iterator[Block]:
    for token in _tokens(text):
        if token.type == "fence" and token.map and token.info.split():
            language, *words = token.info.split()
            yield Block(language, tuple(words), token.map[0] + 1, token.content)


def _runnable(path: Path) -> list[Block]:
    blocks = _blocks(path.read_text("utf-8"))
    return [block for block in blocks if block.language in RUNS and "no-run" not in block.words]


EXAMPLES = [path for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))) if path.is_file()]


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    """Return a folder with copies of what the examples use."""
    for name in ("examples", "ontology", "queries"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples_run(path: Path, workdir: Path) -> None:
    for block in _runnable(path):
        problem = _run_block(block, workdir)
        assert problem is None, f"{path.name}:{block.line}\n{block.text}\n{problem}"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_markers_are_known(path: Path) -> None:
    marked = [block for block in _blocks(path.read_text("utf-8")) if block.language in RUNS]
    assert not [block for block in marked if set(block.words) - {"no-run", "fails"}]


def _run_block(block: Block, folder: Path) -> str | None:
    """Run a block; return what went wrong."""
    if block.language == "console":
        return next(
            (wrong for command, out in _commands(block.text) if (wrong := _compare(command, out, folder))),
            None,
        )
    if block.language == "sh":
        command = ["bash", "-euo", "pipefail", "-c", block.text]
    elif ">>>" in block.text:
        command = [
            sys.executable,
            "-m",
            "doctest",
            "-o",
            "ELLIPSIS",
            "-o",
            "NORMALIZE_WHITESPACE",
            "block.txt",
        ]
        (folder / "block.txt").write_text(block.text, "utf-8")
    else:
        command = [sys.executable, "-W", "error", "-c", block.text]
    done = _run(command, folder)
    if (done.returncode != 0) is ("fails" in block.words):
        return None
    return f"status {done.returncode}\n{done.stdout}"


def _commands(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block with the output that the block shows."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = re.sub(r"\\\n(> )?", " ", part).partition("\n")
        yield command, output


def _compare(command: str, expected: str, folder: Path) -> str | None:
    got = _run(["bash", "-c", command], folder).stdout
    if doctest.OutputChecker().check_output(expected.strip() + "\n", got.strip() + "\n", LIKE):
        return None
    return f"$ {command}\nshould show:\n{expected}\nshows:\n{got}"


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path, "COLUMNS": "100", "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("block", "runs_well"),
    [
        (Block("sh", (), 1, "true\n"), True),
        (Block("sh", (), 1, "false | true\n"), False),
        (Block("sh", ("fails",), 1, "false\n"), True),
        (Block("console", (), 1, "$ echo a b\na ...\n$ echo c\nc\n"), True),
        (Block("console", (), 1, "$ echo a\nb\n"), False),
        (Block("python", (), 1, "assert 1 == 1\n"), True),
        (Block("python", (), 1, ">>> 1 + 1\n3\n"), False),
    ],
)
def test_blocks_are_judged(block: Block, runs_well: bool, tmp_path: Path) -> None:
    assert (_run_block(block, tmp_path) is None) is runs_well


@pytest.mark.parametrize("path", _documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    dead = [link for link in _links(path) if not _leads_somewhere(path, link)]
    assert not dead


def _links(path: Path) -> Iterator[str]:
    for token in _tokens(path.read_text("utf-8")):
        for child in token.children or ():
            target = child.attrGet("href") or child.attrGet("src")
            if target and not re.match(r"[a-z][a-z0-9+.-]*:", str(target), re.IGNORECASE):
                yield unquote(str(target))


def _leads_somewhere(path: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = path.parent / name if name else path
    if not target.exists():
        return False
    return not anchor or target.suffix != ".md" or anchor in _anchors(target)


def _anchors(path: Path) -> set[str]:
    """Return the anchors that the headings of a document get on the usual hosts."""
    tokens = _tokens(path.read_text("utf-8"))
    headings = [
        tokens[place + 1].content for place, token in enumerate(tokens) if token.type == "heading_open"
    ]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
