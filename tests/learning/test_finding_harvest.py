"""What was learned, in search and in the list of what was learned lately."""

from __future__ import annotations

import pytest

from network.circles.kinds import Door
from network.circles.models import Circle
from network.db import reading, transaction
from network.learning.kinds import Attendance, Readers
from network.learning.models import HarvestEntry
from network.learning.queries.overview import SOME, learned_lately
from network.members.models import Member
from network.search.finding import PAGE
from network.search.things import Thing
from tests.members.searching import HIDINGS
from tests.things import (
    NOON,
    keep_circle,
    keep_entry,
    keep_session,
    learn_things,
    learning_found,
    marked,
    place_in,
    take_seat,
)

THERE = {"readers": Readers.THERE}


@pytest.fixture
def ama(make_member):
    return make_member("ama")


@pytest.fixture
def rui(make_member):
    return make_member("rui")


@pytest.fixture
def held(rui):
    """A session that was held yesterday."""
    return keep_session("Pricing", host=rui, days=-1)


@pytest.fixture(params=["index", "no index"])
def heard(app, request):
    return lambda: learn_things(app) if request.param == "index" else None


def found(app, viewer, words="first", **values):
    results = learning_found(app, viewer, words, kinds=[Thing.HARVEST], **values)
    return [each.words.title for each in results.things]


def lately(viewer):
    with reading() as db:
        return learned_lately(db, db.get_one(Member, viewer.id), NOON)


def test_what_was_learned_is_found_long_after_with_where_and_by_whom(app, ama, rui, held, heard):
    keep_entry(rui, session=held)
    heard()
    results = learning_found(app, ama, "say first", now=NOON.replace(year=2036)).things
    (each,) = [one for one in results if one.thing is Thing.HARVEST]
    assert marked(each.title) == "[Say] it [first]."
    assert (each.row.author.handle, each.row.session.title) == ("rui", "Pricing")


def test_whoever_does_not_sign_is_not_named(app, ama, rui, held, heard):
    keep_entry(rui, session=held, named=False)
    heard()
    (each,) = learning_found(app, ama, "first").things
    assert each.row.author is None


@pytest.mark.parametrize(
    "values",
    [
        {"agreed_at": None},
        {"withdrawn_at": NOON, "words": ""},
        {"withdrawn_at": NOON, "words": "", "agreed_at": None},
    ],
)
def test_without_a_yes_nobody_finds_it(app, ama, rui, held, heard, values):
    keep_entry(rui, session=held, **values)
    heard()
    for viewer in (ama, rui):
        for words in ("first", ""):
            assert found(app, viewer, words) == []
        assert lately(viewer) == []


@pytest.mark.parametrize("words", ["first", "fir", ""])
def test_inv_02_words_for_those_who_were_there_are_found_by_them_alone(
    app, ama, rui, make_member, held, heard, words
):
    came, missed = make_member("came"), make_member("missed")
    take_seat(held, came, attended=Attendance.ATTENDED)
    take_seat(held, missed, attended=Attendance.MISSED)
    keep_entry(rui, session=held, **THERE)
    heard()
    assert found(app, came, words) == found(app, rui, words) == ["Say it first."]
    assert found(app, ama, words) == found(app, missed, words) == []
    assert lately(came) == []


def test_inv_02_words_for_others_change_nothing(app, ama, rui, held):
    for n in range(PAGE + 2):
        keep_entry(rui, session=held, words=f"Ask {n}.")
    for n in range(20):
        keep_entry(rui, session=held, words=f"Ask kingfisher {n}.", **THERE)
    learn_things(app)
    there = learning_found(app, ama, "ask kingfisher")
    nonsense = learning_found(app, ama, "ask zzzzzzzzzz")
    assert [each.number for each in there.things] == [each.number for each in nonsense.things]
    assert there.next_from == nonsense.next_from


def test_inv_56_what_a_circle_learned_is_found_by_whoever_was_in_it_then(
    app, ama, rui, make_member, heard
):
    later = make_member("later")
    circle = keep_circle(door=Door.HIDDEN, people=[rui])
    place_in(circle, later, "invited")
    keep_entry(rui, circle=circle, **THERE)
    heard()
    assert found(app, rui) == ["Say it first."]
    assert found(app, ama) == found(app, later) == []


@pytest.mark.parametrize("door", Door)
def test_inv_57_what_a_circle_said_to_all_goes_when_it_hides(app, ama, rui, heard, door):
    circle = keep_circle(people=[rui])
    keep_entry(rui, circle=circle)
    heard()
    assert found(app, ama) == ["Say it first."]
    with transaction() as db:
        db.get_one(Circle, circle.id).door = door
    assert bool(found(app, ama)) == bool(lately(ama)) == (door is not Door.HIDDEN)
    assert found(app, rui) == ["Say it first."]


@pytest.mark.parametrize("hides", ["pause", "block", "my block", "shield", "departed"])
def test_inv_03_09_10_words_of_whoever_hides_are_gone_at_once(
    app, ama, rui, held, heard, now, hides
):
    keep_entry(rui, session=held)
    heard()
    assert (len(found(app, ama)), len(lately(ama))) == (1, 1)
    HIDINGS[hides](rui, ama, now)
    assert (found(app, ama), lately(ama)) == ([], [])


def test_words_that_were_taken_back_are_not_found_although_the_index_lags(app, ama, rui, held):
    entry = keep_entry(rui, session=held)
    learn_things(app)
    with transaction() as db:
        row = db.get_one(HarvestEntry, entry.id)
        row.words, row.withdrawn_at = "", NOON
    assert found(app, ama) == []


def test_the_latest_stand_first(ama, rui, held):
    for n in range(SOME + 2):
        keep_entry(rui, session=held, words=f"Lesson {n}.")
    expected = [f"Lesson {n}." for n in range(SOME + 1, 1, -1)]
    assert [each.entry.words for each in lately(ama)] == expected
