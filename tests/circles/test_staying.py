from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from network.circles import access
from network.circles.kinds import Life
from network.circles.models import Circle
from network.circles.queries.places import how_many as taken
from network.circles.queries.places import somebody_facilitates
from network.circles.services import staying
from network.circles.visibility import known, reads
from network.conversations.models import About, Conversation, Participant
from network.conversations.services import leave as step_out
from network.conversations.services import open_about
from network.db import reading
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.members.kinds import MembershipState
from network.members.models import Membership
from network.members.visibility import Viewer
from tests.circles.conftest import SLUG
from tests.circles.moving import (
    apply,
    at_once,
    committed,
    invite,
    join,
    place_in,
    put_in,
    sent_to,
    state_of,
    told,
    waiting,
)

DAY = timedelta(days=1)
MORE = {"rest": {"until": None}, "leave": {"goodbye": ""}}
TOLD = {
    "rest": "circles:rested",
    "come_back": "circles:came_back",
    "leave": "circles:left",
    "step_down": "circles:stepped_down",
}


def does(db, it, what, who, now=None, **values):
    """Let somebody do something with their own place."""
    values = MORE.get(what, {}) | values
    getattr(staying, what)(db, it.circle, place_in(db, it, who), now=now or it.now, **values)


def parts(db, it, what, who, *, by="dara", words="It was time.", now=None):
    place, actor = place_in(db, it, who), getattr(it, by)
    end = getattr(staying, what)
    end(db, it.circle, place, actor=actor, words=words, now=now or it.now)


def talks(db, it):
    """Open the conversation of the circle with everybody in it."""
    here = [it.dara.id, it.ama.id, it.rui.id, it.tess.id]
    return open_about(db, About.CIRCLE, it.circle.id, people=here, opener=it.dara, now=it.now)


def sit(db):
    return set(db.scalars(select(Participant.member_id).where(Participant.left_at.is_(None))))


# Rest


def test_whoever_rests_keeps_their_place_and_comes_back(db, it):
    does(db, it, "rest", "rui", until=it.now + 30 * DAY)
    place = place_in(db, it, "rui")
    assert (place.state, place.rests_until) == (MembershipState.RESTING, it.now + 30 * DAY)
    assert taken(db, it.circle) == 5
    does(db, it, "come_back", "rui")
    does(db, it, "come_back", "rui")
    assert (place.state, place.rests_until) == (MembershipState.MEMBER, None)
    assert len(told(db, "circles:came_back")) == 1


@pytest.mark.parametrize("days", [1, 366, 367, 5000])
def test_a_rest_has_an_end_within_a_year(db, it, days):
    does(db, it, "rest", "rui", until=it.now + days * DAY)
    assert place_in(db, it, "rui").rests_until == it.now + min(days, 366) * DAY


def test_resting_twice_moves_the_end(db, it):
    does(db, it, "rest", "tess", until=it.now + 9 * DAY)
    does(db, it, "rest", "tess")
    assert place_in(db, it, "tess").rests_until is None
    assert state_of(db, it, "tess") is MembershipState.RESTING


@pytest.mark.parametrize("what", [*TOLD, "sit_down"])
@pytest.mark.parametrize("who", ["max", "ivy"])
def test_inv_18_whoever_is_not_in_it_does_nothing_in_it(db, it, what, who):
    find = select(Membership).where(Membership.member_id == getattr(it, who).id)
    place, values = db.scalars(find).one(), MORE.get(what, {})
    with pytest.raises(NotFound):
        getattr(staying, what)(db, it.circle, place, now=it.now, **values)
    assert told(db, TOLD.get(what, "circles:joined")) == []


# The last who facilitates


@pytest.mark.parametrize("what", ["rest", "leave", "step_down"])
@pytest.mark.parametrize(
    ("life", "another", "goes"),
    [
        (Life.FORMING, False, False),
        (Life.RUNNING, False, False),
        (Life.CLOSING, False, False),
        (Life.RESTING, False, True),
        (Life.RUNNING, True, True),
        (Life.CLOSING, True, True),
    ],
)
def test_inv_55_the_last_who_facilitates_hands_over_first(db, it, what, life, another, goes):
    it.circle.life = life
    if another:
        put_in(db, it, "rui", facilitates=True)
    db.flush()
    if goes:
        does(db, it, what, "dara")
        assert not place_in(db, it, "dara").facilitates
        assert somebody_facilitates(db, it.circle) is another
        return
    with pytest.raises(Conflict):
        does(db, it, what, "dara")
    assert place_in(db, it, "dara").facilitates
    assert (
        told(db, f"circles:{ {'rest': 'rested', 'leave': 'left'}.get(what, 'stepped_down') }") == []
    )


