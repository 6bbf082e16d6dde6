"""Pages of plain text: search, ontology, about, not found, gone."""

from __future__ import annotations

from collections.abc import Mapping

from kg.site.addresses import Address
from kg.site.kinds import KINDS
from kg.site.pages.shared import Context
from kg.site.views import Link, TextView


def text_view(context: Context, address: Address) -> TextView:
    """Return a page that is made of text."""
    title, paragraphs = _TEXTS[address.kind]
    more = _about(context) if address.kind == "about" else ()
    return TextView(
        kind=address.kind,
        key="",
        title=title,
        description=paragraphs[0],
        paragraphs=(*paragraphs, *more),
        choices=_contact(context) if address.kind == "about" else (),
        modified=context.facts.latest if address.kind == "about" else None,
    )


_TEXTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "search": (
        "Search",
        ("Find figures, papers, genes and all else by name, symbol or identifier.",),
    ),
    "ontology": (
        "Ontology",
        ("The classes and properties that the data of this site is written with.",),
    ),
    "about": (
        "About this site",
        (
            (
                "This site shows what published pathway figures and curated pathways name: which words were "
                "read, by which lexicon each was recognised, and which gene, chemical or disease it means."
            ),
            (
                "Words were read from pictures by machine. A match can be wrong; the table of a figure tells "
                "how strong each one is."
            ),
            "Every page is also there as Turtle and as JSON-LD, with the same content.",
        ),
    ),
    "notfound": ("Page not found", ("There is no page of this address.",)),
    "gone": ("Page withdrawn", ("This page was withdrawn, because its record was.",)),
}


def _about(context: Context) -> list[str]:
    facts = context.facts
    counts = [
        f"{len(numbers):,} {(kind.label if len(numbers) == 1 else kind.plural).lower()}"
        for name, kind in KINDS.items()
        if name in facts.shown and (numbers := facts.things.numbers(name))
    ]
    return [f"It holds {', '.join(counts)}."] if counts else []


def _contact(context: Context) -> list[Link]:
    settings = context.facts.settings
    if not settings.contact:
        return []
    url = settings.contact if "://" in settings.contact else f"mailto:{settings.contact}"
    return [Link(settings.publisher or "Contact", url, settings.contact)]
