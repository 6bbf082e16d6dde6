"""Cross references in the Simple Standard for Sharing Ontological Mappings (SSSOM): read, and written."""

from __future__ import annotations

from kg.mappings.reading import read
from kg.mappings.terms import OUTPUT_PREFIXES
from kg.mappings.writing import MATCHES, written

__all__ = ["MATCHES", "OUTPUT_PREFIXES", "read", "written"]
