# ruff: noqa: DTZ001  # what clocks show has no zone yet
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.errors import Invalid
from network.learning.times import after_the_gap, instant, is_skipped, span, zone_for
from tests.conftest import NOON
from tests.learning.zones import ZONES

# The night on which clocks go forward, on both halves of the earth: a time that they skip, and what
# they show instead.
GAPS = [
    ("Europe/Stockholm", datetime(2027, 3, 28, 2, 30), datetime(2027, 3, 28, 3, 30)),
    ("America/New_York", datetime(2027, 3, 14, 2, 0), datetime(2027, 3, 14, 3, 0)),
    ("Australia/Sydney", datetime(2027, 10, 3, 2, 15), datetime(2027, 10, 3, 3, 15)),
    ("Australia/Lord_Howe", datetime(2027, 10, 3, 2, 10), datetime(2027, 10, 3, 2, 40)),
    ("America/Santiago", datetime(2027, 9, 5, 0, 30), datetime(2027, 9, 5, 1, 30)),
]
TWICE = [
    ("Europe/Stockholm", datetime(2027, 10, 31, 2, 30), timedelta(hours=2)),
    ("America/New_York", datetime(2027, 11, 7, 1, 30), timedelta(hours=-4)),
    ("Australia/Sydney", datetime(2027, 4, 4, 2, 30), timedelta(hours=11)),
    ("Pacific/Auckland", datetime(2027, 4, 4, 2, 30), timedelta(hours=13)),
]


@pytest.mark.parametrize(("zone", "local", "_shown"), GAPS)
def test_inv_52_a_time_that_the_clocks_skip_is_refused_and_the_sentence_says_why(
    zone, local, _shown
):
    with pytest.raises(Invalid, match=f"go forward that night, and {local:%H:%M}") as refusal:
        instant(local, ZoneInfo(zone))
    assert refusal.value.field == "begins"


@pytest.mark.parametrize(("zone", "local", "shown"), GAPS)
def test_inv_53_what_repeats_into_a_gap_moves_forward_by_it(zone, local, shown):
    at = after_the_gap(local, ZoneInfo(zone))
    assert at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == shown


@pytest.mark.parametrize(("zone", "local", "offset"), TWICE)
def test_inv_52_of_a_time_that_comes_twice_the_first_is_meant(zone, local, offset):
    assert instant(local, ZoneInfo(zone)) == (local - offset).replace(tzinfo=UTC)


@given(
    zone=st.sampled_from(ZONES),
    local=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),
)
def test_inv_52_every_local_time_is_one_instant_that_shows_it_or_is_skipped(zone, local):
    place = ZoneInfo(zone)
    local = local.replace(second=0, microsecond=0, fold=0)
    shown = after_the_gap(local, place).astimezone(place).replace(tzinfo=None, fold=0)
    assert is_skipped(local, place) == (shown != local)
    assert shown >= local


@pytest.mark.parametrize("zone", ["", "Europe/Nowhere", "../etc/passwd", "\0", "x" * 300])
def test_a_zone_that_is_none_is_refused(zone):
    with pytest.raises(Invalid) as refusal:
        zone_for(zone)
    assert refusal.value.field == "zone"


@pytest.mark.parametrize(
    ("begins", "minutes", "field"),
    [
        (datetime(2026, 11, 21, 12, 1), 60, None),
        (datetime(2026, 11, 21, 12, 0), 60, "begins"),
        (datetime(2026, 11, 20, 12, 0), 60, "begins"),
        (datetime(1, 1, 1), 60, "begins"),
        (datetime(2035, 1, 1), 60, "begins"),
        (datetime(9999, 12, 31, 23, 59), 60, "begins"),
        (datetime(2026, 12, 1), 5, None),
        (datetime(2026, 12, 1), 4, "minutes"),
        (datetime(2026, 12, 1), 7 * 24 * 60, None),
        (datetime(2026, 12, 1), 7 * 24 * 60 + 1, "minutes"),
    ],
)
def test_a_session_is_ahead_and_as_long_as_one_may_be(begins, minutes, field):
    if field is None:
        starts, ends, zone = span(begins, minutes, "UTC", now=NOON)
        assert (starts, zone) == (begins.replace(tzinfo=UTC), "UTC")
        assert ends - starts == timedelta(minutes=minutes)
        return
    with pytest.raises(Invalid) as refusal:
        span(begins, minutes, "UTC", now=NOON)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("zone", "begins", "ends"),
    [
        ("Europe/Stockholm", datetime(2027, 3, 28, 1, 30), datetime(2027, 3, 28, 3, 30)),
        ("Europe/Stockholm", datetime(2027, 10, 31, 1, 30), datetime(2027, 10, 31, 2, 30)),
        ("Australia/Sydney", datetime(2027, 10, 3, 1, 30), datetime(2027, 10, 3, 3, 30)),
        ("Australia/Sydney", datetime(2027, 4, 4, 1, 30), datetime(2027, 4, 4, 2, 30)),
    ],
)
def test_inv_52_an_hour_is_as_long_on_the_night_when_clocks_change(zone, begins, ends):
    starts_at, ends_at, _zone = span(begins, 60, zone, now=NOON)
    assert ends_at - starts_at == timedelta(minutes=60)
    assert ends_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) == ends
