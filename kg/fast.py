"""Which short cuts are off: the switch by which the tests show that none changes a byte of the output.

Each short cut does what a slower, plainer way does too. The environment variable `KG_WITHOUT` names those
that are not taken, such as `KG_WITHOUT=yaml,rows,patterns`; it is meant for tests and for finding a fault,
and is read here only, once.
"""

from __future__ import annotations

import os

YAML = "yaml"
"""Front matter in the usual shape is read without a YAML parser (`kg.frontmatter.quick`)."""

ROWS = "rows"
"""What an annotation resolved to without a problem is known to the next one (`kg.records.annotations`).

In front matter it needs the columns of the quick reader, so there it needs that one too."""

PATTERNS = "patterns"
"""What the usual mentions say alike is written down once, not for each (`kg.graph.Pattern`)."""

ALL = frozenset({YAML, ROWS, PATTERNS})

OFF = frozenset(os.environ.get("KG_WITHOUT", "").split(",")) & ALL
"""The short cuts that are not taken."""
