"""The end of an approach before a conversation opens: it is taken back, a no is told, or its writer
speaks for the organisation no longer.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.models import Ask, AskState
from network.conversations.models import About
from network.conversations.services import leave_about
from network.errors import Conflict, Invalid, NotFound
from network.members.models import Member
from network.organisations.kinds import ApproachState, AskOf
from network.organisations.models import Approach
from network.organisations.services.approach_turns import log, take
from network.text import clean
from network.translation import _

KINDS = (AskOf.APPROACH.value, AskOf.TEAM_APPROACH.value)
LONGEST_NO = 600
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
            log(db, approach, "organisations:approach:closed", actor=actor.id, now=now)
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


def withdraw(db: Session, approach: Approach, *, actor: Member, now: datetime) -> None:
    """Take an approach back, whatever was quietly answered; twice is once. The side that wrote is
    loaded by `access.approach_sent`. Raises `Conflict` where it is over already.
    """
    take(db, approach)
    if approach.state is ApproachState.WITHDRAWN:
        return
    over = approach.told_no_at is not None or approach.expires_at <= now
    if approach.state is not ApproachState.SENT or over:
        raise Conflict(_("This is over already."))
    approach.state, approach.ended_at = ApproachState.WITHDRAWN, now
    close_asks(db, approach, actor=actor, now=now)
    log(db, approach, "organisations:approach:withdrawn", actor=actor.id, now=now)


def tell_no(db: Session, approach: Approach, *, actor: Member, words: str, now: datetime) -> None:
    """Tell the side that wrote that it is a no, with words or without: it is over for good.

    Twice is once. Raises `NotFound` for anybody but the one it was written to, `Conflict` where it
    is over already, `Invalid` for too many words.
    """
    if approach.member_id != actor.id:
        raise NotFound
    take(db, approach)
    if approach.told_no_at is not None:
        return
    if approach.state is not ApproachState.SENT or approach.expires_at <= now:
        raise Conflict(_("This is over already. They are told nothing."))
    said = clean(words)
    if len(said) > LONGEST_NO:
        raise Invalid(
            _("This has %(n)s letters; %(most)s is the most.", n=len(said), most=LONGEST_NO),
            field="words",
        )
    approach.told_no_at, approach.told_words = now, said
    close_asks(db, approach, actor=actor, now=now)
    log(db, approach, "organisations:approach:told_no", actor=actor.id, now=now, to=("mail",))
