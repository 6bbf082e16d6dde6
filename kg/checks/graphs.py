"""SHACL over the graphs of records, each result brought back to the field that made it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from kg.checks.case import Case
from kg.graph import IRI, Object
from kg.mapping.rules import short
from kg.problems import Problem, shown
from kg.shapes import Result, Severity, Shapes, Tagged
from kg.shapes.results import lexical_of
from kg.vocabulary import PREFIXES

SAMPLE = 200
"""How many records the spread sample has."""

_CODES: Mapping[Severity, str] = {
    Severity.VIOLATION: "shacl-violation",
    Severity.WARNING: "shacl-warning",
    Severity.INFO: "shacl-info",
}

SAME_AS_RULE: Mapping[str, tuple[str, ...]] = {
    "BlogPosting-headline": ("missing-title",),
    "BlogPosting-one-date": ("missing-date", "bad-date"),
    "Book-title": ("untitled-work",),
    "Dataset-name": ("missing-title",),
    "Figure-automl-score": ("score-out-of-range",),
    "Figure-description": ("empty-caption",),
    "Figure-identifier-form": ("figid-form",),
    "Figure-one-number": ("missing-number",),
    "Figure-organism": ("missing-organism",),
    "Figure-pathway-score": ("score-out-of-range",),
    "Figure-search-rank": ("score-out-of-range",),
    "Figure-some-image": ("missing-image", "missing-paper", "lost-paper", "bad-identifier"),
    "Figure-some-paper": ("missing-paper", "lost-paper", "bad-identifier"),
    "GeneMention-about": ("unlike-type",),
    "GeneMention-evidence": ("missing-lexicon",),
    "Mention-known-lexicon": ("unknown-lexicon",),
    "Mention-some-text": ("missing-word", "missing-label"),
    "MetaboliteMention-about": ("unlike-type",),
    "Pathway-description": ("missing-description",),
    "Pathway-name": ("missing-title",),
    "Pathway-organism": ("missing-organism",),
    "ProteinMention-about": ("unlike-type",),
    "RnaMention-about": ("unlike-type",),
    "ScholarlyArticle-title": ("untitled-work",),
    "WebPageElement-name": ("empty-heading",),
    "creator": ("unknown-creator",),
    "license": ("unknown-licence",),
    "no-source-identifier": ("bad-identifier", "unknown-ontology"),
    "one-license": ("missing-licence",),
    "year": ("odd-year",),
}
"""The rules that say for one record what a shape of ours says of its graph: then the shape is silent."""

_FINER_RULE = frozenset({"Mention-identified"})
"""Shapes that a rule judges more finely: `unidentified-word` knows what a data node is close to."""

_OF_ALL_RECORDS = frozenset({"minCount", "maxCount", "hasValue"})
"""What is absent here may be in another record; too many values are told by the rules for all records."""


def is_sampled(number: int, pages: int) -> bool:
    """Say whether the page of that number (from 0) belongs to the spread sample.

    >>> [number for number in range(1000) if is_sampled(number, 1000)][:3]
    [0, 5, 10]
    """
    return number % max(1, -(-pages // SAMPLE)) == 0


def problems_of(case: Case, shapes: Shapes, told: Collection[str], *, own: bool) -> Iterator[Problem]:
    """Yield what the shapes find in the graph of a record.

    Of our `own` shapes, what the rules of the record have `told` is not repeated, nor what depends on all
    records that speak of a shared node.
    """
    shared = {row.subject for row in case.graph.descriptions if row.fingerprint}
    for result in shapes.validate_record(case.graph):
        silent = own and (
            (result.focus in shared and result.component in _OF_ALL_RECORDS)
            or _local(result.shape) in _FINER_RULE
            or any(code in told for code in SAME_AS_RULE.get(_local(result.shape), ()))
        )
        if not silent:
            yield _problem(case, result)


def _local(iri: IRI) -> str:
    return iri.replace("/", "#").rpartition("#")[2]


def _problem(case: Case, result: Result) -> Problem:
    if case.tracer.knows(result.focus):
        cell = case.tracer.trace(result.focus, result.path, _object(result)).cell
        file, place, field = cell.file, cell.place, cell.field
    else:
        file, place, field = case.document.path, case.document.place(()), None
    found = _said(result)
    return Problem(
        _CODES[result.severity], file, *place, field, f"{result.message} ({_local(result.shape)})", found
    )


def _object(result: Result) -> Object | None:
    """Return the value of a result as one of our terms."""
    value = None if result.path is None else result.value
    return value.lexical if isinstance(value, Tagged) else value


def _said(result: Result) -> str:
    """Return the node, the property and the value in short."""
    parts = [_brief(result.focus)]
    if result.path is not None:
        parts.append(short(result.path))
        if isinstance(result.value, IRI):
            parts.append(_brief(result.value))
        elif result.value is not None:
            parts.append(shown(lexical_of(result.value)))
    return " ".join(parts)


def _brief(iri: IRI) -> str:
    return short(iri) if any(iri.startswith(stem) for stem in PREFIXES.values()) else f"<{iri}>"
