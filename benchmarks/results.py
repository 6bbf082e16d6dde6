"""What was measured: one case and its result, kept in the cache as one file each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from contents import Content, Difference
from measuring import Usage, hardware
from sites import GENERATED, Records, cache
from tools import TOOLS


class Case(NamedTuple):
    """A tool, the records, the extension of the output, and what the records come in (a folder, `.zip` …)."""

    tool: str
    records: Records
    suffix: str = ".ttl"
    source: str = "folder"

    def file(self) -> Path:
        """Return where the result is kept; the machine, the versions and the records are in the name."""
        parts = (self.tool, TOOLS[self.tool].version(), self.records.name, str(self.records.size))
        text = "\0".join((*parts, self.suffix, self.source, hardware()))
        plain = "".join(char if char.isalnum() else "-" for char in self.tool)
        folder = cache() / "results"
        folder.mkdir(exist_ok=True)
        return folder / f"{plain}-{self.records.name}-{hashlib.sha256(text.encode()).hexdigest()[:10]}.json"


class Result(NamedTuple):
    """What a tool used, what came out, on which day; `difference` from ours, where there is one.

    `pace` is the CPU seconds of a fixed piece of work at that time (`pace.py`).
    """

    usage: Usage
    date: str
    pace: float
    content: Content | None = None
    difference: Difference | None = None


class Results:
    """The results of a run by case, and those that were kept."""

    def __init__(self) -> None:
        self._found: dict[Case, Result] = {}

    def __getitem__(self, case: Case) -> Result:
        return self._found[case]

    def fair(self, case: Case) -> float:
        """Return the CPU seconds of a case as they would be at the usual pace of the machine."""
        return self[case].usage.cpu / self[case].pace * self.usual_pace()

    def paces(self) -> list[float]:
        """Return the pace at each measurement, the fastest first."""
        return sorted(result.pace for result in self._found.values())

    def usual_pace(self) -> float:
        """Return the median of the paces."""
        return median(self.paces())

    def get(
        self, tool: str, records: Records | None, suffix: str = ".ttl", source: str = "folder"
    ) -> Result | None:
        """Return a result, if there is one."""
        return None if records is None else self._found.get(Case(tool, records, suffix, source))

    def items(self) -> Iterator[tuple[Case, Result]]:
        """Yield all, in the order of the run."""
        yield from self._found.items()

    def records(self, generation: str, origin: str = GENERATED) -> list[Records]:
        """Return the records of a generation that were used, the fewest first."""
        found = {case.records for case in self._found}
        return sorted(row for row in found if (row.generation, row.origin) == (generation, origin))

    def keep(self, case: Case, result: Result) -> None:
        """Add a result, for this run and for later ones."""
        self._found[case] = result
        case.file().write_text(json.dumps(_plain(result)), "utf-8")

    def recall(self, case: Case) -> bool:
        """Add the result that was kept; tell whether there is one."""
        path = case.file()
        if not path.exists():
            return False
        found = json.loads(path.read_text("utf-8"))
        self._found[case] = Result(
            Usage(**found["usage"]),
            found["date"],
            found["pace"],
            Content(**found["content"]) if found["content"] else None,
            Difference(**found["difference"]) if found["difference"] else None,
        )
        return True


def _plain(result: Result) -> dict[str, Any]:
    return {
        name: value._asdict() if hasattr(value, "_asdict") else value
        for name, value in result._asdict().items()
    }
