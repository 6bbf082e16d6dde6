"""Independent judges of RDF files: Jena's riot, rapper, serdi, rdflib, pyoxigraph and PyLD.

A `…_problems` function returns what the judge has to say, one line each, warnings included; an empty list
is praise. A `…_quads` function returns what an engine read, in one form for all engines, so that two sets can
be compared; it raises :class:`JudgeError` when the engine refuses the file or warns.

A judge that the machine lacks skips the test, or fails it (see `conftest.py`).

Jena of Debian bundles JSON-LD 1.1 (Titanium) without the JSON parser that it needs, so riot cannot judge
`.jsonld`; rdflib, pyoxigraph and PyLD do. raptor and serd know no JSON-LD either.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import subprocess
import tempfile
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

import pyoxigraph
import rdflib
from conftest import require
from pyld import jsonld

JAVA_FOLDER: Final = Path("/usr/share/java")
JENA_JARS: Final = (
    "jena-arq jena-base jena-cmds jena-core jena-iri jena-shacl jena-shex jena-tdb jena-tdb2"
    " jena-rdfconnection jena-dboe-base jena-dboe-index jena-dboe-storage jena-dboe-trans-data"
    " jena-dboe-transaction commons-cli commons-codec commons-compress commons-csv commons-io commons-lang3"
    " dexx.collection gson guava"
    " httpclient httpclient-cache httpcore jackson-annotations jackson-core jackson-databind jsonld-java"
    " jakarta.json-api titanium-json-ld protobuf slf4j-api slf4j-simple jcl-over-slf4j thrift"
).split()
XERCES: Final = "org/apache/jena/ext/xerces/"


class Syntax(NamedTuple):
    """The name that each judge gives to one syntax; None where it does not know it."""

    riot: str | None
    rapper: str | None
    serdi: str | None
    rdflib: str
    pyoxigraph: pyoxigraph.RdfFormat
    quads: bool


_OX = pyoxigraph.RdfFormat
SYNTAXES: Mapping[str, Syntax] = MappingProxyType(
    {
        ".ttl": Syntax("turtle", "turtle", "turtle", "turtle", _OX.TURTLE, quads=False),
        ".nt": Syntax("ntriples", "ntriples", "ntriples", "nt", _OX.N_TRIPLES, quads=False),
        ".nq": Syntax("nquads", "nquads", "nquads", "nquads", _OX.N_QUADS, quads=True),
        ".trig": Syntax("trig", "trig", "trig", "trig", _OX.TRIG, quads=True),
        ".rdf": Syntax("rdfxml", "rdfxml", None, "xml", _OX.RDF_XML, quads=False),
        ".jsonld": Syntax(None, None, None, "json-ld", _OX.JSON_LD, quads=True),
    }
)


class Quad(NamedTuple):
    """One quad in a form that all engines share: IRIs as text, the default graph as an empty text."""

    subject: str
    predicate: str
    object: str | tuple[str, str, str]
    graph: str


Quads: TypeAlias = "frozenset[Quad]"


class JudgeError(AssertionError):
    """An engine refused a file, or read it with a warning."""


def riot_problems(*paths: Path) -> list[str]:
    """Return what `riot --validate` (strict) says of the files; several share one start of Java."""
    for path in paths:
        _known(path, "riot")
    done = _run(["java", "-cp", _jena_classpath(), "riotcmd.riot", "--validate", *paths])
    lines = [
        line for line in (done.stdout + done.stderr).splitlines() if line.strip() and " INFO " not in line
    ]
    return lines or _silent_failure("riot", done)


def sparql_rows(query: str, *paths: Path) -> list[list[str]]:
    """Return the rows that Jena's `arq` gives for a SELECT query over the files, the header first."""
    data = [argument for path in paths for argument in ("--data", path.resolve().as_uri())]
    done = _run(["java", "-cp", _jena_classpath(), "arq.arq", "--results=TSV", *data, query])
    if done.returncode:
        raise JudgeError(done.stderr)
    return [line.split("\t") for line in done.stdout.splitlines()]


def rapper_problems(path: Path, syntax: str | None = None) -> list[str]:
    """Return what raptor's `rapper` says of a file; the syntax follows from the extension."""
    require(shutil.which("rapper"), "rapper (Debian: raptor2-utils)")
    done = _run(["rapper", "--count", "--input", syntax or _known(path, "rapper"), path])
    chatter = re.compile(r"rapper: (Parsing URI |Parsing returned \d+ triples?$)")
    return [line for line in done.stderr.splitlines() if not chatter.match(line)] or _silent_failure(
        "rapper", done
    )


def serdi_problems(path: Path, syntax: str | None = None) -> list[str]:
    """Return what `serdi` (strict) says of a file; the syntax follows from the extension."""
    require(shutil.which("serdi"), "serdi (Debian: serdi)")
    done = _run(["serdi", "-i", syntax or _known(path, "serdi"), "-o", "ntriples", path], keep_output=False)
    return done.stderr.splitlines() or _silent_failure("serdi", done)


def rdflib_quads(path: Path) -> Quads:
    """Return what rdflib reads; raise `JudgeError` when it fails, warns or logs."""
    syntax = _syntax(path)
    graph: Any = rdflib.Dataset() if syntax.quads else rdflib.Graph()
    with _complaints("rdflib") as complaints:
        try:
            graph.parse(path, format=syntax.rdflib)
        except Exception as error:
            raise JudgeError(f"rdflib refuses {path.name}: {error}") from error
    if complaints:
        raise JudgeError(f"rdflib warns about {path.name}: " + "; ".join(complaints))
    found: Iterable[Any] = graph.quads() if syntax.quads else ((*triple, None) for triple in graph)
    return frozenset(
        Quad(_of_rdflib(s), _of_rdflib(p), _of_rdflib_object(o), _of_rdflib(g)) for s, p, o, g in found
    )


