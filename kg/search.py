"""Full text over titles, captions, symbols and identifiers: an SQLite FTS5 index beside a store.

The index is one file, made from the store when it is loaded. A document is a thing that people look for: a
figure, a pathway, a post, a gene, a chemical, a disease. What equals an identifier or a name comes first;
the rest is ranked by BM25, where a word of a title counts more than one of a caption.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from kg import vocabulary as v
from kg.errors import KgError, UsageError
from kg.graph import IRI

if TYPE_CHECKING:
    import pyoxigraph

FILE_NAME = "search.sqlite"
"""The name of the index, in the folder of a version of the store."""

_VERSION = 1
_KINDS: Mapping[str, str] = MappingProxyType(
    {
        v.FIGURE: "figure",
        v.KG + "Pathway": "pathway",
        v.BLOG_POSTING: "post",
        v.GENE: "gene",
        v.CHEMICAL_SUBSTANCE: "chemical",
        v.SCHEMA + "MolecularEntity": "metabolite",
        v.MEDICAL_CONDITION: "disease",
        v.TAXON: "organism",
        v.DEFINED_TERM: "term",
    }
)
"""What is found, by its class."""

_TITLES = frozenset({v.NAME, v.HEADLINE})
_NAMES = frozenset({v.ALTERNATE_NAME, v.KEYWORDS})
_TEXTS = frozenset({v.DESCRIPTION, v.ARTICLE_BODY})
_CODES = frozenset({v.IDENTIFIER, v.TERM_CODE})
_LINKED = frozenset({v.MENTIONS, v.ABOUT})

_SCHEMA = f"""
    PRAGMA page_size = 4096;
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA user_version = {_VERSION};
    CREATE TABLE document (
        id INTEGER PRIMARY KEY, iri TEXT, kind TEXT, title TEXT, names TEXT, codes TEXT, text TEXT
    );
    CREATE TABLE exact (key TEXT, id INTEGER, PRIMARY KEY (key, id)) WITHOUT ROWID;
    CREATE VIRTUAL TABLE document_text USING fts5(
        title, names, codes, text,
        content = 'document', content_rowid = 'id', tokenize = "unicode61 remove_diacritics 2"
    );
"""
_WORD = re.compile(r"\w")


class SearchError(KgError):
    """The text index cannot be read or written."""


class MissingIndexError(UsageError):
    """The store has no text index."""


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


class _Document(NamedTuple):
    iri: str
    kind: str
    title: str
    names: str
    codes: str
    text: str

    def exact_keys(self) -> set[str]:
        """Return what finds this document exactly: its identifiers, and the names of what is no record."""
        keys = {part for code in self.codes.split("\n") for part in (code, code.rpartition(":")[2])}
        if self.kind not in ("figure", "post", "pathway"):
            keys |= {self.title, *self.names.split("\n")}
        return {key.casefold() for key in keys if key}


def build_index(store: pyoxigraph.Store, folder: Path) -> int:
    """Write the index of a store into a folder; return the number of its documents.

    All graphs of the store are in it. The file appears under its name only when it is whole.

    Raises:
        SearchError: it cannot be written.
    """
    path = folder / FILE_NAME
    temporary = path.with_name(path.name + ".tmp")
    temporary.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(temporary)) as index:
            index.executescript(_SCHEMA)
            count = _fill(index, _documents(store))
            index.execute("INSERT INTO document_text (document_text) VALUES ('rebuild')")
            index.execute("INSERT INTO document_text (document_text) VALUES ('optimize')")
            index.commit()
        temporary.replace(path)
    except (sqlite3.Error, OSError) as error:
        temporary.unlink(missing_ok=True)
        raise SearchError(f"{path}: the text index cannot be written: {error}") from error
    return count


def _fill(index: sqlite3.Connection, documents: Iterable[_Document]) -> int:
    count = 0
    for document in documents:
        count += 1
        index.execute("INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?)", (count, *document))
        index.executemany(
            "INSERT OR IGNORE INTO exact VALUES (?, ?)", ((key, count) for key in document.exact_keys())
        )
    return count


def _documents(store: pyoxigraph.Store) -> Iterator[_Document]:
    """Yield the documents of a store, sorted within each class so that the index is the same each time."""
    import pyoxigraph

    names = _Names(store)
    rdf_type = pyoxigraph.NamedNode(v.RDF_TYPE)
    for class_iri, kind in _KINDS.items():
        class_node = pyoxigraph.NamedNode(class_iri)
        found = {quad.subject.value for quad in store.quads_for_pattern(None, rdf_type, class_node, None)}  # type: ignore[union-attr] # no node of ours is quoted
        for iri in sorted(found):
            yield _document(store, iri, kind, names)


def _document(store: pyoxigraph.Store, iri: str, kind: str, names: _Names) -> _Document:
    import pyoxigraph

    titles: set[str] = set()
    others: set[str] = set()
    codes: set[str] = set()
    texts: set[str] = set()
    for quad in store.quads_for_pattern(pyoxigraph.NamedNode(iri), None, None, None):
        predicate, value = quad.predicate.value, quad.object
        if isinstance(value, pyoxigraph.Literal):
            for wanted, into in ((_TITLES, titles), (_NAMES, others), (_TEXTS, texts), (_CODES, codes)):
                if predicate in wanted:
                    into.add(value.value)
        elif isinstance(value, pyoxigraph.NamedNode):
            if predicate in _LINKED:
                others.update(names.of(value))
            elif predicate == v.IS_BASED_ON:
                codes.update(names.codes_of(value))
    title = min(titles, default="")
    others |= titles - {title}
    return _Document(iri, kind, title, _joined(others), _joined(codes), _joined(texts))


def _joined(texts: Iterable[str]) -> str:
    return "\n".join(sorted(texts))


class _Names:
    """The names and identifiers of things that documents link to, looked up once each."""

    def __init__(self, store: pyoxigraph.Store) -> None:
        self._store = store
        self._names: dict[str, tuple[str, ...]] = {}

    def of(self, node: pyoxigraph.NamedNode) -> tuple[str, ...]:
        """Return the names of a thing."""
        found = self._names.get(node.value)
        if found is None:
            found = self._names[node.value] = tuple(self._values(node, _TITLES))
        return found

    def codes_of(self, node: pyoxigraph.NamedNode) -> set[str]:
        """Return the identifiers of a thing, and those of what is the same."""
        import pyoxigraph

        same = self._store.quads_for_pattern(node, pyoxigraph.NamedNode(v.SAME_AS), None, None)
        others = {
            quad.object.value.removeprefix("https://doi.org/")
            for quad in same
            if isinstance(quad.object, pyoxigraph.NamedNode)
        }
        return others | set(self._values(node, _CODES))

    def _values(self, node: pyoxigraph.NamedNode, predicates: frozenset[IRI]) -> Iterator[str]:
        import pyoxigraph

        for quad in self._store.quads_for_pattern(node, None, None, None):
            if quad.predicate.value in predicates and isinstance(quad.object, pyoxigraph.Literal):
                yield quad.object.value


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
