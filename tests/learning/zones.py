"""Thirty zones, and the hours around which their clocks change: north, south, half hours, none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

ZONES = (
    *("Europe/Stockholm", "Europe/Lisbon", "Europe/London", "Europe/Dublin", "Europe/Athens"),
    *("Europe/Istanbul", "Atlantic/Azores", "Africa/Casablanca", "Africa/Cairo", "Africa/Nairobi"),
    *("Asia/Jerusalem", "Asia/Tehran", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo"),
    *("Australia/Sydney", "Australia/Lord_Howe", "Australia/Adelaide", "Pacific/Auckland"),
    *("Pacific/Chatham", "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Honolulu"),
    *("America/New_York", "America/Los_Angeles", "America/St_Johns", "America/Santiago"),
    *("America/Sao_Paulo", "America/Havana", "UTC"),
)
NORTH_AND_SOUTH = ("Europe/Stockholm", "Australia/Sydney", "America/Santiago")
HOUR = timedelta(hours=1)


def changes(zone: str, years: tuple[int, ...] = (2019, 2026, 2027)) -> list[datetime]:
    """Return the instants at which the clocks of a zone change, to the hour."""
    found, place = [], ZoneInfo(zone)
    for year in years:
        instant = datetime(year, 1, 1, tzinfo=UTC)
        while instant.year == year:
            if (
                instant.astimezone(place).utcoffset()
                != (instant + HOUR).astimezone(place).utcoffset()
            ):
                found.append(instant + HOUR)
            instant += HOUR
    return found


def around_changes(zone: str) -> Iterator[datetime]:
    """Yield instants around every gap and overlap, and two plain ones."""
    yield from (datetime(year, 7, 15, 11, 45, tzinfo=UTC) for year in (1998, 2027))
    for change in changes(zone):
        for minutes in (-90, -30, -1, 0, 15, 45, 90):
            yield change + timedelta(minutes=minutes)
