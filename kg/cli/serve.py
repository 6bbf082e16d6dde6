"""`kg serve`."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from kg.cli.show import Progress, show_problems, show_summary
from kg.errors import MissingExtraError, UsageError

if TYPE_CHECKING:
    from kg.publish.config import Config
    from kg.serve.running import Listener
    from kg.serve.settings import ServeSettings

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?", re.IGNORECASE)
_LEAST_MEMORY = 64 << 20


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE|RDF-FILE...]")
@click.option("-s", "--store", metavar="DIR", help="Serve this store; without it, the default one.")
@click.option(
    "--config", "config_file", metavar="FILE", help="Name, logo, licence, withdrawn pages and more, as YAML."
)
@click.option("--demo", is_flag=True, help="Serve the packaged example records.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Listen here.")
@click.option("-p", "--port", type=click.IntRange(0, 65535), default=7878, show_default=True, metavar="PORT")
@click.option(
    "--url", metavar="IRI", help="What the server calls itself, where it stands behind another one."
)
@click.option(
    "--workers", type=click.IntRange(1, 256), metavar="N", help="Run N queries side by side; else one a core."
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 86400),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="Stop a query after this time.",
)
@click.option(
    "--memory", default="2G", show_default=True, metavar="SIZE", help="Stop a query that takes more memory."
)
@click.option(
    "--max-rows", type=click.IntRange(1), metavar="N", help="Cut an answer after N rows, and say so."
)
@click.option(
    "--allow-service",
    "services",
    multiple=True,
    metavar="IRI",
    help="Let queries ask this endpoint (SERVICE).",
)
@click.option("-v", "--verbose", is_flag=True, help="Show each request on standard output.")
def serve(
    sources: tuple[str, ...],
    store: str | None,
    config_file: str | None,
    demo: bool,
    host: str,
    port: int,
    url: str | None,
    workers: int | None,
    timeout: float,
    memory: str,
    max_rows: int | None,
    services: tuple[str, ...],
    verbose: bool,
) -> int:
    """Serve a store: a SPARQL endpoint and its pages. It only reads, and Ctrl-C ends it.

    With SOURCES they are loaded first: into --store, else into a place of its own that is removed at the end.
    What `kg load` loads into the store while it is served is taken up at once.

    \b
    kg serve --demo
    kg serve --store store/ --port 8080
    kg serve site/ --max-rows 100000 --timeout 10
    """  # noqa: D301  # click takes the backspace itself
    try:
        from kg.publish.config import Config, read_config
        from kg.serve.running import listening
        from kg.serve.settings import Limits, ServeSettings
    except ImportError as error:
        raise MissingExtraError(
            f"`kg serve` needs {error.name}, which is not installed: pip install 'pathway-kg[serve]'"
        ) from error
    config = read_config(config_file) if config_file else Config()
    limits = Limits(workers=workers or _cores(), timeout=timeout, memory=_size(memory), max_rows=max_rows)
    with ExitStack() as stack:
        listener = stack.enter_context(listening(host, port))
        local = _base(None, host, listener.getsockname()[1])
        folder = _folder(stack, sources, store, demo)
        known = local if url is None else _base(url, host, port)
        settings = ServeSettings(folder, known, limits, tuple(map(_service, services)))
        if config.title is not None:
            settings = replace(settings, title=config.title)
        return _run(settings, config, host, local, listener, verbose)


def _run(
    settings: ServeSettings, config: Config, host: str, local: str, listener: Listener, verbose: bool
) -> int:
    from kg.serve.running import run
    from kg.serve.site import site_app

    site = replace(config.settings(settings.url), query_url=f"{settings.url}sparql", suffix="")
    app = site_app(settings, site, config.about(site))

    def say() -> None:
        known = "" if settings.url == local else f" (known as {settings.url})"
        click.echo(f"serving {settings.store} at {local}{known}", err=True)
        click.echo(f"queries at {local}sparql; Ctrl-C ends it", err=True)
        for line in _warnings(host, settings, app.service.snapshot.closed):
            click.secho(line, fg="yellow", err=True)

    return 0 if run(app, listener, started=say, verbose=verbose) else 1


def _warnings(host: str, settings: ServeSettings, closed: bool) -> list[str]:
    """Return what whoever runs the server should know."""
    found, limits, services = [], settings.limits, settings.services
    if not _is_loopback(host):
        found.append(
            f"warning: {host} can be reached by other machines, without TLS and without limits for each of "
            "them; docs/serving.md shows how to put nginx before it"
        )
    if services:
        found.append(f"warning: queries may ask {', '.join(services)}, in the name of this machine")
    if not closed:
        found.append(
            "note: this system cannot close the network to queries; their text is checked all the same"
        )
    needed, there = limits.memory * (limits.workers + 1), _memory()
    if there and needed > there:
        found.append(
            f"note: {limits.workers + 1} queries may take {needed >> 20:,} MB together, and this machine has "
            f"{there >> 20:,} MB; --memory or --workers takes less"
        )
    return found


def _folder(stack: ExitStack, sources: tuple[str, ...], store: str | None, demo: bool) -> Path:
    """Return the folder of the store to serve; load what is to be loaded.

    Raises:
        UsageError: options contradict each other, or there is no store.
    """
    import tempfile

    from kg.query.targets import Place, target_of

    if demo and (sources or store):
        raise UsageError("--demo serves the example records: it goes with no SOURCE and no --store")
    if demo:
        from kg import resources

        sources = (str(resources.examples()),)
    if not sources:
        target = target_of(store)
        if target.place is not Place.FOLDER:
            raise UsageError(f"--store {store}: this is no folder; give a file as a SOURCE, to load it first")
        return Path(target.where)
    made = store or stack.enter_context(tempfile.TemporaryDirectory(prefix="kg-served-"))
    folder = Path(made) if store else Path(made, "store")
    _load(sources, folder)
    return folder


def _load(sources: tuple[str, ...], folder: Path) -> None:
    from kg.loading import load

    with Progress(quiet=False) as progress:
        try:
            summary = load(sources, str(folder), advance=progress.advance, started=progress.start)
        finally:
            progress.close()
            if progress.run is not None:
                show_problems(progress.run.summary, None)
    if summary.records is not None:
        show_summary(summary.records)
    click.echo(f"{'loaded':<9} {summary.held:>11,}  triples", err=True)


def _base(url: str | None, host: str, port: int) -> str:
    """Return what the server calls itself, with a slash at the end.

    Raises:
        UsageError: it is no http or https address.
    """
    if url is None:
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - compared, not bound
        return f"http://{shown}:{port}/"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise UsageError(f"--url: {url!r} is no http or https address")
    if re.search(r'[\x00-\x20<>"{}|\\^`]', url):
        raise UsageError(f"--url: {url!r} is no valid IRI")
    return url if url.endswith("/") else url + "/"


def _service(iri: str) -> str:
    parts = urlsplit(iri)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"--allow-service: {iri!r} is no http or https address")
    return iri


def _size(text: str) -> int:
    """Return a size in bytes.

    Raises:
        UsageError: it is none, or too small to answer anything.
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"--memory: {text!r} is no size such as 512M or 2G")
    size = int(float(found[1]) * 1024 ** " KMGT".index(found[2].upper() or " "))
    if size < _LEAST_MEMORY:
        raise UsageError(f"--memory: a query needs {_LEAST_MEMORY >> 20} MB at the least")
    return size


def _is_loopback(host: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _cores() -> int:
    import os

    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def _memory() -> int:
    import os

    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0
