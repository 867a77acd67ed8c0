"""Showing agreed work on one's own page, in a wording to which all others who agreed to it say yes.

A new wording asks anew. A yes is taken back at any time, and a no is silence.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.engagements.kinds import EngagementState
from network.engagements.models import Engagement, Showing, ShowingConsent
from network.engagements.queries.showings import OWNER, TOGETHER
from network.engagements.services.turns import take
from network.errors import Conflict, NotAllowed, NotFound
from network.events.services import record
from network.members.models import Member
from network.members.visibility import Viewer
from network.translation import _


def write(
    db: Session, engagement: Engagement, *, actor: Member, words: str, now: datetime
) -> Showing:
    """Say in which words one would show this work, and ask the others for a yes to these. The same
    words twice are once. Raises `NotFound` for others than its parties, `NotAllowed` before it
    began.
    """
    take(db, engagement, actor)
    if engagement.begun_at is None or engagement.state is EngagementState.CANCELLED:
        raise NotAllowed(_("Work is shown once it has begun."))
    showing = db.scalar(
        select(Showing)
        .where(Showing.engagement_id == engagement.id, Showing.member_id == actor.id)
        .execution_options(populate_existing=True)
    )
    if showing is None:
        showing = Showing(engagement_id=engagement.id, member_id=actor.id, words=words, at=now)
        db.add(showing)
    elif showing.taken_back_at is None and showing.words == words:
        return showing
    else:
        db.execute(delete(ShowingConsent).where(ShowingConsent.showing_id == showing.id))
        showing.words, showing.wording = words, showing.wording + 1
        showing.at, showing.taken_back_at = now, None
    db.flush()  # the event names it
    _log(db, showing, "worded", actor=actor, now=now, to=("mail",))
    return showing


def consent(
    db: Session,
    showing: Showing,
    engagement: Engagement,
    *,
    actor: Member,
    wording: int,
    now: datetime,
) -> None:
    """Say yes to these very words about shared work. Twice is once.

    Raises `NotFound` for others than those who agreed to the work, `Conflict` where the words are
    other ones by now, or are shown no longer.
    """
    people = take(db, engagement, actor).people
    db.refresh(showing)
    if actor.id == showing.member_id or showing.member_id not in people:
        raise NotFound
    if not _together(db, showing, actor, now):
        raise NotFound
    if showing.taken_back_at is not None:
        raise Conflict(_("These words were taken back while you were reading."))
    if showing.wording != wording:
        raise Conflict(_("The words changed while you were reading. Read them as they are now."))
    before = db.get(ShowingConsent, (showing.id, actor.id), populate_existing=True)
    if before is not None:
        return
    db.add(ShowingConsent(showing_id=showing.id, member_id=actor.id, wording=wording, at=now))
    _log(db, showing, "consented", actor=actor, now=now)


def take_back(
    db: Session, showing: Showing, engagement: Engagement, *, actor: Member, now: datetime
) -> None:
    """Take what one shows off one's page, or one's yes to what somebody else shows. Twice is once,
    and nobody is told.
    """
    take(db, engagement, actor)
    if actor.id == showing.member_id:
        gone = changed(
            db,
            update(Showing)
            .where(Showing.id == showing.id, Showing.taken_back_at.is_(None))
            .values(words="", taken_back_at=now),
        )
    else:
        gone = changed(
            db,
            delete(ShowingConsent).where(
                ShowingConsent.showing_id == showing.id, ShowingConsent.member_id == actor.id
            ),
        )
    if gone == 1:
        _log(db, showing, "taken_back", actor=actor, now=now)


def _together(db: Session, showing: Showing, actor: Member, now: datetime) -> bool:
    found = select(exists().where(OWNER.id == showing.member_id, TOGETHER))
    return bool(db.scalar(found, Viewer.of(actor).at(now)))


def _log(
    db: Session,
    showing: Showing,
    what: str,
    *,
    actor: Member,
    now: datetime,
    to: tuple[str, ...] = (),
) -> None:
    record(
        db,
        f"engagements:showing:{what}",
        actor=actor.id,
        subject=("showing", showing.id),
        now=now,
        to=to,
        wording=showing.wording,
    )
