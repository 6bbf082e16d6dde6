"""Reads the citation line of a figure: `Author, et al. J Biol Chem. 2010 Feb 19;285(8):5232-5239`."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from kg.graph import Literal
from kg.vocabulary import XSD_DATE, XSD_G_YEAR, XSD_G_YEAR_MONTH

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CITATION = re.compile(
    r"(?P<head>.+)\. (?:(?P<year>[12]\d{3}))?(?: (?P<month>[A-Z][a-z]{2})(?P<more>-[A-Z][a-z]{2})?)?"
    r"(?: (?P<day>\d{1,2}))?\s*;(?P<volume>[^:;]*)(?::(?P<pages>[^;]+?))?\.?",
    re.ASCII,
)
_PAGES = re.compile(r"[A-Za-z]{0,6}\d[\w.-]*", re.ASCII)


class Citation(NamedTuple):
    """What a citation line says: journal (NLM abbreviation), date and pages, as far as it says them."""

    journal: str | None
    date: Literal | None
    pages: str | None


def parse_citation(text: str) -> Citation | None:
    """Return what a citation line says, or None where it has no form that we know.

    >>> found = parse_citation("A. Author, et al. J Biol Chem. 2010 Feb 19;285(8):5232-5239.")
    >>> found.journal, found.date.lexical, found.pages
    ('J Biol Chem', '2010-02-19', '5232-5239')
    >>> parse_citation("A. Author. Immun Ageing. 2007;4:1-1.").date.lexical
    '2007'
    """
    found = _CITATION.fullmatch(" ".join(text.split()))
    if found is None:
        return None
    authors, _, journal = found["head"].rpartition(". ")
    pages = found["pages"]
    if pages is not None and (pages.startswith("10.") or not _PAGES.fullmatch(pages)):
        pages = None
    return Citation(journal.strip() or None if authors else None, _date(found), pages)


def _date(found: re.Match[str]) -> Literal | None:
    """Return the date at the precision given; a range of months is only its year."""
    year, month, day = found["year"], found["month"], found["day"]
    if year is None:
        return None
    if month not in _MONTHS or found["more"]:
        return g_year(year)
    number = _MONTHS.index(month) + 1
    if day is not None:
        try:
            return Literal(dt.date(int(year), number, int(day)).isoformat(), XSD_DATE)
        except ValueError:
            pass
    return Literal(f"{year}-{number:02}", XSD_G_YEAR_MONTH)


def g_year(year: str) -> Literal:
    """Return a year of four digits as an xsd:gYear."""
    return Literal(year, XSD_G_YEAR)
