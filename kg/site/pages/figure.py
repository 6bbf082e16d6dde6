"""The page of a figure: picture, caption, citation, the words that were read, and figures like it."""

from __future__ import annotations

from collections.abc import Sequence

from kg import vocabulary as v
from kg.graph import IRI
from kg.site.addresses import Address
from kg.site.citations import citation
from kg.site.facts import Facts
from kg.site.pages.shared import (
    Context,
    common,
    fact,
    queries_of,
    ref_or_link,
    refs_by_label,
    short,
    value_of,
    word_rows,
)
from kg.site.reading import Described, iris, text, texts
from kg.site.things import NONE
from kg.site.together import works_like
from kg.site.views import FigureView, Link, Ref

_MENTIONS = (v.GENE_MENTION, v.CHEMICAL_MENTION, v.DISEASE_MENTION)


def figure_view(context: Context, address: Address, number: int, turtle: str) -> FigureView:
    """Return the view of a figure."""
    facts = context.facts
    iri = facts.things.iris[number]
    said, paper = facts.described(iri), facts.paper[number]
    caption = text(said, v.DESCRIPTION)
    mentions = [facts.described(part) for part in facts.parts(iri)]
    genes, chemicals, diseases = (
        word_rows(facts, [mention for mention in mentions if kind in iris(mention, v.RDF_TYPE)])
        for kind in _MENTIONS
    )
    fields = common(context, address.kind, number, said, turtle)
    fields["links"] = [*fields["links"], *(_paper_links(facts, paper) if paper != NONE else ())]
    return FigureView(
        **fields,
        description=short(caption or text(said, v.NAME)),
        facts=_facts(facts, said),
        queries=queries_of(context, {"figid": address.key}),
        image=facts.image[number],
        caption=caption,
        number=text(said, v.FIGURE_NUMBER),
        paper=None if paper == NONE else facts.ref(paper),
        citation=None if paper == NONE else citation(facts, paper),
        organisms=organisms(facts, said),
        terms=refs_by_label(facts, facts.index.named(number, "term")),
        genes=genes,
        chemicals=chemicals,
        diseases=diseases,
        gene_set=refs_by_label(facts, facts.index.named(number, "gene")),
        similar=works_like(facts, number, "figure"),
        pathways=works_like(facts, number, "pathway"),
    )


def organisms(facts: Facts, said: Described) -> list[Ref | str]:
    """Return the organisms that a record names: pages of taxa, and names that no taxon is known for."""
    taxa = facts.things.numbers("organism")
    found = [
        number
        for predicate in (v.ABOUT, v.MENTIONS)
        for iri in iris(said, predicate)
        if (number := facts.things.number.get(iri, NONE)) in taxa
    ]
    refs = facts.refs(list(dict.fromkeys(found)))
    known = {name.casefold() for number in found for name in _names(facts, number)}
    return [*refs, *(name for name in texts(said, v.ORGANISM_NAME) if name.casefold() not in known)]


def _names(facts: Facts, taxon: int) -> list[str]:
    said = facts.described(facts.things.iris[taxon])
    return [*texts(said, v.NAME), *texts(said, v.ALTERNATE_NAME)]


def _facts(facts: Facts, said: Described) -> list[tuple[str, Sequence[Ref | Link | str]]]:
    return [
        *fact("Identifier", texts(said, v.IDENTIFIER)),
        *fact("Also known as", texts(said, v.ALTERNATE_NAME)),
        *fact("Figure number", texts(said, v.FIGURE_NUMBER)),
        *fact("Kind of figure", texts(said, v.FIGURE_TYPE)),
        *fact("Pathway score", texts(said, v.PATHWAY_SCORE)),
        *fact("AutoML score", texts(said, v.AUTOML_SCORE)),
        *fact("Search rank", texts(said, v.SEARCH_RANK)),
        *fact("Keywords", texts(said, v.KEYWORDS)),
        *fact("Identifiers that could not be read", texts(said, v.SOURCE_IDENTIFIER)),
        *fact("Licence of the record", (licence(value) for value in said.get(v.LICENSE, ()))),
        *fact("Made by", (value_of(facts, value) for value in said.get(v.CREATOR, ()))),
        *fact("See also", (ref_or_link(facts, iri) for iri in iris(said, v.RDFS_SEE_ALSO))),
    ]


def licence(value: object) -> Link | str:
    """Return a licence for people."""
    if value == v.CC0:
        return Link("CC0 1.0", str(value), "CC0 1.0")
    return Link(str(value), str(value), str(value)) if isinstance(value, IRI) else str(value)


def _paper_links(facts: Facts, paper: int) -> list[Link]:
    from kg.site.pages.shared import links_of

    iri = facts.things.iris[paper]
    return links_of(iri, facts.described(iri))
