"""Texts of XML Schema datatypes: whether a text fits, and its canonical form."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType

from kg.records.fields import canonical_decimal, canonical_integer
from kg.vocabulary import XSD

_ZONE = r"(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
_DATE = r"\d{4}-\d\d-\d\d"
_TIME = r"(\d\d:\d\d:\d\d)(?:\.\d+)?"
_DAYS = r"(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
_MONTHS = r"(?:\d+Y)?(?:\d+M)?"


def fitted(text: str, datatype: str) -> str | None:
    """Return the canonical form of a text of an XML Schema datatype, or None where it does not fit.

    Datatypes of others are not checked.

    >>> fitted("007", XSD + "integer"), fitted("half an hour", XSD + "duration")
    ('7', None)
    """
    if not datatype.startswith(XSD):
        return text
    check = _CHECKS.get(datatype.removeprefix(XSD))
    return None if check is None else check(text)


def _whole(low: int | None = None, high: int | None = None) -> Callable[[str], str | None]:
    def check(text: str) -> str | None:
        found = canonical_integer(text)
        if (
            found is None
            or (low is not None and int(found) < low)
            or (high is not None and int(found) > high)
        ):
            return None
        return found

    return check


def _boolean(text: str) -> str | None:
    return {"true": "true", "1": "true", "false": "false", "0": "false"}.get(text)


def _float(text: str) -> str | None:
    if text in ("INF", "-INF", "NaN"):
        return text
    if not re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", text, re.ASCII):
        return None
    sign, digits, exponent = Decimal(text).normalize().as_tuple()
    if not isinstance(exponent, int) or not any(digits):
        return "-0.0E0" if sign else "0.0E0"
    rest = "".join(map(str, digits[1:])) or "0"
    return f"{'-' if sign else ''}{digits[0]}.{rest}E{exponent + len(digits) - 1}"


def _like(pattern: str) -> Callable[[str], str | None]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda text: text if compiled.fullmatch(text) else None


def _dated(pattern: str, read: Callable[[re.Match[str]], object]) -> Callable[[str], str | None]:
    compiled = re.compile(pattern, re.ASCII)

    def check(text: str) -> str | None:
        found = compiled.fullmatch(text)
        if found is None:
            return None
        try:
            read(found)
        except ValueError:
            return None
        return text

    return check


_CHECKS: Mapping[str, Callable[[str], str | None]] = MappingProxyType(
    {
        "string": lambda text: text,
        "normalizedString": lambda text: text if not re.search(r"[\t\r\n]", text) else None,
        "token": lambda text: (
            text if text == " ".join(text.split(" ")).strip() and "  " not in text else None
        ),
        "language": _like(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*"),
        "anyURI": _like(r"[^\s<>\"{}|\\^`]+"),
        "boolean": _boolean,
        "decimal": canonical_decimal,
        "double": _float,
        "float": _float,
        "integer": _whole(),
        "long": _whole(-(2**63), 2**63 - 1),
        "int": _whole(-(2**31), 2**31 - 1),
        "short": _whole(-(2**15), 2**15 - 1),
        "byte": _whole(-128, 127),
        "nonNegativeInteger": _whole(0),
        "positiveInteger": _whole(1),
        "nonPositiveInteger": _whole(None, 0),
        "negativeInteger": _whole(None, -1),
        "unsignedLong": _whole(0, 2**64 - 1),
        "unsignedInt": _whole(0, 2**32 - 1),
        "unsignedShort": _whole(0, 2**16 - 1),
        "unsignedByte": _whole(0, 255),
        "date": _dated(f"({_DATE}){_ZONE}", lambda found: dt.date.fromisoformat(found[1])),
        "time": _dated(f"{_TIME}{_ZONE}", lambda found: dt.time.fromisoformat(found[1])),
        "dateTime": _dated(
            f"({_DATE})T{_TIME}{_ZONE}",
            lambda found: (dt.date.fromisoformat(found[1]), dt.time.fromisoformat(found[2])),
        ),
        "dateTimeStamp": _dated(
            f"({_DATE})T{_TIME}{_ZONE.removesuffix('?')}",
            lambda found: (dt.date.fromisoformat(found[1]), dt.time.fromisoformat(found[2])),
        ),
        "gYear": _like(rf"\d{{4}}{_ZONE}"),
        "gYearMonth": _like(rf"\d{{4}}-(?:0[1-9]|1[0-2]){_ZONE}"),
        "gMonth": _like(rf"--(?:0[1-9]|1[0-2]){_ZONE}"),
        "gDay": _like(rf"---(?:0[1-9]|[12]\d|3[01]){_ZONE}"),
        "gMonthDay": _dated(
            rf"--(\d\d-\d\d){_ZONE}", lambda found: dt.date.fromisoformat(f"2000-{found[1]}")
        ),
        "duration": _like(rf"-?P(?=\d|T\d){_MONTHS}{_DAYS}"),
        "dayTimeDuration": _like(rf"-?P(?=\d|T\d){_DAYS}"),
        "yearMonthDuration": _like(rf"-?P(?=\d){_MONTHS}"),
        "hexBinary": _like(r"(?:[0-9A-Fa-f]{2})*"),
        "base64Binary": _like(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"),
    }
)
"""How each datatype is checked, by its name in XML Schema."""
