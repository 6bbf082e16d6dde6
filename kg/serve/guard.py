"""What is checked in a query before the engine's parser sees it: its length, its nesting, whom it asks.

A parser that recurses crashes its process at some thousands of levels (`kg.query.tokens` counts brackets); so
do chains of operators, which make a tree as deep as they are long.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.query.errors import QueryError, RefusedError
from kg.query.syntax import Syntax, check_length, read_syntax
from kg.query.tokens import Token, located, tokens
from kg.serve.errors import ProblemError

MAX_UNARY = 200
"""The most signs before one operand: `!!!!…`, `- - -`, `^^^`."""
MAX_CHAIN = 2000
"""The most of one binary operator in a query."""

_UNARY = frozenset({"!", "-", "+", "^", "^^"})
_CHAINED = frozenset("&& || + - * / | UNION OPTIONAL MINUS BIND FILTER VALUES".split())
_UPDATES = frozenset("INSERT DELETE LOAD CLEAR DROP CREATE ADD MOVE COPY WITH".split())
_VOLATILE = frozenset("NOW RAND UUID STRUUID BNODE SERVICE".split())


def checked(text: str, most: int, services: Sequence[str]) -> tuple[Syntax, bool]:
    """Check a query; return what it says of itself, and whether two runs of it may differ.

    Raises:
        ProblemError: it is no query, or one that is not run here.
    """
    try:
        check_length(text, most)
        found = tokens(text)
        if first_word(found) in _UPDATES:
            raise ProblemError("update", f"{first_word(found)} changes a store, and this endpoint only reads")
        check_chains(text, found)
        syntax = read_syntax(text, found)
    except RefusedError as error:
        raise ProblemError("refused", str(error)) from error
    except QueryError as error:
        raise ProblemError("syntax", str(error)) from error
    check_services(syntax.services, services)
    words = {token.text.upper() for token in found if token.kind == "word"}
    return syntax, bool(words & _VOLATILE)


def first_word(found: Iterable[Token]) -> str:
    """Return the first word behind the prologue, in capitals; nothing where there is none.

    >>> first_word(tokens("PREFIX insert: <e:> SELECT * {}"))
    'SELECT'
    """
    return next(
        (
            token.text.upper()
            for token in found
            if token.kind == "word" and token.text.upper() not in _PROLOGUE
        ),
        "",
    )


_PROLOGUE = frozenset({"BASE", "PREFIX", "VERSION"})


def check_chains(text: str, found: Sequence[Token]) -> None:
    """Check that no chain of operators is too long.

    Raises:
        RefusedError: one is.
    """
    signs, counts = 0, dict[str, int]()
    for token in found:
        name = token.text.upper()
        signs = signs + 1 if name in _UNARY else 0
        if signs > MAX_UNARY:
            raise RefusedError(f"the query is refused at {located(text, token.start, _SIGNS)}")
        if name in _CHAINED:
            counts[name] = counts.get(name, 0) + 1
            if counts[name] > MAX_CHAIN:
                raise RefusedError(f"the query has more than {MAX_CHAIN:,} times {token.text}")


_SIGNS = f"more than {MAX_UNARY} signs stand before one operand"


def check_services(asked: Iterable[str | None], allowed: Sequence[str]) -> None:
    """Check that a query asks no other server than those allowed, each named by its whole IRI.

    Raises:
        ProblemError: it does.
    """
    for service in asked:
        if service is None:
            raise ProblemError("service", "the query asks a server that it finds in its data")
        if service not in allowed:
            raise ProblemError("service", f"the query asks <{service}>, which is not allowed here")
