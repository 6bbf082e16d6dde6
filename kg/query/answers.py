"""The answer to a query: whole, in a file, read as often as it takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, TypeAlias

from kg.query.syntax import Kind

if TYPE_CHECKING:
    import pyoxigraph

Term: TypeAlias = (
    "pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple | None"
)
"""One cell of an answer; `None` where the query bound nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a query.

    `stream` holds it as SPARQL TSV (of ASK: `true` or `false`), or as N-Triples where the answer is triples;
    `rows` counts its rows or triples, `more` says that the user's limit cut it, `notes` is what the user
    should know. `complete` is false where a server is known to have cut it.
    """

    kind: Kind
    stream: IO[bytes]
    rows: int
    more: bool
    seconds: float
    notes: tuple[str, ...] = ()
    complete: bool = True

    def boolean(self) -> bool:
        """Return the answer of an ASK query."""
        self.stream.seek(0)
        return self.stream.read(4) == b"true"

    def solutions(self) -> pyoxigraph.QuerySolutions:
        """Return the rows of a SELECT query, from the first one on."""
        import pyoxigraph

        self.stream.seek(0)
        found = pyoxigraph.parse_query_results(self.stream, pyoxigraph.QueryResultsFormat.TSV)
        assert isinstance(found, pyoxigraph.QuerySolutions)
        return found

    def variables(self) -> list[str]:
        """Return the names of the columns of a SELECT query."""
        return [variable.value for variable in self.solutions().variables]

    def cells(self) -> Iterator[list[Term]]:
        """Yield the cells of each row of a SELECT query."""
        solutions = self.solutions()
        variables = solutions.variables
        for solution in solutions:
            yield [solution[variable] for variable in variables]

    def triples(self) -> Iterator[pyoxigraph.Triple]:
        """Yield the triples of a CONSTRUCT or DESCRIBE query."""
        import pyoxigraph

        self.stream.seek(0)
        for quad in pyoxigraph.parse(self.stream, pyoxigraph.RdfFormat.N_TRIPLES):
            yield quad.triple
