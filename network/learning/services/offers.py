"""Offers: whatever place comes free goes to the first in line, by this one path.

An offer is an ask of a host in the session's name, open for a day, or until two hours before the
start. What time has done to it counts although no job ran: whoever moves a seat settles first.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from network.asks import services as asks
from network.asks.kinds import Kind
from network.asks.models import Ask, AskState
from network.db import reading, transaction
from network.errors import Conflict
from network.learning.kinds import SeatState, SessionState
from network.learning.models import LearningSession, Seat, SeatKind, SessionHost
from network.learning.services.places import OFFER, end, give, live_seat, live_seats
from network.learning.services.turns import host_ids, log_seat, take
from network.learning.standing import LAST_HOURS, Standing, is_ahead, is_last_hours, standings
from network.learning.strangers import is_stranger
from network.members.models import Member
from network.translation import _

OPEN_FOR = timedelta(hours=24)
ASKED_AGAIN_FOR, AT_LEAST = timedelta(hours=72), timedelta(hours=1)
# So many sessions are settled in one go; the rest has its turn in the next.
MOST_AT_ONCE = 50

_WAITS = aliased(Seat, name="waits")
_HELD = aliased(Seat, name="held")
_LATE = aliased(Seat, name="late")


def settle(db: Session, session: LearningSession, now: datetime) -> None:
    """Store what time has done to offers, and offer each free place to the first in line.

    Whoever calls this has taken the session's row.
    """
    let_pass(db, session, now)
    if not is_ahead(session, now) or is_last_hours(session, now):
        return
    hosts = host_ids(db, session)
    for standing in standings(db, session, now).values():
        if standing.waited and standing.free and hosts:
            _promote(db, session, standing, db.get_one(Member, hosts[0]), now)


def let_pass(db: Session, session: LearningSession, now: datetime) -> None:
    """Store which offers nobody took in time."""
    late = live_seats(db, session, SeatState.OFFERED, which=Seat.offer_until <= now)
    if not late:
        return
    db.execute(
        update(Ask)
        .where(
            Ask.kind == OFFER,
            Ask.thing_id.in_([seat.id for seat in late]),
            Ask.state == AskState.WAITING,
        )
        .values(state=AskState.LAPSED)
    )
    for seat in late:
        end(db, seat, SeatState.PASSED, actor=None, now=seat.offer_until or now, tell=("mail",))


def ask_again(
    db: Session, session: LearningSession, seat: Seat, *, host: Member, now: datetime
) -> None:
    """Ask somebody who has a place whether they still come, now that the time is another. The
    letter that says the new time asks them.
    """
    starts_at = session.starts_at or now
    until = max(min(now + ASKED_AGAIN_FOR, starts_at - LAST_HOURS), now + AT_LEAST)
    reason = _("“%(title)s” is at another time now. Do you still come?", title=session.title)
    until = min(until, starts_at)
    _offer(db, session, seat, host, until=until, reason=reason, now=now, by_letter=False)


def _promote(
    db: Session, session: LearningSession, standing: Standing, host: Member, now: datetime
) -> None:
    """Offer the free places of a kind, first in, first out."""
    free, until = standing.free, min(now + OPEN_FOR, (session.starts_at or now) - LAST_HOURS)
    in_line = and_(Seat.kind_id == standing.kind.id, Seat.state == SeatState.WAITLISTED)
    strangers = set(db.scalars(select(Seat.id).where(in_line, is_stranger())))
    for seat in live_seats(db, session, SeatState.WAITLISTED, which=in_line):
        if not free:
            return
        if seat.id in strangers:
            end(db, seat, SeatState.LEFT, actor=None, now=now)
            continue
        free -= 1
        reason = _("A place at “%(title)s” has come free for you.", title=session.title)
        _offer(db, session, seat, host, until=until, reason=reason, now=now)


def _offer(
    db: Session,
    session: LearningSession,
    seat: Seat,
    host: Member,
    *,
    until: datetime,
    reason: str,
    now: datetime,
    by_letter: bool = True,
) -> None:
    seat.state, seat.offer_until = SeatState.OFFERED, until
    ask = asks.place(
        db,
        SEAT_OFFER,
        asker=host,
        addressee=db.get_one(Member, seat.member_id),
        reason=str(reason),
        submission=uuid4().hex,
        now=now,
        thing_id=seat.id,
        body_id=session.id,
        expires_at=until,
        by_letter=by_letter,
    )
    log_seat(db, seat, "offered", actor=host.id, now=now, ask=ask.id)


def offer_of(db: Session, seat: Seat) -> Ask | None:
    """Return the ask by which a place is offered now."""
    return db.scalar(
        select(Ask).where(Ask.kind == OFFER, Ask.thing_id == seat.id, Ask.state == AskState.WAITING)
    )


def offered_to(db: Session, session: LearningSession, member_id: int) -> Ask:
    """Return the ask by which somebody is offered a place now; raise `Conflict` for none."""
    seat = live_seat(db, session, member_id)
    ask = None if seat is None else offer_of(db, seat)
    if ask is None:
        raise Conflict(_("Nothing is offered to you just now. It went to the next in line."))
    return ask


def settle_due(now: datetime) -> int:
    """Settle the sessions where an offer has run out or a place is free while somebody waits, each
    in a transaction of its own. Return how many there were.
    """
    with reading() as db:  # a look first: an idle worker never stands at the write gate
        due = list(db.scalars(_due(now)))
    for session_id in due:
        with transaction() as db:
            session = db.get(LearningSession, session_id)
            if session is not None:
                take(db, session)
                settle(db, session, now)
    return len(due)


def _due(now: datetime) -> Select[int]:
    ran_out = exists().where(_LATE.session_id == LearningSession.id, _LATE.offer_until <= now)
    held = (
        select(func.count())
        .where(_HELD.kind_id == SeatKind.id, _HELD.state.in_((SeatState.GOING, SeatState.OFFERED)))
        .scalar_subquery()
    )
    somebody_waits = exists().where(
        _WAITS.kind_id == SeatKind.id, _WAITS.state == SeatState.WAITLISTED
    )
    has_free = exists().where(
        SeatKind.session_id == LearningSession.id, somebody_waits, SeatKind.capacity > held
    )
    hosted = exists().where(SessionHost.session_id == LearningSession.id)
    ahead = (LearningSession.starts_at > now + LAST_HOURS) & hosted & has_free
    return (
        select(LearningSession.id)
        .where(LearningSession.state == SessionState.SCHEDULED, or_(ran_out, ahead))
        .order_by(LearningSession.starts_at, LearningSession.id)
        .limit(MOST_AT_ONCE)
    )


def close_offers(db: Session, session: LearningSession, *, actor: Member, now: datetime) -> None:
    """Let no answer to any offer of this session count any more."""
    waits = and_(Ask.kind == OFFER, Ask.body_id == session.id, Ask.state == AskState.WAITING)
    asks.close(db, waits, actor=actor, now=now)


# What an answer does


def _take(db: Session, ask: Ask) -> None:
    take(db, db.get_one(LearningSession, ask.body_id))


def _accepted(db: Session, ask: Ask, now: datetime) -> None:
    seat, session = _of(db, ask)
    if seat.state is not SeatState.OFFERED or not is_ahead(session, now):
        raise Conflict(_("This place has gone to somebody else. You can stand in line again."))
    give(db, seat, now=now)
    settle(db, session, now)


def _declined(db: Session, ask: Ask, now: datetime) -> None:
    seat, session = _of(db, ask)
    if seat.state is SeatState.OFFERED:
        end(db, seat, SeatState.PASSED, actor=ask.addressee_id, now=now, tell=("mail",))
        settle(db, session, now)


def _of(db: Session, ask: Ask) -> tuple[Seat, LearningSession]:
    seat = db.get_one(Seat, ask.thing_id, populate_existing=True)
    return seat, db.get_one(LearningSession, ask.body_id)


def _opening(ask: Ask) -> str:
    return str(_("%(name)s, who hosts a session, lets you know:", name=ask.asker.name))


def _said_yes(_ask: Ask) -> str:
    return str(_("You said yes. The place is yours."))


def _offered(db: Session, ids: Collection[int]) -> dict[int, tuple[Seat, LearningSession]]:
    """Return places with their sessions, by the place."""
    found = select(Seat, LearningSession).join(LearningSession).where(Seat.id.in_(ids))
    return {seat.id: (seat, session) for seat, session in db.execute(found)}


SEAT_OFFER = Kind(
    name=OFFER,
    lifetime=OPEN_FOR,
    accepted=_accepted,
    declined=_declined,
    opening=_opening,
    said_yes=_said_yes,
    templates="learning/offer",
    take=_take,
    load=_offered,
)
