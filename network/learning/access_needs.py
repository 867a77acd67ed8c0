"""Loading what somebody wants to learn: the only way a view gets it, authorised at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, bindparam, select
from sqlalchemy.orm import Session, contains_eager

from network.errors import NotAllowed, NotFound
from network.learning.models import LearningNeed
from network.learning.visibility_rooms import need_known, waits_for_host
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer


@dataclass(frozen=True, slots=True)
class SeenNeed:
    """A wish to learn as one member may see it; `waits` until somebody hosts it."""

    need: LearningNeed
    writer: Member
    is_mine: bool
    waits: bool


_BY_KEY = (
    select(LearningNeed, waits_for_host())
    .join(LearningNeed.member)
    .where(LearningNeed.key == bindparam("key", type_=String()), need_known(BOUND, NOW))
    .options(contains_eager(LearningNeed.member))
)


def need_for(db: Session, member: Member, key: str, *, now: datetime) -> SeenNeed:
    """Return a wish that this member may know of; raise `NotFound` otherwise."""
    row = db.execute(_BY_KEY, {**Viewer.of(member).at(now), "key": key}).first()
    if row is None:
        raise NotFound
    need, waits = row
    return SeenNeed(need, need.member, is_mine=need.member_id == member.id, waits=bool(waits))


def need_of_mine(db: Session, member: Member, key: str, *, now: datetime) -> LearningNeed:
    """Return what this member wants to learn.

    Raises `NotFound` where they may not know of it, `NotAllowed` where it is somebody else's.
    """
    seen = need_for(db, member, key, now=now)
    if not seen.is_mine:
        raise NotAllowed
    return seen.need
