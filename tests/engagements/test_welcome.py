from __future__ import annotations

import pytest
from sqlalchemy import func, select

from network.db import reading, transaction
from network.engagements.kinds import Welcome
from network.engagements.models import WelcomeItem
from network.engagements.services.welcoming import MOST_ITEMS
from network.errors import Conflict, Invalid, NotFound
from network.events.models import Event
from network.members.models import Member
from tests.engagements.lives import Life, agreed
from tests.engagements.test_living import at_once

WHY = "The school needs me."


@pytest.fixture
def life(db, make_member):
    engagement = agreed(db, [make_member(name) for name in ("ama", "bea")])
    db.commit()
    return Life.of(engagement)


def items(life):
    with reading() as db:
        found = select(WelcomeItem).where(WelcomeItem.engagement_id == life.id)
        return db.scalars(found.order_by(WelcomeItem.id)).all()


def add(life, who="bea", words="A key to the shed.", sort=Welcome.ACCESS):
    return life.do("add", who, sort=sort, words=words)


def test_agreed_work_begins_with_a_list_of_two_in_each_group(life):
    found = items(life)
    assert [each.sort.value for each in found] == [
        *("access", "access", "people", "people", "rituals", "rituals"),
    ]
    assert all(each.by_id is None and each.done_at is None and each.words for each in found)


@pytest.mark.parametrize(
    ("who", "words", "expected"),
    [
        ("bea", "A key to the shed.", type(None)),
        ("ama", "x" * 300, type(None)),
        ("ama", "x" * 301, Invalid),
        ("ama", "  ", Invalid),
        ("dov", "A key to the shed.", NotFound),
    ],
)
def test_any_of_those_who_agreed_adds_to_it(life, make_member, who, words, expected):
    make_member("dov")
    assert isinstance(add(life, who, words), expected)
    assert len(items(life)) == (7 if expected is type(None) else 6)


def test_inv_20_the_same_words_are_there_once(life):
    assert [add(life), add(life), add(life, "ama")] == [None, None, None]
    assert add(life, sort=Welcome.PEOPLE) is None
    assert len(items(life)) == 8


def test_inv_20_the_same_words_at_once_are_there_once(app, life):
    said = at_once(app, {n: lambda who=who: add(life, who) for n, who in enumerate(["ama"] * 4)})
    assert set(said.values()) == {None}
    assert len(items(life)) == 7


def test_a_list_has_an_end(life):
    with transaction() as db:
        ama = db.scalars(select(Member).where(Member.handle == "ama")).one()
        db.add_all(
            WelcomeItem(
                engagement_id=life.id, sort=Welcome.PEOPLE, words=f"{n}", by_id=ama.id, at=life.now
            )
            for n in range(MOST_ITEMS - 6)
        )
    assert isinstance(add(life), Invalid)


@pytest.mark.parametrize(
    ("who", "other", "expected"),
    [("bea", False, type(None)), ("dov", False, NotFound), ("bea", True, NotFound)],
)
def test_any_of_them_ticks_what_is_done(life, db, make_member, who, other, expected):
    make_member("dov")
    keys = items(life)[0].key
    if other:
        elsewhere = agreed(db, [make_member("eli"), make_member("fay")])
        db.commit()
        keys = items(Life.of(elsewhere))[0].key
    assert isinstance(life.do("tick", who, keys, done=True), expected)
    assert (items(life)[0].done_at is not None) == (expected is type(None))


def test_inv_20_ticking_twice_is_once_and_it_can_be_undone(life):
    key = items(life)[0].key
    for done in (True, True, False, False, True):
        assert life.do("tick", "ama", key, done=done) is None
    with reading() as db:
        kinds = select(func.count()).where(Event.kind.startswith("engagements:welcome:"))
        assert db.scalar(kinds) == 3
    assert items(life)[0].done_at == life.now


@pytest.mark.parametrize("ending", ["cancel", "complete"])
def test_work_that_is_over_welcomes_nobody(life, ending):
    if ending == "cancel":
        life.do("cancel", "ama", words=WHY)
    else:
        life.do("begin", "ama")
        life.do("complete", "ama")
        life.do("complete", "bea")
    assert isinstance(add(life), Conflict)
    assert isinstance(life.do("tick", "ama", items(life)[0].key, done=True), Conflict)
