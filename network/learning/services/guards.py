"""Who may be asked to host a session."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from network.circles.visibility import in_it
from network.errors import NotAllowed, NotFound
from network.learning.kinds import SeatState
from network.learning.models import LearningSession, Seat
from network.members.models import Member
from network.members.visibility import Viewer, connected, visible
from network.translation import _


def may_be_asked_to_host(
    db: Session, session: LearningSession, actor: Member, person: Member, now: datetime
) -> None:
    """Return if a host may let this person host as well: each has said a yes that it stands on.

    Raises `NotFound` for somebody one may not know of, `NotAllowed` for anybody else.
    """
    seen = select(Member.id).where(Member.id == person.id, visible(Viewer.of(actor), now))
    if db.scalar(seen) is None:
        raise NotFound
    if session.circle_id is not None:
        allowed = db.scalar(select(in_it(Viewer.of(person), session.circle_id)))
    else:
        comes = and_(
            Seat.session_id == session.id,
            Seat.member_id == person.id,
            Seat.state == SeatState.GOING,
        )
        tied = connected(actor.id, person.id)
        allowed = db.scalar(select(or_(tied, select(Seat.id).where(comes).exists())))
    if not allowed:
        raise NotAllowed(
            _("Whoever hosts with you is somebody you are connected with, or somebody who comes.")
        )
