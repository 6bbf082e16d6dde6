"""The templates: valid, complete without scripts, the same bytes each time; what is shown stays text."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browsing import JUDGES
from site_views import PAYLOADS, PICTURE, address_of, every_view

from kg.site import charts
from kg.site.addresses import file_path
from kg.site.assets import static_files
from kg.site.build import Related
from kg.site.render import Renderer, content_policy, http_url, safe_json
from kg.site.search_index import Entry, encoded, normal, search_files, shard_name
from kg.site.settings import SiteSettings
from kg.site.views import AnyView, Bar, FigureView, Pager, Ref, Together

SETTINGS = SiteSettings(
    "https://example.org/kg/",
    contact="lab@example.org",
    publisher="A lab",
    edit_url="https://example.org/edit/{path}",
    source_url="https://example.org/source/{path}",
    query_url="https://example.org/sparql",
)
RELATED = Related(
    (("ttl", "text/turtle"), ("jsonld", "application/ld+json")), (("genes.tsv", "Genes as a table"),)
)
JSONLD = '{"@id": "https://example.org/x", "name": "a </script> & b"}'
VOID = frozenset("meta link img input br".split())


class Page(HTMLParser):
    """What a browser's parser would make of a page: its elements, their attributes, its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def shapes(self) -> set[tuple[str, tuple[str, ...]]]:
        return {(tag, tuple(sorted(attributes))) for tag, attributes in self.elements}

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(SETTINGS)


def rendered(renderer: Renderer, view: AnyView, jsonld: str = JSONLD) -> str:
    return renderer.html(view, address_of(view), jsonld, RELATED)


def views(text: str = "AKT2") -> list[AnyView]:
    return list(every_view(text))


@pytest.mark.parametrize("view", views(), ids=lambda view: str(view.kind))
def test_each_kind_of_page_is_whole(renderer: Renderer, view: AnyView) -> None:
    html = rendered(renderer, view)
    page = Page(html)
    assert html.startswith("<!DOCTYPE html>")
    assert not page.open, "elements stay open"
    names = [tag for tag, _ in page.elements]
    assert names.count("h1") == names.count("main") == 1
    assert html.partition("</head>")[0].count("<title>") == 1
    levels = [int(name[1]) for name in names if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert all(later - level <= 1 for level, later in pairwise(levels)), levels
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert any(attributes.get("class") == "sr skip" for attributes in page.all("a")), "no skip link"


@pytest.mark.parametrize("view", views(), ids=lambda view: str(view.kind))
def test_nothing_in_a_page_needs_an_exception_of_the_policy(renderer: Renderer, view: AnyView) -> None:
    html = rendered(renderer, view)
    page = Page(html)
    assert "<style" not in html
    for tag, attributes in page.elements:
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes), tag
    inline = [one for one in page.all("script") if "src" not in one]
    assert all(one["type"] == "application/ld+json" for one in inline)
    (policy,) = [one["content"] for one in page.all("meta") if one.get("http-equiv")]
    assert policy == content_policy()


@pytest.mark.parametrize("view", views(), ids=lambda view: str(view.kind))
def test_head_tells_machines_what_the_page_is(renderer: Renderer, view: AnyView) -> None:
    page, address = Page(rendered(renderer, view)), address_of(view)
    links = {str(one["rel"]): one for one in page.all("link")}
    if view.kind in ("notfound", "gone"):
        assert "canonical" not in links
        assert "cite-as" not in links
        return
    assert links["canonical"]["href"] == links["cite-as"]["href"]
    assert str(links["canonical"]["href"]).startswith(SETTINGS.url)
    assert links["license"]["href"] == "https://spdx.org/licenses/CC0-1.0"
    assert links["describedby"]["type"] == "application/ld+json"
    assert "https://schema.org/AboutPage" in [one["href"] for one in page.all("link") if one["rel"] == "type"]
    name = file_path(address, "ttl").rpartition("/")[2]
    alternates = [one for one in page.all("link") if one["rel"] == "alternate"]
    assert [one["type"] for one in alternates] == ["text/turtle", "application/ld+json"]
    assert str(alternates[0]["href"]).endswith(name)


