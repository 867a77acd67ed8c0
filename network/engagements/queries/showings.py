"""Which agreed work somebody shows, and who reads that: it stands while all who agreed to the work
agree to the very wording. Where a block parts somebody from whoever shows it, or their account is
gone, their consent is gone as well. A shield hides it from whoever meets the shield, and ends none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, case, not_, or_, select, true
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
from network.members.access import MAY_COME_IN
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer, blocked, not_apart, visible

ON_A_PAGE = 20

OWNER = aliased(Member, name="shows")
_SHOWER = aliased(Member, name="shower")
_OTHER = aliased(Member, name="other")
_AGREED = aliased(Negotiation, name="agreed")
_SIGNED = aliased(Party, name="signed")
_YES = aliased(ShowingConsent, name="yes")
_MINE = aliased(ShowingConsent, name="my_yes")
# A shield of the owner hides it from whoever meets it. One's own hides nothing from oneself: what
# vanished would tell where somebody works.
TOGETHER = or_(OWNER.id == BOUND.member_id, not_apart(BOUND, OWNER))


def _all_agree(also: ColumnElement[bool]) -> ColumnElement[bool]:
    """Hold where nobody who signed the work is without a standing consent to the wording now.

    Whoever shows it is read once more inside: what nests deeper sees only the next statement out.
    """
    stands = and_(_OTHER.state.in_(MAY_COME_IN), not_(blocked(_SHOWER.id, _OTHER.id)), also)
    missing = (
        select(_AGREED.id)
        .join(_SIGNED, _SIGNED.negotiation_id == _AGREED.id)
        .join(_SHOWER, _SHOWER.id == Showing.member_id)
        .outerjoin(
            _YES,
            and_(
                _YES.showing_id == Showing.id,
                _YES.wording == Showing.wording,
                _YES.member_id == _SIGNED.member_id,
            ),
        )
        .outerjoin(_OTHER, _OTHER.id == _YES.member_id)
        .where(
            _AGREED.engagement_id == Showing.engagement_id,
            _AGREED.state == NegotiationState.AGREED,
            _SIGNED.left_at.is_(None),
            _SIGNED.member_id.is_distinct_from(Showing.member_id),
            # What is not known to stand does not: somebody pauses without a day.
            or_(_OTHER.id.is_(None), case((stands, 1), else_=0) == 0),
        )
    )
    return not_(missing.exists())


_LIVE = (
    select(Showing)
    .join(OWNER, OWNER.id == Showing.member_id)
    .join(Engagement, Engagement.id == Showing.engagement_id)
    .where(Showing.taken_back_at.is_(None), Engagement.state != EngagementState.CANCELLED)
)
STANDS = _all_agree(true())
# The words may name whoever signed: they are read by those for whom all of these are here.
_READ = or_(OWNER.id == BOUND.member_id, _all_agree(visible(BOUND, NOW, _OTHER)))
SHOWN = (
    _LIVE.where(Showing.member_id == bindparam("subject", type_=BigId), STANDS, _READ)
    .order_by(Showing.at.desc(), Showing.id.desc())
    .limit(ON_A_PAGE)
)
_OF_WORK = (
    _LIVE.add_columns(case((STANDS, 1), else_=0), _MINE.at)
    .outerjoin(
        _MINE,
        and_(
            _MINE.showing_id == Showing.id,
            _MINE.member_id == BOUND.member_id,
            _MINE.wording == Showing.wording,
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
