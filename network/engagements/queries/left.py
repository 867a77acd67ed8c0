"""What stands beside agreed work: its welcome list, what is left behind, who may stay in touch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, exists, not_, select
from sqlalchemy.orm import Session

from network.columns import BigId
from network.engagements.access import Seen
from network.engagements.models import Engagement, Left, WelcomeItem
from network.members.models import Member
from network.members.visibility import BOUND, Viewer
from network.organisations.kinds import RelationState
from network.organisations.models import AlumniRelation, Organisation
from network.organisations.visibility import page_known, speaks_for

_OF = bindparam("engagement", type_=BigId)
_ITEMS = select(WelcomeItem).where(WelcomeItem.engagement_id == _OF).order_by(WelcomeItem.id)
_LEFT = select(Left).where(Left.engagement_id == _OF).order_by(Left.at, Left.id)
_TOUCH = (
    select(Organisation)
    .where(
        Organisation.id.in_(bindparam("organisations", expanding=True)),
        page_known(BOUND),
        not_(speaks_for(BOUND, Organisation.id)),
        not_(
            exists().where(
                and_(
                    AlumniRelation.organisation_id == Organisation.id,
                    AlumniRelation.member_id == BOUND.member_id,
                    AlumniRelation.state != RelationState.ENDED,
                )
            )
        ),
    )
    .order_by(Organisation.name, Organisation.id)
)


def welcome_items(db: Session, engagement: Engagement) -> Sequence[WelcomeItem]:
    """Return the welcome list, in the order in which it was written."""
    return db.scalars(_ITEMS, {"engagement": engagement.id}).all()


def left_behind(db: Session, engagement: Engagement) -> Sequence[Left]:
    """Return what was left behind, the earliest first."""
    return db.scalars(_LEFT, {"engagement": engagement.id}).all()


def touch(db: Session, seen: Seen, member: Member, now: datetime) -> Sequence[Organisation]:
    """Return for which organisations a member worked whose people they may ask to stay in touch."""
    others = {party.organisation_id for party in seen.parties if party.id != seen.mine.id}
    asked = sorted(each for each in others if each is not None)
    if not asked:
        return []
    bound = {**Viewer.of(member).at(now), "organisations": asked}
    return db.scalars(_TOUCH, bound).all()
