"""Serve an Oxigraph store with rdflib-endpoint: `python serve_rdflib_endpoint.py FOLDER PORT`."""

from __future__ import annotations

import sys

import uvicorn
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint


def main() -> None:
    graph = Dataset(store="Oxigraph", default_union=True)
    graph.open(sys.argv[1])
    uvicorn.run(SparqlEndpoint(graph=graph), host="127.0.0.1", port=int(sys.argv[2]), log_level="error")


if __name__ == "__main__":
    main()
