"""The index behind the search field: many small scripts, of which a browser loads the few that it needs.

A *shard* holds the terms that begin alike, each with the things that it leads to; a shard that would grow
beyond `MAX_SHARD` characters is split by the next letter. What a term begins with tells its shard
(`t-akt.js`), so each word of a question costs one file however large the site is. Shards are scripts that
call `kgShard`, not JSON, because a page that was opened from the file system may load a script and no more.

Terms are compared by `normal`: small letters, no accents, Greek letters by name, nothing but letters and
digits. `TNF-α`, `TNFalpha` and `tnf alpha` are one. `search.js` does the same in the browser.

Three lists stand beside a term, best things first: things that it names (symbol, identifier), things that it
is another name of, and things with the word in their title. A split shard also keeps the best things of all
terms below it, for who has typed no more than that.

>>> akt2 = Entry("gene", "208", "gene/208", "AKT2", "Human", 12, ("208", "AKT2"), ("PKBB",))
>>> files = dict(search_files([akt2]))
>>> sorted(files)
['static/search/d-0.js', 'static/search/index.js', 'static/search/t.js']
>>> print(files["static/search/t.js"].decode().splitlines()[1])
["208","A"],
"""

from __future__ import annotations

import json
import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from kg.site.kinds import KINDS

FOLDER = "static/search"
"""Where the files of the index are, beside `search.js`."""

MAX_SHARD = 40_000
"""How many characters a shard may have before it is split."""

DOCUMENTS = 128
"""How many things stand in one file of things."""

BEST = 30
"""How many things a split shard keeps of the terms below it."""

MAX_TERM = 40
"""How many letters of a term are compared."""

_WORD = re.compile(r"[a-z0-9]+")
_STOP = frozenset("a an and are as at by for from in is of on or s the to via with".split())
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_GREEK: Mapping[str, str] = MappingProxyType(
    dict(
        zip(
            "αβγδεζηθικλμνξοπρσςτυφχψω",
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma "
            "sigma tau upsilon phi chi psi omega".split(),
            strict=True,
        )
    )
)

Terms: TypeAlias = "tuple[dict[str, array[int]], dict[str, array[int]], dict[str, array[int]]]"
"""Of each term the things that it names, those that it is another name of, those with it in their title."""

Best: TypeAlias = Sequence[Sequence[int]]
"""The first things of each of the three."""

_json = json.JSONEncoder(separators=(",", ":")).encode
"""Writes JSON in ASCII: the same in any encoding that a browser may guess."""


class Entry(NamedTuple):
    """A thing that can be found: where its page is, what to show of it, and what leads to it."""

    kind: str
    key: str
    path: str
    """The page from the top of the site, without a suffix: `gene/208`."""
    label: str
    remark: str = ""
    """What tells it from others of that name: the species, the year."""
    weight: int = 0
    """What is heavier is shown first: the number of figures, the year."""
    names: Sequence[str] = ()
    """Symbols and identifiers: found whole, before all else."""
    aliases: Sequence[str] = ()
    """Other names, found whole."""
    words: str = ""
    """Texts whose words are found: a title, a long name."""


def normal(text: str) -> str:
    """Return what of a text is compared, with a space between words.

    >>> normal("TNF-α Signalling (à la carte)")
    'tnf alpha signalling a la carte'
    """
    if text.isascii():
        return " ".join(_WORD.findall(text.lower()))
    letters = []
    for letter in unicodedata.normalize("NFKD", text).lower():
        group = unicodedata.category(letter)[0]
        if letter in _GREEK:
            letters.append(_GREEK[letter])
        elif group in "LN" and letter <= "\uffff":
            letters.append(letter)
        elif group != "M":
            letters.append(" ")
    return " ".join("".join(letters).split())


def search_files(
    entries: Iterable[Entry], folder: str = FOLDER, limit: int = MAX_SHARD
) -> Iterator[tuple[str, bytes]]:
    """Yield the files of the index by their paths: the same entries give the same bytes, in any order.

    A shard of more than `limit` characters is split.
    """
    ordered = sorted(entries, key=lambda entry: (-entry.weight, entry.kind, entry.key))
    yield from _documents(ordered, folder)
    split: dict[str, str] = {}
    for prefix, children, text in _Shards(_terms(ordered), limit):
        if children:
            split[prefix] = children
        yield f"{folder}/{shard_name(prefix)}.js", text.encode()
    about = {
        "size": len(ordered),
        "step": DOCUMENTS,
        "max": MAX_TERM,
        "stop": sorted(_STOP),
        "kinds": {name: kind.label for name, kind in KINDS.items()},
        "split": dict(sorted(split.items())),
    }
    yield f"{folder}/index.js", f"kgShard({_json('')},{_json(about)});\n".encode()


