"""How the invented people came to be connected, and who asks whom now."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from network.asks.models import Ask, AskState
from network.demo.talk import People, Told
from network.events.services import record
from network.members.models import Connection, Member
from network.relationships.kinds import CONNECTION


def tell_connections(db: Session, people: People, story: Told, now: datetime) -> None:
    """Let people ask each other to connect: some long ago, and some still wait."""
    for told in story["connections"]:
        _connection(db, people[told["a"]], people[told["b"]], told, now)
    for told in story["asks"]:
        sent_at = now - timedelta(days=told["days_ago"], hours=2)
        ask = _ask(db, people[told["from"]], people[told["to"]], told["reason"], sent_at=sent_at)
        _log_ask(db, ask, "sent", actor=ask.asker_id, now=sent_at)


def _connection(db: Session, asker: Member, other: Member, told: Told, now: datetime) -> None:
    since = now - timedelta(days=told["days_ago"])
    ask = _ask(db, asker, other, told["reason"], sent_at=since - timedelta(days=1))
    ask.state, ask.ended_at = AskState.ACCEPTED, since
    _log_ask(db, ask, "sent", actor=asker.id, now=ask.sent_at)
    _log_ask(db, ask, "accepted", actor=other.id, now=since)
    connection = Connection(
        low_id=ask.low_id, high_id=ask.high_id, asker_id=asker.id, reason=ask.reason, since=since
    )
    db.add(connection)
    db.flush()  # the event names it
    record(
        db,
        "relationships:connection:made",
        actor=other.id,
        subject=("connection", connection.id),
        now=since,
        ask=ask.id,
        low=ask.low_id,
        high=ask.high_id,
    )


def _ask(db: Session, asker: Member, other: Member, reason: str, *, sent_at: datetime) -> Ask:
    low, high = sorted((asker.id, other.id))
    ask = Ask(
        kind=CONNECTION.name,
        asker_id=asker.id,
        addressee_id=other.id,
        low_id=low,
        high_id=high,
        reason=reason,
        submission=f"demo-{asker.handle}-{other.handle}"[:40],
        sent_at=sent_at,
        expires_at=sent_at + CONNECTION.lifetime,
    )
    db.add(ask)
    db.flush()  # the event names it
    return ask


def _log_ask(db: Session, ask: Ask, verb: str, *, actor: int, now: datetime) -> None:
    record(db, f"asks:{verb}", actor=actor, subject=("ask", ask.id), now=now, state=ask.state.value)
