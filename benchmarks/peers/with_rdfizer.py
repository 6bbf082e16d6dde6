"""SDM-RDFizer with an RML mapping over the tables of a folder.

python benchmarks/peers/with_rdfizer.py FOLDER OUT.nt
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

from shape import rml

CONFIGURATION = """\
[default]
main_directory: {folder}

[datasets]
number_of_datasets: 1
output_folder: {folder}
all_in_one_file: no
remove_duplicate: yes
enrichment: yes
name: {name}
ordered: no
large_file: false
output_format: n-triples

[dataset1]
name: {name}
mapping: {mapping}
"""


def semantify(settings: Path) -> None:
    """Run SDM-RDFizer, also where the system library of its ODBC driver is missing: no database is read."""
    try:
        import pyodbc  # noqa: F401
    except ImportError:
        sys.modules["pyodbc"] = ModuleType("pyodbc")
    from rdfizer import semantify

    semantify(str(settings))


def convert(folder: Path, output: Path) -> None:
    """Write the triples of the tables of a folder."""
    mapping, settings = folder / "mapping.ttl", folder / "rdfizer.ini"
    mapping.write_text(rml(str(folder), 'rr:template "{{{}}}"'), "utf-8")
    text = CONFIGURATION.format(folder=folder, name=output.stem, mapping=mapping)
    settings.write_text(text, "utf-8")
    semantify(settings)
    (folder / f"{output.stem}.nt").replace(output)


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
