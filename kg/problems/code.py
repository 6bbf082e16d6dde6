"""What a code of the table of problems is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(str, Enum):
    """How bad a problem is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of problem: its stable name, severity, meaning, how to mend it, and an example of it."""

    name: str
    severity: Severity
    meaning: str
    remedy: str
    example: str = ""
