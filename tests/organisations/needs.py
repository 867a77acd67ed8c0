"""Needs, and the ties by which they are shown, as tests make them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select

from network.asks import services as asks
from network.asks.models import Ask
from network.members.models import Connection, Member, Network
from network.members.visibility import Viewer
from network.organisations.kinds import Alumni, RelationState
from network.organisations.models import AlumniRelation, WorkNeed
from network.organisations.services import needs as services
from network.organisations.services import talking
from network.organisations.services.needs import Readers
from network.organisations.visibility import need_known
from tests.conftest import NOON

DAY = timedelta(days=1)
REASON = "I kept a night boat manned for nine winters."
CONNECTIONS = Readers(connections=True)
ALUMNI = Readers(alumni=True)


def write(db, it, who="oskar", *, own=False, readers=CONNECTIONS, now=NOON, **values):
    """Write a need for Merrow, or (`own`) for oneself."""
    values = {
        "title": "Our night crews leave after one winter",
        "words": "We do not know why, and we have asked.",
        "work": None,
        "submission": uuid4().hex,
        "organisation": None if own else it.organisation,
        **values,
    }
    return services.write_need(db, getattr(it, who), readers=readers, now=now, **values)


def talk(db, it, need, who="ama", *, reason=REASON, submission="", now=NOON):
    submission = submission or uuid4().hex
    actor = getattr(it, who)
    return talking.let_us_talk(db, need, actor=actor, reason=reason, submission=submission, now=now)


def says_yes(db, ask, who, now=NOON, kind=talking.LET_US_TALK):
    asks.accept(db, ask, kind, actor=who, now=now, read=ask.mark)


def says_no(db, ask, who, now=NOON, kind=talking.LET_US_TALK):
    asks.decline(db, ask, kind, actor=who, now=now)


def connect(db, one, other, since=NOON - 40 * DAY):
    low, high = sorted((one.id, other.id))
    db.add(Connection(low_id=low, high_id=high, asker_id=low, reason="We have met.", since=since))
    db.flush()


def stay_in_touch(db, it, who, organisation=None):
    db.add(
        AlumniRelation(
            organisation_id=(organisation or it.organisation).id,
            member_id=who.id,
            asker_id=who.id,
            sort=Alumni.COLLEAGUE,
            state=RelationState.KEPT,
            asked_at=NOON - 90 * DAY,
            expires_at=NOON - 60 * DAY,
            since=NOON - 80 * DAY,
        )
    )
    db.flush()


def one_house(db, it, *, is_one=True):
    """Let one organisation run the network for its own people, or not any more."""
    db.get_one(Network, 1).one_organisation = is_one
    db.flush()


def reads(db, need, who, now=NOON):
    found = select(WorkNeed.id).where(WorkNeed.id == need.id, need_known(Viewer.of(who), now))
    return db.scalar(found) is not None


def asked(db, kind=talking.LET_US_TALK):
    return db.scalars(select(Ask).where(Ask.kind == kind.name).order_by(Ask.id)).all()


def readers_of(db, need, now=NOON):
    """Return who reads a need, by their handle."""
    found = db.scalars(select(Member).order_by(Member.handle)).all()
    return {member.handle for member in found if reads(db, need, member, now)}
