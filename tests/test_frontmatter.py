"""Front matter: where it stands, what its YAML becomes, and what is refused before anything is built."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from runs import ROOT

from kg import frontmatter
from kg.frontmatter import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    Fault,
    FrontMatterError,
    Parsed,
    Place,
    locate,
    parse,
    split,
)

SPLITS = {
    "plain": ("---\na: 1\n---\nBody\n", "a: 1\n", "Body\n", 4),
    "no body": ("---\na: 1\n---\n", "a: 1\n", "", 4),
    "no line end": ("---\na: 1\n---", "a: 1\n", "", 3),
    "blanks behind the marks": ("--- \t\na: 1\n---  \nBody", "a: 1\n", "Body", 4),
    "dots": ("---\na: 1\n...\nBody", "a: 1\n", "Body", 4),
    "CRLF": ("---\r\na: 1\r\n---\r\nBody", "a: 1\r\n", "Body", 4),
    "empty": ("---\n---\nBody", "", "Body", 3),
    "dashes in the body": ("---\na: 1\n---\nBody\n---\nc: 2\n---\n", "a: 1\n", "Body\n---\nc: 2\n---\n", 4),
    "dashes inside a text": ("---\na: x --- y\n ---\nb: ---z\n---\n", "a: x --- y\n ---\nb: ---z\n", "", 6),
    "longer marks are none": ("---\na: 1\n----\n---\n", "a: 1\n----\n", "", 5),
    "the first of both marks": ("---\na: 1\n...\nb\n---\n", "a: 1\n", "b\n---\n", 4),
}


@pytest.mark.parametrize("name", SPLITS)
def test_front_matter_ends_where_site_generators_say(name: str) -> None:
    text, front, body, line = SPLITS[name]
    page = split(text)
    assert page is not None
    assert (page.front, page.front_line, page.body, page.body_line) == (front, 2, body, line)


@pytest.mark.parametrize(
    "text", ["", "Body", " ---\na: 1\n---\n", "----\na\n----\n", "--- a\n---\n", "\n---\na: 1\n---\n"]
)
def test_page_without_front_matter(text: str) -> None:
    assert split(text) is None


@pytest.mark.parametrize(
    ("text", "line"), [("---\na: 1\n", 2), ("---\n", 1), ("---", 1), ("---\na: 1\n--- x\nb", 4)]
)
def test_front_matter_without_an_end_is_told_with_its_last_line(text: str, line: int) -> None:
    with pytest.raises(FrontMatterError) as caught:
        split(text)
    assert (caught.value.fault.code, caught.value.fault.line) == ("unterminated-front-matter", line)


def outcome(text: str, first_line: int = 1) -> Parsed | Fault:
    """Return what a front matter is parsed into, or why it is refused."""
    try:
        return parse(text, first_line)
    except FrontMatterError as error:
        return error.fault


SCALARS = (
    "NO ON y true 1e3 010 0x1F 0o17 1:30 1_000 .inf .nan 2010-01-01 2010-01-01T00:00:00Z 1.0 +1 ~ null NULL"
    " NA 0b1 12e03 -0 = << 'NO' \"~\" \\u00e9 %"
).split()


@pytest.mark.parametrize("text", [text for text in SCALARS if text not in ("<<", "%")])
def test_scalars_stay_the_text_that_they_are(text: str) -> None:
    plain = text.strip("'\"")
    assert parse(f"a: {text}\nb: [{text}]\n").values == {"a": plain, "b": [plain]}


def test_only_an_absent_value_is_null() -> None:
    assert parse("a:\nb: ''\nc: [x, '']\nd: \"\"\ne:\n- \n- y\n").values == {
        "a": None,
        "b": "",
        "c": ["x", ""],
        "d": "",
        "e": [None, "y"],
    }


@given(
    st.recursive(
        st.text(
            st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff"),
            max_size=12,
        ),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text("abcxyz", min_size=1), inner, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_what_yaml_writes_is_read_back_as_text(value: object) -> None:
    text = yaml.safe_dump({"key": value}, allow_unicode=True)
    if not frontmatter.CONTROL.search(text):
        assert parse(text).values == {"key": value}


TAGS = (
    "!!python/object/apply:os.system !!python/object:os.system !!python/name:os.system !!python/module:os"
    " !!str !!int !!float !!bool !!null !!binary !!timestamp !!map !!seq !!set !!omap !!pairs !!merge !!value"
    " !!yaml !local !<tag:yaml.org,2002:str> !<x:y> !!python/tuple !!python/bytes !!python/dict"
    " !!python/long !!js/function !ruby/object:Gem !php/object !include !env !vault"
).split()


@pytest.mark.parametrize("tag", TAGS)
def test_tags_are_refused_and_nothing_is_run(tag: str, tmp_path: Path) -> None:
    witness = tmp_path / "run"
    value = f'{tag} ["touch {witness}"]' if "apply" in tag else f"{tag} x"
    kind = "!!seq" if tag == "!!seq" else "!!map" if tag == "!!map" else ""
    for text in (f"a: {value}\n", f"{tag} x: 1\n", f"a: {kind or tag} [1]\n"):
        found = outcome(text)
        if isinstance(found, Fault):
            assert found.code in ("yaml-tag", "yaml-syntax", "yaml-key")
            assert found.line == 1
        else:
            assert "str" in tag or "map" in tag or "seq" in tag
            assert found.values in ({"a": "x"}, {"x": "1"}, {"a": ["1"]})
    assert not witness.exists()


REFUSED = {
    "an anchor": ("a: &x 1\n", "yaml-alias", 1),
    "an alias": ("a: 1\nb: *x\n", "yaml-alias", 2),
    "a merge": ("a: 1\n<<: {b: 2}\n", "yaml-merge", 2),
    "a merge of a list": ("<<: [{b: 2}]\n", "yaml-merge", 1),
    "a second document": ("a: 1\n--- x\nb: 2\n", "yaml-documents", 2),
    "a list as key": ("? [a]\n: 1\n", "yaml-key", 1),
    "a mapping as key": ("{a: 1}: 2\n", "yaml-key", 1),
    "an empty key": ("a: 1\n?\n: 2\n", "yaml-key", 2),
    "a list": ("- a\n", "not-a-mapping", 1),
    "a text": ("just text\n", "not-a-mapping", 1),
    "a tab": ("a:\n\tb: 1\n", "yaml-syntax", 2),
    "an open bracket": ("a: [1\nb: 2\n", "yaml-syntax", 2),
    "an open quote": ("a: 'x\nb: 2\n", "yaml-syntax", None),
    "a colon in plain text": ("a: b: c\n", "yaml-syntax", 1),
    "a bad escape": ('a: "\\q"\n', "yaml-syntax", 1),
    "a directive": ("%YAML 1.1\n--- \na: 1\n", None, None),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_front_matter_says_what_and_where(name: str) -> None:
    text, code, line = REFUSED[name]
    found = outcome(text, 2)
    if isinstance(found, Fault):
        assert code in (None, found.code)
        assert found.line >= 2
        assert line is None or found.line == line + 1
    else:
        assert code is None


BOMBS = {
    **{f"{10**n} brackets": "a: " + "[" * 10**n for n in range(2, 7)},
    **{f"{10**n} nested lists": "a:\n" + "- " * 10**n for n in range(2, 7)},
    **{f"{10**n} nested mappings": "{a: " * 10**n for n in range(2, 7)},
    "deep and closed": "a: " + "[" * 5000 + "]" * 5000,
    "laughs": "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) or 'x'}]\n" for n in range(10)),
    "merges": "".join(f"m{n}: &m{n}\n  <<: [*m{n - 1}, *m{n - 1}]\n" for n in range(1, 30)),
    "a million values": "a: [" + "1," * 500_000 + "]",
    "two megabytes": "a: " + "x" * (2 << 20),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_at_once(name: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(FrontMatterError) as caught:
        parse(BOMBS[name])
    assert caught.value.fault.code.startswith(("yaml-", "too-large"))
    assert time.perf_counter() - begun < 5


def test_bombs_neither_kill_the_process_nor_fill_its_memory() -> None:
    """Depth is counted on events: a recursive reader would end by a signal."""
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20))\n"
        "from kg.frontmatter import parse, FrontMatterError\n"
        "for text in ('[' * 10**6, '{a: ' * 250_000, '- ' * 500_000, 'a: [' + '[],' * 300_000 + ']'):\n"
        "    try: parse(text); sys.exit(7)\n"
        "    except FrontMatterError: pass\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=60, check=False
    )
    assert done.returncode == 0


def test_limits_themselves_are_allowed() -> None:
    depth = MAX_DEPTH - 1
    assert parse("a: " + "[" * depth + "x" + "]" * depth + "\n").values
    assert parse("a: '" + "x" * (MAX_CHARACTERS - 6) + "'\n").values


DUPLICATES: dict[str, tuple[str, list[tuple[str, int, int | None]]]] = {
    "top level": ("a: 1\nb: 2\na: 3\n", [("a", 4, 2)]),
    "three times": ("a: 1\na: 2\na: 3\n", [("a", 3, 2), ("a", 4, None)]),
    "quoted": ("a: 1\n'a': 2\n", [("a", 3, 2)]),
    "flow": ("x: {a: 1, a: 2}\n", [("x.a", 2, 2)]),
    "in a list": ("x:\n- a: 1\n  b: 2\n  a: 3\n", [("x[0].a", 5, 3)]),
    "nested": ("x:\n  y:\n    a: 1\n    a: 2\n", [("x.y.a", 5, 4)]),
    "null": ("a:\na: 1\n", [("a", 3, 2)]),
    "list": ("a: [1]\nb: 1\na: [2]\n", [("a", 4, 2)]),
    "two keys": ("a: 1\nb: 1\na: 2\nb: 2\n", [("a", 4, 2), ("b", 5, 3)]),
    "same name in two mappings": ("x: {a: 1}\ny: {a: 1}\n", []),
}


@pytest.mark.parametrize("name", DUPLICATES)
def test_duplicate_keys_are_told_with_both_lines(name: str) -> None:
    text, wanted = DUPLICATES[name]
    faults = parse(text, 2).faults
    assert [(fault.field, fault.line) for fault in faults] == [(field, line) for field, line, _ in wanted]
    for fault, (_, _, first) in zip(faults, wanted, strict=True):
        assert fault.code == "duplicate-key"
        assert first is None or f"on line {first} " in str(fault.found)


def test_the_last_of_duplicate_keys_is_used() -> None:
    assert parse("a: 1\nx: {b: 1, b: 2}\na: 3\n").values == {"a": "3", "x": {"b": "2"}}


def test_places_of_keys_and_items() -> None:
    places = locate("a: 1\nlist:\n- x\n- y: 2\n  z: [p, {q: r}]\n", 2)
    assert places["a",] == Place(2, 1)
    assert places["list", 0] == Place(4, 3)
    assert places["list", 1, "y"] == Place(5, 3)
    assert places["list", 1, "z", 0] == Place(6, 7)
    assert places["list", 1, "z", 1, "q"] == Place(6, 11)


@pytest.mark.parametrize("code", [0, 7, 0x1B, 0x7F, 0x85, 0xFFFE, 0xFFFF, 0xD800])
def test_escapes_of_control_characters_are_replaced_and_told(code: int) -> None:
    parsed = parse(f'a: 1\nb: "x\\u{code:04X}y"\n', 2) if code != 0xD800 else None
    if parsed is None:
        with pytest.raises(FrontMatterError) as caught:
            parse('a: 1\nb: "x\\ud800y"\n', 2)
        assert (caught.value.fault.code, caught.value.fault.line) == ("yaml-syntax", 3)
        return
    assert parsed.values["b"] == "x\ufffdy"
    assert [(fault.code, fault.line, fault.found) for fault in parsed.faults] == [
        ("control-character", 3, f"U+{code:04X}")
    ]


@given(st.text("ab:-[]{}#&*!|>'\"%@`,?\n \t~<=\\", max_size=60))
def test_any_text_is_parsed_or_refused_with_a_place(text: str) -> None:
    found = outcome(text, 2)
    if isinstance(found, Fault):
        assert found.line >= 2
        assert found.column >= 1
    else:
        assert isinstance(found.values, dict)
