"""What the people of a circle do, in one word each."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from uuid import uuid4

from sqlalchemy import func, select

from network.asks import services as asks
from network.asks.models import Ask, AskState
from network.circles.models import Circle
from network.circles.queries.places import last_place
from network.circles.services import coming, facilitating
from network.circles.services.answering import APPLICATION, INVITATION
from network.circles.services.facilitating import TURN
from network.circles.services.turns import live_place
from network.db import transaction
from network.errors import Refusal
from network.events.models import Delivery, Event
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from tests.circles.conftest import a_place, here

WORDS = "Come and think with us."
REASON = "I would like to learn with you."
KINDS = {kind.name: kind for kind in (INVITATION, APPLICATION, TURN)}


def put_in(db, it, *names, **values):
    """Let people be in it by now, or facilitate: a place they have is changed."""
    for name in names:
        who = getattr(it, name)
        place = db.scalar(
            select(Membership).where(Membership.member_id == who.id, Membership.ended_at.is_(None))
        )
        if place is None:
            place = a_place(it.circle, who, MembershipState.MEMBER, it.now)
            db.add(place)
        place.state, place.since, place.expires_at = MembershipState.MEMBER, place.asked_at, None
        for key, value in values.items():
            setattr(place, key, value)
    db.flush()  # what follows counts them


def invite(db, it, who, *, by="dara", words=WORDS, submission="", now=None):
    return coming.invite(
        db,
        it.circle,
        getattr(it, who),
        actor=getattr(it, by),
        words=words,
        submission=submission or uuid4().hex,
        now=now or it.now,
    )


def join(db, it, who, *, agreed=1, now=None):
    return coming.join(db, it.circle, getattr(it, who), agreed=agreed, now=now or it.now)


def apply(db, it, who, *, words=REASON, agreed=1, submission="", now=None):
    return coming.apply(
        db,
        it.circle,
        getattr(it, who),
        words=words,
        agreed=agreed,
        submission=submission or uuid4().hex,
        now=now or it.now,
    )


def take_back(db, it, who, *, by, now=None):
    place, actor = place_in(db, it, who), getattr(it, by)
    coming.take_back(db, it.circle, place, actor=actor, now=now or it.now)


def ask_turn(db, it, who, *, by="dara", words=WORDS, submission="", now=None):
    facilitating.ask_to_facilitate(
        db,
        it.circle,
        place_in(db, it, who),
        actor=getattr(it, by),
        words=words,
        submission=submission or uuid4().hex,
        now=now or it.now,
    )


def waiting(db, it, who):
    """Return what waits for somebody's answer, the newest first."""
    mine = Ask.addressee_id == getattr(it, who).id
    found = select(Ask).where(mine, Ask.state == AskState.WAITING).order_by(Ask.id.desc())
    return db.scalars(found.execution_options(populate_existing=True)).all()


def answer(db, it, who, *, yes=True, now=None, read=None):
    """Answer the newest ask as somebody who has read it."""
    ask, actor, now = waiting(db, it, who)[0], getattr(it, who), now or it.now
    kind = KINDS[ask.kind]
    if yes:
        seen = kind.read(db, ask) if kind.read else ask.mark
        asks.accept(db, ask, kind, actor=actor, now=now, read=read or seen)
    else:
        asks.decline(db, ask, kind, actor=actor, now=now)
    return ask


def place_in(db, it, who, now=None):
    """Return the place somebody has or is on the way to; else the last one they had."""
    member = getattr(it, who)
    return live_place(db, it.circle, member, now or it.now) or last_place(db, it.circle, member)


def state_of(db, it, who):
    found = select(Membership.state).where(Membership.member_id == getattr(it, who).id)
    return db.scalar(found.order_by(Membership.id.desc()).limit(1))


def states(db, it, *names):
    return [str(state_of(db, it, each)) for each in names]


def told(db, kind):
    """Return the events of a kind, the oldest first."""
    return db.scalars(select(Event).where(Event.kind == kind).order_by(Event.id)).all()


def sent_to(db, kind):
    found = select(Delivery.channel).join(Event).where(Event.kind == kind)
    return sorted(db.scalars(found))


def how_many(db, *which):
    return db.scalar(select(func.count()).select_from(Membership).where(*which))


def at_once(app, *what):
    """Do things at the same time, each as a request would; return the refusals there were."""
    gate, refusals = threading.Barrier(len(what)), []

    def do(act):
        with app.app_context():
            gate.wait()
            try:
                with transaction() as db:
                    act(db, here(db))
            except Refusal as refusal:
                refusals.append(refusal)

    threads = [threading.Thread(target=do, args=(each,)) for each in what]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refusals


def committed(what):
    """Do something for all to see, with the circle and its people."""
    with transaction() as db:
        circle = db.scalars(select(Circle)).one()
        people = {member.handle: member for member in db.scalars(select(Member))}
        return what(db, SimpleNamespace(circle=circle, **people))
