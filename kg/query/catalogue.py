"""The catalogue: queries in `.rq` files, each valid SPARQL as it stands, with a header of comments.

    # title: Figures that draw a gene
    # category: Genes
    # description: One row per figure in which
    # description: a word was resolved to the gene.
    # keywords: gene, figure
    # param: geneTerm | gene | AKT1 | Gene symbol or NCBI Gene id

The header ends at the first line that is no comment. Other comments may stand in it.
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from kg import resources
from kg.query.errors import HeaderError, UnknownQueryError
from kg.query.parameters import Parameter, blocks, set_parameters, type_and_choices, type_names
from kg.query.syntax import MAX_LENGTH, check_length
from kg.query.tokens import tokens

STDIN = "-"
CATEGORIES = (
    "Genes",
    "Co-occurrence",
    "Time and counts",
    "Curation",
    "Text",
    "Pathways",
    "Export",
    "Federation",
)
"""The categories in the order in which they are listed; others follow them."""

_LINE = re.compile(r"#\s*(title|category|description|keywords|param)\s*:\s*(.*?)\s*")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_REQUIRED = ("title", "category", "description", "keywords")


@dataclass(frozen=True, slots=True)
class Query:
    """One query: its name, what its header says, its parameters, and its whole text."""

    name: str
    text: str
    title: str = ""
    category: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()

    def with_values(self, values: Sequence[tuple[str, str]]) -> str:
        """Return the text with parameters set to (name, value) pairs; a name may come several times.

        Raises:
            ParameterError: there is no such parameter, or a value does not fit its type.
        """
        return set_parameters(self.text, self.parameters, values)


class _Line(NamedTuple):
    number: int
    value: str


def catalogue(folder: Path | None = None) -> list[Query]:
    """Return the bundled queries (or those of a folder), by category and name.

    Raises:
        HeaderError: the header of one is malformed.
    """
    files = sorted((folder or resources.queries()).glob("*.rq"))
    found = [parse_query(path.read_text("utf-8"), path.stem, path.name, complete=True) for path in files]
    return sorted(found, key=lambda query: (_rank(query.category), query.category, query.name))


def find_query(name: str) -> Query:
    """Return the query of a name of the catalogue, of a file, or of standard input (`-`).

    Raises:
        UnknownQueryError: there is no such query.
        HeaderError: its header is malformed.
    """
    if name == STDIN:
        return parse_query(
            _decoded(sys.stdin.buffer.read(MAX_LENGTH + 1), "standard input"), STDIN, "standard input"
        )
    path = Path(name)
    if name.endswith((".rq", ".sparql")) or "/" in name:
        return _from_file(path)
    bundled = resources.queries() / f"{name}.rq"
    if re.fullmatch(r"[\w-]+", name) and bundled.is_file():
        return parse_query(bundled.read_text("utf-8"), name, bundled.name, complete=True)
    known = [found.stem for found in sorted(resources.queries().glob("*.rq"))]
    close = difflib.get_close_matches(name, known, 3, 0.5) or [word for word in known if name in word][:3]
    meant = f"did you mean {' or '.join(close)}? " if close else ""
    raise UnknownQueryError(
        f"{name}: no query has this name; {meant}`kg queries` lists them, a file ends in .rq"
    )


def _from_file(path: Path) -> Query:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_LENGTH + 1)
    except OSError as error:
        raise UnknownQueryError(f"{path}: cannot read the query: {error.strerror}") from error
    return parse_query(_decoded(data, str(path)), path.stem, str(path))


def _decoded(data: bytes, place: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise HeaderError(f"{place}: the query is not valid UTF-8 text (byte {error.start})") from error


def parse_query(text: str, name: str, place: str, *, complete: bool = False) -> Query:
    """Parse the text of a query; `complete` asks for every part of the header.

    Raises:
        HeaderError: the header is malformed.
        RefusedError: the text is too long.
    """
    check_length(text, MAX_LENGTH)
    header = _header(text)
    for key in ("title", "category", "keywords"):
        if len(header[key]) > 1:
            raise HeaderError(f"{place}:{header[key][1].number}: a second `# {key}:`; it stands once")
    if complete:
        for key in _REQUIRED:
            if not header[key] or not header[key][0].value:
                raise HeaderError(f"{place}:1: the header has no `# {key}:`")
    parameters = tuple(_parameter(line, place) for line in header["param"])
    _check_blocks(text, parameters, header["param"], place, defaults=complete)
    first = {key: lines[0].value if lines else "" for key, lines in header.items()}
    return Query(
        name,
        text,
        first["title"],
        first["category"],
        " ".join(line.value for line in header["description"] if line.value),
        tuple(word.strip() for word in first["keywords"].split(",") if word.strip()),
        parameters,
    )


def _header(text: str) -> dict[str, list[_Line]]:
    """Return the lines of each key of the header."""
    header: dict[str, list[_Line]] = {key: [] for key in (*_REQUIRED, "param")}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            break
        found = _LINE.fullmatch(line)
        if found:
            header[found[1]].append(_Line(number, found[2]))
    return header


def _parameter(line: _Line, place: str) -> Parameter:
    where = f"{place}:{line.number}"
    parts = [part.strip() for part in line.value.split("|")]
    if len(parts) != 4:
        raise HeaderError(
            f"{where}: expected `# param: name | type | default | label`, found {len(parts)} parts"
        )
    name, kind, default, label = parts
    if not _NAME.fullmatch(name):
        raise HeaderError(f"{where}: {name!r} is no name of a parameter: letters and digits, a letter first")
    found = type_and_choices(kind)
    if found is None:
        raise HeaderError(f"{where}: {kind!r} is no type of a parameter; there are {type_names()}")
    if not label:
        raise HeaderError(f"{where}: the parameter has no label")
    values = [default] if found[0] == "string" else [value.strip() for value in default.split(",")]
    return Parameter(name, found[0], tuple(values) if default else (), label, found[1])


def _check_blocks(
    text: str, parameters: Sequence[Parameter], lines: Sequence[_Line], place: str, *, defaults: bool
) -> None:
    """Check that each parameter stands once in the header and has blocks (with its `defaults`, if asked).

    What `kg query --show` prints has the values that were set in its blocks, and runs as it stands.
    """
    found = list(blocks(text))
    for index, (parameter, line) in enumerate(zip(parameters, lines, strict=True)):
        where = f"{place}:{line.number}"
        if any(other.name == parameter.name for other in parameters[:index]):
            raise HeaderError(f"{where}: a second parameter {parameter.name}")
        own = [(start, end) for start, end, name in found if name == parameter.name]
        if not own:
            raise HeaderError(
                f"{where}: the query has no `VALUES ?{parameter.name} {{ … }}` for the parameter"
            )
        expected = _texts(" ".join(map(parameter.term, parameter.defaults)) or "UNDEF")
        for start, end in own:
            if defaults and _texts(text[start:end]) != expected:
                there = text.count("\n", 0, start) + 1
                raise HeaderError(
                    f"{place}:{there}: the block holds {text[start:end].strip()!r}, and the default of the "
                    f"parameter in line {line.number} is {', '.join(parameter.defaults) or 'none (UNDEF)'!r}"
                )


def _texts(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


def _rank(category: str) -> int:
    return CATEGORIES.index(category) if category in CATEGORIES else len(CATEGORIES)
