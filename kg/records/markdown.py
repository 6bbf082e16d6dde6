"""Markdown as plain text, block by block, by the CommonMark rules of markdown-it-py."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from markdown_it.token import Token


_INLINE = frozenset(
    ("a abbr b cite code del em font i ins kbd mark q s scp small span strike strong sub sup tt u").split()
)
"""The tags that stand inside a word; any other one parts words."""

_INLINE_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_INLINE))})\b|<!", re.IGNORECASE)
_LINK = re.compile(r"<a\b[^>]*>.*?</a\s*>", re.IGNORECASE | re.DOTALL)


class Block(NamedTuple):
    """A paragraph, list item, code block, row of a table or heading as plain text; `level` is a heading's."""

    text: str
    level: int | None = None


def blocks(text: str) -> Iterator[Block]:
    r"""Yield the blocks of a Markdown text.

    >>> list(blocks("# Wnt *signalling*\n\nSee [this](https://example.org)."))
    [Block(text='Wnt signalling', level=1), Block(text='See this.', level=None)]
    >>> [block.text for block in blocks("| gene | role |\n|---|---|\n| AKT1 | kinase |")]
    ['gene; role', 'AKT1; kinase']
    """
    from markdown_it import MarkdownIt

    level: int | None = None
    row: list[str] | None = None
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "heading_close":
            level = None
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            yield Block("; ".join(filter(None, row or ())))
            row = None
        elif token.type == "inline":
            text = _inline(token)
            if row is None:
                yield Block(text, level)
            else:
                row.append(text)
        elif token.type in ("fence", "code_block"):
            yield Block(token.content.strip("\n"))
        elif token.type == "html_block":
            yield Block(html_text(token.content))


def _inline(token: Token) -> str:
    parts = (_inline_part(child) for child in token.children or ())
    return " ".join("".join(parts).split())


def _inline_part(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " "
    if token.type == "image":
        return token.content
    if token.type == "html_inline":
        return "" if _INLINE_TAG.match(token.content) else " "
    return token.content


class _TextOnly(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in _INLINE:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INLINE:
            self.parts.append(" ")


def html_text(text: str) -> str:
    """Return the text of a piece of HTML, without tags and comments, blanks folded.

    >>> html_text("a <b>bold</b> &amp; <!-- not --> more")
    'a bold & more'
    """
    if "<" not in text and "&" not in text:
        return " ".join(text.split())
    parser = _TextOnly()
    parser.feed(text)
    parser.close()
    return " ".join("".join(parser.parts).split())


def plain_text(text: str) -> str:
    r"""Return a Markdown text (which may hold HTML) as plain text, a blank line between its blocks.

    >>> plain_text("Akt *signals*.\n\n<p>See<br/>[WP1](https://example.org).</p>")
    'Akt signals.\n\nSee [WP1](https://example.org).'
    """
    return "\n\n".join(block.text for block in blocks(text) if block.text)


def citation_text(html: str) -> str:
    """Return the text of a citation: without tags, and without the labels of the links behind it.

    >>> citation_text('Akt in <i>Mus</i>. <a href="https://example.org">PubMed</a>')
    'Akt in Mus.'
    """
    return html_text(_LINK.sub(" ", html))
