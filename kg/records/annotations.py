"""Annotations of figures: rows of genes, chemicals and diseases, gathered into mentions.

Few of the rows of a run name an entity that no row named before: what the cells of one say is remembered, and
read once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from kg import fast
from kg.frontmatter import Rows
from kg.identifiers import CHEBI, DOID, MESH, NCBIGENE, TAXONOMY, Namespace
from kg.organisms import Organism, Organisms
from kg.problems import Problem, Report
from kg.recent import Recent
from kg.records import keys
from kg.records.fields import Fields, Row, present, table_rows
from kg.records.shared import Entity, Identifier, linked
from kg.tables import Table
from kg.vocabulary import LEXICONS

_HUMAN = "9606"
_MOST_ENTITIES = 10_000
_MOST_FORMS = 16
_APART = frozenset({"word", "match", "symbol", "source"})


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
    """One kind of annotation: its keys and columns, and how its entity is read.

    `sort` says what of a lexicon the entity depends on.
    """

    name: str
    plural: str
    keys: keys.Table
    columns: keys.Table
    entity: Callable[[Fields | Row, str | None, Organisms, list[str]], Entity | None]
    sort: Callable[[str], bool]


class _Said(NamedTuple):
    """What a row says of its entity, if it names one; `missing` of its values stand for a missing one."""

    entities: tuple[Entity, ...]
    unlinked: tuple[str, ...]
    missing: int


_Cells: TypeAlias = "tuple[str | None, ...]"


class Columns:
    """The columns of tables that have the same ones, and what their rows were found to say of entities.

    These are the places of the word, of the matched term, of the lexicon if there is one, and of all else
    that counts. By that `known` knows what a row says, for each lexicon of ours.
    """

    def __init__(self, kind: Kind, names: Sequence[str], mapped: keys.Table) -> None:
        self.word = names.index("word")
        self.matched = names.index("match" if "match" in names else "symbol")
        self.lexicon = names.index("source") if "source" in names else None
        self.rest = [
            place
            for place, name in enumerate(names)
            if name not in _APART and mapped.get(name) == keys.MAPPED
        ]
        sorts = {sort: Recent[_Cells, _Said](_MOST_ENTITIES) for sort in set(map(kind.sort, LEXICONS))}
        self.known = {name: sorts[kind.sort(name)] for name in LEXICONS}


def _are_usual(kind: Kind, names: Sequence[str], mapped: keys.Table) -> bool:
    """Say whether rows with these names can be known: each name once, one for the matched term."""
    distinct = set(names)
    return (
        len(distinct) == len(names)
        and mapped.keys() >= distinct
        and "word" in distinct
        and len(distinct & {"match", "symbol"}) == 1
        and ("source" in distinct or kind.name != "gene")
        and any(mapped[name] == keys.MAPPED for name in distinct - _APART)
    )


class Known:
    """What the rows of a run said, if there was no problem with them; as much as bounded memory holds.

    Equal entities are one object.
    """

    def __init__(self) -> None:
        self._entities = Recent[Entity, Entity](_MOST_ENTITIES >> 1)
        self._columns = Recent[tuple[str, ...], Columns](_MOST_FORMS)

    def entity(self, found: Entity) -> Entity:
        """Return the one object of equal entities."""
        known = self._entities.get(found)
        if known is None:
            self._entities.keep(found, found)
        return known or found

    def columns(self, kind: Kind, names: Sequence[str], mapped: keys.Table) -> Columns | None:
        """Return what is known of rows with these names, or None where all must be read."""
        key = (kind.name, *names)
        found = self._columns.get(key)
        if found is None and fast.ROWS not in fast.OFF and _are_usual(kind, names, mapped):
            found = Columns(kind, names, mapped)
            self._columns.keep(key, found)
        return found


def parse_mentions(
    fields: Fields, table: Callable[[str], Table | None], organisms: Organisms, known: Known
) -> Iterator[Mention]:
    """Yield the mentions of a figure, by kind: of the rows in its front matter, then of those in a table."""
    for kind in KINDS:
        reader = _RowReader(kind, fields, organisms, known)
        reader.read_front(fields.values.get(kind.plural))
        reader.read_table(table(kind.plural))
        for (word, matched, lexicon), found in reader.groups.items():
            if isinstance(found, _Said):
                yield _made((kind.name, word, matched, lexicon, found.entities, found.unlinked, 1))
            else:
                yield _several(kind.name, word, matched, lexicon, found)


class _RowReader:
    """Reads the rows of one kind of one figure; same word, matched term and lexicon gather in one group."""

    def __init__(self, kind: Kind, fields: Fields, organisms: Organisms, known: Known) -> None:
        self._kind, self._fields, self._organisms, self._known = kind, fields, organisms, known
        self.groups: dict[tuple[str | None, str | None, str | None], _Said | tuple[_Said, ...]] = {}

    def read_front(self, rows: object) -> None:
        """Read the rows of the front matter; keys that are not known are reported."""
        kind, fields = self._kind, self._fields
        if isinstance(rows, Rows):
            columns = self._known.columns(kind, rows.names, kind.keys)
            if columns is not None:

                def field(number: int, report: Report) -> Fields:
                    return Fields(fields.document, report, rows[number], (*fields.path, kind.plural, number))

                self._read_columns(columns, rows.columns, field)
                return
        if rows:
            found = list(fields.rows(kind.plural))
            for row in found:
                row.check_keys(kind.keys)
            for row in found:
                self._read(row)

    def read_table(self, table: Table | None) -> None:
        """Read the rows of a table; odd columns and rows of a wrong length are reported."""
        if table is None:
            return
        kind, fields = self._kind, self._fields
        columns = self._known.columns(kind, table.header, kind.columns)
        if columns is not None and table.columns is not None:

            def row(number: int, report: Report) -> Row:
                return Row(table, *table.row(number), fields.document, report)

            self._read_columns(columns, table.columns, row)
            return
        for found in list(table_rows(table, kind.columns, "word", fields.document, fields.report)):
            self._read(found)

    def _read_columns(
        self,
        columns: Columns,
        cells: Sequence[Sequence[str | None]],
        row: Callable[[int, Report], Fields | Row],
    ) -> None:
        """Read the cells of rows, by column; what is known of their entities is not read again."""
        known, groups, missing = columns.known, self.groups, 0
        words, terms = cells[columns.word], cells[columns.matched]
        lexicons = ("mesh",) * len(words) if columns.lexicon is None else cells[columns.lexicon]
        rest = zip(*[cells[place] for place in columns.rest], strict=True)
        is_gene = self._kind.name == "gene"
        for number, (word, term, lexicon, key) in enumerate(zip(words, terms, lexicons, rest, strict=True)):
            recent = known.get(lexicon)  # type: ignore[arg-type]  # None is no key
            # Of others than genes a term that is not the word is taken without outer blanks, if it is there.
            if (
                recent is None
                or not (word and term)
                or word.isspace()
                or term.isspace()
                or not (is_gene or present(term) == term)
            ):
                self._read_alone(row, number)
                continue
            said = recent.values.get(key) or recent.get(key)
            if said is None:
                said = self._read_alone(row, number)
                if said is not None:
                    recent.keep(key, said)
                continue
            missing += said.missing
            group = (word, term, lexicon)
            before = groups.get(group)
            groups[group] = said if before is None else _with(before, said)
        self._fields.document.missing += missing

    def _read_alone(self, row: Callable[[int, Report], Fields | Row], number: int) -> _Said | None:
        """Read a row into its group; return what it says, if there was no problem with it."""
        problems: list[Problem] = []
        said = self._read(row(number, problems.append))
        for problem in problems:
            self._fields.report(problem)
        return None if problems else said

    def _read(self, row: Fields | Row) -> _Said | None:
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
        found = (entity,) if entity else ()
        said = _Said(found, tuple(dict.fromkeys(unlinked)), row.document.missing - missing)
        group = (word, matched, lexicon)
        before = self.groups.get(group)
        self.groups[group] = said if before is None else _with(before, said)
        return said


def _with(before: _Said | tuple[_Said, ...], said: _Said) -> tuple[_Said, ...]:
    """Return what the rows of a group said, and one more."""
    return (before, said) if isinstance(before, _Said) else (*before, said)


def _several(
    kind: str, word: str | None, matched: str | None, lexicon: str | None, found: tuple[_Said, ...]
) -> Mention:
    """Return the mention of several rows."""
    resolved = tuple(dict.fromkeys([entity for entities, _, _ in found for entity in entities]))
    if len(resolved) == len(found) and all(len(row.entities) == 1 and not row.unlinked for row in found):
        return _made((kind, word, matched, lexicon, resolved, (), 1))
    said = [row[:2] for row in found]
    distinct = dict.fromkeys(said)
    return Mention(
        kind,
        word,
        matched,
        lexicon,
        resolved,
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


def _is_human(lexicon: str) -> bool:
    return lexicon.startswith(("hgnc_", "bioentities"))


def _gene_taxon(
    row: Fields | Row, lexicon: str | None, organisms: Organisms, unlinked: list[str]
) -> Organism | None:
    """Return the taxon of a gene: human by its lexicon, else what the row says; never that of the figure."""
    if lexicon is not None and _is_human(lexicon):
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


def _any(_: str) -> bool:
    return True


KINDS = (
    Kind("gene", "genes", keys.GENE_ROW, keys.GENE_COLUMNS, _gene, _is_human),
    Kind("chemical", "chemicals", keys.CHEMICAL_ROW, keys.CHEMICAL_COLUMNS, _chemical, _any),
    Kind("disease", "diseases", keys.DISEASE_ROW, keys.DISEASE_COLUMNS, _disease, _any),
)
