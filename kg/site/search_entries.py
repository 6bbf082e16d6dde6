"""What the search of a site finds: an entry for each thing with a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kg import vocabulary as v
from kg.graph import IRI
from kg.site.addresses import Address, page
from kg.site.evidence import STRENGTHS
from kg.site.facts import Facts
from kg.site.kinds import ENTITIES, KINDS
from kg.site.search_index import Entry
from kg.site.things import NONE

_OF_FAMILIES = 1 << STRENGTHS.index("family")
_CURATED = 150
"""The weight of pathways and posts, and of a figure of the year 2050: written by people, so shown early."""


def entries(facts: Facts) -> Iterator[Entry]:
    """Yield the entries of all things with a page, kind after kind.

    A thing is found whole by its name, key and identifiers, by its other names, and by the words that named
    it in figures, as far as these are no names of families; and by each word of its name.
    """
    identifiers = _texts(facts, (v.IDENTIFIER, v.TERM_CODE))
    others = _texts(facts, (v.ALTERNATE_NAME, v.NAME))
    for kind in KINDS:
        if kind in facts.shown:
            for number in facts.things.numbers(kind):
                aliases = [*others.get(number, ()), *(_words(facts, number) if kind in ENTITIES else ())]
                yield _entry(facts, kind, number, identifiers.get(number, ()), aliases)


def _entry(facts: Facts, kind: str, number: int, identifiers: Sequence[str], aliases: Sequence[str]) -> Entry:
    things = facts.things
    key, label = things.keys[number], things.labels[number]
    weight, remark = _weight(facts, kind, number), _remark(facts, kind, number)
    plain = (name.rpartition(":")[2] for name in (key, *identifiers))
    species = "" if facts.taxon[number] == NONE else things.labels[facts.taxon[number]]
    names = dict.fromkeys((label, key, *identifiers, *plain))
    return Entry(
        kind,
        key,
        page(Address(kind, key)),
        label,
        remark,
        weight,
        tuple(names),
        tuple(dict.fromkeys(name for name in aliases if name not in names)),
        f"{label} {species}",
    )


def _texts(facts: Facts, predicates: Iterable[IRI]) -> dict[int, list[str]]:
    """Return the texts of predicates by thing, in the order of texts."""
    found: dict[int, set[str]] = {}
    numbers = facts.things.number
    for predicate in predicates:
        for subject, text in facts.reader.values(predicate):
            number = numbers.get(subject)
            if number is not None:
                found.setdefault(number, set()).add(text)
    return {number: sorted(texts) for number, texts in found.items()}


def _words(facts: Facts, number: int) -> list[str]:
    """Return the words that named a thing as itself, in the order of texts."""
    index = facts.index
    pairs = (pair for pair in index.pairs_of(number) if not index.evidence[pair] & _OF_FAMILIES)
    return sorted({word for pair in pairs for word in index.words(pair)})


def _weight(facts: Facts, kind: str, number: int) -> int:
    """Return how early a thing is shown: by its figures, by its year."""
    if kind in ("pathway", "post"):
        return _CURATED
    if kind in ("figure", "paper"):
        year = (facts.year_of(number) if kind == "figure" else facts.year[number]) or 0
        return max(0, year - 1900)
    return facts.index.count(number)


def _remark(facts: Facts, kind: str, number: int) -> str:
    """Return what tells a thing from others of its name."""
    if kind == "figure":
        return _joined(facts.year_of(number), facts.things.keys[number])
    if kind == "paper":
        journal = facts.journal[number]
        return _joined(facts.year[number], "" if journal == NONE else facts.things.labels[journal])
    taxon, count = facts.taxon[number], facts.index.count(number)
    drawn = f"{count:,} figure{'' if count == 1 else 's'}" if count else ""
    return _joined("" if taxon == NONE else facts.things.labels[taxon], facts.things.keys[number], drawn)


def _joined(*parts: object) -> str:
    return " · ".join(str(part) for part in parts if part)
