"""Annotations of figures: rows of genes, chemicals and diseases, gathered into mentions.

Few of the rows of a run say something new: what a row says apart from its word is remembered, and read once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from operator import itemgetter
from sys import intern
from typing import Any, NamedTuple, TypeAlias

from kg import fast
from kg.identifiers import CHEBI, DOID, MESH, NCBIGENE, TAXONOMY, Namespace
from kg.organisms import Organism, Organisms
from kg.problems import Problem, Report
from kg.records import keys
from kg.records.fields import Fields, Row, table_rows
from kg.records.shared import Entity, Identifier, linked
from kg.source import Table
from kg.vocabulary import LEXICONS

_HUMAN = "9606"
_MOST_MEANINGS = 1 << 13
_MOST_SHAPES = 64


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
    """What a row says apart from its word; `missing` of its values stand for a missing one."""

    matched: str | None
    lexicon: str | None
    entity: Entity | None
    unlinked: tuple[str, ...]
    missing: int


class _Shape(NamedTuple):
    """Rows with the same columns: what gives their word and all else that counts, and meanings of that."""

    word: Callable[[Any], str | None]
    rest: Callable[[Any], Any]
    meanings: dict[Any, _Meaning]
    older: dict[Any, _Meaning]

    def learn(self, values: Any, meaning: _Meaning) -> None:
        """Remember what a row says; what was not asked for in a while is forgotten."""
        if len(self.meanings) >= _MOST_MEANINGS:
            self.older.clear()
            self.older.update(self.meanings)
            self.meanings.clear()
        self.meanings[_interned(self.rest(values))] = meaning

    def recall(self, values: Any) -> _Meaning | None:
        """Return what a row says if that was known, and remember it."""
        meaning = self.older.get(self.rest(values))
        if meaning is not None:
            self.learn(values, meaning)
        return meaning


def _interned(key: Any) -> Any:
    """Return a key of texts whose equal texts are one: most columns hold few different ones."""
    if type(key) is tuple:
        return tuple([intern(text) if type(text) is str else text for text in key])
    return key


class Known:
    """What the rows of a run said, if there was no problem with them; as much as bounded memory holds."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[str, bool, tuple[str, ...]], _Shape | None] = {}

    def shape(self, kind: Kind, names: tuple[str, ...], *, numbered: bool) -> _Shape | None:
        """Return what is known of rows with these columns, or None where such rows must all be read.

        A row is a mapping, or a list of cells (`numbered`).
        """
        key = (kind.name, numbered, names)
        if key not in self._shapes:
            if len(self._shapes) >= _MOST_SHAPES:
                self._shapes.clear()
            self._shapes[key] = _shape(kind, names, numbered)
        return self._shapes[key]


def _shape(kind: Kind, names: tuple[str, ...], numbered: bool) -> _Shape | None:
    table = kind.columns if numbered else kind.keys
    usual = "word" in names and len(set(names)) == len(names) and table.keys() >= set(names)
    if not usual or fast.ROWS in fast.OFF:
        return None
    # What a chemical or disease matched is read by another rule where it is the word itself.
    rest = [name for name in names if table[name] == keys.MAPPED and (name != "word" or kind.name != "gene")]
    if not rest:
        return None
    if numbered:
        return _Shape(itemgetter(names.index("word")), itemgetter(*map(names.index, rest)), {}, {})
    return _Shape(itemgetter("word"), itemgetter(*rest), {}, {})


_Numbered: TypeAlias = "Iterable[tuple[int, Any]]"
_Make: TypeAlias = "Callable[[int, Any, Report], Fields | Row]"
_Batch: TypeAlias = "tuple[_Shape | None, _Numbered, _Make]"
_Groups: TypeAlias = "dict[tuple[str | None, str | None, str | None], list[_Meaning]]"


def parse_mentions(
    fields: Fields, table: Callable[[str], Table | None], organisms: Organisms, known: Known
) -> Iterator[Mention]:
    """Yield the mentions of a figure, by kind: of the rows in its front matter, then of those in a table."""
    for kind in KINDS:
        reader = _RowReader(kind, fields, organisms)
        batches = [*reader.front(known), *reader.table(table(kind.plural), known)]
        for batch in batches:
            reader.read(*batch)
        for (word, matched, lexicon), found in reader.groups.items():
            yield _mention(kind, word, matched, lexicon, found)


