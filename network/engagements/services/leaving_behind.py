"""What is left behind: a handover for those who stay, and a harvest of what was learned."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.engagements.kinds import LeftFor
from network.engagements.models import Engagement, Left
from network.engagements.services.turns import few, log, take
from network.errors import Conflict, NotAllowed
from network.members.models import Member
from network.translation import _

LONGEST_TITLE, LONGEST_WORDS = 120, 8000


def leave_behind(
    db: Session,
    engagement: Engagement,
    *,
    actor: Member,
    sort: LeftFor,
    title: str,
    words: str,
    now: datetime,
    submission: str,
) -> Left:
    """Leave words behind, once the work has begun and for as long as anybody reads here.

    The same form with the same words is one; with other words not one is lost.
    """
    called, said = _title(title), _words(words)
    take(db, engagement, actor)
    if engagement.begun_at is None:
        raise Conflict(_("It has not begun yet. Say first that it has."))
    again = db.scalar(
        select(Left).where(
            Left.engagement_id == engagement.id,
            Left.member_id == actor.id,
            Left.submission == submission,
        )
    )
    if again is not None:
        if (again.title, again.words) == (called, said):
            return again
        submission = uuid4().hex
    left = Left(
        engagement_id=engagement.id,
        sort=sort,
        member_id=actor.id,
        title=called,
        words=said,
        at=now,
        changed_at=now,
        submission=submission,
    )
    db.add(left)
    db.flush()  # the event names it
    log(db, engagement, "left:written", actor=actor, now=now, entry=left.id, sort=sort.value)
    return left


def change(
    db: Session,
    engagement: Engagement,
    left: Left,
    *,
    actor: Member,
    title: str,
    words: str,
    now: datetime,
) -> None:
    """Put one's own words otherwise; the old ones are not kept. Twice is once.

    Raises `NotAllowed` for the words of somebody else.
    """
    called, said = _title(title), _words(words)
    take(db, engagement, actor)
    db.refresh(left)
    if left.member_id != actor.id:
        raise NotAllowed(_("Only who wrote this changes it."))
    if (left.title, left.words) == (called, said):
        return
    left.title, left.words, left.changed_at = called, said, now
    log(db, engagement, "left:changed", actor=actor, now=now, entry=left.id)


def _title(title: str) -> str:
    return few(title, LONGEST_TITLE, field="title", missing=_("Give it a few words as a title."))


def _words(words: str) -> str:
    return few(words, LONGEST_WORDS, missing=_("Say what whoever reads it should know."))
