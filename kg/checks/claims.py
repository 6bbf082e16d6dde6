"""What records claim about things that others claim too, kept in a private file on disk.

A claim says that a key (an alias, a gene, a paper) has a value (a figure, a symbol, a year). Where a key
ends up with several values, the records cannot all be right.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

_PENDING = 1 << 14


class Variant(NamedTuple):
    """One value of a key: as first written, where (a text that the caller made), in how many records."""

    shown: str
    place: str
    times: int
    number: int


class Conflict(NamedTuple):
    """A key with several values, the one with the most records first, then in the order of the run."""

    code: str
    key: str
    variants: tuple[Variant, ...]


@dataclass(slots=True)
class _Claim:
    """A claim that is not written yet."""

    shown: str
    place: str | tuple[object, ...]
    number: int
    times: int = 1


class Claims:
    """The claims of one run. In memory stand the recent ones; on disk each has a hash as its key."""

    def __init__(self) -> None:
        self._pending: dict[tuple[str, str, str], _Claim] = {}
        self._of: dict[int, list[_Claim]] = {}
        self._open: list[_Claim] = []
        self._next = 0
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("PRAGMA cache_size = -8192")
        self._file.execute(
            "CREATE TABLE claim (id INTEGER PRIMARY KEY, about INTEGER, code TEXT, key TEXT, shown TEXT,"
            " place TEXT, number INTEGER, times INTEGER)"
        )
        self._file.execute("BEGIN")

    def make_room(self) -> None:
        """Write out what stands in memory, where it is much."""
        if len(self._pending) >= _PENDING:
            self._write()

    def add(
        self, code: str, key: str, value: str, place: str | tuple[object, ...], shown: str | None = None
    ) -> None:
        """Add a claim; of equal ones the first place is kept (a tuple as JSON), and how many there were."""
        known = self._pending.get((code, key, value))
        if known is None:
            known = _Claim(value if shown is None else shown, place, self._next)
            self._pending[code, key, value] = known
            self._next += 1
        else:
            known.times += 1
        self._open.append(known)

    def again(self, fingerprint: int) -> bool:
        """Count the claims of a description anew, if it is remembered; say whether it is.

        If not, the claims that are added until `remember` are those of the description.
        """
        known = self._of.get(fingerprint)
        self._open = []
        for claim in known or ():
            claim.times += 1
        return known is not None

    def remember(self, fingerprint: int) -> None:
        """Remember the claims that were added since `again` as those of a description."""
        self._of[fingerprint] = self._open
        self._open = []

    def _write(self) -> None:
        rows = sorted(_row(key, claim) for key, claim in self._pending.items())
        self._file.executemany(
            "INSERT INTO claim VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET times = times + excluded.times",
            rows,
        )
        self._pending.clear()
        self._of.clear()
        self._open = []

    def has(self, code: str, key: str) -> bool:
        """Say whether a key was claimed; for the end of the run."""
        self._settle()
        query = "SELECT 1 FROM claim WHERE about = ? AND code = ? AND key = ?"
        return self._file.execute(query, (hash((code, key)), code, key)).fetchone() is not None

    def _settle(self) -> None:
        if self._pending:
            self._write()
        self._file.execute("CREATE INDEX IF NOT EXISTS by_key ON claim (about)")

    def conflicts(self) -> Iterator[Conflict]:
        """Yield the keys with several values, by code and key."""
        self._settle()
        several = (
            "SELECT code, key, shown, place, times, number FROM claim WHERE about IN"
            " (SELECT about FROM claim GROUP BY about HAVING count(*) > 1)"
            " ORDER BY code, key, times DESC, number"
        )
        rows = self._file.execute(several)
        for (code, key), group in groupby(rows, key=lambda row: (row[0], row[1])):
            variants = tuple(Variant(*row[2:]) for row in group)
            if len(variants) > 1:
                yield Conflict(code, key, variants)

    def shared(self, code: str) -> Iterator[Conflict]:
        """Yield the values that several keys of a code have; the variants are then the keys."""
        self._settle()
        several = (
            "SELECT shown, key, place, times, number FROM claim WHERE code = ?1 AND shown IN"
            " (SELECT shown FROM claim WHERE code = ?1 GROUP BY shown HAVING count(*) > 1)"
            " ORDER BY shown, times DESC, number"
        )
        for value, group in groupby(self._file.execute(several, (code,)), key=lambda row: row[0]):
            yield Conflict(code, value, tuple(Variant(*row[1:]) for row in group))


def _row(key: tuple[str, str, str], claim: _Claim) -> tuple[int, int, str, str, str, str, int, int]:
    code, about, _ = key
    place = claim.place if isinstance(claim.place, str) else json.dumps(claim.place, ensure_ascii=False)
    return hash(key), hash(key[:2]), code, about, claim.shown, place, claim.number, claim.times
