"""Leaving and being parted, and what is private to a stay: its marker, its mute, its draft."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from network.conversations.models import About, Conversation, Participant
from network.conversations.queries import live_stay, pair_conversation
from network.conversations.services.turns import end_stay, take_turn
from network.conversations.services.writing import keep_words, sent_already
from network.members.models import Member


def leave(db: Session, conversation: Conversation, *, actor: Member, now: datetime) -> None:
    """Step out, keeping what was said until now. Leaving twice is once."""
    stay = live_stay(db, conversation.id, actor.id)
    if stay is not None:
        turn = take_turn(db, conversation)
        end_stay(db, conversation, stay, until=turn, actor=actor.id, now=now)
        db.refresh(stay)


def part(db: Session, one_id: int, other_id: int, *, actor: Member, now: datetime) -> None:
    """Part two people: their own conversation ends for both; any other that they share ends for
    `actor`, which to the rest looks like leaving.
    """
    pair = pair_conversation(db, one_id, other_id)
    if pair is not None:
        stays = [live_stay(db, pair.id, each) for each in (one_id, other_id)]
        live = [stay for stay in stays if stay is not None]
        turn = take_turn(db, pair) if live else 0
        for stay in live:
            end_stay(db, pair, stay, until=turn, actor=actor.id, now=now)
    theirs = aliased(Participant)
    shared = db.execute(
        select(Conversation, Participant)
        .join(Participant, Participant.conversation_id == Conversation.id)
        .join(theirs, theirs.conversation_id == Conversation.id)
        .where(
            Conversation.about != About.DIRECT,
            Participant.member_id == actor.id,
            Participant.left_at.is_(None),
            theirs.member_id == (other_id if actor.id == one_id else one_id),
            theirs.left_at.is_(None),
        )
    ).all()
    for conversation, stay in shared:
        turn = take_turn(db, conversation)
        end_stay(db, conversation, stay, until=turn, actor=actor.id, now=now)


def mute(db: Session, conversation: Conversation, *, actor: Member) -> None:
    """Want no letters from a conversation. Nobody is told, and nothing is logged."""
    _set_muted(db, conversation, actor, muted=True)


def unmute(db: Session, conversation: Conversation, *, actor: Member) -> None:
    """Want letters again."""
    _set_muted(db, conversation, actor, muted=False)


def mark_read(db: Session, stay: Participant, *, upto: int, high: int) -> None:
    """Move a private read marker forward, never beyond `high`, what there is to read."""
    reached = min(upto, high)
    db.execute(
        update(Participant)
        .where(Participant.id == stay.id, Participant.read_turn < reached)
        .values(read_turn=reached)
    )


def keep_draft(
    db: Session, conversation: Conversation, *, actor: Member, body: str, submission: str
) -> None:
    """Keep unsent words for their writer alone; raise `Invalid` where they are too many.

    Words that this submission sent meanwhile are not kept again.
    """
    stay = live_stay(db, conversation.id, actor.id)
    if stay is not None and sent_already(db, actor, submission) is None:
        keep_words(stay, body)


def _set_muted(db: Session, conversation: Conversation, actor: Member, *, muted: bool) -> None:
    db.execute(
        update(Participant)
        .where(
            Participant.conversation_id == conversation.id,
            Participant.member_id == actor.id,
            Participant.left_at.is_(None),
        )
        .values(muted=muted)
    )
