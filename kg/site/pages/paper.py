"""The page of a paper: how it is cited, its figures, and the genes of all of them."""

from __future__ import annotations

from kg import vocabulary as v
from kg.site.addresses import Address
from kg.site.citations import citation
from kg.site.facts import Facts
from kg.site.pages.shared import (
    Context,
    common,
    fact,
    figure_row,
    queries_of,
    refs_by_label,
    short,
)
from kg.site.reading import text, texts
from kg.site.things import NONE
from kg.site.views import PaperView, Ref


def figures_of(facts: Facts, paper: int) -> list[int]:
    """Return the figures of a paper, in the order of their keys."""
    numbers = facts.things.number
    found = facts.reader.subjects(v.IS_BASED_ON, facts.things.iris[paper])
    return sorted(numbers[iri] for iri in found if iri in numbers)


def genes_of(facts: Facts, paper: int) -> set[int]:
    """Return the genes of all figures of a paper."""
    return {gene for figure in figures_of(facts, paper) for gene in facts.index.named(figure, "gene")}


def paper_view(context: Context, address: Address, number: int, turtle: str) -> PaperView:
    """Return the view of a paper."""
    facts = context.facts
    said = facts.described(facts.things.iris[number])
    cited = citation(facts, number)
    journal = facts.journal[number]
    pmc = {"pmcid": cited.pmc} if cited.pmc else {}
    return PaperView(
        **common(context, address.kind, number, said, turtle),
        description=short(cited.text),
        facts=[
            *fact("Identifier", texts(said, v.IDENTIFIER)),
            *fact("Published", texts(said, v.DATE_PUBLISHED)),
            *fact("Pages", texts(said, v.PAGINATION)),
            *fact("Identifiers that could not be read", texts(said, v.SOURCE_IDENTIFIER)),
        ],
        queries=queries_of(context, {**pmc, "reference": text(said, v.IDENTIFIER)}),
        citation=cited,
        journal=None if journal == NONE else facts.ref(journal),
        keywords=texts(said, v.KEYWORDS),
        figures=[figure_row(facts, figure) for figure in figures_of(facts, number)]
        if "figure" in facts.shown
        else (),
        gene_set=refs_by_label(facts, genes_of(facts, number)),
        pathways=_pathways(facts, facts.things.iris[number]),
    )


def _pathways(facts: Facts, iri: str) -> list[Ref]:
    """Return the pathways that cite a paper or are cited in it."""
    number = facts.things.number
    found = {*facts.reader.subjects(v.CITATION, iri), *facts.reader.subjects(v.SUBJECT_OF, iri)}
    return refs_by_label(facts, (number[pathway] for pathway in found if pathway in number))
