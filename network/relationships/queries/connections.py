"""What everybody asks of two people: whether they are connected."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.members.models import Connection, Member
from network.relationships.models import Introduction, IntroductionState


def live_connection(db: Session, one_id: int, other_id: int) -> Connection | None:
    """Return the live connection of two people."""
    low, high = sorted((one_id, other_id))
    return db.scalar(
        select(Connection).where(
            Connection.low_id == low, Connection.high_id == high, Connection.ended_at.is_(None)
        )
    )


def were_introduced(db: Session, one: Member, other: Member) -> bool:
    """Whether somebody has brought the two together, with a yes of both."""
    low, high = sorted((one.id, other.id))
    made = select(Introduction.id).where(
        Introduction.low_id == low,
        Introduction.high_id == high,
        Introduction.state == IntroductionState.MADE,
    )
    return db.scalar(made.limit(1)) is not None
