"""maplib with OTTR templates over the tables of a folder, read by pl.

python benchmarks/peers/with_maplib.py FOLDER OUT.nt
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import polars as pl
from maplib import Model
from model import KG
from shape import TABLES, Table, ottr


def convert(folder: Path, output: Path) -> None:
    """Write the triples of the tables of a folder."""
    model = Model()
    model.add_template(ottr())
    for table in TABLES:
        frame = pl.read_csv(folder / f"{table.name}.csv", schema_overrides=schema(table))
        if len(frame):
            model.map(f"{KG}{table.name}", frame)
    model.write(str(output), format="ntriples" if output.suffix == ".nt" else "turtle")


def schema(table: Table) -> dict[str, Any]:
    """Return the type of each column, as polars and the templates want it."""
    kinds = {
        "integer": pl.Int64,
        "date": pl.Date,
        "decimal": pl.Decimal(38, 12),
        "boolean": pl.Boolean,
    }
    return {column: kinds.get(kind, pl.String) for column, kind in table.kinds().items()}


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
