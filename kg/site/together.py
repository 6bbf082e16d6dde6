"""What is drawn together: things by figures, figures by genes; scored by Jaccard, all from the index.

Jaccard is the number of figures with both, divided by the number of figures with either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from kg.site.facts import Facts
from kg.site.index import Index
from kg.site.kinds import ENTITIES
from kg.site.views import Together

MOST = 50
"""So many things are listed beside one."""

MOST_WORKS = 12
"""So many similar works are listed."""

NETWORK = 12
"""So many genes stand in the network picture."""

CANDIDATES = 3_000
"""So many rows of the index are read for works that share a gene, the rarest genes first.

Genes that stand in thousands of figures tell little about likeness. A work that shares only genes beyond this
limit is not found; the score of those that are found is exact.
"""


class Drawn(NamedTuple):
    """What is drawn with a thing: by kind, and between which of the first genes how many figures stand."""

    things: Mapping[str, Sequence[Together]]
    edges: Sequence[tuple[int, int, int]]


def drawn_with(facts: Facts, thing: int) -> Drawn:
    """Return the genes, chemicals and diseases that share figures with a thing, most figures first."""
    index = facts.index
    figures = index.works(thing)
    counts: Counter[int] = Counter()
    for figure in figures:
        counts.update(index.named(figure))
    del counts[thing]
    own = len(figures)
    found = {kind: _best(facts, kind, counts, own) for kind in ENTITIES}
    return Drawn(found, _edges(facts, figures, found["gene"]))


def _best(facts: Facts, kind: str, counts: Mapping[int, int], own: int) -> list[Together]:
    """Return the things of a kind that share most figures."""
    if kind not in facts.shown:
        return []
    numbers, count = facts.things.numbers(kind), facts.index.count
    some = [(-shared, thing) for thing, shared in counts.items() if thing in numbers]
    return [
        Together(facts.named(thing, kind), -shared, _score(-shared, own, count(thing)))
        for shared, thing in sorted(some)[:MOST]
    ]


def _score(shared: int, one: int, other: int) -> float:
    """Return Jaccard, with four digits."""
    return round(shared / (one + other - shared), 4)


def _edges(facts: Facts, figures: Iterable[int], genes: Sequence[Together]) -> list[tuple[int, int, int]]:
    """Return how many of the figures hold each pair of the first genes."""
    by_key = {item.thing.key: place for place, item in enumerate(genes[:NETWORK])}
    keys = facts.things.keys
    counts: Counter[tuple[int, int]] = Counter()
    for figure in figures:
        places = [
            place
            for gene in facts.index.named(figure, "gene")
            if (place := by_key.get(keys[gene])) is not None
        ]
        counts.update(combinations(sorted(places), 2))
    return [(one, other, shared) for (one, other), shared in sorted(counts.items())]


def works_like(facts: Facts, work: int, kind: str) -> list[Together]:
    """Return works of a kind that share genes with a work: the best score first, then the most genes."""
    if kind not in facts.shown or not facts.things.numbers(kind):
        return []
    index = facts.index
    own = index.named(work, "gene")
    candidates = _candidates(index, own, work, kind)
    genes = frozenset(own)
    found = []
    for other in _first(candidates, 4 * MOST_WORKS):
        theirs = index.named(other, "gene")
        shared = len(genes.intersection(theirs))
        found.append((-_score(shared, len(own), len(theirs)), -shared, other))
    return [
        Together(facts.named(other, kind), -shared, -score)
        for score, shared, other in sorted(found)[:MOST_WORKS]
    ]


def _candidates(index: Index, genes: Iterable[int], work: int, kind: str) -> Counter[int]:
    """Return the works that share the rarest genes of a work, and how many of those."""
    counts: Counter[int] = Counter()
    read = 0
    for _, gene in sorted((index.count(gene, kind), gene) for gene in genes):
        works = index.works(gene, kind)
        read += len(works)
        if counts and read > CANDIDATES:
            break
        counts.update(works[:CANDIDATES])
    counts.pop(work, None)
    return counts


def _first(counts: Mapping[int, int], most: int) -> list[int]:
    """Return the works with the highest counts; of equal ones, those of the lowest numbers."""
    least = min(sorted(counts.values(), reverse=True)[:most], default=0)
    found = sorted((-count, work) for work, count in counts.items() if count >= least)
    return [work for _, work in found[:most]]
