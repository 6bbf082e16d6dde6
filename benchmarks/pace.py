"""Print the CPU seconds that a fixed piece of work takes now, with all else that runs on the machine.

Two cores that share a cache, or one core that is two threads, do less in a CPU second when the other is busy.
The work is like that of the tools: text is split and joined, mappings are built, looked up and sorted.
"""

from __future__ import annotations

import json
import time

ROWS = 12_000
ROUNDS = 15


def work() -> int:
    """Do the piece of work; return a number that depends on all of it."""
    rows = [{"word": f"W{n * 7919 % 4001}", "gene": str(n * 104_729 % 20_011), "n": n} for n in range(ROWS)]
    text = json.dumps(rows)
    found = 0
    for _ in range(ROUNDS):
        by_word: dict[str, list[str]] = {}
        for row in json.loads(text):
            by_word.setdefault(row["word"], []).append(f"<https://example.org/{row['gene']}>")
        lines = [f"{word} {', '.join(sorted(genes))} ." for word, genes in sorted(by_word.items())]
        found += sum(len(line.split(" ")) for line in lines)
    return found


def main() -> None:
    begun = time.process_time()
    work()
    print(time.process_time() - begun)


if __name__ == "__main__":
    main()
