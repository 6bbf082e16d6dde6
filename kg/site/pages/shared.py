"""What the pages of several kinds have in common: rows of figures and words, links out, dates, queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg import vocabulary as v
from kg.graph import IRI
from kg.identifiers import NAMESPACES
from kg.site.evidence import LEXICONS, STRENGTHS, label_of, strength_of
from kg.site.facts import Facts
from kg.site.outlinks import link, links
from kg.site.reading import Described, iris, text, texts
from kg.site.things import NONE
from kg.site.views import Bar, FigureRow, Link, Pager, Ref, WordRow

if TYPE_CHECKING:
    from kg.query.catalogue import Query

_CLASSES: Mapping[str, str] = {namespace: prefix for prefix, namespace in v.PREFIXES.items()}
_SHORT = 300
_OTHER = STRENGTHS.index("other")


@dataclass(frozen=True, slots=True)
class Context:
    """What makes the views: the facts, the bundled queries by name, the paths of source records by IRI."""

    facts: Facts
    queries: Mapping[str, Query]
    sources: Mapping[str, str]
    dumps: Sequence[Link] = ()
    pages: Sequence[str] = ()
    """The bundled queries that have a page."""


def common(context: Context, kind: str, number: int, said: Described, graph: str) -> dict[str, Any]:
    """Return the fields that every page of a thing has."""
    facts = context.facts
    iri = facts.things.iris[number]
    return {
        "kind": kind,
        "key": facts.things.keys[number],
        "title": facts.things.labels[number],
        "iri": IRI(iri),
        "types": [curie(name) for name in iris(said, v.RDF_TYPE)],
        "links": links_of(iri, said),
        "turtle": graph,
        "modified": facts.modified(number),
        "source": context.sources.get(iri),
    }


def curie(iri: str) -> str:
    """Return a class for people: `schema:Gene`."""
    cut = max(iri.rfind("/"), iri.rfind("#")) + 1
    prefix = _CLASSES.get(iri[:cut])
    return f"{prefix}:{iri[cut:]}" if prefix else iri


def short(plain: str) -> str:
    """Return the start of a text, cut between words, on one line."""
    line = " ".join(plain.split())
    return line if len(line) <= _SHORT else line[:_SHORT].rpartition(" ")[0] + " …"


def counted(number: int, name: str) -> str:
    """Return a number with its name.

    >>> counted(1, "paper"), counted(1200, "paper")
    ('1 paper', '1,200 papers')
    """
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def links_of(iri: str, said: Described) -> list[Link]:
    """Return the links out of a thing: to itself, its equals, what it encodes, what is close to it."""
    found = [
        *links((iri, *iris(said, v.SKOS_EXACT_MATCH), *iris(said, v.SAME_AS))),
        *links(iris(said, v.ENCODES), " (product)"),
        *links(iris(said, v.SKOS_CLOSE_MATCH), " (close)"),
        *links((*iris(said, v.URL), *iris(said, v.MAIN_ENTITY_OF_PAGE), *iris(said, v.RDFS_SEE_ALSO))),
    ]
    by_url: dict[str, Link] = {}
    for item in found:
        by_url.setdefault(item.url, item)
    return list(by_url.values())


def ref_or_link(facts: Facts, iri: str) -> Ref | Link | str:
    """Return the page of a thing here, else the link to it elsewhere, else its IRI."""
    return facts.ref_of(iri) or link(iri) or iri


def value_of(facts: Facts, value: object) -> Ref | Link | str:
    """Return a value of the graph for people: a page, a link or a text."""
    return ref_or_link(facts, value) if isinstance(value, IRI) else str(value)


def fact(label: str, values: Iterable[Ref | Link | str]) -> list[tuple[str, Sequence[Ref | Link | str]]]:
    """Return a row of the box of facts; nothing where there are no values."""
    found = [value for value in values if value]
    return [(label, found)] if found else []


def queries_of(context: Context, parameter: Mapping[str, str]) -> list[tuple[str, str, Mapping[str, str]]]:
    """Return the bundled queries that ask about a thing: by the name of its parameter and the value.

    Only queries that need no other parameter, in the order of the catalogue.
    """
    found: list[tuple[str, str, Mapping[str, str]]] = []
    for query in context.queries.values():
        names = [item.name for item in query.parameters]
        if len(names) == 1 and names[0] in parameter and query.category != "Federation":
            found.append((query.name, query.title, {query.parameters[0].alias: parameter[names[0]]}))
    return found


def refs_by_label(facts: Facts, numbers: Iterable[int]) -> list[Ref]:
    """Return references in the order of labels."""
    return sorted(facts.refs(list(numbers)), key=lambda ref: (ref.label.casefold(), ref.key))


def figure_row(facts: Facts, figure: int, pairs: Sequence[int] = ()) -> FigureRow:
    """Return the row of a figure; `pairs` are those of the index that tie it to the thing of the page."""
    index, paper = facts.index, facts.paper[figure]
    return FigureRow(
        facts.named(figure, "figure"),
        None if paper == NONE else facts.ref(paper),
        facts.year_of(figure),
        facts.image[figure],
        sorted({word for pair in pairs for word in index.words(pair)}),
        min((index.strongest(pair) for pair in pairs), key=STRENGTHS.index, default=""),
        len(index.named(figure, "gene")),
    )


def newest_first(facts: Facts, figures: Iterable[int]) -> list[int]:
    """Return figures in the order in which they are listed: by year, the newest first, then by key."""
    return sorted(figures, key=lambda figure: (-(facts.year_of(figure) or 0), figure))


def per_year(years: Iterable[int | None]) -> list[Bar]:
    """Return a bar for each year from the first to the last, without gaps."""
    counts = Counter(year for year in years if year)
    if not counts:
        return []
    first, last = min(counts), max(counts)
    if last - first > 200:  # a wrong year in one record must not make a chart of thousands
        return [Bar(str(year), counts[year]) for year in sorted(counts)]
    return [Bar(str(year), counts[year]) for year in range(first, last + 1)]


def pager(number: int, total: int, size: int) -> Pager | None:
    """Return where a page of a list stands; None where the list has but one."""
    pages = pages_of(total, size)
    return Pager(number, pages, total, size) if pages > 1 else None


def pages_of(total: int, size: int) -> int:
    """Return how many pages a list has, at least one.

    >>> pages_of(0, 200), pages_of(200, 200), pages_of(201, 200)
    (1, 1, 2)
    """
    return max(1, -(-total // size))


def word_row(facts: Facts, said: Described) -> WordRow:
    """Return the row of a mention."""
    things, taxa = facts.things, facts.taxon
    numbers = [things.number.get(iri, NONE) for iri in iris(said, v.ABOUT)]
    found = [number for number in numbers if number != NONE]
    species = dict.fromkeys(taxa[number] for number in found if taxa[number] != NONE)
    lexicon = text(said, v.LEXICON) or None
    others = [item for iri in iris(said, v.ABOUT) if iri not in things.number and (item := link(iri))]
    count = text(said, v.OCCURRENCES)
    return WordRow(
        text(said, v.TEXT),
        text(said, v.MATCHED_TERM) or "; ".join(texts(said, v.SOURCE_IDENTIFIER)),
        label_of(lexicon) or text(said, v.DATA_NODE_TYPE),
        STRENGTHS[strength_of(lexicon)],
        refs_by_label(facts, found),
        refs_by_label(facts, species),
        int(count) if count.isdigit() else 1,
        others,
    )


def word_rows(facts: Facts, mentions: Iterable[Described]) -> list[WordRow]:
    """Return the rows of mentions, in the order of words."""
    return sorted(
        (word_row(facts, said) for said in mentions),
        key=lambda row: (row.word.casefold(), row.word, row.matched, row.lexicon, row.evidence),
    )


__all__ = ["LEXICONS", "NAMESPACES", "Context", "common", "curie", "fact", "figure_row", "short"]
