"""The counts as VoID: class, property and class×property×class partitions, linksets, vocabularies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kg.describe.statistics import ClassCount, Counts
from kg.describe.terms import void
from kg.graph import IRI, Description, Facts, Literal, describe
from kg.iris import digest
from kg.vocabulary import RDF_TYPE, RDFS, XSD_INTEGER

_CLASS, _LITERAL = IRI(RDFS + "Class"), IRI(RDFS + "Literal")


def number(value: int) -> Literal:
    """Return a whole number as a literal."""
    return Literal(str(value), XSD_INTEGER)


class Partitions:
    """The parts of one void:Dataset; each has an IRI below that of the version."""

    def __init__(self, counts: Counts, version: IRI, dataset: IRI, base: str) -> None:
        self._counts, self._version, self._dataset, self._base = counts, version, dataset, base

    def facts(self) -> Iterator[tuple[IRI, Facts]]:
        """Yield what is said of the whole dataset."""
        counts = self._counts
        yield void("triples"), number(counts.triples)
        yield void("entities"), number(counts.entities)
        yield void("distinctSubjects"), number(counts.subjects)
        yield void("distinctObjects"), number(counts.objects)
        yield void("properties"), number(len(counts.properties))
        yield void("classes"), number(len(counts.classes))
        yield void("vocabulary"), list(vocabularies(counts))
        yield void("uriSpace"), self._base
        yield void("exampleResource"), counts.example
        yield void("classPartition"), [*map(self._part, sorted(counts.classes)), *self._special()]
        yield void("propertyPartition"), [self._part("", name) for name in sorted(counts.properties)]
        yield void("subset"), [self._linkset(*key) for key in sorted(counts.linksets)]

    def _special(self) -> tuple[IRI, IRI]:
        """Return the parts by which HCLS counts classes and literals."""
        return self._part("hcls", _CLASS), self._part("hcls", _LITERAL)

    def _part(self, *names: str) -> IRI:
        return IRI(f"{self._version}#part-{digest(*names, length=16)}")

    def _linkset(self, *names: str) -> IRI:
        return IRI(f"{self._version}#links-{digest(*names, length=16)}")

    def descriptions(self) -> Iterator[Description]:
        """Yield a description of each part."""
        for name, row in sorted(self._counts.classes.items()):
            yield from self._class(name, row)
        for name, count in sorted(self._counts.properties.items()):
            yield _partition(self._part("", name), "property", name, (void("triples"), number(count)))
        numbers = len(self._counts.classes), self._counts.literals
        for part, name, count in zip(self._special(), (_CLASS, _LITERAL), numbers, strict=True):
            yield _partition(part, "class", name, (void("distinctSubjects"), number(count)))
        for (predicate, target), count in sorted(self._counts.linksets.items()):
            yield from self._links(predicate, target, count)

    def _class(self, name: IRI, row: ClassCount) -> Iterator[Description]:
        parts = [self._part(name, predicate) for predicate in sorted(row.properties)]
        yield _partition(
            self._part(name),
            "class",
            name,
            (void("entities"), number(row.entities)),
            (void("triples"), number(row.triples)),
            (void("properties"), number(len(row.properties))),
            (void("propertyPartition"), parts),
        )
        for predicate, count in sorted(row.properties.items()):
            yield from self._class_property(name, predicate, count, row.links.get(predicate, {}))

    def _class_property(
        self, name: IRI, predicate: IRI, count: int, links: Mapping[IRI, int]
    ) -> Iterator[Description]:
        parts = {other: self._part(name, predicate, other) for other in sorted(links)}
        yield _partition(
            self._part(name, predicate),
            "property",
            predicate,
            (void("triples"), number(count)),
            (void("classPartition"), list(parts.values())),
        )
        for other, part in parts.items():
            yield _partition(part, "class", other, (void("triples"), number(links[other])))

    def _links(self, predicate: IRI, target: str, count: int) -> Iterator[Description]:
        goal = IRI(f"{self._version}#target-{digest(target, length=16)}")
        yield describe(
            self._linkset(predicate, target),
            (RDF_TYPE, void("Linkset")),
            (void("linkPredicate"), predicate),
            (void("subjectsTarget"), self._dataset),
            (void("objectsTarget"), goal),
            (void("triples"), number(count)),
        )
        yield describe(goal, (RDF_TYPE, void("Dataset")), (void("uriSpace"), target))


def _partition(part: IRI, kind: str, name: IRI, *facts: tuple[IRI, Facts]) -> Description:
    return describe(part, (RDF_TYPE, void("Dataset")), (void(kind), name), *facts)


def vocabularies(counts: Counts) -> list[IRI]:
    """Return the namespaces of the classes and properties that are used."""
    names = [*counts.properties, *counts.classes]
    return sorted({IRI(name[: max(name.rfind("/"), name.rfind("#")) + 1]) for name in names} - {IRI("")})
