"""What was written to members and teams: for the side that wrote it no more than it is told, for
those who are asked what they answer to.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, bindparam, func, select
from sqlalchemy.orm import Session, joinedload

from network.asks.models import Ask, AskState
from network.circles.models import Circle
from network.columns import BigId
from network.conversations.hearing import is_there
from network.conversations.models import About, Conversation, Participant
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer
from network.organisations.kinds import ApproachState, AskOf
from network.organisations.models import Approach, Organisation, Readiness
from network.organisations.visibility import COUNT_FOR, approach_written

MOST_OPEN = 5
OPEN_FOR = timedelta(days=21)
# How long the same side holds back after a no that was told, and after anything else: counted from
# the day on which it ended or would have, and from the day on which it was sent.
AFTER_A_NO = timedelta(days=180)
AFTER_SILENCE, AFTER_SENDING = timedelta(days=60), timedelta(days=90)
MOST_LISTED = 200
KINDS = (AskOf.APPROACH.value, AskOf.TEAM_APPROACH.value)


class Told(StrEnum):
    """What the side that wrote is told. A quiet no, silence and a block are all the same."""

    WAITING = "waiting"
    OPENED = "opened"
    LAPSED = "lapsed"
    TAKEN_BACK = "taken_back"
    TOLD_NO = "told_no"
    CLOSED = "closed"


_ENDED = {
    ApproachState.OPENED: Told.OPENED,
    ApproachState.WITHDRAWN: Told.TAKEN_BACK,
    ApproachState.CLOSED: Told.CLOSED,
}


@dataclass(frozen=True, slots=True)
class Desk:
    """What somebody may send, of an organisation or (None) for themselves: known before they
    write, and about nobody but their own side.
    """

    organisation: Organisation | None
    open_now: int
    counts_until: datetime | None = None

    @property
    def is_verified(self) -> bool:
        """Whether it is known whose page it is; a member is known by being here."""
        return self.organisation is None or self.organisation.verified_by is not None

    @property
    def left(self) -> int:
        """How many more may be open at once."""
        return max(0, MOST_OPEN - self.open_now)

    def answers_count(self, now: datetime) -> bool:
        """Whether the five answers count now; a member owes none."""
        if self.organisation is None:
            return True
        return self.counts_until is not None and self.counts_until > now


def as_writer_sees(approach: Approach, now: datetime) -> Told:
    """Return what the side that wrote is told about an approach."""
    if approach.state in _ENDED:
        return _ENDED[approach.state]
    if approach.told_no_at is not None:
        return Told.TOLD_NO
    return Told.WAITING if approach.expires_at > now else Told.LAPSED


def again_from(approach: Approach) -> datetime:
    """Return when the same side may write to the same person or team again, after this."""
    if approach.told_no_at is not None:
        return approach.told_no_at + AFTER_A_NO
    return max(approach.expires_at + AFTER_SILENCE, approach.sent_at + AFTER_SENDING)


def looks_open(now: Any) -> ColumnElement[bool]:  # noqa: ANN401  # or bound
    """Hold for what waits in the eyes of whoever wrote it, whatever was quietly answered."""
    return and_(
        Approach.state == ApproachState.SENT,
        Approach.expires_at > now,
        Approach.told_no_at.is_(None),
    )


_ORGANISATION = bindparam("organisation", type_=BigId)
_WRITER = bindparam("writer", type_=BigId)
_OURS = Approach.organisation_id == _ORGANISATION
_MINE = and_(Approach.organisation_id.is_(None), Approach.writer_id == _WRITER)
_OPEN = select(func.count()).select_from(Approach).where(looks_open(NOW))
_WRITTEN_AT = select(Readiness.written_at).where(
    Readiness.organisation_id == _ORGANISATION,
    Readiness.version == bindparam("version", type_=Integer()),
)
_DESK = select(_OPEN.where(_OURS).scalar_subquery(), _WRITTEN_AT.scalar_subquery())
_OWN_DESK = _OPEN.where(_MINE)


def desk(db: Session, writer: Member, organisation: Organisation | None, now: datetime) -> Desk:
    """Return what may be sent now, in one statement."""
    if organisation is None:
        count = db.scalar(_OWN_DESK, {"writer": writer.id, "viewer_now": now})
        return Desk(None, count or 0)
    bound = {"organisation": organisation.id, "version": organisation.readiness_version}
    count, written_at = db.execute(_DESK, {**bound, "viewer_now": now}).one()
    return Desk(organisation, count, None if written_at is None else written_at + COUNT_FOR)


_TO = {
    Member: Approach.member_id == bindparam("to", type_=BigId),
    Circle: Approach.circle_id == bindparam("to", type_=BigId),
}
_TO_THEM = {
    (to, ours): select(Approach).where(side, where)
    for to, where in _TO.items()
    for ours, side in ((True, _OURS), (False, _MINE))
}


def held_until(
    db: Session,
    writer: Member,
    organisation: Organisation | None,
    to: Member | Circle,
    now: datetime,
) -> datetime | None:
    """Return until when this side holds back from writing to somebody, or None if it does not."""
    ours = organisation is not None
    side = {"organisation": organisation.id} if organisation is not None else {"writer": writer.id}
    found = db.scalars(_TO_THEM[type(to), ours], {**side, "to": to.id}).all()
    latest = max((again_from(each) for each in found), default=None)
    return latest if latest is not None and latest > now else None


_WITH = (
    joinedload(Approach.organisation),
    joinedload(Approach.writer),
    joinedload(Approach.member),
    joinedload(Approach.circle),
)
_WRITTEN = (
    select(Approach)
    .where(approach_written(BOUND, NOW))
    .options(*_WITH)
    .order_by(Approach.sent_at.desc(), Approach.id.desc())
    .limit(MOST_LISTED)
)


def written(db: Session, member: Member, now: datetime) -> Sequence[tuple[Approach, Told]]:
    """Return what a member and the organisations they speak for wrote, the newest first, with what
    each of them is told.
    """
    found = db.scalars(_WRITTEN, Viewer.of(member).at(now)).all()
    return [(each, as_writer_sees(each, now)) for each in found]


def approaches_of(db: Session, ids: Collection[int]) -> Mapping[int, Approach]:
    """Return what the templates of asks read of approaches, by their row."""
    found = db.scalars(select(Approach).where(Approach.id.in_(ids)).options(*_WITH))
    return {approach.id: approach for approach in found}


_MY_ASK = select(Ask).where(
    Ask.kind.in_(KINDS),
    Ask.thing_id == bindparam("approach", type_=BigId),
    Ask.addressee_id == BOUND.member_id,
)


def ask_of(db: Session, member: Member, approach: Approach, now: datetime) -> Ask | None:
    """Return the ask by which an approach reached a member."""
    return db.scalar(_MY_ASK, {**Viewer.of(member).at(now), "approach": approach.id})


def may_answer(approach: Approach, ask: Ask | None, now: datetime) -> bool:
    """Whether the ask of an approach still takes an answer."""
    return (
        ask is not None
        and ask.state in {AskState.WAITING, AskState.DECLINED}
        and approach.expires_at > now
    )


_TALK = (
    select(Conversation.key)
    .join(Participant, Participant.conversation_id == Conversation.id)
    .where(
        Conversation.about == About.APPROACH,
        Conversation.thing_id == bindparam("approach", type_=BigId),
        Participant.member_id == BOUND.member_id,
        is_there(BOUND),
    )
)


def talk_of(db: Session, member: Member, approach: Approach, now: datetime) -> str | None:
    """Return the key of the conversation that an approach opened, where this member reads it."""
    return db.scalar(_TALK, {**Viewer.of(member).at(now), "approach": approach.id})
