"""Fixtures of all tests, and the one policy for what a machine may lack.

What a test needs beyond Python (a tool, the real records) is skipped with a message when it is absent.
`KG_NO_SKIP=1` turns every such skip into a failure; `KG_NO_SKIP=tools` does so for tools alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

Need: TypeAlias = Callable[[object, str], None]

settings.register_profile("default", deadline=None, max_examples=50)
settings.register_profile(
    "ci",
    deadline=None,
    max_examples=200,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci" if os.environ.get("CI") else "default")


def require(condition: object, what: str, kind: str = "tools") -> None:
    """Go on when the condition holds; else skip the test with what is missing, or fail it (`KG_NO_SKIP`)."""
    if condition:
        return
    if os.environ.get("KG_NO_SKIP") in {"1", kind}:
        pytest.fail(f"needed here (KG_NO_SKIP): {what}", pytrace=False)
    pytest.skip(f"missing: {what}")


@pytest.fixture(scope="session")
def need() -> Need:
    """Return `need(condition, what)`: skip or fail when something that the test needs is absent."""
    return require


@pytest.fixture(scope="session")
def project_root() -> Path:
    """Return the top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of real records: `KG_CORPUS`, or the one that lies beside the checkout."""
    folder = Path(os.environ.get("KG_CORPUS") or ROOT / "../shared/corpus").resolve()
    require(
        folder.is_dir(), "the real records (../shared/corpus beside the checkout, or KG_CORPUS)", "corpus"
    )
    return folder


# Fixtures of servers; they stand here, because the policy above is theirs too.
pytest.register_assert_rewrite("servers", "serving")
from browsing import browser  # noqa: E402
from servers import oxigraph_server, start_oxigraph, start_virtuoso, virtuoso_server  # noqa: E402
from serving import serve, served  # noqa: E402

__all__ = [
    "browser",
    "oxigraph_server",
    "serve",
    "served",
    "start_oxigraph",
    "start_virtuoso",
    "virtuoso_server",
]
