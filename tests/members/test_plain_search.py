"""Finding people while the index is away."""

from __future__ import annotations

import pytest

from tests.members.searching import (
    FACTS,
    HIDINGS,
    VOLUNTEERS,
    hide_by_block,
    keep_rui,
    marked,
    nearly,
    resembling,
)


@pytest.fixture
def ama(make_member):
    return make_member("ama", purpose="I count the hours of rosters.")


@pytest.fixture
def rui(make_member, now):
    return keep_rui(make_member, now)


@pytest.fixture
def crowd(make_people):
    return make_people(8, purpose="I tend gardens.")


def test_a_plain_look_still_finds_marks_and_says_so(make_member, ama, search):
    make_member("rui", purpose=VOLUNTEERS)
    make_member("dara", purpose="I count.", offers="A night train.")
    results = search(ama, "night")
    assert results.index_away
    assert [p.member.handle for p in results.people] == ["rui", "dara"]
    assert marked(results.people[1].reasons[0].runs) == "A [night] train."


@pytest.mark.parametrize("hides", HIDINGS)
def test_inv_03_the_hidden_are_not_found_either(make_member, ama, found, now, hides):
    rui = make_member("rui", purpose=VOLUNTEERS)
    assert found(ama, "grieving") == ["rui"]
    HIDINGS[hides](rui, ama, now)
    assert found(ama, "grieving") == []


def test_facts_still_narrow(rui, make_member, ama, found):
    make_member("other", purpose="I mend rosters.")
    assert found(ama, "rosters", **FACTS) == ["rui"]
    assert found(ama, **FACTS) == ["rui"]


def test_signs_of_the_database_mean_nothing(make_member, ama, found):
    make_member("rui", purpose="I tend gardens.")
    assert found(ama, "tend ") == ["rui"]
    for words in ("100%", "t%d", "te_d", "%end", "ten\\d"):
        assert found(ama, f"{words} ") == []


def test_inv_07_the_order_turns_from_day_to_day(crowd, ama, found):
    firsts = {found(ama, "gardens", days=day)[0] for day in range(40)}
    assert len(firsts) > 4


def test_inv_02_the_hidden_take_no_place_of_the_found(make_member, ama, found, now, monkeypatch):
    monkeypatch.setattr("network.members.finding.PLAIN_MOST", 2)
    people = [make_member(f"p{n}", purpose="I tend gardens.") for n in range(4)]
    for member in people[2:]:
        hide_by_block(member, ama, now)
    assert sorted(found(ama, "gardens")) == ["p0", "p1"]


def test_nothing_resonates_and_nothing_is_spelt_nearly_so(app, make_member, ama, now):
    make_member("rui", purpose="I count rosters by the hours of the night.")
    assert resembling(app, ama, "hours, rosters", now) == []
    assert nearly(app, ama, "rostres ", now) == ([], ())
