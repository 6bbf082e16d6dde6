"""Made-up pathway figures: the vocabulary, the world of genes and journals, and the papers and figures.

Nothing here is a real record: genes, papers, people and sentences are drawn from the small vocabulary
below (organisms and ontology terms are facts).
"""

from __future__ import annotations

import math
import re
import uuid
from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate, count, islice
from random import Random
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

GENES = 20_000
MOST_GENE_ROWS = 300
SPREAD = 0.95
MISSING = ".na.character"


def words(text: str) -> list[str]:
    """Return the words of a vocabulary text."""
    return text.split()


def phrases(text: str) -> list[str]:
    """Return the phrases of a vocabulary text, which stand between bars, or one to a line."""
    if "|" in text:
        return re.sub(r"\s*\n\s*", "", text).split("|")
    return [line.strip() for line in text.strip().splitlines()]


# the vocabulary

SYLLABLES = words("""
    ba be bo ca ce ci co da de do fa fe fi ga ge la le li lo lu ma me mi mo na ne ni no pa pe ra re
    ri ro sa se si so ta te ti to va vi xa zo""")
DRUG_ENDS = words("ine ol ate ide one amide in azole oxin mycin")
AILMENT_ENDS = words("osis itis oma emia opathy algia uria")
FIRST_NAMES = words("""
    Ada Benno Chiara Dmitri Elif Farah Gustav Hana Ines Jun Katarína Luis Mei Noor Olu Priya Rosa
    Søren Tomás Wei""")
NAME_ENDS = words("berg ssen ova ez moto ini wala son ková hardt ura sky")
VERBS = words("activates represses binds phosphorylates stabilises degrades recruits acetylates cleaves")
MONTHS = words("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")

PROCESSES = phrases("""
    cell-cycle arrest|lipid storage|axon guidance|wound repair|glucose uptake|DNA damage repair
    |T-cell activation|bone resorption|vesicle trafficking|mitochondrial fission|stem-cell renewal
    |angiogenesis|the unfolded protein response|chromatin remodelling|autophagic flux|cell migration
    |NF-κB signalling
    |oxidative phosphorylation|ribosome biogenesis|synaptic pruning|iron homeostasis""")
PLACES = phrases("""
    the nucleus|the plasma membrane|the endoplasmic reticulum|hepatocytes|cultured fibroblasts
    |the tumour stroma|β cells|cardiac muscle|the developing limb|activated macrophages|the hippocampus
    |root meristems|the early endosome|quiescent stem cells|the mitochondrial matrix""")
STIMULI = phrases("""
    hypoxia|starvation|ultraviolet light|TGF-β|growth-factor withdrawal|heat shock|infection
    |mechanical stretch|high glucose|ligand binding|inhibition of the proteasome|ageing""")
ENDINGS = phrases("""
    which in turn limits {process} in most cell types|thereby promoting {process} in {place}
    |and so couples {process} to the response to {stimulus}|an effect that is lost after {stimulus}
    |although the step that links it to {process} is not known""")
SENTENCES = phrases("""
    After {stimulus}, {a} {verb} {b} in {place}, {ending}.
    {a} {verb} {b} and {c} within minutes of {stimulus}, {ending}.
    Loss of {a} leads to more {b} in {place} and to impaired {process}, as shown here for two cell lines.
    Arrows show activation and T-bars show inhibition; dashed lines stand for steps that are not yet tested.
    In {place}, {a} is held inactive by {b} until {stimulus} releases it (left), {ending}.
    We propose that {a}/{b} complexes control {process} through {c}-dependent feedback in {place}.
    Under resting conditions {b} keeps {process} low; upon {stimulus}, {a} moves to {place} and {verb} {c}.
    (A) Signalling through {a} → {b} → {c} in {place} and (B) the same cascade after {stimulus}.
    Proteins in red were changed more than 1.5-fold (p < 0.05) by {stimulus}, those in grey not measured.
    Phosphorylation of {a} at Ser{number} by {b} is key to {process} \u2013 a site that “{c}” lacks.
""")
LEGENDS = phrases("""
    Abbreviations: {a}, first kinase of the cascade; {b}, its substrate; {c}, the scaffold that holds both.
    Key: filled circles, {a}; open circles, {b} #{number}; it's {c} that drives {process}.
""")
TITLES = phrases("""
    Model of {process} controlled by {a} in {place}
    {a} and {b} in {process}
    The {a}-{b} axis links {stimulus} to {process}
    Proposed mechanism of {a}-mediated {process}
    How {a} {verb} {b} in {place}
""")
PAPER_TITLES = phrases("""
    {a} regulates {process} through {b} in {place}.
    A role for {a} in {process}: lessons from {place}.
    Beyond {stimulus}: a systematic view of {a} signalling in {process}.
    Targeting the {a}/{b} pathway in {place}.
    How {a} {verb} {b} to control {process} after {stimulus}.
""")
SUBJECTS = phrases("""
    Cell Biology|Molecular Medicine|Signalling|Plant Science|Immunology|Neuroscience|Metabolism
    |Genetics|Physiology|Oncology|Proteomics|Development|Virology|Toxicology|Endocrinology|Nutrition""")
