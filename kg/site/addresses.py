"""Where the pages of a site are: pure functions from what a page shows to its path, and back.

Every path is flat: a folder for each kind, and no folder within it. Nothing in a path needs an escape in a
URL, so a file has the same name on the disk, in a link and in a server's log.

| page | file | canonical URL |
|---|---|---|
| a thing | `gene/208.html` | `<url>gene/208` |
| page 2 of its list of figures | `gene/208,2.html` | `<url>gene/208,2` |
| its graph | `gene/208.ttl`, `gene/208.jsonld` … | the same |
| a download | `gene/208.genes.tsv` | the same |
| all of a kind; page 2 | `gene/index.html`; `gene/index,2.html` | `<url>gene/`; `<url>gene/index,2` |
| home | `index.html` | `<url>` |
| queries, a query | `queries/index.html`, `queries/<name>.html` | `<url>queries/`, `<url>queries/<name>` |
| search, ontology, about | `search.html` … | `<url>search` … |
| not found, gone | `404.html`, `410.html` | none |
| a thing itself | none: 303 to its page | `<url>id/gene/208` |

A file name is made of its key by four rules; the first is enough for nearly every key.

1. ASCII letters, digits, `.`, `_` and `-` stand for themselves, and a colon becomes `~`.
2. Any other byte of UTF-8 becomes `=` and two hex digits; so do a dot or dash at the start, a dot at the end,
   a dot before what looks like a file extension, a colon behind a colon, and the first letter of a name that
   Windows or this site keeps for itself (`CON`, `index`).
3. Names differ even where the file system takes `a` and `A` for one. Capitals are expected in heads of
   identifiers only (`PMC12`, `WP554`, `mesh:D000255`, `CHEBI:15422`); a key whose capitals stand elsewhere
   ends in `~~` and a hexadecimal number with a bit for each letter that is not as expected.
4. A name of more than 200 bytes is cut and ends in `~~-` and a hash of its key: that alone cannot be read
   back (`key_of` gives None), and a site keeps a list of such keys.

A comma stands in no file name of a key, so later pages meet nothing else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from kg.site.kinds import KINDS

MAX_BYTES = 200
"""How long the file name of a key may be; endings such as `,2.genes.tsv` come behind it."""

FORMS: Mapping[str, str] = MappingProxyType(
    {"ttl": "text/turtle", "jsonld": "application/ld+json", "nt": "application/n-triples"}
)
"""The forms of the graph of a page: file extension and media type."""


class Address(NamedTuple):
    """A page: its kind, its key, and which page it is of those that share them (1 is the first).

    `kind` is a kind of things, or `list` (`key` is the kind that it lists), `query` (`key` is its name), or
    one of the pages that stand alone: `home`, `search`, `queries`, `ontology`, `about`, `notfound`, `gone`.
    """

    kind: str
    key: str = ""
    number: int = 1


CUT = "~~-"
"""What stands in a file name that was cut, and in no other."""

ALONE: Mapping[str, str] = MappingProxyType(
    {
        "home": "index",
        "search": "search",
        "queries": "queries/index",
        "ontology": "ontology",
        "about": "about",
        "console": "sparql",
        "notfound": "404",
        "gone": "410",
    }
)
"""The pages that stand alone, and their paths without an extension."""

_AT_PATH: Mapping[str, str] = MappingProxyType({path: kind for kind, path in ALONE.items()})


_PLAIN = re.compile(r"\d+|PMC\d+(?:__[a-z0-9_-]+)?|WP\d+", re.ASCII)
"""Keys whose name is plain to see; nearly all."""

_RESERVED = re.compile(r"(?:index|con|prn|aux|nul|com\d|lpt\d)(?=\.|\Z)", re.IGNORECASE | re.ASCII)
_ESCAPED = re.compile(r"[^A-Za-z0-9._:-]|^[.:-]|\.(?=[A-Za-z]{2,7}\Z)|\.\Z|(?<=:):", re.ASCII)
_CAPITALS = re.compile(
    r"^(?:pmc|wp)(?=\d)|^(?:pw|doid|cl|go|chebi|mgi|slm)(?=:)|(?<=:)(?<!^doi:)(?!//).+", re.ASCII
)
"""Where a key is expected to have capitals, once all of it is in small letters."""

_LOWER: Mapping[int, str] = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_CODE = re.compile(r"=([0-9a-f]{2})")
_PATH = re.compile(
    r"(?P<page>(?:(?P<folder>[a-z]+)/)?(?P<name>[^/,]*?))(?:,(?P<number>[2-9]|[1-9]\d{1,8}))?"
    r"(?P<ending>(?:\.[A-Za-z]{2,7})*)",
    re.ASCII,
)


@lru_cache(maxsize=1 << 14)
def file_name(key: str) -> str:
    """Return the file name of a key, without an extension.

    >>> file_name("208"), file_name("PMC12__f1"), file_name("PMC12__JCI.f9"), file_name("mesh:D000255")
    ('208', 'PMC12__f1', 'PMC12__JCI.f9~~e', 'mesh~D000255')
    >>> file_name("a b/æ"), file_name("CON"), file_name("a.gif")
    ('a=20b=2f=c3=a6', '=43ON~~7', 'a=2egif')
    """
    if _PLAIN.fullmatch(key) and len(key) < MAX_BYTES and not _RESERVED.match(key):
        return key
    name = _ESCAPED.sub(_coded, key).replace(":", "~")
    if _RESERVED.match(key):
        name = f"={ord(key[0]):02x}{name[1:]}"
    name += _capitals(key)
    if len(name) <= MAX_BYTES:
        return name
    return f"{re.sub('=.?$', '', name[:160])}{CUT}{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _coded(found: re.Match[str]) -> str:
    return "".join(f"={byte:02x}" for byte in found[0].encode())


def _capitals(key: str) -> str:
    """Return `~~` and a bit for each letter that is not of the expected case, nothing where all are."""
    small = key.translate(_LOWER)
    expected = _CAPITALS.sub(lambda found: found[0].upper() if found[0].isascii() else found[0], small)
    if expected == key:
        return ""
    bits = 0
    for one, other in zip(key, expected, strict=True):
        if one.isascii() and one.isalpha():
            bits = bits * 2 + (one != other)
    return f"~~{bits:x}"


def key_of(name: str) -> str | None:
    """Return the key of a file name; None where it is cut, or no name that `file_name` makes.

    >>> key_of("a=20b=2f=c3=a6"), key_of("mesh~D000255"), key_of("../x")
    ('a b/æ', 'mesh:D000255', None)
    """
    if not name.isascii():
        return None
    plain = (name.rpartition("~~")[0] or name).replace("~", ":")
    try:
        coded = _CODE.sub(lambda found: chr(int(found[1], 16)), plain)
        key = coded.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return None
    return key if file_name(key) == name else None


def page(address: Address) -> str:
    """Return the path of a page from the top of the site, without an extension.

    >>> page(Address("gene", "208", 2)), page(Address("list", "gene")), page(Address("home"))
    ('gene/208,2', 'gene/index', 'index')
    """
    kind, key, number = address
    if kind in ALONE:
        path = ALONE[kind]
    elif kind == "list":
        path = f"{key}/index"
    else:
        path = f"{'queries' if kind == 'query' else kind}/{file_name(key)}"
    return path if number == 1 else f"{path},{number}"


def file_path(address: Address, ending: str = "html") -> str:
    """Return the path of a file of a page: `html`, a form (`ttl`), or a download (`genes.tsv`).

    >>> file_path(Address("gene", "208")), file_path(Address("gene", "208"), "genes.tsv")
    ('gene/208.html', 'gene/208.genes.tsv')
    """
    return f"{page(address)}.{ending}"


def link_path(address: Address, suffix: str = "") -> str:
    """Return what follows the site's URL in a link: with the suffix of a static site, or without one.

    >>> link_path(Address("gene", "208")), link_path(Address("list", "gene")), link_path(Address("home"))
    ('gene/208', 'gene/', '')
    """
    path = page(address)
    if suffix or not path.endswith("index"):
        return path + suffix
    return path.removesuffix("index") if path == "index" or path.endswith("/index") else path


def url(site: str, address: Address) -> str:
    """Return the canonical URL of a page: it names the page in the data, and search engines list it.

    >>> url("https://example.org/kg/", Address("gene", "208"))
    'https://example.org/kg/gene/208'
    """
    return site + link_path(address)


def href(current: Address, target: Address | str, suffix: str, site: str = "") -> str:
    """Return a link from a page to a page, or to a path such as `static/style.css`.

    It is relative, so that a site can be moved and opened from the file system; `notfound` and `gone` are
    shown at any path, and link by `site`, the URL of the site.

    >>> href(Address("gene", "208"), Address("figure", "PMC1__f1"), ".html")
    '../figure/PMC1__f1.html'
    >>> href(Address("home"), "static/style.css", ".html"), href(Address("gene", "208"), Address("home"), "")
    ('static/style.css', '../')
    """
    path = target if isinstance(target, str) else link_path(target, suffix)
    if current.kind in ("notfound", "gone"):
        return site + path
    if "/" in page(current):
        return "../" + path
    return path or "./"


def address_of(path: str, cut: Mapping[str, str] = MappingProxyType({})) -> tuple[Address, str] | None:
    """Return the page that a path from the top of the site names, and its ending; None where it names none.

    The ending is empty, or that of a form or download: `html`, `ttl`, `genes.tsv`. `cut` has the key of
    each file name that was cut (`<kind>/<name>`).

    >>> address_of("gene/208"), address_of("gene/208,2.html")
    ((Address(kind='gene', key='208', number=1), ''),
     (Address(kind='gene', key='208', number=2), 'html'))
    >>> address_of("gene/"), address_of("figure/a=20b.genes.tsv")
    ((Address(kind='list', key='gene', number=1), ''),
     (Address(kind='figure', key='a b', number=1), 'genes.tsv'))
    >>> address_of("nothing/208") is None
    True
    """
    found = _PATH.fullmatch(path)
    if found is None or (found["number"] and not found["name"]):
        return None
    whole, folder, name = found["page"], found["folder"] or "", found["name"]
    number, ending = int(found["number"] or 1), found["ending"][1:]
    whole += "" if name else "index"
    if number == 1 and whole in _AT_PATH:
        return Address(_AT_PATH[whole]), ending
    if name in ("", "index") and folder in KINDS:
        return Address("list", folder, number), ending
    key = cut.get(whole) or key_of(name)
    if key is None or folder not in (*KINDS, "queries"):
        return None
    return Address("query" if folder == "queries" else folder, key, number), ending
