"""Findings: kept in a private file on disk, told in order, and known again in the next run."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from kg.errors import UsageError
from kg.problems import CODES, Problem, Severity

_COLUMNS = "code, file, line, col, field, expected, found"
_HEADER = "# Findings of `kg check` that are known: fingerprint, how many, code, file."


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem with its fingerprint, which stays the same when lines move."""

    problem: Problem
    fingerprint: str


class Found:
    """The findings of one run. `roots` are the sources: their names are no part of a fingerprint.

    `notes` say what could not be done.
    """

    def __init__(self, roots: Iterable[str]) -> None:
        self.counts: Counter[str] = Counter()
        self.notes: list[str] = []
        self._roots = sorted({str(PurePath(root)) for root in roots}, key=len, reverse=True)
        named = "|".join(map(re.escape, self._roots))
        self._root = re.compile(rf"(?<!\S)(?:{named})[/!]")
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("PRAGMA cache_size = -2048")
        self._file.execute(f"CREATE TABLE finding ({_COLUMNS}, fingerprint TEXT)")
        self._file.execute("BEGIN")

    def __call__(self, problem: Problem) -> None:
        """Take one finding."""
        self.counts[problem.code] += 1
        row = (problem.code, problem.file, problem.line, problem.column, problem.field)
        rest = (problem.expected, problem.found, self._fingerprint(problem))
        self._file.execute("INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*row, *rest))

    def _fingerprint(self, problem: Problem) -> str:
        """Return a hash of what is wrong and with what, but not in which line."""
        field = re.sub(r"\[\d+\]", "[]", problem.field or "")
        said = re.sub(r":\d+:\d+", "", f"{problem.expected}\0{problem.found}")
        text = f"{problem.code}\0{self.short(problem.file)}\0{field}\0{self._root.sub('', said)}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def short(self, file: str) -> str:
        """Return the name of a file within its source."""
        whole = PurePath(file).as_posix()
        for root in self._roots:
            if root == "." and not whole.startswith(("/", "..")):
                return whole
            if whole.startswith((f"{root}/", f"{root}!")):
                return whole[len(root) + 1 :]
        return PurePath(whole).name

    def of(self, severity: Severity) -> int:
        """Return how many findings of a severity there are."""
        return sum(count for code, count in self.counts.items() if CODES[code].severity is severity)

    def leave_out(self, known: Counter[str]) -> int:
        """Leave out the findings of a baseline, each as often as it is there; return how many they were."""
        self._file.execute("CREATE INDEX by_fingerprint ON finding (fingerprint)")
        gone = 0
        for fingerprint, times in known.items():
            query = "SELECT rowid, code FROM finding WHERE fingerprint = ? ORDER BY file, line, col LIMIT ?"
            rows = self._file.execute(query, (fingerprint, times)).fetchall()
            self._file.executemany("DELETE FROM finding WHERE rowid = ?", [row[:1] for row in rows])
            self.counts.subtract(code for _, code in rows)
            gone += len(rows)
        self.counts = +self.counts
        return gone

    def __iter__(self) -> Iterator[Finding]:
        """Yield the findings by file, line and column."""
        return self._rows("ORDER BY file, line, col, code, field, found, rowid")

    def by_code(self, code: str, limit: int = -1) -> Iterator[Finding]:
        """Yield the findings of one code, by file, line and column; a negative limit is none."""
        return self._rows("WHERE code = ? ORDER BY file, line, col, field, found, rowid LIMIT ?", code, limit)

    def _rows(self, rest: str, *values: str | int) -> Iterator[Finding]:
        for row in self._file.execute(f"SELECT {_COLUMNS}, fingerprint FROM finding {rest}", values):  # noqa: S608  # no outside text
            yield Finding(Problem(*row[:7]), row[7])

    def codes(self) -> list[str]:
        """Return the codes that were found: errors first, then warnings, each in the order of the table."""
        order = list(Severity)
        names = [name for name in CODES if self.counts[name]]
        return sorted(names, key=lambda name: order.index(CODES[name].severity))

    def baseline(self) -> Iterator[str]:
        """Yield the lines of a baseline of these findings."""
        yield f"{_HEADER}\n"
        query = (
            "SELECT fingerprint, count(*), code, min(file) FROM finding"
            " GROUP BY fingerprint, code ORDER BY 4, 3, 1"
        )
        for fingerprint, count, code, file in self._file.execute(query):
            yield f"{fingerprint}\t{count}\t{code}\t{self.short(file)}\n"


def read_baseline(path: str) -> Counter[str]:
    """Return how often each fingerprint stands in a baseline.

    Raises:
        UsageError: it cannot be read, or is no baseline.
    """
    known: Counter[str] = Counter()
    try:
        for line in Path(path).read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                fingerprint, count, *_ = line.split("\t")
                known[fingerprint] += int(count)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    except ValueError:
        raise UsageError(f"{path}: this is no baseline of `kg check`") from None
    return known


Report = Callable[[Problem], None]
