"""Which agreed work somebody shows, and who reads that: it stands while all who agreed to the work
agree to the very wording. Where a block or a shield parts somebody from whoever shows it, or their
account is gone, their consent is gone as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, not_, or_, select, true
from sqlalchemy.orm import Session, aliased

from network.columns import BigId
from network.engagements.kinds import EngagementState, NegotiationState
from network.engagements.models import (
    Engagement,
    Negotiation,
    Party,
    Showing,
    ShowingConsent,
)
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer, not_apart, shielded, visible

ON_A_PAGE = 20

OWNER = aliased(Member, name="shows")
_OTHER = aliased(Member, name="other")
_AGREED = aliased(Negotiation, name="agreed")
_SIGNED = aliased(Party, name="signed")
_YES = aliased(ShowingConsent, name="yes")
# Whoever reads is no party to whom a consent is missing: the pages of work ask this of themselves.
TOGETHER = or_(
    OWNER.id == BOUND.member_id,
    and_(not_apart(BOUND, OWNER), not_(shielded(BOUND.member_id, OWNER.belongs))),
)


def _said_yes(also: ColumnElement[bool]) -> ColumnElement[bool]:
    """Hold where one of those who signed agrees to the wording as it is now."""
    return exists().where(
        _YES.showing_id == Showing.id,
        _YES.wording == Showing.wording,
        _YES.member_id == _SIGNED.member_id,
        _OTHER.id == _SIGNED.member_id,
        not_apart(Viewer(OWNER.id, OWNER.belongs), _OTHER),
        not_(shielded(OWNER.id, _OTHER.belongs)),
        also,
    )


def _all_agree(also: ColumnElement[bool]) -> ColumnElement[bool]:
    """Hold where nobody who signed the work is without a standing consent."""
    missing = exists().where(
        _AGREED.engagement_id == Showing.engagement_id,
        _AGREED.state == NegotiationState.AGREED,
        _SIGNED.negotiation_id == _AGREED.id,
        _SIGNED.left_at.is_(None),
        or_(
            _SIGNED.member_id.is_(None),
            and_(_SIGNED.member_id != Showing.member_id, not_(_said_yes(also))),
        ),
    )
    return not_(missing)


_LIVE = (
    select(Showing)
    .join(OWNER, OWNER.id == Showing.member_id)
    .join(Engagement, Engagement.id == Showing.engagement_id)
    .where(Showing.taken_back_at.is_(None), Engagement.state != EngagementState.CANCELLED)
)
STANDS = _all_agree(true())
# The words may name whoever signed: they are read by those for whom all of these are here.
_READ = or_(OWNER.id == BOUND.member_id, _all_agree(visible(BOUND, NOW, _OTHER)))
_SHOWN = (
    _LIVE.where(Showing.member_id == bindparam("subject", type_=BigId), STANDS, _READ)
    .order_by(Showing.at.desc(), Showing.id.desc())
    .limit(ON_A_PAGE)
)
_OF_WORK = (
    _LIVE.add_columns(case((STANDS, 1), else_=0), _YES.at)
    .outerjoin(
        _YES,
        and_(
            _YES.showing_id == Showing.id,
            _YES.member_id == BOUND.member_id,
            _YES.wording == Showing.wording,
        ),
    )
    .where(Showing.engagement_id == bindparam("engagement", type_=BigId), TOGETHER)
    .order_by(Showing.id)
)


@dataclass(frozen=True, slots=True)
class Wording:
    """How somebody would show the work, as one who agreed to it sees that. `agreed_at` is the
    reader's own consent to these words.
    """

    showing: Showing
    stands: bool
    agreed_at: datetime | None


def of_work(db: Session, reader: Member, engagement_id: int, now: datetime) -> list[Wording]:
    """Return how those who did this work would show it, for one of them."""
    bound = {**Viewer.of(reader).at(now), "engagement": engagement_id}
    rows = db.execute(_OF_WORK, bound)
    return [Wording(showing, bool(stands), agreed_at) for showing, stands, agreed_at in rows]


def shown(db: Session, reader: Member, subject: Member, now: datetime) -> Sequence[Showing]:
    """Return the work that stands on somebody's page, as far as a member reads it."""
    return db.scalars(_SHOWN, {**Viewer.of(reader).at(now), "subject": subject.id}).all()
