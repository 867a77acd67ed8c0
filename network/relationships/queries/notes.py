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
    CTE,
    ColumnElement,
    ScalarSelect,
    and_,
    bindparam,
    case,
    exists,
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
A_FEW = 3  # among so many people, whoever writes is in touch with each of the others


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


def _later(one: Any, other: Any) -> ColumnElement[datetime]:  # noqa: ANN401  # two columns
    """Return the later of two instants; the other may be missing."""
    return case((other > one, other), else_=one)


_MINE = aliased(Participant, name="mine")
_THEIRS = aliased(Participant, name="theirs")
_HERE = aliased(Participant, name="here")
_NOTED = aliased(PrivateNote, name="noted")


def _wrote_to_each_other() -> ScalarSelect[datetime]:
    """Return when either last wrote in the one conversation of the two."""
    lower = PrivateNote.owner_id < PrivateNote.about_id
    return (
        select(Message.sent_at)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.low_id == case((lower, PrivateNote.owner_id), else_=PrivateNote.about_id),
            Conversation.high_id == case((lower, PrivateNote.about_id), else_=PrivateNote.owner_id),
        )
        .order_by(Message.turn.desc())
        .limit(1)
        .correlate(PrivateNote)
        .scalar_subquery()
    )


def _wrote_among_few() -> CTE:
    """Return when the member or each other last wrote where they are among few people, for all
    conversations at once.
    """
    in_one = (
        select(Message.sent_at)
        .where(
            Message.conversation_id == _MINE.conversation_id,
            Message.author_id.in_((_MINE.member_id, _THEIRS.member_id)),
            Message.turn > _MINE.after_turn,
            Message.turn > _THEIRS.after_turn,
        )
        .order_by(Message.turn.desc())
        .limit(1)
        .correlate(_MINE, _THEIRS)
        .scalar_subquery()
    )
    people = (
        select(func.count())
        .where(_HERE.conversation_id == _MINE.conversation_id, _HERE.left_at.is_(None))
        .correlate(_MINE)
        .scalar_subquery()
    )
    same = _THEIRS.conversation_id == _MINE.conversation_id
    return (
        select(_THEIRS.member_id, func.max(in_one, type_=UtcDateTime()).label("at"))
        .select_from(_MINE)
        .join(Conversation, Conversation.id == _MINE.conversation_id)
        .join(_THEIRS, and_(same, _THEIRS.left_at.is_(None)))
        .where(
            exists().where(_NOTED.owner_id == BOUND.member_id, _NOTED.rhythm != Rhythm.NONE),
            _MINE.member_id == BOUND.member_id,
            _MINE.left_at.is_(None),
            _THEIRS.member_id != BOUND.member_id,
            Conversation.about != About.DIRECT,
            people <= A_FEW,
        )
        .group_by(_THEIRS.member_id)
        .cte("among_few")
        .prefix_with("MATERIALIZED")
    )


_DUE = case(
    *(
        (PrivateNote.rhythm == rhythm, bindparam(rhythm.value, type_=UtcDateTime()))
        for rhythm in MONTHS
    ),
    else_=None,
)
_AMONG_FEW = _wrote_among_few()
# Worked out once for each note, and only where nothing that is in the note says otherwise.
_CANDIDATE = (
    select(
        PrivateNote.about_id,
        _DUE.label("due"),
        _wrote_to_each_other().label("alone"),
        _AMONG_FEW.c.at.label("among_few"),
    )
    .outerjoin(_AMONG_FEW, _AMONG_FEW.c.member_id == PrivateNote.about_id)
    .where(
        PrivateNote.owner_id == BOUND.member_id,
        PrivateNote.rhythm != Rhythm.NONE,
        PrivateNote.since < _DUE,
        or_(PrivateNote.spoke_at.is_(None), PrivateNote.spoke_at < _DUE),
        or_(PrivateNote.quiet_until.is_(None), PrivateNote.quiet_until <= NOW),
    )
    .cte("candidate")
    .prefix_with("MATERIALIZED")
)
_WRITTEN = _later(func.coalesce(_CANDIDATE.c.alone, _CANDIDATE.c.among_few), _CANDIDATE.c.among_few)
_OF_THE_TWO = and_(
    PrivateNote.owner_id == BOUND.member_id, PrivateNote.about_id == _CANDIDATE.c.about_id
)
_TO_WRITE_TO = (
    select(PrivateNote, _WRITTEN)
    .join(_CANDIDATE, _OF_THE_TWO)
    .join(PrivateNote.about)
    .where(
        or_(_WRITTEN.is_(None), _CANDIDATE.c.due > _WRITTEN),
        visible(BOUND, NOW),
    )
    .options(contains_eager(PrivateNote.about))
    .order_by(
        _later(_later(PrivateNote.since, PrivateNote.spoke_at), _WRITTEN), PrivateNote.about_id
    )
    .limit(MOST_SHOWN)
)
