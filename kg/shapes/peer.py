"""pySHACL, for shapes that our engine does not know and as a second opinion on all others."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kg.errors import MissingExtraError, UsageError
from kg.graph import IRI
from kg.shapes.data import from_rdflib
from kg.shapes.results import SEVERITIES, SH, Judged, Result, Severity, lexical_of

if TYPE_CHECKING:
    import rdflib

    from kg.shapes.reader import ShapesGraph


def judged(data: rdflib.Graph, shapes: ShapesGraph) -> Iterator[Judged]:
    """Yield each node that a shape is for, with what pySHACL finds, in a stable order.

    Raises:
        kg.errors.MissingExtraError: pySHACL is not installed.
        kg.errors.UsageError: pySHACL cannot use the shapes.
    """
    by_focus: dict[IRI, list[Result]] = {node: [] for node in _targets(data, shapes)}
    for result in run(data, shapes):
        by_focus.setdefault(result.focus, []).append(result)
    for focus, results in sorted(by_focus.items()):
        yield Judged(focus, results, {})


def _targets(data: rdflib.Graph, shapes: ShapesGraph) -> Iterator[IRI]:
    """Yield the nodes that are the targets of shapes."""
    _import()
    from pyshacl.shapes_graph import ShapesGraph as Targets

    for shape in Targets(shapes.rdflib, logger=_quiet()).shapes:
        yield from map(_iri, shape.focus_nodes(data))


def run(data: rdflib.Graph, shapes: ShapesGraph) -> list[Result]:
    """Return what pySHACL finds in a graph, in a stable order.

    Raises:
        kg.errors.MissingExtraError: pySHACL is not installed.
        kg.errors.UsageError: pySHACL cannot use the shapes.
    """
    pyshacl = _import()
    try:
        _conforms, report, _text = pyshacl.validate(
            data, shacl_graph=shapes.rdflib, inplace=True, meta_shacl=False, logger=_quiet()
        )
    except pyshacl.errors.ReportableRuntimeError as error:
        raise UsageError(f"pySHACL cannot use the shapes: {error}") from error
    return sorted(_results(report), key=_order)


def _import() -> Any:
    try:
        import pyshacl
        import pyshacl.errors
    except ImportError:
        raise MissingExtraError(
            "these shapes need pySHACL, the extra `shacl`: pip install pathway-kg[shacl]"
        ) from None
    return pyshacl


def _quiet() -> logging.Logger:
    logger = logging.getLogger("kg.shapes.pyshacl")
    logger.setLevel(logging.ERROR)
    return logger


def _results(report: rdflib.Graph) -> Iterator[Result]:
    import rdflib

    def value(node: rdflib.term.Node, name: str) -> rdflib.term.Node | None:
        return report.value(node, rdflib.URIRef(SH + name))

    for node in report.objects(None, rdflib.URIRef(SH + "result")):
        path, wrong = value(node, "resultPath"), value(node, "value")
        yield Result(
            focus=_iri(value(node, "focusNode")),
            path=None if path is None else _iri(path),
            value=None if wrong is None else from_rdflib(wrong),
            shape=_iri(value(node, "sourceShape")),
            component=_component(str(value(node, "sourceConstraintComponent"))),
            severity=SEVERITIES.get(str(value(node, "resultSeverity")), Severity.VIOLATION),
            message=str(value(node, "resultMessage") or ""),
        )


def _iri(node: rdflib.term.Node | None) -> IRI:
    return IRI(lexical_of(from_rdflib(node))) if node is not None else IRI("")


def _component(iri: str) -> str:
    """Return the name of the constraint of a component.

    >>> _component("http://www.w3.org/ns/shacl#MinCountConstraintComponent")
    'minCount'
    """
    name = iri.removeprefix(SH).removesuffix("ConstraintComponent")
    return name[:1].lower() + name[1:]


def _order(result: Result) -> tuple[str, ...]:
    return (result.focus, result.shape, result.component, str(result.value))
