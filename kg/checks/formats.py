"""How findings are told: for people, for programs, for code hosts and for test reports.

To add a format, add a function that yields text and a row at the end.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from kg.checks.found import Finding, Found
from kg.checks.lines import Lines
from kg.problems import CODES, Code, Problem, Severity

DOCUMENTATION = "https://w3id.org/pathway-kg/problems/"
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_COLOURS: Mapping[Severity, str] = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}


class Style(NamedTuple):
    """How findings are told besides the format: their lines, how many of a code `text` shows (0: all)."""

    lines: Lines
    version: str
    limit: int = 10
    colour: bool = False


def detail(problem: Problem) -> str:
    """Return what a problem says besides its code: the field, what was expected and what was found.

    >>> detail(Problem("odd-year", "a.md", 3, 1, "year", "a year up to 2027", '"2103"'))
    'year: expected a year up to 2027, found "2103"'
    """
    if problem.code.startswith("shacl-"):
        return f"{problem.field or 'the record'}: {problem.expected} {problem.found}"
    said = [f"expected {problem.expected}"] if problem.expected else []
    said += [f"found {problem.found}"] if problem.found is not None else []
    start = f"{problem.field}: " if problem.field and said else problem.field or ""
    return start + ", ".join(said)


def sentence(problem: Problem) -> str:
    """Return a problem without its place as one line."""
    rest = detail(problem)
    return CODES[problem.code].meaning + (f" ({rest})" if rest else "")


def text(found: Found, style: Style) -> Iterator[str]:
    """Tell people: code by code, the first places of each with the line that is meant."""
    for name in found.codes():
        yield from _text_of_code(CODES[name], found, style)
    yield _totals(found)


def _text_of_code(code: Code, found: Found, style: Style) -> Iterator[str]:
    count = found.counts[code.name]
    limit = -1 if style.limit == 0 else 1 if code.severity is Severity.INFO else style.limit
    head = _painted(f"{code.severity.value}[{code.name}]", _COLOURS[code.severity], style)
    yield f"{head}: {code.meaning} ({count:,} {'place' if count == 1 else 'places'})\n"
    told = 0
    for finding in found.by_code(code.name, limit):
        told += 1
        yield from _text_of(finding, style)
    if told < count:
        yield f"  … and {count - told:,} more (--limit 0 shows all)\n"
    yield f"  = help: {code.remedy} More: kg explain {code.name}\n\n"


def _text_of(finding: Finding, style: Style) -> Iterator[str]:
    problem = finding.problem
    rest = _on_one_line(detail(problem))
    yield f"  {_painted(_on_one_line(problem.place), '1', style)}{': ' if rest else ''}{rest}\n"
    snippet = style.lines.snippet(problem)
    if snippet is not None:
        number = str(problem.line)
        yield f"   {number} | {snippet.text}\n"
        yield f"   {' ' * len(number)} | {_painted(snippet.marks(), _COLOURS[problem.severity], style)}\n"


def _on_one_line(text: str) -> str:
    """Return a text with escapes for what would break or recolour a line: file names hold what they like."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def _painted(words: str, colour: str, style: Style) -> str:
    return f"\x1b[{colour}m{words}\x1b[0m" if style.colour else words


def _totals(found: Found) -> str:
    counts = [(found.of(severity), severity.value) for severity in Severity]
    said = [
        f"{count:,} {name}{'s' if count != 1 and name != 'info' else ''}" for count, name in counts if count
    ]
    return (", ".join(said) or "nothing to mend was found") + "\n"


def json_lines(found: Found, style: Style) -> Iterator[str]:  # noqa: ARG001  # one signature for all rows
    """Tell programs: one JSON object a line."""
    for finding in found:
        row = json.loads(finding.problem.to_json())
        yield json.dumps(row | {"fingerprint": finding.fingerprint}, ensure_ascii=False) + "\n"


_LEVELS: Mapping[Severity, str] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
}


def sarif(found: Found, style: Style) -> Iterator[str]:
    """Tell code scanning: SARIF 2.1.0, one run, written result by result."""
    codes = found.codes()
    driver = {
        "name": "kg check",
        "semanticVersion": style.version,
        "informationUri": "https://w3id.org/pathway-kg",
        "rules": [_sarif_rule(CODES[name]) for name in codes],
    }
    head = {"$schema": SCHEMA, "version": "2.1.0"}
    yield json.dumps(head, indent=1)[:-2] + ',\n "runs": [{\n'
    yield f'  "tool": {json.dumps({"driver": driver}, ensure_ascii=False)},\n'
    yield '  "columnKind": "unicodeCodePoints",\n  "results": ['
    for number, finding in enumerate(found):
        yield "," if number else ""
        yield "\n   " + json.dumps(_sarif_result(finding, codes, style), ensure_ascii=False)
    yield "\n  ]\n }]\n}\n"


