"""The architecture, held by a test: which module may import which, and what no module may do.

A new module needs one row in `ARROWS`; a module that becomes a folder of the same name keeps its row.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAX_LINES = 450

TERMS = "graph identifiers iris organisms vocabulary"
FAULTS = "errors problems"

ARROWS: Mapping[str, str] = MappingProxyType(
    {
        # what all others may use
        "errors": "",
        "problems": "",
        "graph": "",
        "organisms": "",
        "vocabulary": "graph",
        "iris": "graph",
        "identifiers": "graph",
        "resources": "errors",
        "processes": "",
        "recent": "",
        # documents: nothing here knows a record
        "fast": "",
        "frontmatter": f"{FAULTS} fast recent",
        "files": FAULTS,
        "archive": f"{FAULTS} files",
        "tables": FAULTS,
        "source": f"{FAULTS} files archive tables frontmatter",
        # records: the only ones that know front matter
        "records": f"{FAULTS} {TERMS} fast recent tables source frontmatter",
        "catalogue": f"{FAULTS} {TERMS} source records",
        # triples of records; no file, no clock
        "mapping": f"errors fast {TERMS} recent records",
        "linking": f"errors {TERMS} records mapping",
        "prose": "graph vocabulary",
        "tracing": f"{FAULTS} {TERMS} prose tables source frontmatter records mapping",
        "mappings": f"{FAULTS} {TERMS} frontmatter records mapping",
        # sinks: they never see a record
        "unique": "graph",
        "compression": "errors",
        "output": "errors compression",
        "formats": "errors graph vocabulary resources recent",
        "stores": "errors graph vocabulary resources",
        "search": "errors graph vocabulary formats",
        "query": "errors processes graph identifiers vocabulary resources formats stores search",
        "shapes": "errors graph vocabulary resources stores",
        "ontology_page": "errors graph vocabulary resources shapes",
        "site": f"errors {TERMS} resources formats query ontology_page",
        # the composition of all
        "report": FAULTS,
        "reading": f"{FAULTS} graph organisms source records mapping linking",
        "workers": (
            f"{FAULTS} processes graph identifiers files archive source records mapping linking unique"
            " formats reading"
        ),
        "pipeline": (
            f"{FAULTS} {TERMS} resources source records catalogue mapping mappings linking unique formats"
            " compression output report reading workers"
        ),
        "loading": (
            f"{FAULTS} graph iris records mapping linking formats output pipeline search stores workers"
        ),
        "checks": (
            f"{FAULTS} {TERMS} tables source frontmatter records mapping linking shapes tracing pipeline"
        ),
        "describe": f"errors {TERMS} mapping formats compression output shapes pipeline kg",
        "publish": (
            f"{FAULTS} {TERMS} resources frontmatter mapping formats output stores query pipeline describe"
            " site ontology_page"
        ),
        "serve": (
            f"errors processes {TERMS} resources formats output stores search query describe site publish kg"
        ),
        # the outside
        "bridges": "graph mapping pipeline",
        "kg": (
            f"{FAULTS} {TERMS} resources source records mapping formats stores query shapes pipeline bridges"
        ),
        "cli": (
            f"{FAULTS} {TERMS} resources records mapping linking formats stores search query shapes output"
            " report pipeline loading checks describe mappings site publish serve"
            " workers kg"
        ),
        "__main__": "cli",
    }
)

# The one module that prints and exits; those that may reach the network.
PRINTS = "cli"
NETWORK = ("kg.stores", "kg.query.remote", "kg.serve.running")
NETWORK_MODULES = frozenset(
    {"SPARQLWrapper", "aiohttp", "ftplib", "http", "httpx", "requests", "smtplib", "socket"}
)

# module: why it may catch everything
BROAD_EXCEPT: Mapping[str, str] = MappingProxyType(
    {
        "compression": "what stops the thread that compresses is raised again in the one that writes",
        "pipeline": "a fault of this program costs one record (`internal`), not the run",
        "serve": "a fault of this program costs one page, not the process that makes all of them",
        "workers": "what stops a worker is raised again in the process that asked",
    }
)

MUTABLE_CALLS = frozenset(
    {"dict", "list", "set", "bytearray", "defaultdict", "OrderedDict", "Counter", "deque"}
)
MUTABLE_NODES = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
READ_ONLY = frozenset({"Final", "Mapping", "Sequence", "Set", "Collection", "Iterable"})

FILES = tuple(sorted((ROOT / "kg").rglob("*.py")))
each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))


def _dotted(path: Path) -> str:
    """`kg/records/figure.py` is `kg.records.figure`, and `kg/records/__init__.py` is `kg.records`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = frozenset(map(_dotted, FILES))


def _row(dotted: str) -> str:
    """Return the row of a module: the part after `kg.`; the package itself is `kg`."""
    return dotted.split(".")[1] if "." in dotted else dotted


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and the dotted name of each import, wherever it stands; `from kg import x` is `kg.x`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            for name in (f"{module}.{alias.name}" for alias in node.names):
                yield node.lineno, name if name in MODULES else module


def _own_imports(path: Path) -> Iterator[tuple[int, str]]:
    return ((line, name) for line, name in _imports(_tree(path)) if name.split(".")[0] == "kg")


def _name(node: ast.AST) -> str:
    """Return `sys.exit` for the expression `sys.exit`, and an empty text for what is no name."""
    if isinstance(node, ast.Name):
        return node.id
    return f"{_name(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else ""