REALMS = phrases("|Nordic |Comparative |Experimental |Applied |Pacific ")
JOURNALS = phrases("""
    Journal of {}|Annals of {}|Frontiers of {}|{} Letters|{} Reports|Advances in {}|{} & Therapy
    |{} : an open journal""")
PUBLISHERS = phrases("""
    Harbour Press|North Gate Publishing|Society for Open Biology|Lindqvist & Sons
    |Meridian Science S.A.|Blue Heron Journals""")

NUMBERS = (
    "F{}",
    "Figure {}",
    "Fig. {}",
    "Fig.\u00a0{}",
    "Figure {}.",
    "FIG {}",
    "Fig {}",
    "FIGURE {}",
    "Scheme {}",
)
NUMBER_WEIGHTS = (50, 30, 10, 3, 2, 2, 1, 1, 1)
STEMS = (
    "nihms{paper}f{n}",
    "pone.{paper:07d}.g{n:03d}",
    "fpath-09-{paper:05d}-g{n:04d}",
    "{paper}_2018_{volume}_Fig{n}_HTML",
    "zbx{paper:09d}{n:03d}",
    "gr{n}",
    "JPS{volume}-{paper}.{n:03d}",
)
FIGLINKS = (
    "/pmc/articles/{pmcid}/figure/F{n}/",
    "/pmc/articles/{pmcid}/figure/fig{n}/",
    "/pmc/articles/{pmcid}/figure/{stem}/",
    "pmc/articles/{pmcid}/figure/f{n:04d}/",
)
WORDS = ("{}",) * 9 + (
    "({}",
    "{})",
    "{}*",
    "p-{}",
    "{},",
    "*{}",
    "[{}]",
    "{}:",
    "'{}'",
    "@{}",
    "{} -",
    "{}/1",
)

GREEK = str.maketrans("ABK", "\u03b1\u03b2\u03ba")
TERMS = (
    ("PW:0000003", "Pathway Ontology", "signaling pathway"),
    ("DOID:162", "Disease Ontology", "cancer"),
    ("CL:0000182", "Cell Type Ontology", "hepatocyte"),
)


class Organism(NamedTuple):
    """A species; `offset` is added to the number of a human gene to make that of its ortholog."""

    taxid: str
    latin: str
    common: str
    group: str
    offset: int = 0


HUMAN = Organism("9606", "Homo sapiens", "Human", "Primates")
MODELS = (
    Organism("10090", "Mus musculus", "Mouse", "Rodents", 200_000),
    Organism("10116", "Rattus norvegicus", "Rat", "Rodents", 400_000),
    Organism("7955", "Danio rerio", "Zebrafish", "Vertebrates", 600_000),
    Organism("7227", "Drosophila melanogaster", "Fruit fly", "Invertebrates", 800_000),
)
OTHERS = (
    Organism("6239", "Caenorhabditis elegans", "Roundworm", "Invertebrates"),
    Organism("4932", "Saccharomyces cerevisiae", "Baker's yeast", "Plants and Fungi"),
    Organism("3702", "Arabidopsis thaliana", "Thale cress", "Plants and Fungi"),
)
ORGANISMS = (HUMAN, *MODELS, *OTHERS)


# what the figures are about

T = TypeVar("T")


class Zipf(Generic[T]):
    """Items of which few are chosen often and most seldom."""

    def __init__(self, items: Iterable[T], exponent: float = 0.9) -> None:
        self.items = list(items)
        self._heights = list(accumulate((rank + 3) ** -exponent for rank in range(len(self.items))))

    def choose(self, rng: Random) -> T:
        """Choose one item."""
        return self.items[bisect(self._heights, rng.random() * self._heights[-1], 0, len(self.items) - 1)]


