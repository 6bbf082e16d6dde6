"""IRIs made from text: one function that checks, one that percent-encodes, one that makes a slug."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import quote

from kg.graph import IRI

_UCS = "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U000efffd"
_PCHAR = rf"(?:[A-Za-z0-9._~!$&'()*+,;=:@{_UCS}-]|%[0-9A-Fa-f]{{2}})"
_HTTP_IRI = re.compile(
    rf"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{{1,5}})?(?:/{_PCHAR}*)*"
    rf"(?:\?(?:{_PCHAR}|[/?])*)?(?:#(?:{_PCHAR}|[/?])*)?"
)
_OTHER_IRI = re.compile(
    rf"[a-z][a-z0-9+.-]*:(?:{_PCHAR}|/)+(?:\?(?:{_PCHAR}|[/?])*)?(?:#(?:{_PCHAR}|[/?])*)?"
)
_SAFE = "!$&'()*+,;=:@~"


def http_iri(text: str) -> IRI | None:
    """Return the text as an IRI if it is a valid absolute http or https IRI (RFC 3987), else None.

    >>> http_iri("https://example.org/a b") is None
    True
    """
    return IRI(text) if _HTTP_IRI.fullmatch(text) else None


def absolute_iri(text: str) -> IRI | None:
    """Return the text as an IRI if it is a valid absolute one of any scheme, else None.

    >>> absolute_iri("urn:isbn:9780262033848"), absolute_iri("photo.jpg"), absolute_iri("_:b")
    (IRI('urn:isbn:9780262033848'), None, None)
    """
    if text.lower().startswith(("http:", "https:")):
        return http_iri(text)
    return IRI(text) if _OTHER_IRI.fullmatch(text) else None


def encoded(text: str) -> str:
    """Percent-encode a text as one segment of a path; every text gets its own.

    >>> encoded("a/b #1.f9")
    'a%2Fb%20%231.f9'
    """
    if text in (".", ".."):
        return text.replace(".", "%2E")
    return quote(text, safe=_SAFE)


def encoded_path(text: str) -> str:
    """Percent-encode a text as a path, slashes kept.

    >>> encoded_path("/figures/PMC1 x")
    '/figures/PMC1%20x'
    """
    return quote(text, safe=_SAFE + "/")


def part_iri(whole: str, name: str) -> IRI:
    """Return the IRI of a part of what has an IRI: its fragment, or behind the fragment that it has.

    >>> part_iri("https://example.org/figure", "a1"), part_iri("https://example.org/page#figure", "a1")
    (IRI('https://example.org/figure#a1'), IRI('https://example.org/page#figure-a1'))
    """
    return IRI(f"{whole}{'-' if '#' in whole else '#'}{name}")


def digest(*parts: str, length: int = 10) -> str:
    """Return the first hex digits of a hash of texts; the same for the same texts on any machine.

    >>> digest("gene", "AKT") == digest("gene", "AKT") != digest("geneA", "KT")
    True
    """
    return hashlib.sha1("\0".join(parts).encode(), usedforsecurity=False).hexdigest()[:length]


def slug(text: str) -> str:
    """Return a short ASCII name for a text, with a hash behind it where letters were lost.

    >>> slug("Front Cell Dev Biol"), slug("Øre & Næse").rpartition("-")[0]
    ('front-cell-dev-biol', 're-n-se')
    """
    folded = unicodedata.normalize("NFC", text).casefold()
    name = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
    lost = any(char.isalnum() and not char.isascii() for char in folded)
    return f"{name}-{digest(folded, length=8)}".lstrip("-") if lost or not name else name
