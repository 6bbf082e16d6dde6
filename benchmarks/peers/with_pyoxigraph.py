"""A plain pyoxigraph script for the same figures: read, add to a store in memory, dump as Turtle.

python benchmarks/peers/with_pyoxigraph.py SITE OUT.ttl
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from model import PREFIXES, Library, Model, open_site
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store


def convert(site: Path, output: Path) -> None:
    """Write the figures of a site as Turtle."""
    store = Store()
    quads: list[Quad] = []

    def add(subject: Any, predicate: Any, value: Any) -> None:
        quads.append(Quad(subject, predicate, value))

    def typed(lexical: str, datatype: Any) -> Literal:
        return Literal(lexical, datatype=datatype)

    Model(open_site(site), Library(add, NamedNode, Literal, typed)).say_all()
    store.bulk_extend(quads)
    with output.open("wb") as file:
        store.dump(file, RdfFormat.TURTLE, from_graph=DefaultGraph(), prefixes=PREFIXES)


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
