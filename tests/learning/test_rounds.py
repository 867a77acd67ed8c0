from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from network.db import reading, transaction
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.events.models import Event
from network.learning.access_keeping import round_to_lead
from network.learning.kinds import Format, SessionState
from network.learning.models import LearningSession, Round, RoundQuestion
from network.learning.queries import rounds as queries
from network.learning.services import rounds as services
from tests.conftest import post
from tests.learning.keeping import (
    DAY,
    answers,
    block,
    doing,
    fresh,
    held,
    pause,
    put,
    set_time,
    shield,
)
from tests.things import HOUR, keep_circle

BRINGS = "Who keeps the keys?"
MINUTE = timedelta(minutes=1)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def clock(now):
    with time_machine.travel(now, tick=False) as travel:
        yield travel


@pytest.fixture(autouse=True)
def at_noon(clock):
    return clock


@pytest.fixture
def people(make_member):
    return {each: make_member(each) for each in ("ama", "rui", "dara", "finn", "eli")}


@pytest.fixture
def session(people, now):
    return held(people, now)


def plan(session, presenter, now, *, actor, minutes=30, brings=BRINGS):
    return doing(
        services.plan_round,
        session,
        actor=actor,
        presenter=presenter,
        minutes=minutes,
        brings=brings,
        now=now,
    )


@pytest.fixture
def planned(session, people, now):
    """Two rounds: of rui, then of dara."""
    ama = people["ama"]
    return [plan(session, people[each], now, actor=ama) for each in ("rui", "dara")]


def lead(do, each, session, actor, now):
    with transaction() as db:
        known = fresh(db, session)
        return do(db, fresh(db, each), known, actor=fresh(db, actor), now=now)


def begin(each, session, people, now, who="ama"):
    lead(services.begin_round, each, session, people[who], now)


def end(each, session, people, now, who="ama"):
    lead(services.end_round, each, session, people[who], now)


def ask(session, actor, now, *, words="What would be enough?", submission="one"):
    return doing(
        services.ask_in_round,
        session,
        actor=actor,
        words=words,
        submission=submission,
        now=now,
    )


def turns(session, viewer, now):
    with reading() as db:
        at = db.get_one(LearningSession, session.id)
        return queries.of_session(db, fresh(db, viewer), at, now)


def kinds():
    with reading() as db:
        found = db.scalars(select(Event.kind).where(Event.kind.like("learning:round:%")))
        return [kind.rpartition(":")[2] for kind in found]


# Planning

PLANS = {
    "a host": ("ama", "rui", {}, None),
    "a host for themselves": ("ama", "ama", {}, None),
    "somebody who comes": ("rui", "rui", {}, NotAllowed),
    "a stranger": ("eli", "rui", {}, NotAllowed),
    "somebody who missed it": ("ama", "finn", {}, NotFound),
    "somebody without a place": ("ama", "eli", {}, NotFound),
    "no time": ("ama", "rui", {"minutes": 0}, Invalid),
    "all day": ("ama", "rui", {"minutes": 241}, Invalid),
}


@pytest.mark.parametrize("case", PLANS)
def test_hosts_plan_the_rounds_of_those_who_come(session, people, now, case):
    actor, presenter, values, refusal = PLANS[case]
    got = answers(
        services.plan_round,
        session,
        actor=people[actor],
        presenter=people[presenter],
        now=now,
        **{"minutes": 30, "brings": BRINGS, **values},
    )
    assert got is refusal
    assert kinds() == ([] if refusal else ["planned"])


@pytest.mark.parametrize("format_", [each for each in Format if each != "action_learning"])
def test_other_sessions_have_no_rounds(people, now, format_):
    session = held(people, now, format=format_)
    with pytest.raises(NotAllowed):
        plan(session, people["rui"], now, actor=people["ama"])


def test_rounds_stand_in_the_order_in_which_they_were_planned(planned, session, people, now):
    found = turns(session, people["rui"], now)
    assert [each.presenter.handle for each in found] == ["rui", "dara"]
    assert [each.position for each in planned] == [1, 2]


def test_inv_20_the_same_round_twice_is_once(session, people, now):
    first = plan(session, people["rui"], now, actor=people["ama"])
    assert plan(session, people["rui"], now, actor=people["ama"]).id == first.id


def test_twelve_rounds_are_the_most(session, people, now):
    for number in range(12):
        plan(session, people["rui"], now, actor=people["ama"], brings=f"Case {number}")
    with pytest.raises(Conflict):
        plan(session, people["rui"], now, actor=people["ama"], brings="One more")


def test_a_planned_round_is_dropped_and_one_that_began_is_not(planned, session, people, now):
    begin(planned[0], session, people, now)
    with pytest.raises(Conflict):
        lead(services.drop_round, planned[0], session, people["ama"], now)
    lead(services.drop_round, planned[1], session, people["ama"], now)
    assert len(turns(session, people["ama"], now)) == 1


# Beginning and ending


