"""What is known of a query before any engine sees it: its kind, its prefixes, whom it asks, how large it is.

The kind of a SPARQL request is decided by the first word after its prologue, so reading the prologue by the
grammar is enough to know it for certain; a whole parser would refuse the extensions of real servers
(`bif:contains`, `DEFINE`, SPARQL 1.2). The engine that runs the query still parses all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from urllib.parse import urljoin

from kg.query.errors import QuerySyntaxError, RefusedError
from kg.query.tokens import CLOSING, OPENING, Token, ambiguous, located, tokens

MAX_LENGTH = 64 << 10
"""The longest query text, before its parameters are set: 64 KiB."""
MAX_LENGTH_SET = 1 << 20
"""The longest query text once its parameters are set: 1 MiB, some 40,000 genes."""

_UPDATES = frozenset("INSERT DELETE LOAD CLEAR DROP CREATE ADD MOVE COPY WITH".split())
_SERVICE = re.compile(r"SERVICE", re.IGNORECASE)


class Kind(str, Enum):
    """What a query answers with: rows, a yes or no, or triples."""

    SELECT = "SELECT"
    ASK = "ASK"
    CONSTRUCT = "CONSTRUCT"
    DESCRIBE = "DESCRIBE"

    @property
    def is_graph(self) -> bool:
        """Whether the answer is triples."""
        return self in (Kind.CONSTRUCT, Kind.DESCRIBE)


@dataclass(frozen=True, slots=True)
class Syntax:
    """What a query text says of itself.

    `services` holds the IRI of each SERVICE, or `None` for one that is a variable; `graphs` those of
    `FROM` and `FROM NAMED`; `names` the prefixes that are used; `limit` that of the outermost query.
    """

    kind: Kind
    prefixes: Mapping[str, str]
    services: tuple[str | None, ...]
    graphs: tuple[str, ...]
    uses_graph: bool
    names: frozenset[str]
    limit: int | None


def read_syntax(text: str, found: Sequence[Token] | None = None) -> Syntax:
    r"""Read what a query text says of itself; `found` are its tokens, where they are known.

    Raises:
        QuerySyntaxError: it is no SPARQL query.
        RefusedError: it is an update, or beyond a limit.

    >>> read_syntax("# insert\nPREFIX insert: <e:> ASK { ?s insert:p 'delete' }").kind.value
    'ASK'
    """
    check_length(text, MAX_LENGTH_SET)
    found = tokens(text) if found is None else found
    start, base, prefixes = _prologue(text, found)
    resolved = _Resolver(base, prefixes)
    return Syntax(
        _kind(text, found, start),
        prefixes,
        tuple(_services(text, found, resolved)),
        tuple(_graphs(found, resolved)),
        any(token.kind == "word" and token.text.upper() == "GRAPH" for token in found),
        frozenset(token.text.partition(":")[0] for token in found if token.kind == "name"),
        _limit(found),
    )


def check_length(text: str, most: int) -> None:
    """Check that a text is not too long.

    Raises:
        RefusedError: it is.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > most:
        raise RefusedError(f"the query is too long: {size:,} bytes, and {most:,} is the most")


def with_known_prefixes(text: str, known: Mapping[str, str]) -> str:
    """Declare the prefixes that a query uses, that are known and that it does not declare, on its first line.

    >>> with_known_prefixes("ASK { ?s a kg:Figure }", {"kg": "e:", "schema": "f:"})
    'PREFIX kg: <e:> ASK { ?s a kg:Figure }'
    """
    syntax = read_syntax(text)
    missing = sorted(name for name in syntax.names - set(syntax.prefixes) if name in known)
    return "".join(f"PREFIX {name}: <{known[name]}> " for name in missing) + text


