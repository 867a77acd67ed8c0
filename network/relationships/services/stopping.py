"""Stopping introductions: what they stood on is gone. Nobody is told; they look open until their
day.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from network.asks.models import Ask, AskState
from network.asks.services import close
from network.events.services import record
from network.members.models import Member
from network.relationships.models import Introduction, IntroductionState

# The names of the kinds that introductions are made of.
CONSENT, CARRY = "introduction", "carry"

ENDINGS = {
    IntroductionState.WITHDRAWN: "relationships:introduction:withdrawn",
    IntroductionState.STOPPED: "relationships:introduction:stopped",
}


def stop_for(
    db: Session, one_id: int, other_id: int, *, actor: Member, now: datetime, apart: bool = False
) -> None:
    """Stop what these two can no longer be part of: as introducer and introduced when their
    connection ends, and in every way when they are kept `apart`.
    """
    pair = (one_id, other_id)
    stands_on_them = and_(
        Introduction.introducer_id.in_(pair),
        or_(Introduction.low_id.in_(pair), Introduction.high_id.in_(pair)),
    )
    if apart:
        brings_them_together = and_(Introduction.low_id.in_(pair), Introduction.high_id.in_(pair))
        stands_on_them = or_(stands_on_them, brings_them_together)
    found = db.scalars(
        select(Introduction)
        .where(stands_on_them, Introduction.state != IntroductionState.MADE)
        .with_for_update()
    ).all()
    for introduction in found:
        if introduction.state is IntroductionState.OPEN:
            over(db, introduction, IntroductionState.STOPPED, actor=actor, now=now)
        else:  # what waits again of one that is over goes where an open one's would go
            _close_letters(db, introduction, actor=actor, now=now)
    low, high = sorted(pair)
    waits = Ask.state.in_((AskState.WAITING, AskState.DECLINED))
    asked_to_carry = and_(Ask.kind == CARRY, Ask.low_id == low, Ask.high_id == high, waits)
    close(db, asked_to_carry, actor=actor, now=now)


def over(
    db: Session,
    introduction: Introduction,
    state: IntroductionState,
    *,
    actor: Member,
    now: datetime,
) -> None:
    """End an introduction that is not made: its letters close. A yes stays a yes, to nothing, and
    looks as it did until the day.
    """
    introduction.state, introduction.ended_at = state, now
    _close_letters(db, introduction, actor=actor, now=now)
    record(
        db,
        ENDINGS[state],
        actor=actor.id,
        subject=("introduction", introduction.id),
        now=now,
    )


def _close_letters(
    db: Session, introduction: Introduction, *, actor: Member, now: datetime
) -> None:
    open_letters = Ask.state.in_((AskState.WAITING, AskState.DECLINED))
    of_it = and_(Ask.kind == CONSENT, Ask.thing_id == introduction.id, open_letters)
    close(db, of_it, actor=actor, now=now)
