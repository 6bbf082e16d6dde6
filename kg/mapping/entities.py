"""Descriptions of shared entities: genes, substances, taxa, terms, journals, lexicons.

They depend on the entity alone, never on the record that names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from kg import vocabulary as v
from kg.graph import IRI, Description, Literal, Object, Said, describe, described
from kg.identifiers import MESH, TAXONOMY, ontology_iri
from kg.iris import slug
from kg.mapping.settings import Settings
from kg.organisms import Organism
from kg.recent import Recent
from kg.records.figure import Journal
from kg.records.shared import Entity, Identifier, Term


def identifier_iri(identifier: Identifier) -> IRI:
    """Return the IRI of a checked identifier."""
    return identifier.namespace.iri_of(identifier.local)


def taxon_iri(organism: Organism) -> IRI:
    """Return the IRI of a taxon."""
    return identifier_iri(Identifier(TAXONOMY, organism.taxid))


class _Facts:
    """Makes what is said of an entity."""

    __slots__ = ("of",)

    def __init__(self, of: Entity) -> None:
        self.of = of

    def __call__(self) -> Said:
        return _facts(self.of)


_described = Recent[int, Description](most=1 << 13)
"""Descriptions of entities by the identity of their objects: records hold one object for many mentions."""


def entity(found: Entity) -> Description:
    """Describe a gene, chemical or disease.

    ncbigene:6517 a schema:Gene ; schema:name "SLC2A4" ; schema:identifier "ncbigene:6517" ;
        schema:taxonomicRange taxonomy:9606 .
    """
    known = _described.values.get(id(found)) or _described.get(id(found))
    if known is not None and known.said.of is found:  # type: ignore[union-attr]  # `_entity` made it
        return known
    description = _entity(found)
    _described.keep(id(found), description)
    return description


def _entity(found: Entity) -> Description:
    kind, identifier, name, organism, close = found
    subject = identifier_iri(identifier)
    # All that is said follows from these, so there is no need to look at each fact for a fingerprint.
    said = (subject, kind, name, organism and organism.taxid, close and identifier_iri(close))
    return described((subject, _Facts(found), hash(said) or 1))


def _facts(found: Entity) -> Said:
    """Return what is said of an entity."""
    kind, (namespace, local), name, organism, close = found
    owner = namespace.owner_of(local)
    facts: Said = {v.RDF_TYPE: _ENTITY_CLASS[kind]}
    if name is not None:
        facts[v.NAME] = [name]
    facts[v.IDENTIFIER] = [namespace.curie_of(local)]
    if organism:
        facts[v.TAXONOMIC_RANGE] = _taxonomic_range(organism.taxid)
    if owner is not None:
        if namespace is MESH:
            facts[v.URL] = [owner]
        facts[v.SKOS_EXACT_MATCH] = [owner]
    if close:
        facts[v.SKOS_CLOSE_MATCH] = [identifier_iri(close)]
    return facts


_ENTITY_CLASS: Mapping[str, list[Object]] = {
    "gene": [v.GENE],
    "chemical": [v.CHEMICAL_SUBSTANCE],
    "disease": [v.MEDICAL_CONDITION],
    "protein": [v.PROTEIN],
    "metabolite": [v.MOLECULAR_ENTITY],
    "rna": [v.BIO_CHEM_ENTITY],
    "other": [v.BIO_CHEM_ENTITY],
}


@lru_cache(maxsize=256)
def _taxonomic_range(taxid: str) -> list[Object]:
    return [TAXONOMY.iri_of(taxid)]


@lru_cache(maxsize=4096)
def taxon(organism: Organism, description: str | None = None) -> Description:
    """Describe a taxon.

    taxonomy:10090 a schema:Taxon ; schema:name "Mus musculus" ; schema:taxonRank "species" .
    """
    return describe(
        taxon_iri(organism),
        (v.RDF_TYPE, v.TAXON),
        (v.NAME, organism.name),
        (v.ALTERNATE_NAME, organism.common),
        (v.DESCRIPTION, description),
        (v.IDENTIFIER, TAXONOMY.curie_of(organism.taxid)),
        (v.TAXON_RANK, organism.rank),
        (v.SKOS_EXACT_MATCH, TAXONOMY.owner_of(organism.taxid)),
        shared=True,
    )


def term(found: Term) -> Description:
    """Describe a term of an ontology.

    pw:0000143 a schema:DefinedTerm ; schema:name "insulin signaling pathway" ;
        schema:termCode "PW:0000143" ; schema:inDefinedTermSet obo:pw.owl .
    """
    namespace, local = found.identifier
    return describe(
        identifier_iri(found.identifier),
        (v.RDF_TYPE, v.DEFINED_TERM),
        (v.NAME, found.name),
        (v.DESCRIPTION, found.definition),
        (v.TERM_CODE, namespace.curie_of(local)),
        (v.IN_DEFINED_TERM_SET, ontology_iri(namespace)),
        (v.SKOS_EXACT_MATCH, namespace.owner_of(local)),
        shared=True,
    )


@lru_cache(maxsize=64)
def lexicon(name: str) -> Description:
    """Describe a lexicon that is known, so that an export says by itself which ones expand families."""
    return describe(
        v.kg(name),
        (v.RDF_TYPE, v.LEXICON_CLASS),
        (v.EXPANDS_FAMILIES, Literal("true" if v.LEXICONS[name] else "false", v.XSD_BOOLEAN)),
        shared=True,
    )


@lru_cache(maxsize=1024)
def journal(found: Journal, settings: Settings) -> tuple[Description, ...]:
    """Describe a journal and its publisher, as far as the record names them.

    <journal/j-biol-chem> a schema:Periodical ; schema:name "The Journal of biological chemistry" ;
        schema:alternateName "J Biol Chem" .
    """
    publisher = publisher_iri(found.publisher, settings) if found.publisher else None
    described: tuple[Description, ...] = ()
    if found.is_named:
        described = (_journal(found, publisher, settings),)
    if publisher is None or found.publisher is None:
        return described
    named = describe(publisher, (v.RDF_TYPE, v.ORGANIZATION), (v.NAME, found.publisher), shared=True)
    return (*described, named)


def _journal(found: Journal, publisher: IRI | None, settings: Settings) -> Description:
    title, abbreviation = found.title, found.abbreviation
    return describe(
        journal_iri(found, settings),
        (v.RDF_TYPE, v.PERIODICAL),
        (v.NAME, title or abbreviation),
        (v.ALTERNATE_NAME, abbreviation if title and title != abbreviation else None),
        (v.PUBLISHER, publisher),
        shared=True,
    )


@lru_cache(maxsize=1024)
def journal_iri(found: Journal, settings: Settings) -> IRI:
    """Return the IRI of a journal: by its NLM abbreviation, else by its title."""
    return settings.minted(f"journal/{slug(found.abbreviation or found.title or '')}")


def publisher_iri(name: str, settings: Settings) -> IRI:
    """Return the IRI of a publisher."""
    return settings.minted(f"publisher/{slug(name)}")
