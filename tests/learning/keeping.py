"""A session that went on from eleven to one: ama hosts, rui and dara come, finn missed it."""

from __future__ import annotations

from datetime import timedelta

from network.db import reading, transaction
from network.errors import NotFound, Refusal
from network.learning.access import session_for
from network.learning.kinds import Attendance, Format
from network.learning.models import LearningSession
from network.members.kinds import State
from network.members.models import Member
from network.members.services import boundaries
from tests.things import HOUR, keep_session, take_seat

DAY = timedelta(days=1)


def held(people, now, **values):
    """Keep the session, at noon in its middle."""
    values.setdefault("format", Format.ACTION_LEARNING)
    session = keep_session("Leaving well", host=people["ama"], days=0, **values)
    for handle in ("rui", "dara"):
        take_seat(session, people[handle])
    take_seat(session, people["finn"], attended=Attendance.MISSED)
    return set_time(session, now - HOUR, now + HOUR)


def set_time(session, starts_at, ends_at):
    with transaction() as db:
        found = db.get_one(LearningSession, session.id)
        found.starts_at, found.ends_at = starts_at, ends_at
        db.flush()  # it is read as it is now
        db.refresh(found)
        db.expunge(found)
    return found


def fresh(db, row):
    """Return a row, or a member, as this session knows it."""
    return None if row is None else db.get_one(type(row), row.id)


def doing(do, *rows, now, **values):
    """Do something with rows as a session of its own knows them."""
    with transaction() as db:
        known = {
            name: fresh(db, value) if isinstance(value, Member) else value
            for name, value in values.items()
        }
        return do(db, *[_own(db, row) for row in rows], now=now, **known)


def _own(db, row):
    return fresh(db, row) if hasattr(type(row), "__table__") else row


def answers(do, *rows, now, **values):
    """Return the class of the refusal that doing something meets, or None."""
    try:
        doing(do, *rows, now=now, **values)
    except Refusal as refusal:
        return type(refusal)
    return None


def seen(db, viewer, session, now):
    return session_for(db, fresh(db, viewer), session.key, now=now)


def knows(viewer, session, now):
    try:
        with reading() as db:
            seen(db, viewer, session, now)
    except NotFound:
        return False
    return True


def put(member, state):
    with transaction() as db:
        db.get_one(Member, member.id).state = state


def pause(one, _other, _now):
    put(one, State.PAUSED)


def depart(one, _other, _now):
    put(one, State.DEPARTED)


def block(one, other, now):
    with transaction() as db:
        boundaries.block(db, fresh(db, one), blocked_id=other.id, now=now)


def is_blocked_by(one, other, now):
    block(other, one, now)


def shield(one, other, now):
    with transaction() as db:
        against = f"{other.handle}.example"
        boundaries.raise_shield(db, fresh(db, one), against=against, now=now)
