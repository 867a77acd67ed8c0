"""What the people of an organisation do, in one word each."""

from __future__ import annotations

import threading
from uuid import uuid4

from sqlalchemy import select

from network.asks import services as asks
from network.asks.models import Ask, AskState
from network.db import transaction
from network.errors import Refusal
from network.events.models import Delivery, Event
from network.organisations.services import claiming, inviting, representing
from network.organisations.services.answering import CLAIMED, INVITED
from tests.organisations.conftest import here, place_of

WORDS = "You know the boats as I do."
REASON = "I am head of people at Merrow."
KINDS = {kind.name: kind for kind in (INVITED, CLAIMED)}


def invite(db, it, who, *, by="oskar", words=WORDS, submission="", now=None):
    return inviting.invite(
        db,
        it.organisation,
        getattr(it, who),
        actor=getattr(it, by),
        words=words,
        submission=submission or uuid4().hex,
        now=now or it.now,
    )


def claim(db, it, who, *, words=REASON, now=None):
    member = getattr(it, who)
    return claiming.claim(
        db, it.organisation, member, words=words, role="head of people", now=now or it.now
    )


def end(db, it, who, *, by=None, now=None):
    actor = getattr(it, by or who)
    place = place_of(db, getattr(it, who), it.organisation)
    representing.end(db, it.organisation, place, actor=actor, now=now or it.now)


def waiting(db, it, who):
    """Return what waits for somebody's answer, the newest first."""
    mine = Ask.addressee_id == getattr(it, who).id
    found = select(Ask).where(mine, Ask.state == AskState.WAITING).order_by(Ask.id.desc())
    return db.scalars(found.execution_options(populate_existing=True)).all()


def answer(db, it, who, *, yes=True, now=None):
    """Answer the newest ask as somebody who has read it."""
    ask, actor, now = waiting(db, it, who)[0], getattr(it, who), now or it.now
    kind = KINDS[ask.kind]
    if yes:
        read = kind.read(db, ask) if kind.read else ask.mark
        asks.accept(db, ask, kind, actor=actor, now=now, read=read)
    else:
        asks.decline(db, ask, kind, actor=actor, now=now)
    return ask


def state_of(db, it, who):
    place = place_of(db, getattr(it, who), it.organisation)
    return None if place is None else str(place.state)


def told(db, kind):
    """Return the events of a kind, the oldest first."""
    return db.scalars(select(Event).where(Event.kind == kind).order_by(Event.id)).all()


def sent_to(db, kind):
    found = select(Delivery.channel).join(Event).where(Event.kind == kind)
    return sorted(db.scalars(found))


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