class _Resolver:
    """Makes IRIs of tokens, by the base and the prefixes of a query."""

    def __init__(self, base: str, prefixes: Mapping[str, str]) -> None:
        self._base, self._prefixes = base, prefixes

    def __call__(self, token: Token) -> str | None:
        if token.kind == "iri":
            return urljoin(self._base, token.text[1:-1]) if self._base else token.text[1:-1]
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            namespace = self._prefixes.get(prefix)
            return None if namespace is None else namespace + re.sub(r"\\(.)", r"\1", local)
        return None


def _prologue(text: str, found: Sequence[Token]) -> tuple[int, str, dict[str, str]]:
    """Return where the prologue ends, the base, and the prefixes."""
    place, base, prefixes = 0, "", dict[str, str]()
    while place < len(found):
        word = found[place].text.upper() if found[place].kind == "word" else ""
        after = found[place + 1 : place + 3]
        kinds = [token.kind for token in after]
        if word == "BASE" and kinds[:1] == ["iri"]:
            base = urljoin(base, after[0].text[1:-1])
            place += 2
        elif word == "PREFIX" and kinds == ["name", "iri"] and after[0].text.endswith(":"):
            iri = after[1].text[1:-1]
            prefixes[after[0].text[:-1]] = urljoin(base, iri) if base else iri
            place += 3
        elif word == "VERSION" and kinds[:1] == ["string"]:
            place += 2
        elif word == "DEFINE" and kinds[:1] == ["name"]:
            place += 3
        elif word in ("BASE", "PREFIX"):
            raise QuerySyntaxError(located(text, found[place].start, f"{word} is not followed as it should"))
        else:
            break
    return place, base, prefixes


def _kind(text: str, found: Sequence[Token], start: int) -> Kind:
    if start >= len(found):
        raise QuerySyntaxError("the query is empty: there is no SELECT, ASK, CONSTRUCT or DESCRIBE")
    word = found[start].text.upper()
    if word in _UPDATES:
        raise RefusedError(
            f"{word} changes a store, and `kg query` only reads; `kg load` is what writes to a store"
        )
    if word not in Kind.__members__:
        expected = "expected SELECT, ASK, CONSTRUCT or DESCRIBE"
        raise QuerySyntaxError(located(text, found[start].start, expected))
    return Kind[word]


def _services(text: str, found: Sequence[Token], resolved: _Resolver) -> Iterator[str | None]:
    words = 0
    for place, token in enumerate(found):
        if token.kind == "word" and token.text.upper() == "SERVICE":
            words += 1
            after = [other for other in found[place + 1 : place + 3] if other.text.upper() != "SILENT"]
            yield resolved(after[0]) if after else None
    doubtful = [token for token in _body(found) if ambiguous(token)]
    if doubtful and len(_SERVICE.findall(text)) > words:
        what = "this may be an IRI or a comparison, and the query speaks of SERVICE: put a blank after `<`"
        raise RefusedError(f"the query is refused at {located(text, doubtful[0].start, what)}")


def _body(found: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens that are not the IRI of a PREFIX or BASE."""
    for place, token in enumerate(found):
        before = [other.text.upper() for other in found[max(0, place - 2) : place]]
        if before[:1] != ["PREFIX"] and before[-1:] != ["BASE"]:
            yield token


def _graphs(found: Sequence[Token], resolved: _Resolver) -> Iterator[str]:
    for place, token in enumerate(found):
        if token.kind == "word" and token.text.upper() == "FROM":
            after = [other for other in found[place + 1 : place + 3] if other.text.upper() != "NAMED"]
            iri = resolved(after[0]) if after else None
            if iri is not None:
                yield iri


def _limit(found: Sequence[Token]) -> int | None:
    """Return the LIMIT of the outermost query: the one that stands outside all brackets."""
    depth, limit = 0, None
    for before, token in pairwise(found):
        depth += (before.text in OPENING) - (before.text in CLOSING)
        if depth == 0 and before.text.upper() == "LIMIT" and token.text.isascii() and token.text.isdigit():
            limit = int(token.text)
    return limit
