"""What the inbox reads, and what each side is told about an ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, aliased, contains_eager

from network.asks.models import Ask, AskState
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer, not_apart, visible


def waiting_for(member_id: Any, now: Any) -> ColumnElement[bool]:  # noqa: ANN401  # or bound
    """Hold for asks that wait for this member's answer."""
    return and_(Ask.addressee_id == member_id, Ask.state == AskState.WAITING, Ask.expires_at > now)


_WAITING = and_(waiting_for(BOUND.member_id, NOW), visible(BOUND, NOW))
_SOMETHING_WAITS = select(exists().where(_WAITING, Member.id == Ask.asker_id))
_INBOX = (
    select(Ask)
    .join(Ask.asker)
    .where(_WAITING)
    .options(contains_eager(Ask.asker))
    .order_by(Ask.expires_at, Ask.id)
)


def something_waits(db: Session, member: Member, now: datetime) -> bool:
    """Whether anything waits for this member's answer."""
    return bool(db.scalar(_SOMETHING_WAITS, Viewer.of(member).at(now)))


def inbox(db: Session, member: Member, now: datetime, limit: int = 50) -> Sequence[Ask]:
    """Return what waits for this member's answer, the first to lapse first."""
    return db.scalars(_INBOX.limit(limit), Viewer.of(member).at(now)).all()


def answered(db: Session, member: Member, now: datetime, limit: int = 20) -> Sequence[Ask]:
    """Return what this member answered and can still take back, the newest first."""
    return db.scalars(
        select(Ask)
        .join(Ask.asker)
        .where(
            Ask.addressee_id == member.id,
            Ask.state == AskState.DECLINED,
            Ask.expires_at > now,
            visible(Viewer.of(member), now),
        )
        .options(contains_eager(Ask.asker))
        .order_by(Ask.ended_at.desc())
        .limit(limit)
    ).all()


def sent(db: Session, member: Member, limit: int = 50) -> Sequence[Ask]:
    """Return what this member asked of others, the newest first; a pause of theirs changes nothing
    here.
    """
    addressee = aliased(Member)
    return db.scalars(
        select(Ask)
        .join(Ask.addressee.of_type(addressee))
        .where(Ask.asker_id == member.id, not_apart(Viewer.of(member), addressee))
        .options(contains_eager(Ask.addressee.of_type(addressee)))
        .order_by(Ask.sent_at.desc(), Ask.id.desc())
        .limit(limit)
    ).all()


def as_asker_sees(ask: Ask, now: datetime) -> AskState:
    """Return the state its asker is told: a no is the same as silence, before and after the day."""
    if ask.state in {AskState.ACCEPTED, AskState.WITHDRAWN}:
        return ask.state
    return AskState.WAITING if ask.expires_at > now else AskState.LAPSED
