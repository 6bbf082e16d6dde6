"""Views to HTML, by templates that a folder of the user can replace one by one.

    renderer = Renderer(settings, kinds=("figure", "gene"))
    renderer.html(view, Address("gene", "208"), jsonld, related)

Every text is escaped where a template shows it (Jinja2 with autoescape), every link to another site goes
through `http_url`, and nothing that a page shows can name a script, a style or a handler: the
Content-Security-Policy of `content_policy` stands in each page. Templates are compiled once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import quote, urlsplit

from markupsafe import Markup

from kg.site import charts
from kg.site.addresses import Address, href, link_path, page, url
from kg.site.assets import logo_name
from kg.site.kinds import KINDS, Kind
from kg.site.licences import licence_name, spdx_iri
from kg.site.settings import SiteSettings
from kg.site.views import (
    AnyView,
    EntityView,
    FigureView,
    HomeView,
    JournalView,
    Link,
    ListView,
    PaperView,
    PathwayView,
    PostView,
    QueriesView,
    QueryView,
    Ref,
    TextView,
)
from kg.vocabulary import KG, PREFIXES

if TYPE_CHECKING:
    import jinja2

    from kg.ontology_page import Ontology

TEMPLATES = Path(__file__).parent / "templates"
IMAGE_HOSTS: Sequence[str] = ("https://www.ncbi.nlm.nih.gov",)
"""Where the pictures of papers are."""

TEMPLATE_OF: Mapping[type, str] = MappingProxyType(
    {
        FigureView: "figure.html",
        PaperView: "paper.html",
        EntityView: "entity.html",
        PathwayView: "pathway.html",
        PostView: "post.html",
        JournalView: "journal.html",
        ListView: "list.html",
        HomeView: "home.html",
        QueryView: "query.html",
        QueriesView: "queries.html",
        TextView: "text.html",
    }
)
"""The template of each type of view; that of a kind of its own (`search.html`) goes before it."""

SCREENED = frozenset({"notfound", "gone"})
"""Pages that no search engine should list."""

_HTTP = re.compile(r"https?://[^\s/?#@\\]+(?:[/?#]\S*)?", re.IGNORECASE | re.ASCII)
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_JSON_ESCAPES = tuple((character, f"\\u{ord(character):04x}") for character in "<>&\u2028\u2029")


class Beside(Protocol):
    """What lies beside a page: `kg.site.build.Related`."""

    @property
    def forms(self) -> Sequence[tuple[str, str]]:
        """Return ending and media type of each form of the graph."""
        ...

    @property
    def downloads(self) -> Sequence[tuple[str, str]]:
        """Return ending and label of each download."""
        ...


class _Nothing(NamedTuple):
    forms: Sequence[tuple[str, str]] = ()
    downloads: Sequence[tuple[str, str]] = ()


class HeadLink(NamedTuple):
    """A link of the head of a page: `HeadLink("license", "https://creativecommons.org/…")`."""

    rel: str
    href: str
    type: str = ""


@lru_cache(maxsize=1 << 13)
def http_url(text: str | None) -> str:
    """Return an http(s) URL as it may stand in HTML, and nothing for any other text (WHATWG URL).

    >>> http_url("https://example.org/a b[1]%"), http_url("javascript:alert(1)"), http_url(None)
    ('https://example.org/a%20b%5B1%5D%25', '', '')
    """
    text = (text or "").strip()
    if not _HTTP.fullmatch(text.replace(" ", "")):
        return ""
    start, hash_sign, fragment = text.partition("#")
    fragment = fragment.replace("#", "%23")
    return quote(_BARE_PERCENT.sub("%25", start + hash_sign + fragment), safe=":/?#@!$&'()*+,;=%-._~")


def content_policy(images: Sequence[str] = IMAGE_HOSTS, *, forms: Sequence[str] = ()) -> str:
    """Return the Content-Security-Policy of a page (W3C CSP Level 3): all of its own, and the pictures.

    >>> content_policy(("https://img.example.org",))
    "default-src 'self'; img-src 'self' https://img.example.org; base-uri 'none'; object-src 'none'; ...
    """
    pictures, targets = " ".join(("'self'", *images)), " ".join(("'self'", *forms))
    return (
        f"default-src 'self'; img-src {pictures}; base-uri 'none'; object-src 'none'; form-action {targets}"
    )


def safe_json(text: str) -> str:
    r"""Return JSON as it may stand in a script element: no `<`, `>`, `&` or line separator (RFC 8259, HTML).

    >>> print(safe_json('{"a": "</script>"}'))
    {"a": "\u003c/script\u003e"}
    """
    for character, escaped in _JSON_ESCAPES:
        text = text.replace(character, escaped)
    return text


def thousands(number: int) -> str:
    """Return a number with a thin mark at each thousand.

    >>> thousands(12345)
    '12,345'
    """
    return f"{number:,}"


def outline(sections: Sequence[tuple[int, str, str]]) -> Iterator[tuple[int, str, str]]:
    """Yield the sections of a text with the levels of their headings: from 2 on, and none left out.

    >>> [level for level, _, _ in outline([(3, "a", ""), (6, "b", ""), (2, "c", "")])]
    [2, 3, 2]
    """
    last = 1
    for level, heading, text in sections:
        if heading:
            last = min(max(level, 2), last + 1, 6)
        yield last, heading, text


class Renderer:
    """Makes pages of views. It is made once, and renders any number of pages."""

    def __init__(
        self,
        settings: SiteSettings,
        *,
        kinds: Sequence[str] = tuple(KINDS),
        folders: Sequence[Path] = (),
        images: Sequence[str] = IMAGE_HOSTS,
        policy: bool = True,
    ) -> None:
        """Compile the templates.

        A template of the user's folder takes the place of ours of the same name, and can extend ours as
        `kg/<name>`.
        `kinds` are those that the site has lists of. `folders` have templates of the caller, which go before
        ours and after those of the user. Without `policy` no page holds the Content-Security-Policy: a server
        sends it as a header.
        """
        self.settings = settings
        self.policy = content_policy(images) if policy else ""
        self._images = tuple(f"{host.rstrip('/')}/" for host in images)
        self._environment = _environment(
            [*([settings.templates] if settings.templates else []), *folders, TEMPLATES]
        )
        self._environment.globals |= self._globals()
        self._environment.filters["picture"] = self._picture
        self._menu: list[Kind] = []
        self.show(kinds)
        self._templates = {name: self._environment.get_template(name) for name in self._known()}

    def show(self, kinds: Iterable[str]) -> None:
        """Set the kinds that have lists, which the menu leads to: a site knows them when it is made."""
        self._menu[:] = [KINDS[kind] for kind in kinds]

    def _known(self) -> Iterator[str]:
        return (name for name in self._environment.list_templates(["html"]) if "/" not in name)

    def _picture(self, address: str | None) -> str:
        """Return the URL of a picture that the policy lets a page show, and nothing for any other."""
        found = http_url(address)
        return found if found.startswith(self._images) else ""

    def _globals(self) -> Mapping[str, object]:
        settings = self.settings
        return {
            "site": settings,
            "contact": _contact(settings.contact),
            "licence": http_url(settings.licence),
            "logo": f"static/{logo_name(settings.logo)}" if settings.logo else "static/favicon.svg",
            "kinds": KINDS,
            "policy": self.policy,
            "licence_name": licence_name(settings.licence),
            "form_names": _FORM_NAMES,
            "source_link": _source_link,
            "dump_link": _dump_link,
            "columns": charts.columns,
            "share": charts.share,
            "network": charts.network,
            "Address": Address,
            "namespace": KG,
            "evidence_names": _EVIDENCE,
            "evidence_rank": {name: rank for rank, name in enumerate(_EVIDENCE)},
        }

    def html(
        self,
        view: AnyView,
        address: Address,
        jsonld: str = "",
        related: Beside | None = None,
        *,
        head_links: Sequence[HeadLink] = (),
        **more: object,
    ) -> str:
        """Return the page of a view.

        `jsonld` stands in the page as its data; `related` names the files beside the page; `head_links` come
        behind those that the view itself tells of; `more` goes to the template as it is.
        """
        name = f"{address.kind}.html"
        template = name if name in self._templates else TEMPLATE_OF[type(view)]
        if address.kind == "ontology":
            more.setdefault("ontology", _ontology())
        return self.render(
            template,
            address,
            view=view,
            jsonld=Markup(safe_json(jsonld)),  # noqa: S704  (`safe_json` leaves nothing that ends the element)
            related=related or _Nothing(),
            head_links=[*self._signposts(view, address), *head_links],
            **more,
        )

    def render(self, template: str, address: Address, **values: object) -> str:
        """Return a template filled with values, and with the links of an address."""
        suffix = self.settings.suffix
        root = href(address, "static", suffix, self.settings.url).removesuffix("static")
        return self._templates[template].render(
            address=address,
            menu=self._menu,
            root=root,
            canonical="" if address.kind in SCREENED else url(self.settings.url, address),
            to=_linker(root, suffix),
            page_at=_pages(root, suffix, address),
            beside=root + page(address),
            **values,
        )

    def _signposts(self, view: AnyView, address: Address) -> Iterator[HeadLink]:
        """Yield the links of FAIR Signposting level 1, for hosts that cannot send them as headers."""
        if address.kind in SCREENED:
            return
        yield HeadLink("cite-as", url(self.settings.url, address))
        yield HeadLink("type", "https://schema.org/AboutPage")
        for name in view.types:
            if iri := _expanded(name):
                yield HeadLink("type", iri)
        if licence := http_url(self.settings.licence):
            yield HeadLink("license", spdx_iri(licence))


_FORM_NAMES: Mapping[str, str] = MappingProxyType({"ttl": "Turtle", "jsonld": "JSON-LD", "nt": "N-Triples"})
_EVIDENCE: Mapping[str, str] = MappingProxyType(
    {
        "symbol": "symbol",
        "alias": "alias",
        "previous": "previous symbol",
        "family": "family name",
        "other": "other name",
    }
)
"""What each kind of evidence is called, strongest first."""


def _environment(folders: Sequence[Path]) -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader(
            [
                *map(jinja2.FileSystemLoader, folders),
                jinja2.PrefixLoader({"kg": jinja2.FileSystemLoader(TEMPLATES)}),
            ]
        ),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    environment.filters |= {"http": http_url, "thousands": thousands, "outline": outline, "curie": curie}
    environment.tests |= {"ref": _is_ref, "link": _is_link}
    return environment


def _is_ref(value: object) -> bool:
    return isinstance(value, Ref)


def _is_link(value: object) -> bool:
    return isinstance(value, Link)


def _linker(root: str, suffix: str) -> Callable[..., str]:
    def to(kind: str, key: str = "", number: int = 1) -> str:
        return root + link_path(Address(kind, key, number), suffix) or "./"

    return to


def _pages(root: str, suffix: str, address: Address) -> Callable[[int], str]:
    def page_at(number: int) -> str:
        return root + link_path(address._replace(number=number), suffix) or "./"

    return page_at


def _ontology() -> Ontology:
    from kg.ontology_page import read_ontology

    return read_ontology()


def curie(iri: str) -> str:
    """Return an IRI as people write it, where a prefix is known.

    >>> curie("https://schema.org/Gene"), curie("https://example.org/x")
    ('schema:Gene', 'https://example.org/x')
    """
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def _expanded(name: str) -> str:
    """Return the IRI of a CURIE of ours (`schema:Gene`), or of nothing."""
    prefix, colon, local = name.partition(":")
    return http_url(PREFIXES[prefix] + local) if colon and prefix in PREFIXES else ""


def _source_link(template: str, path: str) -> str:
    """Return the address of a source record, by a template with `{path}`."""
    return http_url(template.replace("{path}", quote(path)))


def _dump_link(address: str, root: str) -> str:
    """Return the link to a dump: an address of its own, or a path from the top of the site."""
    return http_url(address) or root + quote(address.lstrip("/"), safe="/,~=-._")


def _contact(text: str | None) -> Link | None:
    """Return the contact as a link: an e-mail address or an http(s) address."""
    if not text:
        return None
    if address := http_url(text):
        return Link(urlsplit(address).hostname or address, address)
    plain = text.removeprefix("mailto:")
    return Link(plain, f"mailto:{quote(plain, safe='@.+-_')}" if "@" in plain else "")
