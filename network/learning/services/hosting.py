"""Who hosts a session: asked to by those who do, and free to step down."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from network.conversations.models import About
from network.conversations.services import join_about, leave_about
from network.errors import Conflict
from network.learning.kinds import SeatState, SessionState
from network.learning.models import LearningSession, SessionHost
from network.learning.services.guards import may_be_asked_to_host
from network.learning.services.places import end, live_seat
from network.learning.services.seats import release
from network.learning.services.turns import host_ids, is_host, log, take_as_host
from network.members.models import Member
from network.translation import _

MOST_HOSTS = 6


def add_host(
    db: Session, session: LearningSession, *, actor: Member, person: Member, now: datetime
) -> None:
    """Let somebody host as well, who steps down when they like; a place they had comes free.

    Only a connection, somebody who comes, or of the session's own circle: each has said a yes that
    this stands on. Raises `NotAllowed` for all but hosts and for anybody else, `NotFound` for
    somebody one may not know of, `Conflict` where there are six. Twice is once.
    """
    take_as_host(db, session, actor)
    _must_be_open(session, now)
    if is_host(db, session, person.id):
        return
    may_be_asked_to_host(db, session, actor, person, now)
    if len(host_ids(db, session)) >= MOST_HOSTS:
        raise Conflict(_("Six people are the most who host one session."))
    seat = live_seat(db, session, person.id)
    if seat is not None:
        end(db, seat, SeatState.LEFT, actor=actor.id, now=now, goes_on=True)
    db.add(SessionHost(session_id=session.id, member_id=person.id, since=now))
    db.flush()  # who comes is compared with who hosts
    join_about(db, About.SESSION, session.id, person=person, actor=actor, now=now)
    log(db, session, "host_added", actor=actor.id, now=now, to=("mail", "things"), member=person.id)
    release(db, session, now=now, actor=actor.id)


def step_down(db: Session, session: LearningSession, *, actor: Member, now: datetime) -> None:
    """Host no longer. A draft that nobody hosts waits for somebody again. Twice is once.

    Raises `Conflict` for the last host of what has its time: they hand over, or call it off.
    """
    take_as_host(db, session, actor)
    last = host_ids(db, session) == [actor.id]
    if last and session.state is SessionState.SCHEDULED:
        raise Conflict(
            _("Nobody else hosts it. Ask somebody to host with you first, or call it off.")
        )
    db.execute(
        delete(SessionHost).where(
            SessionHost.session_id == session.id, SessionHost.member_id == actor.id
        )
    )
    if last and session.state is SessionState.DRAFT:
        session.state, session.proposed_at = SessionState.PROPOSED, now
    leave_about(db, About.SESSION, session.id, person_id=actor.id, actor_id=actor.id, now=now)
    log(db, session, "host_stepped_down", actor=actor.id, now=now, to=("things",))


def _must_be_open(session: LearningSession, now: datetime) -> None:
    if session.state is SessionState.CANCELLED or (session.ends_at and session.ends_at <= now):
        raise Conflict(_("This session is over."))
