"""An RDF file as the store of a query: read into memory, with its graphs or without."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg.stores.rdf_files import bulk_load, format_name, opened

if TYPE_CHECKING:
    import pyoxigraph


def load_file(path: Path, *, keep_graphs: bool) -> pyoxigraph.Store:
    """Read an RDF file into a store in memory; without `keep_graphs` all of it into the default graph.

    Raises:
        RdfFileError: the file cannot be read, or is not valid.
    """
    import pyoxigraph

    store = pyoxigraph.Store()
    form = format_name(path)
    if form is None or not keep_graphs:
        bulk_load(store, path, None)
        return store
    with opened(path, form) as stream:
        store.bulk_load(stream, getattr(pyoxigraph.RdfFormat, form), base_iri=path.resolve().as_uri())
    return store
