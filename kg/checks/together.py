"""The rules for records taken together: what each record claims, and what comes of claims that differ."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from kg import vocabulary as v
from kg.checks.case import Case
from kg.checks.claims import Claims, Conflict, Variant
from kg.frontmatter import Path
from kg.graph import IRI, Description, Literal
from kg.identifiers import DOI, TAXONOMY
from kg.problems import Problem, shown
from kg.records.fields import present
from kg.source import MAPS, Item, Source


class Where(NamedTuple):
    """A place in a file."""

    file: str
    line: int
    column: int
    field: str | None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


Locate = Callable[[Item, "tuple[IRI, IRI, str] | None", "Path | None"], "Where | None"]
"""Returns the place of a triple, or else of a field, of a document; None where it is gone."""

_NAMES: Mapping[IRI, str] = {
    v.GENE: "gene-names",
    v.CHEMICAL_SUBSTANCE: "substance-names",
    v.MEDICAL_CONDITION: "substance-names",
    v.MOLECULAR_ENTITY: "substance-names",
    v.DEFINED_TERM: "term-names",
    v.SCHOLARLY_ARTICLE: "paper-titles",
    v.PERIODICAL: "journal-names",
}
"""The code of a thing that has several names, by its class."""

_GENE = "gene-names"
"""The code of the claims about genes: a symbol and a taxon. What differs is told by three codes."""

_DATE = "paper-dates"
"""The code of the claims about dates; those of different years are told by `paper-years`."""

_RECORD = "duplicate-figid"
_OWN_KEYS: Mapping[str, str] = {"figure": "figid", "pathway": "wpid", "post": "slug"}


class _Spot(NamedTuple):
    """Where a claim was made that is not made from the graph: in which document, and there the field."""

    item: Item
    path: Path | None
    place: Where | None = None

    @classmethod
    def of(cls, text: str) -> _Spot:
        """Return the spot of a text that `Claims` made of one."""
        item, path, place = json.loads(text)
        return cls(Item(*item), None if path is None else tuple(path), Where(*place) if place else None)


def claim(case: Case, claims: Claims) -> None:
    """Add the claims of a record."""
    claims.make_room()
    item = case.document.item
    own = _OWN_KEYS.get(case.kind)
    if own is not None:
        name: str = getattr(case.record, own)
        path: Path = () if own == "slug" else (own,)
        claims.add(_RECORD, f"{case.kind} {name}", item.key(), _Spot(item, path))
        _claim_addresses(case, name, claims)
    if case.kind == "figure":
        _claim_aliases(case, claims)
        _claim_organisms(case, claims)
    place = item.key()
    for description in case.graph.descriptions:
        if description.fingerprint and not claims.again(description.fingerprint):
            _claim_names(description, place, claims)
            claims.remember(description.fingerprint)


def _claim_aliases(case: Case, claims: Claims) -> None:
    for path, alias in _listed(case, "figid_alias", case.record.aliases):
        spot = _Spot(case.document.item, path)
        claims.add("duplicate-alias", alias, case.record.figid, spot)


def _listed(case: Case, key: str, texts: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """Yield the texts of a list (or of one text) with the path of each."""
    value = case.document.values.get(key)
    stripped = (
        [item.strip() if isinstance(item, str) else None for item in value] if isinstance(value, list) else []
    )
    for text in texts:
        yield ((key, stripped.index(text)) if text in stripped else (key,)), text


def _claim_addresses(case: Case, name: str, claims: Claims) -> None:
    """Claim the address of the record and those that lead to it."""
    item, folder = case.document.item, {"figure": "figures", "pathway": "pathways"}.get(case.kind)
    if folder is None:
        return
    key = _OWN_KEYS[case.kind]
    claims.add("clashing-redirect", f"/{folder}/{name}", name, _Spot(item, (key,)))
    for path, address in _listed(case, "redirect_from", case.record.redirects):
        plain = address.rstrip("/").removesuffix(".html") or "/"
        claims.add("clashing-redirect", plain, name, _Spot(item, path))


def _claim_names(description: Description, place: str, claims: Claims) -> None:
    subject, facts = description.subject, description.facts
    kind = next((value for value in facts.get(v.RDF_TYPE, ()) if value in _NAMES), None)
    if kind == v.GENE:
        taxa = facts.get(v.TAXONOMIC_RANGE) or ("",)
        for name in facts.get(v.NAME, ()):
            for taxon in taxa:
                claims.add(_GENE, subject, f"{name}\t{taxon}", place)
    elif isinstance(kind, IRI):
        for name in facts.get(v.NAME, ()):
            same = str(name) if kind == v.PERIODICAL else _loose(str(name))
            claims.add(_NAMES[kind], subject, same, place, str(name))
    for key in facts.get(v.IN_CHI_KEY, ()):
        claims.add("compound-keys", subject, str(key), place)
    if kind == v.SCHOLARLY_ARTICLE:
        _claim_paper(description, place, claims)


def _claim_paper(description: Description, place: str, claims: Claims) -> None:
    subject, facts = description.subject, description.facts
    for year in facts.get(v.YEAR, ()):
        claims.add("paper-years", subject, year.lexical if isinstance(year, Literal) else str(year), place)
    for date in facts.get(v.DATE_PUBLISHED, ()):
        claims.add(_DATE, subject, date.lexical if isinstance(date, Literal) else str(date), place)
    for doi in facts.get(v.SAME_AS, ()):
        if isinstance(doi, IRI) and doi.startswith(DOI.stem):
            claims.add("paper-dois", subject, doi.lower(), place, doi)
            claims.add("paper-dois", doi.lower(), subject, place)


def _loose(name: str) -> str:
    """Return a name without what makes no difference: capitals, punctuation, blanks."""
    return re.sub(r"[\W_]+", " ", name.casefold()).strip() or name


def _claim_organisms(case: Case, claims: Claims) -> None:
    """Claim the names that the rows of genes give taxa which no page or table names."""
    for row in case.organism_rows:
        if case.organisms.get(row.taxid).name is None:
            spot = _Spot(case.document.item, None, Where(row.file, row.line, row.column, "organism_name"))
            claims.add("taxon-names", TAXONOMY.iri_of(row.taxid), row.name, spot)


def conflicts(claims: Claims, locate: Locate) -> Iterator[Problem]:
    """Yield a problem for each value of a key but the one that most records have, at its first place."""
    for conflict in _all_conflicts(claims):
        known = conflict.variants[0]
        first = _place(conflict, known, locate)
        for variant in conflict.variants[1:]:
            yield from _told(conflict, variant, known, first, locate)


def _all_conflicts(claims: Claims) -> Iterator[Conflict]:
    for conflict in claims.conflicts():
        if conflict.code == _GENE:
            yield from _of_part(conflict, 0, _GENE)
            yield from _of_part(conflict, 1, "gene-species")
        elif conflict.code == _DATE:
            yield from _of_year(conflict)
        else:
            yield conflict
    for conflict in claims.shared(_GENE):
        symbol, _, taxon = conflict.key.partition("\t")
        if taxon and present(symbol) is not None:
            yield conflict._replace(code="shared-symbol", key=symbol)


def _of_part(conflict: Conflict, part: int, code: str) -> Iterator[Conflict]:
    """Yield the conflict about the symbols or about the taxa of a gene, if there is one."""
    found: dict[str, Variant] = {}
    for variant in conflict.variants:
        text = variant.shown.split("\t")[part]
        known = found.get(text)
        if known is not None:
            first = min(variant, known, key=lambda row: row.number)
            found[text] = first._replace(shown=text, times=variant.times + known.times)
        elif text:
            found[text] = variant._replace(shown=text)
    if len(found) > 1:
        rows = sorted(found.values(), key=lambda row: (-row.times, row.number))
        yield Conflict(code, conflict.key, tuple(rows))


def _of_year(conflict: Conflict) -> Iterator[Conflict]:
    """Yield the conflict about dates of the year that most records have, if there is one.

    A day and its month do not contradict each other, but the graph has both.
    """
    first = conflict.variants[0]
    same = tuple(row for row in conflict.variants if row.shown[:4] == first.shown[:4])
    if len(same) > 1:
        yield conflict._replace(variants=same)


def _told(
    conflict: Conflict, variant: Variant, known: Variant, first: Where | None, locate: Locate
) -> Iterator[Problem]:
    here = _place(conflict, variant, locate)
    if here is None:
        return
    where = f"in {first}" if first else "elsewhere"
    code = conflict.code
    if code == _RECORD:
        expected, found = "each record once", f"also {first.file if first else known.shown}"
    elif code in ("duplicate-alias", "clashing-redirect"):
        expected, found = f"{conflict.key} for one record", f"{variant.shown} and {known.shown} {where}"
    elif code == "shared-symbol":
        expected, found = (
            f"{conflict.key} for one gene",
            f"{_brief(variant.shown)} and {_brief(known.shown)} {where}",
        )
    else:
        expected = f"{shown(_brief(known.shown))} for {_brief(conflict.key)}, as {where}"
        found = shown(_brief(variant.shown)) + (f" in {variant.times} records" if variant.times > 1 else "")
    yield Problem(code, here.file, here.line, here.column, here.field, expected, found)


def _brief(text: str) -> str:
    """Return an IRI of identifiers.org in its short form."""
    found = re.fullmatch(r"https://identifiers\.org/([a-z.]+)/(.+)", text)
    return text if found is None else found[2] if ":" in found[2] else f"{found[1]}:{found[2]}"


_PREDICATES: Mapping[str, IRI] = {
    "gene-species": v.TAXONOMIC_RANGE,
    "paper-years": v.YEAR,
    _DATE: v.DATE_PUBLISHED,
    "compound-keys": v.IN_CHI_KEY,
    "paper-dois": v.SAME_AS,
}
"""What the claims from graphs are about, by their code; the others are about names."""


def _place(conflict: Conflict, variant: Variant, locate: Locate) -> Where | None:
    if variant.place.startswith("["):
        spot = _Spot.of(variant.place)
        return spot.place or locate(spot.item, None, spot.path)
    predicate = _PREDICATES.get(conflict.code, v.NAME)
    subject, value = conflict.key, variant.shown
    if conflict.code == "shared-symbol" or subject.startswith(DOI.stem):
        subject, value = value, subject
    return locate(Item.from_key(variant.place), (IRI(subject), predicate, value), None)


def tables_without_records(source: Source, claims: Claims) -> Iterator[Problem]:
    """Yield the tables and the lines of maps that belong to no record, where the source is a whole site."""
    for path, stem in source.tables():
        owner, _, suffix = stem.rpartition("-")
        kind = _SUFFIXES.get(suffix)
        if kind and not source.has_page(owner) and not claims.has(_RECORD, f"{kind} {owner}"):
            yield Problem("table-without-record", path, 1, 1, None, f"a record {owner}", "none")
    if source.is_whole():
        for name in MAPS:
            for figid, _value, path, line in source.map(name, lambda _problem: None):
                if not source.has_page(figid) and not claims.has(_RECORD, f"figure {figid}"):
                    yield Problem("map-without-record", path, line, 1, None, "a figure of the site", figid)


_SUFFIXES: Mapping[str, str] = {
    "genes": "figure",
    "chemicals": "figure",
    "diseases": "figure",
    "datanodes": "pathway",
    "bibliography": "pathway",
}
"""The type of the record that a table belongs to, by the end of its name."""