@pytest.mark.parametrize("view", views(), ids=lambda view: str(view.kind))
def test_links_within_the_site_are_relative_and_safe(renderer: Renderer, view: AnyView) -> None:
    page = Page(rendered(renderer, view))
    for tag, attributes in page.elements:
        for name in ("href", "src", "action"):
            target = attributes.get(name)
            if target is None:
                continue
            scheme = urlsplit(target).scheme
            assert scheme in ("", "https", "http", "mailto"), (tag, target)
            assert not target.startswith("//")
            if not scheme:
                assert re.fullmatch(r"(?:\.\./)?[A-Za-z0-9._~=,/-]*(?:[?#].*)?", target), target


def test_each_table_has_a_caption_and_can_be_scrolled_by_keys(renderer: Renderer) -> None:
    for view in views():
        html = rendered(renderer, view)
        assert html.count("<table") == html.count("<caption>")
        for region in re.findall(r'<div class="scroll"[^>]*>', html):
            assert 'role="region"' in region
            assert 'tabindex="0"' in region
            assert 'aria-label="Table: ' in region


def test_page_is_complete_without_scripts(renderer: Renderer) -> None:
    figure = next(view for view in views() if isinstance(view, FigureView))
    view = replace(figure, caption="The whole caption, to its last word.", turtle="<a> <b> <c> .")
    texts = "".join(Page(rendered(renderer, view)).texts)
    for shown in (view.caption, "<a> <b> <c> .", "family name", "4 members", "Genes as a table"):
        assert shown in texts


def test_pages_are_the_same_each_time() -> None:
    one, other = Renderer(SETTINGS), Renderer(SETTINGS)
    for view in views():
        assert rendered(one, view) == rendered(other, view) == rendered(one, view)


def test_later_pages_of_an_entity_hold_figures_alone(renderer: Renderer) -> None:
    gene = next(view for view in views() if view.kind == "gene")
    html = rendered(renderer, replace(gene, pager=Pager(2, 3, 1200, 400)))
    assert 'id="h-figures"' in html
    assert 'id="h-with"' not in html
    assert ",3.html" in html
    assert 'rel="prev"' in html


def test_menu_leads_only_where_there_is_something() -> None:
    home = next(view for view in views() if view.kind == "about")
    html = rendered(Renderer(SETTINGS, kinds=("figure", "gene")), home)
    assert 'href="gene/index.html"' in html
    assert "disease/" not in html


def test_server_links_have_no_suffix_and_no_policy_in_the_page() -> None:
    renderer = Renderer(replace(SETTINGS, suffix=""), policy=False)
    page = Page(rendered(renderer, next(view for view in views() if view.kind == "gene")))
    targets = {str(one["href"]) for one in page.all("a")}
    assert {"../", "../figure/", "../search"} <= targets
    assert not any(target.endswith(".html") for target in targets)
    assert not [one for one in page.all("meta") if one.get("http-equiv")]


def test_page_not_found_links_by_the_address_of_the_site(renderer: Renderer) -> None:
    page = Page(rendered(renderer, next(view for view in views() if view.kind == "notfound")))
    styles = [one["href"] for one in page.all("link") if one["rel"] == "stylesheet"]
    assert styles == ["https://example.org/kg/static/style.css"]
    assert {"name": "robots", "content": "noindex"} in page.all("meta")


def test_picture_of_another_host_is_linked_and_not_shown(renderer: Renderer) -> None:
    for address in ("https://evil.example/x.png", "http://www.ncbi.nlm.nih.gov/x.png"):
        for view in every_view("AKT2", picture=address):
            page = Page(rendered(renderer, view))
            assert address not in {one["src"] for one in page.all("img")}
    figure = next(iter(every_view("AKT2", picture="https://pictures.example/x.png")))
    html = rendered(Renderer(SETTINGS, images=("https://pictures.example",)), figure)
    assert '<img src="https://pictures.example/x.png"' in html
    assert "img-src &#39;self&#39; https://pictures.example;" in html
    assert PICTURE in rendered(renderer, views()[0])


# Overriding


