"""Sessions that repeat: the rule in words of RFC 5545, expanded on the clocks of their own zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dateutil.rrule import rrulestr

from network.errors import Invalid
from network.translation import _

FEWEST, MOST = 2, 26
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEK = 7
# A fifth Tuesday is not in every month: the last one is.
FIFTH, LAST = 5, -1


class Every(StrEnum):
    """How often something repeats, always on the same day of the week."""

    WEEK = "week"
    TWO_WEEKS = "two_weeks"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Rule:
    """How often something repeats, and how many times it happens in all."""

    every: Every
    count: int

    def words(self, begins: datetime) -> str:
        """Return the rule as calendars write it, for what begins then on local clocks."""
        if self.every is Every.MONTH:
            return f"FREQ=MONTHLY;BYDAY={_place_in_month(begins)};COUNT={self.count}"
        interval = 2 if self.every is Every.TWO_WEEKS else 1
        return f"FREQ=WEEKLY;INTERVAL={interval};COUNT={self.count}"


def begin_times(rule: Rule, begins: datetime) -> list[datetime]:
    """Return the local time of every occurrence, the first included: 09:00 stays 09:00.

    Raises `Invalid` for fewer than two or more than 26.
    """
    if not FEWEST <= rule.count <= MOST:
        raise Invalid(_("Between two and twenty-six times."), field="count")
    return list(rrulestr(rule.words(begins), dtstart=begins))


def _place_in_month(begins: datetime) -> str:
    """Return which day of a month this is: 2TU for a second Tuesday, -1TU for a fifth."""
    which = (begins.day - 1) // WEEK + 1
    return f"{LAST if which == FIFTH else which}{DAYS[begins.weekday()]}"
