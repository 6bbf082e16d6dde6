"""The query page: what it shows for a request. It works without JavaScript; the script makes it quicker.

The address is the state: `?name=figures-of-gene&p.gene=AKT1` asks a bundled query with its parameters,
`?query=SELECT…` any query, `&view=chart` shows the answer as a picture. Without a query there are only forms.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from kg.errors import KgError
from kg.query.answers import Answer, Term
from kg.query.catalogue import CATEGORIES, Query
from kg.query.results import RESULT_FORMATS, known_prefixes, write_answer
from kg.query.shapes import Bars, NoShapeError, Pairs, Series, Shape, shape_of
from kg.query.syntax import Kind
from kg.query.table import is_number, shortener
from kg.serve.snippets import Snippet
from kg.site.views import Link, View

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.site.views import Ref

MAX_ROWS = 1_000
"""How many rows the page shows; the downloads hold all."""

MAX_TRIPLES_TEXT = 200_000
"""How many characters of an answer of triples the page shows."""

TEMPLATES = Path(__file__).resolve().parent / "templates"
"""The templates of the pages that only a server has."""

VIEWS = ("table", "chart", "network")
PREFIX = "p."
"""What the name of a form field of a parameter starts with."""

_HEADER = re.compile(r"\A(?:#[^\n]*\n)+")
_FIELDS = frozenset({"name", "query", "view", "run"})

EXAMPLE = """\
PREFIX kg: <https://w3id.org/pathway-kg/terms#>
PREFIX schema: <https://schema.org/>

SELECT ?figure ?title
WHERE {
  ?figure a kg:Figure ;
    schema:name ?title .
}
ORDER BY ?title
LIMIT 20
"""
"""What the editor holds where nothing was asked."""


class Field(NamedTuple):
    """A parameter as a field of a form: several values stand on lines of their own."""

    name: str
    label: str
    type: str
    value: str
    choices: Sequence[str]


class Cell(NamedTuple):
    """A cell of the table of an answer: its text, where it leads to, and whether it is a number."""

    text: str
    ref: Ref | None = None
    url: str = ""
    is_number: bool = False
    title: str = ""


class Problem(NamedTuple):
    """Why there is no answer: a heading and what to do."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks: a bundled query or a text, values of parameters, and how to show the answer."""

    name: str = ""
    query: str = ""
    values: Sequence[tuple[str, str]] = ()
    view: str = "table"
    run: bool = False

    @classmethod
    def of(cls, items: Iterable[tuple[str, str]], name: str, queries: Mapping[str, Query]) -> Asked:
        """Return what the fields of a form ask, where `name` is the query that the path names.

        A parameter of the query is also taken by its own name, as links from pages have it
        (`queries/figures-of-gene?gene=AKT1`); other fields are left out.
        """
        pairs = list(items)
        first = dict(reversed(pairs))
        name = name or first.get("name", "")
        known = {row.alias for row in queries[name].parameters} if name in queries else set()
        values = [
            (field.removeprefix(PREFIX), line.strip())
            for field, value in pairs
            if field.startswith(PREFIX) or (field in known and field not in _FIELDS)
            for line in value.splitlines()
            if line.strip()
        ]
        view = first.get("view", "table")
        query = first.get("query", "").replace("\r\n", "\n")
        return cls(
            name,
            query,
            values,
            view if view in VIEWS else "table",
            bool(query.strip()) or "run" in first or bool(values),
        )

    def address(self, view: str | None = None) -> str:
        """Return the query string of an address that asks the same, perhaps with another view."""
        pairs = [("name", self.name)] if self.name else []
        if self.query:
            pairs.append(("query", self.query))
        else:
            pairs += [(PREFIX + name, value) for name, value in self.values]
            pairs += [("run", "1")] if self.run else []
        shown = self.view if view is None else view
        return urlencode([*pairs, ("view", shown)] if shown != "table" else pairs)


@dataclass(frozen=True, slots=True)
class Result:
    """An answer as the page shows it."""

    kind: str
    rows: int
    seconds: float
    more: bool = False
    columns: Sequence[str] = ()
    cells: Sequence[Sequence[Cell]] = ()
    boolean: bool | None = None
    text: str = ""
    left_out: int = 0
    shape: Shape | None = None
    shape_name: str = ""
    """`bars`, `series`, `pairs`, or nothing where the answer has no picture."""
    no_shape: str = ""
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ConsoleView(View):
    """The query page."""

    asked: Asked = field(default_factory=Asked)
    text: str = EXAMPLE
    """What the editor holds."""
    chosen: Query | None = None
    fields: Sequence[Field] = ()
    categories: Sequence[tuple[str, Sequence[Query]]] = ()
    result: Result | None = None
    problem: Problem | None = None
    views: Sequence[tuple[str, str, bool]] = ()
    """Name, query string of the address, and whether it is shown, of each way to see the answer."""
    downloads: Sequence[Link] = ()
    snippets: Sequence[Snippet] = ()
    endpoint: str = ""
    has_editor: bool = False
    """Whether the YASGUI editor is installed."""


