"""The graph of a page, and its three forms.

The graph holds every triple of the store about the thing of the page and about its parts, and a few triples
about the page itself:

    <gene/208> a schema:WebPage ; schema:name "AKT2" ; schema:mainEntity ncbigene:208 ; schema:isPartOf <> .

Parts are what says of itself that it belongs to the thing by `schema:isPartOf` and has no page of its
own (mentions, data nodes, pictures); the sections of a post, with their parts; and the picture of a figure.
Where a site lives at the base of minted IRIs, the page of a journal or a post would have the IRI of the
thing: the page is then `<…#page>`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kg import vocabulary as v
from kg.formats import FORMATS
from kg.formats.jsonld import JsonLdWriter, read_context
from kg.graph import IRI, Description, Literal, Object, RecordGraph, describe
from kg.identifiers import NAMESPACES
from kg.site.addresses import Address, url
from kg.site.facts import Facts
from kg.site.reading import description, iris

WEB_PAGE = v.schema("WebPage")
MAIN_ENTITY = v.schema("mainEntity")

_WITH_PARTS = frozenset({"figure", "paper", "pathway", "post"})


class _Profile(NamedTuple):
    """A profile of Bioschemas: what a thing must state once to follow it, and what at least once."""

    iri: IRI
    once: tuple[IRI, ...]
    some: tuple[IRI, ...] = ()

    def holds(self, facts: Mapping[IRI, Sequence[Object]]) -> bool:
        """Tell whether the facts of a thing have the minimum of the profile."""
        once = all(len(facts.get(predicate, ())) == 1 for predicate in self.once)
        return once and all(predicate in facts for predicate in self.some)


_PROFILES: Mapping[IRI, _Profile] = {
    class_: _Profile(IRI(f"https://bioschemas.org/profiles/{name}"), once, some)
    for class_, name, once, some in (
        (v.GENE, "Gene/1.0-RELEASE", (v.IDENTIFIER, v.NAME), ()),
        (v.TAXON, "Taxon/1.0-RELEASE", (v.NAME,), (v.TAXON_RANK,)),
        (v.MOLECULAR_ENTITY, "MolecularEntity/0.5-RELEASE", (v.IDENTIFIER, v.NAME), (v.URL,)),
        (v.CHEMICAL_SUBSTANCE, "ChemicalSubstance/0.4-RELEASE", (v.IDENTIFIER, v.NAME), (v.URL,)),
        (
            v.DATASET,
            "Dataset/1.0-RELEASE",
            (v.DESCRIPTION, v.LICENSE, v.NAME, v.URL, v.DCTERMS_CONFORMS_TO),  # its record says so itself
            (v.IDENTIFIER, v.KEYWORDS),
        ),
    )
}

_PREFIXES: Mapping[str, str] = {**v.PREFIXES, **{name: row.stem for name, row in NAMESPACES.items()}}
_DATES: Mapping[int, IRI] = {4: v.XSD_G_YEAR, 7: v.XSD_G_YEAR_MONTH, 10: v.XSD_DATE}
_NAMES = re.compile(r'"([A-Za-z][\w.-]*)[":]')
_ESCAPES: Mapping[str, str] = {char: f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def page_graph(facts: Facts, address: Address, number: int) -> RecordGraph:
    """Return the graph of the page of a thing: the page, the thing, and its parts in the order of IRIs."""
    thing = facts.things.iris[number]
    page = page_iri(facts, address, thing)
    subjects = dict.fromkeys((thing, *_parts(facts, thing, address.kind)))
    found = [description(subject, facts.described(subject)) for subject in subjects]
    own = _page(facts, number, page, _profile(found[0]))
    return RecordGraph(page, (own, *(part for part in found if part.facts)))


def page_iri(facts: Facts, address: Address, thing: str) -> IRI:
    """Return the IRI of a page: its canonical URL."""
    page = url(facts.settings.url, address)
    return IRI(f"{page}#page" if page == thing else page)


def _profile(thing: Description) -> IRI | None:
    """Return the profile that a thing follows; none where its record lacks what the profile asks for."""
    for class_ in thing.facts.get(v.RDF_TYPE, ()):
        row = _PROFILES.get(class_)  # type: ignore[arg-type]  # a class is an IRI
        if row is not None and row.holds(thing.facts):
            return row.iri
    return None


def _page(facts: Facts, number: int, page: IRI, profile: IRI | None) -> Description:
    settings, date = facts.settings, facts.modified(number)
    return describe(
        page,
        (v.RDF_TYPE, WEB_PAGE),
        (v.NAME, facts.things.labels[number]),
        (v.DATE_MODIFIED, Literal(date, _DATES[len(date)]) if date and len(date) in _DATES else None),
        (v.LICENSE, IRI(settings.licence)),
        (v.IS_PART_OF, IRI(settings.url)),
        (v.DCTERMS_CONFORMS_TO, profile),
        (MAIN_ENTITY, IRI(facts.things.iris[number])),
    )


def _parts(facts: Facts, thing: str, kind: str) -> Iterator[str]:
    """Yield the parts of a thing, each behind what it is part of."""
    if kind not in _WITH_PARTS:
        return
    waiting, seen = [thing], {thing}
    while waiting:
        whole = waiting.pop()
        said = facts.described(whole)
        below = [
            *facts.parts(whole),
            *iris(said, v.HAS_PART),
            *(iris(said, v.IMAGE) if whole == thing else ()),
        ]
        new = [part for part in dict.fromkeys(below) if part not in seen and part not in facts.things.number]
        seen.update(new)
        yield from new
        if kind == "post":  # nothing else has parts that have parts
            waiting.extend(reversed(new))


class Forms:
    """Writes the graphs of pages in each form."""

    def __init__(self) -> None:
        self._jsonld = _PageWriter(_PREFIXES)

    def turtle(self, graph: RecordGraph) -> str:
        """Return a graph as Turtle."""
        writer = FORMATS["turtle"].writer(_PREFIXES, "", None)
        return (writer.start() + writer.record(graph) + writer.end()).decode().rstrip("\n") + "\n"

    def ntriples(self, graph: RecordGraph) -> str:
        """Return a graph as N-Triples, in the order of lines."""
        text = FORMATS["ntriples"].writer(_PREFIXES, "", None).record(graph).decode()
        return "".join(f"{line}\n" for line in sorted(text.split("\n")) if line)

    def jsonld(self, graph: RecordGraph) -> str:
        """Return a graph as JSON-LD that needs no network, and that may stand in a script element of HTML."""
        text = self._jsonld.document(graph)
        for char, escape in _ESCAPES.items():  # quicker than `translate`, for most texts hold none of them
            text = text.replace(char, escape)
        return text


class _PageWriter(JsonLdWriter):
    """Writes a page as JSON-LD: the page holds its thing, and the context has the terms that are used."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        super().__init__(prefixes)
        context: dict[str, Any] = json.loads(read_context())["@context"]
        context |= {"WebPage": "schema:WebPage", "mainEntity": {"@id": "schema:mainEntity", "@type": "@id"}}
        always = ("@version", "id", "type", "value")
        self._always = {name: context.pop(name) for name in always}
        self._known = context
        self._needs = {name: _needed(value) for name, value in context.items()}
        self.terms[MAIN_ENTITY] = self.term(MAIN_ENTITY)._replace(
            key='"mainEntity"', coercion="@id", links=True
        )

    def document(self, graph: RecordGraph) -> str:
        """Return the document of a page."""
        nodes = self.nodes(graph)
        names = set(_NAMES.findall(nodes))
        names.update(*(self._needs[name] for name in names & self._known.keys()))
        context = {**self._always, **{name: value for name, value in self._known.items() if name in names}}
        lines = ",\n".join(f"    {json.dumps(name)}: {json.dumps(value)}" for name, value in context.items())
        return f'{{\n  "@context": {{\n{lines}\n  }},\n  "@graph": [\n{nodes}\n  ]\n}}\n'

    def type(self, iri: Object) -> str:
        """Return a class in quotes."""
        return '"WebPage"' if iri == WEB_PAGE else super().type(iri)


def _needed(value: object) -> tuple[str, ...]:
    """Return the prefixes that a definition of a context needs."""
    texts = value.values() if isinstance(value, dict) else (value,)
    return tuple(text.partition(":")[0] for text in texts if isinstance(text, str) and "://" not in text)
