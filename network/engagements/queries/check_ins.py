"""Check-ins as one of those who work together reads them (INV-43)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session

from network.columns import BigId
from network.engagements.life import AHEAD, Due, Spell, due
from network.engagements.models import CheckIn, Engagement, Rest
from network.engagements.queries.apart import Apart

_ANSWERS = (
    select(CheckIn)
    .where(
        CheckIn.engagement_id == bindparam("engagement", type_=BigId),
        CheckIn.number >= bindparam("first", type_=Integer()),
        CheckIn.number <= bindparam("last", type_=Integer()),
    )
    .order_by(CheckIn.number, CheckIn.at, CheckIn.id)
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One check-in as its reader sees it: their own answers, and those of others once shown."""

    day: Due
    mine: CheckIn | None
    others: Sequence[CheckIn]
    is_open: bool  # the reader can answer it, or answer it otherwise
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """The check-ins of one engagement: those that were due, and when the next one is."""

    past: Sequence[Due]
    following: Due | None

    def day(self, number: int) -> Due | None:
        """Return one of those that were due."""
        return next((each for each in self.past if each.number == number), None)

    def before(self, number: int) -> int | None:
        """Return the number of the one that was due before."""
        return max((each.number for each in self.past if each.number < number), default=None)


def schedule(
    engagement: Engagement, spells: Sequence[Spell], rests: Sequence[Rest], now: datetime
) -> Schedule:
    """Return which check-ins were due until now, and the next one if any is."""
    days = due(engagement, spells, rests, now + AHEAD)
    past = [each for each in days if each.at <= now]
    return Schedule(past, days[len(past)] if len(past) < len(days) else None)


def are_all_in(answers: Sequence[CheckIn], people: Collection[int], apart: Apart) -> bool:
    """Whether everybody has answered. Where one of them wrote for another who cannot read it the
    answers wait for their day: whoever is apart learns nothing from when they are shown.
    """
    if not set(people) <= {each.member_id for each in answers}:
        return False
    return not any(
        apart.parts(one.member_id, other.member_id, max(one.at, other.at))
        for one, other in combinations(answers, 2)
    )


def seen(
    db: Session,
    engagement: Engagement,
    days: Sequence[Due],
    *,
    reader: int,
    people: Collection[int],
    apart: Apart,
    now: datetime,
) -> list[Seen]:
    """Return check-ins that follow each other as one of the parties reads them."""
    if not days:
        return []

    def one(day: Due) -> Seen:
        answers = [each for each in found if each.number == day.number]
        all_in = are_all_in(answers, people, apart)
        is_shown = all_in or day.closes_at <= now
        others = [
            each
            for each in answers
            if each.member_id != reader and not apart.hides(reader, each.member_id, each.at)
        ]
        return Seen(
            day,
            next((each for each in answers if each.member_id == reader), None),
            others if is_shown else [],
            day.is_open(now) and not all_in,
            is_shown,
        )

    bound = {"engagement": engagement.id, "first": days[0].number, "last": days[-1].number}
    found = db.scalars(_ANSWERS, bound).all()
    return [one(day) for day in days]
