"""The page of the ontology as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.graph import IRI
from kg.ontology_page.terms import Model, Ontology, OwnTerm
from kg.vocabulary import KG, PREFIXES

DIAGRAM = "ontology.svg"
_NOTE = "<!-- Made by `make docs` from ontology/kg.ttl and ontology/shapes.ttl: change those. -->"


def page(ontology: Ontology, model: Model) -> str:
    """Return the page, the same bytes for the same ontology and shapes."""
    return "\n".join(_lines(ontology, model))


def _lines(ontology: Ontology, model: Model) -> Iterator[str]:
    header = ontology.header
    yield f"{_NOTE}\n\n# {header['title']}\n\n{header['description']}\n"
    yield from table(
        ("", ""), ((name, _told(header[name])) for name in header if name not in ("title", "description"))
    )
    yield (
        "Everything else is said with terms of schema.org, Dublin Core, SKOS and Web Annotation: "
        "see [what records become](mapping.md). The same as Turtle: "
        "[`ontology/kg.ttl`](../ontology/kg.ttl).\n"
    )
    yield f"## The model\n\n![Classes and properties of the model]({DIAGRAM})\n"
    yield (
        "Green boxes hold classes of ours. Grey names are the literal properties of a class, arrows its "
        "links to other classes; all of it comes from the [shapes](shapes.md). Names without a prefix are "
        "of schema.org.\n"
    )
    yield "## Classes\n"
    yield from table(("class", "what it is", "subclass of"), map(_class_row, ontology.classes))
    yield "## Properties\n"
    yield from table(("property", "what it says", "of", "value"), map(_property_row, ontology.properties))
    yield "## Lexicons\n"
    yield "Individuals of `kg:Lexicon`; those that expand families name a family for each of its members.\n"
    yield from table(("lexicon", "what it is", "expands families"), map(_lexicon_row, ontology.lexicons))
    yield "## Links between classes\n"
    yield from table(("class", "property", "class"), _link_rows(model))


def _class_row(term: OwnTerm) -> tuple[str, ...]:
    return _own(term), _said(term), _names(term.parents)


def _property_row(term: OwnTerm) -> tuple[str, ...]:
    return _own(term), _said(term), _names(term.domains) or "any", _names(term.ranges) or "any"


def _lexicon_row(term: OwnTerm) -> tuple[str, ...]:
    return _own(term), _said(term), "yes" if term.expands_families else "no"


def _link_rows(model: Model) -> Iterator[tuple[str, ...]]:
    found: dict[tuple[IRI, IRI], list[IRI]] = {}
    for source, way, target in model.links:
        found.setdefault((source, way), []).append(target)
    for (source, way), targets in found.items():
        yield name_of(source), name_of(way), _names(targets)


def _own(term: OwnTerm) -> str:
    status = "" if term.status in ("testing", "stable") else f" ({term.status})"
    return f'<a id="{term.name}"></a>`kg:{term.name}`{status}'


def _said(term: OwnTerm) -> str:
    examples = [f"For example: {'; '.join(term.examples)}"] if term.examples else []
    return " ".join([term.definition, *term.notes, *examples])


def _names(iris: Iterable[IRI]) -> str:
    return ", ".join(map(name_of, iris))


def name_of(iri: IRI) -> str:
    """Return an IRI as a compact name, or as a link where no prefix is known.

    >>> name_of(IRI("https://schema.org/Gene"))
    '`schema:Gene`'
    """
    if iri.startswith(KG):
        return f"`kg:{iri.removeprefix(KG)}`"
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"`{prefix}:{iri.removeprefix(namespace)}`"
    return f"<{iri}>"


def _told(text: str) -> str:
    return f"<{text}>" if text.startswith("http") and " " not in text else text


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield the lines of a table, and an empty one."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |"
    yield ""
