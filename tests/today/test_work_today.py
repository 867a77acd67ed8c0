from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from network.db import reading, transaction
from network.engagements.kinds import LeftFor, Rhythm
from network.engagements.models import Engagement, Negotiation, WelcomeItem
from network.engagements.queries.waiting import What, waiting
from network.engagements.services.checking_in import Answers
from network.members.kinds import State
from network.members.models import Member
from tests.conftest import NOON
from tests.engagements.conftest import Table, begun
from tests.engagements.lives import DAY, Life, agreed

INSTANT = timedelta(microseconds=1)
WHY = "The school needs me."


@pytest.fixture
def people(make_member):
    return {name: make_member(name) for name in ("ama", "bea", "cai", "dov")}


@pytest.fixture
def life(db, people):
    """Work of Ama, Bea and Cai with a check-in each fortnight, begun, its list done."""
    three = [people[name] for name in ("ama", "bea", "cai")]
    engagement = agreed(db, three, rhythm=Rhythm.FORTNIGHTLY)
    db.commit()
    life = Life.of(engagement)
    life.do("begin", "ama")
    with transaction() as session:
        session.query(WelcomeItem).update({"done_at": NOON})
    return life


def waits(people, who, now):
    with reading() as db:
        member = db.get_one(Member, people[who].id)
        return [(each.what, each.number) for each in waiting(db, member, now)]


def test_a_check_in_waits_from_its_day_until_it_is_answered_or_over(life, people):
    first = [(What.CHECK_IN, 1)]
    for days, expected in (
        (14 * DAY - INSTANT, []),
        (14 * DAY, first),
        (28 * DAY - INSTANT, first),
    ):
        assert waits(people, "ama", NOON + days) == expected
    assert waits(people, "ama", NOON + 28 * DAY) == [(What.CHECK_IN, 2)]
    life.wait(15)
    life.do("answer", "ama", 1, Answers(purpose="It does."))
    assert waits(people, "ama", life.now) == []
    assert waits(people, "bea", life.now) == first
    assert waits(people, "dov", life.now) == []


def test_while_the_work_rests_no_check_in_waits(life, people):
    life.do("pause", "ama", words=WHY)
    assert waits(people, "bea", NOON + 15 * DAY) == []


def test_it_waits_for_the_last_who_has_not_said_that_it_is_complete(life, people):
    life.do("complete", "ama")
    assert waits(people, "cai", life.now) == []
    life.do("complete", "bea")
    assert waits(people, "cai", life.now) == [(What.COMPLETE, 0)]
    assert waits(people, "ama", life.now) == []
    life.do("complete", "cai")
    assert (What.COMPLETE, 0) not in waits(people, "cai", life.now)


def test_nobody_waits_for_who_left_the_network(life, people):
    life.do("complete", "ama")
    with transaction() as session:
        session.get_one(Member, people["bea"].id).state = State.DEPARTED
    assert waits(people, "cai", life.now) == [(What.COMPLETE, 0)]


def test_completing_one_work_says_nothing_of_another(db, life, people):
    three = [people[name] for name in ("ama", "bea", "cai")]
    other = Life.of(agreed(db, three, rhythm=Rhythm.NONE))
    db.commit()
    other.do("begin", "ama")
    for who in ("ama", "bea"):
        life.do("complete", who)
    found = waits(people, "cai", life.now)
    assert found.count((What.COMPLETE, 0)) == 1


def test_the_welcome_list_waits_while_the_work_is_new_and_something_is_open(db, people):
    life = Life.of(agreed(db, [people["ama"], people["bea"]], rhythm=Rhythm.NONE))
    db.commit()
    welcome = [(What.WELCOME, 0)]
    assert waits(people, "bea", life.now) == welcome
    life.do("begin", "ama")
    assert waits(people, "bea", NOON + 28 * DAY - INSTANT) == welcome
    assert waits(people, "bea", NOON + 28 * DAY) == []
    with transaction() as session:
        session.query(WelcomeItem).update({"done_at": NOON})
    assert waits(people, "bea", NOON) == []