def test_templates_and_styles_of_the_user_go_first(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "static/style.css").write_text("body { color: red }", "utf-8")
    (tmp_path / "static/more.js").write_text("1;", "utf-8")
    (tmp_path / "figure.html").write_text(
        '{% extends "kg/figure.html" %}'
        "{% block footer %}<footer>Ours: {{ view.title }}</footer>{% endblock %}",
        "utf-8",
    )
    settings = replace(SETTINGS, templates=tmp_path)
    html = rendered(Renderer(settings), views("a < b")[0])
    assert "<footer>Ours: a &lt; b</footer>" in html
    assert "Words and what they name" in html
    files = dict(static_files(settings))
    assert files["static/style.css"] == b"body { color: red }"
    assert "static/more.js" in files
    assert "static/site.js" in files


def test_logo_of_the_site(tmp_path: Path) -> None:
    logo = tmp_path / "Our logo.PNG"
    logo.write_bytes(b"\x89PNG")
    settings = replace(SETTINGS, logo=logo)
    assert dict(static_files(settings))["static/logo.png"] == b"\x89PNG"
    assert '<img src="static/logo.png" alt=""' in rendered(Renderer(settings), views()[-3])


def test_files_are_small_and_ask_nobody_else() -> None:
    files = dict(static_files(SETTINGS))
    assert len(files["static/style.css"]) < 20_000
    assert len(files["static/site.js"]) < 15_000
    assert len(files["static/search.js"]) < 15_000
    for name in ("style.css", "site.js", "search.js"):
        text = files[f"static/{name}"].decode()
        assert not re.search(r"https?://(?!www\.w3\.org)", text.replace("https?:", "")), name
        assert "@import" not in text
    assert "url(placeholder.svg)" in files["static/style.css"].decode()


# What is shown stays text


@pytest.fixture(scope="module")
def known_shapes(renderer: Renderer) -> set[tuple[str, tuple[str, ...]]]:
    """Return each element with its attributes that the templates themselves can make."""
    pages = [
        rendered(renderer, view)
        for link in ("plain", "https://a.example/")
        for view in every_view("plain", link)
    ]
    pages += [rendered(renderer, view) for view in every_view("https://a.example/", picture="plain")]
    return {shape for page in pages for shape in Page(page).shapes()}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_becomes_markup(
    renderer: Renderer, known_shapes: set[tuple[str, tuple[str, ...]]], payload: str
) -> None:
    for view in every_view(payload, payload, payload):
        html = rendered(renderer, view, f'{{"name": "{payload}"}}')
        page = Page(html)
        assert not page.open
        assert page.shapes() <= known_shapes, page.shapes() - known_shapes
        assert len(page.all("script")) == 3
        for tag, attributes in page.elements:
            for name in ("href", "src", "action"):
                target = attributes.get(name) or ""
                assert urlsplit(target).scheme in ("", "http", "https", "mailto"), (tag, target)
                assert not target.startswith("//")
        if isinstance(view, FigureView):
            assert payload in page.texts, "the caption is not shown as it is"


def test_there_are_sixty_payloads() -> None:
    assert len(set(PAYLOADS)) >= 60


def test_data_block_cannot_be_left() -> None:
    told = safe_json('{"a": "</script><!--<script>&\u2028\u2029"}')
    assert not set("<>&\u2028\u2029") & set(told)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (
            "https://example.org/10.1002/(SICI)1097<1::AID>3.0",
            "https://example.org/10.1002/(SICI)1097%3C1::AID%3E3.0",
        ),
        ("https://example.org/æ?q=a b#c#d", "https://example.org/%C3%A6?q=a%20b#c%23d"),
        ("https://user@evil.example/", ""),
        ("https:///x", ""),
        ("ftp://example.org/", ""),
        ("javascript:alert(1)//https://example.org", ""),
        ("", ""),
    ],
)
def test_url_is_made_fit_or_left_out(text: str, url: str) -> None:
    assert http_url(text) == url


# Charts


