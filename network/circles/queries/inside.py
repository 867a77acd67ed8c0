"""What whoever is inside a circle reads on its page: notes, what is decided, where to talk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from network.circles.kinds import DecisionState
from network.circles.models import Circle, CircleNote, Decision
from network.columns import BigId
from network.conversations.models import About, Conversation, Participant
from network.members.models import Member
from network.members.visibility import BOUND, Viewer, not_apart

_AUTHOR = aliased(Member, name="author_of_note")
_CIRCLE = bindparam("circle", type_=BigId)
_NOTES = (
    select(CircleNote, _AUTHOR)
    .outerjoin(_AUTHOR, (_AUTHOR.id == CircleNote.author_id) & not_apart(BOUND, _AUTHOR))
    .where(CircleNote.circle_id == _CIRCLE)
    .order_by(CircleNote.written_at.desc(), CircleNote.id.desc())
    .limit(4)
)
_DECISIONS = (
    select(Decision)
    .where(Decision.circle_id == _CIRCLE, Decision.state == DecisionState.OPEN)
    .order_by(Decision.open_until, Decision.id)
    .limit(5)
)
_TALK = (
    select(Conversation.key, Participant.id)
    .outerjoin(
        Participant,
        (Participant.conversation_id == Conversation.id)
        & (Participant.member_id == BOUND.member_id)
        & Participant.left_at.is_(None),
    )
    .where(Conversation.about == About.CIRCLE, Conversation.thing_id == _CIRCLE)
)


def inside_of(db: Session, member: Member, circle: Circle, now: datetime) -> Mapping[str, Any]:
    """Return the latest notes with who wrote them, open decisions, and the conversation: its key,
    and whether this member has a place in it.
    """
    bound = {**Viewer.of(member).at(now), "circle": circle.id}
    talk = db.execute(_TALK, bound).first()
    return {
        "notes": db.execute(_NOTES, bound).all(),
        "decisions": db.scalars(_DECISIONS, bound).all(),
        "talk": None if talk is None else talk[0],
        "sits_there": talk is not None and talk[1] is not None,
    }
