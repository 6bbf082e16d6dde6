"""The record graphs of posts, organism pages and annotation term pages."""

from __future__ import annotations

from collections.abc import Iterator

from kg import vocabulary as v
from kg.graph import IRI, Description, Literal, RecordGraph, describe
from kg.iris import encoded, part_iri
from kg.mapping import entities
from kg.mapping.settings import Settings
from kg.records.pages import OrganismPage
from kg.records.post import Post, Section
from kg.records.shared import Term


def organism_graph(page: OrganismPage, settings: Settings) -> RecordGraph:
    """Return the graph of an organism page.

    taxonomy:46611 a schema:Taxon ; schema:name "Abies grandis" ; schema:identifier "taxonomy:46611" ;
        skos:exactMatch obo:NCBITaxon_46611 .
    """
    described = entities.taxon(page.organism, page.description)
    return RecordGraph(described.subject, (described,))


def term_graph(term: Term, settings: Settings) -> RecordGraph:
    """Return the graph of an annotation term page: a schema:DefinedTerm with its definition."""
    described = entities.term(term)
    return RecordGraph(described.subject, (described,))


def post_graph(post: Post, settings: Settings) -> RecordGraph:
    """Return the graph of a post and its sections.

    <post/2023-09-18-wnt> a schema:BlogPosting ; schema:headline "Wnt" ;
        schema:datePublished "2023-09-18"^^xsd:date ;
        schema:hasPart <post/2023-09-18-wnt#summary> .
    <post/2023-09-18-wnt#summary> a schema:WebPageElement ; schema:name "Summary" ; schema:position 1 .
    """
    root = IRI(f"{settings.posts or settings.base}post/{encoded(post.slug)}")
    return RecordGraph(root, (_post(post, root), *_sections(post, root)))


def _post(post: Post, root: IRI) -> Description:
    return describe(
        root,
        (v.RDF_TYPE, v.BLOG_POSTING),
        (v.HEADLINE, post.title),
        (v.NAME, post.title),
        (v.DESCRIPTION, post.description),
        (v.DATE_PUBLISHED, Literal(post.date, v.XSD_DATE) if post.date else None),
        (v.KEYWORDS, post.keywords),
        (v.WORD_COUNT, Literal(str(len(post.body.split())), v.XSD_INTEGER)),
        (v.ARTICLE_BODY, post.body or None),
        (v.HAS_PART, _parts(post, root, None)),
    )


def _parts(post: Post, root: IRI, parent: str | None) -> list[IRI]:
    return [_section_iri(root, section) for section in post.sections if section.parent == parent]


def _section_iri(root: IRI, section: Section) -> IRI:
    return part_iri(root, section.fragment)


def _sections(post: Post, root: IRI) -> Iterator[Description]:
    for section in post.sections:
        yield describe(
            _section_iri(root, section),
            (v.RDF_TYPE, v.WEB_PAGE_ELEMENT),
            (v.NAME, section.title or None),
            (v.POSITION, Literal(str(section.position), v.XSD_INTEGER)),
            (v.TEXT, section.text),
            (v.HAS_PART, _parts(post, root, section.fragment)),
        )
