"""What a member kept about others, read by that member alone, and whom they might write to again.

A rhythm counts in whole days and calendar months where its owner is: a month after 31 January is
the last day of February.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased, contains_eager

from network.columns import UtcDateTime
from network.conversations.models import About, Conversation, Message, Participant
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer, visible
from network.relationships.models import PrivateNote, Rhythm

MONTHS = {
    Rhythm.MONTHLY: 1,
    Rhythm.QUARTERLY: 3,
    Rhythm.HALF_YEARLY: 6,
    Rhythm.YEARLY: 12,
}
MOST_SHOWN = 3
A_FEW = 3  # up to so many people a conversation is one between each two of them


@dataclass(frozen=True, slots=True)
class Again:
    """Somebody to write to again. `wrote_at` and `spoke_at`: which contact was the last, if any."""

    note: PrivateNote
    wrote_at: datetime | None = None
    spoke_at: datetime | None = None


def note_about(db: Session, owner: Member, about: Member) -> PrivateNote | None:
    """Return what a member keeps about somebody."""
    return db.get(PrivateNote, (owner.id, about.id))


def due_before(today: date, rhythm: Rhythm) -> date:
    """Return the first day that is too late for a last contact to be due today."""
    month = today.year * 12 + today.month - 1 - MONTHS[rhythm]
    year, month = divmod(month, 12)
    length = monthrange(year, month + 1)[1]
    is_last = today.day == monthrange(today.year, today.month)[1]
    day = length if is_last else min(today.day, length)
    return date(year, month + 1, day) + timedelta(days=1)


def to_write_to(db: Session, member: Member, now: datetime) -> Sequence[Again]:
    """Return a few people with whom the member meant to be in touch by now, those first from whom
    they have gone longest without a word.
    """
    bound = {**Viewer.of(member).at(now), **_limits(member, now)}
    return [_again(note, written) for note, written in db.execute(_TO_WRITE_TO, bound)]


def _again(note: PrivateNote, written: datetime | None) -> Again:
    last = max(when for when in (note.since, note.spoke_at, written) if when is not None)
    if last == written:
        return Again(note, wrote_at=written)
    return Again(note, spoke_at=note.spoke_at if last == note.spoke_at else None)


def _limits(member: Member, now: datetime) -> dict[str, datetime]:
    """Return, for each rhythm, the instant before which a last contact is due now."""
    zone = ZoneInfo(member.time_zone)
    today = now.astimezone(zone).date()
    return {
        rhythm.value: datetime.combine(due_before(today, rhythm), time(), zone).astimezone(UTC)
        for rhythm in MONTHS
    }


def _together(stay: Any, message: Any = Message) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for messages that were written during this stay."""
    return and_(
        message.turn > stay.after_turn,
        or_(stay.until_turn.is_(None), message.turn <= stay.until_turn),
    )


def _last_message() -> ScalarSelect[Any]:
    """Return when either last wrote in a conversation that is between few people."""
    mine, theirs = aliased(Participant, name="mine"), aliased(Participant, name="theirs")
    here = aliased(Participant, name="here")
    in_one = (
        select(Message.sent_at)
        .where(
            Message.conversation_id == mine.conversation_id,
            Message.author_id.in_((mine.member_id, theirs.member_id)),
            _together(mine),
            _together(theirs),
        )
        .order_by(Message.turn.desc())
        .limit(1)
        .correlate(mine, theirs)
        .scalar_subquery()
    )
    people = (
        select(func.count())
        .where(here.conversation_id == mine.conversation_id, here.left_at.is_(None))
        .correlate(mine)
        .scalar_subquery()
    )
    return (
        select(func.max(in_one, type_=UtcDateTime()))
        .select_from(mine)
        .join(theirs, theirs.conversation_id == mine.conversation_id)
        .join(Conversation, Conversation.id == mine.conversation_id)
        .where(
            mine.member_id == PrivateNote.owner_id,
            theirs.member_id == PrivateNote.about_id,
            or_(Conversation.about != About.GROUP, people <= A_FEW),
        )
        .correlate(PrivateNote)
        .scalar_subquery()
    )


_DUE = case(
    *(
        (PrivateNote.rhythm == rhythm, bindparam(rhythm.value, type_=UtcDateTime()))
        for rhythm in MONTHS
    ),
    else_=None,
)
# Whoever was spoken to and whoever wrote lately drops out before their messages are looked for.
_CANDIDATES = (
    select(PrivateNote.about_id, _last_message().label("written"), _DUE.label("due"))
    .where(
        PrivateNote.owner_id == BOUND.member_id,
        PrivateNote.rhythm != Rhythm.NONE,
        PrivateNote.since < _DUE,
        or_(PrivateNote.spoke_at.is_(None), PrivateNote.spoke_at < _DUE),
        or_(PrivateNote.quiet_until.is_(None), PrivateNote.quiet_until <= NOW),
    )
    .subquery("candidate")
)
_LATEST_WORD = case(
    (PrivateNote.spoke_at > PrivateNote.since, PrivateNote.spoke_at), else_=PrivateNote.since
)
_TO_WRITE_TO = (
    select(PrivateNote, _CANDIDATES.c.written)
    .join(
        _CANDIDATES,
        and_(
            PrivateNote.owner_id == BOUND.member_id,
            PrivateNote.about_id == _CANDIDATES.c.about_id,
        ),
    )
    .join(PrivateNote.about)
    .where(
        or_(_CANDIDATES.c.written.is_(None), _CANDIDATES.c.written < _CANDIDATES.c.due),
        visible(BOUND, NOW),
    )
    .options(contains_eager(PrivateNote.about))
    .order_by(
        case((_CANDIDATES.c.written > _LATEST_WORD, _CANDIDATES.c.written), else_=_LATEST_WORD),
        PrivateNote.about_id,
    )
    .limit(MOST_SHOWN)
)
