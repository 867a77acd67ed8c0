"""The rounds of an action-learning meeting with their questions, and whose turn could be next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from network.columns import BigId
from network.learning.models import LearningSession, Round, RoundQuestion, SessionHost
from network.learning.queries.harvest import Present, present
from network.members.models import Member
from network.members.visibility import BOUND, Viewer, not_apart

NEVER = datetime.min.replace(tzinfo=UTC)

_PRESENTER = aliased(Member, name="presenter")
_ASKER = aliased(Member, name="asker_in_round")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in a round; `asker` is None where the reader is not told who asked."""

    question: RoundQuestion
    asker: Member | None


@dataclass(frozen=True, slots=True)
class Turn:
    """One round. `presenter` is None where they are not to be named to the reader."""

    round: Round
    presenter: Member | None
    presenter_hosts: bool
    asked: list[Asked] = field(default_factory=list)

    @property
    def is_running(self) -> bool:
        """Whether it goes on now."""
        return self.round.began_at is not None and self.round.ended_at is None

    @property
    def until(self) -> datetime | None:
        """Return when its time is over."""
        began_at = self.round.began_at
        return None if began_at is None else began_at + timedelta(minutes=self.round.minutes)

    def minutes_left(self, now: datetime) -> int:
        """Return how much of its time is left in whole minutes, or nothing when it is over."""
        until = self.until or now
        return max(0, -(-int((until - now).total_seconds()) // 60))


_ROUNDS = (
    select(
        Round,
        _PRESENTER,
        select(SessionHost.member_id)
        .where(
            SessionHost.session_id == Round.session_id,
            SessionHost.member_id == Round.presenter_id,
        )
        .exists(),
        RoundQuestion,
        _ASKER,
    )
    .select_from(Round)
    .outerjoin(
        _PRESENTER,
        and_(
            _PRESENTER.id == Round.presenter_id,
            or_(_PRESENTER.id == BOUND.member_id, not_apart(BOUND, _PRESENTER)),
        ),
    )
    .outerjoin(RoundQuestion, RoundQuestion.round_id == Round.id)
    .outerjoin(
        _ASKER,
        and_(
            _ASKER.id == RoundQuestion.author_id,
            or_(_ASKER.id == BOUND.member_id, not_apart(BOUND, _ASKER)),
        ),
    )
    .where(Round.session_id == bindparam("session", type_=BigId))
    .order_by(Round.position, RoundQuestion.at, RoundQuestion.id)
)


def of_session(db: Session, member: Member, session: LearningSession, now: datetime) -> list[Turn]:
    """Return the rounds of a session in their order, for somebody who comes to it."""
    turns: dict[int, Turn] = {}
    bound = {**Viewer.of(member).at(now), "session": session.id}
    for each, presenter, presenter_hosts, question, asker in db.execute(_ROUNDS, bound):
        turn = turns.setdefault(each.id, Turn(each, presenter, bool(presenter_hosts)))
        if question is not None:
            turn.asked.append(Asked(question, asker))
    return list(turns.values())


def next_presenter(
    db: Session, member: Member, session: LearningSession, now: datetime
) -> Member | None:
    """Return who could bring something next: of those who come and do not host, whoever did so
    longest ago in this circle, or never.
    """
    turns = of_session(db, member, session, now)
    return longest_ago(present(db, member, session, now), turns)


def longest_ago(people: Sequence[Present], turns: Sequence[Turn]) -> Member | None:
    """Return whose turn it could be among these, apart from those whose round is planned."""
    planned = {turn.round.presenter_id for turn in turns}
    free = [each for each in people if not each.hosts and each.member.id not in planned]
    first = min(free, key=lambda each: each.presented_at or NEVER, default=None)
    return None if first is None else first.member
