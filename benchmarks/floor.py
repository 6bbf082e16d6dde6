"""The least that any exporter does: read every record, let libyaml parse it, write as many bytes as we do.

python benchmarks/floor.py SITE OUT [--bytes 10000]

No value is built and nothing is checked. Tables beside the records are read, and split at tabs and newlines.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from yaml import CLoader


def front_matter(data: bytes) -> bytes:
    """Return what stands between the two rules of a page."""
    return data[4 : data.index(b"\n---\n", 4) + 1]


def pages(folder: Path) -> list[str]:
    return sorted(entry.path for entry in os.scandir(folder) if entry.name.endswith(".md"))


def convert(site: Path, output: Path, size: int) -> None:
    """Read and parse the records of a site; write so many bytes for each."""
    text = b"x" * size
    with output.open("wb") as file:
        for path in pages(site / "_figures"):
            data = Path(path).read_bytes()
            CLoader(front_matter(data)).raw_parse()
            file.write(text)
        if (site / "_data").is_dir():
            for entry in os.scandir(site / "_data"):
                [line.split(b"\t") for line in Path(entry.path).read_bytes().split(b"\n")]


def main() -> None:
    parser = argparse.ArgumentParser(description="Do the least that any exporter does.")
    parser.add_argument("site", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--bytes", type=int, default=10_000)
    options = parser.parse_args()
    convert(options.site, options.output, options.bytes)


if __name__ == "__main__":
    main()
