"""What a yes does to an approach: whoever wrote and those who agreed have a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from network.asks.models import Ask
from network.conversations.models import About
from network.conversations.services import join_about, open_about
from network.errors import Conflict
from network.members.models import Member
from network.organisations.kinds import ApproachState
from network.organisations.models import Approach
from network.organisations.services.approach_turns import log


def said_yes(db: Session, ask: Ask, now: datetime) -> None:
    """Open the conversation of the one who wrote and the one who was asked."""
    approach = db.get_one(Approach, ask.thing_id)
    if approach.state is not ApproachState.SENT or approach.told_no_at is not None:
        raise Conflict
    open_talk(db, approach, [ask.addressee_id], opener_id=ask.addressee_id, now=now)


def open_talk(
    db: Session, approach: Approach, agreed: Sequence[int], *, opener_id: int, now: datetime
) -> None:
    """Open the conversation of an approach for whoever wrote it and for those who agreed."""
    approach.state, approach.ended_at = ApproachState.OPENED, now
    opener = db.get_one(Member, opener_id)
    people = [approach.writer_id, *agreed]
    open_about(db, About.APPROACH, approach.id, people=people, opener=opener, now=now)
    log(db, approach, "organisations:approach:opened", actor=opener_id, now=now, to=("mail",))


def join_talk(db: Session, approach: Approach, person: Member, *, now: datetime) -> None:
    """Let somebody into the conversation that others of their team opened before."""
    join_about(db, About.APPROACH, approach.id, person=person, actor=person, now=now)
