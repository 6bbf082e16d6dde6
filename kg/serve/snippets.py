"""How a query is asked from elsewhere: a few lines for a shell, for Python and for R.

Each is whole and runs as it stands; a query never leaves the string that it is written in.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from typing import NamedTuple

from kg.query.syntax import Kind


class Snippet(NamedTuple):
    """One way to ask: a name for a key (`curl`), a label, and the lines."""

    name: str
    label: str
    text: str


def snippets(endpoint: str, query: str, kind: Kind) -> Sequence[Snippet]:
    """Return the ways to ask an endpoint a query whose kind is known."""
    return (
        Snippet("curl", "curl", _curl(endpoint, query, kind)),
        Snippet("python", "Python", _python(endpoint, query, kind)),
        Snippet("r", "R", _r(endpoint, query, kind)),
    )


def _curl(endpoint: str, query: str, kind: Kind) -> str:
    accept = "text/turtle" if kind.is_graph else "text/csv"
    if kind is Kind.ASK:
        accept = "application/sparql-results+json"
    return (
        f"curl --fail --silent --show-error {shlex.quote(endpoint)} \\\n"
        f"  --header {shlex.quote(f'Accept: {accept}')} \\\n"
        f"  --data-urlencode {shlex.quote(f'query={query}')}\n"
    )


def _python(endpoint: str, query: str, kind: Kind) -> str:
    shown = {True: "print(answer.serialize())"}.get(kind.is_graph)
    if kind is Kind.ASK:
        shown = 'print(answer["boolean"])'
    elif shown is None:
        shown = (
            'for row in answer["results"]["bindings"]:\n'
            '    print(*(cell["value"] for cell in row.values()), sep="\\t")'
        )
    form = "TURTLE" if kind.is_graph else "JSON"
    return (
        "# pip install SPARQLWrapper\n"
        f"from SPARQLWrapper import {form}, POST, SPARQLWrapper\n\n"
        f"endpoint = SPARQLWrapper({_literal(endpoint)})\n"
        "endpoint.setMethod(POST)\n"
        f"endpoint.setReturnFormat({form})\n"
        f"endpoint.setQuery({_lines(query)})\n"
        f"answer = endpoint.queryAndConvert()\n{shown}\n"
    )


def _r(endpoint: str, query: str, kind: Kind) -> str:
    accept = "text/turtle" if kind.is_graph else "text/csv"
    shown = "cat(resp_body_string(answer))" if kind.is_graph else "read.csv(text = resp_body_string(answer))"
    if kind is Kind.ASK:
        accept, shown = "application/sparql-results+json", "resp_body_json(answer)$boolean"
    return (
        '# install.packages("httr2")\nlibrary(httr2)\n\n'
        f"query <- {_literal(query)}\n"
        f"answer <- request({_literal(endpoint)}) |>\n"
        f"  req_headers(Accept = {_literal(accept)}) |>\n"
        "  req_body_form(query = query) |>\n"
        "  req_perform()\n"
        f"{shown}\n"
    )


def _literal(text: str) -> str:
    r"""Return a text in double quotes, with escapes that Python, R and JSON share.

    >>> print(_literal('a "b"\n'))
    "a \"b\"\n"
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _lines(query: str) -> str:
    """Return a query as a string of Python over several lines, which reads as it was written."""
    parts = [f"    {_literal(line)}" for line in query.splitlines(keepends=True)]
    return "(\n" + "\n".join(parts) + "\n)" if len(parts) > 1 else _literal(query)
