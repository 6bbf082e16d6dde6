"""Parameters of queries: typed values that become terms, set in place of a `VALUES ?name { … }` block.

A value never becomes text of the query: it is checked against its type, written as one escaped RDF term,
and takes the place of the terms of a block that was found among the tokens of the query, where a comment or
a string that looks like one is no block.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from kg.formats.terms import escaped
from kg.identifiers import NAMESPACES, NCBIGENE
from kg.query.errors import ParameterError
from kg.query.tokens import Token, tokens
from kg.vocabulary import PREFIXES

_NO_IRI = re.compile('[\x00-\x20<>"{}|^`\\\\\x7f-\x9f\ud800-\udfff]')
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.", re.ASCII)
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_GENE_IRI = re.compile(r"https?://identifiers\.org/ncbigene[/:](.*)", re.DOTALL)
_ESCAPE_LOOKALIKE = re.compile(r"\\\\([uU])")
_TERM_KINDS = frozenset({"string", "iri", "name", "number", "lang", "word", "mark"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a query: `name | type | default | label` of its header.

    `choices` are those of an `enum`; `defaults` are the values that the text of the query holds.
    """

    name: str
    type: str
    defaults: tuple[str, ...]
    label: str
    choices: tuple[str, ...] = ()

    @property
    def alias(self) -> str:
        """The name for the command line: without the ending `Term` (`gene` for `geneTerm`)."""
        return self.name.removesuffix("Term") or self.name

    def term(self, value: str) -> str:
        """Return a value as a term of SPARQL.

        Raises:
            ParameterError: the value does not fit the type.

        >>> Parameter("geneTerm", "gene", ("AKT1",), "Gene").term("ncbigene:207")
        '"ncbigene:207"'
        """
        return _TYPES[self.type](self, value)


def type_and_choices(text: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the type that a header names, with the choices of an `enum`; `None` if there is no such type.

    >>> type_and_choices("enum:a,b")
    ('enum', ('a', 'b'))
    """
    name, colon, listed = text.partition(":")
    choices = tuple(choice.strip() for choice in listed.split(",") if choice.strip())
    if name == "enum":
        return ("enum", choices) if choices else None
    return (name, ()) if name in _TYPES and not colon else None


def type_names() -> str:
    """Return the types that there are, as one text for messages."""
    return ", ".join("enum:a,b,c" if name == "enum" else name for name in _TYPES)


def set_parameters(text: str, parameters: Sequence[Parameter], values: Iterable[tuple[str, str]]) -> str:
    """Return a query with parameters set; a name that comes several times has several values.

    Raises:
        ParameterError: there is no such parameter, or a value does not fit its type.

    >>> gene = Parameter("geneTerm", "gene", ("AKT1",), "Gene")
    >>> set_parameters('ASK { VALUES ?geneTerm { "AKT1" } }', [gene], [("gene", "207"), ("gene", "TP53")])
    'ASK { VALUES ?geneTerm { "ncbigene:207" "TP53" } }'
    """
    chosen: dict[str, dict[str, None]] = {}
    for name, value in values:
        parameter = _named(name, parameters)
        chosen.setdefault(parameter.name, {})[parameter.term(value)] = None
    for start, end, variable in reversed(list(blocks(text))):
        if variable in chosen:
            text = f"{text[:start]} {' '.join(chosen[variable])} {text[end:]}"
    return text


def blocks(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where the terms of each `VALUES ?name { … }` stand (behind `{`, before `}`), and the name."""
    found = tokens(text)
    for place in range(len(found) - 3):
        word, variable, opening = found[place : place + 3]
        if (
            word.kind != "word"
            or word.text.upper() != "VALUES"
            or variable.kind != "var"
            or opening.text != "{"
        ):
            continue
        inside = _until_closed(found, place + 3)
        if inside is not None:
            yield opening.end, found[inside].start, variable.text[1:]


def _until_closed(found: Sequence[Token], place: int) -> int | None:
    for at in range(place, len(found)):
        if found[at].text == "}" and found[at].kind == "mark":
            return at
        if found[at].kind not in _TERM_KINDS:
            return None
    return None


def _named(name: str, parameters: Sequence[Parameter]) -> Parameter:
    for parameter in parameters:
        if parameter.name == name:
            return parameter
    for parameter in parameters:
        if parameter.alias == name:
            return parameter
    known = [parameter.alias for parameter in parameters]
    if not known:
        raise ParameterError(f"--param {name}: this query has no parameters")
    close = difflib.get_close_matches(name, known, 1)
    meant = f"; did you mean {close[0]}?" if close else f"; it has {', '.join(known)}"
    raise ParameterError(f"--param {name}: this query has no such parameter{meant}")


def string_term(text: str) -> str:
    r"""Return a text as a string of SPARQL.

    Engines disagree on where `\u0022` is decoded: in strings alone (Oxigraph), or in the whole text before it
    is parsed (rdflib, which also takes eight digits behind `\u`). So no backslash of a value is ever followed
    by `u`: that letter is escaped itself, in the long form.

    Raises:
        ParameterError: the text holds control characters or halves of surrogate pairs.

    >>> print(string_term('a "b"'), string_term(r"\u0022"))
    "a \"b\"" "\\\U000000750022"
    """
    if _NO_TEXT.search(text):
        raise ParameterError(f"{ascii(text)[:60]}: a value holds no control characters")
    return _ESCAPE_LOOKALIKE.sub(lambda found: rf"\\\U{ord(found[1]):08x}", escaped(text))


def _string(parameter: Parameter, value: str) -> str:  # noqa: ARG001 - one signature for all types
    return string_term(value)


def _iri(parameter: Parameter, value: str) -> str:
    text = value.strip()
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1]
    prefix, _, local = text.partition(":")
    namespace = NAMESPACES.get(prefix)
    if namespace is not None:
        expanded = namespace.iri(text)
        if expanded is not None:
            return f"<{expanded}>"
    if prefix in PREFIXES:
        text = PREFIXES[prefix] + local
    if not _SCHEME.match(text) or _NO_IRI.search(text):
        raise _unfit(parameter, value, "an absolute IRI such as https://identifiers.org/ncbigene/207")
    return f"<{text}>"


def _integer(parameter: Parameter, value: str) -> str:
    text = value.strip()
    if not _INTEGER.fullmatch(text):
        raise _unfit(parameter, value, "a whole number of at most 18 digits")
    return str(int(text))


def _gene(parameter: Parameter, value: str) -> str:
    """Return an NCBI Gene id (`207`, `ncbigene:207`, its IRI) as `ncbigene:207`, another text as a symbol."""
    text = value.strip()
    from_iri = _GENE_IRI.fullmatch(text.strip("<>"))
    curie = NCBIGENE.curie(from_iri[1] if from_iri else text)
    if (from_iri and curie is None) or not text:
        raise _unfit(parameter, value, "a symbol (AKT1) or an NCBI Gene id (207)")
    return string_term(curie or text)


def _enum(parameter: Parameter, value: str) -> str:
    if value not in parameter.choices:
        raise _unfit(parameter, value, f"one of {', '.join(parameter.choices)}")
    return string_term(value)


def _unfit(parameter: Parameter, value: str, expected: str) -> ParameterError:
    shown = value if len(value) <= 60 else value[:60] + "…"
    return ParameterError(f"--param {parameter.alias}={ascii(shown)[1:-1]}: expected {expected}")


_TYPES: Mapping[str, Callable[[Parameter, str], str]] = MappingProxyType(
    {"string": _string, "iri": _iri, "integer": _integer, "gene": _gene, "enum": _enum}
)
"""What makes a term of a value, by the name of the type."""
