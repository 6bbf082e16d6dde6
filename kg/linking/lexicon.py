"""The lexicon of a run: the terms that its figures matched, with the genes of each, by lexicon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from kg.errors import MissingExtraError
from kg.linking.compare import MIN_CHARACTERS, fold, is_whole, plausible
from kg.linking.guard import Guard
from kg.records import Figure
from kg.records.shared import Entity

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

_WORDS_OF_A_NAME = 3


class Name(NamedTuple):
    """A term of a lexicon, as the figures have it, with every gene that it resolved to in the run."""

    term: str
    lexicon: str | None
    genes: tuple[Entity, ...]


class Found(NamedTuple):
    """A stretch of a text that is the name of genes: where it stands, and what it can be."""

    start: int
    end: int
    names: tuple[Name, ...]


Gathered: TypeAlias = "tuple[str, str | None, Entity]"
"""A term that a figure matched, its lexicon, and a gene that it resolved to."""


def gathered(figure: Figure) -> Iterator[Gathered]:
    """Yield the terms of a figure that resolved to genes."""
    for mention in figure.mentions:
        if mention.kind == "gene" and mention.matched:
            for entity in mention.entities:
                yield mention.matched, mention.lexicon, entity


class Lexicon:
    """Gathers terms, and then finds them. Its size follows the distinct terms and genes, not the records."""

    def __init__(self) -> None:
        self._genes: dict[tuple[str, str | None], dict[Entity, Entity]] = {}
        self._known: dict[Entity, Entity] = {}

    def gather(self, figure: Figure) -> None:
        """Take the terms of a figure."""
        self.take(gathered(figure))

    def take(self, names: Iterable[Gathered]) -> None:
        """Take terms that resolved to genes; those of each species stand side by side."""
        for matched, lexicon, entity in names:
            genes = self._genes.setdefault((matched, lexicon), {})
            genes.setdefault(known := self._known.setdefault(entity, entity), known)

    def names(self) -> Iterator[Name]:
        """Yield every term with its genes, in an order of their own."""
        for (term, lexicon), genes in sorted(
            self._genes.items(), key=lambda row: (row[0][0], row[0][1] or "")
        ):
            yield Name(term, lexicon, tuple(sorted(genes, key=_order)))

    def finder(self, guard: Guard) -> Finder:
        """Return what finds the terms in texts.

        Raises:
            MissingExtraError: the matcher is not installed.
        """
        return Finder(self, guard)


def _order(gene: Entity) -> tuple[int, str, str]:
    return len(gene.identifier.local), gene.identifier.local, gene.name or ""


class Finder:
    """Finds the terms of a lexicon in texts, by the rule of `kg.linking.compare`."""

    def __init__(self, lexicon: Lexicon, guard: Guard) -> None:
        found: dict[str, list[tuple[str, Name]]] = {}
        for name in lexicon.names():
            for written in _spellings(name.term):
                folded = fold(written)
                if sum(map(str.isalnum, written)) >= MIN_CHARACTERS:
                    found.setdefault(folded.key, []).append((folded.cased, name))
        self._guard = guard
        self._names = found
        # A guarded name that contains another one hides it, so it is looked for as well.
        self._keys = sorted({*found, *guard.keys()})
        self._matcher = _matcher(self._keys)

    def find(self, text: str) -> Iterator[Found]:
        """Yield the names in a text from left to right: whole tokens, the longest where some overlap."""
        cased, key, origins = fold(text)
        spans = []
        for number, first, last in self._matcher.find_matches_as_indexes(key, overlapping=True):
            if _is_split(origins, first, last):
                continue
            start, end = origins[first], origins[last - 1] + 1
            if is_whole(text, start, end):
                names = self._chosen(text, start, end, cased[first:last], self._keys[number])
                if names is not None:
                    spans.append(Found(start, end, names))
        reached = 0
        for found in sorted(spans, key=lambda span: (span.start, -span.end)):
            if found.start >= reached:
                reached = found.end
                if found.names:
                    yield found

    def _chosen(self, text: str, start: int, end: int, cased: str, key: str) -> tuple[Name, ...] | None:
        """Return what a stretch of text can be: nothing where it is guarded, None where it is no name."""
        if self._guard.reason(cased, key) is not None:
            return ()
        written = text[start:end]
        names = [name for term, name in self._names.get(key, ()) if plausible(written, cased, term)]
        if not names or (not any(map(str.isdigit, key)) and _is_in_capitals(text, start, end)):
            return None
        return tuple(dict.fromkeys(names))


def _spellings(term: str) -> list[str]:
    """Return how a term is written in prose: FamPlex has `_` where people write a blank, `-` or `/`."""
    return [term.replace("_", mark) for mark in " -/"] if "_" in term else [term]


def _is_split(origins: list[int], first: int, last: int) -> bool:
    """Say whether a match starts or ends inside a character that was spelled out (`α` is `alpha`)."""
    return (first > 0 and origins[first - 1] == origins[first]) or (
        last < len(origins) and origins[last] == origins[last - 1]
    )


def _is_in_capitals(text: str, start: int, end: int) -> bool:
    """Say whether a place is in a line that is all in capitals, where a word cannot be told from a name."""
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    line = text[first : len(text) if last < 0 else last]
    return line.isupper() and len(line.split()) > _WORDS_OF_A_NAME


def _matcher(keys: list[str]) -> AhoCorasick:
    try:
        from ahocorasick_rs import AhoCorasick
    except ImportError:
        raise MissingExtraError("linking text needs the extra `link`: pip install pathway-kg[link]") from None
    return AhoCorasick(keys, store_patterns=False)
