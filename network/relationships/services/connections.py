"""Connecting, ending, and keeping apart."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from network.asks.models import Ask
from network.asks.services import close_between
from network.changes import changed
from network.conversations.services import part
from network.errors import Conflict
from network.events.services import record
from network.members.kinds import WhoMayAsk
from network.members.models import Connection, Member, Participation
from network.members.queries import have_in_common
from network.members.services import boundaries
from network.relationships.queries.connections import live_connection, were_introduced
from network.relationships.services.stopping import stop_for
from network.translation import _


def open_to_connect(
    db: Session, asker: Member, addressee: Member, participation: Participation
) -> bool:
    """Whether the addressee takes connection requests from this asker."""
    if participation.who_may_connect is WhoMayAsk.ANYONE:
        return True
    if participation.who_may_connect is WhoMayAsk.SHARED:
        return have_in_common(db, asker, addressee)
    if participation.who_may_connect is WhoMayAsk.INTRODUCED:
        return were_introduced(db, asker, addressee)
    return False


def not_connected_yet(
    db: Session, asker: Member, addressee: Member, _about: Member | None, _now: datetime
) -> None:
    """Hold back a connection request between people who are connected."""
    if live_connection(db, asker.id, addressee.id) is not None:
        raise Conflict(_("You are connected."))


def connect(db: Session, ask: Ask, now: datetime) -> None:
    """Connect the two of an accepted ask; the reason is kept. Once is enough for two people."""
    if live_connection(db, ask.low_id, ask.high_id) is not None:
        return
    connection = Connection(
        low_id=ask.low_id, high_id=ask.high_id, asker_id=ask.asker_id, reason=ask.reason, since=now
    )
    db.add(connection)
    db.flush()  # the event names it
    record(
        db,
        "relationships:connection:made",
        actor=ask.addressee_id,
        subject=("connection", connection.id),
        now=now,
        ask=ask.id,
        low=ask.low_id,
        high=ask.high_id,
    )


def opening(ask: Ask) -> str:
    """Say who would like to be connected."""
    return str(_("%(name)s would like to stay in touch, and writes:", name=ask.asker.name))


def said_yes(ask: Ask) -> str:
    """Say that the two are connected."""
    return str(_("You said yes. You and %(name)s are connected.", name=ask.asker.name))


def end(db: Session, connection: Connection, *, actor: Member, now: datetime) -> None:
    """End a connection quietly. Ending it twice is once."""
    ended = changed(
        db,
        update(Connection)
        .where(Connection.id == connection.id, Connection.ended_at.is_(None))
        .values(ended_at=now),
    )
    if ended == 1:
        stop_for(db, connection.low_id, connection.high_id, actor=actor, now=now)
        record(
            db,
            "relationships:connection:ended",
            actor=actor.id,
            subject=("connection", connection.id),
            now=now,
        )


def block(db: Session, blocker: Member, other: Member, *, now: datetime) -> None:
    """Keep two people apart: their connection ends and their open asks close, silently and for
    good.
    """
    boundaries.block(db, blocker, blocked_id=other.id, now=now)
    stop_for(db, blocker.id, other.id, actor=blocker, now=now, apart=True)
    part(db, blocker.id, other.id, actor=blocker, now=now)
    close_between(db, blocker.id, other.id, actor=blocker, now=now)
    connection = live_connection(db, blocker.id, other.id)
    if connection is not None:
        end(db, connection, actor=blocker, now=now)
