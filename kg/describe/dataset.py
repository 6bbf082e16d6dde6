"""The description of a dataset as RDF: HCLS at its three levels, VoID, DCAT 3, schema.org, PROV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from kg import __version__
from kg import vocabulary as v
from kg.describe.about import About, Agent
from kg.describe.origin import Source
from kg.describe.partitions import Partitions, number
from kg.describe.statistics import Counts
from kg.describe.terms import (
    DCMITYPE,
    FOAF,
    IANA,
    XSD_DATE_TIME,
    XSD_HEX_BINARY,
    XSD_NON_NEGATIVE,
    dcat,
    dcterms,
    pav,
    prov,
    spdx,
    void,
)
from kg.graph import IRI, Description, Facts, Literal, RecordGraph, describe
from kg.iris import digest, encoded
from kg.vocabulary import schema

PROFILE = IRI("https://bioschemas.org/profiles/Dataset/1.0-RELEASE")
_HCLS = IRI("https://www.w3.org/TR/hcls-dataset/")
_ENGLISH = IRI("http://lexvo.org/id/iso639-3/eng")
_DCMI_DATASET = IRI(DCMITYPE + "Dataset")
_FOAF_PAGE = IRI(FOAF + "page")


class File(NamedTuple):
    """One form of the data: a file as it was written, or a store, which has no media type, size and hash."""

    name: str
    form: str
    media_type: str | None = None
    compression: str | None = None
    size: int | None = None
    sha256: str | None = None


class Made(NamedTuple):
    """How the data was made: when, of which sources, and what the run counted, by what it counted."""

    time: datetime
    sources: Sequence[Source] = ()
    numbers: Mapping[str, int] = MappingProxyType({})


class Part(NamedTuple):
    """A dataset that records say they are part of."""

    path: str
    name: str
    description: str
    keywords: tuple[str, ...]
    page: IRI


_PARTS: Mapping[IRI, Part] = {
    v.FIGURE: Part(
        "dataset/pfocr",
        "Pathway figures",
        "Figures of pathways from published papers, with the genes, chemicals and diseases read from them.",
        ("pathway figures", "optical character recognition"),
        IRI("https://pfocr.wikipathways.org/"),
    ),
    v.PATHWAY: Part(
        "dataset/wikipathways",
        "WikiPathways",
        "Biological pathways, drawn and curated by a community, with their data nodes and bibliographies.",
        ("biological pathways", "community curation"),
        IRI("https://www.wikipathways.org/"),
    ),
}


class Dataset:
    """All that is said of one version of a dataset."""

    def __init__(self, base: str, about: About, counts: Counts, files: Sequence[File], made: Made) -> None:
        self._base, self._about, self._counts, self._made = base, about, counts, made
        self._time = Literal(made.time.strftime("%Y-%m-%dT%H:%M:%SZ"), XSD_DATE_TIME)
        self._stamp = made.time.strftime("%Y%m%dT%H%M%SZ")
        self.summary = IRI(f"{base}dataset/{about.name}")
        self.version = IRI(f"{self.summary}/{self._stamp}")
        self._catalogue = IRI(f"{base}dataset/catalogue")
        self._program = IRI(f"{base}software/pathway-kg/{__version__}")
        self._sources = [IRI(f"{self.version}#source-{digest(*map(str, row))}") for row in made.sources]
        self._files = {IRI(f"{self.version}/{encoded(file.name)}"): file for file in files}
        self._parts = {IRI(base + part.path): part for name, part in _PARTS.items() if name in counts.classes}

    def graphs(self) -> Iterator[RecordGraph]:
        """Yield the description, level by level."""
        yield self._graph(self._catalogue_row(), self._summary(), *map(self._part, self._parts.items()))
        yield self._graph(self._version(), *self._agents(), *self._origin(), *self._numbers())
        shared = Partitions(self._counts, self.version, next(iter(self._files), self.version), self._base)
        for iri, file in self._files.items():
            yield self._graph(*self._distribution(iri, file, shared))
        yield self._graph(*_distinct(shared.descriptions()))

    @staticmethod
    def _graph(*descriptions: Description) -> RecordGraph:
        return RecordGraph(descriptions[0].subject, descriptions)

    def _common(self, title: str) -> tuple[tuple[IRI, Facts], ...]:
        """Return what every level says."""
        about = self._about
        return (
            (dcterms("title"), title),
            (dcterms("description"), about.description),
            (dcterms("publisher"), about.publisher.iri),
            (dcterms("license"), about.licence),
            (dcat("keyword"), about.keywords),
            (_FOAF_PAGE, about.page),
        )

    def _dated(self) -> tuple[tuple[IRI, Facts], ...]:
        """Return what a version and its distributions say, and a summary must not."""
        return (
            (dcterms("creator"), self._about.creator.iri),
            (dcterms("created"), self._time),
            (dcterms("issued"), self._time),
            (dcterms("language"), _ENGLISH),
            (pav("version"), self._stamp),
            (dcterms("source"), self._sources),
            (prov("wasDerivedFrom"), self._sources),
            (prov("wasGeneratedBy"), IRI(f"{self.version}#export")),
        )

    def _catalogue_row(self) -> Description:
        return describe(
            self._catalogue,
            (v.RDF_TYPE, [dcat("Catalog"), schema("DataCatalog")]),
            (dcterms("title"), f"Datasets: {self._about.title}"),
            (v.NAME, f"Datasets: {self._about.title}"),
            (dcterms("publisher"), self._about.publisher.iri),
            (dcat("dataset"), [self.summary, self.version]),
        )

    def _summary(self) -> Description:
        return describe(
            self.summary,
            (v.RDF_TYPE, [_DCMI_DATASET, dcat("Dataset")]),
            *self._common(self._about.title),
            (pav("hasCurrentVersion"), self.version),
            (dcterms("hasPart"), list(self._parts)),
        )

    def _part(self, pair: tuple[IRI, Part]) -> Description:
        iri, part = pair
        return describe(
            iri,
            (v.RDF_TYPE, v.DATASET),
            (v.NAME, part.name),
            (v.DESCRIPTION, part.description),
            (v.IDENTIFIER, str(iri)),
            (v.KEYWORDS, part.keywords),
            (v.LICENSE, self._about.licence),
            (v.URL, part.page),
            (v.CREATOR, self._about.creator.iri),
            (v.DCTERMS_CONFORMS_TO, PROFILE),
        )

    def _version(self) -> Description:
        about = self._about
        title = f"{about.title}, {self._stamp}"
        return describe(
            self.version,
            (v.RDF_TYPE, [_DCMI_DATASET, dcat("Dataset"), v.DATASET]),
            *self._common(title),
            *self._dated(),
            (dcterms("isVersionOf"), self.summary),
            (dcat("version"), self._stamp),
            (dcat("distribution"), list(self._files)),
            (v.DCTERMS_CONFORMS_TO, PROFILE),
            (v.NAME, title),
            (v.DESCRIPTION, about.description),
            (v.IDENTIFIER, str(self.version)),
            (v.KEYWORDS, about.keywords),
            (v.LICENSE, about.licence),
            (v.URL, about.page or self.version),
            (v.CREATOR, about.creator.iri),
            (v.PUBLISHER, about.publisher.iri),
            (v.DATE_PUBLISHED, self._time),
            (v.VERSION, self._stamp),
            (v.IS_BASED_ON, self._sources),
            (schema("distribution"), [iri for iri, file in self._files.items() if file.media_type]),
            (schema("includedInDataCatalog"), self._catalogue),
            (schema("variableMeasured"), [self._number(name) for name in sorted(self._made.numbers)]),
        )

    def _agents(self) -> Iterator[Description]:
        for name, iri in dict.fromkeys((self._about.creator, self._about.publisher)):
            yield _agent(Agent(name, iri))
        yield describe(
            self._program,
            (v.RDF_TYPE, [prov("SoftwareAgent"), v.SOFTWARE_APPLICATION]),
            (v.NAME, "pathway-kg"),
            (v.VERSION, __version__),
        )

    def _origin(self) -> Iterator[Description]:
        """Yield the run that made the data, and each source with its revision."""
        yield describe(
            IRI(f"{self.version}#export"),
            (v.RDF_TYPE, prov("Activity")),
            (prov("endedAtTime"), self._time),
            (prov("wasAssociatedWith"), self._program),
            (prov("used"), self._sources),
        )
        for iri, source in zip(self._sources, self._made.sources, strict=True):
            yield describe(
                iri,
                (v.RDF_TYPE, [prov("Entity"), v.CREATIVE_WORK]),
                (v.NAME, source.name),
                (v.VERSION, source.revision),
            )

    def _number(self, name: str) -> IRI:
        return IRI(f"{self.version}#count-{encoded(name.replace(' ', '-'))}")

    def _numbers(self) -> Iterator[Description]:
        for name, value in sorted(self._made.numbers.items()):
            yield describe(
                self._number(name),
                (v.RDF_TYPE, schema("PropertyValue")),
                (v.NAME, name),
                (schema("value"), number(value)),
            )

    def _distribution(self, iri: IRI, file: File, shared: Partitions) -> Iterator[Description]:
        """Yield a file at the level of HCLS that holds the counts, and its checksum."""
        where = IRI(self._about.downloads + encoded(file.name)) if self._about.downloads else iri
        form = IRI(IANA + file.media_type) if file.media_type else None
        url = where if form else None
        checksum = IRI(f"{iri}#checksum") if file.sha256 else None
        size = None if file.size is None else Literal(str(file.size), XSD_NON_NEGATIVE)
        title = f"{self._about.title}, {self._stamp}, {file.form}"
        yield describe(
            iri,
            (
                v.RDF_TYPE,
                [dcat("Distribution"), void("Dataset"), *([schema("DataDownload")] if form else [])],
            ),
            *self._common(title),
            *self._dated(),
            (pav("createdWith"), self._program),
            (dcterms("format"), form or file.form),
            (dcat("mediaType"), form),
            (dcat("compressFormat"), IRI(IANA + file.compression) if file.compression else None),
            (dcat("downloadURL"), url),
            (void("dataDump"), url),
            (dcat("byteSize"), size),
            (spdx("checksum"), checksum),
            (v.DCTERMS_CONFORMS_TO, _HCLS),
            (v.NAME, title if form else None),
            (v.CONTENT_URL, url),
            (v.ENCODING_FORMAT, file.media_type),
            (schema("contentSize"), f"{file.size} B" if form and file.size is not None else None),
            (schema("sha256"), file.sha256),
            *shared.facts(),
        )
        if checksum is not None and file.sha256 is not None:
            yield describe(
                checksum,
                (v.RDF_TYPE, spdx("Checksum")),
                (spdx("algorithm"), spdx("checksumAlgorithm_sha256")),
                (spdx("checksumValue"), Literal(file.sha256, XSD_HEX_BINARY)),
            )


def _agent(agent: Agent) -> Description:
    return describe(
        agent.iri,
        (v.RDF_TYPE, [v.ORGANIZATION, IRI(FOAF + "Agent")]),
        (v.NAME, agent.name),
        (IRI(FOAF + "name"), agent.name),
    )


def _distinct(descriptions: Iterator[Description]) -> list[Description]:
    """Return each subject's description once: several linksets lead to one target."""
    return list({description.subject: description for description in descriptions}.values())
