"""How a text and a name are compared: one rule, applied to both; docs/linking.md states it in words.

A text is *folded*: Greek letters are spelled out, look-alikes become the Latin letters that they look
like, dashes become hyphens, and a hyphen between a letter and a digit or beside a Greek letter is left
out. Two texts compare equal when they fold to the same letters, whatever their case; `plausible` then
says whether the case is one in which people write the name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

GREEK: Mapping[str, str] = MappingProxyType(
    dict(
        zip(
            "αβγδεζηθικλμνξοπρστυφχψω",
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma"
            " tau upsilon phi chi psi omega".split(),
            strict=True,
        )
    )
    | {"ς": "sigma", "ϵ": "epsilon", "ϑ": "theta", "ϕ": "phi", "ϰ": "kappa", "\u00b5": "mu"}
    | {"Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma"}
    | {"Φ": "Phi", "Ψ": "Psi", "Ω": "Omega", "\u2126": "Omega"}
)
"""Greek letters and their names; capitals that look like Latin ones are among the look-alikes."""

LOOK_ALIKES: Mapping[str, str] = MappingProxyType(
    dict(zip("АВЕЅІЈКМНОРСТУХаеѕіјорсух", "ABESIJKMHOPCTYXaesijopcyx", strict=True))
    | dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True))
    | {chr(code): chr(code - 0xFEE0) for code in chain(range(0xFF10, 0xFF1A), range(0xFF21, 0xFF5B))}
)
"""Cyrillic, Greek and full-width characters and the Latin letters and digits that they look like."""

DASHES = "-‐‑‒–−﹣－"  # not the em dash, which parts sentences
_IGNORED = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_NAMES = "|".join(sorted(set(GREEK.values()), key=len, reverse=True))
_SPECIAL = re.compile(rf"\s+|[{re.escape(DASHES)}]|[^\x00-\x7f]")
_GREEK_AFTER = re.compile(rf"[{''.join(GREEK)}]|(?:{_NAMES})(?![A-Za-z])", re.IGNORECASE)
_GREEK_BEFORE = re.compile(rf"(?:[{''.join(GREEK)}]|(?<![A-Za-z])(?:{_NAMES}))$", re.IGNORECASE)
_ONE_LETTER = re.compile(rf"[A-Za-z](?![\w{re.escape(DASHES)}])")
_JOINED_AFTER = re.compile(r"\d|[^\W\d_](?:\d|$)")
_JOINED_BEFORE = re.compile(r"\d+|[^\W\d_]")
_NUMBER_AFTER = re.compile(rf"\s(?:\d{{1,2}}[a-z]?(?![\w%.])|[{''.join(GREEK)}](?!\w))")
_PIECE_AFTER = re.compile(r"[^\W_]*")
_PIECE_BEFORE = re.compile(r"[^\W_]*$")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_PREFIXES = frozenset("cvp")
"""What may stand before a name with a hyphen: cellular, viral, phosphorylated (`c-Myc`, `p-Akt`)."""

LONGEST_PIECE = 12
MIN_CHARACTERS = 3
LONGEST_CAPITALISED = 4
"""A longer word that differs from the term in case, such as `Impact`, is taken for a word of prose."""


class Folded(NamedTuple):
    """A text as it is compared: with its case, in lower case, and where each character comes from."""

    cased: str
    key: str
    origins: list[int]


def fold(text: str) -> Folded:
    """Fold a text.

    >>> fold("TNF-α").key, fold("TNFalpha").key, fold("Glut-4").key, fold("PI3K-Akt").key
    ('tnfalpha', 'tnfalpha', 'glut4', 'pi3k-akt')
    """
    cyrillic = _is_cyrillic(text)
    parts: list[str] = []
    origins: list[int] = []
    last = 0
    for found in _SPECIAL.finditer(text):
        start, end = found.span()
        parts.append(text[last:start])
        origins.extend(range(last, start))
        written = _folded_character(text, start, found.group(), cyrillic)
        parts.append(written)
        origins.extend([start] * len(written))
        last = end
    parts.append(text[last:])
    origins.extend(range(last, len(text)))
    cased = "".join(parts)
    key = cased.lower()
    return Folded(cased, key if len(key) == len(cased) else "".join(map(_lower, cased)), origins)


def _folded_character(text: str, place: int, found: str, cyrillic: bool) -> str:
    if found[0] in DASHES:
        return "" if _is_left_out(text, place) else "-"
    if found.isspace():
        return " "
    if found in _IGNORED:
        return ""
    if cyrillic and "\u0400" <= found <= "\u04ff":
        return found
    return GREEK.get(found) or LOOK_ALIKES.get(found, found)


def _lower(char: str) -> str:
    low = char.lower()
    return low if len(low) == 1 else char


def _is_cyrillic(text: str) -> bool:
    """Say whether a text holds Cyrillic letters that look like no Latin one: then all are themselves."""
    return any(char not in LOOK_ALIKES for char in _CYRILLIC.findall(text))


def _is_left_out(text: str, place: int) -> bool:
    """Say whether the hyphen there may as well be absent: `GLUT-4`, `PI-3K`, `PI3-K`, `TNF-α`."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if not before.isalnum() or not after.isalnum():
        return False
    if before.isalpha() and after.isdigit():
        return True
    if before.isdigit() and _ONE_LETTER.match(text, place + 1):
        return True
    if _GREEK_AFTER.match(text, place + 1):
        return True
    return _GREEK_BEFORE.search(text[max(0, place - LONGEST_PIECE) : place]) is not None


