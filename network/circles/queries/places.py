"""Places in a circle: how many are taken, and the last one that somebody had."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from network.asks.kinds import COOLING_OFF
from network.circles.kinds import Life
from network.circles.models import Circle
from network.circles.visibility import IN_IT
from network.members.kinds import CameBy, MembershipState
from network.members.models import Member, Membership

# In these somebody may come in.
TAKES_PEOPLE = (Life.FORMING, Life.RUNNING)
# In these somebody facilitates.
NEEDS_SOMEBODY = (*TAKES_PEOPLE, Life.CLOSING)
WAY_BACK = timedelta(days=180)


def is_full(db: Session, circle: Circle) -> bool:
    """Whether every place is taken. Whoever rests keeps theirs."""
    return how_many(db, circle) >= circle.most


def how_many(db: Session, circle: Circle) -> int:
    """Return how many places are taken."""
    taken = select(func.count()).where(
        Membership.circle_id == circle.id, Membership.state.in_(IN_IT)
    )
    return db.scalar(taken) or 0


def somebody_facilitates(db: Session, circle: Circle, *, but: int = 0) -> bool:
    """Whether anybody facilitates, apart from the place `but`."""
    found = select(func.count()).where(
        Membership.circle_id == circle.id,
        Membership.facilitates,
        Membership.state == MembershipState.MEMBER,
        Membership.id != but,
    )
    return bool(db.scalar(found))


def last_place(db: Session, circle: Circle, member: Member) -> Membership | None:
    """Return the last place that somebody had here and has no more."""
    return db.scalar(
        select(Membership)
        .where(
            Membership.circle_id == circle.id,
            Membership.member_id == member.id,
            Membership.since.is_not(None),
            Membership.ended_at.is_not(None),
        )
        .order_by(Membership.ended_at.desc(), Membership.id.desc())
        .limit(1)
    )


def again_from(db: Session, circle: Circle, member: Member, now: datetime) -> datetime | None:
    """Return when somebody who asked to come in may ask again, or None if they may now.

    It counts from the day they asked, whoever read it and though nobody did.
    """
    asked_at = db.scalar(
        select(Membership.asked_at)
        .where(
            Membership.circle_id == circle.id,
            Membership.member_id == member.id,
            Membership.came_by == CameBy.APPLIED,
        )
        .order_by(Membership.asked_at.desc())
        .limit(1)
    )
    if asked_at is None or asked_at + COOLING_OFF <= now:
        return None
    return asked_at + COOLING_OFF


def was_removed(last: Membership | None) -> bool:
    """Whether somebody comes back by being asked in alone."""
    return last is not None and last.state is MembershipState.REMOVED


def may_come_back(last: Membership | None, now: datetime) -> bool:
    """Whether somebody was released, and the way back is still open: half a year."""
    if last is None or last.state is not MembershipState.RELEASED:
        return False
    return (last.ended_at or now) + WAY_BACK > now