def test_chart_has_a_name_and_says_what_it_shows() -> None:
    drawn = charts.columns([Bar("2019", 1), Bar("2022", 12)], "By <year>", "c")
    assert 'role="img" aria-labelledby="c-title c-desc"' in drawn
    assert '<title id="c-title">By &lt;year&gt;</title>' in drawn
    assert "13 in all, from 2019 to 2022; most in 2022: 12." in drawn
    assert drawn.count('class="bar"') == 4, "2020 and 2021 stand as zeros"


@pytest.mark.parametrize("bars", [[], [Bar("x", 0)], [Bar("1", 1), Bar("9999", 1)], [Bar("²", 3)]])
def test_odd_bars_are_drawn(bars: list[Bar]) -> None:
    assert charts.columns(bars, "t", "c").endswith("</svg>")


@pytest.mark.parametrize("count", [0, 1, 2, 12, 40])
def test_network_keeps_within_its_picture(count: int) -> None:
    others = [Together(Ref("gene", str(n), f"LONGSYMBOLNUMBER{n}"), 40 - n, 0.1) for n in range(count)]
    drawn = charts.network("A", others, [(0, 1, 2), (5, 99, 1)], "n")
    assert drawn.count('class="node"') == min(count, 12)
    places = [float(x) for x in re.findall(r' (?:cx|x)="([-\d.]+)"', drawn)]
    assert all(0 <= x <= 640 for x in places)
    assert drawn == charts.network("A", others, [(0, 1, 2), (5, 99, 1)], "n")


# The index of the search


def entries() -> list[Entry]:
    made = [
        Entry(
            "gene",
            str(n),
            f"gene/{n}",
            f"GEN{n}",
            "Homo sapiens",
            n % 7,
            (f"GEN{n}", str(n)),
            (f"alias {n}",),
        )
        for n in range(300)
    ]
    return [
        *made,
        Entry(
            "figure", "æ", "figure/=c3=a6", "Ærø's pathway", names=("æ",), words="Ærø's pathway of β-catenin"
        ),
    ]


def test_index_is_the_same_in_any_order() -> None:
    assert dict(search_files(entries(), limit=500)) == dict(search_files(reversed(entries()), limit=500))


def test_shards_are_small_and_hold_every_term() -> None:
    files = dict(search_files(entries(), limit=500))
    shards = {path: text for path, text in files.items() if "/t" in path}
    assert len(shards) > 20
    assert max(map(len, shards.values())) < 1500
    whole = b"".join(shards.values())
    for term in ("gen299", "alias12", "12", "alias", "catenin", "beta"):
        assert f'\n["{term}",'.encode() in whole
    assert all(text.isascii() and text.startswith(b"kgShard(") for text in files.values())


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("TNF-α", "tnf alpha"),
        ("Ångström", "angstrom"),
        ("ﬁgure Ⅷ", "figure viii"),
        ("  a--b ", "a b"),
        ("日本", "日本"),
    ],
)
def test_terms_compare_without_marks(text: str, same: str) -> None:
    assert normal(text) == same


def test_numbers_are_told_by_their_steps() -> None:
    assert encoded([5, 6, 1000]) == "FBif"
    assert [shard_name(prefix) for prefix in ("con", "日", "")] == ["t-con", "t-_65e5", "t"]


# Judged by others


def html_files(renderer: Renderer, folder: Path) -> Iterator[Path]:
    for number, text in enumerate(("AKT2", "a < b & \"c\" 'd' é")):
        for view in every_view(text):
            path = folder / f"{number}-{view.kind}.html"
            path.write_text(rendered(renderer, view), "utf-8")
            yield path


def test_every_kind_of_page_is_valid_html(renderer: Renderer, tmp_path: Path, need: object) -> None:
    jar = JUDGES / "node_modules/vnu-jar/build/dist/vnu.jar"
    assert callable(need)
    need(
        jar.is_file() and shutil.which("java"),
        f"vnu.jar (npm vnu-jar in {JUDGES}, or KG_NODE_JUDGES) and java",
    )
    files = list(html_files(renderer, tmp_path))
    told = subprocess.run(
        ["java", "-jar", jar, "--errors-only", "--stdout", "--format", "gnu", *files],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert told.stdout == ""
    assert told.returncode == 0
