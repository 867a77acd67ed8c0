"""Checking in: three questions, answered by each alone, shown when all have answered or when their
days are over (INV-43).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.engagements.life import due
from network.engagements.models import CheckIn, Engagement
from network.engagements.queries.apart import between
from network.engagements.queries.check_ins import are_all_in
from network.engagements.queries.work import rests, spells
from network.engagements.services.turns import few, log, take
from network.errors import Conflict, Invalid, NotFound
from network.members.models import Member
from network.translation import _

LONGEST_ANSWER = 1000


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody says to the three questions. One of them may be enough."""

    purpose: str = ""
    exchange: str = ""
    change: str = ""


def answer(
    db: Session,
    engagement: Engagement,
    number: int,
    answers: Answers,
    *,
    actor: Member,
    now: datetime,
) -> None:
    """Answer a check-in, or answer it otherwise while nobody else reads it. Twice is once.

    Raises `NotFound` for one that is not due, `Conflict` for one whose answers are shown.
    """
    said = Answers(
        few(answers.purpose, LONGEST_ANSWER, field="purpose"),
        few(answers.exchange, LONGEST_ANSWER, field="exchange"),
        few(answers.change, LONGEST_ANSWER, field="change"),
    )
    if said == Answers():
        raise Invalid(_("Answer one of the three. A sentence is enough."), field="purpose")
    turn = take(db, engagement, actor)
    rested = rests(db, [engagement.id])[engagement.id]
    days = due(engagement, spells(turn.agreed), rested, now)
    day = next((each for each in days if each.number == number), None)
    if day is None:
        raise NotFound
    there = db.scalars(
        select(CheckIn)
        .where(CheckIn.engagement_id == engagement.id, CheckIn.number == number)
        .execution_options(populate_existing=True)
    ).all()
    mine = next((each for each in there if each.member_id == actor.id), None)
    if mine is not None and (mine.purpose, mine.exchange, mine.change) == (
        said.purpose,
        said.exchange,
        said.change,
    ):
        return
    if not day.is_open(now) or are_all_in(there, turn.people, between(db, turn.people)):
        raise Conflict(_("These answers are shown already. They stay as they are."))
    if mine is None:
        mine = CheckIn(engagement_id=engagement.id, number=number, member_id=actor.id)
        db.add(mine)
    mine.purpose, mine.exchange, mine.change = said.purpose, said.exchange, said.change
    mine.at = now
    log(db, engagement, "check_in:answered", actor=actor, now=now, number=number)