def text_of(asked: Asked, queries: Mapping[str, Query]) -> str:
    """Return the text of the query that is asked, with its parameters set.

    Raises:
        KgError: there is no such query, or a value does not fit its parameter.
    """
    if asked.query.strip():
        return asked.query
    if not asked.name:
        return EXAMPLE
    if asked.name not in queries:
        raise KgError(f"{asked.name}: no bundled query has this name")
    return without_header(queries[asked.name].with_values(asked.values))


def without_header(text: str) -> str:
    """Return the text of a bundled query without the lines of its header, which the page shows by itself."""
    return _HEADER.sub("", text).lstrip("\n")


def fields_of(query: Query, values: Sequence[tuple[str, str]]) -> Sequence[Field]:
    """Return the fields of a form for the parameters of a query, filled with values or the defaults."""
    found = []
    for parameter in query.parameters:
        given = [value for name, value in values if name in (parameter.alias, parameter.name)]
        text = "\n".join(given or parameter.defaults)
        name = PREFIX + parameter.alias
        found.append(Field(name, parameter.label, parameter.type, text, parameter.choices))
    return found


def by_category(queries: Iterable[Query]) -> Sequence[tuple[str, Sequence[Query]]]:
    """Return queries by their categories, in the order of the catalogue."""
    found: dict[str, list[Query]] = {}
    for query in queries:
        found.setdefault(query.category, []).append(query)
    known = [name for name in CATEGORIES if name in found]
    return [(name, found[name]) for name in (*known, *sorted(found.keys() - set(known)))]


def result_of(answer: Answer, page_of: Callable[[str], Ref | None]) -> Result:
    """Return an answer as the page shows it; `page_of` finds the page of an IRI on this site."""
    if answer.kind is Kind.ASK:
        return Result(answer.kind.value, 1, answer.seconds, boolean=answer.boolean(), notes=answer.notes)
    if answer.kind.is_graph:
        return _graph_result(answer)
    short = shortener(known_prefixes())

    def cell(term: Term) -> Cell:
        return _cell(term, short, page_of)

    shape, no_shape = _shape(answer)
    return Result(
        answer.kind.value,
        answer.rows,
        answer.seconds,
        answer.more,
        answer.variables(),
        [[cell(term) for term in row] for row in islice(answer.cells(), MAX_ROWS)],
        left_out=max(0, answer.rows - MAX_ROWS),
        shape=shape,
        shape_name={Bars: "bars", Series: "series", Pairs: "pairs"}.get(type(shape), ""),
        no_shape=no_shape,
        notes=answer.notes,
    )


def iris_of(answer: Answer, most: int) -> list[str]:
    """Return the IRIs of the rows that the page shows, each once, so that their pages can be found."""
    if answer.kind is not Kind.SELECT:
        return []
    found: dict[str, None] = {}
    for row in islice(answer.cells(), MAX_ROWS):
        for term in row:
            if (iri := _iri_of(term)) is not None:
                found[iri] = None
    return list(islice(found, most))


def _iri_of(term: Term) -> str | None:
    import pyoxigraph

    return term.value if isinstance(term, pyoxigraph.NamedNode) else None


def answer_of(kind: Kind, content: bytes, rows: int, *, more: bool, seconds: float) -> Answer:
    """Return an answer that was received as SPARQL TSV, `true` or `false`, or N-Triples."""
    return Answer(kind, io.BytesIO(content), rows, more, seconds)


def _graph_result(answer: Answer) -> Result:
    sink = io.StringIO()
    write_answer(answer, RESULT_FORMATS["turtle"], sink)
    text = sink.getvalue()
    if len(text) > MAX_TRIPLES_TEXT:
        text = text[: text.rfind("\n", 0, MAX_TRIPLES_TEXT) + 1] + "# … the downloads hold the rest\n"
    return Result(answer.kind.value, answer.rows, answer.seconds, answer.more, text=text, notes=answer.notes)


def _shape(answer: Answer) -> tuple[Shape | None, str]:
    try:
        return shape_of(answer), ""
    except NoShapeError as error:
        return None, str(error)


def _cell(term: Term, short: Callable[[Term], str], page_of: Callable[[str], Ref | None]) -> Cell:
    import pyoxigraph

    text = short(term)
    if not isinstance(term, pyoxigraph.NamedNode):
        return Cell(text, is_number=is_number(term))
    iri = term.value
    url = iri if iri.startswith(("http://", "https://")) else ""
    return Cell(text, page_of(iri), url, title=iri)
