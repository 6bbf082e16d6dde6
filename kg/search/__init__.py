"""Full text over titles, captions, symbols and identifiers: an SQLite FTS5 index beside a store.

The index is one file, made from the store when it is loaded, or from the records on their way into it. A
document is a thing that people look for: a figure, a pathway, a post, a gene, a chemical, a disease. What
equals an identifier or a name comes first; the rest is ranked by BM25, where a word of a title counts more
than one of a caption.
"""

from __future__ import annotations

from kg.search.asking import Found, Hit, search
from kg.search.index import FILE_NAME, MissingIndexError, SearchError, build_index
from kg.search.staged import Staged, StagedWriter

__all__ = [
    "FILE_NAME",
    "Found",
    "Hit",
    "MissingIndexError",
    "SearchError",
    "Staged",
    "StagedWriter",
    "build_index",
    "search",
]
