"""Loading a connection or an introduction: those whose it is, and nobody else."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, contains_eager

from network.errors import NotFound
from network.members.models import Connection, Member
from network.members.visibility import Viewer, not_apart
from network.relationships.models import Introduction
from network.relationships.queries.connections import live_connection


def connection_with(db: Session, member: Member, other: Member) -> Connection:
    """Return the live connection of these two; raise `NotFound` where there is none."""
    connection = live_connection(db, member.id, other.id)
    if connection is None:
        raise NotFound
    return connection


def introduction_carried(db: Session, member: Member, key: str) -> Introduction:
    """Return an introduction that this member carries; raise `NotFound` for all others, and where
    one of the two is apart from them now.
    """
    low, high, viewer = aliased(Member), aliased(Member), Viewer.of(member)
    found = db.scalar(
        select(Introduction)
        .join(Introduction.low.of_type(low))
        .join(Introduction.high.of_type(high))
        .where(
            Introduction.key == key,
            Introduction.introducer_id == member.id,
            not_apart(viewer, low),
            not_apart(viewer, high),
        )
        .options(
            contains_eager(Introduction.low.of_type(low)),
            contains_eager(Introduction.high.of_type(high)),
        )
    )
    if found is None:
        raise NotFound
    return found
