"""What learning hears from below: a block parts two people, somebody leaves a circle. Their places
at sessions to come end quietly, and go to whoever is first in line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from network.clock import utc_now
from network.db import reading, transaction
from network.events.models import Delivery, Event
from network.events.worker import Channel, Failure
from network.learning.kinds import SessionState
from network.learning.models import LearningSession, Seat, SessionHost
from network.learning.services.offers import settle_due
from network.learning.services.seats import release
from network.learning.services.turns import take
from network.learning.visibility import LIVE_SEATS

_HOSTING = aliased(SessionHost, name="parted_host")
_COMING = aliased(Seat, name="parted_seat")


def channel() -> Channel:
    """Return the channel that hears of partings, and settles what is due while nothing happens."""
    return Channel(deliver, tend=lambda: settle_due(utc_now()))


def deliver(deliveries: Sequence[Delivery]) -> Mapping[int, Failure]:
    """End the places of those who may not be at a session to come any more."""
    now = utc_now()
    for delivery in deliveries:
        part(delivery.event, now=now)
    return {}


def part(event: Event, *, now: datetime) -> None:
    """End the places that one event ends, session by session; once is as good as twice."""
    which = _touched_by(event)
    if which is None:
        return
    with reading() as db:
        ahead = and_(
            LearningSession.state == SessionState.SCHEDULED, LearningSession.starts_at > now
        )
        touched = list(db.scalars(select(LearningSession.id).where(ahead, which)))
    for session_id in touched:
        with transaction() as db:
            session = db.get(LearningSession, session_id)
            if session is not None:
                take(db, session)
                release(db, session, now=now, actor=event.actor_id)


def _touched_by(event: Event) -> ColumnElement[bool] | None:
    """Return the sessions at which an event may end a place."""
    if event.subject_kind == "circle":
        return and_(LearningSession.circle_id == event.subject_id, _has_place(event.data["member"]))
    if event.kind == "members:blocked" and event.actor_id is not None:
        one, other = event.actor_id, event.subject_id
        return or_(
            and_(_is_hosted_by(one), _has_place(other)),
            and_(_is_hosted_by(other), _has_place(one)),
        )
    return None


def _is_hosted_by(member_id: int) -> ColumnElement[bool]:
    return exists().where(
        _HOSTING.session_id == LearningSession.id, _HOSTING.member_id == member_id
    )


def _has_place(member_id: int) -> ColumnElement[bool]:
    return exists().where(
        _COMING.session_id == LearningSession.id,
        _COMING.member_id == member_id,
        _COMING.state.in_(LIVE_SEATS),
    )
