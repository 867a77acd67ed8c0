"""A month laid out in weeks, as its reader counts days and begins a week."""

from __future__ import annotations

import re
from calendar import Calendar
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime, timedelta

from babel import Locale
from babel.dates import format_date, get_day_names

from network.errors import NotFound
from network.learning.calendar import Entry
from network.learning.clock_words import language, zone_named

NAMED = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
FIRST_YEAR = 2000
SOME_DAY_OF_NEXT_MONTH = timedelta(days=32)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a month, with what begins on it."""

    date: date
    entries: tuple[Entry, ...]

    @property
    def name(self) -> str:
        """The day in words, without its year."""
        return str(format_date(self.date, "EEEE, d MMMM", locale=language()))


@dataclass(frozen=True, slots=True)
class Month:
    """A month of somebody's calendar. Days of other months are None."""

    first: date
    today: date
    weeks: tuple[tuple[Day | None, ...], ...]

    @property
    def name(self) -> str:
        """The month in words."""
        return str(format_date(self.first, "LLLL y", locale=language()))

    @property
    def weekdays(self) -> list[tuple[str, str]]:
        """The days of a week, short and whole, from the one with which it begins here."""
        short, whole = (
            get_day_names(width, "stand-alone", locale=language())
            for width in ("abbreviated", "wide")
        )
        days = Calendar(_first_weekday()).iterweekdays()
        return [(short[day], whole[day]) for day in days]

    @property
    def days(self) -> Iterator[Day]:
        """The days on which something begins."""
        return (day for week in self.weeks for day in week if day is not None and day.entries)

    @property
    def earlier(self) -> str:
        """The month before, as addresses name it."""
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def later(self) -> str:
        """The month after, as addresses name it."""
        return f"{self.first + SOME_DAY_OF_NEXT_MONTH:%Y-%m}"


def month_named(name: str, zone: str, now: datetime) -> date:
    """Return the first day of the month of this name ("2026-12"), or of the present one.

    Raises `NotFound` for what is no month that a calendar has.
    """
    if not name:
        return now.astimezone(zone_named(zone)).date().replace(day=1)
    found = NAMED.fullmatch(name)
    if found is None or not FIRST_YEAR <= int(found[1]) < MAXYEAR:
        raise NotFound
    return date(int(found[1]), int(found[2]), 1)


def bounds(first: date, zone: str) -> tuple[datetime, datetime]:
    """Return the instants at which a month begins and ends for somebody in that zone."""
    following = (first + SOME_DAY_OF_NEXT_MONTH).replace(day=1)
    begins, ends = (
        datetime(day.year, day.month, day.day, tzinfo=zone_named(zone)).astimezone(UTC)
        for day in (first, following)
    )
    return begins, ends - timedelta(microseconds=1)


def laid_out(first: date, entries: Iterable[Entry], *, zone: str, now: datetime) -> Month:
    """Return a month with each entry on the day on which it begins for its reader."""
    on: dict[date, list[Entry]] = {}
    for entry in entries:
        on.setdefault(entry.when(zone).here.starts.date(), []).append(entry)
    weeks = Calendar(_first_weekday()).monthdatescalendar(first.year, first.month)
    return Month(
        first,
        now.astimezone(zone_named(zone)).date(),
        tuple(
            tuple(
                Day(day, tuple(on.get(day, ()))) if day.month == first.month else None
                for day in week
            )
            for week in weeks
        ),
    )


def _first_weekday() -> int:
    return int(Locale.parse(language()).first_week_day)
