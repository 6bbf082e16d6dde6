"""Content negotiation by RFC 9110, sections 12.4.2, 12.5.1 and 12.5.3: q-values, wildcards, specificity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

_MOST = 100
"""How many ranges of a header are read."""
_ITEM = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')
_PART = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*"?)+')
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_QUALITY = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?")
_HINTS = frozenset({"profile", "version"})
"""Parameters of media types that ask for more than we tell apart; they choose nothing here."""


class Range(NamedTuple):
    """One element of an `Accept` header, in lower case."""

    type: str
    subtype: str
    parameters: Mapping[str, str]
    quality: float

    def specificity(self, media_type: str) -> int:
        """Return how closely it names a media type: 0 if not at all, 3 where it is named."""
        type_, _, subtype = media_type.partition("/")
        if self.type == "*":
            return 1
        if self.type != type_:
            return 0
        if self.subtype == "*":
            return 2
        return 3 if self.subtype == subtype and self._ours() else 0

    def _ours(self) -> bool:
        rest = {name: value for name, value in self.parameters.items() if name not in _HINTS}
        return rest in ({}, {"charset": "utf-8"}, {"charset": "utf8"})


def ranges(header: str) -> tuple[Range, ...]:
    """Return the ranges of an `Accept` header; what is malformed is left out.

    >>> [(found.type, found.quality) for found in ranges("text/*;q=0.5, */*;q=0, bad, *")]
    [('text', 0.5), ('*', 0.0), ('*', 1.0)]
    """
    return tuple(found for item in _split(_ITEM, header) if (found := _range(item)) is not None)


def _split(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    for place, found in enumerate(pattern.finditer(text)):
        if place >= _MOST:
            return
        if found.group().strip():
            yield found.group().strip()


def _range(item: str) -> Range | None:
    first, *rest = _split(_PART, item)
    type_, slash, subtype = (part.strip().lower() for part in first.partition("/"))
    if (type_, slash) == ("*", ""):  # the default of Java's client, `*; q=.2`
        subtype = "*"
    if not (_TOKEN.fullmatch(type_) and _TOKEN.fullmatch(subtype)) or (type_ == "*" and subtype != "*"):
        return None
    parameters, quality = dict[str, str](), 1.0
    for part in rest:
        name, _, value = (piece.strip().lower() for piece in part.partition("="))
        if name == "q":
            found = _quality(value)
            if found is None:
                return None
            quality = found
            break
        parameters[name] = value.strip('"')
    return Range(type_, subtype, parameters, quality)


def _quality(text: str) -> float | None:
    if text.startswith("."):
        text = "0" + text
    return float(text) if _QUALITY.fullmatch(text) else None


def quality(accepted: Sequence[Range], media_type: str) -> tuple[float, int]:
    """Return the q-value of a media type and how closely it was named; the closest range counts.

    >>> quality(ranges("text/*;q=0.3, text/turtle;q=0"), "text/turtle")
    (0.0, 3)
    """
    found = [(near, item.quality) for item in accepted if (near := item.specificity(media_type))]
    if not found:
        return 0.0, 0
    nearest = max(near for near, _ in found)
    return max(value for near, value in found if near == nearest), nearest


def best(header: str | None, offers: Sequence[str]) -> str | None:
    """Return the media type that suits a client best, None where none does.

    Without the header, or with one in which nothing can be read, the first offer is taken. Among equals what
    was named goes before what a wildcard stands for, and then our own order counts.

    >>> best("text/turtle;q=0.1, text/html", ["text/turtle", "text/html"])
    'text/html'
    >>> best("application/pdf", ["text/html"]) is None
    True
    """
    accepted = ranges(header) if header is not None else ()
    if not accepted:
        return offers[0] if offers else None
    chosen = max(offers, key=lambda offer: quality(accepted, offer), default=None)
    return chosen if chosen is not None and quality(accepted, chosen)[0] > 0 else None


def takes_gzip(header: str | None) -> bool:
    """Say whether a client takes gzip, by its `Accept-Encoding`.

    >>> takes_gzip("br, gzip;q=0.5"), takes_gzip("*;q=0"), takes_gzip("identity")
    (True, False, False)
    """
    values = dict(_codings(_split(_ITEM, header or "")))
    return values.get("gzip", values.get("x-gzip", values.get("*", 0.0))) > 0


def _codings(items: Iterable[str]) -> Iterator[tuple[str, float]]:
    for item in items:
        name, *rest = (part.strip().lower() for part in item.split(";"))
        weights = [part[2:].strip() for part in rest if part.startswith("q=")]
        value = _quality(weights[0]) if weights else 1.0
        if value is not None:
            yield name, value
