"""The guard list: names that are not linked, because in prose they mostly mean something else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from kg.errors import UsageError
from kg.linking.compare import fold

_DIGITS = re.compile(r"\d+", re.ASCII)
_PACKAGED = Path(__file__).with_name("guard.tsv")


class Guard(NamedTuple):
    """Guarded names by how they are compared, each with its reason.

    A name in lower case is guarded in every case; one with capitals only as it is written; in one with a
    `#`, which stands for a number, `numbered` has the key.
    """

    any_case: Mapping[str, str]
    as_written: Mapping[str, str]
    numbered: Mapping[str, str]

    def reason(self, cased: str, key: str) -> str | None:
        """Return why a folded text is not linked, or None where nothing is said against it.

        >>> guard = read_guard()
        >>> guard.reason("MAX", "max"), guard.reason("STING", "sting"), guard.reason("Fig3", "fig3")
        ('an English word', None, 'a label of a figure, with its number')
        """
        found = self.any_case.get(key) or self.as_written.get(cased)
        return found or self.numbered.get(_DIGITS.sub("#", key))

    def keys(self) -> Iterator[str]:
        """Yield the key of every name without a number."""
        yield from self.any_case
        yield from (fold(name).key for name in self.as_written)


def read_guard(path: str | Path = _PACKAGED) -> Guard:
    """Read a guard list: a table of names and reasons, split by a tab, under a line of headings.

    Raises:
        UsageError: it cannot be read, or is no such table.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"--guard {path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UsageError(f"--guard {path}: not UTF-8 text") from None
    return guard_of(_rows(text, str(path)))


def _rows(text: str, path: str) -> Iterator[tuple[str, str]]:
    lines = text.splitlines()
    if lines and lines[0].split("\t") != ["name", "reason"]:
        raise UsageError(f"--guard {path}:1: expected the headings `name` and `reason`, split by a tab")
    for number, line in enumerate(lines[1:], 2):
        name, _, reason = line.partition("\t")
        if name.strip() and reason.strip():
            yield name.strip(), reason.strip()
        elif line.strip():
            raise UsageError(f"--guard {path}:{number}: expected a name and a reason, split by a tab")


def guard_of(rows: Iterable[tuple[str, str]]) -> Guard:
    """Make a guard list of names and reasons."""
    any_case, as_written, numbered = dict[str, str](), dict[str, str](), dict[str, str]()
    for name, reason in rows:
        cased, key, _ = fold(name)
        if "#" in name:
            numbered[key] = reason
        elif name.islower() or not any(map(str.isalpha, name)):
            any_case[key] = reason
        else:
            as_written[cased] = reason
    return Guard(any_case, as_written, numbered)
