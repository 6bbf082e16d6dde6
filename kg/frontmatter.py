r"""Front matter: where it stands in a page, and a strict reading of its YAML.

Only text, lists, mappings and null are built: `NO`, `1e3`, `010` and `2010-01-01` stay text, and so do
`~` and `null`, because an OCR word may say so (the records decide what counts as missing). Depth, size,
aliases, merges, tags and duplicate keys are dealt with on the parser's events, before any value is built.

>>> parse("gene: NO\nrank: 010\n").values
{'gene': 'NO', 'rank': '010'}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

import yaml

Value: TypeAlias = "str | list[Any] | dict[str, Any] | None"
"""What YAML is built into: lists and mappings hold values of the same kind."""

Path: TypeAlias = "tuple[str | int, ...]"
"""Where a value stands in the front matter, such as `('genes', 2, 'entrez')`."""

MAX_CHARACTERS = 1 << 20
MAX_DEPTH = 64
MAX_NODES = 200_000

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
"""What no output may hold: control characters but tab and line ends, non-characters, surrogates."""

_Events: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""The parser whose events we take: libyaml's, or the ten times slower one where PyYAML has no libyaml."""

_KIND_TAGS: Mapping[Any, str] = {
    yaml.ScalarEvent: "tag:yaml.org,2002:str",
    yaml.SequenceStartEvent: "tag:yaml.org,2002:seq",
    yaml.MappingStartEvent: "tag:yaml.org,2002:map",
}


class Fault(NamedTuple):
    """What is wrong with a text, and where: a code of `kg.problems`, and a line and column from 1."""

    code: str
    line: int
    column: int
    field: str | None = None
    expected: str | None = None
    found: str | None = None


class FrontMatterError(ValueError):
    """The front matter as a whole cannot be used."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


class Parsed(NamedTuple):
    """The values of a front matter, and the faults that did not stop it."""

    values: dict[str, Any]
    faults: list[Fault]


class Page(NamedTuple):
    """A page split into its front matter and its body, with the line (from 1) where each starts."""

    front: str
    front_line: int
    body: str
    body_line: int


def split(text: str) -> Page | None:
    r"""Split a page by the rule of the static-site generators; `None` where it has no front matter.

    The page must start with a line `---`; the first line that is only `---` or `...` ends the front
    matter, with or without a line end after it.

    Raises:
        FrontMatterError: there is no such closing line.

    >>> split("---\na: 1\n---\nBody")
    Page(front='a: 1\n', front_line=2, body='Body', body_line=4)
    """
    if not text.startswith("---"):
        return None
    opening = _line_end(text, 3)
    if opening is None:
        return None
    closing, body = _closing(text, opening)
    front = text[opening + 1 : closing + 1]
    return Page(front, 2, text[body:], text.count("\n", 0, body) + 1)


def _line_end(text: str, start: int) -> int | None:
    """Return where the line ends if only blanks stand from `start` on (the text's length at its end)."""
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    return end if not text[start:end].strip(" \t\r") else None


def _closing(text: str, opening: int) -> tuple[int, int]:
    """Return where the front matter ends (its last newline) and where the body starts."""
    found = [place for mark in ("\n---", "\n...") if (place := _mark(text, mark, opening)) is not None]
    if not found:
        lines = text.count("\n") + (not text.endswith("\n"))
        raise FrontMatterError(
            Fault("unterminated-front-matter", lines, 1, None, "a line `---`", "the end of the file")
        )
    return min(found)


def _mark(text: str, mark: str, start: int) -> tuple[int, int] | None:
    place = text.find(mark, start)
    while place >= 0:
        end = _line_end(text, place + 4)
        if end is not None:
            return place, min(end + 1, len(text))
        place = text.find(mark, place + 1)
    return None


def parse(front: str, first_line: int = 1) -> Parsed:
    """Parse a front matter; lines in its faults count from `first_line`.

    Raises:
        FrontMatterError: it breaks a rule of YAML or of ours; the fault says which and where.
    """
    if len(front) > MAX_CHARACTERS:
        found = f"{len(front):,} characters"
        raise FrontMatterError(
            Fault("too-large", first_line, 1, None, f"at most {MAX_CHARACTERS:,} characters", found)
        )
    faults: list[Fault] = []
    builder = _Builder(first_line, faults)
    try:
        value = builder.build(_Events(front).get_event)
    except yaml.MarkedYAMLError as error:
        raise FrontMatterError(_syntax_fault(error, first_line)) from None
    except yaml.reader.ReaderError as error:
        line = first_line + front.encode()[: error.position].count(b"\n")
        raise FrontMatterError(Fault("yaml-syntax", line, 1, None, "printable text", error.reason)) from None
    if builder.duplicates:
        faults.extend(_duplicates(front, first_line))
    if value is None:
        value = {}
    if not isinstance(value, dict):
        kind = "a list" if isinstance(value, list) else "a text"
        raise FrontMatterError(Fault("not-a-mapping", first_line, 1, None, "lines of `key: value`", kind))
    return Parsed(value, faults)


def _syntax_fault(error: yaml.MarkedYAMLError, first_line: int) -> Fault:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + first_line, mark.column + 1) if mark else (first_line, 1)
    found = "; ".join(part for part in (error.problem, error.context) if part)
    return Fault("yaml-syntax", line, column, None, "valid YAML", found)


def _duplicates(front: str, first_line: int) -> Iterator[Fault]:
    """Yield a fault for each key that stands again in its mapping, with the lines of both."""
    first: dict[Path, Place] = {}
    twice: set[Path] = set()
    for path, place in _places(_Events(front).get_event, first_line):
        known = first.setdefault(path, place)
        if known is place:
            continue
        if path[:-1] not in twice:
            found = f"`{path[-1]}` on line {known.line} and again here"
            yield Fault("duplicate-key", *place, field_name(path), "each key once", found)
        twice.add(path)


