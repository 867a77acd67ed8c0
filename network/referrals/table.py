"""What the two asks of a referral put before somebody, and the mark of all that they read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.asks.models import Ask
from network.referrals.matter import WITH_MATTER, Matter, mark_of, matter_of_referral
from network.referrals.models import Referral
from network.referrals.visibility import stands
from network.referrals.wording import interest_words


@dataclass(frozen=True, slots=True)
class OnTheTable:
    """What the templates of these asks read: the referral, what it is about, and whether that still
    stands. `mark` is what a yes has to bear.
    """

    referral: Referral
    matter: Matter
    stands: bool
    mark: str

    def interest(self, name: str) -> str:
        """Say what the referrer of this name has from it."""
        return interest_words(self.referral.interest, self.referral.interest_words, name)


def on_the_table(db: Session, ids: Collection[int]) -> Mapping[int, OnTheTable]:
    """Return what templates read of referrals, by their row. That the time of a need ran out is
    known without asking: no ask about it is open for longer.
    """
    rows = db.execute(
        select(Referral, stands(Referral.sent_at)).where(Referral.id.in_(ids)).options(*WITH_MATTER)
    )
    found = {}
    for referral, rests in rows:
        matter = matter_of_referral(referral)
        found[referral.id] = OnTheTable(referral, matter, bool(rests), mark_of(referral, matter))
    return found


def mark_on_the_table(db: Session, ask: Ask) -> str:
    """Return what stands for all the words that an ask puts before somebody."""
    return on_the_table(db, (ask.thing_id or 0,))[ask.thing_id or 0].mark
