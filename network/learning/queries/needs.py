"""What the page of a wish to learn reads: who would like to learn it too, and who hosts it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, contains_eager

from network.columns import BigId
from network.learning.kinds import SessionState
from network.learning.models import LearningInterest, LearningNeed, LearningSession
from network.learning.visibility import known
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer, visible

MOST_NAMED = 60
MOST_SESSIONS = 5

_NEED = bindparam("need", type_=BigId)
# One's own comes first, so that no page is without it.
_TOO = (
    select(LearningInterest)
    .join(LearningInterest.member)
    .where(
        LearningInterest.need_id == _NEED,
        or_(Member.id == BOUND.member_id, visible(BOUND, NOW)),
    )
    .options(contains_eager(LearningInterest.member))
    .order_by((Member.id == BOUND.member_id).desc(), LearningInterest.at, Member.id)
    .limit(MOST_NAMED)
)
_HOSTED = (
    select(LearningSession)
    .where(
        LearningSession.need_id == _NEED,
        LearningSession.state != SessionState.CANCELLED,
        known(BOUND, NOW),
    )
    .order_by(LearningSession.id.desc())
    .limit(MOST_SESSIONS)
)


def interested(db: Session, member: Member, need: LearningNeed, now: datetime) -> Sequence[Member]:
    """Return who would like to learn this too, of those whom the member may know of."""
    return [each.member for each in db.scalars(_TOO, _bound(member, need, now))]


def sessions_for(
    db: Session, member: Member, need: LearningNeed, now: datetime
) -> Sequence[LearningSession]:
    """Return the sessions that answer a wish, of those that the member may know of."""
    return db.scalars(_HOSTED, _bound(member, need, now)).all()


def _bound(member: Member, need: LearningNeed, now: datetime) -> dict[str, Any]:
    return {**Viewer.of(member).at(now), "need": need.id}
