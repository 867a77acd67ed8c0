"""What comes up for somebody, and what there is to come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from network.circles.kinds import Door
from network.db import reading
from network.learning.kinds import Format, SeatState, SessionState
from network.learning.queries.coming import coming_up, hosts_of
from network.learning.queries.overview import PAGE, SOME, open_rooms, sessions_to_come, wishes
from network.members.models import Member
from network.members.visibility import Viewer
from tests.members.searching import HIDINGS
from tests.things import (
    DAY,
    HOUR,
    NOON,
    keep_circle,
    keep_need,
    keep_room,
    keep_session,
    place_in,
    take_seat,
)


@pytest.fixture
def ama(make_member):
    return make_member("ama")


@pytest.fixture
def rui(make_member):
    return make_member("rui")


def asked(member, query, now=NOON, **values):
    with reading() as db:
        return query(db, db.get_one(Member, member.id), now, **values)


def coming(member, now=NOON, **values):
    lines = asked(member, coming_up, now, **values)
    return [(line.session.title, line.seat, line.hosts) for line in lines]


def to_come(member, now=NOON, **values):
    return [line.session.title for line in asked(member, sessions_to_come, now, **values)[0]]


def test_what_one_hosts_goes_to_and_is_in_line_for_comes_up_the_soonest_first(ama, rui):
    keep_session("Hosted", host=ama, days=4)
    seats = {
        "Going": (SeatState.GOING, 2),
        "In line": (SeatState.WAITLISTED, 1),
        "Held": (SeatState.OFFERED, 3),
    }
    for title, (state, days) in seats.items():
        take_seat(keep_session(title, host=rui, days=days), ama, state)
    keep_session("Of others", host=rui)
    assert coming(ama) == [
        ("In line", "waitlisted", False),
        ("Going", "going", False),
        ("Held", "offered", False),
        ("Hosted", None, True),
    ]
    assert [title for title, *_rest in coming(ama, limit=2)] == ["In line", "Going"]


@pytest.mark.parametrize("state", [SeatState.LEFT, SeatState.PASSED])
def test_what_one_left_does_not_come_up(ama, rui, state):
    take_seat(keep_session(host=rui), ama, state)
    assert coming(ama) == []


def test_a_place_that_was_held_comes_up_until_its_hour(ama, rui):
    take_seat(keep_session(host=rui), ama, SeatState.OFFERED, offer_until=NOON + HOUR)
    assert coming(ama, NOON + HOUR - timedelta(seconds=1))
    assert coming(ama, NOON + HOUR) == []


def test_what_is_running_comes_up_until_it_is_over(ama, rui):
    take_seat(keep_session(host=rui, days=0), ama)
    assert coming(ama, NOON + HOUR / 2)
    assert coming(ama, NOON + HOUR) == []


@pytest.mark.parametrize(
    "state", [SessionState.PROPOSED, SessionState.DRAFT, SessionState.CANCELLED]
)
def test_only_what_is_planned_comes_up(ama, state):
    keep_session(host=ama, state=state)
    assert (coming(ama), to_come(ama)) == ([], [])


@pytest.mark.parametrize(
    ("state", "comes"), [("member", True), ("resting", False), ("invited", False), ("left", False)]
)
def test_meetings_of_ones_circles_come_up(ama, rui, state, comes):
    circle = keep_circle(door=Door.HIDDEN, people=[rui])
    place_in(circle, ama, state)
    keep_session("Meeting", host=rui, circle=circle)
    assert bool(coming(ama)) is comes


@pytest.mark.parametrize("hides", ["block", "my block", "shield"])
def test_inv_09_10_what_somebody_apart_hosts_neither_comes_up_nor_is_to_come(ama, rui, now, hides):
    take_seat(keep_session(host=rui), ama)
    assert coming(ama)
    HIDINGS[hides](rui, ama, now)
    assert (coming(ama), to_come(ama)) == ([], [])


def test_what_a_paused_host_holds_stays_for_whoever_goes(ama, rui, make_member, now):
    other = make_member("other")
    session = keep_session(host=rui)
    take_seat(session, ama)
    HIDINGS["pause"](rui, ama, now)
    assert (len(coming(ama)), to_come(other)) == (1, [])
    lines = asked(ama, coming_up)
    with reading() as db:
        assert hosts_of(db, Viewer.of(ama), now, lines).get(session.id, []) == []


def test_hosts_are_named_in_the_order_in_which_they_came(ama, rui, now):
    session = keep_session(host=rui)
    with reading() as db:
        hosts = hosts_of(db, Viewer.of(ama), now, asked(ama, sessions_to_come)[0])
        assert [host.handle for host in hosts[session.id]] == ["rui"]
        assert hosts_of(db, Viewer.of(ama), now, []) == {}


def test_sessions_to_come_stand_by_their_day(ama, rui):
    for days in (5, 1, 3, -2):
        keep_session(f"In {days}", host=rui, days=days)
    keep_session("Talk", host=rui, days=2, format=Format.TALK)
    assert to_come(ama) == ["In 1", "Talk", "In 3", "In 5"]
    assert to_come(ama, formats=[Format.TALK]) == ["Talk"]
    assert to_come(ama, NOON + 3 * DAY) == ["In 5"]


def test_what_is_shown_already_is_not_shown_twice(ama, rui):
    keep_session("Hosted", host=ama)
    keep_session("Other", host=rui)
    assert to_come(ama, shown=asked(ama, coming_up)) == ["Other"]


def test_inv_57_sessions_of_a_circle_are_to_come_for_its_people_alone(ama, rui):
    circle = keep_circle(door=Door.HIDDEN, people=[rui])
    keep_session("Kingfisher", host=rui, circle=circle)
    assert (to_come(rui), to_come(ama)) == (["Kingfisher"], [])


def test_pages_of_sessions_turn_and_end(ama, rui):
    circle = keep_circle(door=Door.HIDDEN, people=[rui])
    for n in range(PAGE + 1):
        keep_session(f"S{n:02}", host=rui, days=n + 1)
        keep_session("Hidden", host=rui, circle=circle, days=n + 1)
    first, further = asked(ama, sessions_to_come)
    second, end = asked(ama, sessions_to_come, start=further)
    assert (len(first), further, len(second), end) == (PAGE, PAGE, 1, None)


@pytest.mark.parametrize("hides", ["pause", "block", "shield", "departed"])
def test_inv_03_09_10_wishes_and_rooms_of_whoever_hides_are_not_there(ama, rui, now, hides):
    keep_need(rui)
    keep_room(rui)
    assert (len(asked(ama, wishes)), len(asked(ama, open_rooms))) == (1, 1)
    HIDINGS[hides](rui, ama, now)
    assert (asked(ama, wishes), asked(ama, open_rooms)) == ([], [])


def test_rooms_that_close_first_stand_first_and_those_that_closed_nowhere(ama, rui):
    for days in (5, 1, 3):
        keep_room(rui, f"In {days}?", days=days)
    keep_room(rui, "Over?", days=-1, harvest="It was.")
    assert [room.question for room in asked(ama, open_rooms)] == ["In 1?", "In 3?", "In 5?"]


def test_every_wish_has_its_day(ama, rui):
    needs = {keep_need(rui, f"To learn {n}").id for n in range(SOME + 6)}
    days = [[need.id for need in asked(ama, wishes, NOON + n * DAY)] for n in range(30)]
    assert set().union(*days) == needs
    assert {len(day) for day in days} == {SOME}
