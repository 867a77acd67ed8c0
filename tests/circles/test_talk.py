from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from network.circles.kinds import Door, Form
from network.circles.models import Circle
from network.circles.services import agreeing, coming
from network.circles.services.founding import Plan, found
from network.circles.services.turns import take
from network.conversations.hearing import heard
from network.conversations.models import About, Conversation, Message, Participant
from network.conversations.services import post
from network.db import reading, transaction
from network.errors import NotAllowed
from network.members.models import Member, Membership
from network.members.visibility import Viewer


@pytest.fixture
def talk(make_member, now):
    ama = make_member("ama")
    plan = Plan("The Second Chair", "We help one another lead well.", "", "", Door.HIDDEN, 6)
    with transaction() as db:
        founder = db.get_one(Member, ama.id)
        more = {"agreements": "One.", "submission": "s", "now": now}
        circle = found(db, founder, Form.MASTERMIND, plan, **more)
        return ama, circle.slug


def test_the_conversation_of_a_circle_leads_to_it(talk, sign_in):
    ama, slug = talk
    client = sign_in(ama)
    key = re.search(r'href="/conversations/([^"/]+)"', client.get(f"/circles/{slug}").text)[1]
    page = client.get(f"/conversations/{key}").text
    assert f'href="/circles/{slug}"' in page
    assert "The Second Chair" in page


def test_nobody_else_reads_the_conversation_or_its_name(talk, make_member, sign_in):
    eli = sign_in(make_member("eli"))
    with reading() as db:
        thread = db.scalars(select(Conversation).where(Conversation.about == About.CIRCLE)).one()
    assert eli.get(f"/conversations/{thread.key}").status_code == 404
    assert "The Second Chair" not in eli.get("/conversations").text


@pytest.fixture
def changed(make_member, now):
    """Ama's open circle, which Bo has come into, and whose agreements she has changed since."""
    ama, bo = make_member("ama"), make_member("bo")
    plan = Plan("The Second Chair", "We help one another lead well.", "", "", Door.OPEN, 6)
    more = {"agreements": "One.", "submission": "s", "now": now}
    with transaction() as db:
        founder, other = db.get_one(Member, ama.id), db.get_one(Member, bo.id)
        circle = found(db, founder, Form.MASTERMIND, plan, **more)
        coming.join(db, circle, other, agreed=1, now=now)
        take(db, circle)
        agreeing.put(db, circle, words="Two.", actor=founder, now=now)
    return ama, bo


def says(who, at):
    with transaction() as db:
        thread = db.scalars(select(Conversation)).one()
        member = db.get_one(Member, who.id)
        post(db, thread, actor=member, body=f"At {at}.", submission=str(at), now=at)


def hears(who):
    with reading() as db:
        eyes = Viewer.of(db.get_one(Member, who.id))
        return len(db.scalars(select(Message.id).where(heard(eyes))).all())


def test_inv_55_whose_yes_is_missing_hears_and_says_nothing_more(changed, now):
    ama, bo = changed
    says(ama, now + timedelta(days=29))
    assert hears(bo) == 1
    says(ama, now + timedelta(days=31))
    assert (hears(ama), hears(bo)) == (2, 1)
    with pytest.raises(NotAllowed):
        says(bo, now + timedelta(days=31))


def test_inv_55_a_yes_brings_back_what_was_said_meanwhile(changed, now):
    ama, bo = changed
    late = now + timedelta(days=31)
    says(ama, late)
    with transaction() as db:
        place = db.scalars(select(Membership).where(Membership.member_id == bo.id)).one()
        agreeing.agree(db, place, version=2, now=late)
    assert hears(bo) == 1
    says(bo, late)


def test_inv_55_words_that_change_again_bring_nobody_back(changed, now):
    ama, bo = changed
    late = now + timedelta(days=31)
    with transaction() as db:
        circle, founder = db.scalars(select(Circle)).one(), db.get_one(Member, ama.id)
        take(db, circle)
        agreeing.put(db, circle, words="Three.", actor=founder, now=late)
    says(ama, late + timedelta(days=1))
    assert hears(bo) == 0
    with reading() as db:
        stay = db.scalars(select(Participant).where(Participant.member_id == bo.id)).one()
        assert stay.lapses_at == now + timedelta(days=30)
