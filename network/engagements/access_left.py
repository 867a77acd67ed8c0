"""Loading what is left behind: for its author to change, and a handover for those who stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import String, and_, bindparam, exists, not_, or_, select
from sqlalchemy.orm import Session

from network.columns import BigId
from network.engagements.access import GOVERNS, Work
from network.engagements.kinds import LeftFor
from network.engagements.models import Engagement, Left, Negotiation, Party
from network.errors import NotFound
from network.members.models import Member
from network.members.visibility import BOUND, Viewer, blocked, shielded
from network.organisations.models import Organisation
from network.organisations.visibility import speaks_for

MOST = 40
# Whoever has left the network has left their words; somebody who is apart from the reader has not.
_NEAR = or_(
    Left.member_id.is_(None),
    and_(not_(blocked(BOUND.member_id, Member.id)), not_(shielded(Member.id, BOUND.belongs))),
)
_HANDOVERS = (
    select(Left, Member.name, Engagement.key)
    .join(Engagement, Engagement.id == Left.engagement_id)
    .outerjoin(Member, Member.id == Left.member_id)
    .where(Left.sort == LeftFor.HANDOVER, or_(Member.id == BOUND.member_id, _NEAR))
)
_TO_ME = _HANDOVERS.where(
    Engagement.key == bindparam("key", type_=String()),
    exists().where(
        GOVERNS,
        Party.negotiation_id == Negotiation.id,
        Party.left_at.is_(None),
        speaks_for(BOUND, Party.organisation_id),
    ),
).order_by(Left.at, Left.id)
_TO_ORGANISATION = (
    _HANDOVERS.where(
        exists().where(
            GOVERNS,
            Party.negotiation_id == Negotiation.id,
            Party.left_at.is_(None),
            Party.organisation_id == bindparam("organisation", type_=BigId),
            speaks_for(BOUND, Party.organisation_id),
        ),
    )
    .order_by(Left.at.desc(), Left.id.desc())
    .limit(MOST)
)


@dataclass(frozen=True, slots=True)
class Handover:
    """Words for those who stay, who wrote them, and the key of the work that they are of."""

    left: Left
    author: str
    work: str


def words_to_change(db: Session, work: Work, member: Member, key: str) -> Left:
    """Return what this member left behind; raise `NotFound` for what is not theirs."""
    found = db.scalar(
        select(Left).where(
            Left.engagement_id == work.engagement.id,
            Left.key == key,
            Left.member_id == member.id,
        )
    )
    if found is None:
        raise NotFound
    return found


def handover_for(db: Session, member: Member, key: str) -> Sequence[Handover]:
    """Return the handover of work in which an organisation has a part for which this member speaks;
    raise `NotFound` for all others, and where nothing was handed over.
    """
    bound = {**_eyes(member), "key": key}
    found = [Handover(left, name or "", work) for left, name, work in db.execute(_TO_ME, bound)]
    if not found:
        raise NotFound
    return found


def handovers_of(db: Session, organisation: Organisation, member: Member) -> Sequence[Handover]:
    """Return what was handed over to an organisation, the latest first, for one who speaks for it:
    nobody else gets any.
    """
    bound = {**_eyes(member), "organisation": organisation.id}
    rows = db.execute(_TO_ORGANISATION, bound)
    return [Handover(left, name or "", work) for left, name, work in rows]


def _eyes(member: Member) -> dict[str, object]:
    viewer = Viewer.of(member)
    return {"viewer_id": viewer.member_id, "viewer_belongs": viewer.belongs}
