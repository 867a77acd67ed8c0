"""What ends when: each day on which something of somebody's work ends unless somebody acts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from network.engagements.terms import TimeLine

# That it should go on is raised two months before, or as early as the notice.
RAISE_BEFORE = 60


class What(StrEnum):
    """What happens on the day."""

    LAPSES = "lapses"
    IDLE = "idle"
    ENDS = "ends"
    SAID = "said"
    ROLLS = "rolls"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class End:
    """Something that ends on a day, or with notice and without a day.

    Exactly one of `negotiation`, `engagement` and `outside` is the key of what it is of.
    """

    what: What
    name: str
    day: date | None
    negotiation: str = ""
    engagement: str = ""
    outside: str = ""
    version: int = 0
    # They wait for this member's answer.
    waits: bool = False
    parties: int = 2
    raise_from: date | None = None
    notice_days: int = 0
    # A handover is part of what was agreed, and this member has not written one.
    handover: bool = False

    @property
    def key(self) -> str:
        """Which end this is, whatever its day."""
        return f"{self.what.value}-{self.negotiation or self.engagement or self.outside}"


def in_order(ends: Iterable[End]) -> list[End]:
    """Return ends by their day; what has none comes last."""
    return sorted(ends, key=lambda each: (each.day is None, each.day or date.min, each.name))


def last_of(times: Iterable[TimeLine]) -> date | None:
    """Return the last day of work, or None where some of it goes on or nothing is said."""
    lines = list(times)
    days = [line.ends for line in lines if line.ends is not None]
    return max(days) if days and len(days) == len(lines) else None


def notice_of(times: Iterable[TimeLine]) -> int:
    """Return the longest notice of work that goes on."""
    return max((line.notice_days for line in times if line.ends is None), default=0)


def raised_from(day: date, notice_days: int) -> date:
    """Return from when to raise that work goes on after its last day."""
    before = max(RAISE_BEFORE, notice_days)
    return day - timedelta(days=before) if day.toordinal() > before else date.min
