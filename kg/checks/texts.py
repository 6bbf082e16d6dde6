"""Looks at texts for letters that are not what they seem: look-alikes, garbled encodings, markup.

>>> look_alikes("\u0410\u041a\u0422"), look_alikes("NF-κB"), look_alikes("TNF-α")
('AKT', None, None)
>>> garbled("NF-Œ∫B"), garbled("na\u00c3\u00afve"), garbled("the root √π"), garbled("Île de Ré")
(('Œ∫', 'κ'), ('Ã¯', 'ï'), None, None)
>>> garbled("TGF-\u00c3\u017d\u00c2\u00b2")
('ÃŽÂ²', 'β')
>>> markup("TNF-&alpha;"), markup("p < 0.05 & n > 3")
('&alpha;', None)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from types import MappingProxyType

_CYRILLIC: Mapping[str, str] = dict(
    zip("АВЕЅІЈКМНОРСТХаеорсухіјѕԁԛԝ", "ABESIJKMHOPCTXaeopcyxijsdqw", strict=True)
)
_GREEK: Mapping[str, str] = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo", strict=True))
_LATIN: Mapping[str, str] = MappingProxyType({**_CYRILLIC, **_GREEK})
"""Letters that look like Latin ones, each with the one that it looks like."""

_ANY_LOOK_ALIKE = re.compile(f"[{''.join(_LATIN)}]")
_WORD = re.compile(r"[^\W_]+")


def look_alikes(text: str) -> str | None:
    """Return the text with Latin letters for those that only look so, or None where there is no such letter.

    A Greek letter counts in a word that has Latin letters too, or nothing but look-alikes (and more than
    one): `NF-κB` and a lone `Α` are as they should be.
    """
    if not _ANY_LOOK_ALIKE.search(text):
        return None
    fixed = _WORD.sub(lambda found: _latin(found.group()), text)
    return None if fixed == text else fixed


def _latin(word: str) -> str:
    letters = [char for char in word if char.isalpha()]
    strange = [char for char in letters if char in _LATIN]
    latin = sum("LATIN" in unicodedata.name(char, "") for char in letters)
    greek_only = all(char in _GREEK for char in strange)
    if not strange or (greek_only and not latin and (len(strange) < len(letters) or len(letters) < 2)):
        return word
    return "".join(_LATIN.get(char, char) for char in word)


_ENCODINGS = ("cp1252", "mac_roman")
_PLAUSIBLE = re.compile("[\u00a0-\u017f\u0370-\u03ff\u1e00-\u22ff\u25a0-\u26ff\ufb00-\ufb06]+")
"""What garbled characters stand for in English texts: accents, Greek, punctuation, arrows, symbols."""


_TWO, _THREE = b"\xc2\xc3\xc4\xc5\xcd\xce\xcf", b"\xe1\xe2\xef"
"""The first bytes of those, where they have two and three bytes in UTF-8."""

_REST = bytes(range(0x80, 0xC0))


def _garbled_pattern(encoding: str) -> re.Pattern[str]:
    two, three, rest = (re.escape(part.decode(encoding, "ignore")) for part in (_TWO, _THREE, _REST))
    return re.compile(f"(?:[{two}][{rest}]|[{three}][{rest}]{{2}})+")


_PATTERNS = tuple((encoding, _garbled_pattern(encoding)) for encoding in _ENCODINGS)
_REPLACEMENT = "\ufffd"
_STARTS = frozenset("".join([_REPLACEMENT, *((_TWO + _THREE).decode(encoding) for encoding in _ENCODINGS)]))
"""What garbled characters start with."""

_ASCII = bytes(range(128))


def garbled(text: str) -> tuple[str, str] | None:
    """Return characters that were garbled by a wrong encoding, with what they were, or None.

    A replacement character (U+FFFD) is found too; what it was is not known.
    """
    rest = text.encode("utf-8", "surrogatepass").translate(None, _ASCII)
    if not rest or _STARTS.isdisjoint(rest.decode("utf-8", "surrogatepass")):
        return None
    return next(_garbled(text), None)


def _garbled(text: str) -> Iterator[tuple[str, str]]:
    for encoding, pattern in _PATTERNS:
        for found in pattern.finditer(text):
            meant = found.group().encode(encoding).decode("utf-8", "ignore")
            root = found.group().startswith("√") and not text[: found.start()][-1:].isalpha()
            if _PLAUSIBLE.fullmatch(meant) and not root:
                again = garbled(meant)
                yield found.group(), meant.replace(*again) if again else meant
    if _REPLACEMENT in text:
        yield _REPLACEMENT, "a character that is lost"


_MARKUP = re.compile(
    r"&(?:[A-Za-z]{2,8}|#[0-9]{2,5}|#x[0-9A-Fa-f]{2,5});"
    r"|</?(?:a|b|bold|br|em|i|italic|p|sc|span|strong|sub|sup|u|xref)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)


def markup(text: str) -> str | None:
    """Return the first HTML entity or tag of a text, or None."""
    if "&" not in text and "<" not in text:
        return None
    found = _MARKUP.search(text)
    return found.group() if found else None