class _RowReader:
    """Reads the rows of one kind of one figure; same word, matched term and lexicon gather in one group."""

    def __init__(self, kind: Kind, fields: Fields, organisms: Organisms) -> None:
        self._kind, self._fields, self._organisms = kind, fields, organisms
        self.groups: _Groups = {}

    def front(self, known: Known) -> Iterator[_Batch]:
        """Yield the rows of the front matter; keys that are not known are reported."""
        kind, fields = self._kind, self._fields
        rows = fields.values.get(kind.plural)
        if not rows:
            return
        shape = _shape_of(rows, kind, known) if type(rows) is list else None
        if shape is not None:
            yield shape, enumerate(rows), self._front_row
            return
        found = []
        for row in fields.rows(kind.plural):
            row.check_keys(kind.keys)
            found.append(row)
        yield None, enumerate(found), _itself

    def table(self, table: Table | None, known: Known) -> Iterator[_Batch]:
        """Yield the rows of a table; odd columns and rows of a wrong length are reported."""
        if table is None:
            return
        kind, fields, width = self._kind, self._fields, len(table.header)
        shape = known.shape(kind, tuple(table.header), numbered=True)
        if shape is not None and {len(cells) for _, cells in table.rows} <= {width}:

            def make(line: int, cells: list[str], report: Report) -> Row:
                return Row(table, line, cells, fields.document, report)

            yield shape, table.rows, make
            return
        found = list(table_rows(table, kind.columns, "word", fields.document, fields.report))
        yield None, enumerate(found), _itself

    def _front_row(self, number: int, values: dict[str, Any], report: Report) -> Fields:
        fields = self._fields
        return Fields(fields.document, report, values, (*fields.path, self._kind.plural, number))

    def read(self, shape: _Shape | None, rows: _Numbered, make: _Make) -> None:
        """Read rows; those that say what is known are not looked at any closer."""
        if shape is None:
            for number, values in rows:
                self._read_anew(make(number, values, self._fields.report))
            return
        word_of, rest, meanings, _ = shape
        groups, missing = self.groups, 0
        for number, values in rows:
            word = word_of(values)
            try:
                meaning = meanings.get(rest(values)) or shape.recall(values)
            except TypeError:  # a list or mapping is where a text should be
                meaning = None
            if meaning is None or type(word) is not str or not word or word.isspace():
                self._learn(shape, number, values, make)
                continue
            missing += meaning.missing
            key = (word, meaning.matched, meaning.lexicon)
            if key in groups:
                groups[key].append(meaning)
            else:
                groups[key] = [meaning]
        self._fields.document.missing += missing

    def _learn(self, shape: _Shape, number: int, values: Any, make: _Make) -> None:
        """Read a row, and remember what it says unless there is a problem with it."""
        problems: list[Problem] = []
        meaning = self._read_anew(make(number, values, problems.append))
        for problem in problems:
            self._fields.report(problem)
        if meaning is not None and not problems:
            shape.learn(values, meaning)

    def _read_anew(self, row: Fields | Row) -> _Meaning | None:
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
        missing = row.document.missing - missing
        meaning = _Meaning(matched, lexicon, entity, tuple(dict.fromkeys(unlinked)), missing)
        self.groups.setdefault((word, matched, lexicon), []).append(meaning)
        return meaning


def _itself(number: int, row: Fields | Row, report: Report) -> Fields | Row:
    return row


def _shape_of(rows: Sequence[Any], kind: Kind, known: Known) -> _Shape | None:
    """Return what is known of rows of the front matter; None where they are no mappings of the same keys."""
    if set(map(type, rows)) != {dict}:
        return None
    names = tuple(rows[0])
    if list(map(tuple, rows)).count(names) < len(rows):
        return None
    return known.shape(kind, names, numbered=False)


def _mention(
    kind: Kind, word: str | None, matched: str | None, lexicon: str | None, found: list[_Meaning]
) -> Mention:
    if len(found) == 1:
        _, _, entity, unlinked, _ = found[0]
        return _made((kind.name, word, matched, lexicon, (entity,) if entity else (), unlinked, 1))
    said = [(meaning.entity, meaning.unlinked) for meaning in found]
    return Mention(
        kind.name,
        word,
        matched,
        lexicon,
        tuple(dict.fromkeys([entity for entity, _ in said if entity])),
        tuple(dict.fromkeys([text for _, unlinked in said for text in unlinked])),
        1 if len(set(said)) == len(said) else max(Counter(said).values()),
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
