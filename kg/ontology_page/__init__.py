"""The pages on the ontology and the shapes, and the diagram of the model, made from `ontology/`.

>>> sorted(documents())
['ontology.md', 'ontology.svg', 'shapes.md']
"""

from __future__ import annotations

from kg import resources
from kg.ontology_page.diagram import diagram
from kg.ontology_page.page import DIAGRAM, page
from kg.ontology_page.shapes_page import shapes_page
from kg.ontology_page.terms import Model, Ontology, OwnTerm, read_model, read_ontology

__all__ = [
    "Model",
    "Ontology",
    "OwnTerm",
    "diagram",
    "documents",
    "ontology_forms",
    "page",
    "read_model",
    "read_ontology",
    "shapes_page",
]


def ontology_forms() -> dict[str, bytes]:
    """Return the ontology in each form, by its ending: as Turtle just as it was written."""
    import pyoxigraph

    turtle = (resources.ontology() / "kg.ttl").read_bytes()
    triples = [quad.triple for quad in pyoxigraph.parse(turtle, pyoxigraph.RdfFormat.TURTLE)]
    jsonld = pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.JSON_LD)
    lines = pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.N_TRIPLES)
    return {"ttl": turtle, "jsonld": jsonld or b"", "nt": lines or b""}


def documents() -> dict[str, str]:
    """Return the documents, each by the name of its file in `docs/`."""
    ontology, model = read_ontology(), read_model()
    return {"ontology.md": page(ontology, model), DIAGRAM: diagram(model), "shapes.md": shapes_page()}
