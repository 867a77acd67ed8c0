from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from network.circles.kinds import DecisionAbout, DecisionState, Door, Form, Life
from network.circles.models import Circle, Decision
from network.circles.queries.places import somebody_facilitates
from network.circles.services import deciding, living, staying
from network.conversations.models import About
from network.conversations.services import open_about, post
from network.db import reading
from network.errors import Conflict, NotAllowed, Refusal
from network.members.kinds import MembershipState
from tests.circles.moving import (
    apply,
    at_once,
    committed,
    invite,
    join,
    place_in,
    put_in,
    sent_to,
    states,
    told,
    waiting,
)

MOVES = ("begin", "put_to_rest", "close", "archive")
LEADS_TO = {
    "begin": Life.RUNNING,
    "put_to_rest": Life.RESTING,
    "close": Life.CLOSING,
    "archive": Life.ARCHIVED,
}
# From where each move goes; where a circle is there already, doing it twice is once.
MAY = {
    "begin": {Life.FORMING},
    "put_to_rest": {Life.FORMING, Life.RUNNING},
    "close": {Life.FORMING, Life.RUNNING, Life.RESTING},
    "archive": {Life.CLOSING},
}
TOLD = {
    "begin": "circles:begun",
    "put_to_rest": "circles:put_to_rest",
    "close": "circles:closing",
    "archive": "circles:archived",
}


def move(db, it, what, who="dara"):
    getattr(living, what)(db, it.circle, actor=getattr(it, who), now=it.now)


def wake(db, it, who):
    living.wake(db, it.circle, place_in(db, it, who), now=it.now)


@pytest.mark.parametrize("what", MOVES)
@pytest.mark.parametrize("life", list(Life))
def test_inv_18_20_a_circle_goes_the_ways_of_its_life_and_no_others(db, it, what, life):
    it.circle.life = life
    it.circle.ended_at = it.now if life is Life.ARCHIVED else None
    db.flush()
    may, again = life in MAY[what], life is LEADS_TO[what]
    if may or again:
        move(db, it, what)
        assert it.circle.life is LEADS_TO[what]
        assert [event.actor_id for event in told(db, TOLD[what])] == [it.dara.id] * may
        return
    with pytest.raises(Conflict):
        move(db, it, what)
    assert it.circle.life is life
    assert told(db, TOLD[what]) == []


@pytest.mark.parametrize(("there", "begins"), [(3, False), (4, True)])
def test_a_circle_begins_with_as_many_as_its_form_says(db, it, there, begins):
    it.circle.life, it.circle.began_at = Life.FORMING, None
    for who in ("tess", "bo")[: 5 - there]:
        staying.leave(db, it.circle, place_in(db, it, who), goodbye="", now=it.now)
    if begins:
        move(db, it, "begin")
        assert (it.circle.began_at, it.circle.ends_at) == (it.now, None)
        return
    with pytest.raises(Conflict) as refusal:
        move(db, it, "begin")
    assert str(refusal.value.sentence) == "A circle of this form begins with 4 people."


def test_working_out_loud_lasts_twelve_weeks(db, it):
    it.circle.life, it.circle.form = Life.FORMING, Form.WORKING_OUT_LOUD
    move(db, it, "begin")
    assert it.circle.ends_at == it.now + timedelta(weeks=12)


# Rest and waking


def test_a_circle_that_never_began_wakes_to_form(db, it):
    it.circle.life, it.circle.began_at = Life.FORMING, None
    move(db, it, "put_to_rest")
    wake(db, it, "dara")
    assert it.circle.life is Life.FORMING
    move(db, it, "begin")
    move(db, it, "put_to_rest")
    wake(db, it, "dara")
    assert it.circle.life is Life.RUNNING


@pytest.mark.parametrize(
    ("who", "leads", "refusal"),
    [
        ("dara", True, None),
        ("ama", True, NotAllowed),
        ("tess", True, NotAllowed),
        ("ama", False, None),
        ("tess", False, NotAllowed),
    ],
)
def test_inv_18_55_whoever_facilitates_wakes_it_and_if_nobody_does_whoever_is_there(
    db, it, who, leads, refusal
):
    move(db, it, "put_to_rest")
    if not leads:
        staying.step_down(db, it.circle, place_in(db, it, "dara"), now=it.now)
    if refusal is None:
        wake(db, it, who)
        wake(db, it, who)
        assert it.circle.life is Life.RUNNING
        assert somebody_facilitates(db, it.circle)
        (event,) = told(db, "circles:woken")
        assert event.actor_id == getattr(it, who).id
        return
    with pytest.raises(refusal):
        wake(db, it, who)
    assert it.circle.life is Life.RESTING


