"""The pages of a site: `kg publish` writes them to files, `kg serve` renders them on request."""

from __future__ import annotations
