"""`kg mappings`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kg.graph import IRI


@click.command()
@click.argument("source", metavar="SOURCE|RDF-FILE|STORE")
@click.option("-o", "--output", "target", default="-", metavar="FILE", help="Write here, as .sssom.tsv.")
@click.option("--base", metavar="IRI", help="The base of the IRIs that are minted.")
@click.option("--licence", metavar="IRI", help="The licence of the mappings; CC0 if none is given.")
@click.option("--title", metavar="TEXT", help="The title of the mappings.")
def mappings(source: str, target: str, base: str | None, licence: str | None, title: str | None) -> int:
    """Write the equivalences of records or of a graph as SSSOM.

    Equivalences are skos:exactMatch, closeMatch, broadMatch, narrowMatch, relatedMatch, schema:sameAs and
    owl:sameAs. `kg export --mappings FILE` reads such files.

    \b
    kg mappings site/ -o equivalences.sssom.tsv
    kg mappings kg.ttl.gz -o equivalences.sssom.tsv
    """  # noqa: D301  # click takes the backspace itself
    from kg.errors import UsageError
    from kg.iris import http_iri
    from kg.mapping import settings
    from kg.mappings import written
    from kg.output import outputs
    from kg.vocabulary import CC0

    made = settings(base)
    stated = CC0 if licence is None else http_iri(licence)
    if stated is None:
        raise UsageError(f"--licence: {licence!r} is not a valid absolute http or https IRI")
    with outputs([target]) as (output,):
        for line in written(_triples(source, base), made.base, stated, title):
            output.write(line)
    return 0


def _triples(source: str, base: str | None) -> Iterator[tuple[IRI, IRI, object]]:
    """Yield the triples of records, of an RDF file or of a store."""
    from kg.mapping import settings
    from kg.pipeline import Run
    from kg.shapes.data import opened
    from kg.stores.rdf_files import format_name

    path = Path(source)
    is_store = (path / "versions").is_dir() or (path / "CURRENT").is_file()
    if not is_store and (path.is_dir() or format_name(path) is None):
        yield from Run([source], settings=settings(base)).triples()
        return
    with opened(source) as data:
        for subject, facts in data.subjects():
            for predicate, values in facts.items():
                for value in values:
                    yield subject, predicate, value
