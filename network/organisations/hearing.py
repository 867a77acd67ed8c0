"""What organisations hear from below: somebody went from a team, and those who are left in it may
all have said yes to an approach by now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.circles.models import Circle
from network.clock import utc_now
from network.db import transaction
from network.events.models import Delivery, Event
from network.events.worker import Channel, Failure
from network.organisations.kinds import ApproachState
from network.organisations.models import Approach
from network.organisations.services.approach_turns import take
from network.organisations.services.opening_team import somebody_went


def channel() -> Channel:
    """Return the channel that hears who went from a team."""
    return Channel(deliver)


def deliver(deliveries: Sequence[Delivery]) -> Mapping[int, Failure]:
    """Open what each event lets be opened; once is as good as twice."""
    for delivery in deliveries:
        with transaction() as db:
            hear(db, delivery.event, now=utc_now())
    return {}


def hear(db: Session, event: Event, *, now: datetime) -> None:
    """Look again at every approach that waits for the team of an event."""
    circle = db.get(Circle, event.subject_id)
    if circle is None:
        return
    waiting = select(Approach).where(
        Approach.circle_id == circle.id,
        Approach.state == ApproachState.SENT,
        Approach.expires_at > now,
    )
    for approach in db.scalars(waiting.order_by(Approach.id)).all():
        take(db, approach)
        somebody_went(db, approach, circle, now)
