"""Writes the pages of a site, by one process or by several that share what the first has read.

The pages come in a fixed order; each process takes the next bunch of them that nobody has, and writes its
files, and a list of them, into the new version. So any number of processes writes the same bytes.
"""

from __future__ import annotations

import fcntl
import gc
import json
import multiprocessing
import os
import signal
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from kg.errors import KgError
from kg.publish.errors import SiteFolderError
from kg.publish.signposts import ENDING, LINKSET, has_linkset, links, linkset
from kg.publish.tree import Building, Writer
from kg.site.addresses import Address, file_path, url
from kg.site.build import Related, Site
from kg.site.settings import SiteSettings
from kg.site.views import AnyView

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    from kg.site.render import HeadLink

_ONTOLOGY_FORMS = (("ttl", "text/turtle"), ("jsonld", "application/ld+json"))
_BUNCH = 8


class PageRow(NamedTuple):
    """A page that may be found: its place in the order of all, its address, and the date of what it shows."""

    order: int
    url: str
    kind: str
    modified: str


class Renders(Protocol):
    """What `kg.site.render.Renderer` does for us."""

    def html(
        self,
        view: AnyView,
        address: Address,
        jsonld: str = "",
        related: Related | None = None,
        *,
        head_links: Sequence[HeadLink] = (),
    ) -> str:
        """Return the page of a view."""
        ...


class Signposted:
    """A renderer that adds the link to the set of links of a page, and keeps what else was made for it."""

    def __init__(self, renderer: Renders, settings: SiteSettings) -> None:
        self._renderer, self._settings = renderer, settings
        self._beside: dict[str, bytes] = {}

    def html(self, view: AnyView, address: Address, jsonld: str, related: Related) -> str:
        """Return the page of a view."""
        from kg.site.render import HeadLink

        shown: list[HeadLink] = []
        self._beside = {}
        if jsonld:
            self._beside = {"ttl": view.turtle.encode(), "jsonld": jsonld.encode()}
        related = Related(tuple(row for row in related.forms if row[0] in self._beside), related.downloads)
        if address.kind == "ontology":
            shown += [HeadLink("alternate", f"ontology.{name}", media) for name, media in _ONTOLOGY_FORMS]
        if has_linkset(address):
            found = list(links(view, address, related, self._settings))
            self._beside[ENDING] = linkset(found, self._settings, address)
            shown.append(HeadLink("linkset", self._settings.url + file_path(address, ENDING), LINKSET))
            if address.kind != "list":
                shown += [HeadLink(name, *target) for name, target in found if name in ("item", "collection")]
        return self._renderer.html(view, address, jsonld, related, head_links=shown)

    def beside(self) -> Mapping[str, bytes]:
        """Return the forms of the graph and the links of the page that was rendered last, by endings."""
        return self._beside


@dataclass(frozen=True, slots=True)
class PageWriter:
    """Writes pages of a site."""

    site: Site
    settings: SiteSettings
    renderer: Signposted

    def write(self, address: Address, writer: Writer) -> None:
        """Write all files of a page: itself, the forms of its graph, its downloads and its links.

        Raises:
            SiteFolderError, OSError: a file cannot be written.
        """
        html = self.site.html(address)
        if html is None:
            raise SiteFolderError(
                f"{file_path(address)}: this page is listed, but is not there: please report it"
            )
        writer.put(file_path(address), html.encode())
        for ending, data in {**self.renderer.beside(), **self.site.downloads(address)}.items():
            writer.put(file_path(address, ending), data)

    def rows(self, writer: Writer, take: Callable[[], int], alive: Callable[[], bool]) -> Iterator[PageRow]:
        """Write those bunches of pages that `take` gives; yield a row for each page to be listed.

        Raises:
            SiteFolderError, OSError: a file cannot be written.
        """
        for order, address in _bunches(self.site.addresses(), take):
            if order % _BUNCH == 0 and not alive():
                return
            self.write(address, writer)
            if (row := listed(self.site, order, address)) is not None:
                yield row


