"""Loading a circle: the only way a view gets one, authorised in the same statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, and_, bindparam, or_, select
from sqlalchemy.orm import Session, contains_eager

from network.circles.kinds import Life
from network.circles.models import Circle
from network.circles.visibility import ASKED, IN_IT, inside, known
from network.errors import NotAllowed, NotFound
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from network.members.visibility import BOUND, NOW, Viewer, not_apart

_LIVE = (*IN_IT, *ASKED, MembershipState.QUEUED)


@dataclass(frozen=True, slots=True)
class Seen:
    """A circle as one member may see it, with the place they have in it or on the way to it."""

    circle: Circle
    place: Membership | None
    is_inside: bool

    @property
    def is_in_it(self) -> bool:
        """Whether they have a place, whatever they have agreed to."""
        return self.place is not None and self.place.state in IN_IT

    @property
    def facilitates(self) -> bool:
        """Whether they facilitate now."""
        return self.is_inside and self.place is not None and self.place.facilitates


# An invitation or an application is there until its day, although no job ran.
_GOES_ON = and_(
    Membership.state.in_(_LIVE),
    or_(Membership.state.not_in(ASKED), Membership.expires_at > NOW),
)
_BY_SLUG = (
    select(Circle, Membership, inside(BOUND, NOW))
    .outerjoin(
        Membership,
        and_(
            Membership.circle_id == Circle.id,
            Membership.member_id == BOUND.member_id,
            _GOES_ON,
        ),
    )
    .where(Circle.slug == bindparam("slug", type_=String()), known(BOUND, NOW))
)


def circle_for(db: Session, member: Member, slug: str, *, now: datetime) -> Seen:
    """Return a circle that this member may know of; raise `NotFound` otherwise."""
    row = db.execute(_BY_SLUG, {**Viewer.of(member).at(now), "slug": slug}).first()
    if row is None:
        raise NotFound
    return Seen(row[0], row[1], bool(row[2]))


def circle_inside(db: Session, member: Member, slug: str, *, now: datetime) -> Seen:
    """Return a circle that this member is inside of; raise `NotFound` for all others."""
    seen = circle_for(db, member, slug, now=now)
    if not seen.is_inside:
        raise NotFound
    return seen


def circle_to_change(db: Session, member: Member, slug: str, *, now: datetime) -> Seen:
    """Return a circle in which this member may write: inside, and not archived.

    Raises `NotFound` for whoever is outside, `NotAllowed` where nothing is written any more.
    """
    seen = circle_inside(db, member, slug, now=now)
    if seen.circle.life is Life.ARCHIVED:
        raise NotAllowed
    return seen


def circle_to_facilitate(db: Session, member: Member, slug: str, *, now: datetime) -> Seen:
    """Return a circle that this member facilitates.

    Raises `NotFound` for whoever is outside, `NotAllowed` for the others inside.
    """
    seen = circle_to_change(db, member, slug, now=now)
    if not seen.facilitates:
        raise NotAllowed
    return seen


def place_of_another(db: Session, member: Member, seen: Seen, handle: str) -> Membership:
    """Return the live place of somebody in a circle, where this member may know of them."""
    found = db.scalar(
        select(Membership)
        .join(Membership.member)
        .where(
            Membership.circle_id == seen.circle.id,
            Membership.state.in_(_LIVE),
            Member.handle == handle,
            not_apart(Viewer.of(member)),
        )
        .options(contains_eager(Membership.member))
    )
    if found is None:
        raise NotFound
    return found
