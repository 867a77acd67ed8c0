"""Taking a place at a session, giving it back, passing it on: first in, first out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from network.asks import services as asks
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.learning.access import session_for
from network.learning.kinds import SeatState
from network.learning.models import LearningSession, Seat, SeatKind
from network.learning.services.offers import SEAT_OFFER, offer_of, offered_to, settle
from network.learning.services.places import end, give, live_seat, live_seats
from network.learning.services.turns import is_host, log_seat, take
from network.learning.standing import Standing, is_ahead, standings
from network.learning.strangers import is_stranger
from network.members.models import Member
from network.text import clean
from network.translation import _

LONGEST_WORDS = 600


def take_seat(
    db: Session,
    session: LearningSession,
    member: Member,
    *,
    kind: SeatKind,
    named: bool,
    words: str,
    now: datetime,
) -> Seat:
    """Take a place where one is free and nobody waits for it, or stand at the end of the line.

    Whoever was offered this place takes it. Asking twice is once, with the later words. Raises
    `NotFound` for whoever may not know of the session, `NotAllowed` for hosts, `Conflict` once it
    has begun, and where another kind is full while they have a place.
    """
    take(db, session)
    said = _few(words)
    _may_come(db, session, member, now)
    settle(db, session, now)
    standing = standings(db, session, now).get(kind.id)
    if standing is None:
        raise NotFound
    seat = _in_place_of(db, session, live_seat(db, session, member.id), standing, now=now)
    if seat is None:
        seat = _new(db, session, member, standing, now=now)
    seat.named, seat.words = named, said
    settle(db, session, now)
    return seat


def leave_seat(db: Session, session: LearningSession, member: Member, *, now: datetime) -> None:
    """Give a place back, or leave the line; the first in line is offered what comes free.

    Leaving twice is once. Raises `Conflict` once the session has begun.
    """
    take(db, session)
    settle(db, session, now)
    seat = live_seat(db, session, member.id)
    if seat is None:
        return
    _must_be_ahead(session, now)
    end(db, seat, SeatState.LEFT, actor=member.id, now=now, tell=("mail",))
    settle(db, session, now)


def take_offered(db: Session, session: LearningSession, member: Member, *, now: datetime) -> None:
    """Say yes to an offered place. Twice is once; raises `Conflict` where nothing is offered."""
    take(db, session)
    settle(db, session, now)
    seat = live_seat(db, session, member.id)
    if seat is not None and seat.state is SeatState.GOING:
        return
    ask = offered_to(db, session, member.id)
    asks.accept(db, ask, SEAT_OFFER, actor=member, now=now, read=ask.mark)


def pass_seat(db: Session, session: LearningSession, member: Member, *, now: datetime) -> None:
    """Say not this time to an offered place: it goes to the next in line.

    Raises `Conflict` where nothing is offered.
    """
    take(db, session)
    settle(db, session, now)
    ask = offered_to(db, session, member.id)
    asks.decline(db, ask, SEAT_OFFER, actor=member, now=now)


def release(
    db: Session, session: LearningSession, *, now: datetime, actor: int | None = None
) -> None:
    """End, quietly, the places of those who may not be there any more. The row is taken before."""
    if not is_ahead(session, now):
        return
    for seat in live_seats(db, session, which=is_stranger()):
        end(db, seat, SeatState.LEFT, actor=actor, now=now, tell=("mail",))
    settle(db, session, now)


def _in_place_of(
    db: Session,
    session: LearningSession,
    mine: Seat | None,
    wanted: Standing,
    *,
    now: datetime,
) -> Seat | None:
    """Return the place that somebody has already, moved on where it can be; or end it and return
    None where they want another kind and may have it.
    """
    if mine is None:
        return None
    if mine.kind_id != wanted.kind.id:
        if mine.state is not SeatState.WAITLISTED and not wanted.has_room(session, now):
            raise Conflict(
                _(
                    "“%(name)s” is full. You keep the place that you have; give it back first if"
                    " you would rather stand in line for another.",
                    name=wanted.kind.name,
                )
            )
        end(db, mine, SeatState.LEFT, actor=mine.member_id, now=now, goes_on=True)
        return None
    if mine.state is SeatState.OFFERED:
        ask = offer_of(db, mine)
        if ask is None:
            raise Conflict
        person = db.get_one(Member, mine.member_id)
        asks.accept(db, ask, SEAT_OFFER, actor=person, now=now, read=ask.mark)
    elif mine.state is SeatState.WAITLISTED and wanted.has_room(session, now):
        give(db, mine, now=now)
    return mine


def _new(
    db: Session, session: LearningSession, member: Member, standing: Standing, *, now: datetime
) -> Seat:
    """Give somebody a place at once, or the next number in line."""
    seat = Seat(
        session_id=session.id,
        kind_id=standing.kind.id,
        member_id=member.id,
        state=SeatState.WAITLISTED,
        line=session.turn,
        asked_at=now,
    )
    db.add(seat)
    db.flush()  # the event names it
    if standing.has_room(session, now):
        give(db, seat, now=now)
    else:
        log_seat(db, seat, "queued", actor=member.id, now=now)
    return seat


def _may_come(db: Session, session: LearningSession, member: Member, now: datetime) -> None:
    session_for(db, member, session.key, now=now)
    if is_host(db, session, member.id):
        raise NotAllowed(_("You host this. Whoever hosts needs no place."))
    _must_be_ahead(session, now)


def _must_be_ahead(session: LearningSession, now: datetime) -> None:
    if not is_ahead(session, now):
        raise Conflict(_("Places move until it begins, and not after."))


def _few(text: str) -> str:
    words = clean(text)
    if len(words) > LONGEST_WORDS:
        raise Invalid(
            _("This has %(n)s letters; %(most)s is the most.", n=len(words), most=LONGEST_WORDS),
            field="words",
        )
    return words
