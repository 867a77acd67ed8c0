"""What the tests of approaches share: words to send, people who are open to work, a team."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select

from network.asks import services as asks
from network.asks.models import Ask, AskState
from network.circles.kinds import Door, Form, Life
from network.circles.models import Agreements, Circle
from network.members.kinds import CameBy, MembershipState, Work
from network.members.models import Membership
from network.members.services import participation
from network.organisations.services import approaching, ending_approaches
from network.organisations.services.approach_kinds import APPROACH, TEAM_APPROACH
from network.organisations.services.approaching import Letter

KINDS = {kind.name: kind for kind in (APPROACH, TEAM_APPROACH)}
NEED = "Our timetable loses the school run, and we do not see why."
FORM = {
    "work": "project",
    "need": NEED,
    "fits": "“I care about quiet rooms”, and so does a harbour office.",
    "time": "two days a week, March to August",
    "value": "To be found together",
    "begins": "in March",
    "next": "Me, and Siun on the quay; we talk first",
}


def letter(**values):
    """Return what is written, as its form was filled in."""
    return Letter(**{**FORM, "work": Work.PROJECT, **values})


def opens_up(db, member, now, *work):
    """Let a member be open to work, to a project unless said otherwise."""
    kinds = work or (Work.PROJECT,)
    participation.set_work(db, member, work=kinds, pace="", now=now)


def a_team(db, people, now, **values):
    """Keep a team that is open to work, with these people in it."""
    circle = Circle(
        **{
            "slug": f"the-slow-boats-{uuid4().hex[:8]}",
            "name": "The Slow Boats",
            "form": Form.TEAM,
            "purpose": "We mend timetables together.",
            "door": Door.INVITATION,
            "life": Life.RUNNING,
            "most": 8,
            "founder_id": people[0].id,
            "submission": uuid4().hex,
            "founded_at": now - timedelta(days=60),
            "began_at": now - timedelta(days=60),
            "grace_until": now - timedelta(days=30),
            "open_to_work": True,
            **values,
        }
    )
    db.add(circle)
    db.flush()
    db.add(
        Agreements(
            circle_id=circle.id,
            version=1,
            words="We ask before we advise.",
            put_by_id=people[0].id,
            put_at=now - timedelta(days=60),
        )
    )
    for person in people:
        db.add(in_team(circle, person, now))
    db.flush()
    return circle


def in_team(circle, person, now, state=MembershipState.MEMBER):
    """Return somebody's place in a team."""
    return Membership(
        circle_id=circle.id,
        member_id=person.id,
        state=state,
        came_by=CameBy.INVITED,
        asked_at=now - timedelta(days=60),
        since=now - timedelta(days=60),
        agreed_version=1,
        agreed_at=now - timedelta(days=60),
        facilitates=False,
    )


def write(db, writer, organisation, to, now, **values):
    """Write to a member or a team, for an organisation or (None) for oneself."""
    submission = values.pop("submission", uuid4().hex)
    side = {"writer": writer, "organisation": organisation, "submission": submission}
    return approaching.send(db, letter(**values), to=to, now=now, **side)


def ask_to(db, person, approach):
    """Return the ask by which an approach reached somebody, or None."""
    return db.scalar(
        select(Ask).where(
            Ask.kind.in_(KINDS), Ask.thing_id == approach.id, Ask.addressee_id == person.id
        )
    )


def says(db, person, approach, answer, now):
    """Let somebody answer: yes, no, or tell them no."""
    ask = ask_to(db, person, approach)
    if answer == "tell":
        ending_approaches.tell_no(db, approach, actor=person, words="", now=now)
    elif answer == "yes":
        asks.accept(db, ask, KINDS[ask.kind], actor=person, now=now, read=ask.mark)
    else:
        asks.decline(db, ask, KINDS[ask.kind], actor=person, now=now)


def waits(db, approach):
    """Return for whom an approach waits, by row."""
    found = select(Ask.addressee_id).where(
        Ask.kind.in_(KINDS), Ask.thing_id == approach.id, Ask.state == AskState.WAITING
    )
    return sorted(db.scalars(found))
