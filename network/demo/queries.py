"""Who can be entered as in a demo network."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.errors import NotFound
from network.members.kinds import Part
from network.members.models import Member, Section

MOST = 120


def people(db: Session) -> Sequence[tuple[Member, str]]:
    """Return the invented people, stewards first, with their purposes."""
    rows = db.execute(
        select(Member, Section.body)
        .join(Section, (Section.member_id == Member.id) & (Section.part == Part.PURPOSE))
        .order_by(Member.steward.desc(), Member.id)
        .limit(MOST)
    )
    return [(member, body) for member, body in rows]


def person(db: Session, handle: str) -> Member:
    """Return one of the invented people; raise `NotFound` for anything else."""
    found = db.scalar(select(Member).where(Member.handle == handle))
    if found is None:
        raise NotFound
    return found