@pytest.mark.parametrize("life", [Life.CLOSING, Life.ARCHIVED])
def test_what_ends_is_not_woken(db, it, life):
    it.circle.life = life
    it.circle.ended_at = it.now if life is Life.ARCHIVED else None
    db.flush()
    with pytest.raises(Conflict):
        wake(db, it, "dara")


def test_whoever_stands_in_line_waits_while_a_circle_rests(db, it):
    it.circle.door, it.circle.most = Door.OPEN, 5
    db.flush()
    for who in ("eli", "lee"):
        join(db, it, who)
    move(db, it, "put_to_rest")
    staying.leave(db, it.circle, place_in(db, it, "rui"), goodbye="", now=it.now)
    assert states(db, it, "eli", "lee") == ["queued", "queued"]
    wake(db, it, "dara")
    assert states(db, it, "eli", "lee") == ["member", "queued"]


def test_what_waited_at_the_door_comes_before_whoever_woke_it(db, it):
    apply(db, it, "eli")
    move(db, it, "put_to_rest")
    staying.step_down(db, it.circle, place_in(db, it, "dara"), now=it.now)
    wake(db, it, "rui")
    assert len(waiting(db, it, "rui")) == 1
    assert waiting(db, it, "dara") == []


def test_inv_55_of_two_who_wake_it_at_once_one_facilitates_or_both_may(app, people, now):
    def asleep(db, it):
        it.now = now
        move(db, it, "put_to_rest")
        staying.step_down(db, it.circle, place_in(db, it, "dara"), now=now)

    committed(asleep)

    def wakes(who):
        def do(db, it):
            it.now = now
            wake(db, it, who)

        return do

    assert at_once(app, wakes("ama"), wakes("rui")) == []
    with reading() as db:
        circle = db.scalars(select(Circle)).one()
        assert circle.life is Life.RUNNING
        assert somebody_facilitates(db, circle)
        assert len(told(db, "circles:woken")) == 1


# The end


def test_the_end_lets_go_of_all_that_was_on_its_way(db, it):
    it.circle.most = 6
    invite(db, it, "eli")
    apply(db, it, "lee")
    put_in(db, it, "max")
    move(db, it, "close")
    assert states(db, it, "eli", "lee") == ["invited", "applied"]
    move(db, it, "archive")
    assert states(db, it, "eli", "lee", "ivy") == ["withdrawn"] * 3
    assert waiting(db, it, "eli") == waiting(db, it, "dara") == []
    assert states(db, it, "dara", "ama", "tess") == ["member", "member", "resting"]


def test_the_end_sets_aside_what_is_being_decided(db, it):
    deciding.propose(
        db,
        it.circle,
        actor=it.ama,
        about=DecisionAbout.MATTER,
        title="When we meet",
        words="We meet on Thursdays.",
        submission="once",
        now=it.now,
    )
    for what in ("close", "archive"):
        move(db, it, what)
    decision = db.scalars(select(Decision)).one()
    assert (decision.state, decision.ended_at) == (DecisionState.SET_ASIDE, it.now)


def test_after_the_end_nobody_writes_in_the_conversation(db, it):
    who = [it.dara.id, it.ama.id]
    talk = open_about(db, About.CIRCLE, it.circle.id, people=who, opener=it.dara, now=it.now)
    post(db, talk, actor=it.ama, body="Soon.", submission="one", now=it.now)
    for what in ("close", "archive"):
        move(db, it, what)
    with pytest.raises(Refusal):
        post(db, talk, actor=it.ama, body="Later.", submission="two", now=it.now)


def test_the_people_are_told_that_it_closes_and_the_index_of_all(db, it):
    for what in ("close", "archive"):
        move(db, it, what)
    assert sent_to(db, "circles:closing") == ["mail", "things"]
    assert sent_to(db, "circles:archived") == ["things"]
    assert place_in(db, it, "dara").state == MembershipState.MEMBER
