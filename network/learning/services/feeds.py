"""A secret address for one's own calendar: made, made anew, taken away. Its token is told once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from network import auth
from network.changes import changed
from network.errors import Conflict
from network.events.services import record
from network.learning.access_feeds import has_feed
from network.learning.models import CalendarFeed
from network.members.models import Member
from network.translation import _


def make_feed(db: Session, member: Member, *, now: datetime) -> str:
    """Return the token of a new calendar address; only its digest is kept.

    Raises `Conflict` where the member has one: a stale page must not end what works.
    """
    if has_feed(db, member):
        raise Conflict(
            _("You have an address for your calendar already. If it is lost, make a new one.")
        )
    return _begin(db, member, "learning:feed:made", now)


def rotate_feed(db: Session, member: Member, *, now: datetime) -> str:
    """Return the token of a new address; the one before it ends at once.

    Raises `Conflict` where there is none.
    """
    if not _end(db, member, now):
        raise Conflict(_("You have no address for your calendar now. Make one first."))
    return _begin(db, member, "learning:feed:rotated", now)


def revoke_feed(db: Session, member: Member, *, now: datetime) -> None:
    """End a member's calendar address. Ending it twice is harmless."""
    if _end(db, member, now):
        subject = ("member", member.id)
        record(db, "learning:feed:revoked", actor=member.id, subject=subject, now=now)


def _begin(db: Session, member: Member, kind: str, now: datetime) -> str:
    token = auth.new_token()
    db.add(CalendarFeed(member_id=member.id, digest=auth.digest(token), made_at=now))
    db.flush()  # of two who make one at once, the second is refused here
    record(db, kind, actor=member.id, subject=("member", member.id), now=now)
    return token


def _end(db: Session, member: Member, now: datetime) -> int:
    return changed(
        db,
        update(CalendarFeed)
        .where(CalendarFeed.member_id == member.id, CalendarFeed.revoked_at.is_(None))
        .values(revoked_at=now),
    )
