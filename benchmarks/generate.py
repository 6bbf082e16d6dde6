"""Write a site checkout of made-up but realistic figure records, the same for the same arguments.

    python benchmarks/generate.py DIR --records 10000 --generation inline --gene-rows 34 --seed 1

What is like the real records is their shape: keys and their order, length of captions, folded and quoted
YAML, families of genes behind one word, papers with several figures, missing values, rows of the tables.
A smaller run writes the first records of a larger one.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from figures import MISSING, ORGANISMS, Author, Entity, Figure, Found, Hit, Journal, Organism

if TYPE_CHECKING:
    from collections.abc import Iterable

GENERATIONS = ("inline", "sidecar")
WIDTH = 90
SITE = "https://pfocr.wikipathways.org/figures/"

# YAML, as the writers of the real records make it

_PLAIN = re.compile(
    r"(?![\s!\"#%&'*,>@`{|}\[\]]|[-?:](?:\s|$)|---|\.\.\.)(?!.*(?::\s|\s#))(?!.*[\s:]$).+", re.DOTALL
)
_TYPED = re.compile(
    r"(?i:~|null|true|false|yes|no|on|off|y|n|=|<<)|[-+]?[\d_]*\.?[\d_]+(?:e[-+]?\d+)?|[-+]?\.(?:inf|nan)"
    r"|[-+]?\d[\d_:]*|0x[\da-f_]+|\d+[-/]\d+[-/]\d+.*",
    re.IGNORECASE,
)


def scalar(text: str) -> str:
    """Return a text as a YAML scalar, quoted where YAML 1.1 demands it.

    >>> scalar("AKT2"), scalar("NO"), scalar("it's: so")
    ('AKT2', "'NO'", "'it''s: so'")
    """
    if _PLAIN.fullmatch(text) and not _TYPED.fullmatch(text):
        return text
    return "'" + text.replace("'", "''") + "'"


def entry(key: str, text: str, indent: str = "") -> str:
    """Return the lines `key: text`, folded at spaces to the width of a line."""
    rest = f"{indent}{key}: {scalar(text)}"
    margin = indent + "  "
    least = len(indent) + len(key) + 3
    lines = []
    while len(rest) > WIDTH:
        cut = rest.rfind(" ", least, WIDTH + 1)
        if cut < 0:
            cut = rest.find(" ", WIDTH)
        if cut < 0:
            break
        lines.append(rest[:cut])
        rest = margin + rest[cut + 1 :]
        least = len(margin) + 1
    lines.append(rest)
    return "\n".join(lines) + "\n"


def items(key: str, values: Iterable[str], indent: str = "") -> str:
    """Return a list of texts under a key."""
    lines = "".join(f"{indent}- {scalar(value)}\n" for value in values)
    return f"{indent}{key}:\n{lines}" if lines else f"{indent}{key}: []\n"


def rows(key: str, records: Iterable[Iterable[tuple[str, str]]]) -> str:
    """Return a list of mappings under a key."""
    parts = []
    for record in records:
        lead = "- "
        for name, value in record:
            parts.append(f"{lead}{name}: {scalar(value)}\n")
            lead = "  "
    return f"{key}:\n{''.join(parts)}" if parts else f"{key}: []\n"


def quoted(key: str, value: object) -> str:
    return f"{key}: '{value}'\n"


def organisms_entry(value: list[str] | str) -> str:
    return entry("organisms", value) if isinstance(value, str) else items("organisms", value)


# the records of the two generations

LEXICONS = {
    "symbol": ("hgnc_symbol", "ncbigene_symbol"),
    "synonym": ("hgnc_alias_symbol", "ncbigene_synonym"),
    "previous": ("hgnc_prev_symbol", "ncbigene_synonym"),
    "family": ("bioentities_symbol", "famplex_relations"),
}
"""The lexicon of each kind of name, in the inline and in the sidecar generation."""

GENE_COLUMNS = (
    "organism_id",
    "organism_name",
    "organism_group",
    "word",
    "match",
    "ncbigene_symbol",
    "ncbigene_id",
    "source",
    "count_direct",
    "count_synonym",
    "count_match",
)


def embedded(figure: Figure) -> str:
    """Return the `schema-jsonld` block, which repeats the caption and lists the symbols as keywords."""
    words = dict.fromkeys(hit.symbol for hit in figure.genes)
    words.update(dict.fromkeys(found.word for found in figure.chemicals))
    return (
        "schema-jsonld:\n  '@context': https://schema.org/\n"
        f"  '@id': {SITE}{figure.figid}.html\n  '@type': Dataset\n"
        + entry("description", figure.caption, "  ")
        + "  license: CC0\n  name: CreativeWork\n"
        + "  creator:\n    '@type': Organization\n    name: WikiPathways\n"
        + items("keywords", words, "  ")
    )


def named(figure: Figure) -> str:
    return f"figid_alias: {figure.alias}\nredirect_from: /figures/{figure.alias}\nfigtype: Figure\n"


def title_entry(figure: Figure) -> str:
    return entry("figtitle", figure.title) if figure.title else ""


def citation_entry(figure: Figure) -> str:
    return entry("reftext", figure.paper.citation) if figure.paper.citation else ""


def inline_record(figure: Figure) -> str:
    """Return a record that holds its annotations itself."""
    paper = figure.paper
    terms = (tuple(zip(("id", "type", "value"), term, strict=True)) for term in figure.terms)
    return "".join(
        (
            f"---\nfigid: {figure.figid}\nfiglink: {figure.figlink}\n",
            entry("number", figure.number),
            entry("caption", figure.caption),
            f"pmcid: {paper.pmcid}\n",
            entry("papertitle", paper.title),
            citation_entry(figure),
            quoted("pmc_ranked_result_index", figure.rank),
            f"pathway_score: {figure.score}\nfilename: {figure.stem}.jpg\n",
            title_entry(figure),
            quoted("year", paper.year),
            organisms_entry(figure.organisms),
            entry("ndex", figure.ndex),
            rows("annotations", terms),
            "seo: CreativeWork\n",
            embedded(figure),
            rows("genes", map(inline_gene, figure.genes)),
            rows("chemicals", map(inline_found, figure.chemicals)),
            rows("diseases", map(inline_found, figure.diseases)),
            named(figure),
            "---\n",
        )
    )


def inline_gene(hit: Hit) -> tuple[tuple[str, str], ...]:
    return (
        ("word", hit.word),
        ("symbol", hit.matched),
        ("source", LEXICONS[hit.kind][0]),
        ("hgnc_symbol", hit.symbol),
        ("entrez", str(hit.number)),
    )


def inline_found(found: Found) -> tuple[tuple[str, str], ...]:
    identifier = found.entity.mesh if found.entity else ""
    return ("word", found.word), ("source", "MESH"), ("identifier", identifier)


def sidecar_record(figure: Figure) -> str:
    """Return a record whose annotations stand in tables beside it."""
    paper = figure.paper
    journal = (
        paper.journal if paper.doi != MISSING or paper.number % 2 else Journal(MISSING, MISSING, MISSING)
    )
    return "".join(
        (
            f"---\nfigid: {figure.figid}\n",
            title_entry(figure),
            organisms_entry(figure.organisms),
            items("organisms_ner", figure.recognised),
            f"pmcid: {paper.pmcid}\nfilename: {figure.stem}.jpg\nfiglink: {figure.figlink}\n",
            entry("number", figure.number),
            entry("caption", figure.caption),
            entry("papertitle", paper.title),
            citation_entry(figure),
            quoted("year", paper.year),
            entry("doi", paper.doi),
            entry("journal_title", journal.title),
            entry("journal_nlm_ta", journal.abbreviation),
            entry("publisher_name", journal.publisher),
            entry("keywords", paper.keywords),
            f"automl_pathway: {figure.score}\n",
            named(figure),
            "ndex: ''\nseo: CreativeWork\n",
            embedded(figure),
            "---\n",
        )
    )


def table(columns: Iterable[str], body: Iterable[Iterable[object]]) -> str:
    """Return a table of tab-separated values; `NA` stands for what is missing."""
    lines = ["\t".join(columns)]
    lines.extend("\t".join("NA" if cell is None else str(cell) for cell in row) for row in body)
    return "\n".join(lines) + "\n"


def gene_table(hits: list[Hit]) -> str:
    """Return the table of genes; its counts are those of the whole figure, by species."""
    counts = Counter((hit.organism, hit.kind == "symbol") for hit in hits)
    return table(GENE_COLUMNS, (gene_row(hit, counts) for hit in hits))


def gene_row(hit: Hit, counts: Counter[tuple[Organism, bool]]) -> tuple[object, ...]:
    organism = hit.organism
    direct, synonym = counts[organism, True], counts[organism, False]
    return (
        *(organism.taxid, organism.latin, organism.group),
        *(hit.word, hit.matched, hit.symbol, hit.number, LEXICONS[hit.kind][1]),
        *(direct, synonym, direct + synonym),
    )


def found_table(other: str, found: Iterable[Found]) -> str:
    """Return the table of chemicals or diseases, whose last column is of another resource than MeSH."""
    return table(("word", "mesh", "match", "name", other), (found_row(other, *item) for item in found))


def found_row(other: str, word: str, entity: Entity | None) -> tuple[object, ...]:
    if entity is None:
        return word, None, None, None, None
    number = None if entity.other is None else f"{other}:{entity.other}"
    return word, f"mesh:{entity.mesh}", entity.name, entity.name, number


def organism_page(organism: Organism) -> str:
    return (
        f"---\n{entry('common', organism.common)}latin: {organism.latin}\nncbi: '{organism.taxid}'\n"
        f"title: {organism.latin}\ngroup: {organism.group}\nimage: {MISSING}\n\n---\n"
    )


# the site


def generate(
    folder: Path, records: int, generation: str = "inline", gene_rows: float = 34, seed: int = 1
) -> None:
    """Write a site checkout of `records` figures into a folder that is new or empty.

    Raises:
        FileExistsError: the folder holds something.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    figures = islice(Author(seed, generation, gene_rows).figures(), records)
    (folder / "_figures").mkdir(parents=True)
    if generation == "inline":
        for figure in figures:
            write(folder / "_figures" / f"{figure.figid}.md", inline_record(figure))
    else:
        write_sidecar(folder, figures)


