"""Which short cuts are off: the switch by which the tests show that none changes a byte of the output.

Each short cut does what a slower, plainer way does too. The environment variable `KG_WITHOUT` names those
that are not taken, such as `KG_WITHOUT=yaml,rows`; it is meant for tests and for finding a fault, and is read
here only, once.
"""

from __future__ import annotations

import os

YAML = "yaml"
"""Front matter in the usual shape is read without a YAML parser (`kg.frontmatter.quick`)."""

ROWS = "rows"
"""An annotation that was read before without a problem is not read again (`kg.records.annotations`).

In front matter it is known by what the quick reader keeps of rows, so there it needs that one too."""

ALL = frozenset({YAML, ROWS})

OFF = frozenset(os.environ.get("KG_WITHOUT", "").split(",")) & ALL
"""The short cuts that are not taken."""
