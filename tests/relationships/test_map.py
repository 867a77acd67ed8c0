from __future__ import annotations

import re
from datetime import timedelta
from itertools import combinations
from math import dist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.db import transaction
from network.events.services import record
from network.members.kinds import State
from network.members.models import Connection, Member
from network.members.services import boundaries
from network.relationships.drawing import HEIGHT, MARK, MOST, WIDTH, drawn
from network.relationships.models import Introduction, IntroductionState
from network.relationships.queries import map as relationship_map
from network.relationships.queries.connections import live_connection
from network.relationships.queries.map import Known, Origin

REASON = "We shared a desk for a winter."


def tie(db, asker, other, now):
    low, high = sorted((asker.id, other.id))
    values = {"low_id": low, "high_id": high, "asker_id": asker.id, "since": now}
    made = Connection(**values, reason=REASON)
    db.add(made)
    db.flush()
    record(
        db,
        "relationships:connection:made",
        actor=other.id,
        subject=("connection", made.id),
        now=now,
        ask=made.id + 900,
        low=low,
        high=high,
    )
    return made


def cross(db, made, now):
    subject = ("ask", made.id + 900)
    record(db, "asks:crossed", actor=made.high_id, subject=subject, now=now, reason=REASON)


def introduce(db, by, one, other, at, state=IntroductionState.MADE):
    low, high = sorted((one.id, other.id))
    over = None if state is IntroductionState.OPEN else at
    values = {"introducer_id": by.id, "low_id": low, "high_id": high, "state": state}
    db.add(
        Introduction(
            **values,
            words=REASON,
            submission=f"{by.id} {at}",
            sent_at=at,
            expires_at=at,
            ended_at=over,
        )
    )


@pytest.fixture
def people(make_member):
    return {each: make_member(each) for each in ("ama", "bo", "cy", "dara", "eli", "fay")}


@pytest.fixture
def hers(people, sign_in):
    return sign_in(people["ama"])


@pytest.fixture
def met(people, now):
    """Ama asked Bo, Cy asked her, she and Eli asked each other, and Dara introduced Fay."""
    ama = people["ama"]
    with transaction() as db:
        tie(db, ama, people["bo"], now)
        tie(db, people["cy"], ama, now)
        tie(db, people["dara"], ama, now)
        cross(db, tie(db, ama, people["eli"], now), now)
        introduce(db, people["dara"], ama, people["fay"], now - timedelta(days=3))
        tie(db, people["fay"], ama, now)
    return people


def groups(people, now, me="ama"):
    with transaction() as db:
        found = relationship_map.known(db, db.get_one(Member, people[me].id), now)
    return [
        (group.origin, group.through, [each.handle for each in group.people])
        for group in relationship_map.grouped(found)
    ]


def test_people_stand_by_how_one_came_to_know_them(met, now):
    assert groups(met, now) == [
        (Origin.INTRODUCED, "Dara Example", ["fay"]),
        (Origin.EACH_OTHER, "", ["eli"]),
        (Origin.I_ASKED, "", ["bo"]),
        (Origin.THEY_ASKED, "", ["cy", "dara"]),
    ]
    assert groups(met, now, "bo") == [(Origin.THEY_ASKED, "", ["ama"])]
    assert groups(met, now, "fay") == [(Origin.INTRODUCED, "Dara Example", ["ama"])]


def test_within_a_group_people_stand_in_the_order_of_names(people, now):
    with transaction() as db:
        for other in ("fay", "bo", "eli"):
            tie(db, people["ama"], people[other], now)
    assert groups(people, now) == [(Origin.I_ASKED, "", ["bo", "eli", "fay"])]


@pytest.mark.parametrize("hides", ["shield", "block", "departed"])
def test_an_introducer_who_is_hidden_now_is_somebody(met, now, hides):
    with transaction() as db:
        dara = db.get_one(Member, met["dara"].id)
        if hides == "shield":
            boundaries.raise_shield(db, dara, against="ama.example", now=now)
        elif hides == "block":
            boundaries.block(db, dara, blocked_id=met["ama"].id, now=now)
        else:
            dara.state = State.DEPARTED
    assert groups(met, now)[0] == (Origin.INTRODUCED, "", ["fay"])


@pytest.mark.parametrize("state", [s for s in IntroductionState if s != IntroductionState.MADE])
def test_only_an_introduction_that_was_made_brought_people_together(people, now, state):
    with transaction() as db:
        introduce(db, people["dara"], people["ama"], people["bo"], now, state)
        tie(db, people["ama"], people["bo"], now)
    assert groups(people, now) == [(Origin.I_ASKED, "", ["bo"])]


def test_the_last_introduction_before_is_the_one_and_a_later_one_is_none(people, now):
    ama, bo = people["ama"], people["bo"]
    with transaction() as db:
        for days, by in ((-9, "cy"), (-2, "dara"), (1, "eli")):
            introduce(db, people[by], ama, bo, now + timedelta(days=days))
        tie(db, ama, bo, now)
    assert groups(people, now) == [(Origin.INTRODUCED, "Dara Example", ["bo"])]


@pytest.mark.parametrize(("hides", "there"), [("pause", True), ("shield", False), ("end", False)])
def test_whom_one_may_not_see_is_not_on_the_map(met, now, hides, there):
    with transaction() as db:
        bo = db.get_one(Member, met["bo"].id)
        if hides == "pause":
            bo.state = State.PAUSED
        elif hides == "shield":
            boundaries.raise_shield(db, bo, against="ama.example", now=now)
        else:
            live_connection(db, bo.id, met["ama"].id).ended_at = now
    assert ((Origin.I_ASKED, "", ["bo"]) in groups(met, now)) is there


