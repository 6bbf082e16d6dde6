"""Namespaces, prefixes and terms: one line per term, in the order of the model.

A term is declared once, here; the tests prove that every `schema:` term exists in schema.org and that
every `kg:` term is defined in `ontology/kg.ttl`.
"""

from __future__ import annotations

from collections.abc import Mapping

from kg.graph import IRI

SCHEMA = "https://schema.org/"
KG = "https://w3id.org/pathway-kg/terms#"
DCTERMS = "http://purl.org/dc/terms/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
OA = "http://www.w3.org/ns/oa#"

PREFIXES: Mapping[str, str] = {
    "kg": KG,
    "schema": SCHEMA,
    "dcterms": DCTERMS,
    "skos": SKOS,
    "rdf": RDF,
    "rdfs": RDFS,
    "xsd": XSD,
    "oa": OA,
}
"""Prefix to namespace, of the vocabularies; `kg.identifiers` adds one prefix for each of its namespaces."""

DEFAULT_BASE = IRI("https://w3id.org/pathway-kg/")
"""The base of the IRIs that we mint, unless the user sets another."""

RDF_TYPE = IRI(RDF + "type")
RDFS_SEE_ALSO = IRI(RDFS + "seeAlso")
RDFS_LABEL = IRI(RDFS + "label")
RDFS_COMMENT = IRI(RDFS + "comment")
SKOS_EXACT_MATCH = IRI(SKOS + "exactMatch")
SKOS_CLOSE_MATCH = IRI(SKOS + "closeMatch")
DCTERMS_CONFORMS_TO = IRI(DCTERMS + "conformsTo")
DCTERMS_CITATION = IRI(DCTERMS + "bibliographicCitation")
DCTERMS_HAS_VERSION = IRI(DCTERMS + "hasVersion")

XSD_INTEGER = IRI(XSD + "integer")
XSD_DECIMAL = IRI(XSD + "decimal")
XSD_BOOLEAN = IRI(XSD + "boolean")
XSD_DATE = IRI(XSD + "date")
XSD_G_YEAR = IRI(XSD + "gYear")
XSD_G_YEAR_MONTH = IRI(XSD + "gYearMonth")


def schema(name: str) -> IRI:
    """Return the schema.org term of that name."""
    return IRI(SCHEMA + name)


def kg(name: str) -> IRI:
    """Return our own term of that name."""
    return IRI(KG + name)


# Web Annotation: where a mention stands in a text
OA_ANNOTATION = IRI(OA + "Annotation")
OA_SPECIFIC_RESOURCE = IRI(OA + "SpecificResource")
OA_TEXT_POSITION_SELECTOR = IRI(OA + "TextPositionSelector")
OA_HAS_BODY = IRI(OA + "hasBody")
OA_HAS_TARGET = IRI(OA + "hasTarget")
OA_HAS_SOURCE = IRI(OA + "hasSource")
OA_HAS_SELECTOR = IRI(OA + "hasSelector")
OA_START = IRI(OA + "start")
OA_END = IRI(OA + "end")

# schema.org classes
BIO_CHEM_ENTITY = schema("BioChemEntity")
BLOG_POSTING = schema("BlogPosting")
BOOK = schema("Book")
CHEMICAL_SUBSTANCE = schema("ChemicalSubstance")
COLLECTION = schema("Collection")
CREATIVE_WORK = schema("CreativeWork")
DATASET = schema("Dataset")
DEFINED_TERM = schema("DefinedTerm")
GENE = schema("Gene")
IMAGE_OBJECT = schema("ImageObject")
MEDICAL_CONDITION = schema("MedicalCondition")
MOLECULAR_ENTITY = schema("MolecularEntity")
ORGANIZATION = schema("Organization")
PERIODICAL = schema("Periodical")
PERSON = schema("Person")
PROTEIN = schema("Protein")
SCHOLARLY_ARTICLE = schema("ScholarlyArticle")
SOFTWARE_APPLICATION = schema("SoftwareApplication")
TAXON = schema("Taxon")
WEB_PAGE_ELEMENT = schema("WebPageElement")

