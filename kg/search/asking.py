"""How the text index is asked."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from kg.errors import UsageError
from kg.search.index import MissingIndexError, SearchError

_WORD = re.compile(r"\w")


class Hit(NamedTuple):
    """One thing found: what it is, its title, and where the words stand in its text."""

    iri: str
    kind: str
    title: str
    excerpt: str
    exact: bool


class Found(NamedTuple):
    """What a search found; `all_words` is false where no document holds every word, and some hold one."""

    hits: list[Hit]
    total: int
    all_words: bool


def search(path: Path, words: str, limit: int = 20) -> Found:
    """Search an index: all words must be there; a word that ends in `*` finds what starts with it.

    Raises:
        MissingIndexError: there is no index.
        SearchError: it is damaged.
        UsageError: there is no word to look for.
    """
    match = _match(words)
    if not match:
        raise UsageError("there is no word to look for")
    if not path.is_file():
        raise MissingIndexError(f"{path.parent}: this store has no text index; load it again with `kg load`")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as index:
            return _search(index, words, match, limit)
    except sqlite3.Error as error:
        raise SearchError(f"{path}: the text index cannot be read: {error}; load the store again") from error


def _match(words: str) -> list[str]:
    """Return each word as a phrase of FTS5: quoted, so that nothing in it is an operator.

    >>> _match("NF-kB wnt* NOT")
    ['"NF-kB"', '"wnt"*', '"NOT"']
    """
    phrases = []
    for word in words.split():
        if _WORD.search(word):
            quoted = word.rstrip("*").replace('"', '""')
            phrases.append(f'"{quoted}"' + "*" * word.endswith("*"))
    return phrases


def _search(index: sqlite3.Connection, words: str, match: list[str], limit: int) -> Found:
    exact = [row[0] for row in index.execute(_EXACT, (words.strip().casefold(), words.strip()))]
    total, all_words = _count(index, " ".join(match)), True
    if not total and len(match) > 1:
        total, all_words = _count(index, " OR ".join(match)), False
    joined = (" " if all_words else " OR ").join(match)
    ranked = [row[0] for row in index.execute(_RANKED, (joined, limit + len(exact)))] if total else []
    others = [found for found in ranked if found not in set(exact)]
    wanted = (exact + others)[:limit]
    hits = [_hit(index, found, joined, found in exact) for found in wanted]
    return Found(hits, max(total, len(hits)), all_words)


_EXACT = """
    SELECT id FROM exact JOIN document USING (id) WHERE key = ? ORDER BY title <> ?, id LIMIT 1000
"""
# The weights are those of the columns in their order: title, names, codes, text.
_RANKED = """
    SELECT rowid FROM document_text WHERE document_text MATCH ?
    ORDER BY bm25(document_text, 8.0, 4.0, 6.0, 1.0), rowid LIMIT ?
"""


_MARK = "\x02"
_COUNT = "SELECT count(*) FROM document_text WHERE document_text MATCH ?"
_DOCUMENT = "SELECT iri, kind, title FROM document WHERE id = ?"
_EXCERPT = """
    SELECT snippet(document_text, 3, char(2), '', '…', 16), snippet(document_text, -1, '', '', '…', 16)
    FROM document_text WHERE document_text MATCH ? AND rowid = ?
"""


def _count(index: sqlite3.Connection, match: str) -> int:
    return int(index.execute(_COUNT, (match,)).fetchone()[0])


def _hit(index: sqlite3.Connection, found: int, match: str, exact: bool) -> Hit:
    iri, kind, title = index.execute(_DOCUMENT, (found,)).fetchone()
    row = index.execute(_EXCERPT, (match, found)).fetchone()
    in_text, anywhere = row or ("", "")
    excerpt = " ".join((in_text.replace(_MARK, "") if _MARK in in_text else anywhere).split())
    return Hit(iri, kind, title, "" if excerpt == title else excerpt, exact)
