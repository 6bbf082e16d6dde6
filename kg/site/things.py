"""Every thing that has a page, as a number: kind after kind, and within a kind in the order of the keys."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping

from kg import vocabulary as v
from kg.graph import IRI
from kg.site.kinds import KINDS
from kg.site.reading import Reader

NONE = -1
"""In an array of numbers: there is no such thing."""

_NAMES = tuple(KINDS)
_DIGITS = re.compile(r"\d+", re.ASCII)


def natural(key: str) -> tuple[str, str]:
    """Return what keys are sorted by: numbers by their value.

    >>> sorted(["10", "9", "PMC9", "PMC10"], key=natural)
    ['9', '10', 'PMC9', 'PMC10']
    """
    return _DIGITS.sub(lambda found: f"{len(found[0]):04}{found[0]}", key), key


class Things:
    """The things of a store.

    `iris`, `keys` and `labels` are by number; `number` is the way back from an IRI; `first[kind]` is where
    the numbers of a kind start, and `last[kind]` where they end (one more than the last); `unnamed` are the
    things without a name in the graph: their label is made of a word that stands for them, and their key.
    """

    __slots__ = ("_kind", "first", "iris", "keys", "labels", "last", "number", "unnamed")

    def __init__(self, reader: Reader) -> None:
        self.iris: list[str] = []
        self.keys: list[str] = []
        self.number: dict[str, int] = {}
        self.first: dict[str, int] = {}
        self.last: dict[str, int] = {}
        identifiers = _figids(reader)
        for kind in KINDS.values():
            self.first[kind.name] = len(self.iris)
            found = {iri for name in kind.classes for iri in reader.instances(name)} - self.number.keys()
            for key, iri in sorted(
                _keyed(found, lambda iri, kind=kind: kind.key(iri, identifiers.get(iri))),  # type: ignore[misc]
                key=lambda pair: natural(pair[0]),
            ):
                self.number[iri] = len(self.iris)
                self.iris.append(iri)
                self.keys.append(key)
            self.last[kind.name] = len(self.iris)
        self._kind = bytes(place for place, kind in enumerate(_NAMES) for _ in self.numbers(kind))
        self.unnamed: set[int] = set()
        self.labels = self._named(reader)

    def __len__(self) -> int:
        return len(self.iris)

    def numbers(self, kind: str) -> range:
        """Return the numbers of a kind."""
        return range(self.first[kind], self.last[kind])

    def kind(self, number: int) -> str:
        """Return the kind of a thing."""
        return _NAMES[self._kind[number]]

    def by_key(self, kind: str) -> dict[str, int]:
        """Return the number of each key of a kind."""
        return {self.keys[number]: number for number in self.numbers(kind)}

    def _named(self, reader: Reader) -> list[str]:
        """Return the name of each thing: of a paper without one, the title in its citation."""
        names = self._first_texts(reader, v.NAME)
        for number, text in enumerate(self._first_texts(reader, v.DCTERMS_CITATION)):
            if text and not names[number]:
                names[number] = _title(text)
        return names

    def _first_texts(self, reader: Reader, predicate: IRI) -> list[str]:
        found = [""] * len(self.iris)
        journals = self.numbers("journal")
        for subject, text in reader.values(predicate):
            number = self.number.get(subject)
            if number is not None:
                found[number] = _better(found[number], text, longer=number in journals)
        return found

    def name_the_rest(self, words: Callable[[int], str]) -> None:
        """Name the things without a name: by the word that stands for each, if there is one, and the key."""
        for kind in KINDS:
            for number in self.numbers(kind):
                if not self.labels[number]:
                    self.unnamed.add(number)
                    code, word = _curie(self.keys[number], kind), words(number)
                    self.labels[number] = f"{word} ({code})" if word else code


def _better(old: str, new: str, *, longer: bool) -> str:
    """Return the name to show of two: that of a journal in full, else the first in the order of texts."""
    if not old:
        return new
    return min(old, new, key=lambda name: (-len(name) if longer else 0, name))


def _title(citation: str) -> str:
    """Return the title at the start of a citation, or its start."""
    head = citation.split(". ", 1)[0].strip()
    return head if 10 <= len(head) <= 300 else citation[:120].strip()


def _curie(key: str, kind: str) -> str:
    namespace = KINDS[kind].namespace
    return f"{namespace.prefix}:{key}" if kind == "gene" and namespace and key.isdigit() else key


def _keyed(iris: set[str], key: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Yield key and IRI; of two things with one key, the later in the order of IRIs is named by its IRI."""
    taken: set[str] = set()
    for iri in sorted(iris):
        name = key(iri)
        if name in taken or not name:
            name = iri
        taken.add(name)
        yield name, iri


def _figids(reader: Reader) -> dict[str, str]:
    """Return the figid of each figure; the first where it has several."""
    found: dict[str, str] = {}
    figures = set(reader.instances(v.FIGURE))
    for subject, text in reader.values(v.IDENTIFIER):
        if subject in figures:
            found[subject] = min(found.get(subject, text), text)
    return found


def one_of_each(number: Mapping[str, int], size: int, pairs: Iterable[tuple[str, str]]) -> array[int]:
    """Return the thing that each thing leads to; the first by number where there are several."""
    found = array("i", [NONE]) * size
    for subject, value in pairs:
        one, other = number.get(subject), number.get(value)
        if one is not None and other is not None:
            found[one] = other if found[one] == NONE else min(found[one], other)
    return found
