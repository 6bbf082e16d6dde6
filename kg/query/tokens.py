"""The tokens of a SPARQL text: strings, IRIs and comments told apart from what they may look like.

The productions are those of SPARQL 1.1, section 19.8. Where the grammar alone cannot tell an IRI from an
expression (`?a<?b&&?c>?d`), the longest match is taken, as the specification says; `ambiguous` names the
few of them that an engine which decides otherwise would read on differently from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kg.query.errors import QuerySyntaxError

_HEX = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_LOCAL = r"(?:[\w:]|%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?#@%-])"
_TOKEN = re.compile(
    rf'''
      (?P<space>  [\x20\t\r\n]+ | \#[^\r\n]* )
    | (?P<string> """(?:"{{0,2}}(?:[^"\\]|\\.))*""" | \'\'\'(?:'{{0,2}}(?:[^'\\]|\\.))*\'\'\'
                | "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*' )
    | (?P<iri>    <(?:[^<>"{{}}|^`\\\x00-\x20]|{_HEX})*> )
    | (?P<lang>   @[A-Za-z]+(?:-+[A-Za-z0-9]+)* )
    | (?P<bnode>  _:\w(?:[\w-]|\.+(?=[\w-]))* )
    | (?P<var>    [?$]\w+ )
    | (?P<name>   (?:[^\W\d_](?:[\w-]|\.+(?=[\w-]))*)?:(?:{_LOCAL}(?:{_LOCAL}|-|\.+(?={_LOCAL}|-))*)? )
    | (?P<number> (?:\d+\.?\d*|\.\d+)[eE][+-]?\d+ | \d*\.\d+ | \d+ )
    | (?P<word>   [A-Za-z]\w* )
    | (?P<mark>   \^\^ | && | \|\| | != | <= | >= | [^\s\w"'\\] | \\ )
    ''',
    re.VERBOSE | re.DOTALL,
)
_PLAIN_IRI = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://|<[^'#]*>")


class Token(NamedTuple):
    """One token: its kind (`string`, `iri`, `var`, `name`, `word`, `mark` …), its text and its place."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Return the tokens of a text, blanks and comments left out.

    Raises:
        QuerySyntaxError: a character starts no token; mostly a string that does not end.

    >>> [token.text for token in tokens("ASK { ?s a <e:#x> } # SERVICE")]
    ['ASK', '{', '?s', 'a', '<e:#x>', '}']
    """
    return list(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    place, doubtful = 0, None
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise QuerySyntaxError(_unknown(text, place, doubtful))
        kind = found.lastgroup or "mark"
        if kind != "space":
            token = Token(kind, found.group(), place, found.end())
            doubtful = token if ambiguous(token) else doubtful
            yield token
        place = found.end()


def _unknown(text: str, place: int, doubtful: Token | None) -> str:
    if doubtful is None:
        return located(text, place, "here starts nothing that SPARQL knows; is a string left open?")
    return located(text, doubtful.start, "this reads as an IRI; if it is a comparison, put a blank after `<`")


def ambiguous(token: Token) -> bool:
    """Say whether a token is an IRI that may be an operator before a string or a comment (`?a<'x'>`)."""
    return token.kind == "iri" and not _PLAIN_IRI.match(token.text)


def line_and_column(text: str, place: int) -> tuple[int, int]:
    """Return the line and the column of a place, both from 1."""
    return text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)


def located(text: str, place: int, what: str) -> str:
    """Return a message with the line of the text and a mark below the place.

    >>> print(located("ASK { ¤ }", 6, "what is this?"))
    line 1, column 7: what is this?
      ASK { ¤ }
            ^
    """
    line, column = line_and_column(text, place)
    lines = text.splitlines()
    shown = (lines[line - 1] if line <= len(lines) else "").replace("\t", " ")
    first = max(0, column - 60)
    mark = " " * (column - 1 - first) + "^"
    return f"line {line}, column {column}: {what}\n  {shown[first : first + 100]}\n  {mark}"
