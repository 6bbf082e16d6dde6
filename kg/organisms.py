"""Organisms by name: a small built-in table of common model organisms, and the organism pages of a run.

Taxon identifiers are those of the NCBI Taxonomy.

>>> Organisms().find("C. elegans")
'6239'
>>> Organisms().find("Plants") is None
True
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Organism(NamedTuple):
    """A taxon: its NCBI Taxonomy identifier, scientific name, common name and rank, as far as known."""

    taxid: str
    name: str | None = None
    common: str | None = None
    rank: str | None = None


_BUILT_IN = """\
9606|Homo sapiens|human|species|H. sapiens
10090|Mus musculus|house mouse|species|M. musculus;mouse
10116|Rattus norvegicus|Norway rat|species|R. norvegicus;rat
7227|Drosophila melanogaster|fruit fly|species|D. melanogaster
6239|Caenorhabditis elegans||species|C. elegans
7955|Danio rerio|zebrafish|species|D. rerio
4932|Saccharomyces cerevisiae|baker's yeast|species|S. cerevisiae
4896|Schizosaccharomyces pombe|fission yeast|species|S. pombe
3702|Arabidopsis thaliana|thale cress|species|A. thaliana
562|Escherichia coli||species|E. coli
9913|Bos taurus|domestic cattle|species|B. taurus
9031|Gallus gallus|chicken|species|G. gallus
9823|Sus scrofa|pig|species|S. scrofa
9615|Canis lupus familiaris|dog|subspecies|Canis familiaris
9796|Equus caballus|horse|species|E. caballus
9598|Pan troglodytes|chimpanzee|species|P. troglodytes
9544|Macaca mulatta|rhesus monkey|species|M. mulatta
9986|Oryctolagus cuniculus|rabbit|species|O. cuniculus
9940|Ovis aries|sheep|species|O. aries
10141|Cavia porcellus|domestic guinea pig|species|C. porcellus
8355|Xenopus laevis|African clawed frog|species|X. laevis
8364|Xenopus tropicalis|tropical clawed frog|species|X. tropicalis
7165|Anopheles gambiae|African malaria mosquito|species|A. gambiae
4530|Oryza sativa|Asian cultivated rice|species|O. sativa;rice
4577|Zea mays|maize|species|Z. mays
3880|Medicago truncatula|barrel medic|species|M. truncatula
4081|Solanum lycopersicum|tomato|species|S. lycopersicum
3847|Glycine max|soybean|species|G. max
29760|Vitis vinifera|wine grape|species|V. vinifera
4097|Nicotiana tabacum|common tobacco|species|N. tabacum
3055|Chlamydomonas reinhardtii||species|C. reinhardtii
44689|Dictyostelium discoideum||species|D. discoideum
5833|Plasmodium falciparum|malaria parasite P. falciparum|species|P. falciparum
5476|Candida albicans||species|C. albicans
162425|Aspergillus nidulans||species|A. nidulans
5141|Neurospora crassa||species|N. crassa
1423|Bacillus subtilis||species|B. subtilis
1773|Mycobacterium tuberculosis||species|M. tuberculosis
287|Pseudomonas aeruginosa||species|P. aeruginosa
1280|Staphylococcus aureus||species|S. aureus
382|Sinorhizobium meliloti||species|S. meliloti
881|Nitratidesulfovibrio vulgaris||species|Desulfovibrio vulgaris;D. vulgaris
"""


class Organisms:
    """Finds taxa by name (case does not count) and says what is known of them."""

    def __init__(self, pages: Iterable[Organism] = ()) -> None:
        self._by_name: dict[str, str] = {}
        self._by_taxid: dict[str, Organism] = {}
        for line in _BUILT_IN.splitlines():
            taxid, name, common, rank, synonyms = line.split("|")
            self._add(Organism(taxid, name, common or None, rank), synonyms.split(";"))
        for page in pages:
            self.add(page)

    def add(self, page: Organism) -> None:
        """Add what an organism page says; it wins over the built-in table."""
        known = self._by_taxid.get(page.taxid)
        self._add(page._replace(rank=page.rank or (known.rank if known else None)), ())

    def _add(self, organism: Organism, synonyms: Iterable[str]) -> None:
        self._by_taxid[organism.taxid] = organism
        for name in (organism.name, organism.common, *synonyms):
            if name:
                self._by_name[name.casefold()] = organism.taxid

    def find(self, name: str) -> str | None:
        """Return the NCBI Taxonomy identifier of a name, or None."""
        return self._by_name.get(" ".join(name.split()).casefold())

    def get(self, taxid: str) -> Organism:
        """Return what is known of a taxon; at least its identifier."""
        return self._by_taxid.get(taxid) or Organism(taxid)
