"""Who is in a circle, and who is on the way in: named where the viewer may know of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session, contains_eager

from network.circles.models import Agreements, Circle
from network.circles.visibility import ASKED, IN_IT, inside
from network.columns import BigId
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from network.members.visibility import BOUND, NOW, Viewer, not_apart


@dataclass(frozen=True, slots=True)
class People:
    """The people of a circle whom the viewer may know of, and those at its door."""

    here: list[Membership] = field(default_factory=list)
    asked: list[Membership] = field(default_factory=list)
    asking: list[Membership] = field(default_factory=list)
    in_line: list[Membership] = field(default_factory=list)


_LIVE = (
    select(Membership)
    .join(Membership.member)
    .where(
        Membership.circle_id == bindparam("circle", type_=BigId),
        or_(
            Membership.state.in_((*IN_IT, MembershipState.QUEUED)),
            and_(Membership.state.in_(ASKED), Membership.expires_at > NOW),
        ),
        or_(Member.id == BOUND.member_id, not_apart(BOUND)),
    )
    .options(contains_eager(Membership.member))
    .order_by(Membership.facilitates.desc(), Membership.line, Membership.since, Membership.asked_at)
)


def people_of(db: Session, member: Member, circle: Circle, now: datetime) -> People:
    """Return who is in a circle, first those who facilitate, then by when they came."""
    found = People()
    rooms = {
        MembershipState.INVITED: found.asked,
        MembershipState.APPLIED: found.asking,
        MembershipState.QUEUED: found.in_line,
    }
    for place in db.scalars(_LIVE, {**Viewer.of(member).at(now), "circle": circle.id}):
        rooms.get(place.state, found.here).append(place)
    return found


def agreements_of(db: Session, circle: Circle) -> Agreements:
    """Return what the people of a circle agree on now."""
    return db.get_one(Agreements, (circle.id, circle.agreements_version))


def circles_inside(db: Session, member: Member, now: datetime) -> Sequence[Circle]:
    """Return the circles that somebody is inside of and that go on, by name."""
    return db.scalars(
        select(Circle)
        .where(inside(Viewer.of(member), now), Circle.ended_at.is_(None))
        .order_by(Circle.name, Circle.id)
        .limit(100)
    ).all()
