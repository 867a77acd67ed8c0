"""The one counter of a conversation, and the stays that begin and end by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from network.changes import changed
from network.conversations.models import Conversation, Participant
from network.events.services import record


def take_turn(db: Session, conversation: Conversation) -> int:
    """Return the next number of a conversation. Whoever takes it first goes first."""
    turn = db.scalars(
        update(Conversation)
        .where(Conversation.id == conversation.id)
        .values(turn=Conversation.turn + 1)
        .returning(Conversation.turn)
        .execution_options(synchronize_session=False)
    ).one()
    set_committed_value(conversation, "turn", turn)
    return turn


def seat(
    db: Session, conversation: Conversation, people: Sequence[int], *, after: int, now: datetime
) -> None:
    """Give people a stay from now on: they read what comes after the turn `after`."""
    db.add_all(
        Participant(
            conversation_id=conversation.id,
            member_id=person,
            after_turn=after,
            read_turn=after,
            joined_at=now,
        )
        for person in people
    )
    db.flush()  # what is said next asks who is here


def end_stay(
    db: Session,
    conversation: Conversation,
    stay: Participant,
    *,
    until: int,
    actor: int,
    now: datetime,
) -> None:
    """End one stay at a turn. Whoever is gone already stays as gone as before."""
    ended = changed(
        db,
        update(Participant)
        .where(Participant.id == stay.id, Participant.left_at.is_(None))
        .values(left_at=now, until_turn=until),
    )
    if ended == 1:
        record(
            db,
            "conversations:left",
            actor=actor,
            subject=("conversation", conversation.id),
            now=now,
            member=stay.member_id,
            turn=until,
        )
