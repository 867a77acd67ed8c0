"""What engagements hear from below, and what time brings: somebody blocks another party, so they
leave open terms and their consents to what the other shows are gone; sealed words come to be read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.orm import Session, aliased

from network.clock import utc_now
from network.db import reading, transaction
from network.engagements.kinds import NegotiationState
from network.engagements.models import Negotiation, Party, Showing, ShowingConsent
from network.engagements.services.parting import part_now, take
from network.engagements.services.testimony import open_due
from network.events.models import Delivery, Event
from network.events.worker import Channel, Failure

_SIGNS = aliased(Party, name="signs")


def channel() -> Channel:
    """Return the channel that hears of partings, and opens what is due while nothing happens."""
    return Channel(deliver, tend=lambda: open_due(utc_now()))


def deliver(deliveries: Sequence[Delivery]) -> Mapping[int, Failure]:
    """Let those leave open terms whom an event parts from the others; once is as good as twice."""
    now = utc_now()
    for delivery in deliveries:
        part(delivery.event, now=now)
    return {}


def part(event: Event, *, now: datetime) -> None:
    """Look again at the terms that an event may have parted, each in a transaction of its own."""
    concerned = [event.subject_id]
    if event.kind == "members:blocked" and event.actor_id is not None:
        concerned.append(event.actor_id)
        with transaction() as db:
            end_consents(db, event.actor_id, event.subject_id)
    with reading() as db:
        touched = list(
            db.scalars(
                select(Negotiation.id)
                .where(
                    Negotiation.state == NegotiationState.OPEN,
                    *(_is_signed_by(member_id) for member_id in concerned),
                )
                .order_by(Negotiation.id)
            )
        )
    for negotiation_id in touched:
        with transaction() as db:
            negotiation = db.get_one(Negotiation, negotiation_id)
            take(db, negotiation)
            part_now(db, negotiation, now)


def end_consents(db: Session, one: int, other: int) -> None:
    """Delete what two agreed to of each other’s words. No unblocking brings it back."""
    shows = exists().where(Showing.id == ShowingConsent.showing_id)
    db.execute(
        delete(ShowingConsent).where(
            or_(
                and_(ShowingConsent.member_id == one, shows.where(Showing.member_id == other)),
                and_(ShowingConsent.member_id == other, shows.where(Showing.member_id == one)),
            )
        )
    )


def _is_signed_by(member_id: int) -> ColumnElement[bool]:
    return exists().where(
        _SIGNS.negotiation_id == Negotiation.id,
        _SIGNS.member_id == member_id,
        _SIGNS.left_at.is_(None),
    )
