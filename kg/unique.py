"""Leaves out of record graphs what was already written: shared entities, and records met before.

Memory stays flat: what was written of each subject is kept, as hashes, in a private file on disk; in memory
stand a bounded number of recent descriptions, and a filter that tells most subjects as new without a look
into the file.
"""

from __future__ import annotations

import sqlite3
import struct
import weakref
from collections.abc import Callable, Collection, Container, Iterable, Iterator

from kg.graph import IRI, Description, Object, RecordGraph, Triple, marks
from kg.recent import Recent

_RECENT = 1 << 14
_PENDING = 512
_FILTER_BITS = 1 << 24


def left(
    graph: RecordGraph,
    choose: Callable[[int, Description], Description | None],
    known: Iterable[Triple] | None = None,
    recent: Container[int] = (),
) -> RecordGraph:
    """Return the graph with what `choose` leaves of each shared description, by its number in the graph.

    Shared ones with a `recent` fingerprint are left out. Its own descriptions stay, but for `known` triples;
    those of one subject become one.
    """
    written = set(map(_key, known)) if known is not None else None
    found: dict[IRI, Description] = {}
    for number, description in enumerate(graph.descriptions):
        subject, _, fingerprint = description
        if not fingerprint:
            fresh = description if written is None else _without(description, written)
        elif fingerprint in recent:
            continue
        else:
            fresh = choose(number, description)
        if fresh is not None:
            found[subject] = _joined(found[subject], fresh) if subject in found else fresh
    return RecordGraph(graph.root, tuple(found.values()))


class Unique:
    """Remembers what was written in one run."""

    def __init__(self) -> None:
        self._recent = Recent[int, bool](_RECENT)
        self._facts = FactFile()

    @property
    def entities(self) -> int:
        """How many distinct shared entities were described."""
        return self._facts.subjects

    def earlier(self, graph: RecordGraph, place: str) -> list[str]:
        """Return the places of the records that had this root before, and remember that of this one.

        Shared entities (an organism, a term) have no record of their own in this sense.
        """
        if not graph.descriptions or graph.descriptions[0].fingerprint:
            return []
        return self._facts.record(hash(graph.root), place)

    def new(self, graph: RecordGraph, known: Iterable[Triple] | None = None) -> RecordGraph:
        """Return the graph without what was written before.

        `known` are the triples of earlier records with the same root, where there are any.
        """
        return left(graph, self._new_facts, known, self._recent.values)

    def _new_facts(self, _: int, description: Description) -> Description | None:
        """Return the facts of a shared description that were not written before."""
        if self._recent.get(description.fingerprint):
            return None
        self._recent.keep(description.fingerprint, True)  # that it was met is all there is to keep
        subject, facts = hash(description.subject), description.facts
        numbers = marks(facts)
        known = self._facts.known(subject)
        if not known:
            self._facts.subjects += 1
            self._facts.add(subject, numbers)
            return description.saying(facts)
        new = [place for place, number in enumerate(numbers) if number not in known]
        if not new:
            return None
        self._facts.add(subject, [*known, *(numbers[place] for place in new)])
        return only(description, new)


class FactFile:
    """Hashes of the facts of each subject, and where each record stood, in a private file."""

    def __init__(self) -> None:
        self.subjects = 0
        self._filter = bytearray(b"\0" * (_FILTER_BITS >> 3))
        self._pending: dict[int, bytes] = {}
        self._places: list[tuple[int, str]] = []
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        weakref.finalize(self, self._file.close)
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("PRAGMA cache_size = -1024")
        self._file.execute("CREATE TABLE block (subject INTEGER PRIMARY KEY, facts BLOB)")
        self._file.execute("CREATE TABLE record (root INTEGER, place TEXT)")
        self._file.execute("CREATE INDEX by_root ON record (root)")
        self._file.execute("BEGIN")

    def known(self, subject: int) -> set[int]:
        """Return the hashes of the facts that were written of a subject."""
        if self._is_new(subject):
            return set()
        packed = self._pending.get(subject)
        if packed is None:
            row = self._file.execute("SELECT facts FROM block WHERE subject = ?", (subject,)).fetchone()
            if row is None:
                return set()
            packed = row[0]
        return set(struct.unpack(f"{len(packed) // 8}q", packed))

    def add(self, subject: int, numbers: list[int]) -> None:
        """Set the hashes of the facts that were written of a subject."""
        pending = self._pending
        pending[subject] = struct.pack(f"{len(numbers)}q", *numbers)
        if len(pending) >= _PENDING:
            self._file.executemany("INSERT OR REPLACE INTO block VALUES (?, ?)", pending.items())
            pending.clear()

    def record(self, root: int, place: str) -> list[str]:
        """Return the places of the records with this root, and add one."""
        found = []
        is_new = self._is_new(root)
        if not is_new or len(self._places) >= _PENDING:
            self._file.executemany("INSERT INTO record VALUES (?, ?)", self._places)
            self._places.clear()
        if not is_new:
            rows = self._file.execute("SELECT place FROM record WHERE root = ?", (root,))
            found = [known for (known,) in rows]
        self._places.append((root, place))
        return found

    def _is_new(self, number: int) -> bool:
        """Say whether a subject was certainly not met before, and remember it (a Bloom filter)."""
        one, two = number % _FILTER_BITS, (number >> 24) % _FILTER_BITS
        bits = self._filter
        if bits[one >> 3] >> (one & 7) & 1 and bits[two >> 3] >> (two & 7) & 1:
            return False
        bits[one >> 3] |= 1 << (one & 7)
        bits[two >> 3] |= 1 << (two & 7)
        return True


def _pairs(description: Description) -> Iterator[tuple[IRI, Object]]:
    for predicate, objects in description.facts.items():
        for value in objects:
            yield predicate, value


def only(description: Description, places: Collection[int]) -> Description:
    """Return a description with those of its facts that stand at some places, counted from 0."""
    facts: dict[IRI, list[Object]] = {}
    for place, (predicate, value) in enumerate(_pairs(description)):
        if place in places:
            facts.setdefault(predicate, []).append(value)
    return description.saying(facts)


_Key = tuple[IRI, IRI, Object, bool]


def _key(triple: Triple) -> _Key:
    """Return a triple as a key that tells an IRI from a literal of the same text."""
    return *triple, type(triple[2]) is IRI


def _without(description: Description, written: set[_Key]) -> Description | None:
    facts: dict[IRI, list[Object]] = {}
    for triple in description.triples():
        if _key(triple) not in written:
            facts.setdefault(triple[1], []).append(triple[2])
    return description.saying(facts) if facts else None


def _joined(one: Description, other: Description) -> Description:
    facts = {predicate: list(objects) for predicate, objects in one.facts.items()}
    for predicate, objects in other.facts.items():
        known = facts.setdefault(predicate, [])
        known.extend(value for value in objects if value not in known)
    return one.saying(facts)
