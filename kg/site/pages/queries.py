"""The pages of the bundled queries: what each asks, and the first rows of its answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kg import vocabulary as v
from kg.graph import IRI
from kg.site.addresses import Address
from kg.site.facts import Facts
from kg.site.outlinks import link
from kg.site.pages.shared import Context
from kg.site.reading import text
from kg.site.views import Link, QueriesView, QueryView, Ref

if TYPE_CHECKING:
    from kg.query.catalogue import Query

ROWS = 20
"""So many rows of an answer are shown."""

TIMEOUT = 20.0
"""So many seconds a query may take before its page is shown without rows."""

_TRIPLE = ("subject", "predicate", "object")
_ELSEWHERE = "This query asks another server, so this page holds no answer to it."
_TOO_LONG = f"This query takes longer than {TIMEOUT:.0f} seconds here, so this page holds no answer to it."
_FAILED = "This query needs more than was given to it here, so this page holds no answer to it."

_EXAMPLES: Mapping[str, tuple[str, IRI]] = {
    "figid": ("figure", v.IDENTIFIER),
    "pmcid": ("paper", v.IDENTIFIER),
    "wpid": ("pathway", v.IDENTIFIER),
    "geneTerm": ("gene", v.IDENTIFIER),
    "diseaseTerm": ("disease", v.IDENTIFIER),
    "metaboliteTerm": ("chemical", v.IDENTIFIER),
    "organismTerm": ("organism", v.NAME),
    "term": ("term", v.TERM_CODE),
}
"""Of which kind a parameter is, and which property has its value."""


class Shown(NamedTuple):
    """The first rows of an answer."""

    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Ref | Link | str]] = ()
    truncated: bool = False
    values: Sequence[tuple[str, str]] = ()
    """The parameters that were set to something other than their defaults."""
    note: str = ""
    """Why there is no answer, where there is none."""


def queries_view(context: Context, address: Address) -> QueriesView:
    """Return the list of the queries, by category."""
    queries = list(context.queries.values())
    return QueriesView(
        kind=address.kind,
        key="",
        title="Queries",
        description=f"{len(queries)} ready questions in SPARQL, with their answers.",
        categories=[
            (category, [(query.name, query.title, query.description) for query in found])
            for category, found in groupby(queries, key=lambda query: query.category)
        ],
    )


def query_view(query: Query, shown: Shown) -> QueryView:
    """Return the page of a query."""
    set_values = dict(shown.values)
    sparql = query.with_values(shown.values)
    return QueryView(
        kind="query",
        key=query.name,
        title=query.title,
        description=query.description,
        category=query.category,
        sparql=sparql,
        parts=_parts(query, sparql),
        parameters=[
            (item.alias, item.type, set_values.get(item.alias, ", ".join(item.defaults)), item.label)
            for item in query.parameters
        ],
        columns=shown.columns,
        rows=shown.rows,
        truncated=shown.truncated,
        note=shown.note,
    )


def _parts(query: Query, sparql: str) -> list[tuple[str, str]]:
    """Return a query in parts: texts, and the terms of parameters that are strings, each with its name."""
    from kg.query.parameters import blocks

    names = {item.name: item.alias for item in query.parameters}
    found: list[tuple[str, str]] = []
    last = 0
    for start, end, name in blocks(sparql):
        terms = sparql[start:end]
        if name in names and terms.strip().startswith('"'):
            found += [(sparql[last:start], ""), (terms, names[name])]
            last = end
    return [*found, (sparql[last:], "")]


def answered(facts: Facts, query: Query, folder: Path | None) -> Shown:
    """Return the first rows of the answer to a query, or why there is none: it takes too long, or too much.

    Where the store lies in a folder, the query runs in a process of its own, which can be stopped. A query
    that asks another server is not run.

    Raises:
        StoreMissingError: there is no store in the folder.
    """
    from kg.query.errors import QueryError, QueryTimeoutError, RefusedError
    from kg.query.syntax import Kind, read_syntax

    syntax = read_syntax(query.text)
    if syntax.services:
        return Shown(note=_ELSEWHERE)
    shown = Shown()
    for values in dict.fromkeys(((), _examples(facts, query))):
        sparql = query.with_values(values)
        try:
            if folder is None:
                found = _here(facts, sparql)
            else:
                found = _in_process(facts, sparql, folder, syntax.kind is Kind.SELECT)
        except QueryTimeoutError:
            return shown if shown.columns else Shown(note=_TOO_LONG)
        except (QueryError, RefusedError):
            return shown if shown.columns else Shown(note=_FAILED)
        if found.rows:
            return found._replace(values=values)
        shown = shown if shown.columns else found
    return shown


def _examples(facts: Facts, query: Query) -> tuple[tuple[str, str], ...]:
    """Return values of this store for the parameter of a query, for its defaults may be of another one."""
    if len(query.parameters) != 1 or query.parameters[0].name not in _EXAMPLES:
        return ()
    (parameter,) = query.parameters
    kind, predicate = _EXAMPLES[parameter.name]
    best = facts.most_named(kind)
    value = "" if best is None else text(facts.described(facts.things.iris[best]), predicate)
    return ((parameter.alias, value.removeprefix("pmc:")),) if value else ()


def _in_process(facts: Facts, sparql: str, folder: Path, table: bool) -> Shown:
    from kg.query.targets import Place, Target, answer

    with answer(Target(Place.FOLDER, str(folder)), sparql, timeout=TIMEOUT, limit=ROWS) as found:
        if table:
            rows = [[_cell(facts, cell) for cell in row] for row in found.cells()]
            return Shown(found.variables(), rows, found.more)
        if found.kind.is_graph:
            rows = [[_cell(facts, term) for term in triple] for triple in sorted(found.triples(), key=str)]
            return Shown(_TRIPLE, rows, found.more)
        return Shown(("answer",), [["true" if found.boolean() else "false"]])


def _here(facts: Facts, sparql: str) -> Shown:
    import pyoxigraph

    found = facts.store.query(sparql, use_default_graph_as_union=True)
    if isinstance(found, pyoxigraph.QueryBoolean):
        return Shown(("answer",), [["true" if found else "false"]])
    if isinstance(found, pyoxigraph.QuerySolutions):
        names = [variable.value for variable in found.variables]
        return _first_rows(facts, names, found)
    return _first_rows(facts, _TRIPLE, sorted(found, key=str))


def _first_rows(facts: Facts, names: Sequence[str], found: Iterator[Any] | Sequence[Any]) -> Shown:
    rows: list[list[Ref | Link | str]] = []
    for row in found:
        if len(rows) == ROWS:
            return Shown(names, rows, truncated=True)
        rows.append([_cell(facts, cell) for cell in row])
    return Shown(names, rows)


def _cell(facts: Facts, term: Any) -> Ref | Link | str:
    """Return a cell of an answer: a page here, a link elsewhere, or a text."""
    import pyoxigraph

    if term is None:
        return ""
    if isinstance(term, pyoxigraph.NamedNode):
        return facts.ref_of(term.value) or link(term.value) or term.value
    return str(getattr(term, "value", term))
