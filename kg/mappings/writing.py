"""Writes the equivalences of a graph as mappings in SSSOM, sorted, with the prefixes that they use."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import TypeAlias

from kg.graph import IRI
from kg.identifiers import NAMESPACES
from kg.iris import digest
from kg.mappings.terms import BUILT_IN, OWL
from kg.vocabulary import CC0, SAME_AS, SKOS

MATCHES = frozenset(
    {IRI(f"{SKOS}{name}Match") for name in "exact close broad narrow related".split()}
    | {SAME_AS, IRI(OWL + "sameAs")}
)
"""The properties whose triples are mappings."""
COLUMNS = ("subject_id", "predicate_id", "object_id", "mapping_justification")
_JUSTIFICATION = "semapv:UnspecifiedMatching"
_ALWAYS = ("semapv",)

Pair: TypeAlias = "tuple[str, str, str]"


def written(
    triples: Iterable[tuple[IRI, IRI, object]], base: str, licence: IRI = CC0, title: str | None = None
) -> Iterator[str]:
    """Yield the lines of the file: the metadata, the columns, one row for each equivalence.

    Nothing in the records says how an equivalence was found, so each is `semapv:UnspecifiedMatching`.
    """
    with closing(sqlite3.connect("")) as rows:
        rows.execute("CREATE TABLE match (s TEXT, p TEXT, o TEXT, PRIMARY KEY (s, p, o)) WITHOUT ROWID")
        rows.executemany("INSERT OR IGNORE INTO match VALUES (?, ?, ?)", _matches(triples))
        short = _Compact()
        for triple in _sorted(rows):
            for iri in triple:
                short(iri)
        name = digest(*(part for triple in _sorted(rows) for part in triple), length=16)
        yield from _header(short, f"{base}mapping-set/{name}", licence, title)
        yield "\t".join(COLUMNS) + "\n"
        for triple in _sorted(rows):
            yield "\t".join([*map(short, triple), _JUSTIFICATION]) + "\n"


def _sorted(rows: sqlite3.Connection) -> Iterator[Pair]:
    yield from rows.execute("SELECT s, p, o FROM match ORDER BY s, p, o")


def _matches(triples: Iterable[tuple[IRI, IRI, object]]) -> Iterator[Pair]:
    for subject, predicate, value in triples:
        if predicate in MATCHES and isinstance(value, IRI) and not subject.startswith("_:"):
            yield subject, predicate, value


def _header(short: _Compact, name: str, licence: IRI, title: str | None) -> Iterator[str]:
    yield "# curie_map:\n"
    for prefix, start in sorted(short.used.items()):
        yield f'#   {prefix}: "{start}"\n'
    yield f'# license: "{licence}"\n'
    yield f'# mapping_set_id: "{name}"\n'
    yield f"# mapping_set_title: {json.dumps(title or 'Equivalences of a knowledge graph')}\n"


class _Compact:
    """Compacts IRIs by known prefixes, else by the folder that they lie in, and remembers which it used."""

    def __init__(self) -> None:
        self.used = {prefix: BUILT_IN[prefix] for prefix in _ALWAYS}
        self._known = {start: prefix for prefix, start in BUILT_IN.items()}
        for row in NAMESPACES.values():
            self._known[row.stem + row.lead] = row.lead.removesuffix(":") or row.prefix

    def __call__(self, iri: str) -> str:
        """Return the compact name of an IRI."""
        cuts = [place + 1 for place, letter in enumerate(iri) if letter in ":/#"]
        start = next((iri[:cut] for cut in reversed(cuts) if iri[:cut] in self._known), iri[: cuts[-1]])
        prefix = self._known.setdefault(start, f"ns{digest(start, length=8)}")
        self.used[prefix] = start
        return f"{prefix}:{iri[len(start) :]}"
