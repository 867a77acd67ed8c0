"""Rounds of an action-learning meeting: planned, begun and ended in order by its hosts; the
questions asked in them.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, aliased

from network.changes import changed
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.events.services import record
from network.learning.kinds import Format, SessionState
from network.learning.models import LearningSession, Round, RoundQuestion
from network.learning.services.harvest import has_begun, was_there
from network.learning.services.turns import take_as_host
from network.members.models import Member
from network.members.visibility import Viewer, not_apart
from network.translation import _

MOST_ROUNDS = 12
SHORTEST, LONGEST = 1, 240

_EARLIER = aliased(Round, name="earlier")
_RUNNING = aliased(Round, name="running")


def plan_round(
    db: Session,
    session: LearningSession,
    *,
    actor: Member,
    presenter: Member,
    minutes: int,
    brings: str,
    now: datetime,
) -> Round:
    """Plan somebody's time, after all that is planned. The same once more is once.

    Raises `NotAllowed` for all but hosts and in other sessions, `NotFound` for a presenter who does
    not come, `Conflict` for too many, `Invalid` for other minutes than 1 to 240.
    """
    take_as_host(db, session, actor)
    if session.format is not Format.ACTION_LEARNING or session.state is not SessionState.SCHEDULED:
        raise NotAllowed(_("Rounds belong to the meeting of an action learning set."))
    seen = select(Member.id).where(Member.id == presenter.id, not_apart(Viewer.of(actor)))
    itself = presenter.id == actor.id or db.scalar(seen) is not None
    if not itself or not was_there(db, session, presenter.id):
        raise NotFound
    if not SHORTEST <= minutes <= LONGEST:
        raise Invalid(_("A round has from 1 to 240 minutes."), field="minutes")
    rounds = db.scalars(
        select(Round).where(Round.session_id == session.id).order_by(Round.position)
    ).all()
    if rounds and rounds[-1].began_at is None and _is_same(rounds[-1], presenter, minutes, brings):
        return rounds[-1]
    if len(rounds) >= MOST_ROUNDS:
        raise Conflict(_("Twelve rounds are the most for one meeting."))
    planned = Round(
        session_id=session.id,
        position=rounds[-1].position + 1 if rounds else 1,
        presenter_id=presenter.id,
        minutes=minutes,
        brings=brings,
    )
    db.add(planned)
    db.flush()  # the event names it
    _note(db, planned, "learning:round:planned", actor, now)
    return planned


def drop_round(
    db: Session, planned: Round, session: LearningSession, *, actor: Member, now: datetime
) -> None:
    """Drop a round that has not begun. Raises `Conflict` where it has."""
    take_as_host(db, session, actor)
    if not changed(db, delete(Round).where(Round.id == planned.id, Round.began_at.is_(None))):
        raise Conflict(_("This round has begun."))
    _note(db, planned, "learning:round:dropped", actor, now)


def begin_round(
    db: Session, planned: Round, session: LearningSession, *, actor: Member, now: datetime
) -> None:
    """Begin the next round. Beginning it twice is once.

    Raises `Conflict` before the session began, out of order, or while another runs.
    """
    take_as_host(db, session, actor)
    if not has_begun(session, now):
        raise Conflict(_("Rounds begin once the session has begun."))
    earlier, running = _EARLIER, _RUNNING
    begun = changed(
        db,
        update(Round)
        .where(
            Round.id == planned.id,
            Round.began_at.is_(None),
            ~select(earlier.id)
            .where(
                earlier.session_id == session.id,
                earlier.began_at.is_(None),
                earlier.position < planned.position,
            )
            .exists(),
            ~select(running.id)
            .where(
                running.session_id == session.id,
                running.began_at.is_not(None),
                running.ended_at.is_(None),
            )
            .exists(),
        )
        .values(began_at=now),
    )
    db.refresh(planned)
    if begun == 1:
        _note(db, planned, "learning:round:begun", actor, now)
    elif planned.began_at is None:
        raise Conflict(_("One round at a time, in their order."))


def end_round(
    db: Session, running: Round, session: LearningSession, *, actor: Member, now: datetime
) -> None:
    """End the round that runs. Twice is once. Raises `Conflict` where it has not begun."""
    take_as_host(db, session, actor)
    ended = changed(
        db,
        update(Round)
        .where(Round.id == running.id, Round.began_at.is_not(None), Round.ended_at.is_(None))
        .values(ended_at=now),
    )
    db.refresh(running)
    if ended == 1:
        _note(db, running, "learning:round:ended", actor, now)
    elif running.ended_at is None:
        raise Conflict(_("This round has not begun."))


def ask_in_round(
    db: Session,
    session: LearningSession,
    *,
    actor: Member,
    words: str,
    submission: str,
    now: datetime,
) -> RoundQuestion:
    """Write down a question in the round that began last: one that came as it ended is kept too.

    Raises `NotAllowed` for whoever does not come, `Conflict` before any began, `Invalid` for none.
    """
    if not was_there(db, session, actor.id):
        raise NotAllowed
    if not words:
        raise Invalid(_("Write the question first."), field="words")
    again = db.scalar(
        select(RoundQuestion).where(
            RoundQuestion.author_id == actor.id, RoundQuestion.submission == submission
        )
    )
    if again is not None:
        if again.words == words:
            return again
        submission = uuid4().hex  # other words from the same form: not one is lost
    latest = db.scalar(
        select(Round.id)
        .where(Round.session_id == session.id, Round.began_at.is_not(None))
        .order_by(Round.position.desc())
        .limit(1)
    )
    if latest is None:
        raise Conflict(_("No round has begun yet. Keep your question until then."))
    question = RoundQuestion(
        round_id=latest, author_id=actor.id, words=words, at=now, submission=submission
    )
    db.add(question)
    return question


def _is_same(planned: Round, presenter: Member, minutes: int, brings: str) -> bool:
    return (planned.presenter_id, planned.minutes, planned.brings) == (
        presenter.id,
        minutes,
        brings,
    )


def _note(db: Session, of: Round, kind: str, actor: Member, now: datetime) -> None:
    subject = ("round", of.id)
    record(db, kind, actor=actor.id, subject=subject, now=now, session=of.session_id)
