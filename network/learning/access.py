"""Loading a session: the only way a view gets one, authorised in the same statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, and_, bindparam, select
from sqlalchemy.orm import Session

from network.errors import NotAllowed, NotFound
from network.learning.kinds import SeatState, SessionState
from network.learning.models import LearningSession, Seat
from network.learning.visibility import LIVE_SEATS, hosts, known
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer

# How long something proposed waits for a host.
WITHOUT_HOST = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Seen:
    """A session as one member may see it, with their place at it, at one instant."""

    session: LearningSession
    seat: Seat | None
    hosts: bool
    now: datetime

    @property
    def place(self) -> Seat | None:
        """Their live place. What was offered and not taken in time is none, though no job ran."""
        until = None if self.seat is None else self.seat.offer_until
        return None if until is not None and until <= self.now else self.seat

    @property
    def is_going(self) -> bool:
        """Whether a place is theirs."""
        return self.seat is not None and self.seat.state is SeatState.GOING

    @property
    def reads_place(self) -> bool:
        """Whether they read where it is."""
        return self.hosts or self.is_going

    @property
    def is_over(self) -> bool:
        """Whether it was held: computed from the time, although no job ran."""
        return is_held(self.session, self.now)


def is_held(session: LearningSession, now: datetime) -> bool:
    """Whether a session that was scheduled has ended."""
    ended = session.ends_at is not None and session.ends_at <= now
    return session.state is SessionState.SCHEDULED and ended


def is_lapsed(session: LearningSession, now: datetime) -> bool:
    """Whether nobody took up within 60 days what was proposed."""
    return session.state is SessionState.PROPOSED and session.proposed_at + WITHOUT_HOST <= now


_BY_KEY = (
    select(LearningSession, Seat, hosts(BOUND))
    .outerjoin(
        Seat,
        and_(
            Seat.session_id == LearningSession.id,
            Seat.member_id == BOUND.member_id,
            Seat.state.in_(LIVE_SEATS),
        ),
    )
    .where(LearningSession.key == bindparam("key", type_=String()), known(BOUND, NOW))
)


def session_for(db: Session, member: Member, key: str, *, now: datetime) -> Seen:
    """Return a session that this member may know of; raise `NotFound` otherwise."""
    row = db.execute(_BY_KEY, {**Viewer.of(member).at(now), "key": key}).first()
    if row is None:
        raise NotFound
    return Seen(row[0], row[1], bool(row[2]), now)


def session_to_host(db: Session, member: Member, key: str, *, now: datetime) -> Seen:
    """Return a session that this member hosts.

    Raises `NotFound` where they may not know of it, `NotAllowed` where others host it.
    """
    seen = session_for(db, member, key, now=now)
    if not seen.hosts:
        raise NotAllowed
    return seen