def test_a_round_begins_ends_and_each_twice_is_once(planned, session, people, now):
    for _twice in range(2):
        begin(planned[0], session, people, now)
    for _twice in range(2):
        end(planned[0], session, people, now + 20 * MINUTE)
    first = turns(session, people["rui"], now)[0].round
    assert (first.began_at, first.ended_at) == (now, now + 20 * MINUTE)
    assert kinds() == ["planned", "planned", "begun", "ended"]


def test_rounds_come_in_order_and_one_at_a_time(planned, session, people, now):
    with pytest.raises(Conflict):
        begin(planned[1], session, people, now)
    begin(planned[0], session, people, now)
    with pytest.raises(Conflict):
        begin(planned[1], session, people, now)
    end(planned[0], session, people, now)
    begin(planned[1], session, people, now)
    assert [each.is_running for each in turns(session, people["rui"], now)] == [False, True]


def test_no_round_begins_before_the_session(planned, session, people, now):
    later = set_time(session, now + HOUR, now + 3 * HOUR)
    with pytest.raises(Conflict):
        begin(planned[0], later, people, now)


def test_a_round_that_has_not_begun_does_not_end(planned, session, people, now):
    with pytest.raises(Conflict):
        end(planned[0], session, people, now)


@pytest.mark.parametrize("do", [services.begin_round, services.end_round, services.drop_round])
@pytest.mark.parametrize("who", ["rui", "eli"])
def test_inv_18_only_hosts_lead(planned, session, people, now, do, who):
    with pytest.raises(NotAllowed):
        lead(do, planned[0], session, people[who], now)
    assert kinds() == ["planned", "planned"]


LOADS = {"ama": None, "rui": NotAllowed, "eli": NotAllowed}


@pytest.mark.parametrize("who", LOADS)
def test_a_round_is_given_to_its_hosts(planned, people, now, who):
    with reading() as db:
        me = fresh(db, people[who])
        if LOADS[who] is None:
            assert round_to_lead(db, me, planned[0].key, now=now).round.id == planned[0].id
        else:
            with pytest.raises(LOADS[who]):
                round_to_lead(db, me, planned[0].key, now=now)


def test_a_round_of_what_was_called_off_is_not_there(planned, session, people, now):
    with transaction() as db:
        found = fresh(db, session)
        found.state, found.cancelled_at = SessionState.CANCELLED, now
    with reading() as db, pytest.raises(NotFound):
        round_to_lead(db, fresh(db, people["ama"]), planned[0].key, now=now)


