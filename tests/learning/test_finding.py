"""Sessions, wishes and Green Rooms in search: what each person finds, now."""

from __future__ import annotations

from datetime import datetime

import pytest

from network.circles.kinds import Door
from network.db import transaction
from network.learning.finding import MONTHS_AHEAD, marks_of
from network.learning.kinds import Format, NeedState, SeatState, SessionState
from network.learning.models import LearningNeed, LearningSession, SessionHost
from network.search.finding import PAGE
from network.search.things import Thing
from tests.members.searching import HIDINGS, connect
from tests.things import (
    DAY,
    NOON,
    keep,
    keep_circle,
    keep_need,
    keep_room,
    keep_session,
    learn_things,
    learning_found,
    marked,
    place_in,
    take_seat,
    titles,
)


@pytest.fixture
def ama(make_member):
    return make_member("ama")


@pytest.fixture
def rui(make_member):
    return make_member("rui")


@pytest.fixture(params=["index", "no index"])
def heard(app, request):
    """Let the index know, or be away: then the database is searched."""
    return lambda: learn_things(app) if request.param == "index" else None


def found(app, viewer, words="", **values):
    return titles(learning_found(app, viewer, words, **values))


def change(model, row, **values):
    with transaction() as db:
        kept = db.get_one(model, row.id)
        for name, value in values.items():
            setattr(kept, name, value)


def one_of_each(member):
    keep_session("Mending nets", host=member)
    keep_need(member, "I want to mend nets")
    keep_room(member, "Who mends nets?")


def test_all_kinds_are_found_by_one_word_and_marked(app, ama, rui, heard):
    one_of_each(rui)
    heard()
    results = learning_found(app, ama, "net").things
    assert sorted(marked(each.title) for each in results) == [
        "I want to mend [nets]",
        "Mending [nets]",
        "Who mends [nets]?",
    ]
    assert {each.thing for each in results} == {Thing.SESSION, Thing.NEED, Thing.ROOM}


@pytest.mark.parametrize("kind", [Thing.SESSION, Thing.NEED, Thing.ROOM])
@pytest.mark.parametrize("words", ["", "nets"])
def test_a_kind_narrows_to_itself(app, ama, rui, heard, kind, words):
    one_of_each(rui)
    heard()
    results = learning_found(app, ama, words, kinds=[kind]).things
    assert [each.thing for each in results] == [kind]


def test_a_format_narrows_sessions(app, ama, rui, heard):
    keep_session("Talk", host=rui, format=Format.TALK)
    keep_session("Workshop", host=rui)
    heard()
    assert found(app, ama, marks={"format=talk"}) == ["Talk"]


def test_one_sentence_of_what_it_also_says_is_quoted(app, ama, rui, heard):
    keep_need(rui, "I want to learn to price", why="I gave too much away. Then came the winter.")
    keep_session("Rates", host=rui, words="First we talk. Then comes winter, and nobody pays.")
    heard()
    quoted = {marked(each.said) for each in learning_found(app, ama, "winter").things}
    assert quoted == {"Then came the [winter].", "Then comes [winter], and nobody pays."}


def test_inv_05_where_it_is_and_whoever_comes_is_never_found(app, ama, rui, heard):
    session = keep_session("Nets", host=rui, place="Harbour street, ring for Ottilie")
    take_seat(session, ama, words="Because of my grandmother.")
    heard()
    for viewer in (ama, rui):
        for words in ("harbour", "ottilie", "grandmother", "rui"):
            assert found(app, viewer, words) == []


@pytest.mark.parametrize("hides", [each for each in HIDINGS if each != "audience"])
def test_inv_03_09_10_whoever_hides_is_found_by_nothing_although_the_index_lags(
    app, ama, rui, heard, now, hides
):
    one_of_each(rui)
    heard()
    assert len(found(app, ama, "nets")) == 3
    HIDINGS[hides](rui, ama, now)
    assert (found(app, ama, "nets"), found(app, ama)) == ([], [])


def test_a_pause_hides_from_strangers_not_from_connections(app, ama, rui, heard, now):
    one_of_each(rui)
    connect(ama, rui, now)
    heard()
    HIDINGS["pause"](rui, ama, now)
    assert len(found(app, ama, "nets")) == 3


def test_inv_09_a_session_is_gone_for_whoever_is_apart_from_one_of_its_hosts(
    app, ama, rui, make_member, heard, now
):
    session = keep_session("Nets", host=rui)
    other = make_member("other")
    keep(SessionHost(session_id=session.id, member_id=other.id, since=now))
    heard()
    assert found(app, ama, "nets") == ["Nets"]
    HIDINGS["block"](other, ama, now)
    assert found(app, ama, "nets") == []
    assert found(app, rui, "nets") == ["Nets"]


def test_inv_57_a_session_of_a_circle_is_found_by_its_people_alone(
    app, ama, rui, make_member, heard
):
    circle = keep_circle(door=Door.HIDDEN, people=[rui])
    invited = make_member("invited")
    place_in(circle, invited, "invited")
    keep_session("Kingfisher", host=rui, circle=circle)
    heard()
    for words in ("", "kingfisher", "kingf"):
        assert found(app, rui, words) == ["Kingfisher"]
        assert (found(app, ama, words), found(app, invited, words)) == ([], [])


