"""The row of a referral, taken before anything that changes it; whether it may still be made; its
end, and the log of what happened to it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.models import Ask, AskState
from network.events.services import record
from network.members.models import Member
from network.members.visibility import Viewer, not_apart, visible
from network.referrals.kinds import AskOf, ReferralState
from network.referrals.models import Referral
from network.referrals.visibility import stands

# What each of the two has to think about it, and what both have together.
ASK_FOR = timedelta(days=21)
OPEN_FOR = 2 * ASK_FOR


def lock(db: Session, referral: Referral) -> None:
    """Take the row, and read it as it stands now."""
    columns = [column.key for column in Referral.__mapper__.column_attrs]
    db.refresh(referral, columns, with_for_update=True)


def still_stands(db: Session, referral: Referral, now: datetime) -> bool:
    """Whether the need is open, or the approach goes on, in the hands of its holder."""
    found = select(Referral.id).where(Referral.id == referral.id, stands(now))
    return db.scalar(found) is not None


def still_possible(db: Session, referral: Referral, now: datetime) -> bool:
    """Whether the need stands in the hands of its holder, and the two may know of each other."""
    if referral.member_id is None or not still_stands(db, referral, now):
        return False
    member, holder = (
        db.get_one(Member, referral.member_id),
        db.get_one(Member, referral.holder_id),
    )
    return may_meet(db, member, holder, now)


def may_meet(db: Session, one: Member, other: Member, now: datetime) -> bool:
    """Whether the two may know of each other, both ways."""
    sees = and_(
        or_(Member.id == other.id, visible(Viewer.of(other), now)),
        or_(Member.id == one.id, visible(Viewer.of(one), now)),
    )
    seen = select(Member.id).where(Member.id.in_((one.id, other.id)), sees)
    return len(db.scalars(seen).all()) == 2  # noqa: PLR2004


def nothing_parts(db: Session, one: Member, other: Member) -> bool:
    """Whether neither a block nor a shield is between the two. A pause goes by: an ask waits."""
    free = and_(
        or_(Member.id == other.id, not_apart(Viewer.of(other))),
        or_(Member.id == one.id, not_apart(Viewer.of(one))),
    )
    found = select(Member.id).where(Member.id.in_((one.id, other.id)), free)
    return len(db.scalars(found).all()) == 2  # noqa: PLR2004


def stop(db: Session, referral: Referral, *, actor: int | None, now: datetime) -> None:
    """Stop what is not made: what waits for an answer closes silently, and it looks open until its
    day.
    """
    referral.state, referral.ended_at = ReferralState.STOPPED, now
    close_asks(db, referral, now=now)
    log(db, referral, "referrals:stopped", actor=actor, now=now)


def close_asks(db: Session, referral: Referral, *, now: datetime) -> None:
    """Close what still waits for an answer about a referral, silently and for good."""
    of_it = and_(
        Ask.kind.in_([kind.value for kind in AskOf]),
        Ask.thing_id == referral.id,
        Ask.state.in_((AskState.WAITING, AskState.DECLINED)),
    )
    asks.close(db, of_it, actor=db.get_one(Member, referral.referrer_id), now=now)


def log(
    db: Session,
    referral: Referral,
    kind: str,
    *,
    actor: int | None,
    now: datetime,
    to: tuple[str, ...] = (),
    **data: Any,  # noqa: ANN401  # whatever JSON holds
) -> None:
    """Record what happened to a referral."""
    subject = ("referral", referral.id)
    record(db, kind, actor=actor, subject=subject, now=now, to=to, **data)
