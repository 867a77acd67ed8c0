"""A session with people around it, committed for requests to see."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import select

from network.db import reading, transaction
from network.learning.models import LearningSession, Seat
from network.members.models import Member
from tests.learning.conftest import gathering, kinds, takes

ZONES = {"dara": "Europe/Stockholm", "ama": "Asia/Tokyo"}
NAMES = ("dara", "ama", "bea", "cai", "dov")
PLACE = "The reading room, Harbour Street 4"


def act(what):
    """Do something in a transaction of its own, with the session and its people."""
    with transaction() as db:
        people = {member.handle: member for member in db.scalars(select(Member))}
        session = db.scalars(select(LearningSession).order_by(LearningSession.id).limit(1)).first()
        return what(db, SimpleNamespace(session=session, **people))


def read(what):
    with reading() as db:
        people = {member.handle: member for member in db.scalars(select(Member))}
        session = db.scalars(select(LearningSession).order_by(LearningSession.id).limit(1)).first()
        return what(db, SimpleNamespace(session=session, **people))


def seat_of(db, session, person):
    found = select(Seat).where(Seat.session_id == session.id, Seat.member_id == person.id)
    return db.scalars(found.order_by(Seat.id.desc()).limit(1)).one()


def state_of(handle):
    """Return where somebody stands with the session."""
    return read(lambda db, it: str(seat_of(db, it.session, getattr(it, handle)).state))


@pytest.fixture
def people(make_member, now):
    """Dara, who hosts, and the others; this very instant stays."""
    made = {name: make_member(name, time_zone=ZONES.get(name, "UTC")) for name in NAMES}
    with time_machine.travel(now, tick=False):
        yield SimpleNamespace(**made)


@pytest.fixture
def address(people, now):
    """The address of a session in a week with two places: ama and bea go, cai is in line."""

    def begin(db, it):
        session = gathering(db, it.dara, now, words="Bring one price you are afraid of.")
        session.place, session.how = PLACE, "There are no steps."
        for who in (it.ama, it.bea, it.cai):
            takes(db, session, who, now)
        return session.key

    return f"/learning/sessions/{act(begin)}"


@pytest.fixture
def kind(address):
    return read(lambda db, it: kinds(db, it.session)[0].key)