def write_sidecar(folder: Path, figures: Iterable[Figure]) -> None:
    """Write records with their tables, the maps and the organism pages."""
    data, pages = folder / "_data", folder / "_organisms"
    data.mkdir()
    pages.mkdir()
    maps: dict[str, list[tuple[str, str]]] = {"ndex": [], "wpid": []}
    for figure in figures:
        figid = figure.figid
        write(folder / "_figures" / f"{figid}.md", sidecar_record(figure))
        if figure.genes:
            write(data / f"{figid}-genes.tsv", gene_table(figure.genes))
        if figure.chemicals:
            write(data / f"{figid}-chemicals.tsv", found_table("chebi", figure.chemicals))
        if figure.diseases:
            write(data / f"{figid}-diseases.tsv", found_table("doid", figure.diseases))
        for name, value in (("ndex", figure.ndex), ("wpid", figure.wpid)):
            if value:
                maps[name].append((figid, value))
    for name, lines in maps.items():
        write(data / f"{name}_map.tsv", "".join(f"{figid}\t{value}\n" for figid, value in lines))
    for organism in ORGANISMS:
        write(pages / f"{organism.latin.lower().replace(' ', '_')}.md", organism_page(organism))


def write(path: Path, text: str) -> None:
    path.write_bytes(text.encode())


def main() -> None:
    """Read the command line and write the site."""
    parser = argparse.ArgumentParser(description="Write a site checkout of realistic figure records.")
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--generation", choices=GENERATIONS, default="inline")
    parser.add_argument("--gene-rows", type=float, default=34, help="mean number of gene rows (default 34)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    try:
        generate(options.folder, options.records, options.generation, options.gene_rows, options.seed)
    except FileExistsError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
