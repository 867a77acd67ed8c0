"""Loading words about shared work: for whom they are about once they are open, and for whoever
wrote them, always.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, bindparam, select
from sqlalchemy.orm import Session

from network.engagements.models import Engagement, Testimony
from network.engagements.queries.testimonies import ABOUT_ME, AUTHOR, BY_ME, SUBJECT, eyes
from network.errors import NotFound
from network.members.models import Member

_KEY = Testimony.key == bindparam("key", type_=String())
_JOINED = (
    select(Testimony, Engagement, AUTHOR)
    .join(Engagement, Engagement.id == Testimony.engagement_id)
    .join(AUTHOR, AUTHOR.id == Testimony.author_id)
    .join(SUBJECT, SUBJECT.id == Testimony.about_id)
    .where(_KEY)
)
_ABOUT_ME = _JOINED.where(ABOUT_ME)
_BY_ME = _JOINED.where(BY_ME)


def testimony_about(
    db: Session, member: Member, key: str, *, now: datetime
) -> tuple[Testimony, Engagement, Member]:
    """Return words about this member that are open, the work that they are about, and who wrote
    them; raise `NotFound` where they may not read them.
    """
    row = db.execute(_ABOUT_ME, {**eyes(member, now), "key": key}).first()
    if row is None:
        raise NotFound
    return row[0], row[1], row[2]


def testimony_by(
    db: Session, member: Member, key: str, *, now: datetime
) -> tuple[Testimony, Engagement]:
    """Return what this member wrote, taken back or not, and the work that it is about; raise
    `NotFound` for the words of others.
    """
    row = db.execute(_BY_ME, {**eyes(member, now), "key": key}).first()
    if row is None:
        raise NotFound
    return row[0], row[1]
