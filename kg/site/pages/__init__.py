"""The views of pages: one module for each, all made of `kg.site.facts` alone."""

from __future__ import annotations
