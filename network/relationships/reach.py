"""What a viewer may do towards somebody, worked out once for the page: the page decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from network.asks import services
from network.asks.kinds import COOLING_OFF
from network.asks.models import Ask, AskState
from network.asks.queries import as_asker_sees
from network.members.kinds import WhoMayAsk, WhoMayWrite
from network.members.models import Connection, Member, Participation
from network.members.queries import have_in_common
from network.relationships.kinds import CONNECTION
from network.relationships.queries.connections import live_connection


@dataclass(frozen=True, slots=True)
class Reach:
    """How one member may turn to another now."""

    connection: Connection | None = None
    theirs: Ask | None = None
    mine: Ask | None = None
    again_from: datetime | None = None
    may_ask: bool = False
    may_write: bool = False


def reach(db: Session, member: Member, other: Member, now: datetime) -> Reach:
    """Return how `member` may turn to `other`, who is visible to them."""
    connection = live_connection(db, member.id, other.id)
    if connection is not None:
        return Reach(connection=connection, may_write=True)
    # Whoever is visible without being connected takes part now: they may be asked.
    participation = db.get_one(Participation, other.id)
    open_to = CONNECTION.open_to(db, member, other, participation)
    write = may_write(db, member, other, participation, open_to=open_to)
    mine, theirs = services.last_between(db, member, other, CONNECTION.name)
    if theirs is not None and theirs.state is AskState.WAITING and theirs.expires_at > now:
        return Reach(theirs=theirs, may_write=write)
    if mine is not None and as_asker_sees(mine, now) is AskState.WAITING:
        return Reach(mine=mine, may_write=write)
    if mine is not None and mine.sent_at + COOLING_OFF > now:
        return Reach(again_from=mine.sent_at + COOLING_OFF, may_write=write)
    return Reach(may_ask=open_to, may_write=write)


def may_write(
    db: Session, member: Member, other: Member, participation: Participation, *, open_to: bool
) -> bool:
    """Whether somebody not connected may begin a conversation; `open_to` is what was found out
    about asking.
    """
    if participation.who_may_write is not WhoMayWrite.SHARED:
        return participation.who_may_write is WhoMayWrite.ANYONE
    if participation.who_may_connect is WhoMayAsk.SHARED:
        return open_to
    return have_in_common(db, member, other)
