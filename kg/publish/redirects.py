"""Pages that have moved or are gone: what a host without settings of its own can show of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from kg.errors import UsageError
from kg.publish.tree import Writer
from kg.site.addresses import link_path
from kg.site.build import Site
from kg.site.settings import SiteSettings

_MOVED = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Moved: {title}</title>
<meta name="robots" content="noindex">
<meta http-equiv="refresh" content="0; url={href}">
<link rel="canonical" href="{url}">
</head>
<body>
<p>This page has moved to <a href="{href}">{title}</a>.</p>
</body>
</html>
"""


def moved_pages(site: Site) -> list[tuple[str, str]]:
    """Return the paths of pages that have moved, and where to, both without a suffix."""
    return [(path, link_path(address)) for path, address in site.redirects()]


def check_withdrawn(gone: Iterable[str], writer: Writer) -> None:
    """Check that no page is both gone and there.

    Raises:
        UsageError: the sources still hold a record that the configuration says is withdrawn.
    """
    for page in gone:
        if f"{page}.html" in writer.written:
            raise UsageError(
                f"{page}: it is withdrawn by the configuration, but the sources hold it; remove it from one"
            )


def near(moved: Iterable[tuple[str, str]], writer: Writer) -> list[str]:
    """Return the pages whose path differs from one that has moved in its case alone."""
    folded = {page.casefold() for page, _ in moved}
    pages = (path.removesuffix(".html") for path in writer.written if path.endswith(".html"))
    return sorted(page for page in pages if page.casefold() in folded)


def stand_ins(
    moved: Iterable[tuple[str, str]], gone: Iterable[str], settings: SiteSettings, writer: Writer
) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of the pages that lead on by themselves, and of those that say what is gone.

    There is none where a file system might take its name for that of a real page (`F1` and `f1`).
    """
    taken = {path.casefold() for path in writer.written}
    for page, target in moved:
        path = f"{page}.html"
        if path.casefold() not in taken:
            taken.add(path.casefold())
            yield path, _leading(page, target, settings).encode()
    shown = writer.new / "410.html"
    for page in gone:
        path = f"{page}.html"
        if path.casefold() not in taken and shown.is_file():
            taken.add(path.casefold())
            yield path, shown.read_bytes()


def _leading(page: str, target: str, settings: SiteSettings) -> str:
    back = "../" * page.count("/")
    return _MOVED.format(
        title=escape(target), href=escape(back + target + settings.suffix), url=escape(settings.url + target)
    )
