"""Leaving terms that are still open: by one's own will, in the wake of a block, or because an
account is gone. Whoever blocks another party is the one who leaves. Nothing says why.

All of it happens to a negotiation whose row was taken before.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.engagements.kinds import NegotiationState
from network.engagements.models import Acceptance, Negotiation, Party
from network.events.services import record
from network.members.access import MAY_COME_IN
from network.members.kinds import State
from network.members.models import Block, Member

FEWEST = 2


def part_now(db: Session, negotiation: Negotiation, now: datetime) -> None:
    """Let those go who sign nothing with the others any more, before anything else happens here:
    a block counts from its own instant, whether or not anybody was told of it since.
    """
    if not _is_open(negotiation, now):
        return
    for party, since in list(_going(db, negotiation, now)):
        if _is_open(negotiation, now):
            go(db, negotiation, party, since=since, now=now)


def go(
    db: Session,
    negotiation: Negotiation,
    party: Party,
    *,
    now: datetime,
    since: datetime | None = None,
    words: str = "",
) -> None:
    """Let a party go. What was on the table is off it, and where fewer than two are left it ends.

    What would change agreed work ends with the first who goes: all who signed that change it.
    """
    party.left_at, party.left_words = since or now, words
    off_table(db, negotiation, now)
    db.flush()  # who is left is read next
    record(
        db,
        "engagements:terms:left",
        actor=party.member_id,
        subject=("negotiation", negotiation.id),
        now=now,
        to=("mail",),
        party=party.id,
    )
    if negotiation.engagement_id is not None or len(_staying(db, negotiation)) < FEWEST:
        negotiation.state, negotiation.ended_at = NegotiationState.CLOSED, now


def take(db: Session, negotiation: Negotiation) -> None:
    """Take the row, and see the negotiation as it stands then: what happens next happens alone."""
    changed(
        db,
        update(Negotiation)
        .where(Negotiation.id == negotiation.id)
        .values(turn=Negotiation.turn + 1)
        .execution_options(synchronize_session=False),
    )
    db.refresh(negotiation)


def off_table(db: Session, negotiation: Negotiation, now: datetime) -> None:
    """Take the version off the table, and every acceptance of it back."""
    db.execute(
        update(Acceptance)
        .where(
            Acceptance.negotiation_id == negotiation.id,
            Acceptance.number == negotiation.on_table,
            Acceptance.taken_back_at.is_(None),
        )
        .values(taken_back_at=now)
    )
    negotiation.on_table, negotiation.moved_at = 0, now


def _is_open(negotiation: Negotiation, now: datetime) -> bool:
    return negotiation.state is NegotiationState.OPEN and not negotiation.has_lapsed(now)


def _going(
    db: Session, negotiation: Negotiation, now: datetime
) -> Iterator[tuple[Party, datetime]]:
    """Go through those who are to leave, each with the instant from which they have left."""
    here = {}
    for party, state in _staying(db, negotiation):
        if party.member_id is None or state not in MAY_COME_IN:
            yield party, now
        else:
            here[party.member_id] = party
    blocks = (
        select(Block)
        .where(Block.blocker_id.in_(here), Block.blocked_id.in_(here))
        .order_by(Block.at, Block.blocker_id, Block.blocked_id)
    )
    for block in db.scalars(blocks).all():
        if block.blocker_id in here and block.blocked_id in here:
            # Somebody who had blocked another before never read what came to the table.
            yield here.pop(block.blocker_id), max(block.at, negotiation.begun_at)


def _staying(db: Session, negotiation: Negotiation) -> list[tuple[Party, State | None]]:
    rows = db.execute(
        select(Party, Member.state)
        .outerjoin(Member, Member.id == Party.member_id)
        .where(Party.negotiation_id == negotiation.id, Party.left_at.is_(None))
        .order_by(Party.id)
        .execution_options(populate_existing=True)
    )
    return [(party, state) for party, state in rows]
