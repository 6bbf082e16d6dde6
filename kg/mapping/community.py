"""The record graphs of authors and communities; pathways name both."""

from __future__ import annotations

from kg import vocabulary as v
from kg.graph import IRI, Description, RecordGraph, describe
from kg.identifiers import WIKIPATHWAYS
from kg.iris import encoded, encoded_path, part_iri, slug
from kg.mapping import entities
from kg.mapping.settings import Settings
from kg.records.author import Author, is_bot
from kg.records.community import Community, PathwayCollection


def author_iri(username: str, settings: Settings) -> IRI:
    """Return the IRI of an author."""
    return settings.minted(f"author/{encoded(username)}")


def community_iri(tag: str, settings: Settings) -> IRI:
    """Return the IRI of a community."""
    return settings.minted(f"community/{encoded(tag)}")


def described_author(username: str, settings: Settings) -> Description:
    """Describe an author as far as the username tells.

    <author/Khanspers> a schema:Person ; schema:identifier "Khanspers" .
    """
    kind = v.SOFTWARE_APPLICATION if is_bot(username) else v.PERSON
    return describe(author_iri(username, settings), (v.RDF_TYPE, kind), (v.IDENTIFIER, username), shared=True)


def author_graph(author: Author, settings: Settings) -> RecordGraph:
    """Return the graph of an author page.

    <author/Khanspers> a schema:Person ; schema:name "Kristina Hanspers" ;
        schema:sameAs <https://orcid.org/0000-0001-5410-599X> ; schema:affiliation "Gladstone Institutes" .
    """
    known = described_author(author.username, settings)
    described = describe(
        known.subject,
        *known.facts.items(),
        (v.NAME, author.name),
        (v.AFFILIATION, author.affiliation),
        (v.SAME_AS, map(entities.identifier_iri, author.same)),
        (v.SOURCE_IDENTIFIER, author.unlinked),
        shared=True,
    )
    return RecordGraph(described.subject, (described,))


def community_graph(community: Community, settings: Settings) -> RecordGraph:
    """Return the graph of a community page: the community, its collections, its editors.

    <community/AOP> a schema:Collection ; schema:name "Adverse Outcome Pathways" ;
        schema:hasPart <community/AOP#liver>, wikipathways:WP1 ; schema:editor <author/Fehrhart> .
    <community/AOP#liver> a schema:Collection ; schema:name "Liver" ; schema:hasPart wikipathways:WP1 .
    """
    root = community_iri(community.tag, settings)
    return RecordGraph(
        root,
        (
            _community(community, root, settings),
            *(_collection(found, root) for found in community.collections),
            *(described_author(name, settings) for name in community.editors),
        ),
    )


def _community(community: Community, root: IRI, settings: Settings) -> Description:
    site = settings.wikipathways
    return describe(
        root,
        (v.RDF_TYPE, v.COLLECTION),
        (v.IDENTIFIER, community.tag),
        (v.NAME, community.name),
        (v.DESCRIPTION, community.description),
        (v.ABSTRACT, community.abstract),
        (v.URL, IRI(f"{site}communities/{encoded(community.page)}.html") if community.page else None),
        (v.SAME_AS, [IRI(site.rstrip("/") + encoded_path(path)) for path in community.redirects]),
        (v.EDITOR, [author_iri(name, settings) for name in community.editors]),
        (v.CITATION, community.reference),
        (v.HAS_PART, [_collection_iri(found, root) for found in community.collections]),
        (v.HAS_PART, [iri for found in community.collections for iri in _pathways(found)]),
        shared=True,
    )


def _collection_iri(found: PathwayCollection, root: IRI) -> IRI:
    return part_iri(root, slug(found.name) if found.name else f"collection-{found.position}")


def _pathways(found: PathwayCollection) -> list[IRI]:
    return [WIKIPATHWAYS.iri_of(wpid) for wpid in found.wpids]


def _collection(found: PathwayCollection, root: IRI) -> Description:
    return describe(
        _collection_iri(found, root),
        (v.RDF_TYPE, v.COLLECTION),
        (v.NAME, found.name),
        (v.IS_PART_OF, root),
        (v.HAS_PART, _pathways(found)),
        (v.SOURCE_IDENTIFIER, found.unlinked),
        shared=True,
    )