def test_inv_55_somebody_who_rests_is_not_somebody_who_facilitates(db, it):
    put_in(db, it, "rui", facilitates=True)
    does(db, it, "rest", "rui")
    with pytest.raises(Conflict):
        does(db, it, "step_down", "dara")


def test_stepping_down_twice_is_once_and_for_the_others_nothing(db, it):
    put_in(db, it, "rui", facilitates=True)
    for who in ("dara", "dara", "ama"):
        does(db, it, "step_down", who)
    (event,) = told(db, "circles:stepped_down")
    assert (event.actor_id, event.data["member"]) == (it.dara.id, it.dara.id)


@pytest.mark.parametrize("what", ["rest", "leave", "step_down"])
def test_what_waits_at_the_door_comes_before_who_facilitates_now(db, it, what):
    put_in(db, it, "rui", facilitates=True)
    apply(db, it, "eli")
    assert len(waiting(db, it, "dara")) == len(waiting(db, it, "rui")) == 1
    does(db, it, what, "dara")
    assert waiting(db, it, "dara") == []
    assert len(waiting(db, it, "rui")) == 1


@pytest.mark.parametrize("what", ["rest", "leave", "step_down"])
def test_inv_55_of_two_who_go_at_once_one_stays(app, people, now, what):
    def two(db, it):
        it.now = now
        put_in(db, it, "rui", facilitates=True)

    committed(two)

    def goes(who):
        def go(db, it):
            it.now = now
            does(db, it, what, who)

        return go

    (refusal,) = at_once(app, goes("dara"), goes("rui"))
    assert isinstance(refusal, Conflict)
    with reading() as db:
        assert somebody_facilitates(db, db.scalars(select(Circle)).one())


# Leaving


def test_inv_56_whoever_leaves_reads_nothing_later_and_says_goodbye(db, it):
    talks(db, it)
    does(db, it, "leave", "rui", goodbye="  Thank you all. ")
    place = place_in(db, it, "rui")
    assert (place.state, place.ended_at, place.goodbye) == ("left", it.now, "Thank you all.")
    assert it.rui.id not in sit(db)
    assert not access.circle_for(db, it.rui, SLUG, now=it.now).is_inside
    (event,) = told(db, "circles:left")
    assert event.actor_id == it.rui.id
    assert "Thank you" not in str(event.data)
    assert sent_to(db, "circles:left") == ["learning", "mail", "organisations"]


def test_inv_20_leaving_twice_is_once_and_the_first_goodbye_stands(db, it):
    place = place_in(db, it, "rui")
    for words in ("Thank you.", "And another."):
        staying.leave(db, it.circle, place, goodbye=words, now=it.now)
    assert place.goodbye == "Thank you."
    assert len(told(db, "circles:left")) == 1


@pytest.mark.parametrize(("length", "kept"), [(0, True), (600, True), (601, False)])
def test_a_goodbye_is_short_or_none(db, it, length, kept):
    if kept:
        does(db, it, "leave", "rui", goodbye="x" * length)
        assert place_in(db, it, "rui").goodbye == "x" * length
        return
    with pytest.raises(Invalid) as refusal:
        does(db, it, "leave", "rui", goodbye="x" * length)
    assert refusal.value.field == "goodbye"
    assert state_of(db, it, "rui") is MembershipState.MEMBER


def test_a_circle_of_one_ends_when_that_one_leaves(db, it):
    invite(db, it, "eli")
    for who in ("ama", "rui", "bo", "tess"):
        does(db, it, "leave", who)
    does(db, it, "leave", "dara", goodbye="It was good.")
    assert (it.circle.life, it.circle.ended_at) == (Life.ARCHIVED, it.now)
    assert state_of(db, it, "eli") is MembershipState.WITHDRAWN
    assert waiting(db, it, "eli") == []
    assert told(db, "circles:archived")[0].actor_id == it.dara.id


