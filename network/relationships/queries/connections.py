"""What pages of relationships read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from network.members.models import Connection, Member
from network.members.visibility import Viewer, visible

PAGE = 50


@dataclass(frozen=True, slots=True)
class Tie:
    """One of my connections, and who is at its other end."""

    connection: Connection
    other: Member


def connections(
    db: Session, member: Member, now: datetime, *, start: int = 0, limit: int = PAGE
) -> Sequence[Tie]:
    """Return whom a member is connected with, by name."""
    rows = db.execute(
        select(Connection, Member)
        .join(
            Member,
            or_(
                and_(Connection.low_id == member.id, Member.id == Connection.high_id),
                and_(Connection.high_id == member.id, Member.id == Connection.low_id),
            ),
        )
        .where(
            Connection.ended_at.is_(None),
            or_(Connection.low_id == member.id, Connection.high_id == member.id),
            visible(Viewer.of(member), now),
        )
        .order_by(Member.name, Member.id)
        .offset(start)
        .limit(limit)
    )
    return [Tie(connection, other) for connection, other in rows]


def live_connection(db: Session, one_id: int, other_id: int) -> Connection | None:
    """Return the live connection of two people."""
    low, high = sorted((one_id, other_id))
    return db.scalar(
        select(Connection).where(
            Connection.low_id == low, Connection.high_id == high, Connection.ended_at.is_(None)
        )
    )
