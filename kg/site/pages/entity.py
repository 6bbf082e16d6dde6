"""The page of what figures name: a gene, chemical, disease, organism or ontology term."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kg import vocabulary as v
from kg.identifiers import NCBIGENE
from kg.site.addresses import Address
from kg.site.evidence import STRENGTHS
from kg.site.facts import Facts
from kg.site.kinds import ENTITIES
from kg.site.pages.shared import (
    Context,
    common,
    counted,
    fact,
    figure_row,
    newest_first,
    pager,
    per_year,
    queries_of,
    refs_by_label,
    short,
)
from kg.site.reading import Described, iris, text, texts
from kg.site.things import NONE
from kg.site.together import drawn_with
from kg.site.views import Bar, EntityView, FigureRow, Link, Ref, Together

_PARAMETERS: Mapping[str, str] = {
    "gene": "geneTerm",
    "disease": "diseaseTerm",
    "chemical": "metaboliteTerm",
    "organism": "organismTerm",
    "term": "term",
}


def entity_view(context: Context, address: Address, number: int, turtle: str) -> EntityView:
    """Return the view of a thing that figures name; later pages have the next figures alone."""
    facts, kind = context.facts, address.kind
    said = facts.described(facts.things.iris[number])
    fields = common(context, kind, number, said, turtle)
    pairs = dict(_pairs(facts, number))
    figures = newest_first(facts, pairs) if "figure" in facts.shown else []
    size = facts.settings.page_size
    shown = figures[(address.number - 1) * size : address.number * size]
    rows = [figure_row(facts, figure, [pairs[figure]]) for figure in shown]
    papers = {facts.paper[figure] for figure in pairs} - {NONE}
    fields |= {
        "names": _names(said, fields["title"]),
        "figures": _without_words(rows) if kind not in ENTITIES else rows,
        "figure_count": len(pairs),
        "paper_count": len(papers),
        "pager": pager(address.number, len(figures), size),
        "description": _description(facts, kind, number, said, len(pairs), len(papers)),
        "species": refs_by_label(facts, {facts.taxon[number]} - {NONE}),
        "queries": queries_of(context, _parameters(kind, address.key, said)),
    }
    return (
        EntityView(**fields)
        if address.number > 1
        else EntityView(**fields, **_first(facts, kind, number, pairs, papers, said))
    )


def _first(
    facts: Facts, kind: str, number: int, pairs: Mapping[int, int], papers: Iterable[int], said: Described
) -> dict[str, Any]:
    """Return what only the first page of a thing has."""
    drawn = drawn_with(facts, number)
    return {
        "facts": _facts(said),
        "per_year": per_year(map(facts.year_of, pairs)),
        "papers_per_year": per_year(facts.year[paper] for paper in papers),
        "evidence": evidence_bars(facts, pairs.values()) if kind in ENTITIES else (),
        "genes": drawn.things["gene"],
        "chemicals": drawn.things["chemical"],
        "diseases": drawn.things["disease"],
        "edges": drawn.edges,
        "pathways": refs_by_label(facts, facts.index.works(number, "pathway")),
        "posts": refs_by_label(facts, facts.index.works(number, "post")),
        "same_symbol": _same_symbol(facts, number) if kind == "gene" else (),
    }


def _pairs(facts: Facts, number: int) -> list[tuple[int, int]]:
    index = facts.index
    return [(index.work[pair], pair) for pair in index.pairs_of(number)]


def evidence_bars(facts: Facts, pairs: Iterable[int]) -> list[Bar]:
    """Return in how many figures a thing is named by each kind of evidence, strongest first."""
    counts: Counter[int] = Counter()
    for pair in pairs:
        bits = facts.index.evidence[pair]
        counts.update(place for place in range(len(STRENGTHS)) if bits >> place & 1)
    return [Bar(STRENGTHS[place], counts[place]) for place in sorted(counts)]


def _without_words(rows: Sequence[FigureRow]) -> list[FigureRow]:
    """Return rows of figures that state a topic: no word was read for it."""
    return [row._replace(words=(), evidence="") for row in rows]


def _names(said: Described, title: str) -> list[str]:
    found = dict.fromkeys((*texts(said, v.NAME), *texts(said, v.ALTERNATE_NAME), *texts(said, v.IN_CHI_KEY)))
    return [name for name in found if name != title]


def _description(facts: Facts, kind: str, number: int, said: Described, figures: int, papers: int) -> str:
    stated = text(said, v.DESCRIPTION)
    taxon = facts.taxon[number]
    species = f" of {facts.things.labels[taxon]}" if taxon != NONE else ""
    name = facts.things.labels[number]
    drawn = f"{counted(figures, 'pathway figure')} of {counted(papers, 'paper')}"
    what = {"gene": f"Gene{species}", "term": "Ontology term"}.get(kind, kind.capitalize())
    return short(f"{name}: {what}, in {drawn}. {stated}".strip())


def _parameters(kind: str, key: str, said: Described) -> dict[str, str]:
    """Return the parameter of bundled queries that names a thing."""
    if kind == "gene":
        return {_PARAMETERS[kind]: NCBIGENE.curie_of(key)} if key.isdigit() else {}
    code = text(said, v.TERM_CODE) or text(said, v.IDENTIFIER)
    value = key if kind == "organism" else code
    return {_PARAMETERS[kind]: value} if value else {}


def _facts(said: Described) -> list[tuple[str, Sequence[Ref | Link | str]]]:
    return [
        *fact("Identifier", dict.fromkeys((*texts(said, v.IDENTIFIER), *texts(said, v.TERM_CODE)))),
        *fact("Rank", texts(said, v.TAXON_RANK)),
        *fact("InChIKey", texts(said, v.IN_CHI_KEY)),
        *fact("Definition", texts(said, v.DESCRIPTION)),
        *fact("Ontology", (_ontology(iri) for iri in iris(said, v.IN_DEFINED_TERM_SET))),
        *fact("Identifiers that could not be read", texts(said, v.SOURCE_IDENTIFIER)),
    ]


def _ontology(iri: str) -> Link:
    name = iri.rpartition("/")[2]
    return Link(name, iri, name)


def _same_symbol(facts: Facts, number: int) -> list[tuple[Ref, str]]:
    """Return the genes of other species with the same symbol, whatever its case, and the species of each."""
    found = [(gene, facts.ref(gene)) for gene in facts.same_symbol(number)]
    return [(ref, _species_or_key(facts, gene)) for gene, ref in found if ref is not None]


def _species_or_key(facts: Facts, gene: int) -> str:
    taxon, things = facts.taxon[gene], facts.things
    return things.keys[gene] if taxon == NONE else things.labels[taxon]


__all__ = ["Together", "entity_view", "evidence_bars"]
