from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from network.circles.kinds import Door, Form
from network.circles.services.founding import Plan, found
from network.conversations.models import About, Conversation
from network.db import reading, transaction
from network.members.models import Member


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
