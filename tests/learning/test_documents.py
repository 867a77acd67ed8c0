"""What of learning can be searched, for whom, and what never is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from network.db import reading
from network.learning.documents import all_documents, documents
from network.learning.kinds import Format, NeedState, Readers, SeatState, SessionState
from network.learning.models import LearningInterest
from network.search.things import Thing, number_of, thing_of
from tests.things import (
    NOON,
    keep,
    keep_circle,
    keep_entry,
    keep_need,
    keep_room,
    keep_session,
    take_seat,
)

ENDS = {"ends=2026-11", "ends=2026-11-24"}


@pytest.fixture
def rui(make_member):
    return make_member("rui")


def of(thing, row):
    with reading() as db:
        return documents(db, [number_of(thing, row.id)])


def test_a_session_of_the_network_is_for_members(rui):
    session = keep_session(
        "Nets", host=rui, words="Mending them.", how="By telephone", format=Format.TALK
    )
    (document,) = of(Thing.SESSION, session)
    assert document.members == document.connections
    assert (document.members.purpose, document.members.themes) == ("Nets", "")
    assert document.members.words == "Nets\nMending them.\nBy telephone"
    assert document.members.marks == {"thing=session", "format=talk"} | ENDS


@pytest.mark.parametrize("state", SessionState)
@pytest.mark.parametrize("of_circle", [True, False])
def test_inv_57_of_a_circle_or_a_draft_nothing_is_for_members(rui, state, of_circle):
    circle = keep_circle(people=[rui]) if of_circle else None
    session = keep_session(host=rui, state=state, circle=circle)
    found = of(Thing.SESSION, session)
    if state is SessionState.CANCELLED:
        assert found == []
        return
    shut = of_circle or state is SessionState.DRAFT
    assert (found[0].members.words == "") is shut
    assert (found[0].members.marks == frozenset()) is shut
    assert "Pricing" in found[0].connections.words


@pytest.mark.parametrize(
    ("state", "ends"),
    [
        (SessionState.SCHEDULED, ENDS),
        (SessionState.PROPOSED, {"ends=2027-01", "ends=2027-01-20"}),
        (SessionState.DRAFT, {"ends=open"}),
    ],
)
def test_the_day_on_which_it_is_over_stands_with_it(rui, state, ends):
    session = keep_session(host=rui, state=state)
    marks = of(Thing.SESSION, session)[0].connections.marks
    assert {each for each in marks if each.startswith("ends=")} == ends


def test_a_wish_is_there_until_it_is_let_go(rui):
    need = keep_need(rui, "To mend nets", why="Winter.")
    (document,) = of(Thing.NEED, need)
    assert document.members.words == "To mend nets\nWinter."
    for state in (NeedState.HOSTED, NeedState.LET_GO):
        over = keep_need(rui, "To mend nets", state=state, ended_at=NOON)
        assert len(of(Thing.NEED, over)) == (state is NeedState.HOSTED)


@pytest.mark.parametrize(("harvest", "end"), [("", ENDS), ("It heals.", {"ends=open"})])
def test_a_room_without_harvest_is_over_with_its_week(rui, harvest, end):
    room = keep_room(rui, harvest=harvest)
    (document,) = of(Thing.ROOM, room)
    assert document.members.marks == {"thing=room"} | end
    assert document.members.words.endswith(harvest)


@pytest.mark.parametrize(
    ("values", "there", "for_members"),
    [
        ({}, True, True),
        ({"readers": Readers.THERE}, True, False),
        ({"agreed_at": None}, False, False),
        ({"withdrawn_at": NOON, "words": ""}, False, False),
    ],
)
def test_words_of_harvest_are_there_with_a_yes(rui, values, there, for_members):
    entry = keep_entry(rui, session=keep_session(host=rui), **values)
    found = of(Thing.HARVEST, entry)
    assert [bool(each.members.words) for each in found] == [for_members] * there


def test_inv_05_places_words_for_hosts_and_who_comes_are_not_in_it(rui, make_member):
    ama = make_member("ama")
    session = keep_session(host=rui, place="Harbour 4", prepared=["quay"], uid="uniqueness")
    take_seat(session, ama, SeatState.GOING, words="My reasons.")
    need = keep_need(rui)
    keep(LearningInterest(need_id=need.id, member_id=ama.id, at=NOON + timedelta(1)))
    keep_room(rui)
    with reading() as db:
        text = repr(list(all_documents(db))).lower()
    for secret in ("harbour 4", "quay", "uniqueness", "reasons", "ama", "rui"):
        assert secret not in text


def test_all_are_read_in_batches_one_kind_after_the_other(rui, monkeypatch):
    monkeypatch.setattr("network.learning.documents.BATCH", 2)
    for n in range(3):
        session = keep_session(f"Session {n}", host=rui)
        keep_need(rui, f"To learn {n}")
        keep_room(rui, f"Why {n}?")
    keep_entry(rui, session=session)
    with reading() as db:
        kinds = [thing_of(document.id) for document in all_documents(db)]
    assert kinds == [Thing.SESSION] * 3 + [Thing.NEED] * 3 + [Thing.ROOM] * 3 + [Thing.HARVEST]
