"""What people take home from a page: gene lists as text, table and gene set, and the figures of a thing.

| page | `genes.txt` | `genes.tsv` | `genes.gmt` | `figures.tsv` |
|---|---|---|---|---|
| figure, pathway | symbols, one a line | a row for each gene and word | one gene set (NCBI Gene ids) | |
| paper | the same | a row for each gene and figure | the same | |
| gene, chemical, disease, organism, term | | | | a row for each figure |

A GMT line is `name <tab> description <tab> id <tab> id …` (Broad Institute, GSEA); a gene without a number at
NCBI stands there by its compact identifier.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from kg import vocabulary as v
from kg.identifiers import NCBIGENE
from kg.site.facts import Facts
from kg.site.kinds import ENTITIES
from kg.site.pages.paper import figures_of, genes_of
from kg.site.pages.shared import newest_first, word_row
from kg.site.reading import iris
from kg.site.things import NONE
from kg.site.views import WordRow

Rows: TypeAlias = tuple[Sequence[str], Sequence[Sequence[str]]]
"""The columns of a table, and its rows."""

_GENES = (
    ("genes.txt", "Gene symbols, one a line"),
    ("genes.tsv", "Genes as a table"),
    ("genes.gmt", "Genes as a gene set (GMT)"),
)
_FIGURES = (("figures.tsv", "Figures as a table"),)
LABELS: Mapping[str, Sequence[tuple[str, str]]] = MappingProxyType(
    {
        **dict.fromkeys(("figure", "pathway", "paper"), _GENES),
        **dict.fromkeys(("gene", "chemical", "disease", "organism", "term"), _FIGURES),
    }
)
"""Ending and label of each download, by the kind of the page."""

_GENE_COLUMNS = ("symbol", "ncbi_gene", "species")
_WORD_COLUMNS = (*_GENE_COLUMNS, "word", "matched", "lexicon", "evidence")
_PAPER_COLUMNS = (*_GENE_COLUMNS, "words", "evidence", "figure")
_FIGURE_COLUMNS = ("figure", "title", "paper", "year", "words", "evidence", "genes")


def downloads(facts: Facts, kind: str, number: int) -> dict[str, bytes]:
    """Return the downloads of the page of a thing; nothing where they would be empty."""
    if kind in ("figure", "pathway"):
        return _genes(facts, number, facts.index.named(number, "gene"), _work_rows(facts, number))
    if kind == "paper":
        return _genes(facts, number, sorted(genes_of(facts, number)), _paper_rows(facts, number))
    if kind in LABELS and facts.index.count(number):
        return {"figures.tsv": _figures(facts, number)}
    return {}


def available(facts: Facts, kind: str, number: int) -> Sequence[tuple[str, str]]:
    """Return ending and label of the downloads of a page, without making them."""
    if kind in ("figure", "pathway"):
        return _GENES if len(facts.index.named(number, "gene")) else ()
    if kind == "paper":
        return _GENES if genes_of(facts, number) else ()
    return LABELS.get(kind, ()) if facts.index.count(number) else ()


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    r"""Return tab-separated values: no cell holds a tab or the end of a line.

    >>> table(("a", "b"), [("x\ty", "z\n")])
    b'a\tb\nx y\tz\n'
    """
    lines = ["\t".join(columns), *("\t".join(map(_cell, row)) for row in rows)]
    return "".join(f"{line}\n" for line in lines).encode()


def _cell(value: str) -> str:
    return " ".join(value.split())


def _genes(facts: Facts, number: int, genes: Sequence[int], rows: Rows) -> dict[str, bytes]:
    """Return the gene list of a thing in each form."""
    if not len(genes):
        return {}
    labels, keys = facts.things.labels, facts.things.keys
    order = sorted(genes, key=lambda gene: (labels[gene].casefold(), gene))
    symbols = dict.fromkeys(_cell(_symbol(facts, gene) or _code(keys[gene])) for gene in order)
    identifiers = "\t".join(keys[gene] for gene in order)
    return {
        "genes.txt": "".join(f"{symbol}\n" for symbol in symbols).encode(),
        "genes.tsv": table(*rows),
        "genes.gmt": f"{_cell(keys[number])}\t{_cell(labels[number])}\t{identifiers}\n".encode(),
    }


def _work_rows(facts: Facts, work: int) -> Rows:
    """Return a row for each gene and word of a figure or pathway, in the order of symbols."""
    things, genes = facts.things, facts.things.numbers("gene")
    rows: set[tuple[str, ...]] = set()
    for part in facts.parts(things.iris[work]):
        said = facts.described(part)
        if v.TEXT_MENTION not in said.get(v.RDF_TYPE, ()):
            about = (things.number.get(iri, NONE) for iri in iris(said, v.ABOUT))
            named = [number for number in about if number in genes]
            row = word_row(facts, said) if named else None
            rows.update((*_gene(facts, gene), *_word(row)) for gene in named if row is not None)
    return _WORD_COLUMNS, _by_symbol(rows)


def _word(row: WordRow) -> tuple[str, ...]:
    return row.word, row.matched, row.lexicon, row.evidence


def _paper_rows(facts: Facts, paper: int) -> Rows:
    """Return a row for each gene and figure of a paper, in the order of symbols."""
    index, genes = facts.index, facts.things.numbers("gene")
    rows = {
        (
            *_gene(facts, index.thing[pair]),
            " | ".join(index.words(pair)),
            index.strongest(pair),
            facts.things.keys[figure],
        )
        for figure in figures_of(facts, paper)
        for pair in index.pairs(figure)
        if index.thing[pair] in genes
    }
    return _PAPER_COLUMNS, _by_symbol(rows)


def _by_symbol(rows: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return sorted(rows, key=lambda row: (row[0].casefold(), row))


def _gene(facts: Facts, gene: int) -> tuple[str, str, str]:
    """Return symbol, number at NCBI (else compact identifier) and species of a gene."""
    taxon, things = facts.taxon[gene], facts.things
    return _symbol(facts, gene), things.keys[gene], "" if taxon == NONE else things.labels[taxon]


def _symbol(facts: Facts, gene: int) -> str:
    """Return the symbol of a gene, nothing where the graph has none."""
    return "" if gene in facts.things.unnamed else facts.things.labels[gene]


def _code(key: str) -> str:
    return f"{NCBIGENE.prefix}:{key}" if key.isdigit() else key


def _figures(facts: Facts, number: int) -> bytes:
    """Return the figures of a thing as a table, the newest first."""
    index = facts.index
    pairs = {index.work[pair]: pair for pair in index.pairs_of(number)}
    return table(
        _FIGURE_COLUMNS, (_figure(facts, figure, pairs[figure]) for figure in newest_first(facts, pairs))
    )


def _figure(facts: Facts, figure: int, pair: int) -> tuple[str, ...]:
    things, paper, index = facts.things, facts.paper[figure], facts.index
    return (
        things.keys[figure],
        things.labels[figure],
        "" if paper == NONE else things.keys[paper],
        str(facts.year_of(figure) or ""),
        " | ".join(index.words(pair)),
        index.strongest(pair) if things.kind(index.thing[pair]) in ENTITIES else "",
        str(len(index.named(figure, "gene"))),
    )
