from __future__ import annotations

import pytest
from sqlalchemy import select

from network.conversations.models import Conversation
from network.db import reading
from network.engagements.models import Negotiation
from network.members.models import Member
from tests.conftest import post


def test_the_page_comes(table, sign_in):
    with reading() as db:
        ama = db.scalars(select(Member).where(Member.handle=="ama")).one()
        n = db.get_one(Negotiation, table.id)
        c = db.get_one(Conversation, n.conversation_id)
    client = sign_in(ama)
    r = client.get(f"/negotiations/{n.key}/write")
    assert r.status_code == 200, r.text
    for start in "fractional interim advisory project coaching speaking peer team empty".split():
        r = client.get(f"/negotiations/{n.key}/write?start={start}")
        assert r.status_code == 200
    r = post(client, f"/negotiations/{n.key}/write", {"title": "x"})
    assert r.status_code == 422
    print(r.text[:3000])
    r = post(client, f"/negotiations/{n.key}/draft", {"title": "x", "do": "add-cash"})
    assert r.status_code == 303, r.text
    r = client.get(r.headers["Location"])
    assert "cash-0-key" in r.text
    r = client.get(f"/negotiations/new?conversation={c.key}")
    assert r.status_code == 200
    r = client.get(f"/conversations/{c.key}")
    assert "Find terms together" in r.text
