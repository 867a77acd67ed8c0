"""Places one by one: found, given, ended. Whoever calls these has taken the session's row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.models import Ask, AskState
from network.conversations.models import About
from network.conversations.services import join_about, leave_about
from network.learning.kinds import SeatState
from network.learning.models import LearningSession, Seat
from network.learning.services.turns import log_seat
from network.learning.visibility import LIVE_SEATS
from network.members.models import Member

OFFER = "seat_offer"


def live_seat(db: Session, session: LearningSession, member_id: int) -> Seat | None:
    """Return the place that somebody has, is offered or waits for."""
    return db.scalar(_live(session).where(Seat.member_id == member_id))


def live_seats(
    db: Session, session: LearningSession, *states: SeatState, which: ColumnElement[bool]
) -> Sequence[Seat]:
    """Return live places, all or those in these states, the first in line first."""
    found = (
        _live(session)
        .where(Seat.state.in_(states or LIVE_SEATS), which)
        .order_by(Seat.line, Seat.id)
    )
    return db.scalars(found).all()


def _live(session: LearningSession) -> Select[Seat]:
    return (
        select(Seat)
        .where(Seat.session_id == session.id, Seat.state.in_(LIVE_SEATS))
        .execution_options(populate_existing=True)
    )


def give(db: Session, seat: Seat, *, now: datetime) -> None:
    """Let somebody go to the session: the place is theirs, and they hear what is said there."""
    seat.state, seat.offer_until = SeatState.GOING, None
    db.flush()  # who asks next counts it
    person = db.get_one(Member, seat.member_id)
    join_about(db, About.SESSION, seat.session_id, person=person, actor=person, now=now)
    log_seat(db, seat, "taken", actor=person.id, now=now, to=("mail",))


def end(
    db: Session,
    seat: Seat,
    to: SeatState,
    *,
    actor: int | None,
    now: datetime,
    tell: tuple[str, ...] = (),
    goes_on: bool = False,
) -> None:
    """End somebody's place: it was passed on, or left. With `goes_on` they have another at once."""
    was_entered = seat.state is not SeatState.WAITLISTED
    seat.state, seat.offer_until, seat.ended_at = to, None, now
    db.flush()  # the place is free
    person = db.get_one(Member, seat.member_id)
    close_asks(db, seat, actor=person, now=now)
    if not goes_on:
        session_id, by = seat.session_id, actor or person.id
        leave_about(db, About.SESSION, session_id, person_id=person.id, actor_id=by, now=now)
    log_seat(db, seat, to.value, actor=actor, now=now, to=tell if was_entered else ())


def close_asks(db: Session, seat: Seat, *, actor: Member, now: datetime) -> None:
    """Let no answer to an offer of this place count any more."""
    waits = and_(Ask.kind == OFFER, Ask.thing_id == seat.id, Ask.state == AskState.WAITING)
    asks.close(db, waits, actor=actor, now=now)