def test_two_who_begin_at_once_begin_it_once(app, planned, session, people, now):
    def begin_it():
        with app.app_context():
            begin(planned[0], session, people, now)

    threads = [threading.Thread(target=begin_it) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kinds().count("begun") == 1


# Time


@pytest.mark.parametrize(
    ("after", "left"), [(0, 30), (1, 29), (29.5, 1), (30, 0), (45, 0), (0.1, 30)]
)
def test_what_is_left_is_said_in_whole_minutes(planned, session, people, now, after, left):
    begin(planned[0], session, people, now)
    turn = turns(session, people["rui"], now)[0]
    assert turn.until == now + 30 * MINUTE
    assert turn.minutes_left(now + after * MINUTE) == left


# Questions

ASKS = {"ama": None, "dara": None, "finn": NotAllowed, "eli": NotAllowed}


@pytest.mark.parametrize("who", ASKS)
def test_those_who_come_ask_in_the_round_that_runs(planned, session, people, now, who):
    begin(planned[0], session, people, now)
    got = answers(
        services.ask_in_round,
        session,
        actor=people[who],
        words="Why?",
        submission="one",
        now=now,
    )
    assert got is ASKS[who]


def test_a_question_that_came_as_the_round_ended_is_kept(planned, session, people, now):
    begin(planned[0], session, people, now)
    end(planned[0], session, people, now)
    question = ask(session, people["dara"], now)
    assert question.round_id == planned[0].id


@pytest.mark.parametrize(("begun", "words"), [(False, "Why?"), (True, "")])
def test_there_is_no_question_without_a_round_or_without_words(
    planned, session, people, now, begun, words
):
    if begun:
        begin(planned[0], session, people, now)
    with pytest.raises(Invalid if begun else Conflict):
        ask(session, people["dara"], now, words=words)


def test_inv_20_the_same_question_twice_is_once(planned, session, people, now):
    begin(planned[0], session, people, now)
    first, again = ask(session, people["dara"], now), ask(session, people["dara"], now)
    ask(session, people["dara"], now, words="And then?")
    with reading() as db:
        assert first.id == again.id
        assert len(db.scalars(select(RoundQuestion)).all()) == 2


@pytest.mark.parametrize(
    ("do", "named"), [(None, True), (pause, True), (block, False), (shield, False)]
)
def test_inv_09_10_nobody_apart_is_named(planned, session, people, now, do, named):
    begin(planned[0], session, people, now)
    ask(session, people["rui"], now)
    if do is not None:
        do(people["rui"], people["dara"], now)
    turn = turns(session, people["dara"], now)[0]
    assert (turn.presenter is not None, turn.asked[0].asker is not None) == (named, named)
    assert turns(session, people["rui"], now)[0].presenter.handle == "rui"


# Whose turn it could be


def suggested(session, viewer, now):
    with reading() as db:
        at = db.get_one(LearningSession, session.id)
        found = queries.next_presenter(db, fresh(db, viewer), at, now)
        return found and found.handle


def presented(session, member, at):
    with transaction() as db:
        db.add(
            Round(
                session_id=session.id,
                position=1,
                presenter_id=member.id,
                minutes=30,
                began_at=at,
                ended_at=at + HOUR,
            )
        )


def test_whoever_presented_longest_ago_could_be_next(people, now):
    circle = keep_circle(people=[people[each] for each in ("ama", "rui", "dara", "finn")])
    before, lately = held(people, now, circle=circle), held(people, now, circle=circle)
    presented(before, people["dara"], now - 60 * DAY)
    presented(lately, people["rui"], now - 30 * DAY)
    today = held(people, now, circle=circle)
    assert suggested(today, people["ama"], now) == "dara"


def test_whoever_never_presented_comes_before(people, now):
    circle = keep_circle(people=[people[each] for each in ("ama", "rui", "dara", "finn")])
    before = held(people, now, circle=circle)
    presented(before, people["dara"], now - 60 * DAY)
    today = held(people, now, circle=circle)
    assert suggested(today, people["ama"], now) == "rui"


def test_hosts_and_those_whose_round_is_planned_are_not_suggested(planned, session, people, now):
    assert suggested(session, people["ama"], now) is None


def test_whoever_missed_it_or_is_hidden_is_not_suggested(session, people, now):
    put(people["dara"], "suspended")
    assert suggested(session, people["ama"], now) == "rui"
    block(people["rui"], people["ama"], now)
    assert suggested(session, people["ama"], now) is None


def test_whoever_facilitates_and_brings_a_case_is_told_of_the_rule(session, people, now):
    plan(session, people["ama"], now, actor=people["ama"])
    plan(session, people["rui"], now, actor=people["ama"])
    assert [each.presenter_hosts for each in turns(session, people["rui"], now)] == [True, False]


# Pages


def url(session, way="rounds"):
    return f"/learning/sessions/{session.key}/{way}"


def test_the_page_says_whose_turn_it_is_in_the_readers_zone(
    clock, planned, session, people, sign_in, now
):
    with transaction() as db:
        fresh(db, people["dara"]).time_zone = "Asia/Tokyo"
    begin(planned[0], session, people, now)
    clock.move_to(now + 18 * MINUTE)
    page = sign_in(people["dara"]).get(url(session)).text
    assert "It is the turn of Rui Example" in page
    assert "Began at 21:00, until 21:30." in page
    assert "About 12 minutes left." in page
    assert "Begin this round" not in page
    assert "It is your turn" in sign_in(people["rui"]).get(url(session)).text


def test_the_part_that_refreshes_itself_leaves_out_what_is_being_typed(
    planned, session, people, sign_in, now
):
    begin(planned[0], session, people, now)
    part = sign_in(people["dara"]).get(url(session), headers=HTMX).text
    assert "<html" not in part
    clock_part = part[part.index('id="round-now"') : part.index('name="words"')]
    assert 'hx-trigger="every 10s"' in clock_part
    assert part.index('name="words"') > part.index("data-round")


def test_a_host_leads_on_the_page(session, people, sign_in, now):
    client = sign_in(people["ama"])
    sent = {"presenter": "rui", "minutes": "20", "brings": BRINGS}
    assert post(client, url(session), sent).status_code == 303
    with reading() as db:
        key = db.scalars(select(Round.key)).one()
    for way in ("begin", "end"):
        assert post(client, f"/learning/rounds/{key}/{way}").status_code == 303
    assert post(client, f"/learning/rounds/{key}/drop").status_code == 409
    assert kinds() == ["planned", "begun", "ended"]


@pytest.mark.parametrize(
    "wrong", [{"minutes": "0"}, {"minutes": "soon"}, {"brings": "x" * 301}, {"presenter": "no"}]
)
def test_a_plan_that_is_none_comes_back(session, people, sign_in, wrong):
    sent = {"presenter": "rui", "minutes": "20", "brings": BRINGS, **wrong}
    answer = post(sign_in(people["ama"]), url(session), sent)
    assert (answer.status_code, sent["brings"] in answer.text) == (422, True)


def test_a_question_is_asked_on_the_page(planned, session, people, sign_in, now):
    begin(planned[0], session, people, now)
    sent = {"words": "What would be enough?", "submission": "one"}
    assert post(sign_in(people["dara"]), url(session, "questions"), sent).status_code == 303
    assert "What would be enough?" in sign_in(people["rui"]).get(url(session)).text


@pytest.mark.parametrize("who", ["finn", "eli"])
def test_the_rounds_are_for_those_who_come(planned, session, people, sign_in, who):
    client = sign_in(people[who])
    assert client.get(url(session)).status_code == 404
    assert post(client, url(session), {}).status_code == 403
    assert post(client, f"/learning/rounds/{planned[0].key}/begin").status_code == 403