def test_inv_56_whoever_left_the_circle_finds_its_sessions_no_more(app, ama, rui, heard, now):
    circle = keep_circle(people=[rui])
    place = place_in(circle, ama)
    keep_session("Kingfisher", host=rui, circle=circle)
    heard()
    assert found(app, ama, "kingfisher") == ["Kingfisher"]
    change(type(place), place, state="left", ended_at=now)
    assert found(app, ama, "kingfisher") == []


def test_inv_55_without_a_yes_to_new_agreements_its_sessions_are_not_found(app, ama, rui, heard):
    circle = keep_circle(people=[rui], agreements_version=2)
    place_in(circle, ama, agreed_version=2)
    keep_session("Kingfisher", host=ama, circle=circle)
    heard()
    assert (found(app, ama, "kingfisher"), found(app, rui, "kingfisher")) == (["Kingfisher"], [])


@pytest.mark.parametrize("words", ["kingfisher", "kingf", "kingfisher nets"])
def test_inv_02_57_sessions_of_a_circle_change_nothing_for_others(app, ama, rui, words):
    for n in range(PAGE + 2):
        keep_session(f"Nets {n}", host=rui)
    circle = keep_circle(door=Door.HIDDEN, people=[rui])
    for n in range(20):
        keep_session(f"Kingfisher {n}", host=rui, circle=circle)
    learn_things(app)
    there = learning_found(app, ama, words)
    nonsense = learning_found(app, ama, words.replace("kingf", "qqqqq"))
    assert [each.number for each in there.things] == [each.number for each in nonsense.things]
    assert there.next_from == nonsense.next_from


def test_a_draft_is_found_by_its_hosts_alone(app, ama, rui, heard):
    keep_session("Nets", host=rui, state=SessionState.DRAFT)
    heard()
    assert (found(app, rui, "nets"), found(app, ama, "nets")) == (["Nets"], [])


@pytest.mark.parametrize("words", ["", "nets"])
def test_what_is_proposed_is_found_for_sixty_days(app, ama, rui, heard, words):
    keep_session("Nets", proposer_id=rui.id, state=SessionState.PROPOSED)
    heard()
    days = [n for n in (0, 59, 60, 400) if found(app, ama, words, now=NOON + n * DAY)]
    assert days == [0, 59]


@pytest.mark.parametrize("words", ["", "nets"])
def test_a_session_is_found_until_it_is_over_although_no_job_ran(app, ama, rui, heard, words):
    session = keep_session("Nets", host=rui, days=60)
    heard()
    ends = session.ends_at
    assert found(app, ama, words, now=ends - DAY) == ["Nets"]
    assert found(app, ama, words, now=ends) == []


def test_what_was_called_off_is_not_found_although_the_index_lags(app, ama, rui, now):
    session = keep_session("Nets", host=rui)
    learn_things(app)
    change(LearningSession, session, state=SessionState.CANCELLED, cancelled_at=now)
    assert found(app, ama, "nets") == []


def test_a_wish_that_is_let_go_is_not_found_although_the_index_lags(app, ama, rui, now):
    need = keep_need(rui)
    learn_things(app)
    assert found(app, ama, "nets") == [need.words]
    change(LearningNeed, need, state=NeedState.LET_GO, ended_at=now)
    assert found(app, ama, "nets") == []


def test_a_wish_is_found_while_nobody_hosts_it(app, ama, rui, heard, now):
    need = keep_need(rui, state=NeedState.HOSTED, ended_at=now)
    session = keep_session("Looms", host=rui, need_id=need.id)
    heard()
    assert found(app, ama, "nets") == []
    change(LearningSession, session, state=SessionState.CANCELLED, cancelled_at=now)
    assert found(app, ama, "nets") == [need.words]


@pytest.mark.parametrize(("harvest", "after"), [("", False), ("It heals by tides.", True)])
def test_a_room_that_is_over_is_there_for_its_harvest(app, ama, rui, heard, harvest, after):
    room = keep_room(rui, "How does a harbour heal?", harvest=harvest)
    heard()
    assert found(app, ama, "harbour") == [room.question]
    for later in (room.closes_at, room.closes_at + 400 * DAY):
        assert bool(found(app, ama, "harbour", now=later)) == after
        assert bool(found(app, ama, "tides", now=later)) == after


def test_ones_own_are_found_too(app, rui, heard):
    one_of_each(rui)
    heard()
    assert len(found(app, rui, "nets")) == 3


def test_ones_place_comes_along(app, ama, rui, heard):
    circle = keep_circle("Herons", people=[rui, ama])
    session = keep_session("Nets", host=rui, circle=circle)
    take_seat(session, ama, SeatState.WAITLISTED)
    heard()
    (mine,) = learning_found(app, ama, "nets").things
    assert (mine.row.seat, mine.row.hosts, mine.row.circle.name) == ("waitlisted", False, "Herons")
    (hosted,) = learning_found(app, rui, "nets").things
    assert (hosted.row.seat, hosted.row.hosts) == (None, True)


@pytest.mark.parametrize(("month", "last"), [(1, "2028-01"), (11, "2028-11"), (12, "2028-12")])
def test_the_days_of_this_month_and_two_years_are_looked_through(month, last):
    now = datetime(2026, month, 29, tzinfo=NOON.tzinfo)
    ends = sorted(each for each in marks_of([Thing.SESSION], now) if each.startswith("ends=2"))
    days = [f"ends=2026-{month:02}-{day}" for day in ((29, 30, 31) if month != 11 else (29, 30))]
    assert ends[: len(days)] == days
    assert (len(ends) - len(days), ends[-1]) == (MONTHS_AHEAD, f"ends={last}")
