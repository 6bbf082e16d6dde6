r"""Papers as people cite them: a line of text, and BibTeX.

>>> bibtex("PMC12", {"title": "Wnt & {more}", "year": "2019", "doi": "10.1/a_b"})
'@article{PMC12,\n  title = {Wnt \\& \\{more\\}},\n  year = {2019},\n  doi = {10.1/a_b}\n}\n'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from kg import vocabulary as v
from kg.identifiers import DOI, PMC, PUBMED
from kg.site.facts import Facts
from kg.site.reading import Described, iris, text
from kg.site.things import NONE
from kg.site.views import Citation

_VERBATIM = frozenset({"doi", "url", "pmcid", "pmid"})
"""Fields that styles print as they are: nothing in them is escaped, so braces may not stand in them."""

_SPECIAL = str.maketrans(
    {char: f"\\{char}" for char in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)
_SPACE = re.compile(r"\s+")
_ISSUE = re.compile(r";\s*(?P<volume>[\w-]+)(?:\((?P<number>[^()]{1,20})\))?:", re.ASCII)


def citation(facts: Facts, paper: int) -> Citation:
    """Return the citation of a paper, of what the graph says of it."""
    iri = facts.things.iris[paper]
    said = facts.described(iri)
    title, reference = text(said, v.NAME), text(said, v.DCTERMS_CITATION)
    doi = _doi(iri, said)
    pmc = iri.removeprefix(PMC.stem) if iri.startswith(PMC.stem) else None
    year = facts.year[paper] or _year(facts.date.get(paper))
    shown = _joined(title, reference) or facts.things.labels[paper]
    fields = {
        "author": _authors(facts, paper, reference),
        "title": title.removesuffix(".") or ("" if reference else shown),
        "journal": _journal(facts, paper),
        "year": str(year) if year else "",
        **_issue(reference),
        "pages": text(said, v.PAGINATION).replace("-", "--").replace("–", "--"),
        "doi": doi or "",
        "pmcid": pmc or "",
        "pmid": iri.removeprefix(PUBMED.stem) if iri.startswith(PUBMED.stem) else "",
        "note": "" if title else reference,
    }
    return Citation(shown, year or None, doi, pmc, bibtex(facts.things.keys[paper], fields))


def bibtex(key: str, fields: Mapping[str, str]) -> str:
    """Return an entry of BibTeX; fields without a value are left out."""
    name = re.sub(r"[^A-Za-z0-9:.-]+", "-", key).strip("-") or "paper"
    lines = [
        f"  {field} = {{{_field(field, value)}}}" for field, value in fields.items() if _fits(field, value)
    ]
    return f"@article{{{name},\n" + ",\n".join(lines) + "\n}\n"


def _fits(field: str, value: str) -> bool:
    return bool(value) and not (field in _VERBATIM and any(char in value for char in "{}\\"))


def _field(field: str, value: str) -> str:
    plain = _SPACE.sub(" ", value).strip()
    return plain if field in _VERBATIM else plain.translate(_SPECIAL)


def _joined(title: str, reference: str) -> str:
    """Return title and reference in one line, the title once."""
    plain = title.rstrip(". ")
    if not reference or plain.casefold() in reference.casefold():
        return reference or title
    return f"{plain}. {reference}" if plain else reference


def _doi(iri: str, said: Described) -> str | None:
    found = [name for name in (iri, *iris(said, v.SAME_AS)) if name.startswith(DOI.stem)]
    return unquote(found[0].removeprefix(DOI.stem)) if found else None


def _year(date: str | None) -> int:
    return int(date[:4]) if date and date[:4].isdigit() else 0


def _journal(facts: Facts, paper: int) -> str:
    journal = facts.journal[paper]
    return "" if journal == NONE else facts.things.labels[journal]


def _issue(reference: str) -> dict[str, str]:
    found = _ISSUE.search(reference)
    return {name: value for name, value in found.groupdict("").items() if value} if found else {}


def _authors(facts: Facts, paper: int, reference: str) -> str:
    """Return the authors: what stands in the reference before the name of the journal, nothing guessed."""
    journal = facts.journal[paper]
    if journal == NONE:
        return ""
    said = facts.described(facts.things.iris[journal])
    names = {*map(str, said.get(v.NAME, ())), *map(str, said.get(v.ALTERNATE_NAME, ()))}
    for name in sorted(names, key=len, reverse=True):
        head, found, _ = reference.partition(f". {name.rstrip('.')}. ")
        if found and ". " not in head:
            people = [person.strip() for person in head.split(",") if person.strip()]
            return " and ".join("others" if person.rstrip(".") == "et al" else person for person in people)
    return ""