def _cycle(arrows: Mapping[str, frozenset[str]]) -> list[str]:
    """Return the names of one cycle, or nothing."""
    done: set[str] = set()

    def walk(name: str, way: tuple[str, ...]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        for other in sorted(arrows.get(name, ())):
            if found := walk(other, (*way, name)):
                return found
        done.add(name)
        return []

    return next((found for name in sorted(arrows) if (found := walk(name, ()))), [])


def test_table_has_no_cycle() -> None:
    table = {name: frozenset(row.split()) for name, row in ARROWS.items()}
    assert not {other for row in table.values() for other in row} - set(table), (
        "a row names a module without a row"
    )
    assert _cycle(table) == []


def test_modules_have_no_cycle() -> None:
    imports = {_dotted(path): frozenset(name for _, name in _own_imports(path)) for path in FILES}
    assert _cycle(imports) == []


def test_cycle_is_found() -> None:
    assert _cycle({"a": frozenset("b"), "b": frozenset("c"), "c": frozenset("ab")}) == ["a", "b", "c", "a"]


@each_file
def test_arrows(path: Path) -> None:
    module = _row(_dotted(path))
    assert module in ARROWS, f"{module} has no row in ARROWS (tests/test_architecture.py)"
    allowed = {module, *ARROWS[module].split()}
    wrong = [
        f"{path.name}:{line} imports {name}" for line, name in _own_imports(path) if _row(name) not in allowed
    ]
    assert not wrong, f"{module} may import: {' '.join(sorted(allowed))}"


@each_file
def test_no_star_import(path: Path) -> None:
    stars = [
        node.lineno for node in ast.walk(_tree(path)) if isinstance(node, ast.alias) and node.name == "*"
    ]
    assert not stars


@each_file
def test_network_only_in_stores(path: Path) -> None:
    network = [
        f"line {line}: {name}"
        for line, name in _imports(_tree(path))
        if name.split(".")[0] in NETWORK_MODULES or name.startswith("urllib.request")
    ]
    assert not network or _dotted(path).startswith(NETWORK)


@each_file
def test_only_the_command_line_prints_and_exits(path: Path) -> None:
    if _row(_dotted(path)) in (PRINTS, "__main__"):
        return
    told = {"print", "input", "exit", "quit", "breakpoint", "sys.exit", "os._exit", "SystemExit"}
    found = [
        f"line {node.lineno}: {_name(node)}"
        for node in ast.walk(_tree(path))
        if isinstance(node, (ast.Name, ast.Attribute)) and _name(node) in told
    ]
    assert not found, "only kg/cli prints and exits"


@each_file
def test_no_broad_except(path: Path) -> None:
    broad = [
        handler.lineno
        for handler in ast.walk(_tree(path))
        if isinstance(handler, ast.ExceptHandler) and _is_broad(handler) and not _raises_again(handler)
    ]
    assert len(broad) <= (_row(_dotted(path)) in BROAD_EXCEPT), f"a broad except in lines {broad}"


def _is_broad(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or _name(kind) in {"Exception", "BaseException"} for kind in kinds)


def _raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


@each_file
def test_no_mutable_state(path: Path) -> None:
    tree = _tree(path)
    state = [f"line {node.lineno}: {name}" for node, name in _assignments(tree) if _is_state(node, name)]
    state += [f"line {node.lineno}: global" for node in ast.walk(tree) if isinstance(node, ast.Global)]
    assert not state, (
        "no mutable state at module level: a tuple, a frozenset, or UPPER_CASE: Mapping[…] / Final"
    )


def _assignments(tree: ast.Module) -> Iterator[tuple[ast.Assign | ast.AnnAssign, str]]:
    """Yield the assignments of the module and of its classes, with the name that each gives."""
    blocks = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
    for node in (node for block in blocks for node in block):
        if isinstance(node, ast.Assign):
            yield from ((node, _name(target)) for target in node.targets)
        elif isinstance(node, ast.AnnAssign):
            yield node, _name(node.target)


def _is_state(node: ast.Assign | ast.AnnAssign, name: str) -> bool:
    value = node.value
    mutable = isinstance(value, MUTABLE_NODES) or (
        isinstance(value, ast.Call) and _name(value.func).split(".")[-1] in MUTABLE_CALLS
    )
    if not mutable or name in {"__all__", "__slots__", "__match_args__"}:
        return False
    annotation = node.annotation if isinstance(node, ast.AnnAssign) else None
    outer = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    constant = outer is not None and _name(outer).split(".")[-1] in READ_ONLY
    return not (constant and name.lstrip("_").isupper())


@pytest.mark.parametrize(
    ("line", "is_state"),
    [
        ("cache = {}", True),
        ("CACHE = {}", True),
        ("CACHE: dict[str, str] = {}", True),
        ("seen = set()", True),
        ("rows = collections.defaultdict(list)", True),
        ("class A:\n    seen = []", True),
        ("table: Mapping[str, str] = {}", True),
        ("TABLE: Mapping[str, str] = {}", False),
        ("_NAMES: Final = ['a']", False),
        ("TABLE = MappingProxyType({})", False),
        ("__all__ = ['a']", False),
        ("NAMES = ('a',)", False),
    ],
)
def test_state_is_found(line: str, is_state: bool) -> None:
    assert any(_is_state(node, name) for node, name in _assignments(ast.parse(line))) is is_state


@each_file
def test_module_is_not_too_long(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= MAX_LINES, (
        f"{path.name} has {lines} lines: make it a folder of smaller modules of the same name"
    )
