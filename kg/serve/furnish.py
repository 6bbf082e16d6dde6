"""What a served store holds beside its data: the catalogue of queries, prefixes, and a description (VoID).

SPARQL editors of others look for these in the endpoint itself (the conventions of SIB's sparql-examples and
sparql-editor). They go into graphs of their own in a copy of the version whose data files are links, so that
the store of the user stays as it is.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from kg.describe.about import About
from kg.describe.terms import void
from kg.output import outputs
from kg.query.catalogue import catalogue
from kg.query.export_catalogue import catalogue_turtle
from kg.search import FILE_NAME
from kg.stores import Version
from kg.stores.embedded import linked_copy
from kg.vocabulary import DEFAULT_BASE

if TYPE_CHECKING:
    import pyoxigraph

_PREFIX = "kg-served-"
DESCRIPTION = "description.ttl"
"""The description of the dataset, in the folder of a version that is served."""

_COUNTED: Mapping[str, str] = MappingProxyType(
    {
        "void:classPartition [ void:class {iri} ; void:entities {number} ]": (
            "SELECT ?iri (COUNT(*) AS ?n) WHERE { ?s a ?iri FILTER isIRI(?iri) } GROUP BY ?iri"
        ),
        "void:propertyPartition [ void:property {iri} ; void:triples {number} ]": (
            "SELECT ?iri (COUNT(*) AS ?n) WHERE { ?s ?iri ?o } GROUP BY ?iri"
        ),
    }
)

MOST_DESCRIBED = 3_000_000
"""A store of more triples is described by its classes and properties alone, which the engine counts."""


def furnisher(url: str, told: About) -> Callable[[Version, ExitStack], Version]:
    """Return what makes a furnished copy of a version, for a server of an address.

    `told` is what its description says beside the numbers.
    """

    def furnish(version: Version, held: ExitStack) -> Version:
        place = _beside(version)
        if place is not None:
            _remove_left(place)
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix=_PREFIX, dir=place)))
        held.enter_context(_locked(folder))
        store = folder / "oxigraph"
        shutil.copytree(
            version.store, store, copy_function=linked_copy, ignore=shutil.ignore_patterns("LOCK")
        )
        with suppress(FileNotFoundError):
            linked_copy(str(version.folder / FILE_NAME), str(folder / FILE_NAME))
        _add(store, folder, url, _description(version, told) + _place(url, told))
        return Version(folder, store)

    return furnish


def _beside(version: Version) -> Path | None:
    """Return a folder on the same disk that can be written to, so that data files can be linked.

    It is not that of the versions, from which a load removes what nobody reads.
    """
    place = version.folder.parent if version.folder == version.store else version.folder.parent.parent
    return place if os.access(place, os.W_OK) else None


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a copy; the system lets it go with the process, however that ends."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _remove_left(place: Path) -> None:
    """Remove copies whose server was killed."""
    for folder in place.glob(_PREFIX + "*"):
        with suppress(OSError), (folder / "lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)


def _add(folder: Path, beside: Path, url: str, described: str) -> None:
    """Add the graphs of the server to a store."""
    import pyoxigraph

    (beside / DESCRIPTION).write_text(described, "utf-8")
    store = pyoxigraph.Store(str(folder))
    queries = "".join(catalogue_turtle(catalogue(), [f"{url}sparql"]))
    for name, text in (("queries", queries), ("void", described)):
        graph = pyoxigraph.NamedNode(f"{url}{name}")
        store.remove_graph(graph)
        store.load(text, pyoxigraph.RdfFormat.TURTLE, to_graph=graph, base_iri=url)
    store.flush()


def _description(version: Version, told: About) -> str:
    """Return the description of a version; it is kept beside the version, since its data never change."""
    kept = version.folder / _kept_name(told)
    if version.folder != version.store:
        with suppress(OSError):
            return kept.read_text("utf-8")
    text = described(version.store, told)
    if version.folder != version.store:
        with suppress(OSError), outputs([str(kept)]) as (output,):
            output.write(text)
    return text


def _place(url: str, told: About) -> str:
    """Return what a description says of the server (HCLS has it for the dataset, not for a version of it)."""
    return f"<{DEFAULT_BASE}dataset/{told.name}> <{void('sparqlEndpoint')}> <{url}sparql> .\n"


def _kept_name(told: About) -> str:
    """Return the name of a kept description: one for each thing that is said of the dataset."""
    if told == About():
        return DESCRIPTION
    return f"description-{hashlib.sha256(repr(tuple(told)).encode()).hexdigest()[:16]}.ttl"


def described(folder: Path, told: About) -> str:
    """Return the description of a store as Turtle: every number in it was counted."""
    import pyoxigraph

    store = pyoxigraph.Store.read_only(str(folder))
    if not len(store):
        return ""
    if len(store) > MOST_DESCRIBED:
        return "".join(_brief(store))
    del store
    from kg.describe import describe_source

    return describe_source(folder, told=told, format="turtle")


def _brief(store: pyoxigraph.Store) -> Iterator[str]:
    """Yield what editors complete from: classes and properties with their numbers."""
    yield "@prefix void: <http://rdfs.org/ns/void#> .\n\n"
    facts = ["a void:Dataset", f"void:triples {len(store)}"]
    for row, query in _COUNTED.items():
        solutions = store.query(query, use_default_graph_as_union=True)
        assert isinstance(solutions, pyoxigraph.QuerySolutions)
        found = sorted((str(solution["iri"]), solution["n"].value) for solution in solutions)
        facts += [row.format(iri=iri, number=number) for iri, number in found]
    yield f"<{DEFAULT_BASE}dataset/kg> " + " ;\n    ".join(facts) + " .\n"
