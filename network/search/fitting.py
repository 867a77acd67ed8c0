"""Whether words that a viewer may read hold what was searched: the check that every hit passes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from network.search.prefixes import completes
from network.search.query import Query
from network.search.terms import Analyzer


def matching(words: str, query: Query, analyzer: Analyzer) -> dict[str, str]:
    """Return which stems of these words fit which wanted one; a beginning fits the last one."""
    if not query.stems:
        return {}
    fitting = {}
    for stem in analyzer.stems(words):
        if stem in query.stems:
            fitting[stem] = stem
        elif query.prefix and completes(stem, query.prefix):
            fitting[stem] = query.stems[-1]
    return fitting


def say(texts: Collection[str], phrases: Collection[Sequence[str]], analyzer: Analyzer) -> bool:
    """Whether each phrase stands word by word in one of the texts."""
    if not phrases:
        return True
    stems = [analyzer.stems(text) for text in texts]
    return all(any(_runs_in(phrase, text) for text in stems) for phrase in phrases)


def has_marks(wanted: Collection[str], held: Collection[str]) -> bool:
    """Whether the facts fit: all names, any of the values of one name."""
    names: dict[str, list[str]] = defaultdict(list)
    for each in wanted:
        names[each.partition("=")[0]].append(each)
    return all(any(each in held for each in group) for group in names.values())


def _runs_in(phrase: Sequence[str], stems: Sequence[str]) -> bool:
    length = len(phrase)
    return any(
        tuple(stems[at : at + length]) == tuple(phrase) for at in range(len(stems) - length + 1)
    )
