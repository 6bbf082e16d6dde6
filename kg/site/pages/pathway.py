"""The page of a pathway: what it describes, its data nodes, and the figures that share its genes."""

from __future__ import annotations

from kg import vocabulary as v
from kg.graph import IRI
from kg.site.addresses import Address
from kg.site.facts import Facts
from kg.site.pages.figure import licence, organisms
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
from kg.site.reading import iris, lexical, literals, text, texts
from kg.site.together import works_like
from kg.site.views import Link, PathwayView, Ref


def pathway_view(context: Context, address: Address, number: int, turtle: str) -> PathwayView:
    """Return the view of a pathway."""
    facts = context.facts
    iri = facts.things.iris[number]
    said = facts.described(iri)
    summary = text(said, v.DESCRIPTION)
    return PathwayView(
        **common(context, address.kind, number, said, turtle),
        description=short(summary or text(said, v.NAME)),
        facts=[
            *fact("Identifier", texts(said, v.IDENTIFIER)),
            *fact("Last edited", texts(said, v.DATE_MODIFIED)),
            *fact("Revision", texts(said, v.VERSION)),
            *fact("Keywords", texts(said, v.KEYWORDS)),
            *fact("Licence", map(licence, said.get(v.LICENSE, ()))),
            *fact("Made by", (value_of(facts, value) for value in said.get(v.CREATOR, ()))),
            *fact("Cited in", (value_of(facts, value) for value in said.get(v.SUBJECT_OF, ()))),
            *fact("Identifiers that could not be read", texts(said, v.SOURCE_IDENTIFIER)),
            *fact("See also", (ref_or_link(facts, other) for other in iris(said, v.RDFS_SEE_ALSO))),
        ],
        queries=queries_of(context, {"wpid": address.key}),
        summary=summary,
        organisms=organisms(facts, said),
        authors=[name for name in (_name(facts, author) for author in iris(said, v.AUTHOR)) if name],
        communities=[
            name
            for whole in iris(said, v.IS_PART_OF)
            if v.COLLECTION in iris(facts.described(whole), v.RDF_TYPE) and (name := _name(facts, whole))
        ],
        terms=refs_by_label(facts, facts.index.named(number, "term")),
        rows=word_rows(facts, map(facts.described, facts.parts(iri))),
        gene_set=refs_by_label(facts, facts.index.named(number, "gene")),
        references=[*_references(facts, iris(said, v.CITATION)), *literals(said, v.CITATION)],
        similar=works_like(facts, number, "figure"),
    )


def _name(facts: Facts, iri: str) -> str:
    said = facts.described(iri)
    return text(said, v.NAME) or text(said, v.IDENTIFIER)


def _references(facts: Facts, cited: list[IRI]) -> list[Ref | Link | str]:
    """Return cited works: papers with a page, other works with their address and citation."""
    found: list[Ref | Link | str] = []
    for iri in cited:
        target = ref_or_link(facts, iri)
        if isinstance(target, Link):
            shown = facts.described(iri).get(v.DCTERMS_CITATION)
            target = target._replace(text=lexical(shown[0])) if shown else target
        found.append(target)
    return found
