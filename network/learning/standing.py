"""How the places of a session stand at an instant, although no job ran: for pages and services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from network.columns import BigId
from network.learning.kinds import SeatState, SessionState
from network.learning.models import LearningSession, Seat, SeatKind
from network.members.visibility import NOW

# So long before the start no place is kept for an answer: whoever takes it first has it.
LAST_HOURS = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the places of one kind stand: `held` are taken or offered, `waited` stand in line."""

    kind: SeatKind
    held: int
    waited: int

    @property
    def free(self) -> int:
        """How many places nobody has and nobody was offered."""
        return max(0, self.kind.capacity - self.held)

    def has_room(self, session: LearningSession, now: datetime) -> bool:
        """Whether somebody who asks now has a place at once: one is free and nobody waits for it,
        or it is too late to wait.
        """
        return self.free > 0 and (not self.waited or is_last_hours(session, now))


_HELD = or_(
    Seat.state == SeatState.GOING, and_(Seat.state == SeatState.OFFERED, Seat.offer_until > NOW)
)
_STANDINGS = (
    select(
        SeatKind,
        func.count(Seat.id).filter(_HELD),
        func.count(Seat.id).filter(Seat.state == SeatState.WAITLISTED),
    )
    .outerjoin(Seat, Seat.kind_id == SeatKind.id)
    .where(SeatKind.session_id == bindparam("session", type_=BigId))
    .group_by(SeatKind.id)
    .order_by(SeatKind.position)
    .execution_options(populate_existing=True)
)


def standings(db: Session, session: LearningSession, now: datetime) -> Mapping[int, Standing]:
    """Return how the places of each kind stand, by the id of the kind, in the hosts' order."""
    rows = db.execute(_STANDINGS, {"session": session.id, "viewer_now": now})
    return {kind.id: Standing(kind, held, waited) for kind, held, waited in rows}


def is_ahead(session: LearningSession, now: datetime) -> bool:
    """Whether a session was scheduled and has not begun."""
    starts_at = session.starts_at
    return session.state is SessionState.SCHEDULED and starts_at is not None and now < starts_at


def is_last_hours(session: LearningSession, now: datetime) -> bool:
    """Whether no place is offered any more."""
    return session.starts_at is not None and now >= session.starts_at - LAST_HOURS
