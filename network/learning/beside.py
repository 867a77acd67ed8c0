"""What stands on the pages of sessions and circles of their harvest, commitments and rounds.

`for_session` runs four statements at most and `for_circle` two; each part is one value, named as
its template expects it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from network.circles.access import Seen as SeenCircle
from network.circles.kinds import Door, Life
from network.learning.access import Seen
from network.learning.forms_keeping import CommitmentForm, EntryForm, QuestionForm, RoundForm
from network.learning.kinds import Attendance, Format, Readers, SessionState
from network.learning.queries import commitments, harvest, rounds
from network.learning.services.harvest import has_begun, is_over
from network.members.models import Member

# The parts in the order in which a meeting goes: it begins with what was said before.
SESSION_PARTS = (
    "learning/keeping/_commitments.html",
    "learning/keeping/_rounds.html",
    "learning/keeping/_harvest.html",
)
ROUND_MINUTES = 30


@dataclass(frozen=True, slots=True)
class Harvest:
    """What `_harvest.html` and `_circle_harvest.html` show, and what of it one may do."""

    words: Sequence[harvest.Learned]
    may_write: bool
    may_close: bool
    is_closed: bool
    # Of a hidden circle nothing goes to members.
    may_open: bool
    # For a host: for whom they may write something down.
    people: Sequence[Member]
    form: EntryForm


@dataclass(frozen=True, slots=True)
class Commitments:
    """What `_commitments.html` and `_circle_commitments.html` show."""

    brought_back: Sequence[commitments.Said]
    said: Sequence[commitments.Said]
    may_write: bool
    of_circle: bool
    form: CommitmentForm


@dataclass(frozen=True, slots=True)
class Rounds:
    """What `_rounds.html` shows of an action-learning meeting to those who come."""

    turns: Sequence[rounds.Turn]
    leads: bool
    has_begun: bool
    people: Sequence[Member]
    suggested: Member | None
    form: RoundForm
    question: QuestionForm

    @property
    def running(self) -> rounds.Turn | None:
        """Return the round that goes on."""
        return next((turn for turn in self.turns if turn.is_running), None)

    @property
    def coming(self) -> rounds.Turn | None:
        """Return the round that begins next."""
        return next((turn for turn in self.turns if turn.round.began_at is None), None)

    @property
    def takes_questions(self) -> bool:
        """Whether a round has begun, so that there is something to ask."""
        return any(turn.round.began_at is not None for turn in self.turns)


def for_session(
    db: Session,
    member: Member,
    seen: Seen,
    now: datetime,
    **forms: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """Return `harvest`, `commitments` and `rounds` of a session; None for what is not there.

    A form that was not taken is given by its name: `entry`, `promise`, `round` or `question`.
    """
    session = seen.session
    is_there = _is_there(seen)
    present = harvest.present(db, member, session, now) if seen.hosts else ()
    return {
        "harvest": _harvest(db, member, seen, present, forms.get("entry")),
        "commitments": _commitments(db, member, seen, now, forms.get("promise"))
        if is_there or session.circle_id is not None
        else None,
        "rounds": _rounds(db, member, seen, present, forms)
        if is_there
        and session.format is Format.ACTION_LEARNING
        and session.state is SessionState.SCHEDULED
        else None,
    }


def for_circle(
    db: Session,
    member: Member,
    seen: SeenCircle,
    now: datetime,
    **forms: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """Return `commitments` and `harvest` of a circle; None for what is not there.

    A form that was not taken is given by its name: `promise` or `entry`.
    """
    circle = seen.circle
    return {
        "commitments": Commitments(
            brought_back=(),
            said=commitments.of_circle(db, member, circle, now),
            may_write=circle.life is not Life.ARCHIVED,
            of_circle=True,
            form=forms.get("promise") or CommitmentForm(submission=uuid4().hex),
        )
        if seen.is_inside
        else None,
        "harvest": _harvest_of_circle(db, member, seen, now, forms.get("entry"))
        if circle.life in {Life.CLOSING, Life.ARCHIVED}
        else None,
    }


def _is_there(seen: Seen) -> bool:
    missed = seen.seat is not None and seen.seat.attended is Attendance.MISSED
    return seen.hosts or (seen.is_going and not missed)


def _harvest(
    db: Session,
    member: Member,
    seen: Seen,
    present: Sequence[harvest.Present],
    form: EntryForm | None,
) -> Harvest | None:
    session, now = seen.session, seen.now
    if not has_begun(session, now):
        return None
    is_closed = session.harvested_at is not None
    people = [each.member for each in present if each.member.id != member.id]
    words, may_open = harvest.of_session(db, member, session, now)
    return Harvest(
        words=words,
        may_write=_is_there(seen) and not is_closed,
        may_close=seen.hosts and not is_closed and is_over(session, now),
        is_closed=is_closed,
        may_open=may_open,
        people=people,
        form=_with_authors(form or _entry_form(), people),
    )


def _harvest_of_circle(
    db: Session, member: Member, seen: SeenCircle, now: datetime, form: EntryForm | None
) -> Harvest:
    return Harvest(
        words=harvest.of_circle(db, member, seen.circle, now),
        may_write=seen.is_inside and seen.circle.life is Life.CLOSING,
        may_close=False,
        is_closed=seen.circle.life is Life.ARCHIVED,
        may_open=seen.circle.door is not Door.HIDDEN,
        people=(),
        form=form or _entry_form(),
    )


def _commitments(
    db: Session, member: Member, seen: Seen, now: datetime, form: CommitmentForm | None
) -> Commitments:
    brought_back, said = commitments.of_session(db, member, seen.session, now)
    return Commitments(
        brought_back=brought_back,
        said=said,
        may_write=_is_there(seen) and has_begun(seen.session, now),
        of_circle=seen.session.circle_id is not None,
        form=form or CommitmentForm(submission=uuid4().hex),
    )


def _rounds(
    db: Session,
    member: Member,
    seen: Seen,
    present: Sequence[harvest.Present],
    forms: dict[str, Any],
) -> Rounds:
    now = seen.now
    turns = rounds.of_session(db, member, seen.session, now)
    suggested = rounds.longest_ago(present, turns) if seen.hosts else None
    people = [each.member for each in present]
    chosen = suggested.handle if suggested else ""
    form = forms.get("round") or RoundForm(presenter=chosen, minutes=ROUND_MINUTES)
    form.presenter.choices = [(each.handle, each.name) for each in people]
    return Rounds(
        turns=turns,
        leads=seen.hosts,
        has_begun=has_begun(seen.session, now),
        people=people,
        suggested=suggested,
        form=form,
        question=forms.get("question") or QuestionForm(submission=uuid4().hex),
    )


def _entry_form() -> EntryForm:
    return EntryForm(submission=uuid4().hex, readers=str(int(Readers.THERE)), named=True)


def _with_authors(form: EntryForm, people: Sequence[Member]) -> EntryForm:
    form.author.choices = [("", ""), *((each.handle, each.name) for each in people)]
    return form