def pyoxigraph_quads(path: Path) -> Quads:
    """Return what pyoxigraph reads; raise `JudgeError` when it fails."""
    try:
        return frozenset(
            map(_of_pyoxigraph, pyoxigraph.parse(path=str(path), format=_syntax(path).pyoxigraph))
        )
    except (SyntaxError, ValueError) as error:
        raise JudgeError(f"pyoxigraph refuses {path.name}: {error}") from error


def pyld_quads(path: Path) -> Quads:
    """Return what PyLD reads of a JSON-LD 1.1 file; raise `JudgeError` when it fails or wants the network."""
    try:
        lines = jsonld.to_rdf(
            json.loads(path.read_text("utf-8")),
            {"format": "application/n-quads", "documentLoader": _no_network, "processingMode": "json-ld-1.1"},
        )
    except (jsonld.JsonLdError, ValueError) as error:
        raise JudgeError(f"PyLD refuses {path.name}: {' / '.join(_causes(error))}") from error
    return frozenset(map(_of_pyoxigraph, pyoxigraph.parse(lines, format=_OX.N_QUADS)))


def triples(quads: Quads) -> frozenset[tuple[str, str, str | tuple[str, str, str]]]:
    """Return the quads without their graphs."""
    return frozenset(quad[:3] for quad in quads)


def _syntax(path: Path) -> Syntax:
    if path.suffix not in SYNTAXES:
        raise ValueError(f"no judge knows the extension {path.suffix!r}")
    return SYNTAXES[path.suffix]


def _known(path: Path, judge: str) -> str:
    name: str | None = getattr(_syntax(path), judge)
    if name is None:
        raise ValueError(f"{judge} cannot judge {path.suffix}")
    return name


def _run(command: Sequence[str | Path], *, keep_output: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if keep_output else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        timeout=600,
        check=False,
    )


def _silent_failure(judge: str, done: subprocess.CompletedProcess[str]) -> list[str]:
    return [f"{judge} ended with status {done.returncode}"] if done.returncode else []


@cache
def _jena_classpath() -> str:
    require(shutil.which("java"), "java (Debian: default-jre-headless)")
    core = JAVA_FOLDER / "jena-core.jar"
    require(core.is_file(), "Jena (Debian: libapache-jena-java)")
    jars = [path for name in JENA_JARS if (path := JAVA_FOLDER / f"{name}.jar").is_file()]
    return os.pathsep.join(map(str, [_shaded_xerces(core), *jars]))


def _shaded_xerces(core: Path) -> Path:
    """Return a jar with the message files that Debian's Jena looks for under their unshaded name."""
    facts = core.stat()
    cache_home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pathway-kg-tests"
    jar = cache_home / f"xerces-{facts.st_size}-{int(facts.st_mtime)}.jar"
    if not jar.is_file():
        cache_home.mkdir(parents=True, exist_ok=True)
        with (
            tempfile.NamedTemporaryFile(dir=cache_home, suffix=".tmp", delete=False) as whole,
            zipfile.ZipFile(core) as source,
            zipfile.ZipFile(whole, "w") as target,
        ):
            for name in source.namelist():
                if name.startswith(XERCES) and not name.endswith("/"):
                    target.writestr("xerces/" + name.removeprefix(XERCES), source.read(name))
        Path(whole.name).replace(jar)
    return jar


@contextmanager
def _complaints(logger: str) -> Iterator[list[str]]:
    """Collect what a library logs or warns meanwhile; keep lexical forms of literals as they are."""
    found: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(record.getMessage())

    collector = Collector(logging.WARNING)
    normalize, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    logging.getLogger(logger).addHandler(collector)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            # rdflib's own parsers use what rdflib deprecates; that is no word about the file.
            warnings.simplefilter("ignore", DeprecationWarning)
            yield found
        found += [str(warning.message) for warning in caught]
    finally:
        logging.getLogger(logger).removeHandler(collector)
        rdflib.NORMALIZE_LITERALS = normalize


def _of_rdflib(term: Any) -> str:
    if term is None or term == rdflib.graph.DATASET_DEFAULT_GRAPH_ID:
        return ""
    return f"_:{term}" if isinstance(term, rdflib.BNode) else str(term)


def _of_rdflib_object(term: Any) -> str | tuple[str, str, str]:
    if not isinstance(term, rdflib.Literal):
        return _of_rdflib(term)
    language = (term.language or "").lower()
    return (
        str(term),
        str(term.datatype or (rdflib.RDF.langString if language else rdflib.XSD.string)),
        language,
    )


def _of_pyoxigraph(quad: pyoxigraph.Quad) -> Quad:
    subject, predicate, graph = (
        _of_pyoxigraph_node(term) for term in (quad.subject, quad.predicate, quad.graph_name)
    )
    term = quad.object
    if isinstance(term, pyoxigraph.Literal):
        return Quad(
            subject, predicate, (term.value, term.datatype.value, (term.language or "").lower()), graph
        )
    return Quad(subject, predicate, _of_pyoxigraph_node(term), graph)


def _of_pyoxigraph_node(term: Any) -> str:
    if isinstance(term, pyoxigraph.DefaultGraph):
        return ""
    return f"_:{term.value}" if isinstance(term, pyoxigraph.BlankNode) else str(term.value)


def _causes(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield " ".join(str(error).split())
        error = getattr(error, "cause", None) or error.__cause__


def _no_network(url: str, _options: object) -> dict[str, Any]:
    raise jsonld.JsonLdError(
        f"the file asks for {url}", "judges.NetworkError", code="loading document failed"
    )
