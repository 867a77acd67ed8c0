"""All terms and agreed work of one member: of which they are a party, and of nobody else."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.engagements.models import Negotiation, Party
from network.members.models import Member


def mine(db: Session, member: Member) -> Sequence[Negotiation]:
    """Return the negotiations of which this member is a party, what moved last first."""
    found = (
        select(Negotiation)
        .join(Party, Party.negotiation_id == Negotiation.id)
        .where(Party.member_id == member.id)
        .order_by(Negotiation.moved_at.desc(), Negotiation.id.desc())
    )
    return db.scalars(found).all()
