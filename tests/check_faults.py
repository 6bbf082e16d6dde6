"""Faults to plant in the example records, each with the finding that it must bring, at its exact place."""

from __future__ import annotations

from typing import NamedTuple

F1 = "_figures/PMC99000001__adp-2010-11-f1.md"
F2 = "_figures/PMC99000002__ers08-4_fig4.md"
F3 = "_figures/PMC99000003__ers-23-0003-g007.md"
G3 = "_data/PMC99000003__ers-23-0003-g007-genes.tsv"
C3 = "_data/PMC99000003__ers-23-0003-g007-chemicals.tsv"
D3 = "_data/PMC99000003__ers-23-0003-g007-diseases.tsv"
F13 = "_figures/PMC99000001__adp-2010-11-f3.md"
F9 = "_figures/PMC99000009__anemone-f1.md"
G9 = "_data/PMC99000009__anemone-f1-genes.tsv"
W = "_pathways/WP481.md"
N = "_data/WP481-datanodes.tsv"
B = "_data/WP481-bibliography.tsv"
P = "_posts/2023-03-14-how-muscle-takes-up-sugar.md"
A = "_authors/Iweiss.md"
S = "_communities/cell-signalling.md"
O = "_organisms/nematostella_vectensis.md"  # noqa: E741  # beside its fellows it is clear
T = "_annotations/PW_0000143.md"


class Fault(NamedTuple):
    """A fault: the code that tells it, the file, the text to replace and by what.

    `line` is a text of the line where the finding must stand, the nearest to the edit; without one, it is the
    line where the new text starts. `where` is the file of the finding, where it is another one; `create` is
    what that file is made of (`=`: a copy); without it, the file is one that is there.
    """

    code: str
    file: str
    old: str
    new: str
    line: str | None = None
    where: str | None = None
    create: str | None = None


_DAF16 = "daf-16\tdaf-16\tdaf-16\t172981\tncbigene_symbol\t3\t2\t8"
_BOOK = (
    '"How to draw a pathway [Internet]. Muster E. Example Press; 2012. 100 p. '
    '<a href=""https://openlibrary.org/search?isbn=978-0-00-000000-2"" target=""_blank"" '
    'class=""external"" rel=""nofollow"">OpenLibrary</a>"'
)
_AKT2 = "  hgnc_symbol: AKT2\n  entrez: '208'"

