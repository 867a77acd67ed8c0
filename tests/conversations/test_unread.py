from __future__ import annotations

import pytest

from network.conversations import services
from network.conversations.models import Participant
from network.conversations.unread import unread
from network.relationships.services import connections
from tests.relationships.test_introductions import tie


@pytest.fixture
def two(make_member, db, now):
    made = [make_member(each) for each in ("ama", "rui")]
    ama, rui = (db.merge(each) for each in made)
    tie(db, ama, rui, now)
    thread = services.start_direct(
        db, actor=rui, other=ama, body="Is it the pay?", submission="one", now=now
    )
    db.flush()
    return ama, rui, thread


def told(db, who, now):
    return [each.writer.handle for each in unread(db, who, now)]


def test_words_wait_for_their_reader_and_not_for_their_writer(two, db, now):
    ama, rui, _thread = two
    assert (told(db, ama, now), told(db, rui, now)) == (["rui"], [])


@pytest.mark.parametrize("how", ["read", "muted", "left", "withdrawn", "blocked", "answered"])
def test_words_wait_no_longer(two, db, now, how):
    ama, rui, thread = two
    mine = db.query(Participant).filter_by(member_id=ama.id).one()
    if how == "read":
        services.mark_read(db, mine, upto=thread.turn, high=thread.turn)
    elif how == "muted":
        services.mute(db, thread, actor=ama)
    elif how == "left":
        services.leave(db, thread, actor=ama, now=now)
    elif how == "withdrawn":
        (message,) = db.query(services.writing.Message).all()
        services.withdraw(db, message, actor=rui, now=now)
    elif how == "blocked":
        connections.block(db, rui, ama, now=now)
    else:
        services.post(db, thread, actor=ama, body="The title.", submission="two", now=now)
    db.flush()
    assert told(db, ama, now) == []


def test_today_says_who_wrote(two, db, now, sign_in):
    ama, _rui, _thread = two
    db.commit()
    page = sign_in(ama).get("/").text
    assert "Rui Example wrote to you" in page
    assert "Is it the pay?" not in page
