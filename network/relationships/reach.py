"""What a viewer may do towards somebody, worked out once for the page: the page decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from network.asks import services
from network.asks.kinds import COOLING_OFF
from network.asks.models import Ask, AskState
from network.asks.queries import as_asker_sees
from network.errors import Refusal
from network.members.models import Connection, Member
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


def reach(db: Session, member: Member, other: Member, now: datetime) -> Reach:
    """Return how `member` may turn to `other`, who is visible to them."""
    connection = live_connection(db, member.id, other.id)
    if connection is not None:
        return Reach(connection=connection)
    theirs = services.last_sent(db, other, member, CONNECTION.name)
    if theirs is not None and theirs.state is AskState.WAITING and theirs.expires_at > now:
        return Reach(theirs=theirs)
    mine = services.last_sent(db, member, other, CONNECTION.name)
    if mine is not None and as_asker_sees(mine, now) is AskState.WAITING:
        return Reach(mine=mine)
    if mine is not None and mine.sent_at + COOLING_OFF > now:
        return Reach(again_from=mine.sent_at + COOLING_OFF)
    try:
        services.may_ask(db, CONNECTION, asker=member, addressee=other, now=now)
    except Refusal:
        return Reach()
    return Reach(may_ask=True)
