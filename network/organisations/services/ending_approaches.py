"""The end of what somebody wrote in the name of an organisation that they speak for no longer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.models import Ask, AskState
from network.conversations.models import About
from network.conversations.services import leave_about
from network.members.models import Member
from network.organisations.kinds import ApproachState, AskOf
from network.organisations.models import Approach

KINDS = (AskOf.APPROACH.value, AskOf.TEAM_APPROACH.value)
# What may still be answered, or have its answer changed.
OPEN = (AskState.WAITING, AskState.DECLINED)


def asks_of(approach: Approach) -> ColumnElement[bool]:
    """Hold for the asks that put an approach before somebody."""
    return and_(Ask.thing_id == approach.id, Ask.kind.in_(KINDS))


def close_asks(db: Session, approach: Approach, *, actor: Member, now: datetime) -> None:
    """Close what is still open of an approach, silently and for good."""
    asks.close(db, and_(asks_of(approach), Ask.state.in_(OPEN)), actor=actor, now=now)


def close_approaches_of(
    db: Session, organisation_id: int, member_id: int, *, actor: Member, now: datetime
) -> None:
    """Close what somebody wrote in the name of an organisation, and take them out of what was
    opened, with all that was said in it. The row of the organisation is taken before.
    """
    theirs = select(Approach).where(
        Approach.organisation_id == organisation_id,
        Approach.writer_id == member_id,
        Approach.state.in_((ApproachState.SENT, ApproachState.OPENED)),
    )
    for approach in db.scalars(theirs.execution_options(populate_existing=True)).all():
        close_asks(db, approach, actor=actor, now=now)
        if approach.state is ApproachState.SENT:
            approach.state, approach.ended_at = ApproachState.CLOSED, now
        else:
            leave_about(
                db,
                About.APPROACH,
                approach.id,
                person_id=member_id,
                actor_id=actor.id,
                now=now,
                keep=False,
            )
