"""The page of the shapes as Markdown: what is asked of each class, in the words of its messages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kg import resources
from kg.graph import IRI
from kg.ontology_page.page import name_of, table
from kg.shapes.reader import ShapesGraph
from kg.shapes.results import lexical_of

_NOTE = "<!-- Made by `make docs` from ontology/shapes.ttl and ontology/bioschemas.ttl: change those. -->"
_INTRODUCTION = """
What `kg validate` asks of each class, and how bad it is where that does not hold. A *violation* breaks the
model; a *warning* is doubtful; an *info* is merely incomplete. How to run it: [validation](validation.md).
The same as SHACL: [`shapes.ttl`](../ontology/shapes.ttl), [`bioschemas.ttl`](../ontology/bioschemas.ttl).
"""


def shapes_page(folder: Path | None = None) -> str:
    """Return the page, the same bytes for the same shapes.

    Raises:
        kg.errors.SourceError: a shapes file cannot be read, or is not valid.
    """
    folder = folder or resources.ontology()
    lines = [_NOTE, "", "# What each shape says", _INTRODUCTION, "## The model", ""]
    lines += _shapes(ShapesGraph(folder / "shapes.ttl"))
    lines += ["## The profiles of Bioschemas", ""]
    lines += _shapes(ShapesGraph(folder / "bioschemas.ttl"))
    return "\n".join(lines)


def _shapes(graph: ShapesGraph) -> Iterator[str]:
    labels = graph.labels
    for node, targets in graph.targets.items():
        yield f"### {labels.get(node, node.rpartition('#')[2])}\n"
        classes = ", ".join(map(name_of, targets.classes))
        subjects = " or ".join(map(name_of, targets.subjects_of))
        yield f"For {classes}{'whatever has ' if subjects else ''}{subjects}.\n"
        yield from table(("severity", "property", "what it says"), _rows(graph, node))


def _rows(graph: ShapesGraph, node: IRI) -> Iterator[tuple[str, ...]]:
    for shape in (node, *(IRI(lexical_of(value)) for value in graph.of(node, "property"))):
        messages = " ".join(map(lexical_of, graph.of(shape, "message")))
        if messages:
            (severity,) = graph.of(shape, "severity")
            ways = [name_of(IRI(lexical_of(way))) for way in graph.of(shape, "path")]
            yield lexical_of(severity).rpartition("#")[2].lower(), ", ".join(ways) or "itself", messages