def listed(site: Site, order: int, address: Address) -> PageRow | None:
    """Return the row of a page that search engines may list; None for any other."""
    if address.kind in ("notfound", "gone"):
        return None
    return PageRow(order, url(site.settings.url, address), _shelf(address), site.modified(address) or "")


def _shelf(address: Address) -> str:
    """Return the kind by which sitemaps are parted."""
    if address.kind == "list":
        return address.key
    return address.kind if address.kind == "query" or address.key else "site"


def _bunches(addresses: Iterator[Address], take: Callable[[], int]) -> Iterator[tuple[int, Address]]:
    """Yield each page of the bunches that are taken, with its place in the order of all."""
    numbered = enumerate(addresses)
    wanted = take()
    for number in count():
        bunch = list(islice(numbered, _BUNCH))
        if not bunch:
            return
        if number == wanted:
            yield from bunch
            wanted = take()


class _Tickets:
    """Gives each bunch of pages to the process that asks next, so that all of them end at the same time.

    A process that is ended while it takes one leaves no lock behind: the system takes it back.
    """

    def __init__(self, place: Path) -> None:
        self._file = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self) -> int:
        """Return the number of the next bunch."""
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        try:
            number = int.from_bytes(os.pread(self._file, 8, 0), "big")
            os.pwrite(self._file, (number + 1).to_bytes(8, "big"), 0)
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)
        return number

    def close(self) -> None:
        """Give none any more."""
        os.close(self._file)


def write_pages(pages: PageWriter, made: Building, workers: int) -> list[PageRow]:
    """Write all pages; return their rows in order.

    Raises:
        SiteFolderError: a page cannot be written, or a process was ended.
        OSError: a file cannot be written.
    """
    if workers == 1:
        return list(pages.rows(made.writer, count().__next__, lambda: True))
    tickets = _Tickets(made.work / "tickets")
    processes = [_started(pages, made, share, tickets) for share in range(workers)]
    try:
        for process in processes:
            process.join()
    finally:
        for process in processes:
            process.kill()
            process.join()
        tickets.close()
    rows = [row for share, process in enumerate(processes) for row in _taken(made, share, process)]
    return sorted(rows, key=lambda row: row.order)


def _started(pages: PageWriter, made: Building, share: int, tickets: _Tickets) -> BaseProcess:
    gc.collect()
    gc.freeze()  # what is shared stays shared: a look for cycles would write to its memory
    job = (pages, made.writer.empty(), made.work, share, tickets, os.getpid())
    process = multiprocessing.get_context("fork").Process(target=_work, args=job, daemon=True)
    with warnings.catch_warnings():
        # The threads that Python 3.12 warns of are those of the store, which a reader does not need.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    return process


def _work(pages: PageWriter, writer: Writer, work: Path, share: int, tickets: _Tickets, parent: int) -> None:
    """Write a share of the pages; leave a list of what was written, or what kept it from being written."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        rows = list(pages.rows(writer, tickets.take, lambda: os.getppid() == parent))
        (work / f"pages-{share}").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        text = "".join(f"{digest}\t{state}\t{path}\n" for path, (digest, state) in writer.written.items())
        (work / f"files-{share}").write_text(text, "utf-8")
    except (KgError, OSError) as error:
        (work / f"error-{share}").write_text(str(error), "utf-8")


def _taken(made: Building, share: int, process: BaseProcess) -> Iterator[PageRow]:
    """Take in what a process wrote.

    Raises:
        SiteFolderError: it did not end well.
    """
    error = made.work / f"error-{share}"
    if error.is_file():
        raise SiteFolderError(f"{made.site}: cannot publish: {error.read_text('utf-8')}")
    if process.exitcode != 0:
        raise SiteFolderError(
            f"{made.site}: cannot publish: a process that wrote pages ended ({process.exitcode})"
        )
    files = (made.work / f"files-{share}").read_text("utf-8").splitlines()
    made.add({path: (digest, state) for digest, state, path in (line.split("\t") for line in files)})
    for line in (made.work / f"pages-{share}").read_text("utf-8").splitlines():
        yield PageRow(*json.loads(line))
