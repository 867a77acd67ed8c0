"""Keeping a search. Only its owner ever sees that it was made."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from network.changes import changed
from network.errors import Invalid
from network.events.services import record
from network.members.models import Member, SavedSearch
from network.translation import _

MOST_KEPT = 50


def keep_search(db: Session, member: Member, *, terms: str, now: datetime) -> None:
    """Keep a search, given as the query part of its address. Keeping it twice is once."""
    held = db.scalar(
        select(SavedSearch).where(SavedSearch.member_id == member.id, SavedSearch.terms == terms)
    )
    if held is not None or not terms:
        return
    count = db.scalar(select(func.count()).where(SavedSearch.member_id == member.id)) or 0
    if count >= MOST_KEPT:
        raise Invalid(_("%(most)s kept searches are the most; let one go first.", most=MOST_KEPT))
    db.add(SavedSearch(member_id=member.id, terms=terms, saved_at=now))
    record(db, "members:search:kept", actor=member.id, subject=("member", member.id), now=now)


def forget_search(db: Session, member: Member, *, key: str, now: datetime) -> None:
    """Let one of the member's own kept searches go. Harmless when it is gone."""
    mine = delete(SavedSearch).where(SavedSearch.member_id == member.id, SavedSearch.key == key)
    if changed(db, mine):
        subject = ("member", member.id)
        record(db, "members:search:forgotten", actor=member.id, subject=subject, now=now)
