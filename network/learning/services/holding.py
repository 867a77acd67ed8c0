"""Holding a session: the hosts' list, a message to those who come, and who came."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.conversations.models import About, Message
from network.conversations.services import join_about, open_about, post
from network.errors import Conflict, NotFound
from network.learning.checklist import items_for
from network.learning.kinds import Attendance, SeatState, SessionState
from network.learning.models import LearningSession, Seat
from network.learning.services.turns import host_ids, log, log_seat, take_as_host
from network.members.models import Member
from network.relationships.services.notes import met
from network.translation import _

# Among more people than this, having been in one room is no meeting of two.
A_TABLE = 12


def tick(
    db: Session,
    session: LearningSession,
    item: str,
    *,
    actor: Member,
    done: bool,
    now: datetime,
) -> None:
    """Mark something on the hosts' list as done, or as still to do.

    Raises `NotAllowed` for all but hosts, `NotFound` for what is not on the list.
    """
    take_as_host(db, session, actor)
    keys = [each.key for each in items_for(session.format)]
    if item not in keys:
        raise NotFound
    wanted = {*session.prepared, item} if done else {*session.prepared} - {item}
    kept = [key for key in keys if key in wanted]
    if kept != session.prepared:
        session.prepared = kept
        log(db, session, "prepared", actor=actor.id, now=now, item=item, done=done)


def message(
    db: Session,
    session: LearningSession,
    *,
    actor: Member,
    body: str,
    submission: str,
    now: datetime,
) -> Message:
    """Write to those who come and to those who host, in the session's own conversation: the first
    message opens it. Raises `NotAllowed` for all but hosts, and as `post` does.
    """
    take_as_host(db, session, actor)
    if session.state is not SessionState.SCHEDULED:
        raise Conflict(_("Once it has its time, you can write to those who come."))
    coming = select(Seat.member_id).where(
        Seat.session_id == session.id, Seat.state == SeatState.GOING
    )
    conversation = open_about(
        db,
        About.SESSION,
        session.id,
        people=[*host_ids(db, session), *db.scalars(coming.order_by(Seat.line))],
        opener=actor,
        now=now,
    )
    join_about(db, About.SESSION, session.id, person=actor, actor=actor, now=now)
    return post(db, conversation, actor=actor, body=body, submission=submission, now=now)


def record_attendance(
    db: Session,
    session: LearningSession,
    *,
    actor: Member,
    seat: Seat,
    attended: Attendance | None,
    now: datetime,
) -> None:
    """Note whether somebody came: they read it, and hosts. Those who met are in touch again, where
    either keeps a rhythm about the other.

    Raises `NotAllowed` for all but hosts, `NotFound` for somebody without a place, `Conflict`
    before it has begun.
    """
    take_as_host(db, session, actor)
    db.refresh(seat)
    if seat.session_id != session.id or seat.state is not SeatState.GOING:
        raise NotFound
    starts_at = session.starts_at
    if session.state is not SessionState.SCHEDULED or starts_at is None or now < starts_at:
        raise Conflict(_("Who came is known once it has begun."))
    if seat.attended is attended:
        return
    seat.attended = attended
    # What the log would keep for good is that it was noted, and not what.
    log_seat(db, seat, "attendance_noted", actor=actor.id, now=now)
    if attended is Attendance.ATTENDED:
        _keep_in_touch(db, session, seat.member_id, at=starts_at)


def _keep_in_touch(db: Session, session: LearningSession, member_id: int, *, at: datetime) -> None:
    came = select(Seat.member_id).where(
        Seat.session_id == session.id, Seat.attended == Attendance.ATTENDED
    )
    there = {*host_ids(db, session), *db.scalars(came)} - {member_id}
    if len(there) < A_TABLE:
        met(db, member_id, there, at=at)
