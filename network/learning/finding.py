"""Finding sessions, wishes to learn, Green Rooms and harvest: which of those proposed somebody may
come upon now.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from network.learning.documents import KINDS, OPEN_ENDED
from network.learning.models import GreenRoom, HarvestEntry, LearningNeed, LearningSession
from network.learning.queries.coming import Line
from network.learning.queries.learned import ENTRIES, Learned
from network.learning.queries.upon import NEEDS, ROOMS, SESSIONS, bound
from network.learning.queries.within import INSIDE
from network.members.visibility import Viewer
from network.search.finding import PLAIN_MOST, Found, literal
from network.search.query import Query
from network.search.things import Thing, number_of, rows_of

# So many months ahead a session can be found.
MONTHS_AHEAD = 24
MONTHS = 12

_IDS: BindParameter[int] = bindparam("ids", expanding=True)


@dataclass(frozen=True, slots=True)
class Shelved:
    """How one kind is looked up: the rows that somebody may come upon, what a list shows of one,
    the texts of a plain search.
    """

    upon: Any  # a Select
    shown: Callable[[Any], Any]
    texts: tuple[InstrumentedAttribute[str], ...]


_SHELVED = {
    Thing.SESSION: Shelved(
        SESSIONS,
        lambda row: Line(*row),
        (LearningSession.title, LearningSession.words, LearningSession.how),
    ),
    Thing.NEED: Shelved(NEEDS, lambda row: row[0], (LearningNeed.words, LearningNeed.why)),
    Thing.ROOM: Shelved(
        ROOMS, lambda row: row[0], (GreenRoom.question, GreenRoom.why, GreenRoom.harvest)
    ),
    Thing.HARVEST: Shelved(ENTRIES, lambda row: Learned(*row), (HarvestEntry.words,)),
}
THINGS = tuple(_SHELVED)
_LOAD = {
    thing: each.upon.where(KINDS[thing].model.id.in_(_IDS)) for thing, each in _SHELVED.items()
}


@dataclass(frozen=True, slots=True)
class Learning:
    """The things of learning that one viewer may come upon at one time."""

    db: Session
    viewer: Viewer
    now: datetime

    def inside(self) -> Collection[int]:
        """Return the numbers of what is for the viewer and few others."""
        rows = self.db.execute(INSIDE, self._bound())
        return [number_of(Thing(thing), row_id) for thing, row_id in rows]

    def load(self, numbers: Sequence[int]) -> Iterable[Found]:
        """Return those that the viewer may come upon, one statement for each kind among them."""
        found: list[Found] = []
        for thing, shelved in _SHELVED.items():
            ids = rows_of(numbers, thing)
            if ids:
                rows = self.db.execute(_LOAD[thing], {**self._bound(), "ids": ids})
                found += [
                    Found(
                        number_of(thing, row[0].id), shelved.shown(row), KINDS[thing].words(row[0])
                    )
                    for row in rows
                ]
        return found

    def plain(self, query: Query, marks: Collection[str]) -> Collection[int]:
        """Return numbers by a look through the database, for the kinds that the marks name."""
        found: list[int] = []
        for thing, shelved in _SHELVED.items():
            if thing.mark not in marks:
                continue
            row_id = KINDS[thing].model.id
            wanted = shelved.upon.with_only_columns(row_id)
            if query:
                wanted = wanted.where(
                    or_(
                        *(
                            text.ilike(literal(word), escape="\\")
                            for word in query.words
                            for text in shelved.texts
                        )
                    )
                )
            ids = self.db.scalars(wanted.order_by(row_id.desc()).limit(PLAIN_MOST), self._bound())
            found += [number_of(thing, each) for each in ids]
        return found

    def _bound(self) -> dict[str, Any]:
        return bound(self.viewer, self.now)


def marks_of(things: Collection[Thing], now: datetime) -> set[str]:
    """Return the facts that narrow a search to these kinds, and to what is not over by its day.

    The index cannot know that a time has come. So it knows the days, and SQL the minutes; of the
    months after this one it is asked for each as a whole.
    """
    days = range(now.day, monthrange(now.year, now.month)[1] + 1)
    ends = {f"ends={now:%Y-%m}-{day:02}" for day in days}
    for ahead in range(1, MONTHS_AHEAD + 1):
        years, month = divmod(now.month - 1 + ahead, MONTHS)
        ends.add(f"ends={now.year + years}-{month + 1:02}")
    return {*(thing.mark for thing in things), *ends, OPEN_ENDED}
