"""Whose calendar a secret address shows: its owner's, as long as they may come in themselves."""

from __future__ import annotations

from sqlalchemy import String, bindparam, exists, select
from sqlalchemy.orm import Session

from network import auth
from network.errors import NotFound
from network.learning.models import CalendarFeed
from network.members.access import MAY_COME_IN
from network.members.models import Member

_OWNER = (
    select(Member)
    .join(CalendarFeed, CalendarFeed.member_id == Member.id)
    .where(
        CalendarFeed.digest == bindparam("digest", type_=String()),
        CalendarFeed.revoked_at.is_(None),
        Member.state.in_(MAY_COME_IN),
    )
)


def feed_owner(db: Session, token: str) -> Member:
    """Return whose calendar this token opens.

    Raises `NotFound` alike for one never made, ended, or of somebody suspended or departed.
    """
    owner = db.scalar(_OWNER, {"digest": auth.digest(token)})
    if owner is None:
        raise NotFound
    return owner


def has_feed(db: Session, member: Member) -> bool:
    """Whether a member has a calendar address now."""
    live = exists().where(CalendarFeed.member_id == member.id, CalendarFeed.revoked_at.is_(None))
    return bool(db.scalar(select(live)))
