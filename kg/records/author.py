"""Author pages (`_authors/`): only what a person says in public about his or her work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kg.identifiers import ORCID, WIKIDATA
from kg.problems import Report
from kg.records import keys
from kg.records.fields import Fields
from kg.records.lookups import Lookups
from kg.records.shared import Identifier, linked, required_text
from kg.source import Document, Skipped

_IP_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|(?=.*:.*:)[0-9A-Fa-f:.]{3,45}", re.ASCII)
_BOT = re.compile(r"(?:.*[^A-Z])?Bot\d*|.*[-_. ]bot\d*")
_UNKNOWN = "Unknown"


class Author(NamedTuple):
    """An author of pathways; `same` are the ORCID and Wikidata identifiers."""

    username: str
    name: str | None
    affiliation: str | None
    same: tuple[Identifier, ...]
    unlinked: tuple[str, ...]


def is_anonymous(username: str) -> bool:
    """Say whether a username is an IP address.

    >>> is_anonymous("192.0.2.7"), is_anonymous("2001:db8::7"), is_anonymous("A.Weiss")
    (True, True, False)
    """
    return _IP_ADDRESS.fullmatch(username) is not None


def is_bot(username: str) -> bool:
    """Say whether a username is that of a program, by the custom of wikis.

    >>> is_bot("MaintBot"), is_bot("Link bot"), is_bot("Talbot"), is_bot("Bothmer")
    (True, True, False, False)
    """
    return _BOT.fullmatch(username) is not None


def named_authors(fields: Fields, key: str) -> Iterator[str]:
    """Yield the usernames of a list; an IP address among them is reported, and left out."""
    for path, username in fields.numbered_texts(key):
        if is_anonymous(username):
            fields.problem_at("anonymous-author", path, "a username", "an IP address")
        else:
            yield username


def parse_author(document: Document, lookups: Lookups, report: Report) -> Author | Skipped:
    """Parse the page of an author; that of an IP address is no record.

    Raises:
        RecordLostError: it has no `username`.
    """
    fields = Fields(document, report)
    username = required_text(fields, "username")
    fields.check_keys(keys.AUTHOR)
    if is_anonymous(username):
        return Skipped(document.path, "the page of an IP address, which is personal data")
    unlinked: list[str] = []
    found = [linked(fields, "orcid", ORCID, unlinked), linked(fields, "wikidata", WIKIDATA, unlinked)]
    name = fields.text("realname")
    return Author(
        username=username,
        name=None if name == _UNKNOWN else name,
        affiliation=fields.text("affiliation"),
        same=tuple(identifier for identifier in found if identifier),
        unlinked=tuple(unlinked),
    )
