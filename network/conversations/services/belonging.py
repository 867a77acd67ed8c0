"""Belonging to a thing: whoever comes to it has a stay in its conversation, whoever goes has none.

A thing whose conversation was not opened yet asks for nothing: who is there then is seated then.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from network.conversations.models import About, Conversation, Participant
from network.conversations.queries import live_stay
from network.conversations.services.turns import end_stay, seat, take_turn
from network.events.services import record
from network.members.models import Member


def join_about(
    db: Session,
    about: About,
    thing_id: int,
    *,
    person: Member,
    actor: Member,
    now: datetime,
    from_start: bool = False,
) -> None:
    """Give somebody a stay in the conversation of a thing: they read what is said from now on, or
    everything where `from_start`. Harmless for whoever has one.
    """
    conversation = _conversation_of(db, about, thing_id)
    if conversation is None or live_stay(db, conversation.id, person.id) is not None:
        return
    turn = take_turn(db, conversation)
    if live_stay(db, conversation.id, person.id) is not None:
        return  # who came first meanwhile was this very person
    seat(db, conversation, [person.id], after=0 if from_start else turn, now=now)
    record(
        db,
        "conversations:joined",
        actor=actor.id,
        subject=("conversation", conversation.id),
        now=now,
        people=[person.id],
        turn=turn,
    )


def leave_about(
    db: Session,
    about: About,
    thing_id: int,
    *,
    person_id: int,
    actor_id: int,
    now: datetime,
    keep: bool = True,
) -> None:
    """End somebody's stay in the conversation of a thing. Unless they `keep` it, what was said
    before is not theirs to read any more either, whenever they read it. Twice is once.
    """
    conversation = _conversation_of(db, about, thing_id)
    if conversation is None:
        return
    stay = live_stay(db, conversation.id, person_id)
    if stay is not None:
        turn = take_turn(db, conversation)
        end_stay(db, conversation, stay, until=turn, actor=actor_id, now=now)
        db.refresh(stay)
    if not keep:
        db.execute(
            update(Participant)
            .where(
                Participant.conversation_id == conversation.id,
                Participant.member_id == person_id,
            )
            .values(until_turn=Participant.after_turn)
        )


def _conversation_of(db: Session, about: About, thing_id: int) -> Conversation | None:
    return db.scalar(
        select(Conversation).where(Conversation.about == about, Conversation.thing_id == thing_id)
    )


def close_about(db: Session, about: About, thing_id: int, *, at: datetime) -> None:
    """Let nobody write in the conversation of a thing from an instant on; it is read as before."""
    conversation = _conversation_of(db, about, thing_id)
    if conversation is not None:
        conversation.closes_at = at


def let_lapse_about(
    db: Session, about: About, thing_id: int, *, person_id: int, at: datetime | None
) -> None:
    """Let somebody's place in the conversation of a thing lapse at an instant, or not at all."""
    conversation = _conversation_of(db, about, thing_id)
    stay = None if conversation is None else live_stay(db, conversation.id, person_id)
    if stay is not None:
        stay.lapses_at = at


def has_lapsed(db: Session, about: About, thing_id: int, *, person_id: int, now: datetime) -> bool:
    """Whether somebody's place in the conversation of a thing has lapsed."""
    conversation = _conversation_of(db, about, thing_id)
    stay = None if conversation is None else live_stay(db, conversation.id, person_id)
    return stay is not None and stay.lapses_at is not None and stay.lapses_at <= now
