"""Work elsewhere that somebody counts in their own balance. No event tells of it, no index holds
it, and nobody else reads it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from network.engagements.kinds import Period
from network.engagements.models import OutsideWork
from network.engagements.sound import MOST_HALF_DAYS
from network.errors import Invalid
from network.members.models import Member
from network.translation import _

MOST = 60


@dataclass(frozen=True, slots=True)
class Outside:
    """What somebody says of work elsewhere: with whom, how much, for what, and what they promised.

    Money is in minor units of its currency, and without one where there is none.
    """

    whom: str
    title: str = ""
    half_days: int = 0
    time_period: Period = Period.MONTH
    minor: int = 0
    currency: str = ""
    money_period: Period = Period.MONTH
    others: str = ""
    promise: str = ""
    starts: date | None = None
    ends: date | None = None


def write_outside(
    db: Session, member: Member, work: Outside, *, now: datetime, submission: str
) -> OutsideWork:
    """Keep work elsewhere. The same words from one form are one entry, other words another one.

    Raises `Invalid` for what cannot be counted, and for more than sixty.
    """
    _must_be_sound(work)
    again = db.scalar(
        select(OutsideWork).where(
            OutsideWork.member_id == member.id, OutsideWork.submission == submission
        )
    )
    if again is not None and says(again) == work:
        return again
    of_mine = select(func.count()).where(OutsideWork.member_id == member.id)
    if (db.scalar(of_mine) or 0) >= MOST:
        raise Invalid(_("Sixty are the most. Take one out that is over."), field="whom")
    entry = OutsideWork(
        member_id=member.id,
        written_at=now,
        submission=submission if again is None else uuid4().hex,
        **asdict(work),
    )
    db.add(entry)
    db.flush()  # here, not when all is over, it shows whether the same form was faster
    return entry


def change_outside(entry: OutsideWork, work: Outside, *, now: datetime) -> None:
    """Put other words in the place of these. Raises `Invalid` for what cannot be counted."""
    _must_be_sound(work)
    for name, value in asdict(work).items():
        setattr(entry, name, value)
    entry.written_at = now


def take_out(db: Session, entry: OutsideWork) -> None:
    """Take an entry out, for good."""
    db.delete(entry)


def says(entry: OutsideWork) -> Outside:
    """Return what an entry says."""
    return Outside(**{name: getattr(entry, name) for name in Outside.__dataclass_fields__})


def _must_be_sound(work: Outside) -> None:
    if not work.whom:
        raise Invalid(_("Say whom it is with."), field="whom")
    if not 0 <= work.half_days <= MOST_HALF_DAYS:
        raise Invalid(_("A thousand days are the most."), field="days")
    if work.starts and work.ends and work.ends < work.starts:
        raise Invalid(_("It ends before it begins."), field="ends")
