"""What of learning can be searched: sessions, wishes to learn, Green Rooms and words of harvest.

Where a session is, what somebody wrote for its hosts, and who comes is never among it. What belongs
to a circle, or to those who were there, is kept for whoever is inside alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from network.learning.access import WITHOUT_HOST
from network.learning.kinds import NeedState, Readers, SessionState
from network.learning.models import GreenRoom, HarvestEntry, LearningNeed, LearningSession
from network.search.documents import Document
from network.search.things import Thing, Words, document, rows_of

BATCH = 500
# What has no end by its date alone.
OPEN_ENDED = "ends=open"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing: its table, which of it is kept, its words, and whether all find it."""

    thing: Thing
    model: Any
    kept: ColumnElement[bool]
    words: Callable[[Any], Words]
    for_members: Callable[[Any], bool]

    def document(self, row: Any) -> Document:  # noqa: ANN401  # a row of the model
        """Return a row as the index holds it."""
        return document(self.thing, row.id, self.words(row), members=self.for_members(row))


def ends_on(when: datetime) -> set[str]:
    """Return the facts that something is over on this day, in this month: the index cannot know
    that it is.
    """
    return {f"ends={when:%Y-%m-%d}", f"ends={when:%Y-%m}"}


def session_words(session: LearningSession) -> Words:
    """Return the words by which a session is found."""
    end = session.ends_at
    if session.state is SessionState.PROPOSED:
        end = session.proposed_at + WITHOUT_HOST
    facts = {Thing.SESSION.mark, f"format={session.format.value}"}
    facts |= {OPEN_ENDED} if end is None else ends_on(end)
    return _words(session.title, session.words, session.how, facts=facts)


def need_words(need: LearningNeed) -> Words:
    """Return the words by which a wish to learn is found."""
    return _words(need.words, need.why, facts={Thing.NEED.mark, OPEN_ENDED})


def room_words(room: GreenRoom) -> Words:
    """Return the words by which a Green Room is found; one without harvest is over in a week."""
    ends = {OPEN_ENDED} if room.harvest else ends_on(room.closes_at)
    return _words(room.question, room.why, room.harvest, facts={Thing.ROOM.mark, *ends})


def entry_words(entry: HarvestEntry) -> Words:
    """Return the words of what somebody learned."""
    return _words(entry.words, facts={Thing.HARVEST.mark, OPEN_ENDED})


KINDS = {
    kind.thing: kind
    for kind in (
        Kind(
            Thing.SESSION,
            LearningSession,
            LearningSession.state != SessionState.CANCELLED,
            session_words,
            lambda row: row.circle_id is None and row.state is not SessionState.DRAFT,
        ),
        Kind(
            Thing.NEED,
            LearningNeed,
            LearningNeed.state != NeedState.LET_GO,  # whether it waits for a host, SQL decides
            need_words,
            lambda _row: True,
        ),
        Kind(Thing.ROOM, GreenRoom, true(), room_words, lambda _row: True),
        Kind(
            Thing.HARVEST,
            HarvestEntry,
            HarvestEntry.agreed_at.is_not(None) & HarvestEntry.withdrawn_at.is_(None),
            entry_words,
            lambda row: row.readers == Readers.MEMBERS,
        ),
    )
}


def all_documents(db: Session) -> Iterator[Document]:
    """Yield what can be found of learning, in batches that do not grow with the network."""
    for kind in KINDS.values():
        last = 0
        while True:
            rows = db.scalars(
                select(kind.model)
                .where(kind.model.id > last, kind.kept)
                .order_by(kind.model.id)
                .limit(BATCH)
            ).all()
            if not rows:
                break
            yield from map(kind.document, rows)
            last = rows[-1].id
            db.expunge_all()


def documents(db: Session, numbers: Collection[int]) -> list[Document]:
    """Return what can be found of the things of learning among these; what is over is not there."""
    found: list[Document] = []
    for thing, kind in KINDS.items():
        ids = rows_of(numbers, thing)
        if ids:
            rows = db.scalars(select(kind.model).where(kind.model.id.in_(ids), kind.kept))
            found.extend(map(kind.document, rows))
    return found


def _words(title: str, *more: str, facts: Collection[str]) -> Words:
    return Words(title=title, more=tuple(filter(None, more)), marks=frozenset(facts))
