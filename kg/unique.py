"""Leaves out of record graphs what was already written: shared entities, and records met before.

Memory stays flat: a few bytes for each distinct description, everything else in a private file on disk.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterable, Iterator

from kg.graph import IRI, Description, Object, RecordGraph, Triple, fingerprint


class Unique:
    """Remembers what was written in one run."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._facts = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._facts.execute("PRAGMA journal_mode = OFF")
        self._facts.execute("CREATE TABLE block (subject INTEGER PRIMARY KEY, facts BLOB)")
        self._facts.execute("CREATE TABLE record (root INTEGER, place TEXT)")
        self._facts.execute("CREATE INDEX by_root ON record (root)")
        self._facts.execute("BEGIN")

    @property
    def entities(self) -> int:
        """How many distinct shared entities were described."""
        (count,) = self._facts.execute("SELECT count(*) FROM block").fetchone()
        return int(count)

    def earlier(self, graph: RecordGraph, place: str) -> list[str]:
        """Return the places of the records that had this root before, and remember that of this one.

        Shared entities (an organism, a term) have no record of their own in this sense.
        """
        if not graph.descriptions or graph.descriptions[0].fingerprint:
            return []
        root = fingerprint(graph.root)
        found = self._facts.execute("SELECT place FROM record WHERE root = ?", (root,)).fetchall()
        self._facts.execute("INSERT INTO record VALUES (?, ?)", (root, place))
        return [known for (known,) in found]

    def new(self, graph: RecordGraph, known: Iterable[Triple] | None = None) -> RecordGraph:
        """Return the graph without what was written before.

        `known` are the triples of earlier records with the same root, where there are any.
        """
        written = set(map(_key, known)) if known is not None else None
        found: dict[IRI, Description] = {}
        for description in graph.descriptions:
            fresh = self._fresh(description, written)
            if fresh is None:
                continue
            earlier = found.get(fresh.subject)
            found[fresh.subject] = fresh if earlier is None else _joined(earlier, fresh)
        return RecordGraph(graph.root, tuple(found.values()))

    def _fresh(self, description: Description, written: set[_Key] | None) -> Description | None:
        if not description.fingerprint:
            return description if written is None else _without(description, written)
        if description.fingerprint in self._seen:
            return None
        self._seen.add(description.fingerprint)
        return self._new_facts(description)

    def _new_facts(self, description: Description) -> Description | None:
        """Return the facts of a shared description that were not written before."""
        subject = fingerprint(description.subject)
        row = self._facts.execute("SELECT facts FROM block WHERE subject = ?", (subject,)).fetchone()
        known = set(struct.unpack(f"{len(row[0]) // 8}q", row[0])) if row else set()
        facts: dict[IRI, list[Object]] = {}
        for predicate, objects in description.facts.items():
            for value in objects:
                mark = fingerprint(predicate, repr(value))
                if mark not in known:
                    known.add(mark)
                    facts.setdefault(predicate, []).append(value)
        if facts:
            packed = struct.pack(f"{len(known)}q", *known)
            self._facts.execute("INSERT OR REPLACE INTO block VALUES (?, ?)", (subject, packed))
        return description._replace(facts=facts) if facts else None


_Key = tuple[IRI, IRI, str]


def _key(triple: Triple) -> _Key:
    """Return a triple as a key that tells an IRI from a literal of the same text."""
    return triple[0], triple[1], repr(triple[2])


def _without(description: Description, written: set[_Key]) -> Description | None:
    facts: dict[IRI, list[Object]] = {}
    for triple in description.triples():
        if _key(triple) not in written:
            facts.setdefault(triple[1], []).append(triple[2])
    return description._replace(facts=facts) if facts else None


def _joined(one: Description, other: Description) -> Description:
    facts = {predicate: list(objects) for predicate, objects in one.facts.items()}
    for predicate, objects in other.facts.items():
        known = facts.setdefault(predicate, [])
        known.extend(value for value in objects if value not in known)
    return one._replace(facts=facts)


def unique_descriptions(graphs: Iterable[RecordGraph]) -> Iterator[RecordGraph]:
    """Yield record graphs with each shared fact once; the records themselves are taken to be distinct."""
    written = Unique()
    for graph in graphs:
        yield written.new(graph)
