"""The row of a session, taken before anything at it moves; and the log of what happened to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.errors import NotAllowed
from network.events.services import record
from network.learning.models import LearningSession, Seat, SessionHost
from network.members.models import Member


def take(db: Session, session: LearningSession) -> int:
    """Take the row of a session and return its next number; see the session as it stands then."""
    changed(
        db,
        update(LearningSession)
        .where(LearningSession.id == session.id)
        .values(turn=LearningSession.turn + 1)
        .execution_options(synchronize_session=False),
    )
    db.refresh(session)
    return session.turn


def take_as_host(db: Session, session: LearningSession, actor: Member) -> None:
    """Take the row of a session for somebody who hosts it; raise `NotAllowed` for all others."""
    take(db, session)
    if not is_host(db, session, actor.id):
        raise NotAllowed


def is_host(db: Session, session: LearningSession, member_id: int) -> bool:
    """Whether somebody hosts a session."""
    return bool(
        db.scalar(
            select(
                exists().where(
                    SessionHost.session_id == session.id, SessionHost.member_id == member_id
                )
            )
        )
    )


def host_ids(db: Session, session: LearningSession) -> list[int]:
    """Return who hosts a session, the longest first."""
    found = select(SessionHost.member_id).where(SessionHost.session_id == session.id)
    return list(db.scalars(found.order_by(SessionHost.since, SessionHost.member_id)))


def log(
    db: Session,
    session: LearningSession,
    kind: str,
    *,
    actor: int | None,
    now: datetime,
    to: tuple[str, ...] = (),
    **data: Any,  # noqa: ANN401  # whatever JSON holds
) -> None:
    """Record what happened to a session."""
    record(
        db,
        f"learning:session:{kind}",
        actor=actor,
        subject=("learning_session", session.id),
        now=now,
        to=to,
        **data,
    )


def log_seat(
    db: Session,
    seat: Seat,
    kind: str,
    *,
    actor: int | None,
    now: datetime,
    to: tuple[str, ...] = (),
    **data: Any,  # noqa: ANN401  # whatever JSON holds
) -> None:
    """Record what happened to somebody's place."""
    record(
        db,
        f"learning:seat:{kind}",
        actor=actor,
        subject=("seat", seat.id),
        now=now,
        to=to,
        session=seat.session_id,
        kind_id=seat.kind_id,
        member=seat.member_id,
        line=seat.line,
        **data,
    )
