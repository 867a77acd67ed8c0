"""Loading how somebody would show agreed work: for whoever shows it, and for those who agreed to
the work and from whom nothing parts them.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from network.engagements.kinds import NegotiationState
from network.engagements.models import Engagement, Negotiation, Party, Showing
from network.engagements.queries.showings import OWNER, TOGETHER
from network.errors import NotFound
from network.members.models import Member
from network.members.visibility import BOUND, Viewer

_SIGNED = exists().where(
    Negotiation.engagement_id == Showing.engagement_id,
    Negotiation.state == NegotiationState.AGREED,
    Party.negotiation_id == Negotiation.id,
    Party.member_id == BOUND.member_id,
    Party.left_at.is_(None),
)
_BY_KEY = (
    select(Showing, Engagement)
    .join(Engagement, Engagement.id == Showing.engagement_id)
    .join(OWNER, OWNER.id == Showing.member_id)
    .where(
        Showing.key == bindparam("key", type_=String()),
        or_(OWNER.id == BOUND.member_id, and_(_SIGNED, TOGETHER)),
    )
)


def showing_for(
    db: Session, member: Member, key: str, *, now: datetime
) -> tuple[Showing, Engagement]:
    """Return what is shown of agreed work, and the work; raise `NotFound` for all others."""
    row = db.execute(_BY_KEY, {**Viewer.of(member).at(now), "key": key}).first()
    if row is None:
        raise NotFound
    return row[0], row[1]
