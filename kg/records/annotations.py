"""Annotations of figures: rows of genes, chemicals and diseases, gathered into mentions.

Few of the rows of a run say something new: what a row says apart from its word is remembered, and read once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

from kg import fast
from kg.frontmatter import Rows
from kg.identifiers import CHEBI, DOID, MESH, NCBIGENE, TAXONOMY, Namespace
from kg.organisms import Organism, Organisms
from kg.problems import Problem
from kg.recent import Recent
from kg.records import keys
from kg.records.fields import Fields, Row, present, table_rows
from kg.records.shared import Entity, Identifier, linked
from kg.source import Table
from kg.vocabulary import LEXICONS

_HUMAN = "9606"
_MOST_MEANINGS = 1 << 13
_MOST_FORMS = 64


class Mention(NamedTuple):
    """One OCR word with what it matched, in which lexicon, and every entity that it resolved to.

    `occurrences` is how often the same row stands, `unlinked` are identifiers that match no pattern.
    """

    kind: str
    word: str | None
    matched: str | None
    lexicon: str | None
    entities: tuple[Entity, ...]
    unlinked: tuple[str, ...]
    occurrences: int


_made: Callable[[tuple[Any, ...]], Mention] = partial(tuple.__new__, Mention)
"""Makes a mention of its fields: as `Mention` does, in less time."""


class Kind(NamedTuple):
    """One kind of annotation: its keys and columns, and how its entity is read."""

    name: str
    plural: str
    keys: keys.Table
    columns: keys.Table
    entity: Callable[[Fields | Row, str | None, Organisms, list[str]], Entity | None]


class _Meaning(NamedTuple):
    """What a row says apart from its word; `missing` of its values stand for a missing one.

    `owner` tells for which rows of which run.
    """

    owner: object
    matched: str | None
    lexicon: str | None
    entity: Entity | None
    unlinked: tuple[str, ...]
    missing: int


class _Columns(NamedTuple):
    """What gives the word of a row of tables with the same columns, all else that counts, and its meaning."""

    word: Callable[[list[str]], str]
    rest: Callable[[list[str]], tuple[str, ...]]
    meanings: Recent[str, _Meaning]


class Known:
    """What the rows of a run said, if there was no problem with them; as much as bounded memory holds.

    Of rows in front matter that is a note at their tails. Equal entities are one object.
    """

    def __init__(self) -> None:
        self._entities = Recent[Entity, Entity](_MOST_MEANINGS)
        self._columns = Recent[tuple[str, ...], _Columns](_MOST_FORMS)
        self._owners = Recent[tuple[str, ...], object](_MOST_FORMS)

    def entity(self, found: Entity) -> Entity:
        """Return the one object of equal entities."""
        known = self._entities.get(found)
        if known is None:
            self._entities.keep(found, found)
        return known or found

    def columns(self, kind: Kind, header: Sequence[str]) -> _Columns | None:
        """Return what is known of the rows of tables with a header, or None where all must be read."""
        key = (kind.name, *header)
        found = self._columns.get(key)
        if found is None and _is_usual(header, kind.columns):
            mapped = [name for name in header if name != "word" and kind.columns[name] == keys.MAPPED]
            if len(mapped) > 1:
                rest = itemgetter(*map(header.index, mapped))
                found = _Columns(itemgetter(header.index("word")), rest, Recent(_MOST_MEANINGS))
                self._columns.keep(key, found)
        return found

    def owner(self, kind: Kind, names: tuple[str, ...]) -> object | None:
        """Return the owner of what is known of rows with these keys, or None where all must be read."""
        key = (kind.name, *names)
        found = self._owners.get(key)
        if found is None and names[0] == "word" and _is_usual(names, kind.keys):
            found = object()
            self._owners.keep(key, found)
        return found


def _is_usual(names: Sequence[str], known: keys.Table) -> bool:
    distinct = set(names)
    return (
        "word" in names
        and len(distinct) == len(names)
        and known.keys() >= distinct
        and fast.ROWS not in fast.OFF
    )


def parse_mentions(
    fields: Fields, table: Callable[[str], Table | None], organisms: Organisms, known: Known
) -> Iterator[Mention]:
    """Yield the mentions of a figure, by kind: of the rows in its front matter, then of those in a table."""
    for kind in KINDS:
        reader = _RowReader(kind, fields, organisms, known)
        reader.read_front(fields.values.get(kind.plural))
        reader.read_table(table(kind.plural))
        for (word, matched, lexicon), found in reader.groups.items():
            yield _mention(kind, word, matched, lexicon, found)


class _RowReader:
    """Reads the rows of one kind of one figure; same word, matched term and lexicon gather in one group."""

    def __init__(self, kind: Kind, fields: Fields, organisms: Organisms, known: Known) -> None:
        self._kind, self._fields, self._organisms, self._known = kind, fields, organisms, known
        self.groups: dict[tuple[str | None, str | None, str | None], list[_Meaning]] = {}

    def read_front(self, rows: object) -> None:
        """Read the rows of the front matter; keys that are not known are reported."""
        kind = self._kind
        owner = self._known.owner(kind, rows.names) if isinstance(rows, Rows) else None
        if isinstance(rows, Rows) and owner is not None:
            self._read_rows(rows, owner)
        elif rows:
            found = list(self._fields.rows(kind.plural))
            for row in found:
                row.check_keys(kind.keys)
            for row in found:
                self._read(row, None)

    def read_table(self, table: Table | None) -> None:
        """Read the rows of a table; odd columns and rows of a wrong length are reported."""
        if table is None:
            return
        kind, fields, width = self._kind, self._fields, len(table.header)
        columns = self._known.columns(kind, table.header)
        if columns is not None and {len(cells) for _, cells in table.rows} <= {width}:
            self._read_cells(table, columns)
            return
        for row in list(table_rows(table, kind.columns, "word", fields.document, fields.report)):
            self._read(row, None)

    def _read_rows(self, rows: Rows, owner: object) -> None:
        """Read rows of the front matter; those that say what is known are not looked at any closer."""
        fields, add, missing = self._fields, self._add, 0
        for number, (word, tail) in enumerate(zip(rows.firsts, rows.tails, strict=True)):
            meaning: _Meaning | None = tail.note
            if meaning is not None and meaning.owner is owner and word and not word.isspace():
                missing += meaning.missing
                add(word, meaning)
                continue
            problems: list[Problem] = []
            path = (*fields.path, self._kind.plural, number)
            meaning = self._learn(
                Fields(fields.document, problems.append, rows[number], path), problems, owner
            )
            if meaning is not None:
                tail.note = meaning
        fields.document.missing += missing

    def _read_cells(self, table: Table, columns: _Columns) -> None:
        """Read rows of a table, in the same way."""
        word_of, rest, meanings = columns
        fields, missing = self._fields, 0
        for line, cells in table.rows:
            word, key = word_of(cells), "\t".join(rest(cells))
            meaning = meanings.values.get(key) or meanings.get(key)
            if meaning is not None and word and not word.isspace():
                missing += meaning.missing
                self._add(word, meaning)
                continue
            problems: list[Problem] = []
            row = Row(table, line, cells, fields.document, problems.append)
            meaning = self._learn(row, problems, columns)
            if meaning is not None:
                meanings.keep(key, meaning)
        fields.document.missing += missing

    def _add(self, word: str | None, meaning: _Meaning) -> None:
        key = (word, meaning.matched, meaning.lexicon)
        if key in self.groups:
            self.groups[key].append(meaning)
        else:
            self.groups[key] = [meaning]

    def _learn(self, row: Fields | Row, problems: list[Problem], owner: object) -> _Meaning | None:
        """Read a row that reports to `problems`; return what it says, where any word would not change it."""
        meaning = self._read(row, owner)
        if problems:
            for problem in problems:
                self._fields.report(problem)
            return None
        if self._kind.name == "gene":
            return meaning
        matched = row.verbatim("symbol") or row.verbatim("match")
        return meaning if matched == present(matched) else None

    def _read(self, row: Fields | Row, owner: object) -> _Meaning | None:
        """Read a row into its group."""
        kind, missing = self._kind, row.document.missing
        word = row.verbatim("word")
        matched = row.verbatim("symbol") or row.verbatim("match")
        if kind.name != "gene" and matched is not None and matched != word:
            matched = row.text("symbol") or row.text("match")
        lexicon = row.text("source")
        if lexicon is None and kind.name != "gene":
            lexicon = "mesh"
        elif lexicon is not None:
            lexicon = _lexicon(row, lexicon)
        unlinked: list[str] = []
        entity = kind.entity(row, lexicon, self._organisms, unlinked)
        if word is None and matched is None and entity is None and not unlinked:
            row.problem("empty-annotation", None, "a word and what it matched", None)
            return None
        if word is None:
            row.problem("missing-word", "word", "the word as it was read", None)
        if entity is not None:
            entity = self._known.entity(entity)
        missing = row.document.missing - missing
        meaning = _Meaning(owner, matched, lexicon, entity, tuple(dict.fromkeys(unlinked)), missing)
        self._add(word, meaning)
        return meaning


def _mention(
    kind: Kind, word: str | None, matched: str | None, lexicon: str | None, found: list[_Meaning]
) -> Mention:
    if len(found) == 1:
        _, _, _, entity, unlinked, _ = found[0]
        return _made((kind.name, word, matched, lexicon, (entity,) if entity else (), unlinked, 1))
    said = [(meaning.entity, meaning.unlinked) for meaning in found]
    distinct = dict.fromkeys(said)
    return Mention(
        kind.name,
        word,
        matched,
        lexicon,
        tuple(dict.fromkeys([entity for entity, _ in distinct if entity])),
        tuple(dict.fromkeys([text for _, unlinked in distinct for text in unlinked])),
        1 if len(distinct) == len(said) else max(Counter(said).values()),
    )


def _lexicon(row: Fields | Row, name: str) -> str:
    if name in LEXICONS:
        return name
    if name.lower() in LEXICONS:
        return name.lower()
    row.problem("unknown-lexicon", "source", "one of " + ", ".join(LEXICONS), name)
    return name


def _gene(row: Fields | Row, lexicon: str | None, organisms: Organisms, unlinked: list[str]) -> Entity | None:
    name = row.verbatim("hgnc_symbol") or row.verbatim("ncbigene_symbol")
    identifier = _first_of(row, unlinked, ("entrez", NCBIGENE), ("ncbigene_id", NCBIGENE))
    if identifier is None:
        unlinked.extend([name] if name and not unlinked else [])
        return None
    taxon = _gene_taxon(row, lexicon, organisms, unlinked)
    return Entity("gene", identifier, name.strip() if name else None, taxon)


def _gene_taxon(
    row: Fields | Row, lexicon: str | None, organisms: Organisms, unlinked: list[str]
) -> Organism | None:
    """Return the taxon of a gene: human by its lexicon, else what the row says; never that of the figure."""
    if lexicon is not None and lexicon.startswith(("hgnc_", "bioentities")):
        return organisms.get(_HUMAN)
    found = linked(row, "organism_id", TAXONOMY, unlinked)
    if found is None:
        return None
    organism = organisms.get(found.local)
    return organism if organism.name else organism._replace(name=row.text("organism_name"))


def _first_of(row: Fields | Row, unlinked: list[str], *places: tuple[str, Namespace]) -> Identifier | None:
    """Return the first identifier that matches its pattern; texts that do not are kept."""
    for key, namespace in places:
        identifier = linked(row, key, namespace, unlinked)
        if identifier is not None:
            return identifier
    return None


def _chemical(
    row: Fields | Row, lexicon: str | None, organisms: Organisms, unlinked: list[str]
) -> Entity | None:
    return _substance("chemical", row, "chebi", CHEBI, unlinked)


def _disease(
    row: Fields | Row, lexicon: str | None, organisms: Organisms, unlinked: list[str]
) -> Entity | None:
    return _substance("disease", row, "doid", DOID, unlinked)


def _substance(
    kind: str, row: Fields | Row, key: str, other: Namespace, unlinked: list[str]
) -> Entity | None:
    """Read what MeSH names, or another vocabulary where MeSH does not."""
    text = row.values.get("identifier")
    given = other if isinstance(text, str) and text.strip().lower().startswith(f"{other.prefix}:") else MESH
    first = _first_of(row, unlinked, ("mesh", MESH), ("identifier", given))
    second = linked(row, key, other, unlinked)
    name = row.text("name")
    identifier = first or second
    if identifier is None:
        unlinked.extend([name] if name and not unlinked else [])
        return None
    return Entity(kind, identifier, name, None, second if first else None)


KINDS = (
    Kind("gene", "genes", keys.GENE_ROW, keys.GENE_COLUMNS, _gene),
    Kind("chemical", "chemicals", keys.CHEMICAL_ROW, keys.CHEMICAL_COLUMNS, _chemical),
    Kind("disease", "diseases", keys.DISEASE_ROW, keys.DISEASE_COLUMNS, _disease),
)
