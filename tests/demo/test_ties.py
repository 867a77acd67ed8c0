from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from network.asks import queries as asks
from network.asks.services import accept
from network.db import reading, transaction
from network.events.models import Event
from network.members.kinds import WhoMayWrite
from network.members.models import Member, Participation
from network.relationships.models import Introduction, IntroductionState, Standing, Vouch
from network.relationships.queries.introductions import Told, carried_by, of_me
from network.relationships.queries.notes import to_write_to
from network.relationships.queries.vouches import waiting
from network.relationships.services.introductions import CARRY_KIND


@pytest.fixture
def db(demo):
    with reading() as session:
        yield session


@pytest.fixture
def person(db):
    return lambda handle: db.scalars(select(Member).where(Member.handle == handle)).one()


def test_most_are_shown_as_a_way_and_few_are_closed(db):
    ways = db.scalars(select(Participation)).all()
    assert 36 <= sum(each.shown_as_way for each in ways) <= 44
    assert 3 <= sum(not each.open_to_introductions for each in ways) <= 8
    may_write = Counter(each.who_may_write for each in ways)
    assert may_write[WhoMayWrite.ANYONE] == 3
    assert may_write[WhoMayWrite.SHARED] > 8


def test_ama_carries_introductions_in_every_state(db, person, now):
    told = [each.told for each in carried_by(db, person("ama"), now)]
    assert sorted(told) == sorted(Told)
    assert Told.MADE in [each.told for each in of_me(db, person("ama"), now)]


@pytest.mark.parametrize(
    "handle", ["ama", "dara", "joaquin", "ifeoma", "rui", "tomasz"], ids=lambda handle: handle
)
def test_something_between_two_people_waits_for_everybody_of_note(db, person, now, handle):
    kinds = {ask.kind for ask in asks.inbox(db, person(handle), now)}
    assert kinds & {"introduction", "carry"}


def test_words_were_changed_and_a_yes_to_the_old_ones_is_void(db):
    changed = db.scalars(select(Introduction).where(Introduction.version > 1)).all()
    assert len(changed) == 2
    void = db.scalars(select(Event).where(Event.kind == "asks:reopened")).all()
    assert len(void) == 2


@pytest.mark.parametrize("handle", ["ama", "ifeoma", "joaquin"])
def test_what_is_asked_to_be_carried_can_be_carried(demo, person, now, handle):
    with transaction() as session:
        connector = session.get_one(Member, person(handle).id)
        letters = asks.inbox(session, connector, now)
        ask = next(each for each in letters if each.kind == "carry")
        accept(session, ask, CARRY_KIND, actor=connector, now=now)
        made = session.scalars(select(Introduction).order_by(Introduction.id.desc())).first()
        assert made.introducer_id == connector.id
        assert made.state is IntroductionState.OPEN
        session.rollback()


def test_today_shows_ama_two_to_write_to_one_put_off_and_words_about_her(db, person, now):
    ama = person("ama")
    assert [each.note.about.handle for each in to_write_to(db, ama, now)] == ["aroha", "joaquin"]
    assert [each.about.handle for each in asks.due(db, ama, now)[1]] == ["tariq"]
    assert [each.author.handle for each in waiting(db, ama, now)] == ["hanneke"]


def test_vouches_are_shown_kept_and_waiting(db):
    standing = Counter(vouch.standing for vouch in db.scalars(select(Vouch)))
    assert standing[Standing.SHOWN] >= 20
    assert standing[Standing.KEPT] > 1
    assert standing[Standing.WAITING] > 2
