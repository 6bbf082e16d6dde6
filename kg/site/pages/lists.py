"""The home page and the lists of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kg.site.addresses import Address
from kg.site.facts import Facts
from kg.site.kinds import KINDS
from kg.site.pages.shared import Context, pager, per_year
from kg.site.things import NONE
from kg.site.views import Bar, HomeView, ListView

_TOP = 20


def list_view(context: Context, address: Address) -> ListView:
    """Return a page of the list of all things of a kind."""
    facts, kind, size = context.facts, KINDS[address.key], context.facts.settings.page_size
    order = facts.listed(kind.name)
    shown = order[(address.number - 1) * size : address.number * size]
    return ListView(
        kind="list",
        key=kind.name,
        title=kind.plural,
        description=f"{len(order):,} {(kind.label if len(order) == 1 else kind.plural).lower()}.",
        rows=[(facts.named(number, kind.name), remark(facts, kind.name, number)) for number in shown],
        pager=pager(address.number, len(order), size),
    )


def remark(facts: Facts, kind: str, number: int) -> str:
    """Return what a list says of a thing: its year, its species, how often it is drawn."""
    index = facts.index
    if kind in ("figure", "paper"):
        paper = facts.paper[number] if kind == "figure" else number
        return "" if paper == NONE else str(facts.year[paper] or "")
    if kind in ("pathway", "post"):
        return facts.date.get(number, "")
    if kind == "journal":
        return ""
    figures = index.count(number)
    drawn = f"{figures:,} figure{'' if figures == 1 else 's'}" if figures else ""
    taxon = facts.taxon[number]
    return ", ".join(part for part in ("" if taxon == NONE else facts.things.labels[taxon], drawn) if part)


def home_view(context: Context, address: Address) -> HomeView:
    """Return the view of the first page."""
    facts = context.facts
    settings, things = facts.settings, facts.things
    return HomeView(
        kind=address.kind,
        key="",
        title=settings.title,
        description=settings.description,
        modified=facts.latest,
        counts=[
            (kind, len(things.numbers(kind)))
            for kind in KINDS
            if kind in facts.shown and things.numbers(kind)
        ],
        triples=len(facts.store),
        per_year=per_year(map(facts.year_of, things.numbers("figure"))),
        top_genes=_top(facts, "gene", ("figure",)),
        organisms=_top(facts, "organism", ("figure", "pathway")),
        dumps=context.dumps,
    )


def _top(facts: Facts, kind: str, works: Sequence[str]) -> Sequence[Bar]:
    """Return the things of a kind that most works of some kinds name."""
    count = facts.index.count
    counts = Counter(
        {number: sum(count(number, work) for work in works) for number in facts.things.numbers(kind)}
    )
    best = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_TOP]
    return [Bar(facts.things.labels[number], count, facts.ref(number)) for number, count in best if count]
