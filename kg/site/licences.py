"""Licences of data: what people call them, and their IRIs in the list of SPDX."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_COMMONS = "creativecommons.org/"
_SPDX = "https://spdx.org/licenses/"
_LICENCES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "publicdomain/zero/1.0": ("CC0 1.0", "CC0-1.0"),
        "publicdomain/mark/1.0": ("Public Domain Mark 1.0", "CC-PDM-1.0"),
        "licenses/by/3.0": ("CC BY 3.0", "CC-BY-3.0"),
        "licenses/by/4.0": ("CC BY 4.0", "CC-BY-4.0"),
        "licenses/by-sa/4.0": ("CC BY-SA 4.0", "CC-BY-SA-4.0"),
        "licenses/by-nc/4.0": ("CC BY-NC 4.0", "CC-BY-NC-4.0"),
    }
)
"""Path at creativecommons.org, name, and identifier in the list of SPDX."""


def licence_name(iri: str) -> str:
    """Return what people call a licence.

    >>> licence_name("https://creativecommons.org/publicdomain/zero/1.0/")
    'CC0 1.0'
    """
    found = _found(iri)
    return iri if found is None else found[0]


def spdx_iri(iri: str) -> str:
    """Return the IRI of a licence in the list of SPDX, which FAIR Signposting asks for; else its own.

    >>> spdx_iri("https://creativecommons.org/licenses/by/4.0/"), spdx_iri("https://example.org/terms")
    ('https://spdx.org/licenses/CC-BY-4.0', 'https://example.org/terms')
    """
    found = _found(iri)
    return iri if found is None else _SPDX + found[1]


def _found(iri: str) -> tuple[str, str] | None:
    return _LICENCES.get(iri.partition(_COMMONS)[2].strip("/"))
