"""Settings for Apache 2.4: `.htaccess`, and the same as a part of a virtual host."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.publish.hosts.accept import apache_lines
from kg.publish.hosts.common import HEADERS, LINKSET, SUFFIX, TYPES, Hosted, filled

_LANGUAGES = (
    ".ca .cs .cz .da .de .el .en .eo .es .et .fr .he .hr .it .ja .ko .ltz .nl .nn .no .po .pl .pt .pt-br .ru "
    ".sv .tr .zh-cn .zh-tw"
)
"""Extensions that the usual configuration takes for a language, and that may stand in a name."""

_FORMS = r"(?:\.(?:html|ttl|jsonld))?"


def apache(site: Hosted) -> Iterator[tuple[str, str]]:
    """Yield path and text of the files."""
    values = {
        "URL": site.url,
        "FOLDER": site.folder,
        "PATH": site.path,
        "PATH_RE": re.escape(site.path).replace(r"\-", "-"),
        "ACCEPT": "\n".join(apache_lines()),
        "GONE": "\n".join(f'RewriteRule "^{re.escape(page)}{_FORMS}$" - [G,L]' for page in site.gone),
        "DIRECT": f"^[^ ?]+ [^ ?]*(?:{SUFFIX}|/[.]well-known/void)[ ?]",
        "LANGUAGES": _LANGUAGES,
        "TYPES": "\n".join(_types()),
        "HEADERS": "\n".join(_headers(site)),
        "SIGNPOSTS": "\n".join(_signposts(site)),
        "PACKED": " ".join(name for name in (*TYPES, LINKSET) if _is_text(name)),
        "WELL_KNOWN": _well_known(site.path, site.url),
    }
    moved = "\n".join(
        f'RewriteRule "^{re.escape(page)}(?:\\.html)?$" "{site.url}{target}" [R=301,L]'
        for page, target in site.moved
    )
    yield (
        ".htaccess",
        filled("htaccess", {**values, "RULES": filled("apache-rules", {**values, "MOVED": moved})}),
    )
    by_map = (
        f'RewriteCond "${{kg_moved:$1}}" "^(.+)$"\nRewriteRule "^(.+?)(?:\\.html)?$" "{site.url}%1" [R=301,L]'
    )
    yield (
        "hosts/apache.conf",
        filled("apache.conf", {**values, "RULES": filled("apache-rules", {**values, "MOVED": by_map})}),
    )
    yield "hosts/apache-moved.txt", "".join(f"{page} {target}\n" for page, target in site.moved)


def _well_known(path: str, url: str) -> str:
    if path == "/":
        return ""
    return f'RedirectMatch 303 "^/\\.well-known/void$" "{url}.well-known/void"\n'


def _types() -> Iterator[str]:
    for media_type, extensions in TYPES.items():
        charset = "; charset=utf-8" if media_type.startswith("text/") else ""
        endings = "|".join(extensions)
        yield f'<FilesMatch "\\.(?:{endings})$">\nForceType "{media_type}{charset}"\n</FilesMatch>'
    yield f'<FilesMatch "\\.linkset\\.json$">\nForceType {LINKSET}\n</FilesMatch>'


def _is_text(media_type: str) -> bool:
    return media_type.startswith("text/") or media_type.endswith(("json", "xml", "triples", "bibtex"))


def _headers(site: Hosted) -> Iterator[str]:
    for name, value in HEADERS.items():
        yield f'Header always set {name} "{value}"'
    yield f'Header always set Content-Security-Policy "{site.policy}"'


def _signposts(site: Hosted) -> Iterator[str]:
    """Yield the lines that set the header Link, by what was asked for."""
    kinds = "|".join(site.kinds)
    page = rf"^[^ ?]+ {re.escape(site.path)}((?:{kinds})/(?!index\b)[^/, ?]+?)(?:\.(?:html|ttl|jsonld))?[ ?]"
    yield f'SetEnvIfExpr "%{{THE_REQUEST}} =~ m#{page}#" kg_page=$1'
    yield f"SetEnvIfExpr \"env('kg_page') =~ m#{SUFFIX}$#\" !kg_page"
    for kind, class_iri in site.kinds.items():
        yield f'SetEnvIf kg_page "^{kind}/" kg_type={class_iri}'
    self = f"{site.url}%{{kg_page}}e"
    links = [
        f'<{self}>; rel=\\"cite-as\\"',
        f'<{self}.ttl>; rel=\\"describedby\\"; type=\\"text/turtle\\"',
        f'<{self}.jsonld>; rel=\\"describedby\\"; type=\\"application/ld+json\\"',
        f'<{self}.linkset.json>; rel=\\"linkset\\"; type=\\"{LINKSET}\\"',
        '<%{kg_type}e>; rel=\\"type\\"',
        '<https://schema.org/AboutPage>; rel=\\"type\\"',
        f'<{site.licence}>; rel=\\"license\\"',
    ]
    about = "-n env('kg_page') && %{REQUEST_STATUS} < 300"
    html = "%{CONTENT_TYPE} =~ m#^text/html#"
    yield f'Header set Link "{", ".join(links)}" "expr={about} && {html}"'
    describes = f'<{self}>; rel=\\"describes\\"; type=\\"text/html\\"'
    yield f'Header set Link "{describes}" "expr={about} && ! ({html})"'
