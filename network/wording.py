"""How words changed, word by word: what stayed, what was taken out, what was added."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# A line break is a word of its own; how many spaces stand between two words is nobody's change.
WORD = re.compile(r"\n+|[^\s]+")
# Comparing takes time by the square: beyond so many pairs the middle counts as written anew.
MOST_PAIRS = 1_000_000
# And far more where the same word stands again and again: then such words are no place to begin.
MOST_ALIKE = 30_000


class How(StrEnum):
    """What became of some words."""

    STAYED = "stayed"
    TAKEN_OUT = "taken out"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Run:
    """Words that share a fate, as lines."""

    how: How
    lines: tuple[str, ...]


def compared(old: str, new: str) -> list[Run]:
    """Return the words of both, in order: what was taken out stands before what was added."""
    one, other = WORD.findall(old), WORD.findall(new)
    first = _alike(one, other)
    last = _alike(one[first:][::-1], other[first:][::-1])
    before, after = one[:first], one[len(one) - last :]
    middle = _middle(one[first : len(one) - last], other[first : len(other) - last])
    pieces = [(How.STAYED, before), *middle, (How.STAYED, after)]
    return [Run(how, _lines(words)) for how, words in pieces if words]


def _alike(one: list[str], other: list[str]) -> int:
    """Return how many words both begin with."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _middle(one: list[str], other: list[str]) -> list[tuple[How, list[str]]]:
    if len(one) * len(other) > MOST_PAIRS:
        return [(How.TAKEN_OUT, one), (How.ADDED, other)]
    pieces = []
    matcher = SequenceMatcher(None, one, other, autojunk=_pairs_alike(one, other) > MOST_ALIKE)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            pieces.append((How.STAYED, one[a:b]))
        else:
            pieces += [(How.TAKEN_OUT, one[a:b]), (How.ADDED, other[c:d])]
    return pieces


def _pairs_alike(one: list[str], other: list[str]) -> int:
    """Return how many pairs of the same word there are between two texts."""
    many = Counter(other)
    return sum(many[word] for word in one)


def _lines(words: list[str]) -> tuple[str, ...]:
    return tuple(line.strip() for line in re.split(r"\n+", " ".join(words)))
