"""What referrals hear from below: somebody has come in, and their yes is carried on; somebody
ceased to speak for an organisation, and what was brought to them ends. Addresses that are of no
more use are forgotten meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.clock import utc_now
from network.db import reading, transaction
from network.events.models import Delivery, Event
from network.events.worker import Channel, Failure
from network.members.models import Member
from network.members.visibility import Viewer
from network.organisations.visibility import speaks_for
from network.referrals.services.coming import carry_joined
from network.referrals.services.ending import end_for
from network.referrals.services.letters import forget_lapsed, something_lapsed


def channel(secret: str) -> Channel:
    """Return the channel of referrals; `secret` is what addresses are kept by."""
    return Channel(partial(deliver, secret=secret), tend=lambda: sweep(utc_now()))


def deliver(deliveries: Sequence[Delivery], *, secret: str) -> Mapping[int, Failure]:
    """Carry on, or end, what each event touches; once is as good as twice."""
    for delivery in deliveries:
        with transaction() as db:
            hear(db, delivery.event, secret=secret, now=utc_now())
    return {}


def hear(db: Session, event: Event, *, secret: str, now: datetime) -> None:
    """Do what one event asks for."""
    if event.subject_kind == "member":
        member = db.get(Member, event.subject_id)
        if member is not None:
            carry_joined(db, member, secret=secret, now=now)
    elif event.subject_kind == "organisation" and not _speaks_again(db, event):
        end_for(db, event.subject_id, event.data["member"], now)


def _speaks_again(db: Session, event: Event) -> bool:
    """Whether whoever ceased to speak was let in again since: what is theirs now is of that."""
    who = Viewer(member_id=event.data["member"])
    return bool(db.scalar(select(speaks_for(who, event.subject_id))))


def sweep(now: datetime) -> bool:
    """Forget the addresses of letters that nobody can answer any more; tell whether any was."""
    with reading() as db:  # a look first: an idle worker never stands at the write gate
        if not something_lapsed(db, now=now):
            return False
    with transaction() as db:
        return forget_lapsed(db, now=now) > 0
