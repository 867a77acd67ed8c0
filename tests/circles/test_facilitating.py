from __future__ import annotations

from datetime import timedelta

import pytest

from network.asks.models import AskState
from network.circles.kinds import Life
from network.circles.queries.places import somebody_facilitates
from network.circles.services import staying
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.members.kinds import MembershipState, WhoMayAsk
from network.members.models import Participation
from network.members.services.participation import pause
from network.relationships.services.connections import block
from tests.circles.moving import (
    WORDS,
    answer,
    apply,
    ask_turn,
    place_in,
    put_in,
    sent_to,
    state_of,
    told,
    waiting,
)

DAY = timedelta(days=1)


def is_blocked(db, it):
    block(db, it.rui, it.dara, now=it.now)


def is_paused(db, it):
    pause(db, it.rui, until=None, now=it.now)


def rests(db, it):
    staying.rest(db, it.circle, place_in(db, it, "rui"), until=None, now=it.now)


def has_left(db, it):
    staying.leave(db, it.circle, place_in(db, it, "rui"), goodbye="", now=it.now)


def facilitates(db, it):
    put_in(db, it, "rui", facilitates=True)


def is_closing(_db, it):
    it.circle.life = Life.CLOSING


def takes_no_invitations(db, it):
    db.get_one(Participation, it.rui.id).who_may_invite = WhoMayAsk.NOBODY


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (lambda _db, _it: None, None),
        (takes_no_invitations, None),
        (is_blocked, NotFound),
        (is_paused, NotFound),
        (rests, Conflict),
        (has_left, Conflict),
        (facilitates, Conflict),
        (is_closing, Conflict),
    ],
)
def test_inv_18_somebody_in_the_circle_is_asked_to_take_a_turn(db, it, given, refusal):
    given(db, it)
    db.flush()
    if refusal is None:
        ask_turn(db, it, "rui")
        (ask,) = waiting(db, it, "rui")
        assert (ask.reason, ask.body_id, ask.asker_id) == (WORDS, it.circle.id, it.dara.id)
        assert ask.expires_at == it.now + 14 * DAY
        return
    with pytest.raises(refusal):
        ask_turn(db, it, "rui")
    assert waiting(db, it, "rui") == []


def test_nobody_asks_themselves(db, it):
    put_in(db, it, "dara", facilitates=False)
    with pytest.raises(NotAllowed):
        ask_turn(db, it, "dara")


@pytest.mark.parametrize("words", ["", "Go.", "x" * 2001])
def test_a_turn_is_asked_for_in_words(db, it, words):
    with pytest.raises(Invalid):
        ask_turn(db, it, "rui", words=words)


def test_inv_20_the_same_ask_twice_is_once_and_other_words_meet_the_guards(db, it):
    for _twice in (1, 2):
        ask_turn(db, it, "rui", submission="once")
    assert len(waiting(db, it, "rui")) == 1
    with pytest.raises(Conflict):
        ask_turn(db, it, "rui", submission="once", words="Other words to you.")
    ask_turn(db, it, "ama", submission="once", words="Other words to you.")
    assert waiting(db, it, "ama")[0].reason == "Other words to you."


def test_inv_16_a_circle_asks_nobody_for_a_turn_twice_in_90_days_through_anybody(db, it):
    put_in(db, it, "ama", facilitates=True)
    ask_turn(db, it, "rui")
    answer(db, it, "rui", yes=False)
    for by, days in (("ama", 0), ("dara", 15), ("ama", 89)):
        with pytest.raises(Conflict):
            ask_turn(db, it, "rui", by=by, now=it.now + days * DAY)
    ask_turn(db, it, "rui", by="ama", now=it.now + 90 * DAY)
    assert len(waiting(db, it, "rui")) == 1


def test_a_yes_takes_the_turn_and_then_the_other_steps_down(db, it):
    ask_turn(db, it, "rui")
    assert not place_in(db, it, "rui").facilitates
    answer(db, it, "rui")
    assert place_in(db, it, "rui").facilitates
    (event,) = told(db, "circles:handed_over")
    assert (event.actor_id, event.data["asked_by"]) == (it.rui.id, it.dara.id)
    assert sent_to(db, "circles:handed_over") == ["mail"]
    staying.step_down(db, it.circle, place_in(db, it, "dara"), now=it.now)
    assert somebody_facilitates(db, it.circle)


def test_inv_14_a_no_is_told_to_nobody(db, it):
    ask_turn(db, it, "rui")
    answer(db, it, "rui", yes=False)
    assert sent_to(db, "asks:declined") == told(db, "circles:handed_over") == []
    assert not place_in(db, it, "rui").facilitates


@pytest.mark.parametrize(
    ("given", "refusal"),
    [(rests, NotFound), (has_left, NotFound), (facilitates, Conflict), (is_closing, Conflict)],
)
def test_inv_18_a_yes_that_comes_too_late_changes_nothing(db, it, given, refusal):
    ask_turn(db, it, "rui")
    given(db, it)
    db.flush()
    before = place_in(db, it, "rui").facilitates
    with pytest.raises(refusal):
        answer(db, it, "rui")
    assert place_in(db, it, "rui").facilitates is before
    assert told(db, "circles:handed_over") == []


def test_whoever_takes_a_turn_reads_what_waits_at_the_door(db, it):
    apply(db, it, "eli")
    ask_turn(db, it, "rui")
    answer(db, it, "rui")
    assert [ask.kind for ask in waiting(db, it, "rui")] == ["circle_application"]
    answer(db, it, "rui")
    assert state_of(db, it, "eli") is MembershipState.MEMBER


def test_whoever_is_apart_from_the_one_who_applied_reads_nothing_of_it(db, it):
    apply(db, it, "eli")
    block(db, it.rui, it.eli, now=it.now)
    ask_turn(db, it, "rui")
    answer(db, it, "rui")
    assert waiting(db, it, "rui") == []


def test_inv_14_a_no_of_one_who_steps_down_closes_with_them(db, it):
    put_in(db, it, "rui", facilitates=True)
    apply(db, it, "eli")
    ask = answer(db, it, "dara", yes=False)
    staying.step_down(db, it.circle, place_in(db, it, "dara"), now=it.now)
    db.refresh(ask)
    assert ask.state is AskState.CLOSED
    assert state_of(db, it, "eli") is MembershipState.APPLIED
    answer(db, it, "rui")
    assert state_of(db, it, "eli") is MembershipState.MEMBER
