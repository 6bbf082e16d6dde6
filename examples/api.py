"""Use pathway records from Python: read them, take their triples, export them, ask questions of them.

Run as `python examples/api.py [SOURCE]`; without a source it takes the example records beside it.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

import kg

QUESTION = """
PREFIX schema: <https://schema.org/>
PREFIX kg: <https://w3id.org/pathway-kg/terms#>
SELECT ?symbol (COUNT(DISTINCT ?figure) AS ?figures) WHERE {
  ?figure a kg:Figure ; schema:mentions ?gene .
  ?gene a schema:Gene ; schema:name ?symbol .
} GROUP BY ?symbol ORDER BY DESC(?figures) ?symbol LIMIT 5
"""


def main(source: Path) -> None:
    """Show each function once."""
    kinds = Counter(found.kind for found in kg.read(source))
    print("records:", ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))

    predicates = Counter(predicate for _, predicate, _ in kg.triples(source))
    print("most used predicate:", predicates.most_common(1)[0][0])

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "kg.ttl"
        summary = kg.export([source], [target])
        print(
            f"exported {summary.triples} triples, {target.stat().st_size} bytes, exit {summary.exit_status}"
        )

    print("drawn most, by pyoxigraph:")
    for row in kg.to_pyoxigraph(source).query(QUESTION):
        print(f"  {row['symbol'].value}: {row['figures'].value}")

    print("drawn most, by rdflib:")
    for symbol, figures in kg.to_rdflib(source).query(QUESTION):
        print(f"  {symbol}: {figures}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "records")
