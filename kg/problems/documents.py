"""The codes of documents: a whole record is lost."""

from __future__ import annotations

from kg.problems.code import Code, Severity

_E = Severity.ERROR

ROWS = (
    # the document as a whole: the record is lost
    Code(
        "unreadable",
        _E,
        "The file could not be read.",
        "Check that it exists and that you may read it.",
        "kg check site/_figures/PMC1__f1.md\n# PMC1__f1.md: permission denied",
    ),
    Code(
        "not-utf8",
        _E,
        "The file is not valid UTF-8 text.",
        "Save it as UTF-8; the place of the first bad byte is given.",
        "caption: The na\\xEFve T cell        # saved as Latin-1",
    ),
    Code(
        "binary",
        _E,
        "The file holds NUL bytes: it is not a text.",
        "Remove it from the source, or restore the text.",
        "figtitle: Insulin\\x00 signalling",
    ),
    Code(
        "too-large",
        _E,
        "The front matter or the file is larger than the limit.",
        "Split the record, or move tables into sidecar files.",
        "genes:\n- word: AKT1                  # … and 60,000 rows more",
    ),
    Code(
        "unterminated-front-matter",
        _E,
        "The front matter has no closing line `---`.",
        "Add a line with `---` after the last key.",
        "---\nfigid: PMC1__f1\nfigtitle: Insulin signalling\n\nThe text, and no second line `---`",
    ),
    Code(
        "yaml-syntax",
        _E,
        "The front matter is not valid YAML.",
        "Mend it at the place given; quote texts that hold `: ` or start with a special character.",
        "figtitle: Insulin: a short history",
    ),
    Code(
        "yaml-depth",
        _E,
        "The front matter is nested more deeply than the limit.",
        "Flatten the value at the place given.",
        "genes: [[[[[[[[[[[[ … ]]]]]]]]]]]]",
    ),
    Code(
        "yaml-nodes",
        _E,
        "The front matter has more values than the limit.",
        "Move long lists into a sidecar table.",
        "genes:                         # 200,001 values",
    ),
    Code(
        "yaml-alias",
        _E,
        "The front matter uses a YAML alias or anchor.",
        "Write the value out where the alias stands.",
        "figtitle: &title Insulin signalling\npapertitle: *title",
    ),
    Code(
        "yaml-merge",
        _E,
        "The front matter uses a YAML merge key `<<`.",
        "Write the merged keys out.",
        "genes:\n- <<: *akt\n  word: Akt",
    ),
    Code(
        "yaml-tag",
        _E,
        "The front matter uses a YAML tag.",
        "Remove the tag (`!…`); every value is read as text.",
        "year: !!int 2010",
    ),
    Code(
        "yaml-key",
        _E,
        "A key of the front matter is not a text.",
        "Write the key as a plain word.",
        "? [figid, number]\n: PMC1__f1",
    ),
    Code(
        "yaml-documents",
        _E,
        "The front matter holds a second YAML document.",
        "Keep one document between the two `---` lines.",
        "---\nfigid: PMC1__f1\n--- !second\nfigid: PMC1__f2\n---",
    ),
    Code(
        "not-a-mapping",
        _E,
        "The front matter is not a mapping of keys to values.",
        "Write it as lines of `key: value`.",
        "---\n- figid: PMC1__f1\n- number: F1\n---",
    ),
    Code(
        "missing-key",
        _E,
        "A key that identifies the record is absent or empty.",
        "Add it; without it the record has no name of its own.",
        "---\nfigid: ''\nfigtitle: Insulin signalling\n---",
    ),
    Code(
        "bad-archive-member",
        _E,
        "A member of an archive is refused (a link, an unsafe path, or over a limit).",
        "Make the archive anew from plain files.",
        "site.tar!../../etc/passwd",
    ),
    Code(
        "damaged-archive",
        _E,
        "The archive ends early or is damaged; what stood before was read.",
        "Make or download the archive again.",
        "site.tar.gz                    # the download stopped early",
    ),
    Code(
        "internal",
        _E,
        "The record met a fault of this program.",
        "Please report it with the record; the others are not affected.",
        "# a fault of this program in one record: kg/… raised …",
    ),
)
