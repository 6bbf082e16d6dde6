"""The text index: what it holds, and how it is made of the triples in a store."""

from __future__ import annotations

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
KINDS: Mapping[str, str] = MappingProxyType(
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

TITLES = frozenset({v.NAME, v.HEADLINE})
NAMES = frozenset({v.ALTERNATE_NAME, v.KEYWORDS})
TEXTS = frozenset({v.DESCRIPTION, v.ARTICLE_BODY})
CODES = frozenset({v.IDENTIFIER, v.TERM_CODE})
DOI = "https://doi.org/"
LINKED = frozenset({v.MENTIONS, v.ABOUT})

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


class SearchError(KgError):
    """The text index cannot be read or written."""


class MissingIndexError(UsageError):
    """The store has no text index."""


class Document(NamedTuple):
    """A row of the index: several texts of one kind stand on lines of their own, in order."""

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
    return write_index(_documents(store), folder)


def write_index(documents: Iterable[Document], folder: Path) -> int:
    """Write an index of documents, which come by kind and then by IRI, into a folder; return their number.

    Raises:
        SearchError: it cannot be written.
    """
    path = folder / FILE_NAME
    temporary = path.with_name(path.name + ".tmp")
    temporary.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(temporary)) as index:
            index.executescript(_SCHEMA)
            count = _fill(index, documents)
            index.execute("INSERT INTO document_text (document_text) VALUES ('rebuild')")
            index.execute("INSERT INTO document_text (document_text) VALUES ('optimize')")
            index.commit()
        temporary.replace(path)
    except (sqlite3.Error, OSError) as error:
        temporary.unlink(missing_ok=True)
        raise SearchError(f"{path}: the text index cannot be written: {error}") from error
    return count


def _fill(index: sqlite3.Connection, documents: Iterable[Document]) -> int:
    count = 0
    for document in documents:
        count += 1
        index.execute("INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?)", (count, *document))
        index.executemany(
            "INSERT OR IGNORE INTO exact VALUES (?, ?)",
            ((key, count) for key in sorted(document.exact_keys())),
        )
    return count


def _documents(store: pyoxigraph.Store) -> Iterator[Document]:
    """Yield the documents of a store, sorted within each class so that the index is the same each time."""
    import pyoxigraph

    names = _Names(store)
    rdf_type = pyoxigraph.NamedNode(v.RDF_TYPE)
    for class_iri, kind in KINDS.items():
        class_node = pyoxigraph.NamedNode(class_iri)
        found = {quad.subject.value for quad in store.quads_for_pattern(None, rdf_type, class_node, None)}  # type: ignore[union-attr] # no node of ours is quoted
        for iri in sorted(found):
            yield _document(store, iri, kind, names)


def _document(store: pyoxigraph.Store, iri: str, kind: str, names: _Names) -> Document:
    import pyoxigraph

    titles: set[str] = set()
    others: set[str] = set()
    codes: set[str] = set()
    texts: set[str] = set()
    for quad in store.quads_for_pattern(pyoxigraph.NamedNode(iri), None, None, None):
        predicate, value = quad.predicate.value, quad.object
        if isinstance(value, pyoxigraph.Literal):
            for wanted, into in ((TITLES, titles), (NAMES, others), (TEXTS, texts), (CODES, codes)):
                if predicate in wanted:
                    into.add(value.value)
        elif isinstance(value, pyoxigraph.NamedNode):
            if predicate in LINKED:
                others.update(names.of(value))
            elif predicate == v.IS_BASED_ON:
                codes.update(names.codes_of(value))
    return document_of(iri, kind, titles, others, codes, texts)


def document_of(
    iri: str, kind: str, titles: set[str], others: set[str], codes: set[str], texts: set[str]
) -> Document:
    """Return the row of a thing: its first title, and what else it is called."""
    title = min(titles, default="")
    return Document(iri, kind, title, _joined(others | (titles - {title})), _joined(codes), _joined(texts))


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
            found = self._names[node.value] = tuple(self._values(node, TITLES))
        return found

    def codes_of(self, node: pyoxigraph.NamedNode) -> set[str]:
        """Return the identifiers of a thing, and those of what is the same."""
        import pyoxigraph

        same = self._store.quads_for_pattern(node, pyoxigraph.NamedNode(v.SAME_AS), None, None)
        others = {
            quad.object.value.removeprefix(DOI)
            for quad in same
            if isinstance(quad.object, pyoxigraph.NamedNode)
        }
        return others | set(self._values(node, CODES))

    def _values(self, node: pyoxigraph.NamedNode, predicates: frozenset[IRI]) -> Iterator[str]:
        import pyoxigraph

        for quad in self._store.quads_for_pattern(node, None, None, None):
            if quad.predicate.value in predicates and isinstance(quad.object, pyoxigraph.Literal):
                yield quad.object.value