# schema.org properties
ABOUT = schema("about")
ABSTRACT = schema("abstract")
AFFILIATION = schema("affiliation")
ALTERNATE_NAME = schema("alternateName")
ARTICLE_BODY = schema("articleBody")
AUTHOR = schema("author")
CAPTION = schema("caption")
CITATION = schema("citation")
CONTENT_URL = schema("contentUrl")
CREATOR = schema("creator")
DATE_MODIFIED = schema("dateModified")
DATE_PUBLISHED = schema("datePublished")
DESCRIPTION = schema("description")
EDITOR = schema("editor")
ENCODES = schema("encodesBioChemEntity")
ENCODING_FORMAT = schema("encodingFormat")
HAS_PART = schema("hasPart")
HEADLINE = schema("headline")
IDENTIFIER = schema("identifier")
IMAGE = schema("image")
IN_CHI_KEY = schema("inChIKey")
IN_DEFINED_TERM_SET = schema("inDefinedTermSet")
IS_BASED_ON = schema("isBasedOn")
IS_PART_OF = schema("isPartOf")
KEYWORDS = schema("keywords")
LICENSE = schema("license")
MAIN_ENTITY_OF_PAGE = schema("mainEntityOfPage")
MENTIONS = schema("mentions")
NAME = schema("name")
PAGINATION = schema("pagination")
POSITION = schema("position")
PUBLISHER = schema("publisher")
SAME_AS = schema("sameAs")
SUBJECT_OF = schema("subjectOf")
TAXONOMIC_RANGE = schema("taxonomicRange")
TAXON_RANK = schema("taxonRank")
TERM_CODE = schema("termCode")
TEXT = schema("text")
URL = schema("url")
VERSION = schema("version")
WORD_COUNT = schema("wordCount")

# own classes
FIGURE = kg("Figure")
PATHWAY = kg("Pathway")
LEXICON_CLASS = kg("Lexicon")
GENE_MENTION = kg("GeneMention")
CHEMICAL_MENTION = kg("ChemicalMention")
DISEASE_MENTION = kg("DiseaseMention")
PROTEIN_MENTION = kg("ProteinMention")
RNA_MENTION = kg("RnaMention")
METABOLITE_MENTION = kg("MetaboliteMention")
COMPLEX_MENTION = kg("ComplexMention")
PATHWAY_MENTION = kg("PathwayMention")
OTHER_MENTION = kg("OtherMention")
TEXT_MENTION = kg("TextMention")

# own properties
AUTOML_SCORE = kg("automlScore")
DATA_NODE_TYPE = kg("dataNodeType")
END_OFFSET = kg("endOffset")
EXPANDS_FAMILIES = kg("expandsFamilies")
FIGURE_NUMBER = kg("figureNumber")
FIGURE_TYPE = kg("figureType")
LEXICON = kg("lexicon")
MATCHED_TERM = kg("matchedTerm")
OCCURRENCES = kg("occurrences")
ORGANISM_NAME = kg("organismName")
PATHWAY_SCORE = kg("pathwayScore")
SEARCH_RANK = kg("searchRank")
SOURCE_IDENTIFIER = kg("sourceIdentifier")
START_OFFSET = kg("startOffset")
YEAR = kg("year")

CC0 = IRI("https://creativecommons.org/publicdomain/zero/1.0/")
LICENCES: Mapping[str, IRI] = {"CC0": CC0, "CC0-1.0": CC0, "CC0 1.0": CC0}
"""The licences that the records call by name."""

# own individuals: lexicon name to whether it expands families (ontology/kg.ttl says the same)
LEXICONS: Mapping[str, bool] = {
    "hgnc_symbol": False,
    "hgnc_alias_symbol": False,
    "hgnc_prev_symbol": False,
    "bioentities_symbol": True,
    "ncbigene_symbol": False,
    "ncbigene_synonym": False,
    "famplex_relations": True,
    "mesh": False,
}
