"""Loading what a member wrote of work elsewhere: theirs alone."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.engagements.models import OutsideWork
from network.errors import NotFound
from network.members.models import Member


def own_outside_work(db: Session, member: Member, key: str) -> OutsideWork:
    """Return an entry of this member's own; raise `NotFound` for every other."""
    mine = select(OutsideWork).where(OutsideWork.key == key, OutsideWork.member_id == member.id)
    found = db.scalar(mine)
    if found is None:
        raise NotFound
    return found
