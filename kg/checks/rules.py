"""The rules for one record: one row each, a code with the function that yields its problems.

What the parsers themselves hold (types, patterns, dates …) is not repeated here. To add a rule, add a code
to `kg.problems.checking` and a row at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from kg import vocabulary as v
from kg.checks import texts
from kg.checks.case import Case
from kg.graph import IRI, Object
from kg.mapping.datanode import MENTION_CLASSES
from kg.mapping.rules import short
from kg.mapping.works import creator
from kg.problems import Problem, shown
from kg.records.citation import parse_citation
from kg.records.figure import Figure
from kg.records.markdown import plain_text
from kg.records.pathway import Pathway
from kg.tracing import Cell

FIRST_YEAR = 1800
"""No figure is from an older paper; the shapes say so too."""

_PMC = re.compile(r"PMC\d+(?=__|$|/)", re.ASCII)
_WP = re.compile(r"WP\d+", re.ASCII)
_FIGID = re.compile(r"PMC\d+__\S+", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def _odd_pmcid(case: Case) -> Iterator[Problem]:
    """Compare the PMC ids of a figure with the one that its `figid` starts with."""
    named = _PMC.match(case.record.figid)
    if named is None:
        return
    paper = case.record.paper
    if paper is not None and paper.pmcid != named.group():
        yield case.at("odd-pmcid", ("pmcid",), named.group(), paper.pmcid)
    texts_of = (
        ("figlink", case.record.pmc_page or ""),
        *(("figid_alias", text) for text in case.record.aliases),
    )
    for key, text in texts_of:
        found = _PMC.search(text)
        if found and found.group() != named.group():
            cell = next(cell for cell in case.cells(key) if found.group() in cell.text)
            yield case.at_cell("odd-pmcid", cell, named.group(), cell.text)


def _odd_page(case: Case) -> Iterator[Problem]:
    page = case.record.page
    if page is None:
        return
    last = unquote(page.rstrip("/").rpartition("/")[2].partition("#")[0])
    own = case.record.wpid if case.kind == "pathway" else case.record.figid
    named = _WP.search(last) if case.kind == "pathway" else None
    if (named.group() if named else last.removesuffix(".html")) != own:
        yield case.at("odd-page", ("schema-jsonld", "@id"), f"an address that ends in {own}.html", page)


def _odd_file_name(case: Case) -> Iterator[Problem]:
    key = "wpid" if case.kind == "pathway" else "figid"
    own, stem = getattr(case.record, key), case.document.stem
    if stem != own and not stem.startswith("<"):
        yield case.at("odd-file-name", (key,), stem, own)


def _figid_form(case: Case) -> Iterator[Problem]:
    if not _FIGID.fullmatch(case.record.figid):
        yield case.at("figid-form", ("figid",), "a form like PMC123__name", case.record.figid)


def _odd_year(case: Case) -> Iterator[Problem]:
    paper = case.record.paper
    if paper is None or paper.year is None or FIRST_YEAR <= int(paper.year) <= case.this_year + 1:
        return
    key = "year" if case.value("year") == paper.year else "reftext"
    yield case.at("odd-year", (key,), f"a year from {FIRST_YEAR} to {case.this_year + 1}", paper.year)


def _year_unlike_citation(case: Case) -> Iterator[Problem]:
    """Compare the year with that of the citation; papers that appear online first differ by one."""
    year, reftext = case.value("year"), case.value("reftext")
    cited = parse_citation(reftext) if reftext else None
    if cited is None or cited.date is None or year is None or not year.isdigit():
        return
    if abs(int(year) - int(cited.date.lexical[:4])) > 1:
        yield case.at("year-unlike-citation", ("year",), f"{cited.date.lexical[:4]}, as in `reftext`", year)


def _odd_date(case: Case) -> Iterator[Problem]:
    named = _DATE.match(case.document.stem)
    if case.record.date and named and case.value("date") and case.record.date != named.group():
        yield case.at("odd-date", ("date",), f"{named.group()}, as in the name of the file", case.record.date)


class _Due(NamedTuple):
    """What a record should have: its code, the attribute of the record, its field, what is expected there."""

    code: str
    attribute: str
    path: tuple[str, ...]
    expected: str


def _due(due: _Due) -> Callable[[Case], Iterator[Problem]]:
    def problems(case: Case) -> Iterator[Problem]:
        if not getattr(case.record, due.attribute) and case.value(*due.path) is None:
            yield case.at(due.code, due.path, due.expected, None)

    return problems


_CAPTION = _Due("empty-caption", "caption", ("caption",), "the caption of the figure")
_NUMBER = _Due("missing-number", "number", ("number",), "a number like `F1`")
_IMAGE = _Due("missing-image", "filename", ("filename",), "the name of a picture's file")
_TITLE = _Due("missing-title", "title", ("title",), "a title")
_DAY = _Due("missing-date", "date", ("date",), "a date like 2023-03-14")
_ABOUT = _Due("missing-description", "description", ("description",), "a sentence or two")
_ORGANISM = _Due("missing-organism", "organism_names", ("organisms",), "the name of an organism")
_LICENCE = _Due("missing-licence", "licence", ("schema-jsonld", "license"), "a licence")


def _score_out_of_range(case: Case) -> Iterator[Problem]:
    scores = (
        ("pathway_score", case.record.pathway_score),
        ("automl_pathway", case.record.automl_score),
    )
    for key, score in scores:
        if score is not None and not 0 <= float(score) <= 1:
            yield case.at("score-out-of-range", (key,), "a number from 0 to 1", score)
    rank = case.record.search_rank
    if rank is not None and int(rank) < 0:
        yield case.at("score-out-of-range", ("pmc_ranked_result_index",), "a number from 0", rank)


def _keyword_without_row(case: Case) -> Iterator[Problem]:
    """Look for keywords without a row; where a kind of annotation is absent as a whole, they may be of it."""
    figure: Figure = case.record
    borne_out = {term.name for term in figure.terms}
    for mention in figure.mentions:
        borne_out.update((mention.word, mention.matched), (item.name for item in mention.entities))
    if set(figure.symbols) <= borne_out or not _has_all_kinds(case):
        return
    for cell in case.cells("schema-jsonld.keywords"):
        if cell.text.strip() not in borne_out:
            yield case.at_cell("keyword-without-row", cell, "a row with this name", cell.text)


def _has_all_kinds(case: Case) -> bool:
    kinds = ("genes", "chemicals", "diseases")
    keys = {cell.key.partition(".")[0] for cell in case.tracer.cells} | set(case.document.values)
    return keys.issuperset(kinds)


def _row_without_keyword(case: Case) -> Iterator[Problem]:
    known = set(case.record.symbols)
    missing = {
        item.name: None
        for mention in case.record.mentions
        for item in mention.entities
        if item.kind == "gene" and item.name and item.name not in known
    }
    if not known or not missing:
        return
    for cell in case.cells("genes.hgnc_symbol", "genes.ncbigene_symbol"):
        if missing.pop(cell.text.strip(), "told") is None:
            yield case.at_cell("row-without-keyword", cell, "a symbol among the keywords", cell.text)


_COPIES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "figure": (("description", "caption"),),
    "pathway": (("description", "description"), ("name", "title")),
}


def _stale_copy(case: Case) -> Iterator[Problem]:
    for copy, key in _COPIES[case.kind]:
        one, two = case.value("schema-jsonld", copy), case.value(key)
        if one and two and one.split() != two.split() and _plain(one) != _plain(two):
            yield case.at("stale-copy", ("schema-jsonld", copy), f"what `{key}` says", one)


def _plain(text: str) -> str:
    return " ".join(plain_text(text).split())


_WORDS = frozenset(
    "genes.word genes.symbol genes.match genes.hgnc_symbol genes.ncbigene_symbol chemicals.word"
    " chemicals.symbol chemicals.match chemicals.name diseases.word diseases.symbol diseases.match"
    " diseases.name datanodes.Label schema-jsonld.keywords".split()
)


def _look_alike(case: Case) -> Iterator[Problem]:
    if not any(map(texts.look_alikes, _words_of(case.record))):
        return
    told: set[str] = set()
    for cell in case.cells(*_WORDS):
        latin = texts.look_alikes(cell.text)
        if latin is not None and cell.text not in told:
            told.add(cell.text)
            letters = ", ".join(sorted({f"U+{ord(char):04X}" for char in cell.text if char not in latin}))
            yield case.at_cell("look-alike", cell, f"{latin} in Latin letters", f"{cell.text} ({letters})")


def _words_of(record: Figure | Pathway) -> Iterator[str]:
    yield from record.symbols
    if isinstance(record, Figure):
        for mention in record.mentions:
            yield mention.word or ""
            yield mention.matched or ""
            yield from (item.name or "" for item in mention.entities)
    else:
        yield from (node.label or "" for node in record.data_nodes)


def _mojibake(case: Case) -> Iterator[Problem]:
    """Look for garbled characters; what reading replaced itself is told by `control-character`."""
    document = case.document
    rows = "\n".join(_words_of(case.record)) if isinstance(case.record, Figure | Pathway) else ""
    if not any(map(texts.garbled, (document.front, document.body, rows))):
        return
    for cell in case.tracer.cells:
        found = None if _is_copy(cell) else texts.garbled(cell.text)
        if found is not None and not (found[0] == "\ufffd" and "control-character" in case.told):
            meant = found[1] if found[1].strip() else f"U+{ord(found[1]):04X}"
            yield case.at_text("mojibake", cell, meant, found[0])


def _is_copy(cell: Cell) -> bool:
    return cell.key.startswith("schema-jsonld.") or cell.key in ("(heading)", "(file)")


_TEXTS = ("caption", "figtitle", "papertitle", "reftext", "keywords", "genes.word")


def _markup_in_text(case: Case) -> Iterator[Problem]:
    if not texts.markup(case.document.front) and not any(map(texts.markup, _words_of(case.record))):
        return
    for cell in case.cells(*_TEXTS):
        found = texts.markup(cell.text)
        if found is not None:
            yield case.at_text("markup-in-text", cell, "plain text", found)


_EMPTY_HEADING = re.compile(r" {0,3}#{1,6}[\s#]*")


def _empty_heading(case: Case) -> Iterator[Problem]:
    if all(section.title for section in case.record.sections):
        return
    for number, line in enumerate(case.document.body.split("\n"), case.document.body_line):
        if _EMPTY_HEADING.fullmatch(line):
            yield Problem("empty-heading", case.document.path, number, 1, None, "a heading", "none")


def _unknown_creator(case: Case) -> Iterator[Problem]:
    name = case.record.creator
    if name is not None and not isinstance(creator(name), IRI):
        yield case.at("unknown-creator", ("schema-jsonld", "creator", "name"), "WikiPathways", name)


_MENTIONS = frozenset((*MENTION_CLASSES.values(), v.OTHER_MENTION, v.CHEMICAL_MENTION, v.DISEASE_MENTION))
_MEANT: Mapping[IRI, frozenset[Object]] = {
    v.GENE_MENTION: frozenset((v.GENE, v.PROTEIN)),
    v.PROTEIN_MENTION: frozenset((v.GENE, v.PROTEIN)),
    v.RNA_MENTION: frozenset((v.GENE, v.BIO_CHEM_ENTITY)),
    v.METABOLITE_MENTION: frozenset((v.MOLECULAR_ENTITY,)),
}
"""What a data node of a type can be about."""


def _mentions(case: Case) -> Iterator[tuple[IRI, Mapping[IRI, Sequence[Object]]]]:
    for found in case.graph.descriptions:
        if not found.fingerprint:
            facts = found.facts
            if facts[v.RDF_TYPE][0] in _MENTIONS:
                yield found.subject, facts


def _first_of(case: Case, code: str, nodes: list[IRI], expected: str) -> Iterator[Problem]:
    """Yield one problem for all the nodes: at the first, with how many there are."""
    if nodes:
        cell = case.tracer.trace(nodes[0]).cell
        more = f" here and for {len(nodes) - 1} more" if len(nodes) > 1 else ""
        yield case.at_cell(code, cell, expected + more, cell.text)


def _missing_lexicon(case: Case) -> Iterator[Problem]:
    nodes = [node for node, facts in _mentions(case) if v.LEXICON not in facts]
    yield from _first_of(case, "missing-lexicon", nodes, "a lexicon as `source`")


def _unidentified_word(case: Case) -> Iterator[Problem]:
    """Look for words without an identifier; one of a family, an enzyme class or a symbol is one."""
    close = {v.ABOUT, v.SKOS_CLOSE_MATCH, v.RDFS_SEE_ALSO}
    nodes = [node for node, facts in _mentions(case) if close.isdisjoint(facts)]
    yield from _first_of(case, "unidentified-word", nodes, "an identifier")


def _unlike_type(case: Case) -> Iterator[Problem]:
    for node, facts in _mentions(case):
        meant = next((_MEANT[kind] for kind in _MEANT if kind in facts[v.RDF_TYPE]), None)
        for value in facts.get(v.ABOUT, ()) if meant else ():
            if meant and not meant & case.tracer.classes(value):
                cell = case.tracer.trace(node, v.ABOUT, value).cell
                kind = short(IRI(str(facts[v.RDF_TYPE][0]))).removeprefix("kg:").removesuffix("Mention")
                yield case.at_cell("unlike-type", cell, f"the identifier of a {kind.lower()}", cell.text)


_WORKS = frozenset((v.SCHOLARLY_ARTICLE, v.BOOK))


def _untitled_work(case: Case) -> Iterator[Problem]:
    nodes = {
        found.subject: None
        for found in case.graph.descriptions
        if not {v.NAME, v.DCTERMS_CITATION} & found.facts.keys()
        and found.facts.get(v.RDF_TYPE, [None])[0] in _WORKS
    }
    for node in nodes:
        if not {v.NAME, v.DCTERMS_CITATION} & set(case.tracer.facts(node)):
            cell = case.tracer.trace(node).cell
            yield case.at_cell("untitled-work", cell, "a title or a citation beside it", cell.text)


def _record_without_table(case: Case) -> Iterator[Problem]:
    kinds = ("genes", "chemicals", "diseases")
    if not case.record.mentions and not any(kind in case.document.values for kind in kinds):
        table = case.document.table(f"{case.record.figid}-genes", lambda _problem: None)
        if table is None:
            yield case.at("record-without-table", ("figid",), "genes, or a table of them", None)


def _taxon_names(case: Case) -> Iterator[Problem]:
    """Compare the names of the gene rows with those of the organism pages and the built-in table."""
    for row in case.organism_rows:
        known = case.organisms.get(row.taxid).name
        if known is not None and case.organisms.find(row.name) != row.taxid:
            expected = f"{shown(known)} for taxonomy:{row.taxid}"
            yield Problem(
                "taxon-names", row.file, row.line, row.column, "organism_name", expected, shown(row.name)
            )


def _swallowed_rows(case: Case) -> Iterator[Problem]:
    """Look for cells with the tabs and line ends of other rows: a quote was not closed before them."""
    for name in ("datanodes", "bibliography"):
        table = case.document.table(f"{case.record.wpid}-{name}", lambda _problem: None, quoted=True)
        if table is None or not table.quoted:
            continue
        for line, cells in table.rows:
            cell = next((text for text in cells if "\n" in text.strip() and "\t" in text), None)
            if cell is not None:
                found = f"{cell.strip().count(chr(10)) + 1} lines in one cell"
                yield Problem("swallowed-rows", table.path, line, 1, None, "a closing quote", found)


class Rule(NamedTuple):
    """A rule: the code of its problems, the record types that it is for, and what yields the problems."""

    code: str
    kinds: tuple[str, ...]
    problems: Callable[[Case], Iterator[Problem]]


_FIGURE, _BOTH = ("figure",), ("figure", "pathway")

RULES: tuple[Rule, ...] = (
    Rule("odd-pmcid", _FIGURE, _odd_pmcid),
    Rule("odd-page", _BOTH, _odd_page),
    Rule("odd-file-name", _BOTH, _odd_file_name),
    Rule("figid-form", _FIGURE, _figid_form),
    Rule("odd-year", _FIGURE, _odd_year),
    Rule("year-unlike-citation", _FIGURE, _year_unlike_citation),
    Rule("odd-date", ("post",), _odd_date),
    Rule("empty-caption", _FIGURE, _due(_CAPTION)),
    Rule("missing-number", _FIGURE, _due(_NUMBER)),
    Rule("missing-image", _FIGURE, _due(_IMAGE)),
    Rule("missing-title", ("pathway", "post"), _due(_TITLE)),
    Rule("missing-date", ("post",), _due(_DAY)),
    Rule("empty-heading", ("post",), _empty_heading),
    Rule("missing-description", ("pathway",), _due(_ABOUT)),
    Rule("missing-organism", _BOTH, _due(_ORGANISM)),
    Rule("missing-licence", _BOTH, _due(_LICENCE)),
    Rule("unknown-creator", _BOTH, _unknown_creator),
    Rule("missing-lexicon", _FIGURE, _missing_lexicon),
    Rule("unidentified-word", _BOTH, _unidentified_word),
    Rule("unlike-type", ("pathway",), _unlike_type),
    Rule("untitled-work", _BOTH, _untitled_work),
    Rule("score-out-of-range", _FIGURE, _score_out_of_range),
    Rule("keyword-without-row", _FIGURE, _keyword_without_row),
    Rule("row-without-keyword", _FIGURE, _row_without_keyword),
    Rule("stale-copy", _BOTH, _stale_copy),
    Rule("look-alike", _BOTH, _look_alike),
    Rule("mojibake", ("figure", "pathway", "post", "organism", "term", "community"), _mojibake),
    Rule("markup-in-text", _FIGURE, _markup_in_text),
    Rule("swallowed-rows", ("pathway",), _swallowed_rows),
    Rule("taxon-names", _FIGURE, _taxon_names),
    Rule("record-without-table", _FIGURE, _record_without_table),
)
"""Every rule for one record."""


def problems_of(case: Case) -> Iterator[Problem]:
    """Yield what the rules find in a record."""
    for rule in RULES:
        if case.kind in rule.kinds:
            yield from rule.problems(case)
