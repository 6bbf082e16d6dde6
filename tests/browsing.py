"""The browser that judges pages: Debian's Chromium, driven by Playwright, and axe from npm."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Need
    from playwright.sync_api import Browser

CHROMIUM = Path(os.environ.get("KG_CHROMIUM", "/usr/bin/chromium"))
JUDGES = Path(os.environ.get("KG_NODE_JUDGES") or Path.home() / ".cache/pathway-kg-judges/node")
AXE = JUDGES / "node_modules/axe-core/axe.min.js"
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-background-networking --no-first-run --disable-component-update"
    " --disable-sync"
)


@pytest.fixture(scope="module")
def browser(need: Need) -> Iterator[Browser]:
    """Start a browser for the tests of a module."""
    need(CHROMIUM.is_file(), "Chromium (apt-get install chromium, or KG_CHROMIUM)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split())
        yield started
        started.close()
