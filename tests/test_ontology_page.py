"""The documents that are made from the ontology and the shapes are current, and the diagram is whole."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from kg import vocabulary
from kg.ontology_page import documents, read_model, read_ontology
from kg.ontology_page.diagram import LEFT_OUT, PLACES

DOCS = Path(__file__).resolve().parent.parent / "docs"
DOCUMENTS = documents()
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_document_is_current(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == DOCUMENTS[name], "run `make docs`"


def test_every_own_term_has_a_row() -> None:
    ontology = read_ontology()
    rows = [*ontology.classes, *ontology.properties, *ontology.lexicons]
    assert {row.name for row in ontology.lexicons} == set(vocabulary.LEXICONS)
    for row in rows:
        assert f'<a id="{row.name}"></a>' in DOCUMENTS["ontology.md"]
        assert row.definition in DOCUMENTS["ontology.md"]
    own = {value for value in vars(vocabulary).values() if isinstance(value, str)}
    assert {value for value in own if value.startswith(vocabulary.KG) and value != vocabulary.KG} <= {
        row.iri for row in rows
    }


def test_every_class_of_the_shapes_has_one_place_in_the_diagram() -> None:
    placed = [name for place in PLACES for name in place.classes]
    assert len(placed) == len(set(placed))
    assert set(placed) | set(LEFT_OUT) == set(read_model().classes)


def test_boxes_do_not_overlap_and_hold_their_texts() -> None:
    root = ET.fromstring(DOCUMENTS["ontology.svg"])
    boxes = [
        tuple(float(box.attrib[name]) for name in ("x", "y", "width", "height"))
        for box in root.iter(f"{SVG}rect")
        if box.get("rx")
    ]
    assert len(boxes) == len(PLACES)
    for number, (x, y, width, height) in enumerate(boxes):
        for other_x, other_y, other_width, other_height in boxes[number + 1 :]:
            beside = x + width < other_x or other_x + other_width < x
            assert beside or y + height < other_y or other_y + other_height < y
    for text in root.iter(f"{SVG}text"):
        assert len(text.text or "") <= 36


def test_every_message_of_the_shapes_is_on_their_page() -> None:
    from rdflib import SH, Graph

    for name in ("shapes.ttl", "bioschemas.ttl"):
        graph = Graph().parse(DOCS.parent / "ontology" / name, format="turtle")
        for message in graph.objects(None, SH.message):
            assert str(message).replace("|", "&#124;") in DOCUMENTS["shapes.md"]
