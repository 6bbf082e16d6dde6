"""Data nodes of pathways: what each is about, and which identifiers equal that or come close to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kg import identifiers as ns
from kg import vocabulary as v
from kg.graph import IRI, Description, Literal, Object, describe
from kg.identifiers import Namespace
from kg.iris import digest, part_iri
from kg.mapping import entities
from kg.records.datanodes import DataNode
from kg.records.shared import Entity, Identifier

MENTION_CLASSES: Mapping[str, IRI] = {
    "geneproduct": v.GENE_MENTION,
    "protein": v.PROTEIN_MENTION,
    "metabolite": v.METABOLITE_MENTION,
    "rna": v.RNA_MENTION,
    "complex": v.COMPLEX_MENTION,
    "pathway": v.PATHWAY_MENTION,
}
"""The class of a data node by its type in small letters; any other type is a `kg:OtherMention`."""

_GENES = (
    ns.NCBIGENE,
    ns.ENSEMBL,
    ns.HGNC,
    ns.SGD,
    ns.TAIR_LOCUS,
    ns.TAIR_NAME,
    ns.WORMBASE,
    ns.FLYBASE,
    ns.ZFIN,
    ns.MGI,
    ns.RGD,
    ns.KEGG_GENES,
)
_METABOLITES = (
    ns.CHEBI,
    ns.HMDB,
    ns.KEGG_COMPOUND,
    ns.KEGG_DRUG,
    ns.KEGG_GLYCAN,
    ns.PUBCHEM_COMPOUND,
    ns.CHEMSPIDER,
    ns.LIPIDMAPS,
    ns.SWISSLIPIDS,
    ns.WIKIDATA,
    ns.CAS,
    ns.KNAPSACK,
    ns.CHEMBL,
    ns.DRUGBANK,
)
_KINDS: Mapping[Namespace, str] = {
    **dict.fromkeys(_GENES, "gene"),
    **dict.fromkeys((ns.UNIPROT, ns.NCBIPROTEIN), "protein"),
    **dict.fromkeys((*_METABOLITES, ns.INCHIKEY, ns.PUBCHEM_SUBSTANCE), "metabolite"),
    **dict.fromkeys((ns.MIRBASE, ns.MIRBASE_MATURE, ns.RFAM), "rna"),
    **dict.fromkeys((ns.COMPLEXPORTAL, ns.REACTOME, ns.KEGG_PATHWAY, ns.RHEA), "other"),
    **dict.fromkeys((ns.WIKIPATHWAYS,), "pathway"),
}
"""What an identifier of a namespace stands for. The others name families, sequences, enzyme classes or
symbols: a data node is close to such a thing, and never about it."""

_EQUAL: Mapping[str, frozenset[Namespace]] = {
    "gene": frozenset(_GENES),
    "metabolite": frozenset(_METABOLITES),
}
"""The namespaces whose identifiers equal an entity of a kind, where each stands alone beside the other."""


class Meaning(NamedTuple):
    """What a data node says beyond itself: entities with their descriptions, and what is only close."""

    about: list[IRI]
    descriptions: list[Description]
    close: list[IRI]
    see_also: list[IRI]


def data_node(node: DataNode, meaning: Meaning, root: IRI, page: IRI) -> Description:
    """Describe a data node.

    <…/pathway/WP554#0a1b2c3d4e> a kg:GeneMention ; schema:isPartOf wikipathways:WP554 ;
        schema:text "AGT" ; kg:dataNodeType "GeneProduct" ; kg:sourceIdentifier "ensembl:ENSG00000135744" ;
        schema:about ncbigene:183 .
    """
    key = digest(node.label or "", node.type or "", node.source or "")
    return describe(
        part_iri(page, key),
        (v.RDF_TYPE, MENTION_CLASSES.get((node.type or "").lower(), v.OTHER_MENTION)),
        (v.IS_PART_OF, root),
        (v.TEXT, node.label),
        (v.DATA_NODE_TYPE, node.type),
        (v.SOURCE_IDENTIFIER, node.source),
        (v.SOURCE_IDENTIFIER, node.unlinked),
        (v.ABOUT, meaning.about),
        (v.SKOS_CLOSE_MATCH, meaning.close),
        (v.RDFS_SEE_ALSO, meaning.see_also),
        (v.RDFS_COMMENT, node.comments),
        (v.OCCURRENCES, Literal(str(node.occurrences), v.XSD_INTEGER) if node.occurrences > 1 else None),
    )


def meaning_of(node: DataNode, human: bool) -> Meaning:
    """Return what a data node is about, and where its identifiers belong.

    `human` tells whether the symbols of the HGNC column are those of the genes themselves: in pathways of
    other species they are those of human orthologues.
    """
    return _Reading(node, human).meaning()


class _Reading:
    """One data node while it is read: what is said of each entity gathers in `facts`."""

    def __init__(self, node: DataNode, human: bool) -> None:
        self.node, self.human = node, human
        self.values: dict[Namespace, list[Identifier]] = {}
        for item in dict.fromkeys((*node.own, *node.references)):
            self.values.setdefault(item.namespace, []).append(item)
        self.facts: dict[Identifier, dict[IRI, list[Object]]] = {}
        self.close: list[IRI] = []
        self.see_also: list[IRI] = []

    def meaning(self) -> Meaning:
        about = self._about()
        by_kind: dict[str, list[Identifier]] = {}
        for item, kind in about.items():
            by_kind.setdefault(kind, []).append(item)
            self.facts[item] = {}
        alone = {kind: found[0] for kind, found in by_kind.items() if len(found) == 1}
        name = self._symbols(alone.get("gene"))
        for namespace, found in self.values.items():
            if namespace is not ns.HGNC_SYMBOL:
                self._place(namespace, [item for item in found if item not in about], about, alone)
        described = [
            text
            for item, kind in about.items()
            if kind != "pathway"
            for text in _described(item, kind, name if kind == "gene" else None, self.facts[item])
        ]
        return Meaning(
            [entities.identifier_iri(item) for item in about],
            [*described, *self._proteins(about)],
            self.close,
            self.see_also,
        )

    def _about(self) -> dict[Identifier, str]:
        """Return the entities, each with its kind."""
        kind = (self.node.type or "").lower()
        own = [item for item in self.node.own if item.namespace in _KINDS]
        of_metabolite = any(
            _KINDS[item.namespace] == "metabolite" and item.namespace is not ns.WIKIDATA for item in own
        )
        if kind == "metabolite" or of_metabolite:
            return {item: self._kind(item, kind) for item in self._metabolites(own)}
        found: dict[Identifier, str] = {}
        if kind in ("geneproduct", "protein", "rna"):
            found = self._genes_and_proteins(own, with_protein=kind == "protein")
        if kind == "rna":
            found |= {item: "rna" for item in own if _KINDS[item.namespace] == "rna"}
        return found or {item: self._kind(item, kind) for item in own}

    def _kind(self, item: Identifier, kind: str) -> str:
        """Return the kind of an own identifier; Wikidata has everything, so there the type decides."""
        if item.namespace is not ns.WIKIDATA:
            return _KINDS[item.namespace]
        return {"geneproduct": "gene", "protein": "protein", "metabolite": "metabolite"}.get(kind, "other")

    def _metabolites(self, own: list[Identifier]) -> list[Identifier]:
        """Return ChEBI, the own one first; else the own identifier as it is."""
        chebi = [item for item in own if item.namespace is ns.CHEBI]
        listed = self.values.get(ns.CHEBI, [])
        return chebi or (listed if len(listed) == 1 else []) or own

    def _genes_and_proteins(self, own: list[Identifier], with_protein: bool) -> dict[Identifier, str]:
        found = dict.fromkeys(self._genes(own), "gene")
        if with_protein or not found:
            found |= dict.fromkeys(self._protein(own), "protein")
        return found

    def _genes(self, own: list[Identifier]) -> list[Identifier]:
        """Return the genes: NCBI Gene (the own identifier first), else the own identifier, else Ensembl."""
        of_gene = [item for item in own if _KINDS[item.namespace] == "gene"]
        return (
            [item for item in of_gene if item.namespace is ns.NCBIGENE]
            or self.values.get(ns.NCBIGENE)
            or of_gene
            or self.values.get(ns.ENSEMBL)
            or []
        )

    def _protein(self, own: list[Identifier]) -> list[Identifier]:
        """Return the protein: the own identifier, else that of the row where there is but one."""
        listed = self.values.get(ns.UNIPROT, [])
        of_protein = [item for item in own if _KINDS[item.namespace] == "protein"]
        return of_protein or (listed if len(listed) == 1 else [])

    def _symbols(self, gene: Identifier | None) -> str | None:
        """Place the HGNC symbols; return the one that names the gene."""
        found = [item for item in self.node.references if item.namespace is ns.HGNC_SYMBOL]
        name = found[0].local if self.human and gene is not None and len(found) == 1 else None
        for item in self.values.get(ns.HGNC_SYMBOL, ()):
            iri = entities.identifier_iri(item)
            if gene is not None and item.local == name:
                self.facts[gene][v.RDFS_SEE_ALSO] = [iri]
            else:
                self.see_also.append(iri)
        return name

    def _place(
        self,
        namespace: Namespace,
        others: list[Identifier],
        about: Mapping[Identifier, str],
        alone: Mapping[str, Identifier],
    ) -> None:
        """Say what the identifiers of a namespace, but for the entities themselves, are to the entity."""
        if namespace is ns.INCHIKEY:
            self._place_inchikey(others, alone.get("metabolite"))
            return
        gene = alone.get("gene")
        if namespace is ns.UNIPROT and gene is not None:
            self.facts[gene][v.ENCODES] = list(map(entities.identifier_iri, self.values[namespace]))
            return
        for kind, entity in alone.items():
            if namespace in _EQUAL.get(kind, ()) and len(self.values[namespace]) == 1 == len(others):
                equal = self.facts[entity].setdefault(v.SKOS_EXACT_MATCH, [])
                equal.append(entities.identifier_iri(others[0]))
                return
        self.close += map(entities.identifier_iri, others)

    def _place_inchikey(self, others: list[Identifier], entity: Identifier | None) -> None:
        found = self.values[ns.INCHIKEY]
        if entity is not None and len(found) == 1:
            self.facts[entity][v.IN_CHI_KEY] = [found[0].local]
        else:
            self.close += map(entities.identifier_iri, others)

    def _proteins(self, about: Mapping[Identifier, str]) -> Iterator[Description]:
        """Describe the other proteins and compounds that have a form of their owner's to lead to."""
        for namespace, kind in ((ns.UNIPROT, "protein"), (ns.CHEBI, "metabolite")):
            for item in self.values.get(namespace, ()):
                if item not in about:
                    yield entities.entity(Entity(kind, item, None))


def _described(
    item: Identifier, kind: str, name: str | None, facts: dict[IRI, list[Object]]
) -> Iterator[Description]:
    yield entities.entity(Entity(kind, item, name))
    if facts:
        yield describe(entities.identifier_iri(item), *facts.items(), shared=True)
