"""What several record types share: identifiers, entities, ontology terms, organisms, pages and redirects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kg.identifiers import ONTOLOGIES, Namespace
from kg.iris import http_iri
from kg.organisms import Organism, Organisms
from kg.problems import Problem, RecordLostError, shown
from kg.records import keys
from kg.records.fields import Fields, Row
from kg.vocabulary import LICENCES


class Identifier(NamedTuple):
    """An identifier that matches its namespace, as its bare local part."""

    namespace: Namespace
    local: str


class Entity(NamedTuple):
    """A gene, chemical or disease that a word resolved to."""

    kind: str
    identifier: Identifier
    name: str | None
    taxon: Organism | None = None
    close: Identifier | None = None


class Term(NamedTuple):
    """A term of an ontology."""

    identifier: Identifier
    name: str | None
    definition: str | None = None


def required_text(fields: Fields, key: str) -> str:
    """Return the text that names a record.

    Raises:
        RecordLostError: it is missing, or no text.
    """
    value = fields.values.get(key)
    text = fields.text(key) if value is None or isinstance(value, str) else None
    if text is None:
        line, column = fields.document.place((key,))
        raise RecordLostError(
            Problem(
                "missing-key",
                fields.document.path,
                line,
                column,
                key,
                "a text that names the record",
                shown(value),
            )
        )
    return text


def linked(fields: Fields | Row, key: str, namespace: Namespace, unlinked: list[str]) -> Identifier | None:
    """Return the identifier of a cell; the text of one that matches no pattern is reported, and kept."""
    text = fields.text(key)
    if text is None:
        return None
    local = namespace.local(text)
    if local is not None:
        return Identifier(namespace, local)
    fields.problem("bad-identifier", key, f"{namespace.name}: {namespace.pattern}", text)
    unlinked.append(text)
    return None


def parse_licence(jsonld: Fields) -> str | None:
    """Return the licence; one that is known by no name and is no IRI is reported, and kept as text."""
    text = jsonld.text("license")
    if text is not None and text not in LICENCES and http_iri(text) is None:
        jsonld.problem("unknown-licence", "license", "`CC0`, or a full address", text)
    return text


def parse_page(jsonld: Fields) -> str | None:
    """Return the IRI that the embedded `schema-jsonld` gives the page."""
    page = jsonld.text("@id")
    if page is not None and http_iri(page) is None:
        jsonld.problem("bad-iri", "@id", "an absolute http or https IRI", page)
        return None
    return page


def parse_redirects(fields: Fields) -> Iterator[str]:
    """Yield the paths that lead to the page."""
    for path, text in fields.numbered_texts("redirect_from"):
        if text.startswith("/") and not text.startswith("//"):
            yield text
        else:
            Fields(fields.document, fields.report, {}, path[:-1]).problem(
                "bad-page", path[-1], "a path that starts with `/`", text
            )


def parse_taxa(fields: Fields, key: str, organisms: Organisms) -> tuple[tuple[Organism, ...], list[str]]:
    """Return the taxa that the names of a key stand for, and the names as given."""
    taxa: dict[Organism, None] = {}
    names: list[str] = []
    for path, name in fields.numbered_texts(key):
        names.append(name)
        for part in [name] if organisms.find(name) else name.split(","):
            taxid = organisms.find(part)
            if taxid is not None:
                taxa[organisms.get(taxid)] = None
            elif part.strip():
                fields.problem_at("unknown-organism", path, "the name of an organism", part.strip())
    return tuple(taxa), names


def parse_terms(fields: Fields, unlinked: list[str], keywords: list[str]) -> Iterator[Term]:
    """Yield the ontology terms of `annotations`; of any other one the texts are kept, and it is reported."""
    if not fields.values.get("annotations"):
        return
    for row in fields.rows("annotations"):
        row.check_keys(keys.ANNOTATION)
        text, name = row.text("id"), row.text("value")
        namespace = ONTOLOGIES.get(text.partition(":")[0].upper()) if text else None
        local = namespace.local(text) if namespace and text else None
        if namespace and local:
            yield Term(Identifier(namespace, local), name)
        elif text or name:
            code = "bad-identifier" if namespace else "unknown-ontology"
            expected = (
                f"{namespace.name}: {namespace.lead}{namespace.pattern}"
                if namespace
                else "PW:…, DOID:… or CL:…"
            )
            row.problem(code, "id", expected, text)
            unlinked.extend([text] if text else [])
            keywords.extend([name] if name else [])
