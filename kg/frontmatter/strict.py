"""The strict reader: it takes the events of a YAML parser, and holds every rule before a value is built.

Depth, size, aliases, merges, tags and duplicate keys are dealt with on the events. What it says is the rule
for the quick reader too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from kg.frontmatter.faults import CONTROL, Fault, FrontMatterError, Path, Place, Value, field_name

MAX_CHARACTERS = 1 << 20
MAX_DEPTH = 64
MAX_NODES = 200_000

_Events: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""The parser whose events we take: libyaml's, or the ten times slower one where PyYAML has no libyaml."""

_KIND_TAGS: Mapping[Any, str] = {
    yaml.ScalarEvent: "tag:yaml.org,2002:str",
    yaml.SequenceStartEvent: "tag:yaml.org,2002:seq",
    yaml.MappingStartEvent: "tag:yaml.org,2002:map",
}


def read(front: str, first_line: int = 1) -> tuple[dict[str, Any], list[Fault]]:
    """Return the values of a front matter, and the faults that did not stop it.

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
    return value, faults


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
