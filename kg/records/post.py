"""Posts: blog articles about the same biology, with their sections."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import NamedTuple

from kg.iris import slug
from kg.problems import Report
from kg.records import keys
from kg.records.fields import Fields
from kg.records.lookups import Lookups
from kg.records.markdown import Block, blocks
from kg.source import Document

_TAG = re.compile(r"#([^\s#:]+):?")
_PLACEHOLDER_TAGS = frozenset({"hashtags"})
_FILE_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})-")


class Section(NamedTuple):
    """A heading of a post with the text below it, up to the next heading; `parent` is its fragment."""

    fragment: str
    title: str
    position: int
    parent: str | None
    text: str | None


class Post(NamedTuple):
    """A post, as its record says it."""

    slug: str
    title: str | None
    description: str | None
    date: str | None
    keywords: tuple[str, ...]
    body: str
    sections: tuple[Section, ...]


def parse_post(document: Document, lookups: Lookups, report: Report) -> Post:
    """Parse a post; its name is that of its file, or of its title where it came without a file."""
    fields = Fields(document, report)
    fields.check_keys(keys.POST)
    title = fields.text("title")
    text, tags = _without_tags(document.body)
    found = list(blocks(text))
    named = [*_tags(fields), *fields.texts("keywords", ","), *tags]
    return Post(
        slug=document.stem if not document.stem.startswith("<") else slug(title or document.body),
        title=title,
        description=fields.text("description"),
        date=_date(fields, document.stem),
        keywords=tuple(dict.fromkeys(tag for tag in named if tag not in _PLACEHOLDER_TAGS)),
        body="\n\n".join(block.text for block in found if block.text),
        sections=tuple(_sections(found)),
    )


def _tags(fields: Fields) -> Iterator[str]:
    """Yield the tags: a list, or one text split at commas or else at blanks."""
    value = fields.values.get("tags")
    separator = None if not isinstance(value, str) else "," if "," in value else " "
    yield from fields.texts("tags", separator)


def _without_tags(body: str) -> tuple[str, list[str]]:
    """Split a trailing line of `#Tag` words off the body."""
    head, _, last = body.rstrip().rpartition("\n")
    words = last.split()
    found = [_TAG.fullmatch(word) for word in words]
    if not words or not all(found):
        return body, []
    return head, [match[1] for match in found if match]


def _date(fields: Fields, stem: str) -> str | None:
    """Return the date (ISO 8601) that the record gives, or that its file name starts with."""
    text = fields.text("date")
    if text is None:
        named = _FILE_DATE.match(stem)
        return named[1] if named and _is_date(named[1]) else None
    if _is_date(text[:10]) and not text[10:11].isdigit():
        return text[:10]
    fields.problem("bad-date", "date", "a date like 2023-09-18", text)
    return None


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _sections(found: list[Block]) -> Iterator[Section]:
    """Yield one section per heading, nested by level; repeated headings are numbered."""
    open_sections: list[tuple[int, str]] = []
    used: set[str] = set()
    position = 0
    for number, block in enumerate(found):
        if block.level is None:
            continue
        position += 1
        while open_sections and open_sections[-1][0] >= block.level:
            open_sections.pop()
        fragment = _unused(slug(block.text) or "section", used)
        text = "\n\n".join(_until_heading(found[number + 1 :]))
        yield Section(
            fragment, block.text, position, open_sections[-1][1] if open_sections else None, text or None
        )
        open_sections.append((block.level, fragment))


def _until_heading(found: list[Block]) -> Iterator[str]:
    for block in found:
        if block.level is not None:
            return
        if block.text:
            yield block.text


def _unused(name: str, used: set[str]) -> str:
    candidate, number = name, 1
    while candidate in used:
        candidate, number = f"{name}-{number}", number + 1
    used.add(candidate)
    return candidate
