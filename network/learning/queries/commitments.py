"""What people said they would do, as those of their circle read it, or those who were there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, case, exists, or_, select
from sqlalchemy.orm import Session, aliased

from network.circles.models import Circle
from network.circles.visibility import IN_IT
from network.columns import BigId, UtcDateTime
from network.learning.kinds import CommitmentState
from network.learning.models import Commitment, LearningSession
from network.learning.visibility_keeping import reads_commitment
from network.members.models import Member, Membership
from network.members.visibility import BOUND, NOW, Viewer

MOST_SHOWN = 100

_SESSION_ID = bindparam("session", type_=BigId)
_CIRCLE_ID = bindparam("circle", type_=BigId)
_BEFORE = bindparam("before", type_=UtcDateTime())
_PLACE = aliased(Membership, name="place_of_maker")


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said they would do."""

    commitment: Commitment
    maker: Member
    is_mine: bool


_STILL_IN_IT = exists().where(
    _PLACE.circle_id == Commitment.circle_id,
    _PLACE.member_id == Commitment.member_id,
    _PLACE.state.in_(IN_IT),
)
_OPEN = Commitment.state == CommitmentState.OPEN
_READ = (
    select(Commitment, Member)
    .join(Member, Member.id == Commitment.member_id)
    .where(reads_commitment(BOUND, NOW))
    .limit(MOST_SHOWN)
)
_HERE = Commitment.session_id == _SESSION_ID
# What is open from before, and what was told of it since this meeting began.
_BROUGHT_BACK = and_(
    Commitment.circle_id == _CIRCLE_ID,
    Commitment.made_at < _BEFORE,
    or_(Commitment.session_id.is_(None), Commitment.session_id != _SESSION_ID),
    or_(_OPEN, Commitment.ended_at >= _BEFORE),
    _STILL_IN_IT,
)
_OF_SESSION = _READ.where(or_(_HERE, _BROUGHT_BACK)).order_by(Commitment.made_at, Commitment.id)
_OF_CIRCLE = _READ.where(Commitment.circle_id == _CIRCLE_ID).order_by(
    case((_OPEN, 0), else_=1), Commitment.made_at.desc(), Commitment.id.desc()
)


def of_session(
    db: Session, member: Member, session: LearningSession, now: datetime
) -> tuple[list[Said], list[Said]]:
    """Return what is brought back from before in a circle's session, and what was said at it."""
    bound = {
        **Viewer.of(member).at(now),
        "session": session.id,
        "circle": session.circle_id,
        "before": session.starts_at or now,
    }
    found = [_said(each, maker, member) for each, maker in db.execute(_OF_SESSION, bound)]
    here = [each for each in found if each.commitment.session_id == session.id]
    return [each for each in found if each.commitment.session_id != session.id], here


def brought_back(
    db: Session, session: LearningSession, member: Member, now: datetime
) -> Sequence[Said]:
    """Return the commitments with which the session of a circle begins: those still open then."""
    return of_session(db, member, session, now)[0]


def of_circle(db: Session, member: Member, circle: Circle, now: datetime) -> Sequence[Said]:
    """Return what was said in a circle: what is open first, the newest first."""
    bound = {**Viewer.of(member).at(now), "circle": circle.id}
    return [_said(each, maker, member) for each, maker in db.execute(_OF_CIRCLE, bound)]


def _said(commitment: Commitment, maker: Member, member: Member) -> Said:
    return Said(commitment, maker, is_mine=maker.id == member.id)
