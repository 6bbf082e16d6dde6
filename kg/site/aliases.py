"""Other names of things, which lead to their pages: aliases, and addresses that records redirect from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from kg import vocabulary as v
from kg.site.addresses import Address, page
from kg.site.facts import Facts

_KINDS = ("figure", "pathway")
_PLAIN = re.compile(r"[A-Za-z0-9._~=/-]+", re.ASCII)


def aliases(facts: Facts) -> Iterator[tuple[str, Address]]:
    """Yield path and page of each alias, in the order of kinds and aliases.

    Each stands as file names are made (`PMC12__F1~~1`), and also as it is where that needs no escape. A name
    that several things share, or that is the key of another one, leads nowhere.
    """
    for kind in _KINDS:
        if kind in facts.shown:
            keys = set(facts.things.keys[facts.things.first[kind] : facts.things.last[kind]])
            for name, numbers in sorted(_names(facts, kind).items()):
                if len(numbers) == 1 and name not in keys:
                    target = Address(kind, facts.things.keys[min(numbers)])
                    for path in dict.fromkeys((page(Address(kind, name)), f"{kind}/{name}")):
                        if _PLAIN.fullmatch(path):
                            yield path, target


def _names(facts: Facts, kind: str) -> dict[str, set[int]]:
    """Return the things of each other name."""
    found: dict[str, set[int]] = {}
    numbers = facts.things.numbers(kind)
    for predicate, read in ((v.ALTERNATE_NAME, str), (v.SAME_AS, _last_segment)):
        for subject, value in facts.reader.values(predicate):
            number = facts.things.number.get(subject)
            name = read(value)
            if number is not None and number in numbers and name:
                found.setdefault(name, set()).add(number)
    return found


def _last_segment(iri: str) -> str:
    """Return the last part of the path of an address, without `.html`.

    >>> _last_segment("https://pfocr.wikipathways.org/figures/PMC12__F1.html")
    'PMC12__F1'
    """
    return unquote(urlsplit(iri).path.rstrip("/").rpartition("/")[2]).removesuffix(".html")
