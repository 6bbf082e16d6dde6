"""Write the documents that are made from the ontology and the shapes (`make docs`)."""

from __future__ import annotations

from pathlib import Path

from kg.ontology_page import documents

FOLDER = Path(__file__).resolve().parent

for name, text in documents().items():
    (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
