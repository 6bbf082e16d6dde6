"""Mentions of genes in running text: the nodes that text linking adds to posts and captions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kg import vocabulary as v
from kg.graph import IRI, Description, Literal, describe
from kg.iris import digest, part_iri
from kg.mapping import entities
from kg.records.figure import Figure
from kg.records.post import Post
from kg.records.shared import Entity


class Passage(NamedTuple):
    """A text that is linked, and the node that it belongs to: a section, a post, or a figure."""

    whole: IRI
    text: str


class Link(NamedTuple):
    """Words of a passage that equal a term of a lexicon: its genes, and where the words start."""

    passage: Passage
    written: str
    term: str
    lexicon: str | None
    genes: tuple[Entity, ...]
    starts: tuple[int, ...]


def passages(record: Post | Figure, root: IRI) -> Iterator[Passage]:
    """Yield the texts of a record that can be linked; each is the start or the whole of a literal.

    Sections of a post have `schema:text`, its opening starts `schema:articleBody`, and the caption of a
    figure is its `schema:description`.
    """
    if isinstance(record, Figure):
        if record.caption:
            yield Passage(root, record.caption)
        return
    opening = _opening(record)
    if opening:
        yield Passage(root, opening)
    for section in record.sections:
        if section.text:
            yield Passage(part_iri(root, section.fragment), section.text)


def _opening(post: Post) -> str:
    """Return the text of a post before its first heading."""
    sections = "\n\n".join(
        part for section in post.sections for part in (section.title, section.text) if part
    )
    return post.body.removesuffix(sections).removesuffix("\n\n") if sections else post.body


def link_descriptions(links: Iterable[Link], root: IRI, *, selectors: bool = False) -> Iterator[Description]:
    """Describe the genes and lexicons of links, then the mentions.

    <post/2023-09-18-wnt#3f9a0c1d22> a kg:TextMention ; schema:isPartOf <post/2023-09-18-wnt#summary> ;
        schema:text "Akt" ; kg:matchedTerm "AKT" ; kg:lexicon kg:bioentities_symbol ;
        schema:about ncbigene:207, ncbigene:208, ncbigene:10000 ; kg:occurrences 2 ;
        kg:startOffset 41, 97 ; kg:endOffset 44, 100 .
    """
    links = list(links)
    genes = dict.fromkeys(gene for link in links for gene in link.genes)
    for organism in dict.fromkeys(gene.taxon for gene in genes if gene.taxon):
        yield entities.taxon(organism)
    yield from map(entities.entity, genes)
    for name in dict.fromkeys(link.lexicon for link in links):
        if name in v.LEXICONS:
            yield entities.lexicon(name)
    for link in links:
        mention = _iri(link, root)
        yield _mention(link, mention, selectors)
        if selectors:
            yield from _selectors(link, mention)


def _iri(link: Link, root: IRI) -> IRI:
    key = digest("text", link.passage.whole, link.written, link.term, link.lexicon or "")
    return part_iri(root, key)


def _mention(link: Link, mention: IRI, selectors: bool) -> Description:
    lexicon = link.lexicon
    if lexicon is not None and lexicon in v.LEXICONS:
        lexicon = v.kg(lexicon)
    genes = [entities.identifier_iri(gene.identifier) for gene in link.genes]
    times, length = len(link.starts), len(link.written)
    return describe(
        mention,
        (v.RDF_TYPE, (v.TEXT_MENTION, v.OA_ANNOTATION) if selectors else v.TEXT_MENTION),
        (v.IS_PART_OF, link.passage.whole),
        (v.TEXT, link.written),
        (v.MATCHED_TERM, link.term),
        (v.LEXICON, lexicon),
        (v.ABOUT, genes),
        (v.OCCURRENCES, _integer(times) if times > 1 else None),
        (v.START_OFFSET, [_integer(start) for start in link.starts]),
        (v.END_OFFSET, [_integer(start + length) for start in link.starts]),
        (v.OA_HAS_BODY, genes if selectors else None),
        (v.OA_HAS_TARGET, [_target(mention, start) for start in link.starts] if selectors else None),
    )


def _selectors(link: Link, mention: IRI) -> Iterator[Description]:
    """Describe each place as the Web Annotation model does: a part of a source, cut out by position."""
    for start in link.starts:
        target = _target(mention, start)
        selector = IRI(f"{target}-selector")
        yield describe(
            target,
            (v.RDF_TYPE, v.OA_SPECIFIC_RESOURCE),
            (v.OA_HAS_SOURCE, link.passage.whole),
            (v.OA_HAS_SELECTOR, selector),
        )
        yield describe(
            selector,
            (v.RDF_TYPE, v.OA_TEXT_POSITION_SELECTOR),
            (v.OA_START, _integer(start)),
            (v.OA_END, _integer(start + len(link.written))),
        )


def _target(mention: IRI, start: int) -> IRI:
    return IRI(f"{mention}-{start}")


def _integer(number: int) -> Literal:
    return Literal(str(number), v.XSD_INTEGER)
