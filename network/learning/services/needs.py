"""What somebody wants to learn: written, shared by others, let go, taken up by a host."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.errors import Conflict, NotAllowed
from network.events.services import record
from network.learning.kinds import Format, NeedState
from network.learning.models import LearningInterest, LearningNeed, LearningSession
from network.learning.services.sessions import draft
from network.learning.visibility_rooms import waits_for_host
from network.members.models import Member
from network.translation import _

OVER = _("Somebody hosts this already, or it was let go. Look at it again.")


def write_need(
    db: Session, actor: Member, *, words: str, why: str, submission: str, now: datetime
) -> LearningNeed:
    """Say what one wants to learn, or return what this submission said already."""
    again = db.scalar(
        select(LearningNeed).where(
            LearningNeed.member_id == actor.id, LearningNeed.submission == submission
        )
    )
    if again is not None:
        if (again.words, again.why) == (words, why):
            return again
        submission = uuid4().hex  # other words from the same form: not one is lost
    need = LearningNeed(
        member_id=actor.id, words=words, why=why, written_at=now, submission=submission
    )
    db.add(need)
    db.flush()  # the event names it
    _note(db, need, "learning:need:written", actor=actor, now=now, to=("things",))
    return need


def take_interest(db: Session, need: LearningNeed, *, actor: Member, now: datetime) -> None:
    """Say that one would like to learn this too. Twice is once.

    Raises `NotAllowed` for whoever wrote it, `Conflict` where nobody needs to be found any more.
    """
    if need.member_id == actor.id:
        raise NotAllowed(_("You wrote this one."))
    _hold(db, need)
    if db.get(LearningInterest, (need.id, actor.id)) is None:
        db.add(LearningInterest(need_id=need.id, member_id=actor.id, at=now))
        _note(db, need, "learning:interest:taken", actor=actor, now=now)


def take_interest_back(db: Session, need: LearningNeed, *, actor: Member, now: datetime) -> None:
    """Take one's interest back. Harmless where there is none."""
    mine = (LearningInterest.need_id == need.id, LearningInterest.member_id == actor.id)
    if changed(db, delete(LearningInterest).where(*mine)):
        _note(db, need, "learning:interest:taken_back", actor=actor, now=now)


def let_go(db: Session, need: LearningNeed, *, actor: Member, now: datetime) -> None:
    """Let go of what one wanted to learn: nobody else reads it any more. Twice is once.

    Raises `Conflict` where somebody hosts it meanwhile.
    """
    if need.member_id != actor.id:
        raise NotAllowed
    gone = changed(
        db,
        update(LearningNeed)
        .where(LearningNeed.id == need.id, LearningNeed.state != NeedState.LET_GO, waits_for_host())
        .values(state=NeedState.LET_GO, ended_at=now),
    )
    db.refresh(need)
    if gone == 1:
        _note(db, need, "learning:need:let_go", actor=actor, now=now, to=("things",))
    elif need.state is not NeedState.LET_GO:
        raise Conflict(OVER)


def offer_to_host(
    db: Session,
    need: LearningNeed,
    *,
    actor: Member,
    title: str,
    format: Format = Format.WORKSHOP,  # noqa: A002  # what the house calls it
    words: str = "",
    submission: str,
    now: datetime,
    domain: str,
) -> LearningSession:
    """Take up a wish: a session is drafted with the actor as its host. The same offer is once.

    Raises `Conflict` where somebody else was first, or it was let go. `domain` is the network's,
    for calendars.
    """
    again = _offered_already(db, need, actor, submission)
    if again is not None:
        return again
    _hold(db, need, state=NeedState.HOSTED, ended_at=now)
    session = draft(
        db,
        actor,
        format=format,
        title=title,
        words=words,
        circle=None,
        need=need,
        submission=submission,
        now=now,
        domain=domain,
    )
    _note(
        db, need, "learning:need:hosted", actor=actor, now=now, to=("things",), session=session.id
    )
    return session


def _offered_already(
    db: Session, need: LearningNeed, actor: Member, submission: str
) -> LearningSession | None:
    return db.scalar(
        select(LearningSession).where(
            LearningSession.proposer_id == actor.id,
            LearningSession.submission == submission,
            LearningSession.need_id == need.id,
        )
    )


def _hold(db: Session, need: LearningNeed, **values: object) -> None:
    """Take the row of a wish that waits for a host, and set what changes; else raise `Conflict`."""
    held = changed(
        db,
        update(LearningNeed)
        .where(LearningNeed.id == need.id, waits_for_host())
        .values(**(values or {"state": LearningNeed.state})),
    )
    if held != 1:
        raise Conflict(OVER)
    db.refresh(need)


def _note(  # an event is these things
    db: Session,
    need: LearningNeed,
    kind: str,
    *,
    actor: Member,
    now: datetime,
    to: tuple[str, ...] = (),
    **data: Any,  # noqa: ANN401  # whatever JSON holds
) -> None:
    subject = ("learning_need", need.id)
    record(db, kind, actor=actor.id, subject=subject, now=now, to=to, **data)
