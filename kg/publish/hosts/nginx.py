"""Settings for nginx: maps for `http`, locations for `server`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.publish.hosts.accept import nginx_maps
from kg.publish.hosts.common import HEADERS, LINKSET, SUFFIX, TYPES, Hosted, filled


def nginx(site: Hosted) -> Iterator[tuple[str, str]]:
    """Yield path and text of the files."""
    path = site.path
    values = {
        "URL": site.url,
        "FOLDER": site.folder,
        "HOST": site.host,
        "ROOT": "/srv/www" if path != "/" else f"/srv/www/{site.folder}",
        "PATH": path,
        "PATH_RE": re.escape(path).replace(r"\-", "-"),
        "LICENCE": site.licence,
        "ACCEPT": "\n".join(nginx_maps()),
        "SUFFIX": SUFFIX,
        "KINDS": "|".join(site.kinds),
        "TYPES": "\n".join(_classes(site)),
        "MOVED": "\n".join(_moved(site)),
        "GONE": "\n".join(f"    {_exactly(path + page, forms=True)} 1;" for page in site.gone),
        "TYPES_BLOCK": "\n    ".join(_types()),
        "HEADERS": "\n    ".join(_headers(site)),
        "WELL_KNOWN": _well_known(path),
    }
    for name in ("nginx-http.conf", "nginx-server.conf"):
        yield f"hosts/{name}", filled(name, values)


def _well_known(path: str) -> str:
    """Return the way from where VoID is looked for, the top of the host, to our file."""
    if path == "/":
        return ""
    return f"\nlocation = /.well-known/void {{ return 303 {path}.well-known/void; }}\n"


def _classes(site: Hosted) -> Iterator[str]:
    for kind, class_iri in site.kinds.items():
        yield f'    "~^{re.escape(site.url)}{kind}/" {class_iri};'


def _types() -> Iterator[str]:
    yield "types {"
    for media_type, extensions in TYPES.items():
        yield f"    {media_type} {' '.join(extensions)};"
    yield "}"
    yield "default_type application/octet-stream;"
    yield "charset utf-8;"
    yield (
        "charset_types "
        + " ".join(name for name in TYPES if name.startswith("text/") and name != "text/html")
        + ";"
    )
    yield "gzip on;"
    yield "gzip_static on;"
    yield "gzip_vary on;"
    yield "gzip_min_length 1000;"
    packed = [name for name in TYPES if name != "text/html" and _is_text(name)]
    yield f"gzip_types {' '.join(packed)} {LINKSET};"


def _is_text(media_type: str) -> bool:
    return media_type.startswith("text/") or media_type.endswith(("json", "xml", "triples", "bibtex"))


def _headers(site: Hosted) -> Iterator[str]:
    """Yield the headers of every answer; each location has them all, for one with its own inherits none."""
    yield "add_header Vary $kg_vary always;"
    for name, value in HEADERS.items():
        yield f'add_header {name} "{value}" always;'
    yield f'add_header Content-Security-Policy "{site.policy}" always;'
    yield 'add_header Cache-Control "public, max-age=600";'


def _moved(site: Hosted) -> Iterator[str]:
    """Yield a row for each page that has moved.

    Rows of plain text are found at once, whatever their number, but match in any case: where that would catch
    another page or row, the row is an exact pattern.
    """
    pages = {page.casefold() for page in site.near}
    seen: set[str] = set()
    for page, target in site.moved:
        folded = page.casefold()
        exact = folded in seen or (folded in pages and folded != target.casefold())
        seen.add(folded)
        key = _exactly(site.path + page) if exact else _quoted(site.path + page)
        yield f"    {key} {_quoted(site.path + target)};"


def _exactly(path: str, *, forms: bool = False) -> str:
    ending = r"(?:\.(?:html|ttl|jsonld))?" if forms else ""
    return f'"~^{re.escape(path)}{ending}$"'


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
