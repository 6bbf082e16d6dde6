"""Front matter for the tests of its two readers: usual texts, tricky ones, and random changes to both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

USUAL = (
    """\
figid: PMC99000001__fig1
figlink: pmc/articles/PMC99000001/figure/F1/
number: Fig. 1
caption: Sugar enters the muscle cell through a channel, and leaves it (slowly) by another
  way, through the blood. α-Actin holds 3/4 of it, p < 0.05; see panels A–C.
papertitle: 'How sugar moves: a short tour'
pmc_ranked_result_index: '17'
pathway_score: 0.8184861
filename: fig1.jpg
year: '2014'
organisms:
- Homo sapiens
- Mus musculus
ndex: ''
annotations: []
schema-jsonld:
  '@context': https://schema.org/
  '@id': https://example.org/figures/PMC99000001__fig1.html
  description: Sugar enters the muscle cell through a channel, and leaves it (slowly) by
    another way
  creator:
    '@type': Organization
    name: WikiPathways
  keywords:
  - SLC2A4
  - 'NO'
  - it's
genes:
- word: Glut4
  symbol: GLUT4
  source: hgnc_prev_symbol
  hgnc_symbol: SLC2A4
  entrez: '6517'
- word: PI3K
  symbol: PI3K
  source: bioentities_symbol
  hgnc_symbol: PIK3CA
  entrez: 5290
chemicals:
- word: glucose
  source: MESH
  identifier:
- word: '5''-AMP'
  source: MESH
  identifier: ''
diseases: []
""",
    """\
title: "A pathway"
last-edited: 2024-07-17
ndex: null
description: "Two words\\nand a line: all in quotes."
communities:
  - One
  - Two
authors:
- name: A. Author
  roles:
  - writer
  - drawer
- name: B. Other
schema-jsonld:
- '@id': https://example.org/p.html
  creator:
    name: Someone
  keywords:
  - A
  license: CC0
organisms: [Homo sapiens, Mus musculus]
text: |
  One line
  and another