def crowd(sizes):
    """Return made up people, so many in each group: introduced by A, by B, ..., and asked."""
    names = [(Origin.INTRODUCED, chr(65 + n)) for n in range(len(sizes) - 1)]
    found = []
    for (origin, through), size in zip([*names, (Origin.I_ASKED, "")], sizes, strict=True):
        for _ in range(size):
            number = len(found) + 1
            values = {"since": None, "reason": "", "mine": True, "origin": origin}
            shown = {"handle": f"p{number}", "name": f"P {number}", "portrait_version": 0}
            found.append(
                Known(id=number, **shown, **values, through=through, through_handle=through)
            )
    return found


def test_a_picture_of_many_keeps_to_the_same_ones(now):
    few, many = crowd([10, 30]), crowd([100, 1900])
    assert [len(g.people) for g in relationship_map.pictured(few, MOST)] == [10, 30]
    shown = relationship_map.pictured(many, MOST)
    assert sum(len(group.people) for group in shown) == MOST
    assert shown == relationship_map.pictured(many, MOST)
    fewer = [each for each in many if each.id != shown[1].people[0].id]
    kept = {each.id for group in shown for each in group.people} - {shown[1].people[0].id}
    again = {each.id for g in relationship_map.pictured(fewer, MOST) for each in g.people}
    assert kept <= again


def test_many_introducers_are_one_group_in_the_picture():
    shown = relationship_map.pictured(crowd([2] * 12 + [5]), MOST)
    assert [(g.merged, len(g.people)) for g in shown] == [(True, 24), (False, 5)]


SIZES = st.lists(st.integers(0, 60), max_size=20).filter(lambda sizes: sum(sizes) <= MOST)


@given(SIZES)
def test_marks_stay_within_the_picture_and_off_each_other(sizes):
    picture = drawn(sizes)
    assert [sum(m.group == n for m in picture.marks) for n in range(len(sizes))] == sizes
    for mark in picture.marks:
        assert MARK <= mark.x <= WIDTH - MARK
        assert picture.top + MARK <= mark.y <= HEIGHT - MARK
    for one, other in combinations(picture.marks, 2):
        assert dist((one.x, one.y), (other.x, other.y)) > 2 * MARK
    assert picture == drawn(sizes)


@given(SIZES)
def test_groups_stand_side_by_side_from_left_to_right(sizes):
    picture = drawn(sizes)
    order = [mark.group for mark in picture.marks]
    assert order == sorted(order)
    assert [stem.group for stem in picture.stems] == [n for n, size in enumerate(sizes) if size]
    assert [stem.x for stem in picture.stems] == sorted(stem.x for stem in picture.stems)


def test_more_than_fit_are_refused():
    with pytest.raises(ValueError, match="151 marks do not fit"):
        drawn([100, 51])


def test_the_page_holds_the_picture_and_the_same_as_a_list(met, hers):
    page = hers.get("/connections").text
    svg = re.search(r"<svg viewBox.*?</svg>", page, re.DOTALL)[0]
    assert svg.count("<circle") == 5 + 1  # the small one stands for who introduced
    assert 'aria-hidden="true"' in svg
    assert not re.search(r">\s*[^<\s]", svg)
    assert " style=" not in page
    for words in ("Introduced by Dara Example", "You asked each other", "You asked", "They asked"):
        assert page.count(f">{words}<") == 2
    assert re.findall(r'data-member="(\w+)"', page) == ["fay", "eli", "bo", "cy", "dara"]


def test_without_anybody_there_is_no_picture(people, hers):
    page = hers.get("/connections").text
    assert "You are not connected with anybody yet." in page
    assert "Only you see this picture" not in page


def test_past_the_end_the_page_says_so(met, hers):
    page = hers.get("/connections?from=900").text
    assert "There are no further names." in page
    assert "You are not connected" not in page


@pytest.fixture
def many(people, make_member, now):
    def make(count):
        made = [make_member(f"n{number}x{count}", purpose="") for number in range(count)]
        with transaction() as db:
            for each in made:
                tie(db, people["ama"], each, now)

    return make


def test_the_page_takes_as_many_statements_for_forty_as_for_three(hers, many, ran):
    hers.get("/connections")
    many(3)
    few = ran(lambda: hers.get("/connections"))
    many(40)
    assert len(ran(lambda: hers.get("/connections"))) == len(few) <= 12


def test_a_picture_that_does_not_hold_everybody_says_so(hers, many, monkeypatch):
    many(5)
    assert "more people than a picture holds" not in hers.get("/connections").text
    monkeypatch.setattr("network.relationships.views.connections.MOST", 3)
    page = hers.get("/connections").text
    assert "more people than a picture holds" in page
    assert page.count("<circle") == 3 + 1
    assert len(re.findall("data-member", page)) == 5


def test_the_picture_is_on_the_first_page_of_names_alone(hers, many, monkeypatch):
    many(5)
    monkeypatch.setattr(relationship_map, "PAGE", 3)
    assert "Only you see this picture" in hers.get("/connections").text
    assert "Only you see this picture" not in hers.get("/connections?from=3").text
