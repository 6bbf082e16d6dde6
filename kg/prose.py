"""Mentions in prose: which words of which passage a node stands for that text linking added."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from kg import vocabulary as v
from kg.graph import IRI, Literal, Object

Facts: TypeAlias = "Mapping[IRI, Mapping[IRI, Sequence[Object]]]"
"""What a record says, by subject and property."""


class Words(NamedTuple):
    """Words of a passage: whose text it is, and how often the same words stand before these."""

    whole: IRI
    text: str
    before: int


class Prose:
    """The mentions in the texts of one record, found by the nodes that are there for them."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        found = (node for node, said in facts.items() if v.TEXT_MENTION in said.get(v.RDF_TYPE, ()))
        self._mentions = sorted(found, key=lambda node: (_numbers(facts[node], v.START_OFFSET), node))

    def words(self, node: IRI, value: Object | None = None) -> Words | None:
        """Return the words of a mention, or the first that a gene, its taxon, a lexicon or a selector is for.

        Of a mention in several places it is the first, unless the value or the selector is of another one.
        """
        for mention in self._mentions:
            if node == mention or node.startswith(f"{mention}-") or node in self._named(mention):
                return self._place(mention, node, value)
        return None

    def _named(self, mention: IRI) -> set[Object]:
        """Return the nodes that are described because a mention names them."""
        said = self._facts[mention]
        genes = [gene for gene in said.get(v.ABOUT, ()) if isinstance(gene, IRI)]
        taxa = (self._facts.get(gene, {}).get(v.TAXONOMIC_RANGE, ()) for gene in genes)
        return {*genes, *said.get(v.LEXICON, ()), *(taxon for found in taxa for taxon in found)}

    def _place(self, mention: IRI, node: IRI, value: Object | None) -> Words:
        said = self._facts[mention]
        starts, ends = _numbers(said, v.START_OFFSET), _numbers(said, v.END_OFFSET)
        asked = node.removeprefix(f"{mention}-").partition("-")[0]
        wanted = _number(value) if isinstance(value, Literal) else _number(asked)
        start = next((one for one, end in zip(starts, ends, strict=True) if wanted in (one, end)), starts[0])
        whole, text = IRI(str(said[v.IS_PART_OF][0])), str(said[v.TEXT][0])
        return Words(whole, text, len(places(text, self._passage(whole)[:start])))

    def _passage(self, whole: IRI) -> str:
        """Return the text that offsets count in: of a section, a post or a figure."""
        said = self._facts[whole]
        texts = (said.get(name) for name in (v.TEXT, v.ARTICLE_BODY, v.DESCRIPTION))
        return next(str(found[0]) for found in texts if found)


def places(words: str, text: str) -> list[int]:
    r"""Return where words start in a text, as whole ones; a line may break between them.

    >>> places("PI3 kinase", "a PI3\n  kinase, a PI3 kinase and PI3 kinases")
    [2, 18]
    """
    pattern = r"(?<!\w)" + r"\s+".join(map(re.escape, words.split())) + r"(?!\w)"
    return [found.start() for found in re.finditer(pattern, text)]


def _numbers(said: Mapping[IRI, Sequence[Object]], predicate: IRI) -> list[int]:
    return sorted(_number(value) for value in said.get(predicate, ()))


def _number(value: Object | None) -> int:
    """Return a whole number, or -1."""
    text = value.lexical if isinstance(value, Literal) else str(value)
    return int(text) if text.isdecimal() else -1
