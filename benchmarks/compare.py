"""Say whether RDF files hold the same triples, and how many.

    python benchmarks/compare.py OURS.ttl THEIRS.ttl [--shown 5]
    python benchmarks/compare.py FILE [--count] [--keys OUT.keys]      # describe one file, as JSON
    python benchmarks/compare.py FILE --against OTHER.keys             # what the other lacks, as JSON

Each file is read as a stream. For each triple eight bytes of a hash are kept, so that files of some millions
of triples fit in memory; with `--count` nothing is kept and nothing compared.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
from array import array
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple, cast

import pyoxigraph


class Content(NamedTuple):
    """How many triples a file states, how many of them are distinct, and a digest of those, in no order."""

    stated: int
    distinct: int | None
    digest: str | None


def triples(path: Path) -> Iterator[str]:
    """Yield the triples of a file, each as in N-Triples."""
    return (str(quad.triple) for quad in quads(path))


def quads(path: Path) -> Iterator[pyoxigraph.Quad]:
    """Yield the quads of a file, which may be compressed by gzip."""
    if path.suffix != ".gz":
        yield from pyoxigraph.parse(path=path, base_iri="https://example.org/")
        return
    found = pyoxigraph.RdfFormat.from_extension(path.with_suffix("").suffix.removeprefix("."))
    with gzip.open(path) as file:
        yield from pyoxigraph.parse(cast("IO[bytes]", file), format=found, base_iri="https://example.org/")


def key(triple: str) -> int:
    return int.from_bytes(hashlib.blake2b(triple.encode(), digest_size=8).digest(), "little")


def count(path: Path) -> Content:
    """Count the triples that a file states."""
    return Content(sum(1 for _ in quads(path)), None, None)


def content(path: Path) -> tuple[Content, set[int]]:
    """Return what a file holds, and the keys of its triples."""
    stated = 0
    keys = set()
    for stated, triple in enumerate(triples(path), 1):  # noqa: B007
        keys.add(key(triple))
    return Content(stated, len(keys), f"{sum(keys) % 2**64:016x}"), keys


def missing(path: Path, keys: Collection[int]) -> Iterator[str]:
    """Yield the triples of a file whose keys are not among these."""
    return (triple for triple in triples(path) if key(triple) not in keys)


def compare(ours: Path, theirs: Path, shown: int) -> bool:
    """Print what one file has and the other lacks; tell whether they hold the same."""
    (our_content, our_keys), (their_content, their_keys) = content(ours), content(theirs)
    print(f"{ours}: {our_content.distinct:,} distinct triples; {theirs}: {their_content.distinct:,}")
    for only, path, keys in (("ours", ours, their_keys), ("theirs", theirs, our_keys)):
        for triple in islice(missing(path, keys), shown):
            print(f"only {only}: {triple}")
    return our_keys == their_keys


def write_keys(path: Path, keys: Collection[int]) -> None:
    with path.open("wb") as file:
        array("Q", sorted(keys)).tofile(file)


def read_keys(path: Path) -> set[int]:
    found = array("Q")
    found.frombytes(path.read_bytes())
    return set(found)


def against(path: Path, keys: set[int], shown: int) -> dict[str, object]:
    """Return how many distinct triples of a file are not among some keys, and the first of them."""
    lacking: set[int] = set()
    first: list[str] = []
    for triple in triples(path):
        number = key(triple)
        if number not in keys and number not in lacking:
            lacking.add(number)
            if len(first) < shown:
                first.append(triple)
    return {"count": len(lacking), "first": first}


def main() -> int:
    """Read the command line and compare, or describe one file as JSON."""
    parser = argparse.ArgumentParser(description="Compare the triples of two files, or describe one as JSON.")
    parser.add_argument("ours", type=Path)
    parser.add_argument("theirs", type=Path, nargs="?")
    parser.add_argument(
        "--shown", type=int, default=5, help="how many differing triples to show of each side"
    )
    parser.add_argument("--count", action="store_true", help="of one file: count only")
    parser.add_argument("--keys", type=Path, help="of one file: write the keys of its triples here")
    parser.add_argument("--against", type=Path, help="of one file: which triples are not among these keys")
    options = parser.parse_args()
    if options.theirs is not None:
        return 0 if compare(options.ours, options.theirs, options.shown) else 1
    if options.against:
        print(json.dumps(against(options.ours, read_keys(options.against), options.shown)))
    elif options.count:
        print(json.dumps(count(options.ours)._asdict()))
    else:
        described, keys = content(options.ours)
        if options.keys:
            write_keys(options.keys, keys)
        print(json.dumps(described._asdict()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
