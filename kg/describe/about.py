"""What counts cannot tell of a dataset: its title, licence, publisher; the user may set each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from kg.errors import UsageError
from kg.graph import IRI
from kg.iris import http_iri
from kg.vocabulary import CC0


class Agent(NamedTuple):
    """A person or organisation: its name and IRI."""

    name: str
    iri: IRI


_WIKIPATHWAYS = Agent("WikiPathways", IRI("https://www.wikipathways.org/"))
_AGENT = re.compile(r"(.*\S)\s*<([^<>]+)>")


class About(NamedTuple):
    """What is said of a dataset; `downloads` is where its files will be published, None for its own IRI."""

    name: str = "kg"
    title: str = "Knowledge graph of curated pathway records"
    description: str = (
        "Linked data made from curated records of pathway figures, pathways and posts: the genes, chemicals, "
        "diseases and organisms that they mention, the papers that they come from, and the words as read."
    )
    keywords: tuple[str, ...] = ("biological pathways", "pathway figures", "genes", "knowledge graph", "RDF")
    licence: IRI = CC0
    creator: Agent = _WIKIPATHWAYS
    publisher: Agent = _WIKIPATHWAYS
    page: IRI | None = None
    downloads: str | None = None


def about(options: Iterable[str]) -> About:
    """Make it of `KEY=VALUE` options.

    Raises:
        UsageError: there is no such key, or its value is not valid.

    >>> about(["title=My graph", "publisher=My group <https://example.org/>"]).publisher.name
    'My group'
    """
    made = About()
    for option in options:
        key, equals, value = option.partition("=")
        if not equals or key not in _READ or not value.strip():
            raise UsageError(f"--about {option}: write KEY=VALUE; the keys are {', '.join(_READ)}")
        given: dict[str, Any] = {key: _READ[key](value.strip())}
        made = made._replace(**given)
    return made


def _iri(text: str) -> IRI:
    found = http_iri(text)
    if found is None:
        raise UsageError(f"--about: {text!r} is not a valid absolute http or https IRI")
    return found


def _agent(text: str) -> Agent:
    found = _AGENT.fullmatch(text)
    if found is None:
        raise UsageError(f"--about: {text!r}: write NAME <IRI>")
    return Agent(found[1], _iri(found[2]))


def _folder(text: str) -> str:
    return _iri(text if text.endswith("/") else text + "/")


def _name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", text):
        raise UsageError(f"--about name: {text!r} is no plain word")
    return text


def _description(text: str) -> str:
    if not 50 <= len(text) <= 5000:
        raise UsageError("--about description: write 50 to 5,000 characters, as dataset search asks")
    return text


def _words(text: str) -> tuple[str, ...]:
    return tuple(sorted({word.strip() for word in text.split(",") if word.strip()}))


_READ: Mapping[str, Callable[[str], object]] = MappingProxyType(
    {
        "name": _name,
        "title": str,
        "description": _description,
        "keywords": _words,
        "licence": _iri,
        "creator": _agent,
        "publisher": _agent,
        "page": _iri,
        "downloads": _folder,
    }
)
