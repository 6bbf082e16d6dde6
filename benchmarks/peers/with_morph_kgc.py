"""CSV tables by the C loader, then morph-kgc with an RML mapping.

python benchmarks/peers/with_morph_kgc.py FOLDER OUT.nt [PROCESSES]
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from shape import rml

CONFIGURATION = """\
[CONFIGURATION]
output_file = {output}
output_format = N-TRIPLES
na_values =
number_of_processes = {processes}
logging_level = WARNING

[figures]
mappings = {mapping}
"""


def convert(folder: Path, output: Path, processes: str) -> None:
    """Write the triples of the tables of a folder."""
    mapping, settings = folder / "mapping.ttl", folder / "morph-kgc.ini"
    mapping.write_text(rml(str(folder)), "utf-8")
    text = CONFIGURATION.format(output=output, processes=processes, mapping=mapping)
    settings.write_text(text, "utf-8")
    subprocess.run([sys.executable, "-m", "morph_kgc", str(settings)], check=True)


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "1")
