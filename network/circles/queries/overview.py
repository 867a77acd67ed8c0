"""The circles that somebody has a place in, or is on the way to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.circles.finding import PLACE, Listed
from network.circles.kinds import Life
from network.circles.models import Circle
from network.circles.visibility import known
from network.members.models import Member, Membership
from network.members.visibility import BOUND, NOW, Viewer

_MINE = (
    select(Circle, Membership)
    .join(Membership, PLACE)
    .where(Circle.life != Life.ARCHIVED, known(BOUND, NOW))
    .order_by(Circle.name, Circle.id)
)


def circles_of(db: Session, member: Member, now: datetime) -> Sequence[Listed]:
    """Return the circles of a member with their place in each: those they are in first, by name."""
    rows = db.execute(_MINE, Viewer.of(member).at(now))
    listed = [Listed(circle, place) for circle, place in rows]
    return sorted(listed, key=lambda each: each.place is None or each.place.since is None)
