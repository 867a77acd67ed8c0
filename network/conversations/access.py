"""Loading a conversation or a message: only whoever has or had a place there, for what was said
while they had it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, bindparam, or_, select
from sqlalchemy.orm import Session

from network.conversations.hearing import heard, is_there
from network.conversations.models import About, Conversation, Message, Participant
from network.errors import NotFound
from network.members.models import Member
from network.members.visibility import BOUND, Viewer


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation as one person may read it: with their stays, the latest last."""

    conversation: Conversation
    stays: tuple[Participant, ...]

    @property
    def stay(self) -> Participant:
        """Return the stay that counts now."""
        return self.stays[-1]

    @property
    def is_here(self) -> bool:
        """Whether the person has a place in it now."""
        return self.stay.left_at is None

    @property
    def is_direct(self) -> bool:
        """Whether it is between two people."""
        return self.conversation.about is About.DIRECT

    @property
    def low(self) -> int:
        """Return the turn after which there may be something to read."""
        return min(stay.after_turn for stay in self.stays)

    @property
    def high(self) -> int:
        """Return the last turn of which there may be something to read."""
        until = self.stay.until_turn
        return self.conversation.turn if until is None else until


_BY_KEY = (
    select(Conversation, Participant)
    .join(Participant, Participant.conversation_id == Conversation.id)
    .where(
        Conversation.key == bindparam("key", type_=String()),
        Participant.member_id == BOUND.member_id,
        is_there(BOUND),
    )
    .order_by(Participant.id)
)
_MESSAGE = select(Message).where(
    Message.key == bindparam("key", type_=String()),
    Message.withdrawn_at.is_(None),
    heard(BOUND),
)


def conversation_for(db: Session, member: Member, key: str, *, now: datetime) -> Thread:
    """Return a conversation in which this member has or had a place; raise `NotFound` otherwise."""
    rows = db.execute(_BY_KEY, {**Viewer.of(member).at(now), "key": key}).all()
    if not rows:
        raise NotFound
    return Thread(rows[0][0], tuple(stay for _conversation, stay in rows))


def message_of_mine(db: Session, member: Member, key: str, *, within: str) -> Message:
    """Return a message that this member wrote in the conversation `within`; else `NotFound`."""
    return _found(
        db.scalar(
            select(Message)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .where(
                Message.key == key,
                Message.author_id == member.id,
                Conversation.key == within,
                heard(Viewer.of(member)),
            )
        )
    )


def message_to_report(db: Session, member: Member, key: str) -> Message:
    """Return a message of somebody else that this member can read; raise `NotFound` otherwise."""
    eyes = {"viewer_id": member.id, "viewer_belongs": member.belongs, "key": key}
    not_mine = or_(Message.author_id != member.id, Message.author_id.is_(None))
    return _found(db.scalar(_MESSAGE.where(not_mine), eyes))


def _found(message: Message | None) -> Message:
    if message is None:
        raise NotFound
    return message
