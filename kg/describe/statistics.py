"""Counts what a graph holds while it goes by, each triple once: what VoID and HCLS tell of a dataset.

The counts are exact, and equal to what SPARQL counts. They cannot be taken from one record alone, for a thing
may get a class long after it was first named. So a row of hashes for each triple goes to a private file on
disk, and at the end the rows are joined with the classes of their subjects, then of their objects, part by
part: time grows with the triples, memory with the distinct classes and properties only.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeAlias

from kg.describe.links import LINKS, site
from kg.describe.shuffle import PARTS, Shuffle
from kg.graph import IRI, RecordGraph
from kg.vocabulary import RDF_TYPE

_SPILL = 1 << 10
_MASK = PARTS - 1

Classes: TypeAlias = "frozenset[int]"
"""The classes of one thing, each by its hash."""


class ClassCount(NamedTuple):
    """What is said of the things of one class.

    `links` counts, for each property, the triples to things of a class; one triple counts for each class.
    """

    entities: int
    triples: int
    properties: Mapping[IRI, int]
    links: Mapping[IRI, Mapping[IRI, int]]


class Counts(NamedTuple):
    """The numbers of a graph; `linksets` are triples by property and namespace of what they lead to."""

    triples: int
    entities: int
    subjects: int
    objects: int
    literals: int
    properties: Mapping[IRI, int]
    classes: Mapping[IRI, ClassCount]
    linksets: Mapping[tuple[IRI, str], int]
    example: IRI | None


class Statistics:
    """Takes record graphs, each triple of the whole once, and gives the counts at the end.

    `namespace` returns, for a property and an IRI, the namespace that the link leads to; None where it is no
    link out of the graph.
    """

    def __init__(self, namespace: Callable[[IRI, IRI], str | None]) -> None:
        self._namespace = namespace
        self._rows = Shuffle()
        self._codes: dict[IRI, int] = {}
        self._properties: Counter[IRI] = Counter()
        self._classes: dict[int, IRI] = {}
        self._linksets: Counter[tuple[IRI, str]] = Counter()
        self._example: IRI | None = None
        self._example_is_own = False
        self._waiting = 0

    def observe(self, graph: RecordGraph) -> None:
        """Count a record graph, which holds nothing that an earlier one said."""
        for description in graph.descriptions:
            subject = hash(description.subject)
            row = self._rows.rows[subject & _MASK]
            for predicate, objects in description.facts.items():
                code = self._codes.setdefault(predicate, len(self._codes) + 1)
                self._properties[predicate] += len(objects)
                leads_out = predicate == RDF_TYPE or predicate in LINKS
                for value in objects:
                    if type(value) is IRI:
                        row.extend((subject, code, hash(value)))
                        if leads_out:
                            self._link(predicate, value)
                    else:
                        row.extend((subject, -code, hash(value)))
            self._waiting += 1
        if not self._example_is_own and graph.descriptions:
            self._example, self._example_is_own = _example(graph)
        if self._waiting >= _SPILL:
            self._rows.spill()
            self._waiting = 0

    def _link(self, predicate: IRI, value: IRI) -> None:
        if predicate == RDF_TYPE:
            if not value.startswith("_:"):
                self._classes[hash(value)] = value
            return
        namespace = self._namespace(predicate, value)
        if namespace is not None:
            self._linksets[predicate, namespace] += 1

    def counts(self) -> Counts:
        """Return the numbers of all that was observed."""
        join = _Join(self._rows, self._codes.get(RDF_TYPE, 0))
        predicates = {code: predicate for predicate, code in self._codes.items()}
        return Counts(
            triples=self._properties.total(),
            entities=join.entities.total(),
            subjects=join.subjects,
            objects=join.objects,
            literals=join.literals,
            properties=dict(self._properties),
            classes=_by_class(join, self._classes, predicates),
            linksets=_with_sites(self._linksets),
            example=self._example if self._example and not self._example.startswith("_:") else None,
        )


def _with_sites(linksets: Mapping[tuple[IRI, str], int]) -> dict[tuple[IRI, str], int]:
    """Return the linksets, where one to a whole site counts what leads to a namespace of the site, too."""
    found = dict(linksets)
    for (predicate, namespace), count in linksets.items():
        whole = predicate, site(namespace)
        if whole in linksets and whole[1] != namespace:
            found[whole] += count
    return found


def _example(graph: RecordGraph) -> tuple[IRI, bool]:
    """Return a subject to show, and whether it belongs to its record rather than to many."""
    first = graph.descriptions[0]
    return first.subject, not first.fingerprint and not first.subject.startswith("_:")


class _Join:
    """Joins the rows of triples with the classes of subjects, then of objects.

    A set of classes has a number, so that rows stay numbers; a *key* is a set of classes with a property.
    """

    def __init__(self, rows: Shuffle, type_code: int) -> None:
        self._type_code = type_code
        self._sets: dict[Classes, int] = {frozenset(): 0}
        self._keys: dict[tuple[int, int], int] = {}
        self.entities: Counter[Classes] = Counter()
        self.said: Counter[tuple[Classes, int]] = Counter()
        self.links: Counter[tuple[Classes, int, Classes]] = Counter()
        self.subjects = self.objects = self.literals = 0
        by_object, by_subject = Shuffle(), Shuffle()
        said: Counter[int] = Counter()
        for part, found in enumerate(rows.parts()):
            said += self._join_subjects(found, by_object, by_subject.rows[part])
            by_subject.spill()
        links: Counter[tuple[int, int]] = Counter()
        for part, found in enumerate(by_object.parts()):
            links += self._join_objects(found, by_subject.part(part))
        self._resolve(said, links)

    def _join_subjects(self, rows: array[int], by_object: Shuffle, classes: array[int]) -> Counter[int]:
        """Join one part: rows by object go on, with the set of classes of each typed subject."""
        subjects, codes, objects = rows[0::3], rows[1::3], rows[2::3]
        sets = self._sets_of(subjects, codes, objects)
        self.subjects += len(set(subjects))
        for subject, number in sets.items():
            classes.extend((subject, number))
        keys = self._keys
        found = array("q")
        for place, (subject, code, value) in enumerate(zip(subjects, codes, objects, strict=True)):
            key = keys.setdefault((sets.get(subject, 0), abs(code)), len(keys) + 1)
            found.append(key)
            by_object.rows[value & _MASK].extend((value, key if code > 0 else -key))
            if not place % _SPILL:
                by_object.spill()
        return Counter(found)

    def _sets_of(self, subjects: array[int], codes: array[int], objects: array[int]) -> dict[int, int]:
        """Return the number of the set of classes of each typed subject."""
        types: dict[int, set[int]] = {}
        for subject, code, value in zip(subjects, codes, objects, strict=True):
            if code == self._type_code:
                types.setdefault(subject, set()).add(value)
        found: dict[int, int] = {}
        for subject, classes in types.items():
            frozen = frozenset(classes)
            self.entities[frozen] += 1
            found[subject] = self._sets.setdefault(frozen, len(self._sets))
        return found

    def _join_objects(self, rows: array[int], classes: array[int]) -> Counter[tuple[int, int]]:
        """Join one part; return how many triples each key has to things of each set of classes."""
        objects, keys = rows[0::2], rows[1::2]
        sets = dict(zip(classes[0::2], classes[1::2], strict=True))
        pairs = list(zip(objects, keys, strict=True))
        literals = len({value for value, key in pairs if key < 0})
        self.literals += literals
        self.objects += literals + len({value for value, key in pairs if key > 0})
        return Counter((key, sets[value]) for value, key in pairs if key > 0 and value in sets)

    def _resolve(self, said: Counter[int], links: Counter[tuple[int, int]]) -> None:
        sets = {number: classes for classes, number in self._sets.items()}
        keys = {key: (sets[number], code) for (number, code), key in self._keys.items()}
        for key, count in said.items():
            self.said[keys[key]] += count
        for (key, number), count in links.items():
            classes, code = keys[key]
            self.links[classes, code, sets[number]] += count


def _by_class(join: _Join, names: Mapping[int, IRI], predicates: Mapping[int, IRI]) -> dict[IRI, ClassCount]:
    """Return the counts by class: what is said of a thing counts for each of its classes."""
    entities: Counter[IRI] = Counter()
    properties: dict[IRI, Counter[IRI]] = {}
    links: dict[IRI, dict[IRI, Counter[IRI]]] = {}
    for classes, count in join.entities.items():
        entities.update(dict.fromkeys(_named(classes, names), count))
    for (classes, code), count in join.said.items():
        for name in _named(classes, names):
            properties.setdefault(name, Counter())[predicates[code]] += count
    for (classes, code, others), count in join.links.items():
        for name in _named(classes, names):
            of_class = links.setdefault(name, {}).setdefault(predicates[code], Counter())
            of_class.update(dict.fromkeys(_named(others, names), count))
    return {
        name: ClassCount(count, properties[name].total(), properties[name], links.get(name, {}))
        for name, count in entities.items()
    }


def _named(classes: Iterable[int], names: Mapping[int, IRI]) -> list[IRI]:
    return [names[number] for number in classes if number in names]
