"""Shields and blocks. Both are their owner's secret, and both can be raised twice without harm."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from network.changes import changed
from network.errors import Invalid
from network.events.services import record
from network.members.models import Block, Member, Shield
from network.text import clean_line, fold
from network.translation import _

DOMAIN = re.compile(r"@?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
# What a comparison in the database would read as "anything".
WILD = re.compile(r"[%_\\]")
MOST_SHIELDS = 50
SHORTEST_NAME = 2


def raise_shield(db: Session, member: Member, *, against: str, now: datetime) -> Shield:
    """Hide the member from an organisation, named by its name or the end of its addresses.

    Raises `Invalid` for words that name neither.
    """
    label = clean_line(against)[:120]
    lower = label.lower().rpartition("@")[2] if "@" in label else label.lower()
    name = " ".join(WILD.sub(" ", fold(label)).split())
    mark = f"@{lower}" if DOMAIN.fullmatch(lower) else name
    if len(mark) < SHORTEST_NAME:
        raise Invalid(
            _("Name an organisation, or the end of its email addresses."), field="against"
        )
    held = db.scalars(select(Shield).where(Shield.member_id == member.id)).all()
    for shield in held:
        if shield.mark == mark:
            return shield
    if len(held) >= MOST_SHIELDS:
        raise Invalid(_("%(most)s shields are the most.", most=MOST_SHIELDS), field="against")
    shield = Shield(member_id=member.id, label=label, mark=mark, raised_at=now)
    db.add(shield)
    record(db, "members:shield:raised", actor=member.id, subject=("member", member.id), now=now)
    return shield


def lower_shield(db: Session, member: Member, *, key: str, now: datetime) -> None:
    """Take one of the member's own shields down. Harmless when it is down."""
    if changed(db, delete(Shield).where(Shield.member_id == member.id, Shield.key == key)):
        subject = ("member", member.id)
        record(db, "members:shield:lowered", actor=member.id, subject=subject, now=now)


def block(db: Session, blocker: Member, *, blocked_id: int, now: datetime) -> None:
    """Keep two people apart, both ways, from the next read on. Blocking twice is once."""
    if db.get(Block, (blocker.id, blocked_id)) is None:
        db.add(Block(blocker_id=blocker.id, blocked_id=blocked_id, at=now))
        subject, to = ("member", blocked_id), ("learning", "terms")
        record(db, "members:blocked", actor=blocker.id, subject=subject, now=now, to=to)


def unblock(db: Session, blocker: Member, *, blocked_id: int, now: datetime) -> None:
    """Lift a block. What it closed stays closed. Harmless when there is none."""
    block_row = db.get(Block, (blocker.id, blocked_id))
    if block_row is not None:
        db.delete(block_row)
        record(db, "members:unblocked", actor=blocker.id, subject=("member", blocked_id), now=now)
