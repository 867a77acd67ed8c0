"""What lists of needs read: what is shown to somebody, and what they hold.

Never how many answered, nor who did.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, not_, or_, select
from sqlalchemy.orm import Session, joinedload

from network.columns import BigId
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer
from network.organisations.models import Organisation, WorkNeed
from network.organisations.visibility import need_known, need_open, speaks_for

MOST = 50
_HELD = or_(
    and_(WorkNeed.organisation_id.is_(None), WorkNeed.writer_id == BOUND.member_id),
    and_(WorkNeed.organisation_id.is_not(None), speaks_for(BOUND, WorkNeed.organisation_id)),
)
_NEEDS = (
    select(WorkNeed)
    .options(joinedload(WorkNeed.organisation), joinedload(WorkNeed.writer))
    .order_by(WorkNeed.written_at.desc(), WorkNeed.id.desc())
    .limit(MOST)
)
OPEN = _NEEDS.where(need_open(NOW), need_known(BOUND, NOW))
_SHOWN = OPEN.where(not_(_HELD))
_OPEN_OF_MINE = OPEN.where(_HELD)
_OF_MINE = _NEEDS.where(_HELD)
_OF_ORGANISATION = OPEN.where(
    WorkNeed.organisation_id == bindparam("organisation", type_=BigId)
).limit(10)


def shown_to(db: Session, member: Member, now: datetime) -> Sequence[WorkNeed]:
    """Return the open needs of others that are shown to a member, the newest first."""
    return db.scalars(_SHOWN, Viewer.of(member).at(now)).all()


def held_by(db: Session, member: Member, now: datetime) -> Sequence[WorkNeed]:
    """Return the needs that a member holds, or an organisation they speak for, the newest first."""
    return db.scalars(_OF_MINE, Viewer.of(member).at(now)).all()


def open_of_side(
    db: Session, member: Member, organisation: Organisation | None, now: datetime
) -> list[WorkNeed]:
    """Return the open needs of an organisation that a member speaks for, or else their own."""
    held = db.scalars(_OPEN_OF_MINE, Viewer.of(member).at(now))
    return [each for each in held if each.organisation == organisation]


def of_organisation(
    db: Session, organisation: Organisation, member: Member, now: datetime
) -> Sequence[WorkNeed]:
    """Return the open needs of an organisation that are shown to this member."""
    bound = {**Viewer.of(member).at(now), "organisation": organisation.id}
    return db.scalars(_OF_ORGANISATION, bound).all()
