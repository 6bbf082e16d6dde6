"""The tokens of a SPARQL text: strings, IRIs and comments told apart from what they may look like.

The productions are those of SPARQL 1.1, section 19.8. Where the grammar alone cannot tell an IRI from an
expression (`?a<?b&&?c>?d`), the longest match is taken, as the specification says; `ambiguous` names the
few of them that an engine which decides otherwise would read on differently from there.

Reading takes steps in proportion to the length of a text, whatever it is: no pattern steps back over what it
has read more than once, and what was sought in vain once (`_Scanner`) is not sought again. It ends at the
first bracket that is nested too deeply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from kg.query.errors import QuerySyntaxError, RefusedError

MAX_NESTING = 200
"""How deeply brackets may be nested: an engine that recurses crashes at some thousands."""

OPENING, CLOSING = frozenset("{(["), frozenset("})]")

_HEX = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_LOCAL = r"(?:[\w:]|%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?#@%-])"
_TOKEN = re.compile(
    rf"""
      (?P<space>  [\x20\t\r\n]+ | \#[^\r\n]* )
    | (?P<string> "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*' )
    | (?P<iri>    <(?:[^<>"{{}}|^`\\\x00-\x20]|{_HEX})*> )
    | (?P<lang>   @[A-Za-z]+(?:-+[A-Za-z0-9]+)* )
    | (?P<bnode>  _:\w(?:[\w-]|\.+(?=[\w-]))* )
    | (?P<var>    [?$]\w+ )
    | (?P<name>   :(?:{_LOCAL}(?:{_LOCAL}|-|\.+(?={_LOCAL}|-))*)? )
    | (?P<number> (?:\d+(?:\.\d*)?|\.\d+)[eE][+-]?\d+ | \d*\.\d+ | \d+ )
    | (?P<word>   [A-Za-z]\w* )
    | (?P<mark>   \^\^ | && | \|\| | != | <= | >= | [^\s\w"'\\] | \\ )
    """,
    re.VERBOSE | re.DOTALL,
)
_LONG_STRINGS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        quote: re.compile(rf"{quote * 3}(?:{quote}{{0,2}}(?:[^{quote}\\]|\\.))*{quote * 3}", re.DOTALL)
        for quote in "\"'"
    }
)
_PREFIX = re.compile(r"[^\W\d_][\w-]*(?:\.+[\w-]+)*")
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
        RefusedError: brackets are nested more than `MAX_NESTING` deep.

    >>> [token.text for token in tokens("ASK { ?s a <e:#x> } # SERVICE")]
    ['ASK', '{', '?s', 'a', '<e:#x>', '}']
    """
    return list(_not_too_deep(text))


def _not_too_deep(text: str) -> Iterator[Token]:
    """Yield tokens, up to a bracket that is nested too deeply."""
    depth = 0
    for token in _tokens(text):
        if token.text in OPENING:
            depth += 1
            if depth > MAX_NESTING:
                place = located(text, token.start, f"brackets are nested more than {MAX_NESTING} deep")
                raise RefusedError(f"the query is refused at {place}")
        elif token.text in CLOSING:
            depth -= 1
        yield token


def _tokens(text: str) -> Iterator[Token]:
    place, doubtful, scanner = 0, None, _Scanner(text)
    while place < len(text):
        found = scanner.token(place)
        if found is None:
            raise QuerySyntaxError(_unknown(text, place, doubtful))
        kind, end = found
        if kind != "space":
            token = Token(kind, text[place:end], place, end)
            doubtful = token if ambiguous(token) else doubtful
            yield token
        place = end


class _Scanner:
    """Finds one token after the other; it keeps what the text has no more of."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: set[str] = set()
        """The quotes of which three begin a string that does not end. Then none that begins later ends: what
        is read after its quotes is read in the same way."""
        self._no_prefix = 0
        """Up to here stand characters of a prefix with no colon behind them."""

    def token(self, place: int) -> tuple[str, int] | None:
        """Return the kind and the end of the token that starts at a place, if one does."""
        start = self._text[place]
        if start in _LONG_STRINGS and (end := self._long_string(start, place)):
            return "string", end
        local = self._local(place) if place >= self._no_prefix else place
        found = _TOKEN.match(self._text, local)
        return None if found is None else (found.lastgroup or "mark", found.end())

    def _long_string(self, quote: str, place: int) -> int | None:
        if quote in self._open or not self._text.startswith(quote * 3, place):
            return None
        found = _LONG_STRINGS[quote].match(self._text, place)
        if found is None:
            self._open.add(quote)
            return None
        return found.end()

    def _local(self, place: int) -> int:
        """Return where the colon of a prefixed name stands that starts at a place; without one, the place."""
        found = _PREFIX.match(self._text, place)
        if found is None or self._text.startswith(":", found.end()):
            return place if found is None else found.end()
        self._no_prefix = found.end()
        return place


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