""",
    "common: house mouse\nlatin: Mus musculus\nncbi: '10090'\n\n",
)
"""Our own records, in the forms that the writers of real ones use."""

TRICKY = {
    "colon in plain text": "a: b: c\n",
    "colon at the end of plain text": "a: b:\n",
    "colon before a tab": "a: b:\tc\n",
    "colon inside a word": "a: b:c ::d\n",
    "colon after a quoted text": "a: 'b': c\n",
    "colon in a folded line": "a: b\n  c: d\n",
    "colon at the end of a folded line": "a: b\n  c:\n",
    "comment": "a: b # c\nd: e\n",
    "comment without a blank": "a: b#c\nd: #\n",
    "comment after a colon": "a: b:#c\n",
    "comment behind quotes": "a: 'b' # c\n",
    "comment of its own": "a: b\n# c\nd: e\n",
    "comment in a folded text": "a: b\n  # c\n  d\n",
    "number sign starts a folded line": "a: b\n  c\n  #d\n",
    "anchor": "a: &x b\n",
    "alias": "a: *x\n",
    "tag": "a: !!str b\n",
    "literal block": "a: |\n  b\n c\n",
    "folded block": "a: >-\n  b\n",
    "directive": "a: %b\n",
    "at sign": "a: @b\n",
    "backtick": "a: `b\n",
    "flow list": "a: [b, c]\n",
    "empty flow mapping": "a: {}\n",
    "empty flow list": "a: []\nb:   []\n",
    "empty flow list with a blank": "a: [ ]\n",
    "something behind a flow list": "a: [] b\n",
    "flow signs inside": "a: b [c], {d}\n",
    "dash as a value": "a: -\nb: -c\nd: -1\ne: --f\n",
    "dash and blank as a value": "a: - b\n",
    "question mark": "a: ?\nb: ?c\n",
    "colon as a value": "a: :b\n",
    "complex key": "? a\n: b\n",
    "document mark": "a: b\n---\nc: d\n",
    "document end": "a: b\n...\nc: d\n",
    "document mark as a value": "a: ---\nb: ...\n",
    "document mark as an item": "- ---\n",
    "document mark in a folded text": "a: b\n  ---\n  ...\n",
    "document mark at the start of a line in quotes": "a: 'b\n--- c'\n",
    "tilde and nulls": "a: ~\nb: null\nc: Null\nd:\ne: ''\nf: \"\"\n",
    "blanks behind a key": "a:  \nb:   c\n",
    "blanks behind a value": "a: b  \nc: 'd'  \n- \n",
    "blanks behind the values of a list": "a:\n- b \n- c\n",
    "blanks behind the values of rows": "a:\n- b: c \n  d: e\n- b: f\n  d: g\n",
    "blanks between key and colon": "a : b\n",
    "no blank behind a colon": "a:b\nc: d\n",
    "tab behind a colon": "a:\tb\n",
    "tab inside": "a: b\tc\n",
    "tab before": "\ta: b\n",
    "tab as indentation": "a:\n\tb: c\n",
    "CRLF": "a: b\r\nc: d\r\n",
    "bare CR": "a: b\rc: d\n",
    "byte order mark": "\ufeffa: b\n",
    "byte order mark inside": "a: b\ufeffc\n",
    "next line": "a: b\x85c: d\n",
    "line separator": "a: b\u2028c: d\n",
    "paragraph separator": "a: b\u2029  c\n",
    "line separator in quotes": "a: 'b\u2028c'\n",
    "no-break space": "a:\u00a0b\nc: d\u00a0\n",
    "no-break space first": "a: \u00a0b\n",
    "no-break space behind a colon": "a: b:\u00a0c\n",
    "ideographic space": "a: \u3000b #\u3000c\n",
    "control character": "a: b\x07c\n",
    "delete": "a: b\x7fc\n",
    "escape": 'a: "b\\tc"\n',
    "escaped line end": 'a: "b\\\n  c"\n',
    "non-character": "a: b\ufffec\n",
    "surrogate": "a: b\ud800c\n",
    "beyond the basic plane": "a: \U0001f9ec b\n\U0001f9ec: c\n",
    "letters of other scripts": "a: Ωμέγα\nключ: значение\n",
    "empty line in a plain text": "a: b\n\n  c\nd: e\n",
    "empty line in quotes": "a: 'b\n\n  c'\n",
    "empty line between keys": "a: b\n\nc: d\n",
    "empty lines at the end": "a: b\n\n\n",
    "blank line at the end": "a: b\n  \n",
    "empty line first": "\na: b\n",
    "folded to the key's column": "a: b\nc\n",
    "folded by one blank": "a: b\n c\n   d\n",
    "folded with blanks at the ends": "a: b  \n     c  \n  d\n",
    "folded lines that start oddly": "a: b\n  - c\n  'd'\n  [e]\n  &f\n  *g\n  !h\n  |\n  >\n  %i\n  ? k\n",
    "folded line that starts with a colon": "a: b\n  :c\n  : d\n",
    "folded in single quotes": "a: 'b ''c''\n  ''d'' e'\n",
    "folded in single quotes with blanks": "a: ' b  \n    c '\n",
    "folded in double quotes": 'a: "b\n  c # d: e"\n',
    "quotes that end on a line of their own": "a: 'b\n  '\n",
    "quotes that do not end": "a: 'b\nc: d\n",
    "quotes inside": "a: b'c'd\"e\"\nf: 'g\"h'\ni: \"j'k\"\n",
    "quotes behind quotes": "a: 'b' 'c'\n",
    "doubled quotes": "a: ''''\nb: ''''''\n",
    "backslash": "a: b\\nc\nd: 'e\\nf'\n",
    "quoted key": "'a b': c\n\"d\": e\n'': f\n",
    "quoted merge key": "'<<': a\n",
    "merge key": "<<: a\n",
    "equals sign": "=: =\na: =\n",
    "key twice": "a: b\nc: d\na: e\n",
    "key twice, once in quotes": "a: b\n'a': c\n",
    "key twice in a row": "a:\n- b: c\n  b: d\n- b: e\n  b: f\n",
    "key twice in a nested mapping": "a:\n  b: c\n  b: d\n",
    "key of two lines": "a\n  b: c\n",
    "long key": f"{'a' * 1025}: b\n",
    "number as key": "1: a\n",
    "list at the top": "- a\n",
    "text at the top": "a\n",
    "nothing": "",
    "only a line end": "\n",
    "no line end": "a: b",
    "indented top": "  a: b\n  c: d\n",
    "list below its key": "a:\n- b\n- c\nd: e\n",
    "list deeper than its key": "a:\n   - b\n   - c\nd: e\n",
    "list of changing depth": "a:\n  - b\n - c\n",
    "list that goes on deeper": "a:\n- b\n  - c\n- d\n",
    "list with folded texts": "a:\n- b\n  c\n-  d\n- e\n",
    "list with an empty item": "a:\n- b\n-\n- c\n",
    "list with an item of blanks": "a:\n- b\n- \n- c\n",
    "list of lists": "a:\n- - b\n  - c\n",
    "list of empty lists": "a:\n- []\n- []\n",
    "list of texts and mappings": "a:\n- b\n- c: d\n- e\n",
    "list beside a text": "a: b\n- c\n",
    "mapping below a text": "a: b\n  c: d\n",
    "mapping after a list": "a:\n- b\n  c: d\n",
    "mapping of changing depth": "a:\n    b: c\n  d: e\n",
    "mapping that goes on deeper": "a:\n  b: c\n    d: e\n",
    "mapping deep and back": "a:\n  b:\n    c:\n      d: e\n  f: g\nh: i\n",
    "text below a key": "a:\n  b\n",
    "text below a key, not deeper": "a:\nb\n",
    "rows": "a:\n- b: c\n  d: e\n- b: f\n  d: g\n",
    "rows of one key": "a:\n- b: c\n- b: d\n",
    "rows in another order": "a:\n- b: c\n  d: e\n- d: f\n  b: g\n",
    "rows with other keys": "a:\n- b: c\n  d: e\n- b: f\n",
    "rows with a dash in the wrong line": "a:\n- b: c\n  d: e\n- b: f\n- d: g\n",
    "rows whose second starts late": "a:\n- b: c\n  d: e\n- b: f\n- d: g\n  b: h\n- d: i\n",
    "rows without values": "a:\n- b:\n  d: ''\n- b: '~'\n  d:\n",
    "rows in which a text looks like a row": "a:\n- b: '- b: c'\n  d: e\n- x: '- b: c'\n  d: e\n",
    "rows with a list": "a:\n- b: c\n  d:\n  - e\n- b: f\n  d:\n  - g\n",
    "rows with a folded text": "a:\n- b: c\n    d\n  e: f\n- b: g\n  e: h\n",
    "rows with a comment": "a:\n- b: c # d\n  e: f\n",
    "rows with a text after": "a:\n- b: c\n  d: e\n f\n",
    "row folded to its key": "a:\n- b: c\n  d\n",
    "dash far from its key": "a:\n-   b: c\n    d: e\n",
    "dates and numbers": "a: 2010-01-01\nb: 010\nc: 1e3\nd: .inf\ne: +1\nf: 1_000\ng: 1:30\n",
    "signs in plain text": "a: b, c; d! e? (f) <g> ~h $i ^j =k /l \\m |n >o &p *q @r `s %t\n",
    "plain text that starts with a sign": "a: (b)\nc: /d\ne: .f\ng: +h\ni: <j>\nk: ~l\nq: =r\nu: \\v\n",
}
"""Where readers of YAML go wrong, after the cases that its public test suite has, in our own words."""

PIECES = (
    *"ab1:-#'\"[]{}&*!|>%@`,?~=<\\ \n\t\r./",
    ": ",
    " #",
    "- ",
    "\n- ",
    "\n  ",
    "\n\n",
    ":\n",
    "''",
    "---",
    "\n---\n",
    "...",
    "<<: ",
    "null",
    "\u00a0",
    "\u0085",
    "\u2028",
    "\ufeff",
    "é",
    "\U0001f9ec",
    "\x07",
    "key: value\n",
    "- item\n",
    "  deeper: 1\n",
    "a:\n- b: c\n  d: e\n",
    "'quoted': 'it''s'\n",
    '"double"',
    "[]",
)


NAMES: Sequence[str] = ("Wnt", "Akt1", "p53", "α-Actin", "x:y", "3'")

WORDS: Sequence[str] = (
    *"a B 9 é β \U0001f9ec ~ null NO 1e3 010 - -- -x :x x:y #x x#y (a) [b] {c} 3' '' % %d @e &f *g".split(),
    *'!h | > , = << --- ... \\ Wnt it\'s x: # "so"'.split(),
    "\u00a0",
    "",
)


def random_texts(seed: int, number: int) -> Iterator[str]:
    """Yield front matter: made up, of random pieces, and usual and tricky texts with random changes."""
    random = Random(seed)
    texts = (*USUAL, *TRICKY.values())
    for _ in range(number):
        way = random.random()
        if way < 0.1:
            yield "".join(random.choices(PIECES, k=random.randint(1, 30)))
            continue
        if way < 0.6:
            text = _mapping(random, 0, random.randint(1, 5))
            if way < 0.4:
                yield text
                continue
        else:
            text = random.choice(USUAL if way < 0.8 else texts)
        for _ in range(random.choice((1, 1, 1, 2, 3))):
            text = _changed(text, random)
        yield text


def _mapping(random: Random, indent: int, size: int) -> str:
    """Return a mapping of some keys, as a writer of YAML would set it, or nearly so."""
    pad = " " * indent
    return "".join(f"{pad}{_key(random, number)}:{_value(random, indent)}" for number in range(size))


def _key(random: Random, number: int) -> str:
    name = random.choice((f"key{number}", f"k-{number}", f"K_{number}", "again"))
    return f"'{name}'" if random.random() < 0.1 else name


def _value(random: Random, indent: int) -> str:
    """Return what stands behind the colon of a key, to the end of its lines."""
    pad = " " * (indent + random.choice((0, 0, 2)))
    way = random.random()
    if way < 0.5 or indent > 8:
        return f" {_scalar(random, indent)}\n"
    if way < 0.6:
        return random.choice(("\n", " []\n", " ''\n", " \n"))
    if way < 0.7:
        return "\n" + _mapping(random, indent + random.choice((2, 4)), random.randint(1, 3))
    if way < 0.85:
        return "\n" + "".join(f"{pad}- {_scalar(random, len(pad))}\n" for _ in range(random.randint(1, 4)))
    keys = [_key(random, number) for number in range(random.randint(1, 3))]
    return "\n" + "".join(_row(random, pad, keys) for _ in range(random.randint(1, 4)))


def _row(random: Random, pad: str, keys: list[str]) -> str:
    cells = [f" {_scalar(random, len(pad) + 2)}" if random.random() < 0.9 else "" for _ in keys]
    return "".join(
        f"{pad}{'  ' if number else '- '}{key}:{cell}\n"
        for number, (key, cell) in enumerate(zip(keys, cells, strict=True))
    )


def _scalar(random: Random, indent: int) -> str:
    """Return a text in one of its styles, now and then folded."""
    usual = random.random() < 0.8
    words = random.choices(NAMES if usual else WORDS, k=random.randint(1, 4))
    gap = f"\n{' ' * (indent + random.choice((1, 2, 2, 2, 3)))}" if random.random() < 0.15 else " "
    text = gap.join(words)
    style = random.random()
    if style < 0.6:
        return text
    return f'"{text}"' if style < 0.7 else "'" + text.replace("'", "''") + "'"


def _changed(text: str, random: Random) -> str:
    place, end = sorted((random.randint(0, len(text)), random.randint(0, len(text))))
    way = random.randrange(9)
    piece: str = random.choice(PIECES)
    if way < 3:
        return text[:place] + piece + text[place:]
    if way == 3:
        return text[:place] + piece + text[place + 1 :]
    if way == 4:
        return text[:place] + text[place + random.randint(1, 3) :]
    lines = text.split("\n")
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    if way == 5:
        lines[one], lines[other] = lines[other], lines[one]
    elif way == 6:
        lines[one] = " " * random.randint(0, 4) + lines[one].lstrip()
    elif way == 7:
        lines.insert(one, lines[other])
    else:
        return text[:place] + text[end:] if end - place < 200 else text[place:end]
    return "\n".join(lines)
