"""Queries: read from files, their parameters set, run on a store, answers written.

The package itself holds nothing, so that listing queries loads no engine.
"""
