"""The pages of posts and journals."""

from __future__ import annotations

from kg import vocabulary as v
from kg.graph import IRI
from kg.site.addresses import Address
from kg.site.facts import Facts
from kg.site.pages.paper import figures_of
from kg.site.pages.shared import (
    Context,
    common,
    counted,
    fact,
    pager,
    per_year,
    refs_by_label,
    short,
    value_of,
)
from kg.site.reading import iris, text, texts
from kg.site.views import JournalView, PostView, Ref


def post_view(context: Context, address: Address, number: int, turtle: str) -> PostView:
    """Return the view of a post."""
    facts = context.facts
    iri = facts.things.iris[number]
    said = facts.described(iri)
    body = text(said, v.ARTICLE_BODY)
    sections = _sections(facts, iri, 1, {iri})
    return PostView(
        **common(context, address.kind, number, said, turtle),
        description=short(text(said, v.DESCRIPTION) or body),
        facts=[*fact("Published", texts(said, v.DATE_PUBLISHED)), *fact("Words", texts(said, v.WORD_COUNT))],
        date=text(said, v.DATE_PUBLISHED),
        tags=texts(said, v.KEYWORDS),
        sections=[*_before(body, sections), *sections],
        mentions=refs_by_label(facts, facts.index.named(number)),
    )


def _sections(facts: Facts, whole: str, level: int, seen: set[str]) -> list[tuple[int, str, str]]:
    """Return level, heading and text of each section below a post or section, in the order of the text."""
    parts = [
        (facts.described(part), part) for part in iris(facts.described(whole), v.HAS_PART) if part not in seen
    ]
    found: list[tuple[int, str, str]] = []
    for said, part in sorted(parts, key=lambda item: (int(text(item[0], v.POSITION) or 0), item[1])):
        seen.add(part)
        found.append((level, text(said, v.NAME), text(said, v.TEXT)))
        found += _sections(facts, part, level + 1, seen)
    return found


def _before(body: str, sections: list[tuple[int, str, str]]) -> list[tuple[int, str, str]]:
    """Return the text before the first heading, as far as there is one."""
    if not sections:
        return [(0, "", body)] if body else []
    start, found, _ = body.partition(sections[0][1])
    return [(0, "", start.strip())] if found and sections[0][1] and start.strip() else []


def journal_papers(facts: Facts, journal: int) -> list[int]:
    """Return the papers of a journal, the newest first."""
    numbers, papers = facts.things.number, facts.things.numbers("paper")
    found = [numbers.get(iri) for iri in facts.reader.subjects(v.IS_PART_OF, facts.things.iris[journal])]
    known = [number for number in found if number is not None and number in papers]
    return sorted(known, key=lambda paper: (-facts.year[paper], paper))


def journal_view(context: Context, address: Address, number: int, turtle: str) -> JournalView:
    """Return the view of a journal; later pages have the next papers alone."""
    facts, size = context.facts, context.facts.settings.page_size
    said = facts.described(facts.things.iris[number])
    papers = journal_papers(facts, number)
    shown = papers[(address.number - 1) * size : address.number * size]
    rows = [(facts.ref(paper), facts.year[paper] or None, len(figures_of(facts, paper))) for paper in shown]
    return JournalView(
        **common(context, address.kind, number, said, turtle),
        description=f"{facts.things.labels[number]}: {counted(len(papers), 'paper')} with pathway figures.",
        facts=[
            *fact("Names", dict.fromkeys((*texts(said, v.NAME), *texts(said, v.ALTERNATE_NAME)))),
            *fact("Publisher", (_publisher(facts, value) for value in said.get(v.PUBLISHER, ()))),
        ],
        per_year=per_year(facts.year[paper] for paper in papers),
        papers=[(ref, year, count) for ref, year, count in rows if isinstance(ref, Ref)],
        pager=pager(address.number, len(papers), size),
    )


def _publisher(facts: Facts, value: object) -> str:
    name = text(facts.described(str(value)), v.NAME) if isinstance(value, IRI) else ""
    return name or str(value_of(facts, value) if not isinstance(value, IRI) else value)
