"""The record graph of a pathway."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg import vocabulary as v
from kg.graph import IRI, Description, RecordGraph, describe
from kg.identifiers import ISBN, KEGG_PATHWAY, PMC, WIKIPATHWAYS, Namespace
from kg.iris import encoded_path
from kg.mapping import entities, works
from kg.mapping.community import author_iri, community_iri, described_author
from kg.mapping.datanode import data_node, meaning_of
from kg.mapping.settings import Settings
from kg.records.pathway import Citing, Pathway, Reference

_HUMAN = "9606"
_REVISION = re.compile(r".*_r\d+", re.ASCII)


def pathway_graph(pathway: Pathway, settings: Settings) -> RecordGraph:
    """Return the graph of a pathway: record, communities, authors, works, entities, data nodes.

    wikipathways:WP554 a kg:Pathway, schema:Dataset ; schema:identifier "WP554" ; schema:version "r140186" ;
        schema:about taxonomy:9606, pw:PW:0000228 ; schema:mentions ncbigene:183 ;
        schema:author <author/Khanspers> ; schema:citation pubmed:15134803 .
    <pathway/WP554#0a1b2c3d4e> a kg:GeneMention ; schema:isPartOf wikipathways:WP554 ; schema:text "AGT" ;
        kg:dataNodeType "GeneProduct" ; schema:about ncbigene:183 .
    """
    root = WIKIPATHWAYS.iri_of(pathway.wpid)
    return RecordGraph(root, tuple(_descriptions(pathway, root, settings)))


def _descriptions(pathway: Pathway, root: IRI, settings: Settings) -> Iterator[Description]:
    human = any(organism.taxid == _HUMAN for organism in pathway.taxa)
    meanings = [meaning_of(node, human) for node in pathway.data_nodes]
    mentioned = dict.fromkeys(iri for meaning in meanings for iri in meaning.about)
    yield _record(pathway, root, list(mentioned), settings)
    for tag in pathway.communities:
        iri = community_iri(tag, settings)
        yield describe(iri, (v.RDF_TYPE, v.COLLECTION), (v.HAS_PART, root), shared=True)
    for username in pathway.authors:
        yield described_author(username, settings)
    for organism in pathway.taxa:
        yield entities.taxon(organism)
    for term in pathway.terms:
        yield entities.term(term)
    for reference in pathway.references:
        yield from _reference(reference)
    for citing in pathway.cited_in:
        yield from _citing(citing)
    for meaning in meanings:
        yield from meaning.descriptions
    page = settings.minted(f"pathway/{pathway.wpid}")
    for node, meaning in zip(pathway.data_nodes, meanings, strict=True):
        yield data_node(node, meaning, root, page)


def _record(pathway: Pathway, root: IRI, mentioned: list[IRI], settings: Settings) -> Description:
    same, versions = _redirects(pathway, settings)
    licence = works.licence(pathway.licence)
    return describe(
        root,
        (v.RDF_TYPE, (v.PATHWAY, v.DATASET)),
        (v.IDENTIFIER, pathway.wpid),
        (v.NAME, pathway.title),
        (v.DESCRIPTION, pathway.description),
        (v.VERSION, pathway.revision),
        (v.DATE_MODIFIED, works.typed(pathway.date, v.XSD_DATE)),
        (v.URL, IRI(f"{settings.wikipathways}pathways/{pathway.wpid}.html")),
        (v.SAME_AS, same),
        (v.DCTERMS_HAS_VERSION, versions),
        (v.LICENSE, licence),
        (v.CREATOR, works.creator(pathway.creator)),
        (v.AUTHOR, [author_iri(name, settings) for name in pathway.authors]),
        (v.IS_PART_OF, settings.minted("dataset/wikipathways")),
        (v.IS_PART_OF, [community_iri(tag, settings) for tag in pathway.communities]),
        (v.ABOUT, map(entities.taxon_iri, pathway.taxa)),
        (v.ABOUT, [entities.identifier_iri(term.identifier) for term in pathway.terms]),
        (v.MENTIONS, mentioned),
        (v.CITATION, [work for reference in pathway.references if (work := _cited(reference))]),
        (v.SUBJECT_OF, [work for citing in pathway.cited_in if (work := _citer(citing))]),
        (v.KEYWORDS, pathway.symbols),
        (v.DCTERMS_CONFORMS_TO, works.profile(pathway.title, pathway.description, pathway.symbols, licence)),
        (v.ORGANISM_NAME, pathway.organism_names),
        (v.SOURCE_IDENTIFIER, pathway.unlinked),
        (v.RDFS_SEE_ALSO, entities.identifier_iri(pathway.ndex) if pathway.ndex else None),
    )


def _redirects(pathway: Pathway, settings: Settings) -> tuple[list[IRI], list[IRI]]:
    """Return the other addresses of the pathway, and those of one of its versions."""
    same = [IRI(pathway.page)] if pathway.page else []
    versions: list[IRI] = []
    for path in pathway.redirects:
        iri = IRI(settings.wikipathways.rstrip("/") + encoded_path(path))
        (versions if _REVISION.fullmatch(path) else same).append(iri)
    return same, versions


def _cited(reference: Reference) -> IRI | str | None:
    """Return what stands for a cited work: its IRI, its address, or the citation alone."""
    if reference.identifier:
        return entities.identifier_iri(reference.identifier)
    return IRI(reference.address) if reference.address else reference.citation


def _reference(reference: Reference) -> Iterator[Description]:
    """Describe a cited work; a pathway that is cited has a record of its own to say what it is."""
    cited = _cited(reference)
    if type(cited) is not IRI:
        return
    namespace, local = reference.identifier or (None, "")
    known = namespace is not WIKIPATHWAYS
    described = describe(
        cited,
        (v.RDF_TYPE, _class_of(namespace) if known else None),
        (v.IDENTIFIER, namespace.curie_of(local) if namespace and known else None),
        (v.DCTERMS_CITATION, reference.citation),
        shared=True,
    )
    if described.facts:
        yield described


def _class_of(namespace: Namespace | None) -> IRI:
    if namespace is ISBN:
        return v.BOOK
    return v.CREATIVE_WORK if namespace in (None, KEGG_PATHWAY) else v.SCHOLARLY_ARTICLE


def _citer(citing: Citing) -> IRI | str | None:
    return entities.identifier_iri(citing.identifier) if citing.identifier else citing.title


def _citing(citing: Citing) -> Iterator[Description]:
    """Describe a work that cites the pathway.

    pmc:PMC9316482 a schema:ScholarlyArticle ; schema:identifier "pmc:PMC9316482" ; schema:name "…" .
    """
    if citing.identifier:
        namespace, local = citing.identifier
        yield describe(
            entities.identifier_iri(citing.identifier),
            (v.RDF_TYPE, v.SCHOLARLY_ARTICLE),
            (v.IDENTIFIER, namespace.curie_of(local)),
            (v.NAME, citing.title),
            (v.URL, IRI(f"{works.NCBI}/pmc/articles/{local}/") if namespace is PMC else None),
            shared=True,
        )
