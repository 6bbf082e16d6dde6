"""Content negotiation by RFC 9110 (section 12.5.1) in the words of nginx and of Apache.

Neither compares the q-values of files that it finds by name alone: `map` of nginx and `RewriteCond` of Apache
see text. So the weight of each of our types is taken from the header by regular expressions, the most
specific range first (`text/turtle`, `text/*`, `*/*`), written with leading and trailing zeros so that the
order of texts is the order of numbers, and then compared as text. Where weights are equal HTML comes before
Turtle before JSON-LD.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Form(NamedTuple):
    """One form of a page: its short name, its media type and the suffix of its file."""

    name: str
    media_type: str
    suffix: str


FORMS = (
    Form("html", "text/html", ".html"),
    Form("ttl", "text/turtle", ".ttl"),
    Form("jsonld", "application/ld+json", ".jsonld"),
)
"""The forms of a page, the preferred one first."""

_QVALUE = r"[01](?:\.[0-9]{0,3})?|\.[0-9]{1,3}"
"""A weight of RFC 9110, and the `.2` that old Java clients send."""
_START, _END = r"(?:^|,)\s*", r"\s*(?:;[^,]*)?(?:,|$)"
_WEIGHT = r"\s*(?:;[^,]*?)?;\s*q\s*=\s*"


def ranges(form: Form) -> Iterator[tuple[str, str]]:
    """Yield the media ranges that take a form, the most specific first.

    Each is a pair of regular expressions: one for the range with a weight (which is to be captured after it),
    one for the range without.
    """
    family = form.media_type.partition("/")[0]
    for text in (re.escape(form.media_type).replace(r"\-", "-"), rf"{family}/\*", r"\*(?:/\*)?"):
        yield f"{_START}{text}{_WEIGHT}", f"{_START}{text}{_END}"


def greater(separator: str) -> str:
    r"""Return a regular expression for two weights of which the first is greater; `kg_c` is what they share.

    >>> found = greater(">").replace("(?<", "(?P<").replace(r"\k<kg_c>", "(?P=kg_c)")
    >>> [bool(re.search(found, text)) for text in ("0.9000>0.85000", "1.000>0.9000", "0.8000>0.8000")]
    [True, True, False]
    """
    digits = [rf"{digit}[0-9.]*{separator}\k<kg_c>[0-{digit - 1}]" for digit in range(1, 10)]
    return rf"^(?<kg_c>[0-9.]*)(?:{'|'.join(digits)})"


def nginx_maps() -> Iterator[str]:
    """Yield the maps that set `$kg_ext` to the suffix of the form to send, or to `none`.

    `$kg_html_only` is the same for a page that has no other form.
    """
    for form in FORMS:
        yield f"map $http_accept $kg_q_{form.name} {{"
        yield "    default 0;"
        yield '    "" 1;'
        for weighted, plain in ranges(form):
            yield f'    "~*{weighted}(?<kg_w>{_QVALUE})" $kg_w;'
            yield f'    "~*{plain}" 1;'
        yield "}"
        yield f"map $kg_q_{form.name} $kg_n_{form.name} {{"
        yield "    default 0.000;"
        yield "    ~^1 1.000;"
        yield '    "~^0?(?<kg_d>\\.[0-9]*)" 0${kg_d}000;'
        yield "}"
    for first, second in (("ttl", "html"), ("jsonld", "html"), ("jsonld", "ttl")):
        yield f'map "$kg_n_{first}>$kg_n_{second}" $kg_{first}_before_{second} {{'
        yield "    default 0;"
        yield f'    "~{greater(">")}" 1;'
        yield "}"
    yield 'map "$kg_n_html$kg_n_ttl$kg_n_jsonld" $kg_none {'
    yield "    default 0;"
    yield "    ~^[0.]+$ 1;"
    yield "}"
    yield "map $kg_n_html $kg_html_only {"
    yield "    default .html;"
    yield "    ~^[0.]+$ none;"
    yield "}"
    yield 'map "$kg_none$kg_ttl_before_html$kg_jsonld_before_html$kg_jsonld_before_ttl" $kg_ext {'
    yield "    default .html;"
    yield "    ~^1 none;"
    yield "    ~^010|^0110 .ttl;"
    yield "    ~^001|^0111 .jsonld;"
    yield "}"


def apache_lines() -> Iterator[str]:
    """Yield the `SetEnvIf` lines that set `kg_n_html`, `kg_n_ttl` and `kg_n_jsonld` to the weights."""
    for form in FORMS:
        weight = f"kg_q_{form.name}"
        yield f'SetEnvIf Accept "^$" {weight}=1'
        for weighted, plain in reversed(list(ranges(form))):  # a later line overrides an earlier one
            yield f'SetEnvIfNoCase Accept "{plain}" {weight}=1'
            yield f'SetEnvIfNoCase Accept "{weighted}({_QVALUE})" {weight}=$1'
        yield f'SetEnvIf Request_Method "." kg_n_{form.name}=0.000'
        yield f'SetEnvIf {weight} "^1" kg_n_{form.name}=1.000'
        yield f'SetEnvIf {weight} "^0?(\\.[0-9]+)" kg_n_{form.name}=0$1000'
