"""The diagram of the model as SVG: boxes for classes, with their literal properties, and arrows for links.

What stands in the boxes and which arrows there are comes from the shapes; where the boxes stand is a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape

from kg.graph import IRI
from kg.ontology_page.terms import Model
from kg.vocabulary import KG, SCHEMA, kg, schema

_WIDTH = 240
_LINE = 15
_CHARACTERS = 32
_PAD = 10
_MARGIN = 20
_OWN, _OTHER = "#e3f0e8", "#eef1f6"


class Place(NamedTuple):
    """A box: its title, the classes in it, and where its upper left corner is."""

    title: str
    classes: tuple[IRI, ...]
    x: int
    y: int


PLACES = (
    Place("Publisher", (schema("Organization"),), 0, 0),
    Place("Journal", (schema("Periodical"),), 0, 130),
    Place("Paper", (schema("ScholarlyArticle"),), 0, 260),
    Place("Other works", (schema("Book"), schema("CreativeWork")), 0, 450),
    Place("Authors", (schema("Person"), schema("SoftwareApplication")), 0, 600),
    Place("Community, collection", (schema("Collection"),), 0, 750),
    Place("Picture", (schema("ImageObject"),), 440, 0),
    Place("Figure record", (kg("Figure"),), 440, 180),
    Place("Pathway record", (kg("Pathway"),), 440, 620),
    Place(
        "Mentions",
        (
            kg("GeneMention"),
            kg("ChemicalMention"),
            kg("DiseaseMention"),
            kg("TextMention"),
            kg("ProteinMention"),
            kg("RnaMention"),
            kg("MetaboliteMention"),
            kg("ComplexMention"),
            kg("PathwayMention"),
            kg("OtherMention"),
        ),
        930,
        440,
    ),
    Place("Post", (schema("BlogPosting"),), 1280, 190),
    Place("Section of a post", (schema("WebPageElement"),), 1280, 390),
    Place("Organism", (schema("Taxon"),), 580, 440),
    Place("Ontology term", (schema("DefinedTerm"),), 300, 440),
    Place(
        "Genes and other entities",
        (
            schema("Gene"),
            schema("Protein"),
            schema("ChemicalSubstance"),
            schema("MolecularEntity"),
            schema("MedicalCondition"),
            schema("BioChemEntity"),
        ),
        1040,
        0,
    ),
    Place("Lexicon", (kg("Lexicon"),), 1280, 560),
    Place("Place in a text", (IRI("http://www.w3.org/ns/oa#SpecificResource"),), 930, 760),
    Place("Its selector", (IRI("http://www.w3.org/ns/oa#TextPositionSelector"),), 1280, 760),
)
"""Where each class stands: one row for each box."""

LEFT_OUT = (schema("Dataset"),)
"""Classes without a box: figures and pathways are datasets as well."""


class _Box(NamedTuple):
    place: Place
    lines: tuple[str, ...]
    height: int

    @property
    def middle(self) -> tuple[float, float]:
        return self.place.x + _WIDTH / 2, self.place.y + self.height / 2


def diagram(model: Model) -> str:
    """Return the diagram as SVG, the same bytes for the same shapes."""
    boxes = [_box(place, model) for place in PLACES]
    width = max(box.place.x for box in boxes) + _WIDTH
    height = max(box.place.y + box.height for box in boxes)
    arrows = "".join(_arrows(boxes, model))
    drawn = "".join(map(_drawn, boxes))
    view = f"{-_MARGIN} {-_MARGIN} {width + 2 * _MARGIN} {height + 2 * _MARGIN}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" '
        f'width="{width + 2 * _MARGIN}" height="{height + 2 * _MARGIN}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="12">\n'
        "<title>Classes and properties of the pathway knowledge graph</title>\n"
        '<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#555"/></marker></defs>\n'
        f'<rect x="{-_MARGIN}" y="{-_MARGIN}" width="100%" height="100%" fill="white"/>\n'
        f"{drawn}{arrows}</svg>\n"
    )


def _box(place: Place, model: Model) -> _Box:
    names: dict[str, None] = {}
    for name in place.classes:
        names.update(dict.fromkeys(_short(way) for way in model.texts[name]))
    lines = (*_wrapped([_short(name) for name in place.classes]), "", *_wrapped(list(names)))
    return _Box(place, lines, _PAD * 2 + _LINE * (len(lines) + 1))


def _short(iri: IRI) -> str:
    """Return a name as the diagram shows it: only terms of schema.org go without their prefix."""
    if iri.startswith(SCHEMA):
        return iri.removeprefix(SCHEMA)
    prefix = "kg" if iri.startswith(KG) else {"oa#": "oa", "ms/": "dcterms"}.get(_namespace(iri)[-3:], "rdfs")
    return f"{prefix}:{iri.removeprefix(_namespace(iri))}"


def _namespace(iri: IRI) -> str:
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]


def _wrapped(names: list[str]) -> Iterator[str]:
    line = ""
    for name in names:
        if line and len(line) + len(name) + 2 > _CHARACTERS:
            yield line + ","
            line = name
        else:
            line = f"{line}, {name}" if line else name
    if line:
        yield line


def _drawn(box: _Box) -> str:
    x, y = box.place.x, box.place.y
    own = any(name.startswith(KG) for name in box.place.classes)
    texts = [(box.place.title, ' font-weight="bold"')]
    blank = box.lines.index("")
    texts += [(line, "" if number < blank else ' fill="#555"') for number, line in enumerate(box.lines)]
    lines = "".join(
        f'<text x="{x + _PAD}" y="{y + _PAD + _LINE * (row + 1) - 4}"{style}>{escape(text)}</text>\n'
        for row, (text, style) in enumerate(texts)
        if text
    )
    return (
        f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{box.height}" rx="5" '
        f'fill="{_OWN if own else _OTHER}" stroke="#777"/>\n{lines}'
    )


def _arrows(boxes: list[_Box], model: Model) -> Iterator[str]:
    """Yield one arrow for each pair of boxes, with the names of all links between them."""
    owner = {name: box for box in boxes for name in box.place.classes}
    between: dict[tuple[int, int], dict[str, None]] = {}
    for source, way, target in model.links:
        if source in owner and target in owner and owner[source] is not owner[target]:
            pair = boxes.index(owner[source]), boxes.index(owner[target])
            between.setdefault(pair, {})[_short(way)] = None
    for (source_box, target_box), names in sorted(between.items()):
        yield _arrow(boxes[source_box], boxes[target_box], ", ".join(names))


def _arrow(source: _Box, target: _Box, label: str) -> str:
    x1, y1 = _border(source, target.middle)
    x2, y2 = _border(target, source.middle)
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    return (
        f'<line x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}" stroke="#555" '
        f'marker-end="url(#end)"/>\n<text x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle" fill="#264" '
        f'stroke="white" stroke-width="4" paint-order="stroke">{escape(label)}</text>\n'
    )


def _border(box: _Box, towards: tuple[float, float]) -> tuple[float, float]:
    """Return where the line from the middle of a box to another point leaves the box."""
    x, y = box.middle
    dx, dy = towards[0] - x, towards[1] - y
    steps = [_WIDTH / 2 / abs(dx)] if dx else []
    steps += [box.height / 2 / abs(dy)] if dy else []
    step = min(steps)
    return x + dx * step, y + dy * step
