"""Writing to the log and claiming what it owes. An event and its deliveries share the transaction
of the change.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from network.events.models import Delivery, Event

LEASE = timedelta(minutes=2)
ATTEMPTS = 12


def record(  # an event is these six things
    db: Session,
    kind: str,
    *,
    actor: int | None,
    subject: tuple[str, int],
    now: datetime,
    to: Collection[str] = (),
    carried: Mapping[str, str] | None = None,
    **data: Any,  # noqa: ANN401  # whatever JSON holds
) -> Event:
    """Append one event and owe it to the channels in `to` ("index", "mail"). Times in UTC.

    `data` stays in the log for good; `carried` goes with the errands and ends with them.
    """
    event = Event(
        kind=kind, actor_id=actor, subject_kind=subject[0], subject_id=subject[1], at=now, data=data
    )
    db.add(event)
    db.flush()  # the deliveries need its id
    db.add_all(
        Delivery(event_id=event.id, channel=channel, due_at=now, carried=dict(carried or {}))
        for channel in to
    )
    return event


def claim(db: Session, channel: str, *, now: datetime, limit: int = 100) -> Sequence[Delivery]:
    """Lease the oldest due deliveries of a channel, each to one worker for `LEASE`."""
    due = (
        select(Delivery.id)
        .where(Delivery.channel == channel, Delivery.due_at <= now, Delivery.gave_up_at.is_(None))
        .order_by(Delivery.id)
        .limit(limit)
    )
    if db.get_bind().dialect.name == "postgresql":
        due = due.with_for_update(skip_locked=True)
    taken = db.scalars(
        update(Delivery)
        .where(Delivery.id.in_(due))
        .values(due_at=now + LEASE, attempts=Delivery.attempts + 1)
        .returning(Delivery.id)
    ).all()
    if not taken:
        return []
    return db.scalars(
        select(Delivery)
        .where(Delivery.id.in_(taken))
        .options(joinedload(Delivery.event))
        .order_by(Delivery.id)
        .execution_options(populate_existing=True)
    ).all()


def something_due(db: Session, channel: str, *, now: datetime) -> bool:
    """Whether `claim` would find anything for this channel."""
    due = select(Delivery.id).where(
        Delivery.channel == channel, Delivery.due_at <= now, Delivery.gave_up_at.is_(None)
    )
    return db.scalar(due.limit(1)) is not None


def done(db: Session, deliveries: Collection[Delivery]) -> None:
    """Forget deliveries that were made."""
    db.execute(delete(Delivery).where(Delivery.id.in_([one.id for one in deliveries])))


def failed(
    db: Session, delivery: Delivery, *, reason: str, now: datetime, final: bool = False
) -> None:
    """Try a delivery again later (1, 2, 4, ... minutes), or keep it as given up after `ATTEMPTS`.

    A `final` failure is given up at once.
    """
    wait = timedelta(minutes=2 ** min(delivery.attempts - 1, 10))
    db.execute(
        update(Delivery)
        .where(Delivery.id == delivery.id)
        .values(
            due_at=now + wait,
            failure=reason[:300],
            gave_up_at=now if final or delivery.attempts >= ATTEMPTS else None,
        )
    )