def test_the_last_one_rests_or_stays_and_does_not_slip_out(db, it):
    for who in ("ama", "rui", "bo", "tess"):
        does(db, it, "leave", who)
    with pytest.raises(Conflict):
        does(db, it, "step_down", "dara")


def test_somebody_in_line_keeps_a_circle_from_nothing_when_the_last_one_leaves(db, it):
    it.circle.door, it.circle.most = "open", 5
    db.flush()
    join(db, it, "eli")
    for who in ("ama", "rui", "bo", "tess"):
        does(db, it, "leave", who)
    assert state_of(db, it, "eli") is MembershipState.MEMBER
    with pytest.raises(Conflict):
        does(db, it, "leave", "dara")


# Sitting down again


def test_whoever_stepped_out_of_the_conversation_sits_down_again(db, it):
    talk = talks(db, it)
    step_out(db, talk, actor=it.rui, now=it.now)
    assert it.rui.id not in sit(db)
    does(db, it, "sit_down", "rui")
    does(db, it, "sit_down", "rui")
    assert it.rui.id in sit(db)
    assert len(db.scalars(select(Conversation)).all()) == 1


# Parting


@pytest.mark.parametrize(
    ("what", "who", "words", "refusal"),
    [
        ("release", "rui", "", None),
        ("release", "tess", "We have not seen you.", None),
        ("release", "rui", "x" * 601, Invalid),
        ("release", "dara", "", NotAllowed),
        ("release", "ama", "", NotAllowed),
        ("release", "lee", "", NotFound),
        ("remove", "rui", "You spoke of us outside.", None),
        ("remove", "rui", " ", Invalid),
        ("remove", "rui", "x" * 601, Invalid),
        ("remove", "dara", "No.", NotAllowed),
        ("remove", "ama", "No.", NotAllowed),
        ("remove", "lee", "No.", NotFound),
    ],
)
def test_inv_18_somebody_is_let_go_by_those_who_facilitate_and_nobody_who_does(
    db, it, what, who, words, refusal
):
    put_in(db, it, "ama", facilitates=True)
    kind = {"release": "circles:released", "remove": "circles:removed"}[what]
    if refusal is None:
        for _twice in (1, 2):
            parts(db, it, what, who, words=words)
        (event,) = told(db, kind)
        assert (event.actor_id, event.data["member"]) == (it.dara.id, getattr(it, who).id)
        assert str(state_of(db, it, who)) == f"{what}d"
        assert sent_to(db, kind) == ["learning", "mail", "organisations"]
        return
    with pytest.raises(refusal):
        parts(db, it, what, who, words=words)
    assert told(db, kind) == []


@pytest.mark.parametrize("what", ["release", "remove"])
def test_the_words_of_a_parting_stand_in_no_event(db, it, what):
    parts(db, it, what, "rui", words="You spoke of us outside.")
    assert all("outside" not in str(event.data) for event in told(db, f"circles:{what}d"))
    assert place_in(db, it, "rui").goodbye == ""


def test_inv_56_whoever_is_sent_away_keeps_nothing_and_whoever_is_released_their_time(db, it):
    it.circle.door = "hidden"
    parts(db, it, "release", "rui")
    parts(db, it, "remove", "tess")
    for who, keeps in ((it.rui, True), (it.tess, False)):
        eyes = Viewer.of(who)
        find = select(Circle.id).where(known(eyes, it.now))
        assert (db.scalar(find) is not None) is keeps
        old = select(reads(eyes, it.now, it.circle.id, it.now - 30 * DAY))
        assert db.scalar(old) is keeps
        new = select(reads(eyes, it.now, it.circle.id, it.now + DAY))
        assert db.scalar(new) is False


# What one does here


@pytest.mark.parametrize(("length", "kept"), [(0, True), (120, True), (121, False)])
def test_what_one_does_here_is_a_few_words(db, it, length, kept):
    does_it = staying.say_what_one_does
    place = place_in(db, it, "rui")
    if kept:
        does_it(db, it.circle, place, does=" " + "x" * length, now=it.now)
        assert place.does == "x" * length
        assert told(db, "circles:does")[0].actor_id == it.rui.id
        return
    with pytest.raises(Invalid) as refusal:
        does_it(db, it.circle, place, does="x" * length, now=it.now)
    assert refusal.value.field == "does"
