"""Leaves out of record graphs what was already written: shared entities, and records met before.

Memory stays flat: what was written of each subject is kept, as hashes, in a private file on disk; in memory
stand the fingerprints of many descriptions that were met, in a table of fixed size, and a filter that tells
most subjects as new without a look into the file.
"""

from __future__ import annotations

import sqlite3
import struct
import weakref
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from kg.graph import IRI, Description, Object, RecordGraph, Triple, marks

_MET = 1 << 17
"""So many fingerprints are kept, in 1 MB: of those with the same low bits the last one that was met."""

_PENDING = 512
_FILTER_BITS = 1 << 24
_NONE = array("q", [0])
"""Stands for a table of fingerprints that holds none: no fingerprint is 0."""


def left(
    graph: RecordGraph,
    choose: Callable[[int, Description], Description | None],
    known: Iterable[Triple] | None = None,
    met: array[int] = _NONE,
) -> RecordGraph:
    """Return the graph with what `choose` leaves of each shared description, by its number in the graph.

    Shared ones are left out where `met` holds their fingerprint, at the place that its low bits tell (its
    size is a power of two). The record's own descriptions stay, but for `known` triples; those of one subject
    become one.
    """
    low = len(met) - 1
    written = set(map(_key, known)) if known is not None else None
    found: dict[IRI, Description] = {}
    for number, description in enumerate(graph.descriptions):
        subject, _, fingerprint = description
        if not fingerprint:
            fresh = description if written is None else _without(description, written)
        elif met[fingerprint & low] == fingerprint:
            continue
        else:
            fresh = choose(number, description)
        if fresh is not None:
            found[subject] = _joined(found[subject], fresh) if subject in found else fresh
    return RecordGraph(graph.root, tuple(found.values()))


class Unique:
    """Remembers what was written in one run."""

    def __init__(self) -> None:
        self._met = array("q", bytes(8 * _MET))
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
        return left(graph, self._new_facts, known, self._met)

    def _new_facts(self, _: int, description: Description) -> Description | None:
        """Return the facts of a shared description that were not written before."""
        fingerprint, facts = description.fingerprint, description.facts
        self._met[fingerprint & (_MET - 1)] = fingerprint
        new = self._facts.new(hash(description.subject), marks(facts))
        if new is None:
            return description.saying(facts)
        return only(description, new) if new else None


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

    def new(self, subject: int, numbers: list[int]) -> Sequence[int] | None:
        """Return the places of the facts (given as hashes) that were not said of a subject; add these.

        None stands for all the facts of a subject that is new.
        """
        known, said = self._known(subject), struct.pack(f"{len(numbers)}q", *numbers)
        if known is None:
            self.subjects += 1
            self._keep(subject, said)
            return None
        if known == said:
            return ()
        hashes = set(struct.unpack(f"{len(known) // 8}q", known))
        new = [place for place, number in enumerate(numbers) if number not in hashes]
        if new:
            self._keep(subject, known + struct.pack(f"{len(new)}q", *[numbers[place] for place in new]))
        return new

    def _known(self, subject: int) -> bytes | None:
        """Return the hashes of what was said of a subject, or None where it is new."""
        if self._is_new(subject):
            return None
        packed = self._pending.get(subject)
        if packed is None:
            row = self._file.execute("SELECT facts FROM block WHERE subject = ?", (subject,)).fetchone()
            packed = row and row[0]
        return packed

    def _keep(self, subject: int, packed: bytes) -> None:
        """Keep the hashes of what was said of a subject."""
        pending = self._pending
        pending[subject] = packed
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
