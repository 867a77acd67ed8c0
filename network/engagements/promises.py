"""What somebody promised about working for others, read against a name.

Words are compared as shields compare them: folded, and whole words only. Whether two organisations
are in one line of work cannot be known here, so every promise is shown to be read, and those in
which the name stands come first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from network.engagements.kinds import Clause
from network.text import clean_line, fold

PROMISES = (Clause.EXCLUSIVITY, Clause.CONFLICTS)
# Shorter words than these stand in any text.
SHORTEST = 4
_BETWEEN = re.compile(r"[,;\n]")


@dataclass(frozen=True, slots=True)
class Promise:
    """Words that bind somebody, and to whom. `since` is when the work was over, if it is."""

    name: str
    words: str
    clause: Clause
    engagement: str = ""
    outside: str = ""
    over: date | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A promise and the words of the name that stand in it."""

    promise: Promise
    found: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a check finds: promises that name somebody, and the others."""

    naming: Sequence[Named]
    others: Sequence[Promise]


def read(promises: Iterable[Promise], names: str) -> Read:
    """Sort promises by whether one of these names stands in them, whole or by one of its words.

    What was promised to those very people is left out: it does not keep them away.
    """
    asked = names_in(names)
    themselves = {fold(each) for each in asked}
    naming, others = [], []
    for promise in promises:
        if fold(promise.name) in themselves:
            continue
        found = next(filter(None, (stands_in(each, promise.words) for each in asked)), "")
        if found:
            naming.append(Named(promise, found))
        else:
            others.append(promise)
    return Read(naming, others)


def names_in(text: str) -> list[str]:
    """Return the names in a line: “Merrow Ferries, Rui Melo”."""
    return [line for part in _BETWEEN.split(text) if (line := clean_line(part))]


def stands_in(name: str, words: str) -> str:
    """Return what of a name stands in words: all of it, or its longer words, or nothing."""
    text = f" {fold(words)} "
    if f" {fold(name)} " in text:
        return name
    longer = [each for each in name.split() if len(fold(each)) >= SHORTEST]
    return " ".join(each for each in longer if f" {fold(each)} " in text)
