"""Say whether RDF files hold the same triples, and how many.

    python benchmarks/compare.py OURS.ttl THEIRS.ttl [--shown 5]

Each file is read as a stream. For each triple eight bytes of a hash are kept, so that files of some millions
of triples fit in memory; with `--count` nothing is kept and nothing compared.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph

if TYPE_CHECKING:
    from collections.abc import Iterator


class Content(NamedTuple):
    """How many triples a file states, how many of them are distinct, and a digest of those, in no order."""

    stated: int
    distinct: int | None
    digest: str | None


def triples(path: Path) -> Iterator[str]:
    """Yield the triples of a file, each as in N-Triples."""
    return map(str, pyoxigraph.parse(path=path, base_iri="https://example.org/"))


def key(triple: str) -> int:
    return int.from_bytes(hashlib.blake2b(triple.encode(), digest_size=8).digest(), "little")


def count(path: Path) -> Content:
    """Count the triples that a file states."""
    return Content(sum(1 for _ in triples(path)), None, None)


def content(path: Path) -> tuple[Content, set[int]]:
    """Return what a file holds, and the keys of its triples."""
    stated = 0
    keys = set()
    for stated, triple in enumerate(triples(path), 1):  # noqa: B007
        keys.add(key(triple))
    return Content(stated, len(keys), f"{sum(keys) % 2**64:016x}"), keys


def missing(path: Path, keys: set[int]) -> Iterator[str]:
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


def main() -> int:
    """Read the command line and compare, or describe one file as JSON."""
    parser = argparse.ArgumentParser(description="Compare the triples of two files, or describe one as JSON.")
    parser.add_argument("ours", type=Path)
    parser.add_argument("theirs", type=Path, nargs="?")
    parser.add_argument(
        "--shown", type=int, default=5, help="how many differing triples to show of each side"
    )
    parser.add_argument("--count", action="store_true", help="of one file: count only")
    options = parser.parse_args()
    if options.theirs is None:
        described = count(options.ours) if options.count else content(options.ours)[0]
        print(json.dumps(described._asdict()))
        return 0
    return 0 if compare(options.ours, options.theirs, options.shown) else 1


if __name__ == "__main__":
    sys.exit(main())
