"""JSON-LD contexts from files: what they say of keys. Nothing is ever fetched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import UsageError

MAX_BYTES = 1 << 20


class Context(NamedTuple):
    """A context, and the keys that it knows: those of keywords, of terms, and those set to null."""

    definition: Any
    keywords: dict[str, str]
    terms: frozenset[str]
    ignored: frozenset[str]

    def keyword(self, key: str) -> str | None:
        """Return the JSON-LD keyword that a key stands for, or None."""
        return key if key.startswith("@") else self.keywords.get(key)


def read_context(path: str | Path) -> Context:
    """Read a context from a file.

    Raises:
        UsageError: it cannot be read, is no JSON-LD context, or names a context that would be fetched.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"--context {path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UsageError(f"--context {path}: not UTF-8 text") from None
    if len(text) > MAX_BYTES:
        raise UsageError(f"--context {path}: larger than {MAX_BYTES:,} characters")
    try:
        document = json.loads(text, object_pairs_hook=_without_repeats)
    except json.JSONDecodeError as error:
        raise UsageError(f"--context {path}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"--context {path}: not JSON that can be used: {error}") from None
    if not isinstance(document, dict) or "@context" not in document:
        raise UsageError(f"--context {path}: expected an object with the key `@context`")
    return _checked(document["@context"], text, str(path))


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(name for name in names if names.count(name) > 1)!r} stands twice")
    return found


def _checked(definition: Any, text: str, path: str) -> Context:
    keywords: dict[str, str] = {}
    terms: dict[str, bool] = {}
    for part in _parts(definition):
        if isinstance(part, str):
            line = text.count("\n", 0, max(text.find(json.dumps(part, ensure_ascii=False)), 0)) + 1
            raise UsageError(
                f"--context {path}:{line}: refers to the context {part}, and nothing is fetched;"
                " put what it says into the file"
            )
        for term, value in part.items():
            target = value.get("@id", term) if isinstance(value, dict) else value
            if isinstance(target, str) and target.startswith("@") and not term.startswith("@"):
                keywords[term] = target
            terms[term] = terms.get(term, False) or target is not None
    used = frozenset(term for term, is_used in terms.items() if is_used)
    return Context(definition, keywords, used, frozenset(terms) - used)


def _parts(definition: Any) -> Iterator[dict[str, Any] | str]:
    """Yield the maps of a context, with those scoped to its terms, and what refers to another context."""
    if isinstance(definition, str):
        yield definition
    elif isinstance(definition, list):
        for part in definition:
            yield from _parts(part)
    elif isinstance(definition, dict):
        if isinstance(definition.get("@import"), str):
            yield definition["@import"]
        yield definition
        for value in definition.values():
            if isinstance(value, dict) and "@context" in value:
                yield from _parts(value["@context"])
