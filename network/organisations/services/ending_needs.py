"""The end of needs: what waits about them closes silently, whoever was to answer it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.models import Ask, AskState
from network.conversations.models import About
from network.conversations.services import leave_about
from network.events.services import record
from network.members.models import Member
from network.organisations.kinds import AskOf
from network.organisations.models import NeedShowing, WorkNeed
from network.organisations.visibility import need_open

_STILL = Ask.state.in_((AskState.WAITING, AskState.DECLINED))


def close_needs_of(
    db: Session, organisation_id: int, member_id: int, *, actor: Member, now: datetime
) -> None:
    """End what somebody holds for an organisation: the needs that they wrote for it close without
    words, what waits about these closes silently, as does what they put before circles, and the
    conversations that grew out of them are not theirs to read any more.
    """
    theirs = select(WorkNeed.id).where(
        WorkNeed.organisation_id == organisation_id, WorkNeed.writer_id == member_id
    )
    for need_id in _close(db, organisation_id, member_id, now):
        note_closed(db, need_id, actor=actor, now=now)
    ids = db.scalars(theirs).all()
    close_waiting(db, ids, actor=actor, now=now)
    _close_put_before_circles(db, organisation_id, member_id, actor=actor, now=now)
    talks = select(Ask.id).where(
        Ask.kind == AskOf.LET_US_TALK.value,
        Ask.thing_id.in_(ids),
        Ask.addressee_id == member_id,
        Ask.state == AskState.ACCEPTED,
    )
    for ask_id in db.scalars(talks).all():
        leave_about(
            db,
            About.LET_US_TALK,
            ask_id,
            person_id=member_id,
            actor_id=actor.id,
            now=now,
            keep=False,
        )


def close_waiting(db: Session, need_ids: Collection[int], *, actor: Member, now: datetime) -> None:
    """Close what is still open about these needs, silently: to whoever asked it goes on looking
    as it did.
    """
    showings = select(NeedShowing.id).where(NeedShowing.need_id.in_(need_ids))
    about = or_(
        and_(Ask.kind == AskOf.LET_US_TALK.value, Ask.thing_id.in_(need_ids)),
        and_(Ask.kind == AskOf.SHOWING.value, Ask.thing_id.in_(showings)),
    )
    asks.close(db, and_(about, _STILL), actor=actor, now=now)


def _close_put_before_circles(
    db: Session, organisation_id: int, member_id: int, *, actor: Member, now: datetime
) -> None:
    """Close what somebody put before circles, whoever wrote the need."""
    showings = (
        select(NeedShowing.id)
        .join(WorkNeed, WorkNeed.id == NeedShowing.need_id)
        .where(WorkNeed.organisation_id == organisation_id)
    )
    put = and_(
        Ask.kind == AskOf.SHOWING.value, Ask.asker_id == member_id, Ask.thing_id.in_(showings)
    )
    asks.close(db, and_(put, _STILL), actor=actor, now=now)


def note_closed(db: Session, need_id: int, *, actor: Member, now: datetime) -> None:
    """Record that a need closed."""
    subject = ("work_need", need_id)
    record(db, "organisations:need:closed", actor=actor.id, subject=subject, now=now)


def _close(db: Session, organisation_id: int, member_id: int, now: datetime) -> list[int]:
    """Close what is open, and return which these were."""
    return sorted(
        db.scalars(
            update(WorkNeed)
            .where(
                WorkNeed.organisation_id == organisation_id,
                WorkNeed.writer_id == member_id,
                need_open(now),
            )
            .values(closed_at=now)
            .returning(WorkNeed.id)
        )
    )
