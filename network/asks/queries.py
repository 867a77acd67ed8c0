"""What the inbox reads, and what each side is told about an ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from network.asks.access import about_seen, from_somebody
from network.asks.models import Ask, AskState
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer, not_apart


def waiting_for(member_id: Any, now: Any) -> ColumnElement[bool]:  # noqa: ANN401  # or bound
    """Hold for asks that wait for this member's answer."""
    return and_(Ask.addressee_id == member_id, Ask.state == AskState.WAITING, Ask.expires_at > now)


_WAITING = and_(
    waiting_for(BOUND.member_id, NOW), from_somebody(BOUND, NOW), about_seen(BOUND, NOW)
)
_SOMETHING_WAITS = select(exists().where(_WAITING, Member.id == Ask.asker_id))
_INBOX = (
    select(Ask)
    .join(Ask.asker)
    .where(_WAITING)
    .options(contains_eager(Ask.asker), joinedload(Ask.about))
    .order_by(Ask.expires_at, Ask.id)
)


def something_waits(db: Session, member: Member, now: datetime) -> bool:
    """Whether anything waits for this member's answer."""
    return bool(db.scalar(_SOMETHING_WAITS, Viewer.of(member).at(now)))


def inbox(db: Session, member: Member, now: datetime, limit: int = 50) -> Sequence[Ask]:
    """Return what waits for this member's answer, the first to lapse first."""
    return db.scalars(_INBOX.limit(limit), Viewer.of(member).at(now)).all()


_OF_MINE = (
    select(Ask)
    .join(Ask.asker)
    .where(
        Ask.addressee_id == BOUND.member_id,
        from_somebody(BOUND, NOW),
        about_seen(BOUND, NOW),
    )
    .options(contains_eager(Ask.asker), joinedload(Ask.about))
)
_NO = Ask.state == AskState.DECLINED
_YES_TO_A_PART = and_(Ask.state == AskState.ACCEPTED, Ask.thing_id.is_not(None))
_ANSWERED = (
    _OF_MINE.where(Ask.expires_at > NOW, or_(_NO, _YES_TO_A_PART))
    .order_by(Ask.ended_at.desc())
    .limit(20)
)
# What waits comes before what was put off.
_DUE = _OF_MINE.where(
    or_(
        and_(Ask.state == AskState.WAITING, Ask.expires_at > NOW),
        and_(_NO, Ask.again_at <= NOW),
    )
).order_by(Ask.state.desc(), Ask.expires_at, Ask.id)


def answered(db: Session, member: Member, now: datetime) -> Sequence[Ask]:
    """Return what this member answered and is still open, the newest first."""
    return db.scalars(_ANSWERED, Viewer.of(member).at(now)).all()


def due(
    db: Session, member: Member, now: datetime, limit: int = 20
) -> tuple[Sequence[Ask], Sequence[Ask]]:
    """Return what waits for this member's answer, the first to lapse first, and what they wanted to
    think of again by now: in one statement.
    """
    found = db.scalars(_DUE.limit(limit), Viewer.of(member).at(now)).all()
    waiting = [ask for ask in found if ask.state is AskState.WAITING]
    return waiting, [ask for ask in found if ask.state is AskState.DECLINED]


def mine_about(db: Session, member: Member, kind: str, thing_id: int, now: datetime) -> Ask | None:
    """Return what asks this member about a thing and can still be answered, or None."""
    return db.scalar(
        _OF_MINE.where(
            Ask.kind == kind,
            Ask.thing_id == thing_id,
            Ask.expires_at > NOW,
            Ask.state.in_((AskState.WAITING, AskState.DECLINED)),
        ),
        Viewer.of(member).at(now),
    )


def sent(db: Session, member: Member, limit: int = 50) -> Sequence[Ask]:
    """Return what this member asked of others, the newest first; a pause of theirs changes nothing
    here. What is part of a larger thing is on that thing's own page.
    """
    addressee, viewer = aliased(Member), Viewer.of(member)
    whom = aliased(Member)
    return db.scalars(
        select(Ask)
        .join(Ask.addressee.of_type(addressee))
        .outerjoin(Ask.about.of_type(whom))
        .where(
            Ask.asker_id == member.id,
            Ask.thing_id.is_(None),
            not_apart(viewer, addressee),
            or_(Ask.about_id.is_(None), not_apart(viewer, whom)),
        )
        .options(
            contains_eager(Ask.addressee.of_type(addressee)),
            contains_eager(Ask.about.of_type(whom)),
        )
        .order_by(Ask.sent_at.desc(), Ask.id.desc())
        .limit(limit)
    ).all()


def as_asker_sees(ask: Ask, now: datetime) -> AskState:
    """Return the state its asker is told: a no is the same as silence, before and after the day."""
    if ask.state in {AskState.ACCEPTED, AskState.WITHDRAWN}:
        return ask.state
    return AskState.WAITING if ask.expires_at > now else AskState.LAPSED
