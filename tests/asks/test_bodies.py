from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from network.asks import services as asks
from network.asks.models import AskState
from network.asks.queries import mine_about
from network.circles.services.answering import INVITATION
from network.errors import Conflict, NotFound
from network.events.models import Delivery, Event
from network.members.services.participation import pause
from network.relationships.services.connections import block

DAY = timedelta(days=1)
BODY, THING = 7, 70


@pytest.fixture
def folk(make_member, db):
    """Ama and bea ask in the name of a body; cai is asked, and dov is somebody else."""
    made = [make_member(name) for name in ("ama", "bea", "cai", "dov")]
    return SimpleNamespace(**{each.handle: db.merge(each) for each in made})


def put(db, folk, now, *, asker="ama", body=BODY, submission="x"):
    return asks.place(
        db,
        INVITATION,
        asker=getattr(folk, asker),
        addressee=folk.cai,
        reason="Come and think with us.",
        submission=submission,
        now=now,
        thing_id=THING,
        body_id=body,
    )


def may(db, folk, now, *, asker="ama", addressee="cai", body=BODY):
    who = {"asker": getattr(folk, asker), "addressee": getattr(folk, addressee)}
    asks.may_ask(db, INVITATION, **who, now=now, body_id=body)


@pytest.mark.parametrize(
    ("asker", "addressee", "body", "days", "refused"),
    [
        ("ama", "cai", BODY, 0, True),
        ("bea", "cai", BODY, 0, True),
        ("bea", "cai", BODY, 89, True),
        ("bea", "cai", BODY, 90, False),
        ("ama", "cai", BODY + 1, 0, False),
        ("ama", "dov", BODY, 0, False),
    ],
)
@pytest.mark.parametrize("how", [None, "withdraw", "decline"])
def test_inv_16_a_body_asks_somebody_once_in_90_days_through_whomever(
    db, folk, now, asker, addressee, body, days, refused, how
):
    ask = put(db, folk, now)
    if how == "withdraw":
        asks.withdraw(db, ask, actor=folk.ama, now=now)
    elif how == "decline":
        ask.state, ask.ended_at = AskState.DECLINED, now
        db.flush()
    who = {"asker": asker, "addressee": addressee, "body": body}
    if not refused:
        may(db, folk, now + days * DAY, **who)
        return
    with pytest.raises(Conflict):
        may(db, folk, now + days * DAY, **who)


def test_inv_09_a_body_asks_nobody_through_somebody_who_is_apart(db, folk, now):
    block(db, folk.cai, folk.ama, now=now)
    with pytest.raises(NotFound):
        may(db, folk, now)
    may(db, folk, now, asker="bea")


def is_declined(db, folk, ask, now):
    ask.state, ask.ended_at = AskState.DECLINED, now


def is_closed(db, folk, ask, now):
    ask.state, ask.ended_at = AskState.CLOSED, now


def is_apart(db, folk, ask, now):
    block(db, folk.cai, folk.ama, now=now)


def is_paused(db, folk, ask, now):
    pause(db, folk.ama, until=None, now=now)


@pytest.mark.parametrize(
    ("given", "who", "days", "found"),
    [
        (None, "cai", 29, True),
        (None, "cai", 30, False),
        (None, "ama", 0, False),
        (None, "dov", 0, False),
        (is_declined, "cai", 0, True),
        (is_paused, "cai", 0, True),
        (is_closed, "cai", 0, False),
        (is_apart, "cai", 0, False),
    ],
)
def test_what_asks_somebody_about_a_thing_is_found_while_it_can_be_answered(
    db, folk, now, given, who, days, found
):
    ask = put(db, folk, now)
    if given is not None:
        given(db, folk, ask, now)
        db.flush()
    member, later = getattr(folk, who), now + days * DAY
    assert (mine_about(db, member, INVITATION.name, THING, later) is ask) is found
    assert mine_about(db, member, INVITATION.name, THING + 1, later) is None


def test_an_ask_that_another_letter_tells_of_goes_out_without_its_own(db, folk, now):
    asks.place(
        db,
        INVITATION,
        asker=folk.ama,
        addressee=folk.cai,
        reason="Do you still come to it?",
        submission="x",
        now=now,
        by_letter=False,
    )
    found = select(Delivery.channel).join(Event).where(Event.kind == "asks:sent")
    assert db.scalars(found).all() == []
