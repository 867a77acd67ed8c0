"""What those who worked together wrote about each other, on the page of agreed work."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from network.engagements.kinds import EngagementState
from network.engagements.models import Testimony
from network.engagements.page import Opened, Part
from network.engagements.queries.testimonies import Words, between


@dataclass(frozen=True, slots=True)
class With:
    """The words between the reader and one other, who is named as they signed."""

    name: str
    words: Words
    # Whether the reader may still write, or write it otherwise.
    may_write: bool

    @property
    def mine(self) -> Testimony | None:
        """What the reader wrote, if it was not taken back."""
        mine = self.words.mine
        return None if mine is None or mine.taken_back_at is not None else mine


def withs(db: Session, it: Opened) -> list[With]:
    """Return what the reader and each other wrote about each other, as the reader sees it."""
    people = [party.member for party in it.work.people.values() if party.member is not None]
    found = between(db, it.member, it.work.engagement.id, people, it.now)
    return [
        With(
            it.name(each.member_id),
            each,
            each.mine is None
            or (each.mine.taken_back_at is None and not each.mine.is_open(it.now)),
        )
        for each in found
    ]


def _testimony(db: Session, it: Opened) -> list[With] | None:
    if it.work.engagement.state is EngagementState.CANCELLED or not it.is_ending:
        return None
    return withs(db, it) or None


TESTIMONY = Part("engagements/_testimony.html", _testimony)