def _sarif_rule(code: Code) -> dict[str, object]:
    return {
        "id": code.name,
        "shortDescription": {"text": code.meaning},
        "help": {"text": code.remedy},
        "helpUri": DOCUMENTATION + code.name,
        "defaultConfiguration": {"level": _LEVELS[code.severity]},
    }


def _sarif_result(finding: Finding, codes: list[str], style: Style) -> dict[str, object]:
    problem = finding.problem
    place: dict[str, object] = {"artifactLocation": {"uri": uri(problem.file)}}
    if problem.line is not None:
        region: dict[str, object] = {"startLine": problem.line}
        region |= {"startColumn": problem.column} if problem.column else {}
        line = style.lines.line(problem.file, problem.line)
        region |= {"snippet": {"text": line}} if line and len(line) < 1000 else {}
        place["region"] = region
    location: dict[str, object] = {"physicalLocation": place}
    if problem.field:
        location["logicalLocations"] = [{"fullyQualifiedName": problem.field}]
    return {
        "ruleId": problem.code,
        "ruleIndex": codes.index(problem.code),
        "level": _LEVELS[problem.severity],
        "message": {"text": sentence(problem)},
        "locations": [location],
        "partialFingerprints": {"kgCheck/v1": finding.fingerprint},
    }


def uri(file: str) -> str:
    """Return a file as a relative URI from the working directory, or as an absolute one outside of it."""
    path = Path(relative(file))
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), safe="/!+=:@,~")


def relative(file: str) -> str:
    """Return a file by its path from the working directory, or by its absolute path outside of it."""
    path = Path(file)
    if not path.is_absolute():
        return os.path.normpath(path)
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return file


_ANNOTATIONS: Mapping[Severity, str] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}


def github(found: Found, style: Style) -> Iterator[str]:  # noqa: ARG001  # one signature for all rows
    """Tell GitHub Actions: one workflow command a finding, which becomes an annotation of the line."""
    for finding in found:
        problem = finding.problem
        values = {
            "file": relative(problem.file),  # GitHub compares it with the path as it is in the repository
            "line": problem.line,
            "col": problem.column,
            "title": problem.code,
        }
        said = ",".join(
            f"{name}={_property(str(value))}" for name, value in values.items() if value is not None
        )
        yield f"::{_ANNOTATIONS[problem.severity]} {said}::{_data(sentence(problem))}\n"


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


def junit(found: Found, style: Style) -> Iterator[str]:  # noqa: ARG001  # one signature for all rows
    """Tell test reports: a suite for each code, a failed case for each finding; infos are passed cases."""
    failed = found.of(Severity.ERROR) + found.of(Severity.WARNING)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites name="kg check" tests="{found.counts.total() or 1}" failures="{failed}">\n'
    for name in found.codes():
        count, severity = found.counts[name], CODES[name].severity
        failures = 0 if severity is Severity.INFO else count
        yield f'  <testsuite name="{name}" tests="{count}" failures="{failures}">\n'
        for finding in found.by_code(name):
            yield _junit_case(finding.problem)
        yield "  </testsuite>\n"
    if not found.counts:
        case = '<testcase name="all records"/>'
        yield f'  <testsuite name="kg check" tests="1" failures="0">{case}</testsuite>\n'
    yield "</testsuites>\n"


def _junit_case(problem: Problem) -> str:
    line = f' line="{problem.line}"' if problem.line else ""
    head = f"    <testcase name={quoteattr(_xml(problem.place))} classname={quoteattr(problem.code)}"
    head += f" file={quoteattr(_xml(problem.file))}{line}"
    if problem.severity is Severity.INFO:
        return f"{head}><system-out>{escape(_xml(sentence(problem)))}</system-out></testcase>\n"
    failure = f'<failure type="{problem.severity.value}" message={quoteattr(_xml(detail(problem)))}>'
    return f"{head}>{failure}{escape(_xml(str(problem)))}</failure></testcase>\n"


def _xml(value: str) -> str:
    """Return a text without what XML cannot hold."""
    return "".join(char if char.isprintable() or char in "\t\n" else "\ufffd" for char in value)


Format = Callable[[Found, Style], Iterator[str]]

FORMATS: Mapping[str, Format] = MappingProxyType(
    {"text": text, "json": json_lines, "sarif": sarif, "github": github, "junit": junit}
)
"""The formats by name."""
