"""The configuration of a site: a small YAML file, each mistake told with file, line, key, expected and found.

name: pathways
title: Pathways of our lab
publisher: Our lab <https://example.org/lab>
withdrawn: [figure/PMC1__f1]
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kg.describe.about import About, Agent
from kg.errors import UsageError
from kg.frontmatter import FrontMatterError, Place, field_name, locate, parse
from kg.graph import IRI
from kg.iris import http_iri
from kg.problems import shown
from kg.publish.errors import ConfigError
from kg.publish.hosts import HOSTS
from kg.site.kinds import KINDS
from kg.site.settings import SiteSettings

_AGENT = re.compile(r"(.*\S)\s*<([^<>]+)>")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_KEY = re.compile(r"[a-z]+/\S.*")
_CONTACT = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+")
_LOGOS = (".svg", ".png", ".jpg", ".jpeg", ".webp")


@dataclass(frozen=True, slots=True)
class Config:
    """What a configuration says; None is what it does not say."""

    name: str | None = None
    title: str | None = None
    description: str | None = None
    logo: Path | None = None
    contact: str | None = None
    licence: IRI | None = None
    publisher: Agent | None = None
    edit_url: str | None = None
    source_url: str | None = None
    query_url: str | None = None
    withdrawn: Sequence[str] = ()
    """Pages that are gone: `kind/key`."""
    hosts: Sequence[str] = tuple(HOSTS)
    w3id: str | None = None
    """The name of the entry at w3id.org; without one, the name of the dataset."""
    compress: bool = False
    """Write a `.gz` beside every text, for hosts that send it as it is."""

    def settings(self, url: str, title: str | None = None, templates: Path | None = None) -> SiteSettings:
        """Return the settings of the site at an address.

        Raises:
            UsageError: the address is not valid, or a withdrawn page is of no kind that there is.
        """
        made = SiteSettings(site_url(url), templates=templates)
        given = {
            "title": title or self.title,
            "description": self.description,
            "logo": self.logo,
            "contact": self.contact,
            "licence": self.licence,
            "publisher": self.publisher.name if self.publisher else None,
            "edit_url": self.edit_url,
            "source_url": self.source_url,
            "query_url": self.query_url,
            "withdrawn": tuple(map(_kind_and_key, self.withdrawn)),
        }
        known: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
        return replace(made, **known)

    def about(self, site: SiteSettings) -> About:
        """Return what a description says of the dataset of a site."""
        default, made = SiteSettings(site.url), About(licence=site.licence)
        if site.title != default.title:
            made = made._replace(title=site.title)
        if site.description != default.description:
            made = made._replace(description=site.description)
        if self.name is not None:
            made = made._replace(name=self.name)
        if self.publisher is not None:
            made = made._replace(publisher=self.publisher, creator=self.publisher)
        return made


def site_url(text: str) -> str:
    """Return the address of a site, with a slash at its end.

    Raises:
        UsageError: it is no absolute http or https address of a folder.

    >>> site_url("https://example.org/kg")
    'https://example.org/kg/'
    """
    url = text if text.endswith("/") else text + "/"
    if http_iri(url) is None or not url.isascii() or "?" in url or "#" in url:
        raise UsageError(f"--url: expected an absolute http or https address of a folder, found {text!r}")
    return url


def _kind_and_key(page: str) -> tuple[str, str]:
    kind, _, key = page.partition("/")
    if kind not in KINDS:
        raise UsageError(f"withdrawn: {page}: there is no kind {kind!r}; there are {', '.join(KINDS)}")
    return kind, key


def read_config(path: str | Path) -> Config:
    """Read a configuration.

    Raises:
        ConfigError: it cannot be read, or something in it is not valid.
    """
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: expected UTF-8 text, found byte {error.start} that is none") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot read the configuration: {error.strerror}") from None
    return _Reader(Path(path), text).config()


class _Reader:
    """Reads the keys of one file."""

    def __init__(self, path: Path, text: str) -> None:
        self._path, self._text = path, text
        try:
            parsed = parse(text)
        except FrontMatterError as error:
            fault = error.fault
            raise self._error(
                (fault.line, fault.column), None, fault.expected or "valid YAML", fault.found
            ) from None
        for fault in parsed.faults:
            raise self._error(
                (fault.line, fault.column), fault.field, fault.expected, fault.found or fault.code
            )
        self._values = parsed.values

    def config(self) -> Config:
        """Return the configuration; raise ConfigError."""
        given: dict[str, Any] = {}
        for key, value in self._values.items():
            if key not in _READ:
                raise self._unknown(key)
            try:
                given[key] = _READ[key](value)
            except _ExpectedError as error:
                raise self._wrong((key, *error.path), str(error), error.found) from None
        if "logo" in given:
            given["logo"] = self._logo(given["logo"])
        return Config(**given)

    def _logo(self, name: str) -> Path:
        """Return the file of the logo, whose name counts from the folder of the configuration."""
        found = self._path.parent / name
        if found.suffix.lower() not in _LOGOS or not found.is_file():
            raise self._wrong(("logo",), f"a picture that is there ({', '.join(_LOGOS)})", name)
        return found

    def _unknown(self, key: str) -> ConfigError:
        close = difflib.get_close_matches(key, _READ, 1)
        known = f"`{close[0]}`" if close else "one of " + ", ".join(_READ)
        return self._wrong((key,), known, key)

    def _wrong(self, path: tuple[str | int, ...], expected: str, found: object) -> ConfigError:
        return self._error(locate(self._text).get(path, Place(1, 1)), field_name(path), expected, found)

    def _error(
        self, place: tuple[int, int], key: str | None, expected: str | None, found: object
    ) -> ConfigError:
        line, column = place
        about = f" {key}:" if key else ""
        wanted = f" expected {expected}," if expected else ""
        return ConfigError(f"{self._path}:{line}:{column}:{about}{wanted} found {shown(found)}")


class _ExpectedError(ValueError):
    """A value is not what its key wants: the text says what is; `found` stands at `path` below the key."""

    def __init__(self, expected: str, found: object, *path: int) -> None:
        super().__init__(expected)
        self.found, self.path = found, path


def _line(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or "\n" in value.strip():
        raise _ExpectedError("one line of text", value)
    return value.strip()


def _name(value: object) -> str:
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise _ExpectedError("a plain word (letters, digits, `.`, `_`, `-`)", value)
    return value


def _description(value: object) -> str:
    if not isinstance(value, str) or not 50 <= len(value.strip()) <= 5000:
        raise _ExpectedError("50 to 5,000 characters, as dataset search asks", value)
    return " ".join(value.split())


def _iri(value: object) -> IRI:
    found = http_iri(value) if isinstance(value, str) else None
    if found is None:
        raise _ExpectedError("an absolute http or https IRI", value)
    return found


def _contact(value: object) -> str:
    if isinstance(value, str) and (_CONTACT.fullmatch(value) or http_iri(value)):
        return value
    raise _ExpectedError("an e-mail address or an http(s) address", value)


def _publisher(value: object) -> Agent:
    found = _AGENT.fullmatch(value) if isinstance(value, str) else None
    iri = http_iri(found[2]) if found else None
    if found is None or iri is None:
        raise _ExpectedError("NAME <IRI>", value)
    return Agent(found[1], iri)


def _template(value: object) -> str:
    """Check an address with `{path}` in it: where the source record of a page lies."""
    text = value if isinstance(value, str) else ""
    if text.count("{path}") != 1 or http_iri(text.replace("{path}", "x")) is None:
        raise _ExpectedError("an http or https address with {path} in it", value)
    return text


def _withdrawn(value: object) -> tuple[str, ...]:
    rows = value if isinstance(value, list) else None
    if rows is None:
        raise _ExpectedError("a list of `kind/key`, as in figure/PMC1__f1", value)
    for position, row in enumerate(rows):
        if not isinstance(row, str) or not _KEY.fullmatch(row):
            raise _ExpectedError("`kind/key`, as in figure/PMC1__f1", row, position)
    return tuple(dict.fromkeys(rows))


def _hosts(value: object) -> tuple[str, ...]:
    rows = value if isinstance(value, list) else None
    if rows is None:
        raise _ExpectedError(f"a list of {', '.join(HOSTS)}", value)
    for position, row in enumerate(rows):
        if row not in HOSTS:
            raise _ExpectedError(f"one of {', '.join(HOSTS)}", row, position)
    return tuple(host for host in HOSTS if host in rows)


def _yes_or_no(value: object) -> bool:
    if value not in ("yes", "no", "true", "false"):
        raise _ExpectedError("yes or no", value)
    return value in ("yes", "true")


_READ: Mapping[str, Callable[[object], object]] = MappingProxyType(
    {
        "name": _name,
        "title": _line,
        "description": _description,
        "logo": _line,
        "contact": _contact,
        "licence": _iri,
        "publisher": _publisher,
        "edit_url": _template,
        "source_url": _template,
        "query_url": _iri,
        "withdrawn": _withdrawn,
        "hosts": _hosts,
        "w3id": _name,
        "compress": _yes_or_no,
    }
)
