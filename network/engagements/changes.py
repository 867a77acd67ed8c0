"""What changed between two versions of terms, as changes that can be applied, and in words.

A change is of one field of the whole, or of one field of one line. Lines are compared by their key,
so that a retainer that went from three to four days is one change, not a line gone and another new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from network.engagements.kinds import Clause
from network.engagements.terms import CashLine, OtherLine, Terms, TimeLine

LISTS = ("times", "cash", "others")
WHOLE = ("title", "work", "rhythm")
Line = TimeLine | CashLine | OtherLine


class Happened(StrEnum):
    """What happened to a part of the terms."""

    ADDED = "added"
    TAKEN_OUT = "taken out"
    CHANGED = "changed"
    ORDERED = "ordered"


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `part` is a clause, a field of the whole or a list; `key` names the line in it
    and `name` its field, where it is one. `old` and `new` are what stood and what stands there.
    """

    happened: Happened
    part: str
    old: Any
    new: Any
    key: str = ""
    name: str = ""


def changes(old: Terms, new: Terms) -> list[Change]:
    """Return what became of the old terms, in the order in which terms are read."""
    found = [
        Change(Happened.CHANGED, name, getattr(old, name), getattr(new, name))
        for name in WHOLE
        if getattr(old, name) != getattr(new, name)
    ]
    for which in Clause:
        before, after = old.clause(which), new.clause(which)
        if before != after:
            found.append(Change(_of_words(before, after), which.value, before, after))
    for part in LISTS:
        found += _of_lines(part, getattr(old, part), getattr(new, part))
    return found


def apply(terms: Terms, found: Sequence[Change]) -> Terms:
    """Return the terms after these changes. Raises `KeyError` for a line that is not there."""
    clauses = dict(terms.clauses)
    whole: dict[str, Any] = {}
    lists: dict[str, list[Line]] = {part: list(getattr(terms, part)) for part in LISTS}
    for change in found:
        if change.part in LISTS:
            lists[change.part] = _apply_to(lists[change.part], change)
        elif change.part in WHOLE:
            whole[change.part] = change.new
        else:
            clauses[Clause(change.part)] = change.new
    whole["clauses"] = {which: words for which, words in clauses.items() if words}
    whole |= {part: tuple(each) for part, each in lists.items()}
    return replace(terms, **whole)


def _of_words(before: str, after: str) -> Happened:
    if not before:
        return Happened.ADDED
    return Happened.CHANGED if after else Happened.TAKEN_OUT


def _of_lines(part: str, old: Sequence[Line], new: Sequence[Line]) -> list[Change]:
    before, after = _by_key(old), _by_key(new)
    found = [
        Change(Happened.TAKEN_OUT, part, line, None, key)
        for key, line in before.items()
        if key not in after
    ]
    for key, line in after.items():
        if key not in before:
            found.append(Change(Happened.ADDED, part, None, line, key))
        else:
            found += _of_fields(part, before[key], line)
    left = [key for key in before if key in after] + [key for key in after if key not in before]
    if left != list(after):
        found.append(Change(Happened.ORDERED, part, tuple(left), tuple(after)))
    return found


def _of_fields(part: str, before: Line, after: Line) -> list[Change]:
    return [
        Change(
            Happened.CHANGED,
            part,
            getattr(before, name),
            getattr(after, name),
            key=before.key,
            name=name,
        )
        for name in before.__dataclass_fields__
        if getattr(before, name) != getattr(after, name)
    ]


def _apply_to(lines: list[Line], change: Change) -> list[Line]:
    if change.happened is Happened.ADDED:
        return [*lines, change.new]
    there = _by_key(lines)
    if change.happened is Happened.ORDERED:
        return [there[key] for key in change.new]
    line = there[change.key]
    if change.happened is Happened.TAKEN_OUT:
        return [each for each in lines if each is not line]
    there[change.key] = replace(line, **{change.name: change.new})
    return list(there.values())


def _by_key(lines: Sequence[Line]) -> dict[str, Line]:
    return {line.key: line for line in lines}
