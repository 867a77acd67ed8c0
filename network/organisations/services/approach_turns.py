"""The rows that an approach waits for: of the side that writes, so that what it has open is counted
in turn; of the team that is asked, so that nobody comes or goes meanwhile. And its log.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.circles.models import Circle
from network.circles.services import turns as circle_turns
from network.events.services import record
from network.members.models import Participation
from network.organisations.models import Approach, Organisation
from network.organisations.services import turns


def take_side(db: Session, writer_id: int, organisation: Organisation | None) -> None:
    """Take the row of the side that writes: of the organisation, or of the member."""
    if organisation is not None:
        turns.take(db, organisation)
        return
    mine = select(Participation.member_id).where(Participation.member_id == writer_id)
    db.execute(mine.with_for_update())


def take_team(db: Session, circle: Circle) -> None:
    """Take the row of a team, so that nobody comes or goes meanwhile."""
    circle_turns.take(db, circle)


def take(db: Session, approach: Approach) -> None:
    """Take the rows of both sides of an approach, and see it as it stands then."""
    ours = approach.organisation_id
    take_side(db, approach.writer_id, None if ours is None else db.get_one(Organisation, ours))
    if approach.circle_id is not None:
        take_team(db, db.get_one(Circle, approach.circle_id))
    db.refresh(approach, [column.key for column in Approach.__mapper__.column_attrs])


def log(
    db: Session,
    approach: Approach,
    kind: str,
    *,
    actor: int,
    now: datetime,
    to: tuple[str, ...] = (),
    **data: Any,  # noqa: ANN401  # whatever JSON holds
) -> None:
    """Record what happened to an approach: who and when, never its words."""
    record(db, kind, actor=actor, subject=("approach", approach.id), now=now, to=to, **data)
