from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import select

from network.asks import services as asks
from network.asks.access import ask_to_answer
from network.asks.models import Ask
from network.db import transaction
from network.members.kinds import Work
from network.members.models import Connection, Member
from network.organisations.models import Approach, Organisation, WorkNeed
from network.referrals.access import About
from network.referrals.kinds import AskOf, Interest
from network.referrals.services.making import CONSENT_KIND, MEETING_KIND
from network.referrals.services.referring import Said, recommend
from tests.organisations.conftest import keep_organisation

WORDS = "They kept a night crew together through two winters."
NEED = "Our night crews leave after one winter, and we do not know why."
SECRET = "a key for tests that is long enough to sign with"
KINDS = {AskOf.CONSENT.value: CONSENT_KIND, AskOf.MEETING.value: MEETING_KIND}
NAMES = ("ines", "rui", "mara", "dara", "eli", "bo")
TIES = ("ines rui", "ines dara", "rui mara", "rui dara", "dara eli", "mara eli")


def tie(db, one, other, now):
    """Connect two people, long ago."""
    low, high = sorted((one.id, other.id))
    tied = Connection(low_id=low, high_id=high, asker_id=one.id, reason="Tea.", since=now)
    db.add(tied)
    return tied


def write_need(db, writer, now, *, organisation=None, **values):
    """Keep a need that is shown to its writer's connections."""
    need = WorkNeed(
        **{
            "organisation_id": None if organisation is None else organisation.id,
            "writer_id": writer.id,
            "title": "Night crews that stay",
            "words": NEED,
            "work": Work.ADVISORY,
            "to_connections": True,
            "written_at": now,
            "open_until": now + timedelta(days=90),
            "submission": "the need",
            **values,
        }
    )
    db.add(need)
    db.flush()
    return need


def write_approach(db, writer, member, now, *, organisation=None, **values):
    """Keep an approach to one member, with its ask."""
    approach = Approach(
        **{
            "organisation_id": None if organisation is None else organisation.id,
            "writer_id": writer.id,
            "member_id": member.id,
            "work": Work.INTERIM,
            "need": "Somebody to hold the night timetable for a season.",
            "fits": "Only you wrote of quiet rooms.",
            "time": "two days a week",
            "value": "to be found together",
            "begins": "in spring",
            "next": "A walk along the quay.",
            "readiness_version": 0 if organisation is None else 1,
            "sent_at": now,
            "expires_at": now + timedelta(days=21),
            "submission": "the approach",
            **values,
        }
    )
    db.add(approach)
    db.flush()
    low, high = sorted((writer.id, member.id))
    db.add(
        Ask(
            kind="approach",
            asker_id=writer.id,
            addressee_id=member.id,
            low_id=low,
            high_id=high,
            thing_id=approach.id,
            body_id=approach.organisation_id or 0,
            reason=approach.need,
            submission="the approach",
            sent_at=now,
            expires_at=approach.expires_at,
        )
    )
    db.flush()
    return approach


def people_of(db):
    return {each.handle: each for each in db.scalars(select(Member))}


@pytest.fixture
def merrow(app, make_member, now):
    """Ines speaks for Merrow Ferries, and has a need that Rui and Dara may read. Rui knows Mara."""
    before = now - timedelta(days=200)
    for name in NAMES:
        make_member(name, joined_at=before)
    with transaction() as db:
        people = people_of(db)
        for pair in TIES:
            one, other = (people[name] for name in pair.split())
            tie(db, one, other, before)
        organisation = keep_organisation(db, now, speakers=[people["ines"]])
        write_need(db, people["ines"], now, organisation=organisation)
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def it(merrow, db, now):
    """The people, the need and the organisation as rows of one session."""
    return here(db, now)


def here(db, now):
    organisation = db.scalars(select(Organisation)).one()
    need = db.scalars(select(WorkNeed).order_by(WorkNeed.id)).first()
    return SimpleNamespace(db=db, now=now, organisation=organisation, need=need, **people_of(db))


def said(**values):
    """Return what a referrer says."""
    return Said(
        **{"words": WORDS, "interest": Interest.NONE, "submission": "one referral", **values}
    )


def refers(it, referrer="rui", member="mara", *, thing=None, came_by=None, now=None, **values):
    """Recommend somebody for the need."""
    one, other = getattr(it, referrer), getattr(it, member)
    about = About(thing or it.need, came_by)
    return recommend(it.db, one, other, about, said=said(**values), now=now or it.now)


def ask_of(it, referral, kind):
    """Return the ask of a referral, or None."""
    return it.db.scalar(select(Ask).where(Ask.kind == kind.value, Ask.thing_id == referral.id))


def answers(it, referral, kind, *, yes=True, now=None, read=None):
    """Answer an ask of a referral as its addressee, having read what it puts before them."""
    ask, now = ask_of(it, referral, kind), now or it.now
    it.db.flush()
    member = it.db.get_one(Member, ask.addressee_id)
    ask = ask_to_answer(it.db, member, ask.key, now=now)
    if not yes:
        asks.decline(it.db, ask, KINDS[ask.kind], actor=member, now=now)
        return
    mark = KINDS[ask.kind].read(it.db, ask) if read is None else read
    asks.accept(it.db, ask, KINDS[ask.kind], actor=member, now=now, read=mark)


def made(it, **values):
    """Recommend somebody, and let both say yes."""
    referral = refers(it, **values)
    for kind in AskOf:
        answers(it, referral, kind)
    return referral