FAULTS: tuple[Fault, ...] = (
    # what the parsers hold
    Fault("not-utf8", F1, "dexamethasone the last", "dexa\udcffmethasone the last", "that were kept with"),
    Fault("binary", F1, "dexamethasone the last", "dexa\0methasone the last", "that were kept with"),
    Fault("unterminated-front-matter", F1, "figtype: Figure\n---", "figtype: Figure", "figtype: Figure"),
    Fault("yaml-syntax", F1, "figtitle: How", "figtitle: How: oh", "figtitle: How: oh"),
    Fault("yaml-alias", F1, "number: F1", "number: &number F1"),
    Fault("yaml-merge", F1, "  license: CC0", "  <<: {license: CC0}"),
    Fault("yaml-tag", F1, "number: F1", "number: !!int F1"),
    Fault("yaml-key", F1, "number: F1", "? [number]\n: F1"),
    Fault("not-a-mapping", A, "---\nusername", "---\n- username\n---\nusername", "- username"),
    Fault("missing-key", F1, "figid: PMC99000001__adp-2010-11-f1", "figid: ''"),
    Fault("missing-key", W, "wpid: WP481", "wpid: 481"),
    Fault("missing-key", O, "ncbi: '45351'", "ncbi: anemone"),
    Fault("missing-key", T, 'xref-dataSource: "PW"', 'xref-dataSource: "XX"'),
    Fault("duplicate-key", F1, "year: '2010'", "year: '2010'\nnumber: F2", "number: F2"),
    Fault("wrong-type", F1, "year: '2010'", "year: [2010]"),
    Fault("wrong-type", F1, "- Mus musculus", "- {name: Mus musculus}"),
    Fault("wrong-type", W, "- link: PMC99000001", "- [link]\n- link: PMC99000001", "- [link]"),
    Fault("bad-identifier", F1, "  entrez: '208'", "  entrez: AKT2"),
    Fault("bad-identifier", F1, "pmcid: PMC99000001", "pmcid: '99000001'"),
    Fault("bad-identifier", F3, "doi: 10.5555/ers.2023.0003", "doi: ers.2023.0003"),
    Fault("bad-identifier", F1, "ndex: ''", "ndex: a-network"),
    Fault("bad-identifier", F1, "  identifier: D005947", "  identifier: glucose", "  identifier: glucose"),
    Fault("bad-identifier", G3, "\t7472\t", "\tWNT2\t", "\tWNT2\tWNT2\t"),
    Fault(
        "bad-identifier",
        G3,
        "9606\tHomo sapiens\tPrimates\t(WNT\tWNT\tWNT2",
        "man\tHomo sapiens\tPrimates\t(WNT\tWNT\tWNT2",
    ),
    Fault("bad-identifier", C3, "mesh:D018021\tlithium", "mesh:lithium\tlithium"),
    Fault("bad-identifier", D3, "doid:10283", "doid:cancer"),
    Fault("bad-identifier", F13, "- id: PW:0000143", "- id: PW:143"),
    Fault("bad-identifier", N, 'ncbigene:3667\t"The', 'ncbigene:IRS1\t"The'),
    Fault("bad-identifier", N, "uniprot:P06213", "uniprot:INSR"),
    Fault("bad-identifier", B, "99000001\tPubmed", "PMID99000001\tPubmed"),
    Fault("bad-identifier", W, "- link: PMC99000001", "- link: PMID99000001"),
    Fault("bad-identifier", A, "orcid: ", "orcid: 0000-", "orcid: 0000-"),
    Fault("bad-identifier", S, "['WP481']", "['481']"),
    Fault("bad-iri", F1, "'@id': https://pfocr", "'@id': pfocr"),
    Fault("bad-iri", B, "https://example.org/insulin?view=map", "example.org/insulin"),
    Fault("bad-number", F1, "pathway_score: 0.9541208", "pathway_score: high"),
    Fault("bad-number", F1, "pmc_ranked_result_index: '1204'", "pmc_ranked_result_index: '12.5'"),
    Fault("bad-number", F1, "year: '2010'", "year: about 2010"),
    Fault("bad-date", W, "last-edited: 2025-03-14", "last-edited: 2025-02-30"),
    Fault("bad-date", P, "date: 2023-03-14", "date: in March"),
    Fault("bad-page", F1, "figlink: /pmc/articles", "figlink: /articles"),
    Fault("bad-page", F1, "redirect_from: /figures", "redirect_from: figures"),
    Fault("duplicate-column", G3, "\tcount_direct", "\tword", "organism_id"),
    Fault("long-row", G3, "WNT2\t7472\tfamplex_relations\t3", "WNT2\t7472\tfamplex_relations\t\t3"),
    Fault("short-row", G3, "WNT2\t7472\tfamplex_relations\t3\t2\t8", "WNT2\t7472\tfamplex_relations\t3\t2"),
    Fault("missing-column", C3, "word\tmesh", "Word\tmesh"),
    Fault("open-quote", N, '"The identifier names no namespace."', '"The identifier names'),
    Fault("missing-word", F1, "- word: Akt2", "- word:"),
    Fault("missing-word", C3, "LiCl\tmesh", "\tmesh"),
    Fault("missing-label", N, "JNK1\tGeneProduct", "\tGeneProduct"),
    Fault("mended-row", N, "JNK1\tGeneProduct", "\tJNK1\tGeneProduct"),
    Fault("unknown-namespace", N, 'ensembl:ENSG00000107643\t""', 'nobody:107643\t""'),
    Fault("unknown-namespace", B, "\tISBN\t", "\tOCLC\t"),
    Fault("empty-annotation", C3, "Dest complex\tNA\tNA", "\tNA\t"),
    Fault("odd-figid", F1, "figid: PMC99000001__adp-2010-11-f1", "figid: PMC99000001__adp/f1"),
    Fault("unknown-organism", F1, "- Mus musculus", "- Mus musculis"),
    Fault("unknown-organism", W, "- Homo sapiens", "- Homo sapines"),
    Fault(
        "unknown-lexicon",
        F1,
        "  symbol: AKT2\n  source: hgnc_symbol",
        "  symbol: AKT2\n  source: my_list",
        "my_list",
    ),
    Fault("unknown-lexicon", G3, "WNT2\t7472\tfamplex_relations", "WNT2\t7472\tfamilies"),
    Fault("unknown-ontology", F13, "- id: PW:0000143", "- id: GO:0008286"),
    Fault("unknown-licence", F1, "  license: CC0", "  license: all mine"),
    Fault("control-character", F1, "figtitle: How insulin", "figtitle: How\x0binsulin"),
    Fault(
        "unreadable-citation",
        F1,
        "reftext: Ida Beispiel, et al. Ann Drawn Pathw. 2010 Feb 19;11(2):101-112.",
        "reftext: see there",
    ),
    Fault("unknown-key", F1, "figtype: Figure", "figtipe: Figure"),
    Fault("unknown-column", G3, "\tcount_direct", "\tcounted", "organism_id"),
    Fault("missing-paper", F1, "", "", "figid", "_figures/x.md", create="---\nfigid: x\n---\n"),
    Fault("lost-paper", F1, "pmcid: PMC99000001", "pmcid: ''"),
    Fault("anonymous-author", W, "- Iweiss", "- 2001:db8::7"),
    # one record against itself
    Fault("odd-pmcid", F1, "pmcid: PMC99000001", "pmcid: PMC99000002"),
    Fault("odd-pmcid", F1, "figlink: /pmc/articles/PMC99000001", "figlink: /pmc/articles/PMC99000002"),
    Fault("odd-pmcid", F1, "figid_alias: PMC99000001__F1", "figid_alias: PMC99000002__F1"),
    Fault("odd-page", F1, "adp-2010-11-f1.html", "adp-2010-11-f2.html"),
    Fault("odd-page", W, "pathways/WP481.html\n", "pathways/WP482.html\n", "'@id'"),
    Fault("odd-file-name", F1, "figid: PMC99000001__adp-2010-11-f1", "figid: PMC99000001__adp-2010-11-f9"),
    Fault("odd-file-name", W, "wpid: WP481", "wpid: WP482"),
    Fault("figid-form", F1, "figid: PMC99000001__adp-2010-11-f1", "figid: drawing-12"),
    Fault("odd-year", F1, "year: '2010'", "year: '2910'"),
    Fault("odd-year", F2, "year: '2008'\norganisms", "year: '1208'\norganisms"),
    Fault("year-unlike-citation", F1, "year: '2010'", "year: '2001'"),
    Fault("odd-date", P, "date: 2023-03-14", "date: 2022-03-14"),
    Fault("empty-caption", F9, "caption: ", "caption:\nfigtype: ", "caption:"),
    Fault("missing-number", F1, "number: F1", "number: ''"),
    Fault("missing-image", F1, "filename: adp-2010-11-f1.jpg", "filename: .na.character"),
    Fault("missing-title", W, "title: Insulin signalling\n", "title: ''\n", "title: ''"),
    Fault("missing-title", P, "title: ", "title: ''\ncomments: ", "title: ''"),
    Fault("empty-heading", P, "Muscle takes up", "\n##\n\nMuscle takes up", "##"),
    Fault(
        "missing-description",
        W,
        "description: Insulin binds its receptor and,",
        "description:\nseo: and",
        "description:",
    ),
    Fault("missing-organism", F1, "- Mus musculus", "- NA", "organisms:"),
    Fault("missing-organism", W, "- Homo sapiens", "- NULL", "organisms:"),
    Fault(
        "missing-date",
        P,
        "",
        "",
        "layout",
        "_posts/sugar.md",
        create="---\nlayout: post\ntitle: Sugar\n---\nSweet.\n",
    ),
    Fault("missing-licence", F1, "  license: CC0", "  license: ''"),
    Fault("missing-licence", W, "  license: CC0", "  license:"),
    Fault("unknown-creator", F1, "    name: WikiPathways", "    name: A curator"),
    Fault("missing-lexicon", F1, "  symbol: AKT2\n  source: hgnc_symbol", "  symbol: AKT2", "- word: Akt2"),
    Fault("missing-lexicon", G3, "WNT2\t7472\tfamplex_relations", "WNT2\t7472\t", "WNT2\t7472"),
    Fault("unidentified-word", F1, "  entrez: '208'", "  entrez: ''", "- word: Akt2"),
    Fault("unidentified-word", G9, "daf-16\t172981", "daf-16\tNA"),
    Fault("unlike-type", N, "JNK1\tGeneProduct\tensembl:ENSG00000107643", "JNK1\tGeneProduct\tchebi:17634"),
    Fault("unlike-type", N, "INSR\tGeneProduct\tensembl:ENSG00000171105", "INSR\tRna\tchebi:17634"),
    Fault("unlike-type", N, "INSR\tGeneProduct\tensembl:ENSG00000171105", "INSR\tProtein\tchebi:17634"),
    Fault(
        "unlike-type",
        N,
        'D-glucose\tMetabolite\tchebi:17634\t""\t\t\t\t\twikidata:Q37525\tchebi:17634\t',
        'D-glucose\tMetabolite\tensembl:ENSG00000171105\t""\t\t\t\t\t\t\t',
    ),
    Fault("untitled-work", B, f"978-0-00-000000-2\tISBN\t{_BOOK}", "978-0-00-000000-2\tISBN\t"),
    Fault(
        "untitled-work",
        W,
        "- link: 10.5555/12345678\n  title: Ten drawings of one receptor",
        "- link: 10.5555/87654321",
    ),
    Fault("score-out-of-range", F1, "pathway_score: 0.9541208", "pathway_score: 95.41"),
    Fault("score-out-of-range", F3, "automl_pathway: 0.9637", "automl_pathway: -0.9"),
    Fault("score-out-of-range", F1, "pmc_ranked_result_index: '1204'", "pmc_ranked_result_index: '-1'"),
    Fault("keyword-without-row", F1, "  - AKT2\n", "  - AKT2\n  - TP53\n", "  - TP53"),
    Fault("keyword-without-row", F3, "  - APC\n", "  - APC\n  - TP53\n", "  - TP53"),
    Fault("row-without-keyword", F1, "  - AKT2\n", "", "  hgnc_symbol: AKT2"),
    Fault("row-without-keyword", G3, "WNT1\t7471", "WNT10A\t80326"),
    Fault("stale-copy", F1, "  description: How insulin brings", "  description: How insulin carries"),
    Fault("stale-copy", W, "  name: Insulin signalling", "  name: Insulin signaling"),
    Fault("look-alike", F1, "- word: Akt2", "- word: \u0410kt2"),
    Fault("look-alike", F1, "  hgnc_symbol: INSR", "  hgnc_symbol: \u0399NSR"),
    Fault("look-alike", F1, "  - AKT2\n", "  - AK\u0422\u0032\n"),
    Fault("look-alike", G3, "\tcMYC\t", "\tc\u041cYC\t"),
    Fault("look-alike", C3, "LiCl\tmesh", "Li\u0421l\tmesh"),
    Fault("look-alike", N, "JNK1\tGeneProduct", "JN\u041a1\tGeneProduct"),
    Fault("mojibake", F1, "caption: How insulin", "caption: How Œ≤ insulin", "caption: "),
    Fault("mojibake", F1, "vesicles that hold GLUT4", "ves\u00c3\u00afcles that hold GLUT4", "ves\u00c3"),
    Fault("mojibake", P, "Muscle takes up", "Mus\u00c3\u00a7le takes up"),
    Fault("markup-in-text", F1, "the last step is slower", "the <b>last</b> step is slower"),
    Fault("mojibake", F1, "papertitle: Vesicle", "papertitle: V\u00c3\u00a9sicle"),
    Fault("mojibake", F1, "figtitle: How insulin", "figtitle: How insulin\u00e2\u20ac\u2122s way"),
    Fault("mojibake", F1, "- word: Akt2", "- word: Akt\ufffd"),
    Fault("mojibake", G3, "\tcMYC\t", "\tcMYC‚Äì\t"),
    Fault(
        "mojibake",
        W,
        "description: Insulin binds its receptor and,",
        "description: Insulin Œ± binds its receptor and,",
    ),
    Fault("mojibake", P, "title: ", "title: \u00c3\u00bc ", "title: "),
    Fault("markup-in-text", F1, "caption: How insulin", "caption: How <i>insulin</i>", "caption: "),
    Fault("markup-in-text", F1, "papertitle: Vesicle", "papertitle: The &alpha;-Vesicle"),
    Fault(
        "taxon-names",
        G3,
        "9606\tHomo sapiens\tPrimates\t(WNT\tWNT\tWNT2",
        "9606\tMus musculus\tPrimates\t(WNT\tWNT\tWNT2",
    ),
    Fault(
        "record-without-table",
        F1,
        "figid: PMC99000001__adp-2010-11-f1",
        "figid: PMC99000001__x",
        "figid",
        "_figures/PMC1__x.md",
        create="---\nfigid: PMC1__x\npmcid: PMC1\n---\n",
    ),
    Fault("swallowed-rows", N, 'is not drawn."', "is not drawn."),
    # records taken together
    Fault(
        "duplicate-figid", F1, "", "", "figid:", "_figures/copy/PMC99000001__adp-2010-11-f1.md", create="="
    ),
    Fault("duplicate-alias", F2, "figid_alias: PMC99000002__Fig4", "figid_alias: PMC99000001__F1"),
    Fault(
        "clashing-redirect",
        F2,
        "redirect_from: /figures/PMC99000002__Fig4",
        "redirect_from: /figures/PMC99000001__F1",
    ),
    Fault(
        "clashing-redirect",
        F2,
        "redirect_from: /figures/PMC99000002__Fig4",
        "redirect_from: /figures/PMC99000001__adp-2010-11-f1.html",
        "redirect_from",
    ),
    Fault("gene-names", F1, "  hgnc_symbol: AKT2", "  hgnc_symbol: PKBB"),
    Fault("gene-names", G3, "WNT2\t7472", "IRP\t3643"),
    Fault("gene-names", N, "hgnc.symbol:MAPK8", "hgnc.symbol:JNK1"),
    Fault("shared-symbol", F1, _AKT2, "  hgnc_symbol: AKT2\n  entrez: '2080'", "  hgnc_symbol: AKT2"),
    Fault("gene-species", G3, "9606\tHomo sapiens\tPrimates\tcMYC", "10090\tMus musculus\tPrimates\tcMYC"),
    Fault(
        "substance-names",
        C3,
        "LiCl\tmesh:D018021\tlithium chloride\tLithium Chloride",
        "LiCl\tmesh:D018021\tlithium chloride\tTable salt",
        "Lithium Chloride",
    ),
    Fault(
        "taxon-names",
        G9,
        f"6239\tCaenorhabditis elegans\tNematodes\t{_DAF16}\n6239\tCaenorhabditis elegans",
        f"9999\tOne worm\tNematodes\t{_DAF16}\n9999\tTwo worms",
        "Two worms",
    ),
    Fault("term-names", F13, "  value: insulin signaling pathway", "  value: glucose pathway"),
    Fault(
        "paper-titles",
        F13,
        "papertitle: Vesicle traffic as the slow",
        "papertitle: Vesicle traffic as the fast",
    ),
    Fault("paper-years", F13, "year: '2010'\norganisms", "year: '2011'\norganisms"),
    Fault("paper-dates", F13, "2010 Feb 19", "2010 Mar 19", "reftext"),
    Fault("paper-dates", F13, "2010 Feb 19", "2010 Feb", "reftext"),
    Fault("journal-names", F13, "Ann Drawn Pathw.", "Ann drawn Pathw.", "reftext"),
    Fault(
        "compound-keys",
        "_data/WP437-datanodes.tsv",
        'PIP3\tMetabolite\tchebi:16618\t""\t\t\t\t\t\tchebi:16618\t\t',
        'PIP3\tMetabolite\tchebi:17634\t""\t\t\t\t\t\tchebi:17634\tinchikey:WQZGKKKJIJFFOK-VFUOTHLCSA-N\t',
        "D-glucose",
        N,
    ),
    Fault("paper-dois", F3, "doi: 10.5555/ers.2023.0003", "doi: 10.5555/ers.2008.4.55"),
    Fault(
        "table-without-record",
        F1,
        "",
        "",
        "word",
        "_data/PMC1__nothing-genes.tsv",
        create="word\tmatch\tsource\n",
    ),
    Fault(
        "map-without-record",
        "_data/wpid_map.tsv",
        "PMC99000007__adp-2017-28-f2",
        "PMC99000007__adp-2017-28-f3",
    ),
)
