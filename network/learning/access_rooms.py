"""Loading a Green Room: the only way a view gets one, authorised in the same statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, and_, bindparam, select
from sqlalchemy.orm import Session, contains_eager

from network.conversations.models import About, Conversation, Participant
from network.errors import NotAllowed, NotFound
from network.learning.models import GreenRoom
from network.learning.visibility_rooms import room_known
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer


@dataclass(frozen=True, slots=True)
class SeenRoom:
    """A Green Room as one member may see it, at one instant. `conversation` is the address of its
    conversation for whoever sits or sat there.
    """

    room: GreenRoom
    asker: Member
    is_mine: bool
    conversation: str | None
    sits: bool
    now: datetime

    @property
    def is_open(self) -> bool:
        """Whether its week is not over: computed from the time, although no job ran."""
        return is_open(self.room, self.now)


def is_open(room: GreenRoom, now: datetime) -> bool:
    """Whether people may still sit down and write."""
    return room.closes_at > now


_BY_KEY = (
    select(GreenRoom, Conversation.key, Participant.left_at, Participant.id)
    .join(GreenRoom.asker)
    .outerjoin(
        Conversation,
        and_(Conversation.about == About.GREEN_ROOM, Conversation.thing_id == GreenRoom.id),
    )
    .outerjoin(
        Participant,
        and_(
            Participant.conversation_id == Conversation.id,
            Participant.member_id == BOUND.member_id,
        ),
    )
    .where(GreenRoom.key == bindparam("key", type_=String()), room_known(BOUND, NOW))
    .order_by(Participant.id.desc())
    .limit(1)
    .options(contains_eager(GreenRoom.asker))
)


def room_for(db: Session, member: Member, key: str, *, now: datetime) -> SeenRoom:
    """Return a Green Room that this member may know of; raise `NotFound` otherwise."""
    row = db.execute(_BY_KEY, {**Viewer.of(member).at(now), "key": key}).first()
    if row is None:
        raise NotFound
    room, conversation, left_at, stay = row
    return SeenRoom(
        room,
        room.asker,
        is_mine=room.asker_id == member.id,
        conversation=conversation if stay is not None else None,
        sits=stay is not None and left_at is None,
        now=now,
    )


def room_to_harvest(db: Session, member: Member, key: str, *, now: datetime) -> SeenRoom:
    """Return a Green Room in which this member asks.

    Raises `NotFound` where they may not know of it, `NotAllowed` where somebody else asks.
    """
    seen = room_for(db, member, key, now=now)
    if not seen.is_mine:
        raise NotAllowed
    return seen
