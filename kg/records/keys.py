"""Every key and column that the data has, and what becomes of it: the one table of the code.

A value says `mapped`, `checked: …` (read, but it makes no triple of its own) or `ignored: …` with the
reason. What no table knows is reported as `unknown-key` or `unknown-column`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

Table: TypeAlias = "Mapping[str, str]"
MAPPED = "mapped"
_LAYOUT = "ignored: layout of the site's page"
_COUNTS = "ignored: a count of the lexicon match over the whole figure, not a fact of this row"


def _table(mapped: str, others: Mapping[str, str] | None = None) -> Mapping[str, str]:
    return MappingProxyType(dict.fromkeys(mapped.split(), MAPPED) | dict(others or {}))


FIGURE = _table(
    "figid figid_alias figlink number caption pmcid papertitle reftext pmc_ranked_result_index pathway_score"
    " automl_pathway filename figtitle year organisms organisms_ner ndex wpid annotations genes chemicals"
    " diseases redirect_from figtype doi journal_title journal_nlm_ta publisher_name keywords schema-jsonld",
    {"seo": _LAYOUT, "layout": _LAYOUT},
)
FIGURE_JSONLD = _table(
    "@id license creator keywords",
    {
        "@context": "ignored: it maps to http://schema.org/, which is not the namespace of the graph",
        "@type": "ignored: the mapping says what a figure is",
        "name": "ignored: it is a class name, not a name",
        "description": "ignored: it repeats the caption",
    },
)
CREATOR = _table("name", {"@type": "ignored: the mapping says what the creator is"})
GENE_ROW = _table("word symbol match source hgnc_symbol ncbigene_symbol entrez ncbigene_id organism_id")
CHEMICAL_ROW = _table("word symbol match source identifier mesh chebi name")
DISEASE_ROW = _table("word symbol match source identifier mesh doid name")
GENE_COLUMNS = _table(
    "word match source ncbigene_symbol ncbigene_id organism_id organism_name",
    {
        "organism_group": "ignored: a grouping of the site's menu",
        "count_direct": _COUNTS,
        "count_synonym": _COUNTS,
        "count_match": _COUNTS,
    },
)
CHEMICAL_COLUMNS = _table("word match source mesh chebi name")
DISEASE_COLUMNS = _table("word match source mesh doid name")
ANNOTATION = _table(
    "id value",
    {
        "type": "checked: the identifier says which ontology it is of",
        "parent": "ignored: the name of a top-level term, without an identifier",
    },
)

PATHWAY = _table(
    "wpid title description revision last-edited authors communities organisms annotations citedin ndex"
    " redirect_from schema-jsonld",
    {"seo": _LAYOUT, "layout": _LAYOUT},
)
PATHWAY_JSONLD = _table(
    "@id license creator keywords",
    {
        "@context": "ignored: it maps to http://schema.org/, which is not the namespace of the graph",
        "@type": "ignored: the mapping says what a pathway is",
        "name": "ignored: it repeats the title",
        "description": "ignored: it repeats the description",
    },
)
CITED_IN = _table("link title")
DATA_NODE_COLUMNS = _table(
    "Label Type Identifier Comment Ensembl HGNC UniProt Wikidata ChEBI InChI PubChem ChemSpider HMDB KEGG"
    " LipidMaps",
    {"NCBI gene": MAPPED},
)
BIBLIOGRAPHY_COLUMNS = _table("ID Database Citation")
AUTHOR = _table(
    "username realname affiliation orcid wikidata",
    {
        "github": "ignored: personal data that the model leaves out",
        "email": "ignored: personal data that the model leaves out",
        "website": "ignored: personal data that the model leaves out",
        "layout": _LAYOUT,
    },
)
COMMUNITY = _table(
    "community-tag display-name description short-description reference editors collections redirect_from",
    {
        "title": "ignored: the heading of the site's page, around the name",
        "support": "ignored: an acknowledgement of the site's page",
        "contribute": "ignored: an invitation of the site's page, with addresses of people",
        "collections-title": "ignored: the heading of a list of the site's page",
        "redirect_to": "checked: a page without a tag that only leads elsewhere is no record",
        "logo": _LAYOUT,
        "logo-link": _LAYOUT,
        "logo-height": _LAYOUT,
        "layout": _LAYOUT,
        "curationui": _LAYOUT,
        "curationrepo": _LAYOUT,
        "curation-table": _LAYOUT,
    },
)
COLLECTION = _table("name wpid wpids")

POST = _table(
    "title description date tags keywords layout",
    {
        "comments": _LAYOUT,
        "share": _LAYOUT,
        "author": "ignored: personal data that the model leaves out",
        "categories": _LAYOUT,
        "permalink": _LAYOUT,
        "published": _LAYOUT,
        "image": _LAYOUT,
    },
)
ORGANISM = _table(
    "latin common ncbi description",
    {
        "title": _LAYOUT,
        "group": "ignored: a grouping of the site's menu",
        "image": _LAYOUT,
        "layout": _LAYOUT,
        "homology": "ignored: which species the site's homology pathways come from",
        "bridgedb-code": "ignored: the code of an identifier mapping service",
        "curationui": _LAYOUT,
    },
)
TERM = _table(
    "value definition xref-identifier xref-dataSource",
    {
        "type": "checked: the source of the identifier says which ontology it is of",
        "layout": _LAYOUT,
    },
)
