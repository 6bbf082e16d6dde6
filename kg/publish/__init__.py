"""`kg publish`: a whole linked-data site in a folder, from records, in one step.

One pass over the records makes the dumps, their description and a private store (`dataset`); the pages are
made from the store (`pages`, `kg.site`); beside them stands what machines look for (`machines`), and what
hosts need (`hosts`). All of it is a new version that takes the place of the old one whole (`tree`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from kg.errors import MissingExtraError, UsageError
from kg.pipeline import Summary
from kg.publish.config import Config, read_config
from kg.publish.dataset import Asked, Data, make_data
from kg.publish.machines import site_files
from kg.publish.pages import PageRow, PageWriter, Signposted, write_pages
from kg.publish.tree import CHANGED, NEW, SAME, Building, building
from kg.site.assets import static_files
from kg.site.build import Site
from kg.site.kinds import KINDS
from kg.site.search_entries import entries
from kg.site.search_index import search_files
from kg.site.settings import SiteSettings
from kg.site.views import Link
from kg.stores.embedded import open_for_reading

__all__ = ["Asked", "Config", "Published", "publish", "read_config"]

_SMALL = 100_000
"""With so few triples no query runs long, and none needs a process of its own with a time limit."""


@dataclass(slots=True)
class Published:
    """What a run did: the records, how many pages of each kind there are, what became of the files."""

    folder: Path
    url: str
    records: Summary
    pages: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)
    switched: bool = True
    seconds: float = 0.0

    @property
    def exit_status(self) -> int:
        """0 where nothing was lost, else 1."""
        return self.records.exit_status


def publish(
    asked: Asked,
    to: str | Path,
    url: str,
    *,
    title: str | None = None,
    config: Config | None = None,
    only: Sequence[str] = (),
    templates: str | Path | None = None,
    workers: int | None = None,
) -> Published:
    """Publish records as a site in a folder, for an address.

    `only` are kinds of pages (`figure` or `figures`; all without it). `templates` is a folder that goes
    before our templates and static files. `workers` processes write the pages; without it, one for each
    processor.

    Raises:
        UsageError: an option or the configuration is wrong.
        kg.errors.SourceError: a source cannot be opened, or there is no record at all.
        kg.errors.StrictError: `asked.strict` is set and there was an error.
        kg.errors.WriteError: the site cannot be written; what was there before still is.
    """
    begun = time.perf_counter()
    config = config or Config()
    settings = config.settings(url, title, _templates(templates))
    kinds = _kinds(only)
    count = _workers(workers)
    with building(Path(to)) as made:
        made.writer.compress = config.compress
        known = made.before.made
        before = (str(known["data"]), str(known["time"])) if {"data", "time"} <= known.keys() else None
        fixed = "SOURCE_DATE_EPOCH" in os.environ
        data = make_data(asked._replace(workers=count), made.work, settings, config, before, fixed)
        made.made |= {"data": data.digest, "time": data.time, "url": settings.url}
        rows = _write(made, data, settings, config, kinds, count)
    pages: dict[str, int] = {}
    for row in rows:
        pages[row.kind] = pages.get(row.kind, 0) + 1
    files = {state: made.count(state) for state in (NEW, CHANGED, SAME)} | {"removed": made.removed}
    return Published(
        Path(to), settings.url, data.summary, pages, files, made.switched, time.perf_counter() - begun
    )


def _write(
    made: Building, data: Data, settings: SiteSettings, config: Config, kinds: Sequence[str], workers: int
) -> list[PageRow]:
    """Write all files of a version."""
    try:
        from kg.site.render import Renderer
    except ModuleNotFoundError as error:
        told = "publishing needs the extra `publish`: pip install pathway-kg[publish]"
        raise MissingExtraError(told) from error
    with open_for_reading(data.store) as store:
        plain = Renderer(settings, kinds=kinds)
        renderer = Signposted(plain, settings)
        site = Site(
            store,
            settings,
            renderer=renderer,
            only=kinds,
            sources=data.sources,
            dumps=_dump_links(data),
            folder=data.store if data.summary.triples > _SMALL else None,
        )
        plain.show(site.counts())
        rows = write_pages(PageWriter(site, settings, renderer), made, workers)
        found = search_files(entries(site.facts), "static/search")
        for path, content in chain(static_files(settings), found):
            made.writer.put(path, content)
        for path, content in site_files(site, data, settings, config, rows, made):
            made.writer.put(path, content)
    for dump in data.dumps:
        made.writer.take(f"dumps/{dump.path.name}", dump.path)
    return rows


def _dump_links(data: Data) -> list[Link]:
    """Return the files that the home page offers."""
    return [Link(dump.path.name, f"dumps/{dump.path.name}", f"{dump.size:,} bytes") for dump in data.dumps]


def _kinds(names: Sequence[str]) -> tuple[str, ...]:
    """Return the kinds that are asked for, in the order of a site; all where none is named.

    Raises:
        UsageError: there is no such kind.
    """
    by_name = {
        name: row.name for row in KINDS.values() for name in (row.name, f"{row.name}s", row.plural.lower())
    }
    for name in names:
        if name.lower() not in by_name:
            raise UsageError(f"--only {name}: there is no such kind; there are {', '.join(KINDS)}")
    wanted = {by_name[name.lower()] for name in names}
    return tuple(kind for kind in KINDS if not wanted or kind in wanted)


def _templates(folder: str | Path | None) -> Path | None:
    if folder is not None and not Path(folder).is_dir():
        raise UsageError(f"--templates {folder}: there is no such folder")
    return None if folder is None else Path(folder)


def _workers(number: int | None) -> int:
    """Return how many processes write pages.

    Raises:
        UsageError: the number is not valid.
    """
    if number is None:
        return min(
            len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, 8
        )
    if not 1 <= number <= 64:
        raise UsageError(f"--workers: expected a number from 1 to 64, found {number}")
    return number
