"""Loading what stays of sessions and circles: one's own words; rounds, for whoever leads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, String, and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from network.circles.models import Circle
from network.circles.visibility import known as circle_known
from network.errors import NotAllowed, NotFound
from network.learning.kinds import SessionState
from network.learning.models import Commitment, HarvestEntry, LearningSession, Round
from network.learning.visibility import hosts, known
from network.learning.visibility_keeping import reads_entry
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer

Thing = TypeVar("Thing")

_KEY = bindparam("key", type_=String())
_SESSION = aliased(LearningSession, name="at_session")
_CIRCLE = aliased(Circle, name="of_its_circle")


@dataclass(frozen=True, slots=True)
class Kept(Generic[Thing]):
    """One's own words with the addresses of where they stand, where one may still know of it."""

    thing: Thing
    session: str | None
    circle: str | None


@dataclass(frozen=True, slots=True)
class Led:
    """A round, and the session that it is of."""

    round: Round
    session: LearningSession


def _with_place(model: Any) -> Select[Any]:  # noqa: ANN401  # HarvestEntry or Commitment
    return (
        select(model, _SESSION.key, _CIRCLE.slug)
        .select_from(model)
        .outerjoin(_SESSION, and_(_SESSION.id == model.session_id, known(BOUND, NOW, _SESSION)))
        .outerjoin(_CIRCLE, and_(_CIRCLE.id == model.circle_id, circle_known(BOUND, NOW, _CIRCLE)))
        .where(model.key == _KEY)
    )


_ENTRY = _with_place(HarvestEntry)
_ABOUT_ME = _ENTRY.where(HarvestEntry.author_id == BOUND.member_id, reads_entry(BOUND, NOW))
_TO_TAKE_BACK = _ENTRY.where(
    or_(
        HarvestEntry.author_id == BOUND.member_id,
        and_(
            HarvestEntry.written_by_id == BOUND.member_id,
            HarvestEntry.agreed_at.is_(None),
            reads_entry(BOUND, NOW),
        ),
    )
)
_MY_COMMITMENT = _with_place(Commitment).where(Commitment.member_id == BOUND.member_id)
_ROUND = (
    select(Round, LearningSession, hosts(BOUND))
    .join(LearningSession, LearningSession.id == Round.session_id)
    .where(Round.key == _KEY, known(BOUND, NOW))
)


def entry_to_agree(db: Session, member: Member, key: str, *, now: datetime) -> Kept[HarvestEntry]:
    """Return words about this member's learning, agreed or not; raise `NotFound` otherwise."""
    return _one(db, _ABOUT_ME, member, key, now)


def entry_to_take_back(
    db: Session, member: Member, key: str, *, now: datetime
) -> Kept[HarvestEntry]:
    """Return words of this member's learning, taken back or not, or what they wrote down for
    somebody who has not said yes to it; raise `NotFound` otherwise.
    """
    return _one(db, _TO_TAKE_BACK, member, key, now)


def commitment_of_mine(db: Session, member: Member, key: str, *, now: datetime) -> Kept[Commitment]:
    """Return what this member said they would do; raise `NotFound` otherwise."""
    return _one(db, _MY_COMMITMENT, member, key, now)


def round_to_lead(db: Session, member: Member, key: str, *, now: datetime) -> Led:
    """Return a round of a session that this member hosts.

    Raises `NotFound` where they may not know of the session, `NotAllowed` where others host it.
    """
    row = db.execute(_ROUND, {**Viewer.of(member).at(now), "key": key}).first()
    if row is None or row[1].state is not SessionState.SCHEDULED:
        raise NotFound
    if not row[2]:
        raise NotAllowed
    return Led(row[0], row[1])


def _one(db: Session, statement: Select[Any], member: Member, key: str, now: datetime) -> Kept[Any]:
    row = db.execute(statement, {**Viewer.of(member).at(now), "key": key}).first()
    if row is None:
        raise NotFound
    return Kept(*row)
