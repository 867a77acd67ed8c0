"""What the index of things holds: circles, sessions, wishes to learn, Green Rooms, harvest and
organisations, each under a number of its own. Whoever is inside of a thing finds more of it than
members do, or finds it alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum

from network.search.documents import Document, Layer

_KINDS = 8  # room for so many kinds of thing in one sequence of numbers


class Thing(IntEnum):
    """A kind of thing that can be found; its number never changes."""

    CIRCLE = 0
    SESSION = 1
    NEED = 2
    ROOM = 3
    HARVEST = 4
    ORGANISATION = 5

    @property
    def mark(self) -> str:
        """The fact by which a search is narrowed to things of this kind."""
        return f"thing={self.name.lower()}"


def number_of(thing: Thing, row_id: int) -> int:
    """Return the number under which the index holds the thing."""
    return row_id * _KINDS + thing


def thing_of(number: int) -> Thing:
    """Return what kind of thing has this number."""
    return Thing(number % _KINDS)


def row_of(number: int) -> int:
    """Return the id that the thing of this number has among its kind."""
    return number // _KINDS


def rows_of(numbers: Iterable[int], thing: Thing) -> list[int]:
    """Return the ids of those of the numbers that are of this kind."""
    return [row_of(each) for each in numbers if each % _KINDS == thing]


def numbers_of(thing: Thing) -> Callable[[int], int]:
    """Return what makes numbers of ids, for a source of documents."""
    return lambda row_id: number_of(thing, row_id)


@dataclass(frozen=True, slots=True)
class Words:
    """What of a thing can be found: its name, what it is for, what else it says, its facts."""

    title: str = ""
    purpose: str = ""
    more: tuple[str, ...] = ()
    marks: frozenset[str] = frozenset()

    @property
    def first(self) -> str:
        """What it says first: where all words stand here, it is closest."""
        return "\n".join(filter(None, (self.title, self.purpose)))

    def layer(self) -> Layer:
        """Return all of it, for whoever may find it."""
        return Layer(
            purpose=self.first,
            words="\n".join(filter(None, (self.first, *self.more))),
            marks=self.marks,
            themes=self.title if self.purpose else "",
        )


def document(thing: Thing, row_id: int, words: Words, *, members: bool) -> Document:
    """Return a thing as the index holds it: for all members, or for those inside alone."""
    layer = words.layer()
    return Document(
        id=number_of(thing, row_id), members=layer if members else Layer(), connections=layer
    )
