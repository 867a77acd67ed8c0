"""When a session is, in words: one function for page, letter and calendar, every zone named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date, get_timezone_location
from flask_babel import get_locale
from flask_babel import gettext as _

from network.learning.models import LearningSession

DAY = "EEEE, d MMMM y"
HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Clock:
    """What the clocks and calendars of one zone say at the beginning and the end of a session."""

    zone: str
    starts: datetime
    ends: datetime

    @property
    def place(self) -> str:
        """The name of the zone as people say it: Stockholm, or UTC+5 where it is no place."""
        if "/" not in self.zone or self.zone.startswith("Etc/"):
            return _offset(self.starts)
        return _place(self.zone, language())

    @property
    def whose(self) -> str:
        """Whose time this is: Stockholm's time."""
        if self.place.startswith("UTC"):
            return self.place
        return _("%(place)s’s time", place=self.place)

    @property
    def day(self) -> str:
        """The day on which it begins."""
        return _day(self.starts)

    @property
    def begins(self) -> str:
        """The hour at which it begins."""
        return _hour(self.starts)

    @property
    def finishes(self) -> str:
        """The hour at which it ends, with its day where that is another one."""
        if self.ends.date() == self.starts.date():
            return _hour(self.ends)
        return f"{_day(self.ends)}, {_hour(self.ends)}"

    @property
    def hours(self) -> str:
        """From when to when."""
        return _("%(begins)s to %(finishes)s", begins=self.begins, finishes=self.finishes)

    @property
    def words(self) -> str:
        """Day, hours and zone in one line, for letters and lists."""
        starts, ends = self.starts.astimezone(UTC), self.ends.astimezone(UTC)
        return _one_line(self.zone, starts, ends, language())


@dataclass(frozen=True, slots=True)
class When:
    """When a session is for a reader, and on the session's own clocks where these are others."""

    here: Clock
    there: Clock | None

    @property
    def alike(self) -> bool:
        """Whether the clocks of both zones say the same, although their names differ."""
        return self.there is None or _reads(self.there) == _reads(self.here)

    @property
    def words(self) -> str:
        """All of it in one or two sentences, for letters."""
        if self.there is None:
            return f"{self.here.words}."
        return _(
            "%(here)s. Where it was set: %(there)s.", here=self.here.words, there=self.there.words
        )


def when(session: LearningSession, zone_of_reader: str) -> When:
    """Return when a session is for somebody in that zone. It must have a time."""
    if session.starts_at is None or session.ends_at is None:
        raise ValueError("a session without a time has no clock")
    own = _clock(session.zone, session.starts_at, session.ends_at)
    here = _clock(zone_of_reader, session.starts_at, session.ends_at)
    return When(here, None if here.zone == own.zone else own)


def zone_named(name: str) -> ZoneInfo:
    """Return the zone of this name; UTC, which is then said, where this machine knows none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _clock(name: str, starts_at: datetime, ends_at: datetime) -> Clock:
    zone = zone_named(name)
    return Clock(zone.key, starts_at.astimezone(zone), ends_at.astimezone(zone))


def _reads(clock: Clock) -> tuple[datetime, datetime]:
    return clock.starts.replace(tzinfo=None), clock.ends.replace(tzinfo=None)


# Lists and calendars say the same hours again and again. They are kept by instants: local hours
# that a clock strikes twice are equal, and one would pass for the other.
@lru_cache(maxsize=4096)
def _one_line(zone: str, starts_at: datetime, ends_at: datetime, locale: str) -> str:
    del locale  # in which the sentence is spoken
    clock = _clock(zone, starts_at, ends_at)
    return _("%(day)s, %(hours)s, %(whose)s", day=clock.day, hours=clock.hours, whose=clock.whose)


# A calendar has hundreds of days, few of them different, and fewer places.
@lru_cache(maxsize=4096)
def _named(day: date, locale: str) -> str:
    return str(format_date(day, DAY, locale=locale))


@lru_cache(maxsize=1024)
def _place(zone: str, locale: str) -> str:
    name = str(get_timezone_location(zone, locale=locale, return_city=True))
    return name.rpartition("/")[2].replace("\N{SOFT HYPHEN}", "")


def _day(local: datetime) -> str:
    return _named(local.date(), language())


def _hour(local: datetime) -> str:
    """Write an hour; one that the clock strikes twice, as summer ends, with its distance to UTC."""
    said = f"{local:%H:%M}"
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{said} ({_offset(local)})" if twice else said


def _offset(local: datetime) -> str:
    """Write how far a clock is from UTC: UTC+5:30."""
    distance = local.utcoffset() or timedelta()
    if not distance:
        return "UTC"
    hours, rest = divmod(int(abs(distance).total_seconds()), HOUR_S)
    minutes = f":{rest // 60:02}" if rest >= 60 else ""  # noqa: PLR2004  # seconds in a minute
    return f"UTC{'-' if distance < timedelta() else '+'}{hours}{minutes}"


def language() -> str:
    """Return the language in which the house speaks."""
    return str(get_locale() or "en")
