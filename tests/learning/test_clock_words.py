from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale

from network.learning.clock_words import Clock, When, when
from network.learning.models import LearningSession
from tests.learning.zones import ZONES, around_changes

HOUR_SAID = re.compile(r"(\d\d:\d\d)(?: \(UTC(?:([+-]\d+)(?::(\d\d))?)?\))?$")


@pytest.fixture(autouse=True)
def english(app: Flask) -> None:
    """Words are said in the language of the house, which an application knows."""


def a_session(starts: str | datetime, zone: str, *, minutes: int = 90) -> LearningSession:
    if isinstance(starts, str):
        starts = datetime.fromisoformat(starts).replace(tzinfo=UTC)
    return LearningSession(zone=zone, starts_at=starts, ends_at=starts + timedelta(minutes=minutes))


def said(clock: Clock | None) -> tuple[str, str, str]:
    assert clock is not None
    return clock.day, clock.hours, clock.whose


def test_both_zones_are_named_and_each_has_its_own_day() -> None:
    found = when(a_session("2026-12-01T21:00", "Asia/Tokyo"), "Europe/Lisbon")
    assert said(found.here) == ("Tuesday, 1 December 2026", "21:00 to 22:30", "Lisbon’s time")
    assert said(found.there) == ("Wednesday, 2 December 2026", "06:00 to 07:30", "Tokyo’s time")
    assert not found.alike
    assert found.words == (
        "Tuesday, 1 December 2026, 21:00 to 22:30, Lisbon’s time."
        " Where it was set: Wednesday, 2 December 2026, 06:00 to 07:30, Tokyo’s time."
    )


def test_one_zone_is_named_once() -> None:
    found = when(a_session("2026-07-01T08:00", "Europe/Stockholm"), "Europe/Stockholm")
    assert found.there is None
    assert found.alike
    assert found.words == "Wednesday, 1 July 2026, 10:00 to 11:30, Stockholm’s time."


def test_zones_whose_clocks_agree_are_both_named() -> None:
    found = when(a_session("2026-07-01T08:00", "Europe/Berlin"), "Europe/Stockholm")
    assert said(found.there)[2] == "Berlin’s time"
    assert said(found.here)[2] == "Stockholm’s time"
    assert found.alike


def test_clocks_that_part_while_a_session_runs_are_not_alike() -> None:
    # London falls back at 01:00 UTC; Casablanca does not.
    running = a_session("2026-10-25T00:30", "Africa/Casablanca")
    assert not when(running, "Europe/London").alike


def test_an_end_on_another_day_says_which() -> None:
    found = when(a_session("2026-12-01T22:45", "UTC"), "UTC")
    assert found.here.hours == "22:45 to Wednesday, 2 December 2026, 00:15"


@pytest.mark.parametrize(
    ("starts", "hours"),
    [
        ("2026-10-25T00:30", "02:30 (UTC+2) to 02:45 (UTC+2)"),
        ("2026-10-25T01:30", "02:30 (UTC+1) to 02:45 (UTC+1)"),
        ("2026-10-25T02:30", "03:30 to 03:45"),
        ("2026-03-29T00:55", "01:55 to 03:10"),
    ],
)
def test_an_hour_that_strikes_twice_says_which_it_is(starts: str, hours: str) -> None:
    session = a_session(starts, "Europe/Stockholm", minutes=15)
    here = when(session, "Europe/Stockholm").here
    assert here.hours == hours
    assert hours in here.words


@pytest.mark.parametrize(
    ("zone", "whose"),
    [
        ("America/Argentina/Buenos_Aires", "Buenos Aires’s time"),
        ("Asia/Calcutta", "Kolkata’s time"),
        ("Atlantic/Reykjavik", "Reykjavik’s time"),
        ("Etc/GMT+5", "UTC-5"),
        ("Etc/UTC", "UTC"),
        ("UTC", "UTC"),
        ("Mars/Olympus_Mons", "UTC"),
        ("../../etc/passwd", "UTC"),
        ("", "UTC"),
    ],
)
def test_a_zone_is_named_as_people_say_it(zone: str, whose: str) -> None:
    assert when(a_session("2026-12-01T21:00", "UTC"), zone).here.whose == whose


def test_days_and_places_are_in_the_language_of_the_house() -> None:
    with force_locale("de"):
        found = when(a_session("2026-12-01T21:00", "Europe/Vienna"), "Europe/Lisbon")
        assert found.here.day.startswith("Dienstag")
        assert found.there is not None
        assert found.there.place == "Wien"


def test_a_session_without_a_time_has_no_clock() -> None:
    with pytest.raises(ValueError, match="without a time"):
        when(LearningSession(zone="UTC", starts_at=None, ends_at=None), "UTC")


def heard(day: str, hour: str, zone: str) -> datetime:
    """Return the instant that a day and an hour of a zone's clock stand for, by their words."""
    found = HOUR_SAID.fullmatch(hour)
    assert found is not None
    local = datetime.strptime(f"{day} {found[1]}", "%A, %d %B %Y %H:%M").replace(
        tzinfo=ZoneInfo(zone)
    )
    if "(" not in hour:
        assert local.utcoffset() == local.replace(fold=1).utcoffset()
        return local.astimezone(UTC)
    distance = timedelta(hours=int(found[2] or 0))
    distance += timedelta(minutes=int(found[3] or 0)) * (-1 if distance < timedelta() else 1)
    return (local.replace(tzinfo=None) - distance).replace(tzinfo=UTC)


def instants(found: When) -> set[tuple[datetime, datetime]]:
    heard_of = set()
    for clock in filter(None, (found.here, found.there)):
        day, _comma, hour = clock.finishes.rpartition(", ")
        heard_of.add(
            (
                heard(clock.day, clock.begins, clock.zone),
                heard(day or clock.day, hour or clock.finishes, clock.zone),
            )
        )
    return heard_of


@pytest.mark.parametrize("zone", ZONES)
def test_inv_52_the_words_of_every_zone_mean_the_very_instant(zone: str) -> None:
    for starts in around_changes(zone):
        session = a_session(starts, zone, minutes=40)
        for reader in (zone, "Australia/Sydney", "America/New_York"):
            assert instants(when(session, reader)) == {(session.starts_at, session.ends_at)}
