"""Community pages (`_communities/`): groups of pathways, some of them in named collections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kg.identifiers import WIKIPATHWAYS
from kg.problems import Report
from kg.records import keys
from kg.records.author import named_authors
from kg.records.fields import Fields
from kg.records.lookups import Lookups
from kg.records.markdown import plain_text
from kg.records.shared import parse_redirects, required_text
from kg.source import Document, Skipped


class PathwayCollection(NamedTuple):
    """A list of pathways, by their `WP` identifiers; `unlinked` are those that match no pattern."""

    position: int
    name: str | None
    wpids: tuple[str, ...]
    unlinked: tuple[str, ...]


class Community(NamedTuple):
    """A community, as its page says it; `page` is the name of the page's file."""

    tag: str
    page: str | None
    name: str | None
    description: str | None
    abstract: str | None
    reference: str | None
    editors: tuple[str, ...]
    redirects: tuple[str, ...]
    collections: tuple[PathwayCollection, ...]


def parse_community(document: Document, lookups: Lookups, report: Report) -> Community | Skipped:
    """Parse the page of a community; its name is its tag, because that is what pathways say.

    Raises:
        RecordLostError: it has no `community-tag`, and does not lead elsewhere either.
    """
    fields = Fields(document, report)
    if fields.has("redirect_to") and not fields.has("community-tag"):
        return Skipped(document.path, "a page that leads elsewhere, without a community tag")
    tag = required_text(fields, "community-tag")
    fields.check_keys(keys.COMMUNITY)
    return Community(
        tag=tag,
        page=None if document.stem.startswith("<") else document.stem,
        name=fields.text("display-name"),
        description=_plain(fields.text("description")),
        abstract=_plain(fields.text("short-description")),
        reference=_plain(fields.text("reference")),
        editors=tuple(named_authors(fields, "editors")),
        redirects=tuple(parse_redirects(fields)),
        collections=tuple(_collections(fields)),
    )


def _plain(text: str | None) -> str | None:
    return (plain_text(text) or None) if text else None


def _collections(fields: Fields) -> Iterator[PathwayCollection]:
    if not fields.has("collections"):
        return
    for position, row in enumerate(fields.rows("collections"), 1):
        row.check_keys(keys.COLLECTION)
        wpids: list[str] = []
        unlinked: list[str] = []
        for key in ("wpids", "wpid"):
            for path, text in row.numbered_texts(key):
                local = WIKIPATHWAYS.local(text)
                (unlinked if local is None else wpids).append(local or text)
                if local is None:
                    expected = f"{WIKIPATHWAYS.name}: {WIKIPATHWAYS.pattern}"
                    fields.problem_at("bad-identifier", path, expected, text)
        yield PathwayCollection(position, row.text("name"), tuple(wpids), tuple(unlinked))
