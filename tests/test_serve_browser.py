"""The query page of `kg serve` in a real browser, with the outside network cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from browsing import AXE
from conftest import Need
from playwright.sync_api import Browser, Page, Route
from serving import RUNAWAY, Served, serving

EDITOR = Path(__file__).resolve().parent.parent / "kg/serve/static/yasgui/yasgui.min.js"


@pytest.fixture(scope="module")
def site() -> Iterator[Served]:
    with serving(None, "--demo", "--timeout", "20") as server:
        yield server


@pytest.fixture
def faults() -> list[str]:
    """Return what a page did that it should not: requests to others, errors, reports of the policy."""
    return []


@pytest.fixture
def page(browser: Browser, site: Served, faults: list[str]) -> Iterator[Page]:
    context = browser.new_context(base_url=site.url)
    opened = context.new_page()

    def only_ours(route: Route) -> None:
        if route.request.url.startswith(site.url):
            route.continue_()
        else:
            faults.append(f"asked {route.request.url}")
            route.abort()

    opened.route("**/*", only_ours)
    opened.on("pageerror", lambda error: faults.append(f"error {error}"))
    opened.on("console", lambda said: faults.append(f"said {said.text}") if said.type == "error" else None)
    yield opened
    context.close()


def has_editor(page: Page) -> None:
    page.wait_for_selector("html[data-editor=yasqe]")


def test_a_bundled_query_with_a_parameter_and_its_chart(page: Page, faults: list[str]) -> None:
    page.goto("queries/")
    page.get_by_role("link", name="Figures that draw a gene", exact=True).first.click()
    page.get_by_label("Gene symbol or NCBI Gene id").fill("AKT2")
    page.get_by_role("button", name="Run with these").click()
    page.wait_for_selector("#answer tbody tr")
    assert "p.gene=AKT2" in page.url
    assert re.search(r"[1-9]\d* rows in", page.inner_text("#answer"))
    page.goto("queries/figures-per-year?run=1")
    page.get_by_role("link", name="Chart", exact=True).click()
    page.wait_for_selector("#answer svg.chart")
    assert "view=chart" in page.url
    assert faults == []


def test_a_permalink_shows_the_same_answer(page: Page, faults: list[str]) -> None:
    page.goto("queries/genes-drawn-most?run=1")
    link = page.get_by_role("link", name="Link to this answer")
    rows = page.inner_text("#answer tbody")
    link.click()
    page.wait_for_selector("#answer tbody tr")
    assert page.inner_text("#answer tbody") == rows
    assert faults == []


def test_the_editor_edits_completes_and_runs(page: Page, faults: list[str], need: Need) -> None:
    need(EDITOR.is_file(), "the YASGUI editor (npm, when the package is built)")
    page.goto("sparql")
    has_editor(page)
    page.locator(".CodeMirror").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("SELECT ?s { ?s a ?class } ORDER BY ?s LIMIT 3")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#answer tbody tr")
    assert page.locator("#answer tbody tr").count() == 3
    page.locator(".CodeMirror").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("PREFIX sche")
    page.keyboard.press("Control+Space")
    page.wait_for_selector(".CodeMirror-hint")
    assert "https://schema.org/" in page.inner_text(".CodeMirror-hints")
    assert faults == []


def test_the_keyboard_leaves_the_editor(page: Page, need: Need) -> None:
    """WCAG 2.1.2, no keyboard trap."""
    need(EDITOR.is_file(), "the YASGUI editor (npm, when the package is built)")
    page.goto("sparql")
    has_editor(page)
    page.locator(".CodeMirror textarea").first.focus()
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Run":
            return
    pytest.fail("Tab does not reach the button behind the editor")


def test_a_long_query_can_be_stopped(page: Page, site: Served, faults: list[str]) -> None:
    page.goto("sparql")
    page.evaluate(
        """query => { const shown = document.querySelector('.CodeMirror');
        if (shown) shown.CodeMirror.setValue(query); document.getElementById('query').value = query; }""",
        RUNAWAY,
    )
    page.get_by_role("button", name="Run", exact=True).click()
    stop = page.get_by_role("button", name="Stop")
    stop.wait_for(state="visible")
    page.wait_for_timeout(300)
    stop.click()
    stop.wait_for(state="hidden")
    assert page.inner_text("#running") == "Stopped"
    assert site.query("ASK {}", "application/json").json["boolean"] is True
    assert faults == []


def test_an_error_is_told_where_it_was_asked(page: Page) -> None:
    page.goto("sparql?query=SELECT+broken")
    assert "not valid SPARQL" in page.inner_text("[role=alert]")


def test_all_of_it_works_without_a_script(browser: Browser, site: Served) -> None:
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("queries/genes-of-figure")
    page.get_by_label("Figure identifier, or its older alias").fill("PMC99000001__adp-2010-11-f1")
    page.get_by_role("button", name="Run with these").click()
    assert page.locator("#answer tbody tr").count() > 0
    page.locator("#query").fill("ASK {}")
    page.get_by_role("button", name="Run", exact=True).click()
    assert "Yes" in page.inner_text("#answer")
    page.get_by_label("Search for a gene").fill("AKT2")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="AKT2", exact=True).first.click()
    assert page.inner_text("h1") == "AKT2"
    context.close()


def test_the_plain_editor_stands_in_where_yasgui_is_not(page: Page, faults: list[str]) -> None:
    page.route("**/yasgui*", lambda route: route.abort())
    page.goto("sparql")
    page.locator("#query").fill("SELECT ?s { ?s a ?class } ORDER BY ?s LIMIT 2")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_selector("#answer tbody tr")
    assert page.locator("#answer tbody tr").count() == 2
    assert [fault for fault in faults if "ERR_FAILED" not in fault] == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing(
    browser: Browser, site: Served, need: Need, scheme: Literal["light", "dark"], width: int
) -> None:
    need(AXE.is_file(), "axe-core from npm (KG_NODE_JUDGES)")
    context = browser.new_context(
        base_url=site.url, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    tool = AXE.read_text("utf-8")
    paths = (
        "sparql",
        "sparql?query=SELECT+broken",
        "queries/figures-of-gene?gene=AKT2",
        "queries/cooccurrence-edges?run=1&view=network",
        "queries/figures-per-year?run=1&view=chart",
        "search?q=insulin",
        "ontology",
        "gene/208",
    )
    session = context.new_cdp_session(page)
    for path in paths:
        page.goto(path)
        page.wait_for_timeout(300)
        # The policy of the page lets no script in, so the tool comes in as a debugger would.
        session.send("Runtime.evaluate", {"expression": tool})
        run = "axe.run(document).then(r => JSON.stringify(r.violations.map(v => [v.id, v.nodes[0].html])))"
        answer = session.send(
            "Runtime.evaluate", {"expression": run, "awaitPromise": True, "returnByValue": True}
        )
        assert answer["result"]["value"] == "[]", path
    context.close()
