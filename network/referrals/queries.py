"""What the pages of referrals read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer, findable
from network.referrals.kinds import Role
from network.referrals.models import Referral
from network.referrals.seen import SEEN, THROUGH, Seen, Through, as_seen
from network.referrals.visibility import within_reach

_NEWEST = SEEN.order_by(Referral.sent_at.desc(), Referral.id.desc())
_OVERVIEW = _NEWEST.where(
    # What waits for an answer stands among the asks, and nowhere else.
    or_(Referral.member_id.is_distinct_from(BOUND.member_id), Referral.agreed_at.is_not(None))
).limit(100)
_PEOPLE = (
    select(Member)
    .where(findable(BOUND, NOW), within_reach(BOUND.member_id, Member.id))
    .order_by(Member.name, Member.id)
    .limit(200)
)


@dataclass(frozen=True, slots=True)
class Overview:
    """What a member recommended, was recommended for, and was brought."""

    by_me: Sequence[Seen]
    of_me: Sequence[Seen]
    to_me: Sequence[Seen]


def overview(db: Session, member: Member, now: datetime) -> Overview:
    """Return the referrals of a member as they may know of them, the newest first."""
    rows = db.execute(_OVERVIEW, Viewer.of(member).at(now)).all()
    found = [as_seen(row, now) for row in rows]
    by_role = {role: [each for each in found if each.role is role] for role in Role}
    return Overview(by_role[Role.REFERRER], by_role[Role.MEMBER], by_role[Role.HOLDER])


def of_conversation(
    db: Session, member: Member, referral_id: int | None, now: datetime
) -> Seen | None:
    """Return the referral that a conversation is about, as one who reads it may know of it."""
    row = db.execute(SEEN.where(Referral.id == referral_id), Viewer.of(member).at(now)).first()
    return None if row is None else as_seen(row, now)


def between(db: Session, member: Member, other: Member, now: datetime) -> Through | None:
    """Return through whom the newest referral brought these two together, for one of them."""
    row = db.execute(THROUGH, {**Viewer.of(member).at(now), "other": other.id}).first()
    return None if row is None else Through(*row)


def people_to_recommend(db: Session, member: Member, now: datetime) -> Sequence[Member]:
    """Return whom a member may recommend: their connections and those in their circles, by name.

    Whom of them the holder of a need may not know is in it as well: leaving them out would tell.
    """
    return db.scalars(_PEOPLE, Viewer.of(member).at(now)).all()