def test_what_was_called_off_waits_for_nothing(db, people):
    life = Life.of(agreed(db, [people["ama"], people["bea"]]))
    db.commit()
    life.do("cancel", "ama", words=WHY)
    assert waits(people, "bea", NOON) == []


@pytest.mark.parametrize(
    ("after", "is_there"),
    [(16 * DAY - INSTANT, False), (16 * DAY, True), (44 * DAY - INSTANT, True), (44 * DAY, False)],
)
def test_a_handover_waits_from_two_weeks_before_the_end_to_two_weeks_after(
    life, people, after, is_there
):
    life.do("end", "bea", words=WHY)  # it goes on for thirty days
    assert ((What.HANDOVER, 0) in waits(people, "ama", NOON + after)) == is_there


def test_whoever_handed_over_has_done_so(life, people):
    life.do("end", "bea", words=WHY)
    words = {"title": "The shed", "words": "Mind the step.", "submission": "s"}
    life.do("leave_behind", "ama", sort=LeftFor.HANDOVER, **words)
    assert (What.HANDOVER, 0) not in waits(people, "ama", NOON + 20 * DAY)
    assert (What.HANDOVER, 0) in waits(people, "bea", NOON + 20 * DAY)


@pytest.fixture
def table(db, people):
    negotiation = begun(db, [people["ama"], people["bea"]])
    db.commit()
    return Table(negotiation.id)


def test_a_version_waits_for_whoever_has_not_answered_it(table, people):
    assert waits(people, "bea", NOON) == []
    table.put("ama", 0)
    assert waits(people, "bea", NOON) == [(What.VERSION, 1)]
    assert waits(people, "ama", NOON) == waits(people, "dov", NOON) == []
    table.do("withdraw", "ama", number=1)
    assert waits(people, "bea", NOON) == []


@pytest.mark.parametrize(("valid", "until"), [(None, 60 * DAY), (3 * DAY, 3 * DAY)])
def test_it_waits_no_longer_than_it_can_be_answered(table, people, valid, until):
    table.put("ama", 0, valid_until=NOON + valid if valid else None)
    assert waits(people, "bea", NOON + until - INSTANT) == [(What.VERSION, 1)]
    assert waits(people, "bea", NOON + until) == []


def test_today_says_it_in_a_line_each_with_a_way_there(db, life, table, people, sign_in):
    table.put("ama", 0, valid_until=NOON + 20 * DAY)
    with reading() as session:
        work = session.get_one(Engagement, life.id).key
        terms = session.get_one(Negotiation, table.id).key
    with time_machine.travel(NOON + 15 * DAY, tick=False):
        page = sign_in(people["bea"]).get("/").text
        assert "Nothing waits for you." not in page
        for way, said in (
            (f"/engagements/{work}/check-in/1", "A check-in is open until 19 December."),
            (f"/negotiations/{terms}", "Terms are on the table until 11 December."),
        ):
            assert f'href="{way}"' in page
            assert said in page
        theirs = sign_in(people["dov"]).get("/").text
        assert "Your work" not in theirs
        assert "Nothing waits for you." in theirs


def test_today_takes_as_many_statements_for_much_work_as_for_none(db, people, sign_in, ran):
    with time_machine.travel(NOON, tick=False):
        hers = sign_in(people["ama"])
        hers.get("/")
        none = ran(lambda: hers.get("/"))
        for _each in range(8):
            agreed(db, [people["ama"], people["bea"]])
        db.commit()
        assert len(ran(lambda: hers.get("/"))) == len(none) <= 12


def test_work_whose_terms_name_a_last_day_is_handed_over_before_it(db, people):
    last = date(2027, 1, 10)
    life = Life.of(agreed(db, [people["ama"], people["bea"]], rhythm=Rhythm.NONE, ends=last))
    db.commit()
    life.do("begin", "ama")
    end = datetime(2027, 1, 10, tzinfo=UTC)
    for now, is_there in ((end - 14 * DAY - INSTANT, False), (end - 14 * DAY, True)):
        assert ((What.HANDOVER, 0) in waits(people, "bea", now)) == is_there
