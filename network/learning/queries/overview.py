"""What the page of learning shows before anything is looked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Integer, bindparam
from sqlalchemy.orm import Session

from network.learning.kinds import Format, Readers, SessionState
from network.learning.models import GreenRoom, HarvestEntry, LearningNeed, LearningSession
from network.learning.queries.coming import LINE, Line
from network.learning.queries.learned import ENTRIES, Learned
from network.learning.queries.upon import NEEDS, ROOMS
from network.learning.visibility import known
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer

PAGE = 20
SOME = 6
# Numbers that share no divisor with each other: every day another order, and each its turn.
_STRIDE, _DAY_STRIDE, _ROUND = 7919, 104729, 10007

_TURN = bindparam("turn", type_=Integer())
_FORMATS: BindParameter[Format] = bindparam("formats", expanding=True)
_SHOWN: BindParameter[int] = bindparam("shown", expanding=True)
_TO_COME = (
    LINE.where(
        LearningSession.state == SessionState.SCHEDULED,
        LearningSession.starts_at > NOW,
        LearningSession.format.in_(_FORMATS),
        LearningSession.id.not_in(_SHOWN),
        known(BOUND, NOW),
    )
    .order_by(LearningSession.starts_at, LearningSession.id)
    .limit(PAGE + 1)
    .offset(bindparam("start", type_=Integer()))
)
_WISHES = NEEDS.order_by((LearningNeed.id * _STRIDE + _TURN) % _ROUND, LearningNeed.id).limit(SOME)
_OPEN_ROOMS = (
    ROOMS.where(GreenRoom.opened_at <= NOW, GreenRoom.closes_at > NOW)
    .order_by(GreenRoom.closes_at, GreenRoom.id)
    .limit(SOME)
)
# By when they were written: there is an order for it that need not be made.
_LATELY = (
    ENTRIES.where(HarvestEntry.readers == Readers.MEMBERS)
    .order_by(HarvestEntry.id.desc())
    .limit(SOME)
)


def sessions_to_come(
    db: Session,
    member: Member,
    now: datetime,
    *,
    formats: Collection[Format] = (),
    shown: Collection[Line] = (),
    start: int = 0,
) -> tuple[Sequence[Line], int | None]:
    """Return a page of the sessions to come, the soonest first, without those `shown` already; and
    where the next page begins.
    """
    values: dict[str, Any] = {
        **Viewer.of(member).at(now),
        "start": start,
        "formats": list(formats or Format),
    }
    values["shown"] = [line.session.id for line in shown]
    lines = [Line(*row) for row in db.execute(_TO_COME, values)]
    return lines[:PAGE], start + PAGE if len(lines) > PAGE else None


def wishes(db: Session, member: Member, now: datetime) -> Sequence[LearningNeed]:
    """Return some of what people want to learn, with whoever wrote it: others every day."""
    values = {**Viewer.of(member).at(now), "turn": now.toordinal() * _DAY_STRIDE % _ROUND}
    return db.scalars(_WISHES, values).all()


def open_rooms(db: Session, member: Member, now: datetime) -> Sequence[GreenRoom]:
    """Return Green Rooms that are open, with whoever asks: first those that close first."""
    return db.scalars(_OPEN_ROOMS, Viewer.of(member).at(now)).all()


def learned_lately(db: Session, member: Member, now: datetime) -> Sequence[Learned]:
    """Return some of what was learned and written down for all members, the latest first."""
    return [Learned(*row) for row in db.execute(_LATELY, Viewer.of(member).at(now))]
