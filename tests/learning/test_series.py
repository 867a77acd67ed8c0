# ruff: noqa: DTZ001  # what clocks show has no zone yet
from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.errors import Invalid
from network.learning.models import SessionSeries
from network.learning.services import scheduling, sessions
from network.learning.services.series import Every, Rule, begin_times
from network.learning.services.turns import host_ids
from tests.learning.conftest import draft, kinds, schedule, standing, takes

WEEK = timedelta(days=7)


def clocks(made, zone):
    """Return what the clocks of a zone show as each session begins."""
    return [each.starts_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for each in made]


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("Europe/Stockholm", datetime(2027, 3, 22, 9)),
        ("Europe/Stockholm", datetime(2027, 10, 25, 9)),
        ("America/New_York", datetime(2027, 3, 8, 9)),
        ("Australia/Sydney", datetime(2027, 3, 29, 9)),
        ("Australia/Sydney", datetime(2027, 9, 27, 9)),
        ("Asia/Kathmandu", datetime(2027, 3, 22, 9)),
    ],
)
def test_inv_53_nine_stays_nine_when_clocks_change(db, folk, now, zone, first):
    dara = folk[0]
    rule = Rule(Every.WEEK, 3)
    made = schedule(db, draft(db, dara, now), dara, now, zone=zone, begins=first, repeats=rule)
    assert clocks(made, zone) == [first, first + WEEK, first + 2 * WEEK]
    assert {each.zone for each in made} == {zone}
    assert {each.ends_at - each.starts_at for each in made} == {timedelta(minutes=90)}


@pytest.mark.parametrize(
    ("zone", "first", "moved"),
    [
        ("Europe/Stockholm", datetime(2027, 3, 21, 2, 30), datetime(2027, 3, 28, 3, 30)),
        ("Australia/Sydney", datetime(2027, 9, 26, 2, 30), datetime(2027, 10, 3, 3, 30)),
    ],
)
def test_inv_53_the_one_that_falls_in_a_gap_moves_forward_by_it(db, folk, now, zone, first, moved):
    dara = folk[0]
    made = schedule(
        db, draft(db, dara, now), dara, now, zone=zone, begins=first, repeats=Rule(Every.WEEK, 3)
    )
    assert clocks(made, zone) == [first, moved, first + 2 * WEEK]


def test_inv_52_the_first_of_a_series_in_a_gap_is_refused(db, folk, now):
    dara = folk[0]
    at = {"zone": "Europe/Stockholm", "begins": datetime(2027, 3, 28, 2, 30)}
    with pytest.raises(Invalid, match="go forward that night"):
        schedule(db, draft(db, dara, now), dara, now, **at, repeats=Rule(Every.WEEK, 3))


@pytest.mark.parametrize(
    ("every", "first", "then"),
    [
        (Every.WEEK, datetime(2027, 1, 12, 9), ["01-12", "01-19", "01-26"]),
        (Every.TWO_WEEKS, datetime(2027, 1, 12, 9), ["01-12", "01-26", "02-09"]),
        (Every.MONTH, datetime(2027, 1, 12, 9), ["01-12", "02-09", "03-09"]),
        (Every.MONTH, datetime(2027, 1, 1, 9), ["01-01", "02-05", "03-05"]),
        (Every.MONTH, datetime(2027, 1, 29, 9), ["01-29", "02-26", "03-26"]),
        (Every.MONTH, datetime(2027, 1, 27, 9), ["01-27", "02-24", "03-24"]),
    ],
)
def test_inv_53_it_repeats_on_the_same_day_of_the_week(every, first, then):
    assert [f"{each:%m-%d}" for each in begin_times(Rule(every, 3), first)] == then


@given(
    every=st.sampled_from(Every),
    count=st.integers(2, 26),
    first=st.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1)),
)
def test_inv_53_as_many_as_wished_each_at_the_same_hour_of_the_same_day(every, count, first):
    first = first.replace(microsecond=0)
    times = begin_times(Rule(every, count), first)
    assert times[0] == first
    assert len(set(times)) == count
    assert {(each.weekday(), each.time()) for each in times} == {(first.weekday(), first.time())}
    most = {Every.WEEK: 7, Every.TWO_WEEKS: 14, Every.MONTH: 35}[every]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert all(timedelta(days=7) <= gap <= timedelta(days=most) for gap in gaps)


@pytest.mark.parametrize("count", [-1, 0, 1, 27, 10**6])
def test_a_series_is_two_to_twenty_six_times(db, folk, now, count):
    with pytest.raises(Invalid) as refusal:
        begin_times(Rule(Every.WEEK, count), datetime(2027, 1, 12, 9))
    assert refusal.value.field == "count"


@pytest.fixture
def three(db, folk, now):
    """Three sessions of one series, the first in a week."""
    dara = folk[0]
    session = draft(db, dara, now, words="Bring a story.")
    return schedule(db, session, dara, now, repeats=Rule(Every.WEEK, 3))


def test_inv_52_each_has_a_number_seats_and_hosts_of_its_own(db, folk, three, now):
    assert len({each.uid for each in three}) == len({each.key for each in three}) == 3
    assert {each.uid.partition("@")[2] for each in three} == {"saltmarsh.example"}
    assert {each.series_id for each in three} == {db.query(SessionSeries).one().id}
    assert [[kind.name for kind in kinds(db, each)] for each in three] == [["To learn"]] * 3
    assert [host_ids(db, each) for each in three] == [[folk[0].id]] * 3
    takes(db, three[1], folk[1], now)
    assert [len(standing(db, each)) for each in three] == [0, 1, 0]


def test_inv_52_one_that_is_moved_or_called_off_leaves_the_others_as_they_are(db, folk, three, now):
    dara = folk[0]
    begins = datetime(2026, 12, 6, 10)
    at = {"zone": "UTC", "begins": begins, "minutes": 60}
    scheduling.reschedule(db, three[1], actor=dara, **at, now=now)
    sessions.cancel(db, three[2], actor=dara, words="", now=now)
    assert [each.sequence for each in three] == [0, 1, 1]
    assert [each.state.value for each in three] == ["scheduled", "scheduled", "cancelled"]


def test_a_series_scheduled_twice_is_one(db, folk, three, now):
    dara = folk[0]
    begins = three[0].starts_at.replace(tzinfo=None)
    again = schedule(db, three[0], dara, now, begins=begins, repeats=Rule(Every.WEEK, 3))
    assert again == [three[0]]
    assert db.query(SessionSeries).count() == 1
