"""The end of a circle: what is on its way in is let go, and nobody writes any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.circles.kinds import DecisionState, Life
from network.circles.models import Circle, Decision
from network.circles.services.answering import close_asks
from network.circles.services.talking import close_talk
from network.circles.services.turns import log
from network.circles.visibility import ASKED
from network.members.kinds import MembershipState
from network.members.models import Member, Membership


def archive_now(db: Session, circle: Circle, *, actor: Member, now: datetime) -> None:
    """Put a circle among those that were. The row of the circle is taken before."""
    on_the_way = select(Membership).where(
        Membership.circle_id == circle.id,
        Membership.state.in_((*ASKED, MembershipState.QUEUED)),
    )
    for place in db.scalars(on_the_way).all():
        close_asks(db, place, actor=actor, now=now)
        place.state, place.ended_at = MembershipState.WITHDRAWN, now
    for decision in db.scalars(
        select(Decision).where(
            Decision.circle_id == circle.id, Decision.state == DecisionState.OPEN
        )
    ).all():
        decision.state, decision.ended_at = DecisionState.SET_ASIDE, now
    circle.life, circle.ended_at = Life.ARCHIVED, now
    close_talk(db, circle, now=now)
    log(db, circle, "circles:archived", actor=actor.id, now=now, to=("things",))
