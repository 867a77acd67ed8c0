from __future__ import annotations

from datetime import timedelta

import pytest

from network.members.kinds import Audience, Part
from network.members.services import profiles
from tests.members.searching import HIDINGS, change, connect, hide_by_pause, marked, resembling


@pytest.fixture
def ama(make_member):
    return make_member("ama", purpose="I count the hours of rosters.")


def test_purposes_that_share_telling_words_resonate_with_them_marked(app, make_member, learn, now):
    ama = make_member("ama", purpose="I keep night wards calm for grieving families.")
    make_member("rui", purpose="Calm wards, and somebody awake beside you.")
    make_member("one", purpose="I paint wards.")
    learn()
    (rui,) = resembling(app, ama, "I keep night wards calm for grieving families.", now)
    assert marked(rui.quote) == "[Calm wards], and somebody awake beside you."


def test_what_everybody_writes_does_not_make_purposes_alike(app, make_member, learn, now):
    purpose = "I help people in the community to find a better way of working together."
    ama, _rui = make_member("ama", purpose=purpose), make_member("rui", purpose=purpose)
    learn()
    assert resembling(app, ama, purpose, now) == []


def test_who_shares_most_comes_first_and_oneself_never(app, make_member, learn, now):
    purpose = "Quiet gardens behind old prisons, tended by night."
    ama = make_member("ama", purpose=purpose)
    make_member("some", purpose="Quiet gardens.")
    make_member("most", purpose="Quiet gardens behind prisons.")
    learn()
    people = resembling(app, ama, purpose, now)
    assert [person.member.handle for person in people] == ["most", "some"]


@pytest.mark.parametrize("hides", HIDINGS)
def test_inv_03_the_hidden_resonate_with_nobody(app, make_member, ama, learn, now, hides):
    rui = make_member("rui", purpose="I count rosters by the hours of the night.")
    learn()
    assert [p.member.handle for p in resembling(app, ama, "hours, rosters", now)] == ["rui"]
    HIDINGS[hides](rui, ama, now)
    assert resembling(app, ama, "hours, rosters", now) == []


def test_a_purpose_for_connections_resonates_with_them_alone(app, make_member, ama, learn, now):
    rui, friend = make_member("rui", purpose="Quiet gardens."), make_member("friend")
    change(rui, profiles.set_audience, part=Part.PURPOSE, audience=Audience.CONNECTIONS, now=now)
    connect(rui, friend, now)
    learn()
    assert resembling(app, ama, "quiet gardens", now) == []
    assert [p.member.handle for p in resembling(app, friend, "quiet gardens", now)] == ["rui"]


def test_inv_02_the_hidden_take_no_place_of_those_who_resonate(
    app, make_member, make_people, ama, learn, now
):
    for member in make_people(12, purpose="Quiet gardens."):
        hide_by_pause(member, ama, now)
    make_member("rui", purpose="Quiet gardens.")
    learn()
    for day in range(5):
        people = resembling(app, ama, "quiet gardens", now + timedelta(days=day))
        assert [person.member.handle for person in people] == ["rui"]