def is_whole(text: str, start: int, end: int) -> bool:
    """Say whether a name stands in a text as a whole token, not as a part of another name.

    >>> is_whole("PI3K-Akt", 5, 8), is_whole("AKT1", 0, 3), is_whole("N-Ras", 2, 5)
    (True, False, False)
    """
    if text[start:end].isalpha() and _NUMBER_AFTER.match(text, end):
        return False
    return _starts_whole(text, start) and _ends_whole(text, end)


def _starts_whole(text: str, start: int) -> bool:
    if start == 0:
        return True
    char = text[start - 1]
    if char not in DASHES:
        return not _is_of_word(char)
    piece = _before(text, start - 1)
    if piece.lower() in _PREFIXES:
        return True
    return not (_JOINED_BEFORE.fullmatch(piece) or _GREEK_BEFORE.fullmatch(piece))


def _before(text: str, place: int) -> str:
    found = _PIECE_BEFORE.search(text[max(0, place - LONGEST_PIECE) : place])
    return found.group() if found else ""


def _ends_whole(text: str, end: int) -> bool:
    if end == len(text):
        return True
    char = text[end]
    if char not in DASHES:
        return not _is_of_word(char)
    found = _PIECE_AFTER.match(text, end + 1)
    piece = found.group() if found else ""
    return not (_JOINED_AFTER.match(piece) or _GREEK_AFTER.match(piece))


def _is_of_word(char: str) -> bool:
    return char.isalnum() or char == "_" or char in _IGNORED or unicodedata.category(char).startswith("M")


def plausible(written: str, cased: str, term: str) -> bool:
    """Say whether a text that compares equal to a term is written as names are.

    `cased` and `term` are the folded text and the folded term, with their case.

    >>> plausible("Akt", "Akt", "AKT"), plausible("p53", "p53", "P53"), plausible("akt", "akt", "AKT")
    (True, True, False)
    """
    if sum(map(str.isalnum, written)) < MIN_CHARACTERS:
        return False
    if any(map(str.isdigit, cased)) or any(char in GREEK for char in written):
        return True
    if cased == term:
        return not cased.islower() or "-" in written
    capitals = sum(map(str.isupper, cased))
    if capitals > 1:
        return not (cased[-1] == "s" and cased[:-1].isupper())
    return capitals == 1 and cased[0].isupper() and cased.isalpha() and len(cased) <= LONGEST_CAPITALISED
