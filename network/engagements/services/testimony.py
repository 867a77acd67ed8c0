"""Words about working with somebody, once the work is over. They are sealed until both have
written, or for fourteen days; then they stand as they are. Whom they are about may answer once, and
decides whether members read them; whoever wrote them may take them back, for good.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.db import reading, transaction
from network.engagements.kinds import EngagementState
from network.engagements.life import is_ending
from network.engagements.models import Engagement, Testimony
from network.engagements.queries.testimonies import AUTHOR, SUBJECT, TOGETHER, due
from network.engagements.services.turns import take
from network.errors import Conflict, NotAllowed, NotFound
from network.events.services import record
from network.members.models import Member
from network.translation import _


def write(
    db: Session, engagement: Engagement, *, actor: Member, about: int, words: str, now: datetime
) -> Testimony:
    """Write about somebody with whom one worked, or change what nobody has read yet. The same words
    twice are once, and the second of two opens both.

    Raises `NotFound` for somebody who did not agree to this work, `NotAllowed` while it goes on,
    `Conflict` where the words are open or were taken back.
    """
    people = take(db, engagement, actor).people
    if about == actor.id or about not in people:
        raise NotFound
    may_be_written(engagement, now)
    mine = _one(db, engagement.id, author=actor.id, about=about)
    if mine is None:
        mine = Testimony(
            engagement_id=engagement.id, author_id=actor.id, about_id=about, words=words, at=now
        )
        db.add(mine)
        db.flush()  # the events name it
        _log(db, mine, "written", actor=actor.id, now=now)
        _open_both(db, mine, actor, now)
        return mine
    if mine.taken_back_at is not None:
        raise Conflict(_("You took your words about this work back, and that is for good."))
    if mine.words == words:
        return mine
    if mine.is_open(now):
        raise Conflict(_("Your words are open to be read by now, and stay as they are."))
    mine.words = words
    _log(db, mine, "changed", actor=actor.id, now=now)
    return mine


def may_be_written(engagement: Engagement, now: datetime) -> None:
    """Raise `NotAllowed` while the work is not over, with two weeks to go at the most."""
    if engagement.state is EngagementState.CANCELLED or not is_ending(engagement, now):
        raise NotAllowed(_("Words about working together are for when the work is over."))


def answer(db: Session, testimony: Testimony, *, actor: Member, words: str, now: datetime) -> None:
    """Answer words about oneself, once. The same answer twice is once; raises `Conflict` for
    another.
    """
    _must_be_about(testimony, actor, now)
    done = changed(
        db,
        update(Testimony)
        .where(Testimony.id == testimony.id, Testimony.taken_back_at.is_(None))
        .where(Testimony.replied_at.is_(None))
        .values(reply=words, replied_at=now),
    )
    if done == 1:
        _log(db, testimony, "answered", actor=actor.id, now=now)
        return
    db.refresh(testimony)
    if testimony.taken_back_at is not None:
        raise NotFound
    if testimony.reply != words:
        raise Conflict(_("You have answered already. Your answer stands as it is."))


def show(db: Session, testimony: Testimony, *, actor: Member, now: datetime) -> None:
    """Let members read words about oneself, on one's own page. Twice is once."""
    _must_be_about(testimony, actor, now)
    moved = changed(
        db,
        update(Testimony)
        .where(Testimony.id == testimony.id, Testimony.taken_back_at.is_(None))
        .where(Testimony.shown_at.is_(None))
        .values(shown_at=now),
    )
    if moved == 1:
        _log(db, testimony, "shown", actor=actor.id, now=now)


def keep(db: Session, testimony: Testimony, *, actor: Member, now: datetime) -> None:
    """Keep words about oneself to oneself. Twice is once, and nobody is told."""
    _must_be_about(testimony, actor, now)
    moved = changed(
        db,
        update(Testimony)
        .where(Testimony.id == testimony.id, Testimony.shown_at.is_not(None))
        .values(shown_at=None),
    )
    if moved == 1:
        _log(db, testimony, "kept", actor=actor.id, now=now)


def take_back(db: Session, testimony: Testimony, *, actor: Member, now: datetime) -> None:
    """Take one's words back, and what was answered to them: they are deleted. Twice is once."""
    if testimony.author_id != actor.id:
        raise NotFound
    gone = changed(
        db,
        update(Testimony)
        .where(Testimony.id == testimony.id, Testimony.taken_back_at.is_(None))
        .values(words="", reply="", replied_at=None, shown_at=None, taken_back_at=now),
    )
    if gone == 1:
        _log(db, testimony, "taken_back", actor=actor.id, now=now)


def open_due(now: datetime) -> None:
    """Write down that words are open whose fourteen days are over, and tell whom they are about:
    each in a transaction of its own.
    """
    with reading() as db:
        found = list(db.scalars(select(Testimony.id).where(due(now)).order_by(Testimony.id)))
    for testimony_id in found:
        with transaction() as db:
            open_one(db, db.get_one(Testimony, testimony_id), now)


def open_one(db: Session, testimony: Testimony, now: datetime) -> None:
    """Write down that these words are open, if they are due and it is not written yet."""
    opens = update(Testimony).where(Testimony.id == testimony.id, due(now))
    if changed(db, opens.values(opened_at=testimony.opens_at)) == 1:
        _log(db, testimony, "opened", actor=None, now=now, to=("mail",))


def _open_both(db: Session, mine: Testimony, actor: Member, now: datetime) -> None:
    """Open both where the other has written too. Where a block or a shield parts the two, it is as
    if the other had not.
    """
    assert mine.author_id is not None  # noqa: S101  # it was written just now
    theirs = _one(db, mine.engagement_id, author=mine.about_id, about=mine.author_id)
    if theirs is None or theirs.taken_back_at is not None or not _together(db, mine):
        return
    for each in (mine, theirs):
        if each.opened_at is None:
            each.opened_at = now
            _log(db, each, "opened", actor=actor.id, now=now, to=("mail",))


def _one(db: Session, engagement_id: int, *, author: int, about: int) -> Testimony | None:
    return db.scalar(
        select(Testimony)
        .where(
            Testimony.engagement_id == engagement_id,
            Testimony.author_id == author,
            Testimony.about_id == about,
        )
        .execution_options(populate_existing=True)
    )


def _together(db: Session, mine: Testimony) -> bool:
    found = (
        select(SUBJECT.id)
        .join(AUTHOR, AUTHOR.id == mine.author_id)
        .where(SUBJECT.id == mine.about_id, TOGETHER)
    )
    return db.scalar(found) is not None


def _must_be_about(testimony: Testimony, actor: Member, now: datetime) -> None:
    if testimony.about_id != actor.id or not testimony.is_open(now):
        raise NotFound


def _log(
    db: Session,
    testimony: Testimony,
    what: str,
    *,
    actor: int | None,
    now: datetime,
    to: tuple[str, ...] = (),
) -> None:
    record(
        db,
        f"engagements:testimony:{what}",
        actor=actor,
        subject=("testimony", testimony.id),
        now=now,
        to=to,
    )
