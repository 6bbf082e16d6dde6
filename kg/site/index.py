"""Which works name which things, as integers: figures, pathways and posts by genes, organisms and so on.

The index is made in one pass over the store. A pair (work, thing) takes about 35 bytes, with the words that
named the thing and the kinds of evidence among them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from kg import vocabulary as v
from kg.site.evidence import STRENGTHS, strength_of
from kg.site.reading import Reader
from kg.site.things import NONE, Things

if TYPE_CHECKING:
    import pyoxigraph

_QUERY = f"""SELECT ?part ?thing ?lexicon ?word {{
    ?part <{v.ABOUT}> ?thing
    OPTIONAL {{ ?part <{v.LEXICON}> ?lexicon }} OPTIONAL {{ ?part <{v.TEXT}> ?word }} }}"""
_WORKS = ("figure", "pathway", "post")
_BITS = 8
_NO_WORD = 0


class Index:
    """Pairs of a work and a thing, both ways.

    A pair is a number: pairs are sorted by work, then by thing. `thing[pair]`, `work[pair]` and
    `evidence[pair]` (a bit for each of `STRENGTHS`) say what it is.
    """

    __slots__ = (
        "_by_thing",
        "_of_thing",
        "_of_work",
        "_word_start",
        "_words",
        "_works",
        "evidence",
        "thing",
        "things",
        "vocabulary",
        "work",
    )

    def __init__(self, store: pyoxigraph.Store, reader: Reader, things: Things) -> None:
        self.things = things
        known: dict[str, int] = {"": _NO_WORD}
        rows = sorted(_packed(_rows(store, reader, things), len(things), known))
        self.vocabulary: Sequence[str] = list(known)
        self.work, self.thing = array("I"), array("I")
        self.evidence = array("B")
        self._words, self._word_start = array("I"), array("I")
        self._take(rows, len(things))
        del rows
        self._word_start.append(len(self._words))
        self._of_work = _starts(self.work, len(things))
        self._of_thing = _starts(sorted(self.thing), len(things))
        self._by_thing = _grouped(self.thing, self._of_thing)
        self._works = array("I", map(self.work.__getitem__, self._by_thing))

    def _take(self, rows: Iterable[int], size: int) -> None:
        """Take sorted rows: those of one pair become one."""
        last = -1
        for row in rows:
            pair, rest = divmod(row, _WORD_LIMIT << _BITS)
            word, strength = divmod(rest, 1 << _BITS)
            if pair != last:
                last = pair
                self.work.append(pair // size)
                self.thing.append(pair % size)
                self.evidence.append(1 << strength)
                self._word_start.append(len(self._words))
            else:
                self.evidence[-1] |= 1 << strength
            if word != _NO_WORD and (len(self._words) == self._word_start[-1] or self._words[-1] != word):
                self._words.append(word)

    # of a work

    def pairs(self, work: int) -> range:
        """Return the pairs of a work."""
        return range(self._of_work[work], self._of_work[work + 1])

    def named(self, work: int, kind: str | None = None) -> array[int]:
        """Return the things that a work names, of one kind or all, in the order of their numbers."""
        first, last = self._of_work[work], self._of_work[work + 1]
        found = self.thing[first:last]
        if kind is None:
            return found
        numbers = self.things.numbers(kind)
        return found[bisect_left(found, numbers.start) : bisect_left(found, numbers.stop)]

    # of a thing

    def count(self, thing: int, kind: str = "figure") -> int:
        """Return how many works of a kind name a thing."""
        first, last = self._among(thing, kind)
        return last - first

    def pairs_of(self, thing: int, kind: str = "figure") -> array[int]:
        """Return the pairs of a thing with works of a kind, in the order of the works."""
        first, last = self._among(thing, kind)
        return self._by_thing[first:last]

    def works(self, thing: int, kind: str = "figure") -> array[int]:
        """Return the works of a kind that name a thing, in the order of their numbers."""
        first, last = self._among(thing, kind)
        return self._works[first:last]

    def _among(self, thing: int, kind: str) -> tuple[int, int]:
        first, last = self._of_thing[thing], self._of_thing[thing + 1]
        numbers = self.things.numbers(kind)
        low = bisect_left(self._works, numbers.start, first, last)
        return low, bisect_left(self._works, numbers.stop, low, last)

    def usual_word(self, thing: int) -> str:
        """Return the word that names a thing in most works, the first in the order of texts among equals."""
        first, last = self._of_thing[thing], self._of_thing[thing + 1]
        found = Counter(word for pair in self._by_thing[first:last] for word in self.words(pair))
        return min(found, key=lambda word: (-found[word], word), default="")

    # of a pair

    def words(self, pair: int) -> list[str]:
        """Return the words that named the thing in the work, in the order of texts."""
        vocabulary = self.vocabulary
        return sorted(
            {vocabulary[word] for word in self._words[self._word_start[pair] : self._word_start[pair + 1]]}
        )

    def strongest(self, pair: int) -> str:
        """Return the strongest kind of evidence of a pair."""
        bits = self.evidence[pair]
        return STRENGTHS[(bits & -bits).bit_length() - 1]


_WORD_LIMIT = 1 << 28


def _packed(rows: Iterable[tuple[int, int, str, int]], size: int, known: dict[str, int]) -> Iterator[int]:
    """Yield each row as one integer, so that rows are sorted without a tuple for each."""
    for work, thing, text, strength in rows:
        word = known.setdefault(text, len(known))
        yield ((work * size + thing) * _WORD_LIMIT + word) << _BITS | strength


def _starts(numbers: Iterable[int], size: int) -> array[int]:
    """Return where each number starts in a sorted sequence, and its length at the end."""
    starts = array("I", bytes(array("I").itemsize * (size + 1)))
    for number in numbers:
        starts[number + 1] += 1
    total = 0
    for place, count in enumerate(starts):
        total += count
        starts[place] = total
    return starts


def _grouped(numbers: Sequence[int], starts: array[int]) -> array[int]:
    """Return the positions of a sequence, grouped by what stands there, in order within each group."""
    free = starts[:]
    grouped = array("I", bytes(array("I").itemsize * len(numbers)))
    for position, number in enumerate(numbers):
        place = free[number]
        grouped[place] = position
        free[number] = place + 1
    return grouped


def _rows(store: pyoxigraph.Store, reader: Reader, things: Things) -> Iterator[tuple[int, int, str, int]]:
    """Yield work, thing, word and strength of each mention, and of each topic that a work states."""
    number = things.number
    owners = _Owners(reader, things)
    for row in store.query(_QUERY, use_default_graph_as_union=True):  # type: ignore[union-attr]
        part, found, lexicon, word = row
        thing = number.get(found.value)
        if thing is None:
            continue
        work = owners.of(part.value)
        if work != NONE:
            strength = strength_of(None if lexicon is None else lexicon.value)
            yield work, thing, "" if word is None else word.value, strength
    yield from _recognised(reader, things)


def _recognised(reader: Reader, things: Things) -> Iterator[tuple[int, int, str, int]]:
    """Yield the organisms that a text names, as far as its record says so without a mention."""
    works = [things.numbers(kind) for kind in _WORKS]
    for taxon in things.numbers("organism"):
        for subject in reader.subjects(v.MENTIONS, things.iris[taxon]):
            work = things.number.get(subject, NONE)
            if any(work in numbers for numbers in works):
                yield work, taxon, "", len(STRENGTHS) - 1


class _Owners:
    """Finds the work that a mention belongs to; captions that were linked are not drawn, and left out."""

    def __init__(self, reader: Reader, things: Things) -> None:
        self._reader, self._number = reader, things.number
        self._ranges = [things.numbers(kind) for kind in _WORKS]
        self._figures = things.numbers("figure")
        self._pages: dict[str, int] = {}
        self._in_texts = frozenset(reader.instances(v.TEXT_MENTION))

    def of(self, part: str) -> int:
        """Return the work of a mention, or the work itself; `NONE` where it is of none."""
        work = self._number.get(part, NONE)
        if work == NONE:
            page = part.rpartition("#")[0]
            work = self._number.get(page, NONE)
            if work == NONE:
                work = self._pages[page] if page in self._pages else self._looked_up(page, part)
            if work in self._figures and part in self._in_texts:
                return NONE
        return work if any(work in numbers for numbers in self._ranges) else NONE

    def _looked_up(self, page: str, part: str) -> int:
        """Follow `schema:isPartOf` to a work: all parts of one page belong to the same one."""
        work, seen = NONE, {part}
        while work == NONE:
            part = min(self._reader.wholes(part), default=part)
            if part in seen:
                break
            seen.add(part)
            work = self._number.get(part, NONE)
        if page:
            self._pages[page] = work
        return work
