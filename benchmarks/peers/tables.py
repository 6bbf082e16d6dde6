"""Write the figures of a site as the CSV tables of `shape.py`, for the table mappers.

    python benchmarks/peers/tables.py SITE FOLDER [--loader c|rust]

What a competent user would write: plain functions, shared entities once, rows by the C writer of `csv`. Front
matter is read by PyYAML's C loader, or by yaml_rs, the fastest YAML reader that Python has today; that one
types what looks like a number, and the values are made text again.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import Counter
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from model import (
    BASE,
    DATASET_PROFILE,
    FAMILY_LEXICONS,
    IDENTIFIERS,
    KG,
    MESH_RDF,
    NCBI,
    OBO,
    PREFIXES,
    SITE,
    Organism,
    Site,
    cited,
    decimal,
    digest,
    open_site,
    present,
    segment,
    slug,
    texts,
    title_of,
)
from shape import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable

Row = tuple[Any, ...]
DIGITS = re.compile(r"\d+")
SCHEMA = PREFIXES["schema"]
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
GENE_MENTION = KG + "GeneMention"


def rust_front_matter() -> Callable[[Path], dict[str, Any]]:
    """Return a reader of front matter that uses yaml_rs."""
    from yaml_rs import loads

    def read(path: Path) -> dict[str, Any]:
        text = path.read_text("utf-8")
        values = loads(text[4 : text.index("\n---\n", 4) + 1], parse_datetime=False)
        return cast("dict[str, Any]", values)

    return read


def text_of(value: Any) -> str | None:
    """Return a scalar as text, or None where it stands for a missing one."""
    if value is None or isinstance(value, str):
        return present(value)
    return str(value)


def number_of(value: Any) -> str | None:
    """Return a decimal number in its canonical form, or None where there is none."""
    text = text_of(value)
    return None if text is None else decimal(text)


class Tables:
    """Collects the rows of each table, and the shared entities that were told of."""

    def __init__(self, site: Site, writers: dict[str, Any]) -> None:
        self._site, self._add = site, {name: writer.writerow for name, writer in writers.items()}
        self._add_all = {name: writer.writerows for name, writer in writers.items()}
        self._said: set[Any] = set()
        self._journal_iri = lru_cache(maxsize=None)(lambda name: f"{BASE}journal/{slug(name)}")

    def write(self) -> None:
        """Write every row."""
        for organism in self._site.pages():
            self._taxon(organism)
        for record in self._site.figures():
            self._figure(record)

    def _once(self, key: Any) -> bool:
        if key in self._said:
            return False
        self._said.add(key)
        return True

    def _figure(self, record: dict[str, Any]) -> None:
        jsonld, figid, pmcid = record["schema-jsonld"], record["figid"], record["pmcid"]
        page, paper, filename = jsonld["@id"], f"{IDENTIFIERS}pmc/{pmcid}", record["filename"]
        number, link = text_of(record.get("number")), text_of(record.get("figlink"))
        found = DIGITS.search(number) if number else None
        alias, redirect = texts(record.get("figid_alias")), texts(record.get("redirect_from"))
        caption, free, keywords = (
            text_of(record.get("caption")),
            jsonld.get("license") == "CC0",
            texts(jsonld.get("keywords")),
        )
        row = (
            page,
            figid,
            alias[0] if alias else None,
            title_of(record),
            caption,
            SITE + quote(redirect[0], safe="/!$&'()*+,;=:@~") if redirect else None,
            f"{NCBI}/{link.removeprefix('/')}" if link else None,
            CC0 if free else None,
            "https://www.wikipathways.org/"
            if (jsonld.get("creator") or {}).get("name") == "WikiPathways"
            else None,
            paper,
            f"{NCBI}/pmc/articles/{pmcid}/bin/{segment(filename)}",
            "image/jpeg" if filename.endswith(".jpg") else None,
            int(found.group()) if found else None,
            number,
            text_of(record.get("figtype")),
            number_of(record.get("pathway_score")),
            number_of(record.get("automl_pathway")),
            text_of(record.get("pmc_ranked_result_index")),
            DATASET_PROFILE if caption and free and keywords else None,
        )
        self._add["figure"](row)
        self._links(record, page, jsonld)
        if self._once(pmcid):
            self._paper(record, paper)
        self._genes(record["genes"], page)
        self._substances("chemical", record["chemicals"], page)
        self._substances("disease", record["diseases"], page)

    def _links(self, record: dict[str, Any], page: str, jsonld: dict[str, Any]) -> None:
        figid = record["figid"]
        organisms, recognised = texts(record.get("organisms")), texts(record.get("organisms_ner"))
        about = [*self._taxa(organisms), *(self._term(row) for row in record.get("annotations") or ())]
        self._add_all["about"]([(page, entity) for entity in about])
        self._add_all["recognised"]([(page, entity) for entity in self._taxa(recognised)])
        self._add_all["keyword"]([(page, word) for word in texts(jsonld.get("keywords"))])
        self._add_all["organism"]([(page, name) for name in dict.fromkeys(organisms + recognised)])
        for network in {text_of(record.get("ndex")), self._site.ndex.get(figid)} - {None}:
            self._add["see"]((page, f"https://www.ndexbio.org/viewer/networks/{network}"))
        for pathway in {text_of(record.get("wpid")), self._site.wpids.get(figid)} - {None}:
            self._add["see"]((page, f"{IDENTIFIERS}wikipathways/{pathway}"))

    def _paper(self, record: dict[str, Any], paper: str) -> None:
        pmcid, citation = record["pmcid"], text_of(record.get("reftext"))
        journal, date, pages = cited(citation)
        year, doi = text_of(record.get("year")), text_of(record.get("doi"))
        if date is None and year:
            date = year, "gYear"
        dates = dict.fromkeys(("date", "gYearMonth", "gYear"))
        if date:
            dates[date[1]] = date[0]
        row = (
            paper,
            f"pmc:{pmcid}",
            text_of(record.get("papertitle")),
            f"{NCBI}/pmc/articles/{pmcid}/",
            *dates.values(),
            year or (date[0][:4] if date else None),
            present(pages),
            citation,
            "https://doi.org/" + quote(doi, safe="!$&'()*+,;=:@~-._/") if doi else None,
            self._journal(record, journal),
        )
        self._add["paper"](row)
        keywords = (text_of(record.get("keywords")) or "").split(" | ")
        self._add_all["keyword"]([(paper, word) for word in keywords if word])

    def _journal(self, record: dict[str, Any], found: str | None) -> str | None:
        title = text_of(record.get("journal_title"))
        short = text_of(record.get("journal_nlm_ta")) or found
        if not title and not short:
            return None
        journal: str = self._journal_iri(short or title)
        name = text_of(record.get("publisher_name"))
        if self._once((title, short, name)):
            publisher = f"{BASE}publisher/{slug(name)}" if name else None
            other = short if title and title != short else None
            self._add["journal"]((journal, title or short, other, publisher))
            if name and self._once((publisher, name)):
                self._add["publisher"]((publisher, name))
        return journal

    def _taxa(self, names: list[str]) -> list[str]:
        by_name = self._site.by_name
        found = (by_name.get(name.casefold()) for name in names)
        return [self._taxon(organism) for organism in found if organism]

    def _taxon(self, organism: Organism) -> str:
        taxon = f"{IDENTIFIERS}taxonomy/{organism.taxid}"
        if self._once(organism):
            number = organism.taxid
            cells = (organism.name, organism.common, f"taxonomy:{number}", organism.rank)
            self._add["taxon"]((taxon, *cells, f"{OBO}NCBITaxon_{number}"))
        return taxon

    def _term(self, row: dict[str, str]) -> str:
        code, name = row["id"], row["value"]
        prefix, _, number = code.partition(":")
        term = f"{IDENTIFIERS}{prefix.lower()}/{code}"
        if self._once((code, name)):
            self._add["term"]((term, name, code, f"{OBO}{prefix.lower()}.owl", f"{OBO}{prefix}_{number}"))
        return term

    def _genes(self, rows: list[dict[str, str]], page: str) -> None:
        said, mentions = self._said, dict[tuple[str, str | None, str], list[str]]()
        for row in rows:
            number = row.get("entrez") or row["ncbigene_id"]
            name = row.get("hgnc_symbol") or row["ncbigene_symbol"]
            taxid = row.get("organism_id", "9606")
            gene = f"{IDENTIFIERS}ncbigene/{number}"
            if (number, name, taxid) not in said:
                said.add((number, name, taxid))
                taxon = self._taxon(self._site.organisms[taxid])
                self._add["gene"]((gene, name, f"ncbigene:{number}", taxon))
            key = str(row["word"]), row.get("symbol") or row.get("match"), row["source"]
            mentions.setdefault(key, []).append(gene)
        self._mentions("gene", GENE_MENTION, mentions, page)

    def _substances(self, kind: str, rows: list[dict[str, str]], page: str) -> None:
        mentions: dict[tuple[str, str | None, str], list[str | None]] = {}
        for row in rows:
            word, matched = row["word"], row.get("match")
            key = word, matched if matched == word else present(matched), "mesh"
            mentions.setdefault(key, []).append(self._substance(kind, row))
        self._mentions(kind, f"{KG}{kind.capitalize()}Mention", mentions, page)

    def _substance(self, kind: str, row: dict[str, str]) -> str | None:
        code = present(row.get("mesh") or row.get("identifier"))
        if code is None:
            return None
        code = code.removeprefix("mesh:")
        name, close = present(row.get("name")), present(row.get("chebi") or row.get("doid"))
        node = f"{IDENTIFIERS}mesh/{code}"
        if self._once((kind, code, name, close)):
            of_class = SCHEMA + ("ChemicalSubstance" if kind == "chemical" else "MedicalCondition")
            prefix, _, number = (close or "").partition(":")
            other = f"{IDENTIFIERS}{prefix}/{prefix.upper()}:{number}" if close else None
            self._add["substance"]((node, of_class, name, f"mesh:{code}", MESH_RDF + code, other))
        return node

    def _mentions(
        self, kind: str, of_class: str, mentions: dict[tuple[str, str | None, str], list[Any]], page: str
    ) -> None:
        rows, entries = [], []
        for (word, matched, lexicon), entities in mentions.items():
            mention = f"{page}#{digest(kind, word, matched or '', lexicon)}"
            times = 1 if len(entities) == 1 else max(Counter(entities).values())
            count = times if times > 1 else None
            rows.append((mention, of_class, page, word, matched, self._lexicon(lexicon), count))
            entries += [(page, mention, entity) for entity in entities if entity]
        self._add_all["mention"](rows)
        self._add_all["entry"](entries)

    def _lexicon(self, name: str) -> str:
        if self._once(name):
            self._add["lexicon"]((KG + name, "true" if name in FAMILY_LEXICONS else "false"))
        return KG + name


def convert(folder: Path, output: Path, loader: str) -> None:
    """Write the tables of a site."""
    output.mkdir(parents=True, exist_ok=True)
    site = open_site(folder, rust_front_matter() if loader == "rust" else None)
    with ExitStack() as stack:
        writers = {}
        for table in TABLES:
            path = output / f"{table.name}.csv"
            file = stack.enter_context(path.open("w", encoding="utf-8", newline=""))
            writers[table.name] = csv.writer(file, lineterminator="\n")
            writers[table.name].writerow(table.columns)
        Tables(site, writers).write()


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the figures of a site as CSV tables.")
    parser.add_argument("site", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--loader", choices=("c", "rust"), default="c")
    options = parser.parse_args()
    convert(options.site, options.folder, options.loader)


if __name__ == "__main__":
    main()
