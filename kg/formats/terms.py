"""What every writer needs of terms: escaped literals, checked IRIs, abbreviated IRIs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from json.encoder import encode_basestring

from kg.graph import IRI, Object
from kg.recent import Recent

escaped = encode_basestring
"""A text in double quotes with the escapes of JSON, all of which N-Triples and Turtle have too."""

_NOT_IN_IRI = re.compile('[\x00-\x20<>"{}|^`\\\\\ud800-\udfff]')
_LOCAL_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.:-]*[A-Za-z0-9_:-])?", re.ASCII)
_RELATIVE = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?(?:#[A-Za-z0-9_-]+)?", re.ASCII)
_MOST_KNOWN = 12_000

MOST_TEMPLATES = 256
"""A writer keeps what it writes of so many patterns: at least of those that it met last."""

HOLE = "\1"
"""Stands in the text of a pattern for the object of a hole: no text that is written holds it."""


def template(text: str) -> str:
    """Return a text with holes as one for the operator `%`."""
    return text.replace("%", "%%").replace(HOLE, "%s")


def bracketed(iri: IRI) -> str:
    """Return an IRI in angle brackets.

    Raises:
        ValueError: it holds a character that no IRI may hold; nothing that the mapping makes does.
    """
    if _NOT_IN_IRI.search(iri):
        raise ValueError(f"not a valid IRI: {str(iri)!r}")
    return f"<{iri}>"


class Abbreviations:
    """Abbreviates IRIs by prefixes, and remembers which prefixes were used; `known` are recent results."""

    def __init__(self, prefixes: Mapping[str, str], base: str = "") -> None:
        self._prefix_of = {namespace: prefix for prefix, namespace in prefixes.items()}
        self._base = base
        self.known = Recent[Object, str](_MOST_KNOWN)
        self.used: dict[str, str] = {}

    def __call__(self, iri: IRI) -> str:
        """Return the IRI as `prefix:local`, relative to the base, or in angle brackets."""
        text = self.known.get(iri)
        if text is None:
            text = self.once(iri)
            self.known.keep(iri, text)
        return text

    def once(self, iri: IRI) -> str:
        """Return the same without remembering it, for an IRI that is not met again soon."""
        if self._base and iri.startswith(self._base) and _RELATIVE.fullmatch(iri, len(self._base)):
            self.used.setdefault("", self._base)
            return f"<{iri[len(self._base) :]}>"
        cut = max(iri.rfind("/"), iri.rfind("#")) + 1
        prefix = self._prefix_of.get(iri[:cut])
        if prefix is not None and _LOCAL_NAME.fullmatch(iri, cut):
            self.used.setdefault(prefix, iri[:cut])
            return f"{prefix}:{iri[cut:]}"
        return bracketed(iri)
