"""Loading a connection: the two whose it is, and nobody else."""

from __future__ import annotations

from sqlalchemy.orm import Session

from network.errors import NotFound
from network.members.models import Connection, Member
from network.relationships.queries.connections import live_connection


def connection_with(db: Session, member: Member, other: Member) -> Connection:
    """Return the live connection of these two; raise `NotFound` where there is none."""
    connection = live_connection(db, member.id, other.id)
    if connection is None:
        raise NotFound
    return connection
