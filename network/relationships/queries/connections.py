"""What everybody asks of two people: whether they are connected."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.members.models import Connection


def live_connection(db: Session, one_id: int, other_id: int) -> Connection | None:
    """Return the live connection of two people."""
    low, high = sorted((one_id, other_id))
    return db.scalar(
        select(Connection).where(
            Connection.low_id == low, Connection.high_id == high, Connection.ended_at.is_(None)
        )
    )
