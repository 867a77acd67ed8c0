"""What people said they would do: said at a session or in a circle, and told of by themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.circles.kinds import Life
from network.circles.models import Circle
from network.circles.visibility import inside
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.events.services import record
from network.learning.kinds import CommitmentState
from network.learning.models import Commitment, LearningSession
from network.learning.services.harvest import has_begun, was_there
from network.members.models import Member
from network.members.visibility import Viewer
from network.translation import _


def commit_at_session(
    db: Session,
    session: LearningSession,
    *,
    actor: Member,
    words: str,
    submission: str,
    now: datetime,
) -> Commitment:
    """Say at a session what one will do; in a circle's session its circle hears of it again.

    Raises `NotAllowed` for whoever was not there, `Conflict` before it began, `Invalid` without
    words.
    """
    if not was_there(db, session, actor.id):
        raise NotAllowed
    if not has_begun(session, now):
        raise Conflict(_("This is said once the session has begun."))
    said = Commitment(session_id=session.id, circle_id=session.circle_id)
    return _make(db, said, actor, words=words, submission=submission, now=now)


def commit_in_circle(
    db: Session, circle: Circle, *, actor: Member, words: str, submission: str, now: datetime
) -> Commitment:
    """Say in a circle what one will do. Raises `NotFound` for whoever is outside, `NotAllowed` in a
    circle that has ended, `Invalid` for no words.
    """
    found = select(Circle.id).where(Circle.id == circle.id, inside(Viewer.of(actor), now))
    if db.scalar(found) is None:
        raise NotFound
    if circle.life is Life.ARCHIVED:
        raise NotAllowed
    said = Commitment(circle_id=circle.id)
    return _make(db, said, actor, words=words, submission=submission, now=now)


def tell(
    db: Session,
    commitment: Commitment,
    *,
    actor: Member,
    state: CommitmentState,
    told: str,
    now: datetime,
) -> None:
    """Tell what became of what one said: done, still going, or let go, with words if one likes.

    The same twice is once; each can be told otherwise later.
    """
    if commitment.member_id != actor.id:
        raise NotFound
    if (commitment.state, commitment.told) == (state, told):
        return
    if commitment.state is not state:
        commitment.ended_at = None if state is CommitmentState.OPEN else now
    commitment.state, commitment.told = state, told
    _note(db, commitment, "learning:commitment:told", actor=actor, now=now, state=state.value)


def _make(
    db: Session, said: Commitment, actor: Member, *, words: str, submission: str, now: datetime
) -> Commitment:
    if not words:
        raise Invalid(_("Say what you will do. A few words are enough."), field="words")
    again = db.scalar(
        select(Commitment).where(
            Commitment.member_id == actor.id, Commitment.submission == submission
        )
    )
    if again is not None:
        if again.words == words:
            return again
        submission = uuid4().hex  # other words from the same form: not one is lost
    said.member_id, said.words, said.made_at = actor.id, words, now
    said.submission = submission
    db.add(said)
    db.flush()  # the event names it
    _note(db, said, "learning:commitment:made", actor=actor, now=now)
    return said


def _note(
    db: Session,
    said: Commitment,
    kind: str,
    *,
    actor: Member,
    now: datetime,
    **data: Any,  # noqa: ANN401  # whatever JSON holds
) -> None:
    record(db, kind, actor=actor.id, subject=("commitment", said.id), now=now, **data)
