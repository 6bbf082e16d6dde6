"""tarka-rdf with OTTR templates over the tables of a folder.

python benchmarks/peers/with_tarka.py FOLDER OUT.ttl
"""

from __future__ import annotations

import sys
from pathlib import Path

from model import KG
from shape import TABLES, ottr
from tarka_rdf import Mapping


def convert(folder: Path, output: Path) -> None:
    """Write the triples of the tables of a folder, table after table into one file."""
    library = folder / "tables.stottr"
    library.write_text(ottr(), "utf-8")
    for table in TABLES:
        mapping = Mapping.ottr([str(library)], [f"{KG}{table.name}"])
        mapping.run_csv(str(folder / f"{table.name}.csv"), str(folder / f"{table.name}.ttl"))
    with output.open("wb") as whole:
        for table in TABLES:
            whole.write((folder / f"{table.name}.ttl").read_bytes())


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