class Gene(NamedTuple):
    """A gene: its symbol, its number, and two other names that a figure may use."""

    symbol: str
    number: int
    alias: str
    previous: str


class Family(NamedTuple):
    """Genes behind one name; most families have one member."""

    name: str
    genes: tuple[Gene, ...]


class Entity(NamedTuple):
    """A chemical or a disease: its MeSH identifier and the number that another resource gives it."""

    name: str
    mesh: str
    other: int | None


class Journal(NamedTuple):
    """A journal, its abbreviated title and its publisher."""

    title: str
    abbreviation: str
    publisher: str


class World(NamedTuple):
    """All that the figures of a run can be about."""

    families: Zipf[Family]
    chemicals: Zipf[Entity]
    diseases: Zipf[Entity]
    journals: Zipf[Journal]


def make_world(rng: Random) -> World:
    """Make the genes, chemicals, diseases and journals that every figure draws from."""
    families = list(make_families(rng))
    rng.shuffle(families)
    journals = [Journal(*names) for names in make_journals(rng)]
    rng.shuffle(journals)
    return World(
        Zipf(families),
        Zipf(make_entities(rng, 1500, DRUG_ENDS)),
        Zipf(make_entities(rng, 600, AILMENT_ENDS)),
        Zipf(journals),
    )


def distinct(make: Callable[[], str]) -> Iterator[str]:
    """Yield without end what `make` gives, each value once."""
    seen: set[str] = set()
    while True:
        value = make()
        if value not in seen:
            seen.add(value)
            yield value


def make_families(rng: Random) -> Iterator[Family]:
    """Yield families that have some 20,000 genes in all."""
    names = distinct(lambda: "".join(rng.choices("ABCDEFGHIKLMNOPRSTVXZ", k=rng.choice((2, 3, 3, 4, 4)))))
    numbers = iter(rng.sample(range(1, 120_000), GENES + 40))
    made = 0
    while made < GENES:
        size = rng.choices((1, rng.randint(2, 5), rng.randint(6, 20), rng.randint(21, 40)), (70, 22, 6, 2))[0]
        name = next(names)
        yield Family(name, tuple(make_gene(name, i, next(numbers)) for i in range(1, size + 1)))
        made += size


def make_gene(family: str, i: int, number: int) -> Gene:
    symbol = family if i == 1 and number % 3 == 0 else f"{family}{i}"
    return Gene(symbol, number, f"p{number % 97 + 3}-{family}-{i}", f"{family[::-1]}{i}L")


def make_entities(rng: Random, size: int, ends: list[str]) -> list[Entity]:
    """Make chemicals or diseases."""
    names = distinct(lambda: "".join(rng.choices(SYLLABLES, k=rng.choice((2, 3, 3)))) + rng.choice(ends))
    numbers = rng.sample(range(1, 20_000), size)
    return [
        Entity(name, f"{rng.choice('DDDC')}{number:06d}", number * 3 + 1 if rng.random() < 0.6 else None)
        for name, number in zip(names, numbers, strict=False)
    ]


def make_journals(rng: Random) -> Iterator[tuple[str, str, str]]:
    """Yield title, abbreviation and publisher of some hundreds of journals."""
    publishers = PUBLISHERS
    for form in JOURNALS:
        for realm in REALMS:
            for subject in SUBJECTS:
                title = form.format(realm + subject)
                words = (
                    word[:5].title() for word in re.findall(r"\w{3,}", title) if word not in ("and", "open")
                )
                yield title, " ".join(words), rng.choice(publishers)


# papers and figures


class Paper(NamedTuple):
    """A paper that figures stand in."""

    pmcid: str
    number: int
    title: str
    citation: str | None
    year: str
    doi: str
    journal: Journal
    keywords: str
    figures: int


class Hit(NamedTuple):
    """A word of a picture and one gene that it was resolved to, by one kind of name."""

    word: str
    matched: str
    kind: str
    symbol: str
    number: int
    organism: Organism


class Found(NamedTuple):
    """A word of a picture and the chemical or disease that it was resolved to, if any."""

    word: str
    entity: Entity | None


