"""In which circles a need is shown or was put, and in which it could be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from network.circles.access import Seen as SeenCircle
from network.circles.kinds import Life
from network.circles.models import Circle
from network.circles.visibility import inside, known, reads
from network.columns import BigId
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer
from network.organisations.models import NeedShowing, WorkNeed
from network.organisations.queries.needs import OPEN

MOST = 50
MOST_CIRCLES = 200
_NEED = bindparam("need", type_=BigId)
_CIRCLE = bindparam("circle", type_=BigId)
_IN_CIRCLE = (
    OPEN.join(NeedShowing, NeedShowing.need_id == WorkNeed.id)
    .where(
        NeedShowing.circle_id == _CIRCLE,
        NeedShowing.shown_at.is_not(None),
        reads(BOUND, NOW, _CIRCLE, NOW),
    )
    .limit(10)
)
_SHOWINGS = (
    select(NeedShowing, Circle)
    .join(Circle, Circle.id == NeedShowing.circle_id)
    .where(NeedShowing.need_id == _NEED, known(BOUND, NOW))
    .order_by(NeedShowing.asked_at, NeedShowing.id)
    .limit(MOST)
)
_INSIDE = inside(BOUND, NOW)
_CIRCLES = (
    select(Circle, _INSIDE)
    .where(known(BOUND, NOW), Circle.life.not_in((Life.CLOSING, Life.ARCHIVED)))
    .order_by(_INSIDE.desc(), Circle.name, Circle.id)
    .limit(MOST_CIRCLES)
)


def showings(
    db: Session, need: WorkNeed, member: Member, now: datetime
) -> Sequence[tuple[NeedShowing, Circle]]:
    """Return the circles that a need was put before, for its holder: those they may know of."""
    rows = db.execute(_SHOWINGS, {**Viewer.of(member).at(now), "need": need.id})
    return [(showing, circle) for showing, circle in rows]


def circles_to_choose(db: Session, member: Member, now: datetime) -> Sequence[Circle]:
    """Return the circles that a member may put a need before, their own first."""
    return [row[0] for row in db.execute(_CIRCLES, Viewer.of(member).at(now))]


def in_circle(db: Session, member: Member, seen: SeenCircle, now: datetime) -> Sequence[WorkNeed]:
    """Return the open needs that are shown in a circle, for whoever is inside."""
    return db.scalars(_IN_CIRCLE, {**Viewer.of(member).at(now), "circle": seen.circle.id}).all()
