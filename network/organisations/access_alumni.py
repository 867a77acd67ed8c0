"""Loading what stands between a member and an organisation: for the two sides alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, and_, bindparam, or_, select
from sqlalchemy.orm import Session, contains_eager

from network.errors import NotFound
from network.members.models import Member
from network.members.visibility import BOUND, Viewer, not_apart
from network.organisations.models import AlumniRelation
from network.organisations.visibility import speaks_for

_BY_KEY = (
    select(AlumniRelation)
    .join(AlumniRelation.member)
    .join(AlumniRelation.organisation)
    .where(
        AlumniRelation.key == bindparam("key", type_=String()),
        or_(
            AlumniRelation.member_id == BOUND.member_id,
            and_(not_apart(BOUND), speaks_for(BOUND, AlumniRelation.organisation_id)),
        ),
    )
    .options(contains_eager(AlumniRelation.member), contains_eager(AlumniRelation.organisation))
)


def relation_for(db: Session, member: Member, key: str, *, now: datetime) -> AlumniRelation:
    """Return a relation for its member, or for somebody who speaks for its organisation and may
    know of them; raise `NotFound` for all others.
    """
    found = db.scalar(_BY_KEY, {**Viewer.of(member).at(now), "key": key})
    if found is None:
        raise NotFound
    return found
