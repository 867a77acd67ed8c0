from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from network.asks import services as asks
from network.asks.models import Ask, AskState
from network.learning.kinds import Format
from network.learning.models import Seat, SeatKind
from network.learning.services import scheduling, seats, sessions
from network.learning.services.offers import SEAT_OFFER, offer_of
from network.learning.services.scheduling import Room
from network.members.models import Member

DOMAIN = "saltmarsh.example"
SOME = (Room("To learn", 2),)


def draft(db, host, now, **values):
    values = {"format": Format.WORKSHOP, "title": "Leaving well", "words": "", **values}
    values.setdefault("circle", None)
    values.setdefault("submission", uuid4().hex)
    return sessions.draft(db, host, now=now, domain=DOMAIN, **values)


def propose(db, who, now, **values):
    values = {"format": Format.TALK, "title": "Pricing", "words": "", "circle": None, **values}
    values.setdefault("submission", uuid4().hex)
    return sessions.propose(db, who, now=now, domain=DOMAIN, **values)


def schedule(db, session, host, now, *, rooms=SOME, ahead=timedelta(days=7), **values):
    values = {"zone": "UTC", "minutes": 90, "place": "The reading room", "how": "", **values}
    values.setdefault("begins", (now + ahead).replace(tzinfo=None))
    return scheduling.schedule(db, session, actor=host, seats=rooms, now=now, **values)


def gathering(db, host, now, *, rooms=SOME, ahead=timedelta(days=7), **values):
    """Return a session that is scheduled, a week ahead unless said otherwise."""
    session = draft(db, host, now, **values)
    schedule(db, session, host, now, rooms=rooms, ahead=ahead)
    return session


def kinds(db, session):
    found = select(SeatKind).where(SeatKind.session_id == session.id).order_by(SeatKind.position)
    return db.scalars(found).all()


def takes(db, session, person, now, *, kind=0, named=True, words=""):
    kind = kinds(db, session)[kind]
    return seats.take_seat(db, session, person, kind=kind, named=named, words=words, now=now)


def leaves(db, session, person, now):
    seats.leave_seat(db, session, person, now=now)


def says_yes(db, seat, person, now):
    ask = offer_of(db, seat)
    asks.accept(db, ask, SEAT_OFFER, actor=person, now=now, read=ask.mark)


def says_no(db, seat, person, now):
    asks.decline(db, offer_of(db, seat), SEAT_OFFER, actor=person, now=now)


def standing(db, session):
    """Return where everybody stands with a session, by their handle: the latest place counts."""
    found = select(Member.handle, Seat.state).join(Seat.member)
    rows = db.execute(found.where(Seat.session_id == session.id).order_by(Seat.id))
    return {handle: state.value for handle, state in rows}


def waiting_asks(db):
    found = select(Ask).where(Ask.kind == "seat_offer", Ask.state == AskState.WAITING)
    return db.scalars(found).all()


@pytest.fixture
def folk(make_member, db):
    """Dara, who hosts, and ama, bea, cai and dov, who come."""
    made = [make_member(handle) for handle in ("dara", "ama", "bea", "cai", "dov")]
    return [db.merge(member) for member in made]
