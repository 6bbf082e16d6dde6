"""Settings for GitHub Pages, GitLab Pages, Netlify and w3id.org."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.publish.hosts.common import HEADERS, LINKSET, TYPES, Hosted, filled


def github(site: Hosted) -> Iterator[tuple[str, str]]:
    """Yield path and text of the files: GitHub Pages serves files, and has no settings."""
    # Without this file Jekyll runs over the site, and leaves out what starts with a dot or an underscore.
    yield ".nojekyll", ""
    yield "hosts/github-pages.yml", filled("github-pages.yml", {"URL": site.url, "FOLDER": site.folder})


def gitlab(site: Hosted) -> Iterator[tuple[str, str]]:
    """Yield path and text of the files."""
    yield "hosts/gitlab-ci.yml", filled("gitlab-ci.yml", {"URL": site.url, "FOLDER": site.folder})


def netlify(site: Hosted) -> Iterator[tuple[str, str]]:
    """Yield path and text of the files: `_redirects` (GitLab Pages reads it too) and `_headers`."""
    yield "_redirects", "".join(f"{line}\n" for line in _redirects(site))
    yield "_headers", "".join(f"{line}\n" for line in _headers(site))


def _redirects(site: Hosted) -> Iterator[str]:
    path = site.path
    yield f"# Netlify, GitLab Pages: one rule a line.   Made by kg publish for {site.url}"
    for page, target in site.moved:
        yield f"{path}{page} {path}{target} 301"
    for page in site.gone:
        yield f"{path}{page} {path}410.html 410"
    # Neither host documents 303; 302 is the nearest that both send.
    yield f"{path}id/* {path}:splat 302"
    if path != "/":
        yield f"/.well-known/void {path}.well-known/void 302"


def _headers(site: Hosted) -> Iterator[str]:
    path = site.path
    yield f"# Netlify: headers by path.   Made by kg publish for {site.url}"
    yield f"{path}*"
    for name, value in HEADERS.items():
        yield f"  {name}: {value}"
    yield f"  Content-Security-Policy: {site.policy}"
    yield f'  Link: <{site.licence}>; rel="license"'
    for media_type in (
        "text/turtle",
        "application/ld+json",
        "application/n-triples",
        "text/tab-separated-values",
    ):
        for extension in TYPES[media_type]:
            yield f"{path}*.{extension}"
            yield f"  Content-Type: {media_type}{'; charset=utf-8' if media_type.startswith('text/') else ''}"
    yield f"{path}*.linkset.json"
    yield f"  Content-Type: {LINKSET}"
    yield f"{path}.well-known/void"
    yield "  Content-Type: text/turtle; charset=utf-8"


def w3id(site: Hosted) -> Iterator[tuple[str, str]]:
    """Yield path and text of the files: a folder for https://github.com/perma-id/w3id.org."""
    values = {
        "URL": site.url,
        "NAME": site.w3id,
        "KINDS": "|".join(site.kinds),
        "CONTACT": site.contact or "(name of the one who looks after it)",
        "TITLE": re.sub(r"\s+", " ", site.title),
    }
    yield f"hosts/w3id/{site.w3id}/.htaccess", filled("w3id.htaccess", values)
    yield f"hosts/w3id/{site.w3id}/README.md", filled("w3id.md", values)
