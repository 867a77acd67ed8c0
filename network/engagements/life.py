"""Where agreed work stands at an instant, and when its check-ins are due: computed, without a job.

A check-in is due each time that the rhythm comes round since the work began, and open for fourteen
days. Where an amendment changes the rhythm, the new one counts on from the check-in before it: what
was due stays due, under its number. What would have come round while the work rested is not made up
for; its number is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from dateutil.relativedelta import relativedelta

from network.engagements.kinds import EngagementState, Rhythm
from network.engagements.models import Engagement, Rest

OPEN_FOR = timedelta(days=14)
# The last days of agreed work: words are handed over, and testimony can be written.
LAST_DAYS = timedelta(days=14)
# No rhythm is longer, with a day to spare.
AHEAD = timedelta(days=93)
_STEPS = {
    Rhythm.FORTNIGHTLY: relativedelta(weeks=2),
    Rhythm.MONTHLY: relativedelta(months=1),
    Rhythm.SIX_WEEKLY: relativedelta(weeks=6),
    Rhythm.QUARTERLY: relativedelta(months=3),
}


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which one agreement governed, and how often people check in by it."""

    since: datetime
    rhythm: Rhythm


@dataclass(frozen=True, slots=True)
class Due:
    """One check-in, by its number, and until when it is open."""

    number: int
    at: datetime

    @property
    def closes_at(self) -> datetime:
        """When its answers are shown, whoever has answered."""
        return self.at + OPEN_FOR

    def is_open(self, now: datetime) -> bool:
        """Whether it can be answered."""
        return self.at <= now < self.closes_at


def is_over(engagement: Engagement, now: datetime) -> bool:
    """Whether the work has come to its end, in whichever way."""
    return engagement.ends_at is not None and engagement.ends_at <= now


def goes_on(engagement: Engagement, now: datetime) -> bool:
    """Whether people work together now. Where it was ended it goes on while notice is running."""
    if engagement.state is EngagementState.ENDED_EARLY:
        return not is_over(engagement, now)
    return engagement.state is EngagementState.ACTIVE


def is_ending(engagement: Engagement, now: datetime) -> bool:
    """Whether it is over, or has two weeks to go: the time to hand over and to say how it was."""
    return engagement.ends_at is not None and engagement.ends_at - LAST_DAYS <= now


def due(
    engagement: Engagement, spells: Sequence[Spell], rests: Sequence[Rest], until: datetime
) -> list[Due]:
    """Return the check-ins of an engagement up to an instant. None is due while the work rests, or
    once it has ended.
    """
    if engagement.begun_at is None:
        return []
    days = enumerate(_days(engagement.begun_at, spells, until), start=1)
    return [
        Due(number, at)
        for number, at in days
        if engagement.ends_at is None or at < engagement.ends_at
        if not rested(rests, at)
    ]


def rested(rests: Sequence[Rest], at: datetime) -> bool:
    """Whether the work was at rest at an instant. What was due when it was paused stays due."""
    return any(each.since < at and (each.until is None or at < each.until) for each in rests)


def _days(begun_at: datetime, spells: Sequence[Spell], until: datetime) -> Iterator[datetime]:
    last = begun_at
    for place, spell in enumerate(spells):
        step = _STEPS.get(spell.rhythm)
        if step is None:
            continue
        following = spells[place + 1].since if place + 1 < len(spells) else until
        counted_from, ends = last, min(following, until)
        for many in count(1):
            at = counted_from + step * many
            if at > ends:
                break
            if at > spell.since:
                last = at
                yield at
