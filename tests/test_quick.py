"""The quick reader of front matter says what the strict one says, or nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from yaml_texts import TRICKY, USUAL, random_texts

from kg import fast, frontmatter
from kg.frontmatter import Fault, FrontMatterError, quick, strict


def strictly(text: str) -> object:
    """Return the values and faults of the strict reader, or why it refuses the text."""
    try:
        return strict.read(text)
    except FrontMatterError as error:
        return error.fault


def differs(text: str) -> bool:
    """Say whether the quick reader takes a text and says anything else than the strict one."""
    values = quick.read(text)
    return values is not None and strictly(text) != (values, [])


@pytest.mark.parametrize("name", TRICKY)
def test_tricky_texts(name: str) -> None:
    text = TRICKY[name]
    for changed in (text, f"x: y\n{text}", f"{text}x: y\n", text.replace("a:", "a-b:"), text.rstrip("\n")):
        assert not differs(changed), repr(changed)


@pytest.mark.parametrize("text", USUAL)
def test_usual_texts_are_taken_line_by_line(text: str) -> None:
    """Each start of a usual text, up to any of its lines."""
    lines = text.splitlines(keepends=True)
    for end in range(len(lines) + 1):
        assert not differs("".join(lines[:end]))


def test_what_writers_usually_write_is_taken() -> None:
    assert quick.read(USUAL[0]) is not None
    assert quick.read(USUAL[2]) == {"common": "house mouse", "latin": "Mus musculus", "ncbi": "10090"}


LEFT = (
    "comment|anchor|alias|tag|literal block|key twice|tab inside|CRLF|next line"
    "|line separator|byte order mark inside|control character|escape|document mark|merge key"
    "|colon in plain text|folded to the key's column|list of changing depth"
    "|mapping of changing depth|empty line in quotes"
).split("|")


@pytest.mark.parametrize("name", LEFT)
def test_what_is_unusual_is_left_to_the_strict_reader(name: str) -> None:
    assert quick.read(TRICKY[name]) is None


def test_random_texts() -> None:
    taken = 0
    for text in random_texts(seed=1, number=2500):
        assert not differs(text), repr(text)
        taken += quick.read(text) is not None
    assert taken > 500


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 12))
def test_a_hundred_thousand_random_texts(seed: int) -> None:
    for text in random_texts(seed, number=10_000):
        assert not differs(text), repr(text)


HEADS = (
    "- word: a",
    "- word: 'it''s'",
    "- word:",
    "- word: b ",
    "- word: #",
    "- other: a",
    "- word: a: b",
    "-",
)
RESTS = (
    "  symbol: X\n  source: y",
    "  symbol: 'X '\n  source:",
    "  symbol:\n  source: y: z",
    "  symbol: X\n  symbol: y",
    "    symbol: X\n    source: y",
    "  source: y\n  symbol: X",
    "  word: X\n  source: y",
    "  symbol: X\n  source: y\n  more: 'z",
    "  symbol: X",
)


def random_rows(seed: int, number: int) -> list[str]:
    """Return lists of rows: each of few heads, and of few rests, which so are met again and again."""
    chance = random.Random(seed)
    texts = []
    for _ in range(number):
        pad = chance.choice(("", "", "  "))
        heads, rests = chance.choice((HEADS[:2], HEADS)), chance.choice((RESTS[:1], RESTS[:2], RESTS))
        rows = [f"{chance.choice(heads)}\n{chance.choice(rests)}" for _ in range(chance.randint(1, 4))]
        lines = "\n".join(rows).splitlines()
        texts.append("genes:\n" + "".join(f"{pad}{line}\n" for line in lines) + chance.choice(("", "x: y\n")))
    return texts


def test_rows_that_are_met_again_and_again() -> None:
    taken = 0
    for text in random_rows(seed=1, number=3000):
        assert not differs(text), repr(text)
        taken += quick.read(text) is not None
    assert taken > 500


def test_what_does_not_fit_is_known_at_once() -> None:
    """Texts that would keep an expression busy for ages, had it two ways to read a cell."""
    keys = "".join(f"  k{number}: x y\n" for number in range(60))
    rows = "".join(f"- word: it''s {number}\n  symbol: a#b:c\n" for number in range(300))
    for text in (
        f"{rows}- word: 'x\n  symbol: 1\n",
        f"{rows}- word: x\n  symbol: 'y\n",
        f"- word: a\n{keys}  z: 'x\n- word: b\n{keys}  z: ok\n",
    ):
        assert quick.read(f"genes:\n{text}") is None


def test_real_front_matter(corpus: Path) -> None:
    taken = pages = 0
    for path in sorted(corpus.rglob("*.md")):
        text = path.read_text(encoding="utf-8-sig")
        page = frontmatter.split(text)
        if page is not None:
            assert not differs(page.front), path
            pages += 1
            taken += quick.read(page.front) is not None
    assert taken > 0.9 * pages


def test_long_texts_are_left_to_the_strict_reader() -> None:
    text = "a: b\n" + "c:\n" + "- d\n" * (quick.MAX_CHARACTERS // 4)
    assert quick.read(text) is None


def test_limits_hold_with_both_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = "".join(f"{'  ' * depth}a:\n" for depth in range(80))
    monkeypatch.setattr(fast, "OFF", frozenset())
    with pytest.raises(FrontMatterError) as caught:
        frontmatter.parse(deep)
    assert caught.value.fault.code == "yaml-depth"


@pytest.mark.parametrize(
    "text", ["---\na: 1\n---\n", "---\na: 1\n---", "---\n---\n", "---\na: b\n  c\n\n---\n"]
)
def test_a_usual_page_is_read_as_any_other(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = frontmatter.split(text)
    assert page is not None
    usual = frontmatter.read_usual(text)
    assert usual == (page, frontmatter.parse(page.front).values)
    monkeypatch.setattr(fast, "OFF", frozenset({fast.YAML}))
    assert frontmatter.read_usual(text) is None
    assert frontmatter.parse(page.front).values == usual[1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: 1\n",
        "---\na: 1\n",
        "---\na: 1\n---\nBody\n",
        "---\na: 1\n--- x\nb: 2\n---\n",
        "---\na: 1\n----\n---\n",
        "---\na: 1\n...\nb: 2\n---\n",
        "--- \na: 1\n---\n",
        "---\r\na: 1\r\n---\r\n",
        "---\na: b\x07\n---\n",
        "---\na: &b c\n---\n",
    ],
)
def test_other_pages_are_read_the_long_way(text: str) -> None:
    assert frontmatter.read_usual(text) is None


def test_faults_are_those_of_the_strict_reader() -> None:
    with pytest.raises(FrontMatterError) as caught:
        frontmatter.parse("a: 1\nb: *x\n", 2)
    assert caught.value.fault == Fault("yaml-alias", 3, 4, None, "the value itself", "the alias *x")
