"""Whatever happens to agreed work takes its row first, so that two who act at one instant have one
outcome.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.engagements.life import is_over
from network.engagements.models import CheckIn, Engagement
from network.engagements.queries.work import Agreed, history, signers
from network.engagements.terms import Terms
from network.errors import Conflict, Invalid, NotFound
from network.events.services import record
from network.members.models import Member
from network.text import clean
from network.translation import _


@dataclass(frozen=True, slots=True)
class Turn:
    """The engagement as it stands once its row is taken: what was agreed, and who acts."""

    agreed: Sequence[Agreed]
    people: frozenset[int]

    @property
    def terms(self) -> Terms:
        """What governs it."""
        return self.agreed[-1].terms


def take(db: Session, engagement: Engagement, actor: Member) -> Turn:
    """Take the row of an engagement and see it as it is then. Raises `NotFound` for others than
    its parties.
    """
    changed(
        db,
        update(Engagement)
        .where(Engagement.id == engagement.id)
        .values(turn=Engagement.turn + 1)
        .execution_options(synchronize_session=False),
    )
    db.refresh(engagement)
    agreed = history(db, engagement)
    people = signers(db, agreed[-1].negotiation) if agreed else frozenset()
    if actor.id not in people:
        raise NotFound
    return Turn(agreed, people)


def must_not_be_over(db: Session, engagement_id: int, now: datetime) -> None:
    """Raise `Conflict` where the work that terms would change is over."""
    if is_over(db.get_one(Engagement, engagement_id, populate_existing=True), now):
        raise Conflict(_("The work that these terms would change is over."))


def after_answers(db: Session, engagement_id: int, now: datetime) -> datetime:
    """Return now, or when the last check-in was answered, where a clock was set back since: what
    changes when they are due counts from there, so that no answer loses its day.
    """
    answered = db.scalar(select(func.max(CheckIn.at)).where(CheckIn.engagement_id == engagement_id))
    return max(now, answered or now)


def few(text: str, most: int, *, field: str = "words", missing: str = "") -> str:
    """Return words as they are kept; raise `Invalid` for too many, or for none where `missing` says
    that some are needed.
    """
    words = clean(text)
    if missing and not words:
        raise Invalid(missing, field=field)
    if len(words) > most:
        raise Invalid(
            _("This has %(n)s letters; %(most)s is the most.", n=len(words), most=most),
            field=field,
        )
    return words


def log(
    db: Session,
    engagement: Engagement,
    what: str,
    *,
    actor: Member,
    now: datetime,
    to: tuple[str, ...] = (),
    **data: Any,  # noqa: ANN401  # whatever JSON holds
) -> None:
    """Record what happened to an engagement: `engagements:<what>`. No words are in it."""
    record(
        db,
        f"engagements:{what}",
        actor=actor.id,
        subject=("engagement", engagement.id),
        now=now,
        to=to,
        **data,
    )