_SCALAR, _MAPPING, _SEQUENCE = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class _Builder:
    """Builds values from parser events with a stack of its own, so that depth cannot crash it."""

    __slots__ = ("duplicates", "faults", "first_line", "keys", "stack")

    def __init__(self, first_line: int, faults: list[Fault]) -> None:
        self.first_line, self.faults = first_line, faults
        self.duplicates = False
        self.stack: list[Any] = []
        self.keys: list[Any] = []

    def build(self, next_event: Callable[[], Any]) -> Value:
        root: list[Any] = []
        here: Any = root
        key: str | None = None
        stack, keys = self.stack, self.keys
        nodes = 0
        while True:
            event = next_event()
            kind = type(event)
            if kind is _SCALAR:
                nodes += 1
                if event.tag is not None or event.anchor is not None:
                    self._check_node(event)
                value: Any = event.value
                style = event.style
                if style == '"' and CONTROL.search(value):
                    value = self._without_control(event)
                elif not value and not style:
                    value = None
                if type(here) is list:
                    here.append(value)
                elif key is None:
                    key = self._key(event, here)
                else:
                    here[key] = value
                    key = None
            elif kind is _MAPPING or kind is _SEQUENCE:
                nodes += 1
                self._check_node(event)
                if type(here) is dict and key is None:
                    raise self._error("yaml-key", event, "a text as key", "a list or mapping")
                stack.append(here)
                keys.append(key)
                if len(stack) > MAX_DEPTH:
                    raise self._error("yaml-depth", event, f"at most {MAX_DEPTH} levels", "a deeper one")
                here, key = ({} if kind is _MAPPING else []), None
            elif kind in _ENDS:
                value, here, key = here, stack.pop(), keys.pop()
                if type(here) is list:
                    here.append(value)
                else:
                    here[key] = value
                    key = None
                if nodes > MAX_NODES:
                    raise self._error("yaml-nodes", event, f"at most {MAX_NODES:,} values", "more")
            elif kind is yaml.StreamEndEvent:
                return root[0] if root else None
            elif kind is yaml.AliasEvent:
                raise self._error("yaml-alias", event, "the value itself", f"the alias *{event.anchor}")
            elif kind is yaml.DocumentStartEvent and root:
                raise self._error("yaml-documents", event, "one document", "a second one")

    def _error(self, code: str, event: Any, expected: str, found: str) -> FrontMatterError:
        mark = event.start_mark
        return FrontMatterError(
            Fault(code, mark.line + self.first_line, mark.column + 1, None, expected, found)
        )

    def _check_node(self, event: Any) -> None:
        if event.anchor is not None:
            raise self._error("yaml-alias", event, "no anchor", f"the anchor &{event.anchor}")
        if event.tag not in (None, "!", _KIND_TAGS[type(event)]):
            raise self._error("yaml-tag", event, "a value without a tag", f"the tag {event.tag}")

    def _key(self, event: Any, mapping: dict[str, Any]) -> str:
        key: str = event.value
        if not event.style and key in ("", "<<"):
            code, expected = ("yaml-merge", "no merge key") if key else ("yaml-key", "a text as key")
            raise self._error(code, event, expected, f"`{key}`" if key else "nothing")
        if key in mapping:
            self.duplicates = True
        return key

    def _without_control(self, event: Any) -> str:
        mark = event.start_mark
        found = CONTROL.search(event.value)
        code = ord(found.group()) if found else 0
        self.faults.append(
            Fault(
                "control-character",
                mark.line + self.first_line,
                mark.column + 1,
                None,
                "printable text",
                f"U+{code:04X}",
            )
        )
        return CONTROL.sub("\ufffd", event.value)


def field_name(path: Path) -> str:
    """Return a path as it is shown to people.

    >>> field_name(("genes", 2, "entrez"))
    'genes[2].entrez'
    """
    parts = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(parts).removeprefix(".")


class Place(NamedTuple):
    """A line and a column, both from 1."""

    line: int
    column: int


def locate(front: str, first_line: int = 1) -> dict[Path, Place]:
    """Return the place of every key and value of a front matter that `parse` takes.

    The place of a value in a mapping is that of its key. Meant for reporting a problem, not for the hot
    path: it parses the text once more.
    """
    return dict(_places(_Events(front).get_event, first_line))


def _places(next_event: Callable[[], Any], first_line: int) -> Iterator[tuple[Path, Place]]:
    stack: list[Path] = []
    here: list[int | str | None] = []
    while True:
        event = next_event()
        kind = type(event)
        if kind is yaml.StreamEndEvent:
            return
        if kind in _ENDS:
            stack.pop()
            here.pop()
            _advance(here)
            continue
        if kind not in (_SCALAR, _MAPPING, _SEQUENCE):
            continue
        place = Place(event.start_mark.line + first_line, event.start_mark.column + 1)
        if here and here[-1] is None:
            here[-1] = event.value
            yield (*stack[-1], event.value), place
            continue
        path: Path = (*stack[-1], here[-1]) if here and here[-1] is not None else ()
        if not here or isinstance(here[-1], int):
            yield path, place
        if kind is _SCALAR:
            _advance(here)
        else:
            stack.append(path)
            here.append(None if kind is _MAPPING else 0)


def _advance(here: list[int | str | None]) -> None:
    """Step on from a value: to the next item of a list, or to the next key of a mapping."""
    if here:
        last = here[-1]
        here[-1] = last + 1 if isinstance(last, int) else None