@dataclass(frozen=True, slots=True)
class Figure:
    """All that a record says."""

    paper: Paper
    n: int
    stem: str
    figlink: str
    number: str
    title: str | None
    caption: str
    organisms: list[str] | str
    recognised: list[str]
    genes: list[Hit]
    chemicals: list[Found]
    diseases: list[Found]
    score: str
    rank: int
    ndex: str
    wpid: str
    terms: tuple[tuple[str, str, str], ...]

    @property
    def figid(self) -> str:
        return f"{self.paper.pmcid}__{self.stem}"

    @property
    def alias(self) -> str:
        return f"{self.paper.pmcid}__F{self.n}"


class Author:
    """Writes papers and figures, one after the other."""

    def __init__(self, seed: int, generation: str, gene_rows: float) -> None:
        self._rng = Random(f"{seed} {generation}")
        self._world = make_world(Random(seed))
        self._species = generation == "sidecar"
        self._centre = math.log(gene_rows / 0.96) - SPREAD**2 / 2 if gene_rows > 0 else None
        self._phrases = {
            "process": PROCESSES, "place": PLACES, "stimulus": STIMULI, "verb": VERBS
        }  # fmt: skip
        self._endings, self._sentences, self._legends = ENDINGS, SENTENCES, LEGENDS
        self._titles, self._paper_titles = TITLES, PAPER_TITLES

    def figures(self) -> Iterator[Figure]:
        """Yield figures without end, those of a paper together."""
        rng = self._rng
        pmc = 100_000
        for number in count(1):
            pmc += rng.randint(1, 150)
            paper = self._paper(pmc, number)
            shape = rng.choice(STEMS)
            first = rng.randint(1, 5)
            for n in range(first, first + paper.figures):
                yield self._figure(paper, n, shape)

    def _paper(self, pmc: int, number: int) -> Paper:
        rng, journal = self._rng, self._world.journals.choose(self._rng)
        year = str(rng.randint(1998, 2023))
        names = [self._world.families.choose(rng).name for _ in range(3)]
        title = self._say(rng.choice(self._paper_titles), names)
        citation = None if rng.random() < 0.05 else self._citation(journal, year, number)
        doi = (
            MISSING
            if rng.random() < 0.15
            else f"10.{rng.randint(1000, 9999)}/{journal.title[0].lower()}.{number}"
        )
        keywords = " | ".join(rng.sample(self._phrases["process"], rng.randint(2, 6)))
        return Paper(
            f"PMC{pmc}", number, title, citation, "" if rng.random() < 0.03 else year, doi, journal,
            MISSING if rng.random() < 0.3 else keywords,
            rng.choices((1, 2, 3, 4, 5, 6), (60, 22, 9, 5, 3, 1))[0],
        )  # fmt: skip

    def _citation(self, journal: Journal, year: str, number: int) -> str:
        rng = self._rng
        person = f"{rng.choice(FIRST_NAMES)} {rng.choice(SYLLABLES).title()}{rng.choice(NAME_ENDS)}"
        people = person if rng.random() < 0.1 else f"{person}, et al"
        month = rng.choice(MONTHS)
        date = rng.choice((year, f"{year} {month}", f"{year} {month} {rng.randint(1, 28)}"))
        volume, page = rng.randint(1, 300), rng.randint(1, 9000)
        place = rng.choice(
            (
                f"{volume}({rng.randint(1, 12)}):{page}-{page + 12}",
                f"{volume}:e{number}",
                f"{volume}({rng.randint(1, 12)}):{page}",
            )
        )
        return f"{people}. {journal.abbreviation}. {date};{place}."

    def _figure(self, paper: Paper, n: int, shape: str) -> Figure:
        rng = self._rng
        genes = self._genes()
        names = [hit.matched for hit in genes] or ["the receptor", "its ligand"]
        stem = shape.format(paper=paper.number, n=n, volume=rng.randint(10, 99))
        organisms, recognised = self._organisms(genes)
        return Figure(
            paper, n, stem,
            figlink=rng.choice(FIGLINKS).format(pmcid=paper.pmcid, n=n, stem=stem),
            number=rng.choices(NUMBERS, NUMBER_WEIGHTS)[0].format(n),
            title=None if rng.random() < 0.05 else self._say(rng.choice(self._titles), names),
            caption=self._caption(names),
            organisms=organisms,
            recognised=recognised,
            genes=genes,
            chemicals=self._found(self._world.chemicals, 0.45, 6),
            diseases=self._found(self._world.diseases, 0.3, 4),
            score=f"{rng.uniform(0.5, 1):.7f}".rstrip("0"),
            rank=rng.randint(1, 180_000),
            ndex=str(uuid.UUID(int=rng.getrandbits(128))) if rng.random() < 0.03 else "",
            wpid=f"WP{rng.randint(1, 5600)}" if rng.random() < 0.01 else "",
            terms=(rng.choice(TERMS),) if rng.random() < 0.03 else (),
        )  # fmt: skip

    def _genes(self) -> list[Hit]:
        rng = self._rng
        if self._centre is None or rng.random() < 0.04:
            return []
        wanted = max(1, min(MOST_GENE_ROWS, round(rng.lognormvariate(self._centre, SPREAD))))
        mirrored = wanted // 3 if self._species and rng.random() < 0.15 else 0
        hits: list[Hit] = []
        while len(hits) < wanted - mirrored:
            hits.extend(islice(self._hits(), wanted - mirrored - len(hits)))
            if rng.random() < 0.01:
                hits[-1] = rng.choice(hits)
        if mirrored:
            organism = rng.choice(MODELS)
            hits.extend(ortholog(hit, organism) for hit in hits[:mirrored])
        return hits

    def _hits(self) -> Iterator[Hit]:
        """Yield what one word of a picture is resolved to: a family, or a gene by one of its names."""
        rng = self._rng
        family = self._world.families.choose(rng)
        if len(family.genes) > 1 and rng.random() < 0.5:
            word = self._word(family.name)
            for gene in family.genes:
                yield Hit(word, family.name, "family", gene.symbol, gene.number, HUMAN)
            return
        gene = rng.choice(family.genes)
        kind = rng.choices(("symbol", "synonym", "previous"), (68, 27, 5))[0]
        matched = {"symbol": gene.symbol, "synonym": gene.alias, "previous": gene.previous}[kind]
        yield Hit(self._word(matched), matched, kind, gene.symbol, gene.number, HUMAN)

    def _word(self, name: str) -> str:
        rng = self._rng
        chance = rng.random()
        if chance < 0.5:
            return name
        if chance < 0.7:
            name = name.capitalize()
        elif chance < 0.8:
            name = name.lower()
        elif chance < 0.85:
            name = name[:-1] + name[-1:].translate(GREEK)
        return rng.choice(WORDS).format(name)

    def _found(self, entities: Zipf[Entity], share: float, most: int) -> list[Found]:
        rng = self._rng
        if rng.random() > share:
            return []
        found = []
        for _ in range(rng.randint(1, most)):
            entity = entities.choose(rng)
            word = entity.name.capitalize() if rng.random() < 0.4 else entity.name
            found.append(Found(word, None if rng.random() < 0.12 else entity))
        return found

    def _organisms(self, genes: list[Hit]) -> tuple[list[str] | str, list[str]]:
        """Return the organisms as stated, some of them missing, and those recognised in the text."""
        rng = self._rng
        recognised = list(dict.fromkeys(hit.organism.latin for hit in genes)) or [HUMAN.latin]
        chance = rng.random()
        if chance < 0.05:
            return [rng.choice(("NA", "XXX", MISSING))], recognised
        if chance < 0.10:
            return HUMAN.latin, recognised
        if chance < 0.30:
            return [
                organism.latin for organism in rng.sample(ORGANISMS, rng.choice((1, 1, 2, 3)))
            ], recognised
        return recognised, ["XXX"] if chance < 0.35 else recognised

    def _caption(self, names: list[str]) -> str:
        rng = self._rng
        sentences = rng.choices(self._sentences, k=max(1, round(rng.lognormvariate(1.9, 0.55))))
        if rng.random() < 0.15:
            sentences.append(rng.choice(self._legends))
        return " ".join([self._say(sentence, names) for sentence in sentences])

    def _say(self, sentence: str, names: list[str]) -> str:
        choice = self._rng.choice
        words = {key: choice(values) for key, values in self._phrases.items()}
        if "{ending}" in sentence:
            sentence = sentence.replace("{ending}", choice(self._endings))
        said = sentence.format(
            **words, a=choice(names), b=choice(names), c=choice(names), number=choice((9, 307, 473))
        )
        return said[0].upper() + said[1:]


def ortholog(hit: Hit, organism: Organism) -> Hit:
    """Return the same word resolved to the gene of another species."""
    kind = "family" if hit.kind == "family" else "synonym"
    return hit._replace(
        kind=kind, symbol=hit.symbol.capitalize(), number=hit.number + organism.offset, organism=organism
    )
