"""What stands on the page of a circle of its meetings, and of what was said and learned there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from network.circles.access import Seen
from network.circles.beside import Beside
from network.columns import BigId
from network.learning.beside import for_circle
from network.learning.clock_words import when
from network.learning.kinds import SessionState
from network.learning.models import LearningSession, Seat
from network.learning.queries.coming import SEAT
from network.learning.visibility import hosts, known
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer

_NEXT = (
    select(LearningSession, Seat, hosts(BOUND))
    .outerjoin(Seat, SEAT)
    .where(
        LearningSession.circle_id == bindparam("circle", type_=BigId),
        LearningSession.state == SessionState.SCHEDULED,
        LearningSession.ends_at > NOW,
        known(BOUND, NOW),
    )
    .order_by(LearningSession.starts_at, LearningSession.id)
    .limit(3)
)


def load(db: Session, member: Member, seen: Seen, now: datetime) -> Mapping[str, Any]:
    """Return the next meetings of a circle with this member's place at each, and what is kept."""
    bound = {**Viewer.of(member).at(now), "circle": seen.circle.id}
    meetings = [
        {
            "session": session,
            "seat": seat,
            "hosts": leads,
            "clocks": when(session, member.time_zone),
        }
        for session, seat, leads in db.execute(_NEXT, bound)
    ]
    return {"meetings": meetings, **for_circle(db, member, seen, now)}


BESIDE = Beside(
    above=("learning/_circle_next.html",),
    below=(
        "learning/keeping/_circle_commitments.html",
        "learning/keeping/_circle_harvest.html",
    ),
    load=load,
)
