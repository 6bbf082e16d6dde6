"""The site in a browser, opened from the file system with the network cut off."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import AXE, JUDGES
from conftest import Need
from site_views import PAYLOADS, address_of, every_view

from kg import resources
from kg.bridges import pyoxigraph_store
from kg.pipeline import Run
from kg.site.addresses import Address, file_path
from kg.site.assets import static_files
from kg.site.build import Site
from kg.site.render import Renderer
from kg.site.search_entries import entries
from kg.site.search_index import Entry, search_files
from kg.site.settings import SiteSettings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Dialog, Locator, Page, Route

SETTINGS = SiteSettings("https://example.org/kg/", contact="lab@example.org")
FIGURE = Address("figure", "PMC99000004__adp-20-31-gr5")
LOOKED_AT = (
    Address("home"),
    Address("list", "gene"),
    FIGURE,
    Address("paper", "PMC99000004"),
    Address("gene", "208"),
    Address("organism", "9606"),
    Address("pathway", "WP428"),
    Address("queries"),
    Address("query", "figures-of-gene"),
    Address("search"),
    Address("ontology"),
    Address("about"),
)
_COUNTER = """
window.told = [];
document.addEventListener("securitypolicyviolation", (event) => {
  told.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site of our example records."""
    folder = tmp_path_factory.mktemp("site")
    renderer = Renderer(SETTINGS)
    store = pyoxigraph_store(Run([resources.examples()]).triples())
    made = Site(store, SETTINGS, renderer=renderer, run_queries=False)
    for address in made.addresses():
        html = made.html(address)
        assert html is not None
        _write(folder, file_path(address), html.encode())
        for ending, content in made.downloads(address).items():
            _write(folder, file_path(address, ending), content)
    for path, content in (*static_files(SETTINGS), *search_files(entries(made.facts), limit=2000)):
        _write(folder, path, content)
    return folder


def _write(folder: Path, path: str, content: bytes) -> None:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


class Watched:
    """A context without a network that keeps what was asked of it and what a page complained about."""

    def __init__(self, browser: Browser, **options: object) -> None:
        self.asked: list[str] = []
        self.problems: list[str] = []
        self.context: BrowserContext = browser.new_context(**options)  # type: ignore[arg-type]
        self.context.route(lambda url: not url.startswith(("file:", "http://127.0.0.1:")), self._cut)
        self.context.add_init_script(_COUNTER)

    def _cut(self, route: Route) -> None:
        self.asked.append(route.request.url)
        route.abort()

    def page(self) -> Page:
        page = self.context.new_page()
        page.on("dialog", self._dialog)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        return page

    def _dialog(self, dialog: Dialog) -> None:
        self.problems.append(f"dialog {dialog.message}")
        dialog.dismiss()


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    made = Watched(browser)
    yield made
    made.context.close()
    assert made.problems == []


def _open(page: Page, site: Path, address: Address) -> None:
    page.goto((site / file_path(address)).as_uri())


def _wait_for_text(locator: Locator, pattern: str) -> None:
    from playwright.sync_api import expect

    expect(locator).to_have_text(re.compile(pattern))


def _results(page: Page, site: Path, words: str) -> list[str]:
    """Return the addresses of the results, in their order."""
    _open(page, site, Address("search"))
    page.fill("#q", words)
    _wait_for_text(page.locator("#found"), "result|Nothing")
    found = page.eval_on_selector_all("#results a", "links => links.map(link => link.getAttribute('href'))")
    return [str(href).removesuffix(".html") for href in found]


@pytest.fixture
def host(site: Path) -> Iterator[str]:
    """Return the address of a host that serves the site: from the file system a browser shows a download."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (as it is in the base class)
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_way_from_a_gene_to_a_figure_its_genes_and_its_paper(host: str, watched: Watched) -> None:
    page = watched.page()
    page.goto(host)
    page.fill("#q", "akt2")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#q", "aria-activedescendant") == "suggestion-0"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/gene/208.html")
    page.click("text=Leptin and IL-6 use one road")
    assert page.url.endswith(f"/{file_path(FIGURE)}")
    with page.expect_download() as download:
        page.click("a[download]")
    genes = download.value.path().read_text("utf-8").split()
    assert {"AKT2", "LEP", "STAT3"} <= set(genes)
    with page.expect_request("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC99000004/"):
        page.click(".cite a >> text=PMC99000004")


def test_only_the_picture_of_the_paper_is_asked_for(site: Path, watched: Watched) -> None:
    page = watched.page()
    for address in LOOKED_AT:
        _open(page, site, address)
        page.wait_for_load_state()
        assert page.evaluate("told") == []
    assert watched.asked
    assert all(url.startswith("https://www.ncbi.nlm.nih.gov/pmc/articles/") for url in watched.asked)


def test_lost_picture_has_a_placeholder_and_says_so(site: Path, watched: Watched) -> None:
    page = watched.page()
    _open(page, site, FIGURE)
    page.wait_for_selector(".picture img.lost")
    assert page.eval_on_selector(".picture img", "image => image.naturalWidth") > 0
    assert "could not be loaded" in str(page.get_attribute(".picture img", "alt"))
    assert page.is_visible("text=the paper at PMC")


def test_page_is_readable_without_scripts(site: Path, browser: Browser) -> None:
    watched = Watched(browser, java_script_enabled=False)
    page = watched.page()
    _open(page, site, FIGURE)
    assert page.is_visible("text=Both reach STAT3 by JAK2")
    assert page.is_visible("table >> text=TNF-alpha")
    assert page.locator("button.copy").count() == 0
    page.click("text=BibTeX")
    assert page.is_visible("text=@article")
    _open(page, site, Address("search"))
    assert page.is_visible("noscript p")
    watched.context.close()


def test_page_of_a_gene_asks_about_that_gene(site: Path, watched: Watched) -> None:
    page = watched.page()
    _open(page, site, Address("gene", "208"))
    page.click("text=Figures that draw a gene")
    assert file_path(Address("query", "figures-of-gene")) in page.url
    assert 'VALUES ?geneTerm { "ncbigene:208" }' in str(page.text_content("pre code"))
    assert page.text_content("[data-set=gene]") == "ncbigene:208"
    page.goto(page.url.partition("?")[0])
    assert 'VALUES ?geneTerm { "AKT1" }' in str(page.text_content("pre code"))


def test_value_of_an_address_stays_a_string_of_the_query(site: Path, watched: Watched) -> None:
    page = watched.page()
    target = (site / file_path(Address("query", "figures-of-gene"))).as_uri()
    page.goto(f"{target}?other=1&gene=%22%20%7D%20%3Cimg%20src=x%20onerror=alert(1)%3E%0A%5C&gene=B")
    shown = str(page.text_content("pre code"))
    assert r'VALUES ?geneTerm { "\" } <img src=x onerror=alert(1)>\n\\" "B" }' in shown
    assert page.locator("pre img").count() == 0


def test_copies_ids_and_citation(site: Path, browser: Browser) -> None:
    watched = Watched(browser, permissions=["clipboard-read", "clipboard-write"])
    page = watched.page()
    _open(page, site, FIGURE)
    page.click("text=Copy ids")
    page.wait_for_selector("text=Copied")
    assert "208" in str(page.evaluate("navigator.clipboard.readText()")).split()
    page.click("text=BibTeX")
    page.click("text=Copy BibTeX")
    page.wait_for_selector("text=Copied")
    assert str(page.evaluate("navigator.clipboard.readText()")).startswith("@article")
    watched.context.close()


def test_tables_sort_by_each_column(site: Path, watched: Watched) -> None:
    page = watched.page()
    _open(page, site, Address("gene", "208"))
    table = page.locator("table.sortable").first
    table.locator("button", has_text="Year").click()
    years = table.locator("tbody td:nth-child(3)").all_inner_texts()
    assert years == sorted(years, reverse=True)
    assert table.locator("th[aria-sort=descending]").count() == 1
    table.locator("button", has_text="Year").click()
    assert table.locator("tbody td:nth-child(3)").all_inner_texts() == sorted(years)
    table.locator("button", has_text="Named by").click()
    assert table.locator("tbody td:nth-child(5)").first.inner_text() == "symbol"


def test_keyboard_reaches_the_content_first(site: Path, watched: Watched) -> None:
    page = watched.page()
    _open(page, site, FIGURE)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.locator(".skip").bounding_box() is not None
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_phone_scrolls_tables_and_not_pages(site: Path, browser: Browser) -> None:
    watched = Watched(browser, viewport={"width": 360, "height": 740})
    page = watched.page()
    for address in LOOKED_AT:
        _open(page, site, address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
    watched.context.close()


# Search


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("AKT2", "gene/208"),
        ("akt2", "gene/208"),
        ("208", "gene/208"),
        ("ncbigene:208", "gene/208"),
        ("https://identifiers.org/ncbigene/208", "gene/208"),
        ("PMC99000004", "paper/PMC99000004"),
        ("PMC99000004__adp-20-31-gr5", "figure/PMC99000004__adp-20-31-gr5"),
        ("wp428", "pathway/WP428"),
        ("leptin and IL-6 use one road", "figure/PMC99000004__adp-20-31-gr5"),
        ("Homo sapiens", "organism/9606"),
        ("9606", "organism/9606"),
        ("road leptin", "figure/PMC99000004__adp-20-31-gr5"),
        ("metformin", "chemical/mesh~D008687"),
    ],
)
def test_search_finds_first(site: Path, watched: Watched, words: str, first: str) -> None:
    assert _results(watched.page(), site, words)[0] == first


def test_search_of_nothing_says_so(site: Path, watched: Watched) -> None:
    page = watched.page()
    assert _results(page, site, "xyzzy") == []
    assert "Nothing has this name" in page.inner_text("#found")


def test_search_form_of_any_page_leads_to_the_results(site: Path, watched: Watched) -> None:
    page = watched.page()
    _open(page, site, FIGURE)
    page.fill("#q", "akt2")
    page.click(".search button")
    page.wait_for_selector("#results a")
    assert page.url.endswith("/search.html?q=akt2")
    assert page.input_value("#q") == "akt2"


@pytest.fixture(scope="module")
def large(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the search page over an index whose shards are split many times."""
    folder = tmp_path_factory.mktemp("large")
    made = [
        Entry(
            "gene",
            str(n),
            f"gene/{n}",
            f"GEN{n}",
            "Homo sapiens",
            n % 900,
            (f"GEN{n}", str(n)),
            (f"old {n}",),
        )
        for n in range(3000)
    ]
    made += [
        Entry("gene", "tnf", "gene/tnf", "TNF", "Homo sapiens", 7, ("TNF",), ("TNF-α", "cachectin")),
        Entry("gene", "tnf2", "gene/tnf2", "Tnf", "Mus musculus", 3, ("Tnf",), ("TNF-alpha",)),
        Entry("figure", "æ", "figure/=c3=a6", "Ærø and 日本", "2020", 1, ("æ",), words="Ærø and 日本"),
        Entry("figure", "x", "figure/x", "GEN7 in <b>bold</b>", "2020", 1, words="GEN7 in <b>bold</b>"),
    ]
    _write(folder, "search.html", (site / "search.html").read_bytes())
    for path, content in (*static_files(SETTINGS), *search_files(made, limit=1500)):
        _write(folder, path, content)
    return folder


@pytest.mark.parametrize(
    ("words", "results"),
    [
        ("gen2999", ["gene/2999"]),
        ("old2998", ["gene/2998"]),
        ("old 17", ["gene/17"]),
        ("tnf alpha", ["gene/tnf", "gene/tnf2"]),
        ("TNF-α", ["gene/tnf", "gene/tnf2"]),
        ("TNFα", ["gene/tnf", "gene/tnf2"]),
        ("tnf", ["gene/tnf", "gene/tnf2"]),
        ("cachec", ["gene/tnf"]),
        ("ærø", ["figure/=c3=a6"]),
        ("日本", ["figure/=c3=a6"]),
        ("bold gen7", ["figure/x"]),
        ("gen7 <b>bold", ["figure/x"]),
        ("gen7", ["gene/7", "gene/799"]),
        ("gen", ["gene/1799", "gene/2699"]),
        ("constructor", []),
        ("!!!", []),
    ],
)
def test_search_over_split_shards(large: Path, watched: Watched, words: str, results: list[str]) -> None:
    page = watched.page()
    assert _results(page, large, words)[: max(2, len(results))][: len(results) or None] == results
    assert page.locator("#results b").count() == 0


def test_more_results_follow_on_demand(large: Path, watched: Watched) -> None:
    page = watched.page()
    assert len(_results(page, large, "gen1")) == 20
    page.click("text=Show more")
    page.wait_for_selector("#results li:nth-child(21)")
    assert page.evaluate("document.activeElement.closest('li').parentElement.id") == "results"


# What is shown stays text


def _hostile(site: Path, folder: Path, texts: list[str]) -> Iterator[Path]:
    renderer = Renderer(SiteSettings(f"{folder.as_uri()}/"))
    for path, content in static_files(SETTINGS):
        _write(folder, path, content)
    for number, text in enumerate(texts):
        for view in every_view(text, text, text):
            address = address_of(view)
            html = renderer.html(view, address, f'{{"@context": {{}}, "name": "{text}"}}')
            name = (
                f"x/{number}-{view.kind}.html" if "/" in file_path(address) else f"{number}-{view.kind}.html"
            )
            _write(folder, name, html.encode("utf-8", "surrogatepass"))
            yield folder / name


def _open_all(files: Iterator[Path], browser: Browser) -> int:
    watched, count = Watched(browser), 0
    page = watched.page()
    for path in files:
        page.goto(path.as_uri(), wait_until="load")
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        assert page.evaluate("told") == [], path.name
        count += 1
    watched.context.close()
    assert watched.problems == []
    assert not [url for url in watched.asked if "evil" in url]
    return count


def test_no_payload_runs(site: Path, tmp_path: Path, browser: Browser) -> None:
    files = _hostile(site, tmp_path, [" ".join(PAYLOADS), *PAYLOADS[:1]])
    assert _open_all(files, browser) > 30


@pytest.mark.soak
def test_no_payload_runs_on_its_own(site: Path, tmp_path: Path, browser: Browser) -> None:
    assert _open_all(_hostile(site, tmp_path, list(PAYLOADS)), browser) > 1000


# Judged by others


@pytest.mark.parametrize(
    ("width", "scheme", "rules"),
    [
        (1280, "light", None),
        (360, "dark", None),
        (1280, "dark", ["color-contrast"]),
        (360, "light", ["scrollable-region-focusable", "target-size"]),
    ],
)
def test_accessible(
    site: Path, browser: Browser, need: Need, width: int, scheme: str, rules: list[str] | None
) -> None:
    need(AXE.is_file(), f"axe-core (npm, in {JUDGES}, or KG_NODE_JUDGES)")
    watched = Watched(browser, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page = watched.page()
    for address in LOOKED_AT:
        _open(page, site, address)
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate(
            "rules => axe.run(document, {resultTypes: ['violations'], ...(rules && {runOnly: rules})})", rules
        )
        assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == [], address
    watched.context.close()
