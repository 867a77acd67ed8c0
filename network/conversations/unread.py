"""Words that wait to be read, as their reader's own marker says: told to that reader alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from network.conversations.hearing import heard
from network.conversations.models import Conversation, Message, Participant
from network.members.models import Member
from network.members.visibility import BOUND, Viewer, not_apart

_MY, _SAID, _LATEST = (
    aliased(Participant, name="my_place"),
    aliased(Message, name="unread"),
    aliased(Message, name="latest"),
)
_WRITER = aliased(Member, name="writer")
_WROTE = aliased(Member, name="wrote")


@dataclass(frozen=True, slots=True)
class Unread:
    """A conversation with words after my marker, and who wrote the latest of them."""

    conversation: Conversation
    writer: Member
    at: datetime


_UNREAD = (
    select(Conversation, _WRITER, _LATEST.sent_at)
    .join(_MY, _MY.conversation_id == Conversation.id)
    .join(_LATEST, _LATEST.conversation_id == Conversation.id)
    .join(_WRITER, _WRITER.id == _LATEST.author_id)
    .where(
        _MY.member_id == BOUND.member_id,
        _MY.left_at.is_(None),
        _MY.muted.is_(False),
        Conversation.turn > _MY.read_turn,
        not_apart(BOUND, _WRITER),
        _LATEST.turn
        == select(func.max(_SAID.turn))
        .where(
            _SAID.conversation_id == Conversation.id,
            _SAID.turn > _MY.read_turn,
            _SAID.author_id != BOUND.member_id,
            _SAID.withdrawn_at.is_(None),
            heard(BOUND, _SAID),
            _WROTE.id == _SAID.author_id,
            not_apart(BOUND, _WROTE),
        )
        .correlate(Conversation, _MY)
        .scalar_subquery(),
    )
    .order_by(Conversation.moved_at.desc())
    .limit(5)
)


def unread(db: Session, member: Member, now: datetime) -> Sequence[Unread]:
    """Return a few conversations with words that a member has not read, the latest first; none
    from which they take no letters.
    """
    rows = db.execute(_UNREAD, Viewer.of(member).at(now))
    return [Unread(conversation, writer, at) for conversation, writer, at in rows]