def shard_name(prefix: str) -> str:
    """Return the name of a shard: safe on every file system, and the same in `search.js`.

    >>> shard_name("akt"), shard_name("æ"), shard_name("")
    ('t-akt', 't-_e6', 't')
    """
    return "-".join(
        ("t", "".join(letter if letter.isascii() else f"_{ord(letter):x}" for letter in prefix))
    ).rstrip("-")


def encoded(numbers: Iterable[int]) -> str:
    """Return rising numbers as text: their steps, six bits a letter of which one says that more follow.

    >>> encoded([0, 1, 40]), encoded([])
    ('ABnB', '')
    """
    letters, last = [], 0
    for number in numbers:
        step, last = number - last, number
        while step > 31:
            letters.append(_DIGITS[32 | step & 31])
            step >>= 5
        letters.append(_DIGITS[step])
    return "".join(letters)


def _documents(ordered: Sequence[Entry], folder: str) -> Iterator[tuple[str, bytes]]:
    for start in range(0, len(ordered), DOCUMENTS):
        rows = [[entry.path, entry.label, entry.remark] for entry in ordered[start : start + DOCUMENTS]]
        name = f"d-{start // DOCUMENTS}"
        yield f"{folder}/{name}.js", f"kgShard({_json(name)},{_lines(map(_json, rows))});\n".encode()


def _terms(ordered: Sequence[Entry]) -> Terms:
    """Return the things of each term, as numbers in the order of `ordered`."""
    terms: Terms = {}, {}, {}
    for number, entry in enumerate(ordered):
        for place, term in set(_of_entry(entry)):
            found = terms[place].get(term)
            if found is None:
                found = terms[place][term] = array("I")
            found.append(number)
    return terms


def _of_entry(entry: Entry) -> Iterator[tuple[int, str]]:
    """Yield the terms of an entry, each with the place of its list."""
    for place, texts in ((0, entry.names), (1, entry.aliases)):
        for text in texts:
            if term := normal(text).replace(" ", "")[:MAX_TERM]:
                yield place, term
    for word in normal(f"{entry.words} {' '.join(entry.aliases)}").split():
        if word not in _STOP:
            yield 2, word[:MAX_TERM]


class _Shards:
    """The shards of terms: what the terms of each begin with, by which letters it is split, and its text."""

    def __init__(self, terms: Terms, limit: int) -> None:
        self._terms, self._limit = terms, limit
        self._rows = {name: self._row(name) for name in sorted({name for part in terms for name in part})}

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        found: list[tuple[str, str, str]] = []
        self._shard("", list(self._rows), found)
        return iter(found)

    def _row(self, name: str) -> str:
        row = [name, *(encoded(part.get(name, ())) for part in self._terms)]
        while not row[-1]:
            row.pop()
        return _json(row)

    def _shard(self, prefix: str, names: Sequence[str], found: list[tuple[str, str, str]]) -> Best:
        """Add the shard of terms that begin alike, and what it is split into; return its best things."""
        if len(names) <= 1 or sum(len(self._rows[name]) for name in names) <= self._limit:
            found.append((prefix, "", self._text(prefix, names)))
            return self._best(names)
        own = [name for name in names[:1] if name == prefix]
        place = len(found)
        groups = groupby(names[len(own) :], key=lambda name: name[len(prefix)])
        letters, below = [], [self._best(own)]
        for letter, group in groups:
            letters.append(letter)
            below.append(self._shard(prefix + letter, list(group), found))
        best = tuple(_smallest(lists) for lists in zip(*below, strict=True))
        found.insert(place, (prefix, "".join(letters), self._text(prefix, own, best)))
        return best

    def _best(self, names: Sequence[str]) -> Best:
        """Return the first things of each of the three lists of some terms."""
        return tuple(_smallest(part[name] for name in names if name in part) for part in self._terms)

    def _text(self, prefix: str, names: Sequence[str], best: Best = ()) -> str:
        tail = f",{_json([encoded(numbers) for numbers in best])}" if best else ""
        return f"kgShard({_json(shard_name(prefix))},{_lines(self._rows[name] for name in names)}{tail});\n"


def _smallest(lists: Iterable[Sequence[int]]) -> Sequence[int]:
    return sorted({number for numbers in lists for number in numbers[:BEST]})[:BEST]


def _lines(rows: Iterable[str]) -> str:
    """Return rows as a list, one a line, so that a change of one is a change of one line."""
    return "[\n" + ",\n".join(rows) + "\n]"
