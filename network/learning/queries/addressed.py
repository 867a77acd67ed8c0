"""To whom letters about sessions are addressed, and what became of the place they speak of."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from network.circles.visibility import in_it
from network.events.models import Event
from network.learning.models import (
    LearningInterest,
    LearningNeed,
    LearningSession,
    Seat,
    SessionHost,
)
from network.members.access import MAY_COME_IN
from network.members.models import Member, Membership
from network.members.visibility import Viewer

TAKEN = "learning:seat:taken"


def people(db: Session, *which: ColumnElement[bool], but: int | None = None) -> Sequence[Member]:
    """Return members who may come in, whoever did it left out. A place stays one while paused."""
    found = select(Member).where(Member.state.in_(MAY_COME_IN), *which).order_by(Member.id)
    return db.scalars(found if but is None else found.where(Member.id != but)).all()


def has_seat_where(session: LearningSession, *which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Hold for members with a place at a session for which this holds."""
    return exists().where(Seat.session_id == session.id, Seat.member_id == Member.id, *which)


def hosting(session: LearningSession) -> ColumnElement[bool]:
    """Hold for those who host a session."""
    return exists().where(SessionHost.session_id == session.id, SessionHost.member_id == Member.id)


def wanting(session: LearningSession) -> ColumnElement[bool]:
    """Hold for those who wanted to learn what a session answers."""
    return or_(
        exists().where(LearningNeed.id == session.need_id, LearningNeed.member_id == Member.id),
        exists().where(
            LearningInterest.need_id == session.need_id, LearningInterest.member_id == Member.id
        ),
    )


def in_its_circle(session: LearningSession) -> ColumnElement[bool]:
    """Hold for those who have, or had, a place in the circle of a session."""
    return exists().where(
        Membership.circle_id == session.circle_id, Membership.member_id == Member.id
    )


def is_in_circle(db: Session, member: Member, circle_id: int) -> bool:
    """Whether somebody has a place in a circle."""
    return bool(db.scalar(select(in_it(Viewer.of(member), circle_id))))


def seat_of(db: Session, session: LearningSession, member: Member) -> Seat | None:
    """Return somebody's latest place at a session."""
    found = select(Seat).where(Seat.session_id == session.id, Seat.member_id == member.id)
    return db.scalar(found.order_by(Seat.id.desc()).limit(1))


def was_theirs(db: Session, seat: Seat) -> bool:
    """Whether a place was ever taken: only then did a letter bring an entry for a calendar."""
    told = exists().where(
        Event.subject_kind == "seat", Event.subject_id == seat.id, Event.kind == TAKEN
    )
    return bool(db.scalar(select(told)))


def happened_again(db: Session, event: Event) -> bool:
    """Whether the same happened to the same thing once more since."""
    later = exists().where(
        Event.subject_kind == event.subject_kind,
        Event.subject_id == event.subject_id,
        Event.kind == event.kind,
        Event.id > event.id,
    )
    return bool(db.scalar(select(later)))
