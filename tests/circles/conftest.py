from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select

from network.circles.kinds import Door, Form, Life
from network.circles.models import Agreements, Circle
from network.db import transaction
from network.members.kinds import CameBy, MembershipState
from network.members.models import Member, Membership
from network.members.services import boundaries

HTMX = {"HX-Request": "true"}
NAME = "The Second Chair"
SLUG = "the-second-chair-abcdefgh"
AGREED = "What is said here stays here.\nWe ask before we advise."
BEFORE = timedelta(days=60)
LEFT = timedelta(days=20)
# Who stands where with the circle. Ama and Bo are both in it, and Ama has blocked Bo.
STANDING = {
    "dara": MembershipState.MEMBER,
    "ama": MembershipState.MEMBER,
    "rui": MembershipState.MEMBER,
    "bo": MembershipState.MEMBER,
    "tess": MembershipState.RESTING,
    "lee": MembershipState.LEFT,
    "max": MembershipState.REMOVED,
    "ivy": MembershipState.INVITED,
    "eli": None,
}
INSIDE = ("dara", "ama", "rui", "bo", "tess")


def a_place(circle, member, state, now, **values):
    """Return a place as it would be after all that time."""
    gone = state in {MembershipState.LEFT, MembershipState.REMOVED, MembershipState.RELEASED}
    on_the_way = state is MembershipState.INVITED
    return Membership(
        **{
            "circle_id": circle.id,
            "member_id": member.id,
            "state": state,
            "came_by": CameBy.INVITED,
            "asked_at": now - BEFORE,
            "expires_at": now + timedelta(days=9) if on_the_way else None,
            "since": None if on_the_way else now - BEFORE,
            "ended_at": now - LEFT if gone else None,
            "agreed_version": 0 if on_the_way else circle.agreements_version,
            "agreed_at": None if on_the_way else now - BEFORE,
            **values,
        }
    )


def a_circle(db, founder, now, **values):
    """Return a running circle that was begun long ago, with its first agreements."""
    circle = Circle(
        **{
            "slug": SLUG,
            "name": NAME,
            "form": Form.ACTION_LEARNING,
            "purpose": "We help one another lead well.",
            "door": Door.REQUEST,
            "life": Life.RUNNING,
            "most": 8,
            "founder_id": founder.id,
            "submission": uuid4().hex,
            "founded_at": now - BEFORE,
            "began_at": now - BEFORE,
            "grace_until": now - timedelta(days=30),
            **values,
        }
    )
    db.add(circle)
    db.flush()
    words = Agreements(
        circle_id=circle.id,
        version=1,
        words=AGREED,
        put_by_id=founder.id,
        put_at=now - BEFORE,
    )
    db.add(words)
    return circle


def here(db):
    """Return the circle and its people as rows of this session."""
    people = {member.handle: member for member in db.scalars(select(Member))}
    return SimpleNamespace(circle=db.scalars(select(Circle)).one(), **people)


def act(what):
    """Do something in a transaction of its own, for requests to see."""
    with transaction() as db:
        return what(db, here(db))


def place_of(db, who):
    return db.scalars(select(Membership).where(Membership.member_id == who.id)).one()


@pytest.fixture
def it(people, db, now):
    """The circle and its people as rows of one session, in which nobody else looks."""
    found = here(db)
    found.now = now
    return found


@pytest.fixture
def people(make_member, now):
    """The people of a running circle and those around it, committed; this very instant stays."""
    made = {name: make_member(name, joined_at=now - BEFORE) for name in STANDING}
    with transaction() as db:
        circle = a_circle(db, made["dara"], now)
        for name, state in STANDING.items():
            if state is not None:
                place = a_place(circle, made[name], state, now, facilitates=name == "dara")
                db.add(place)
        boundaries.block(db, db.merge(made["ama"]), blocked_id=made["bo"].id, now=now)
    with time_machine.travel(now, tick=False):
        yield SimpleNamespace(**made)
