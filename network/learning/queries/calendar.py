"""What is in somebody's calendar: sessions they host, go to or are offered, and meetings of their
circles, each only while they may know of it.

What went from it (a session that was called off, a place that ended) is told for 30 days more, so
that calendars which only ever add take it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select, union
from sqlalchemy.orm import Session, aliased, defer

from network.circles.visibility import IN_IT
from network.columns import UtcDateTime
from network.events.models import Event
from network.learning.access import Seen
from network.learning.calendar import Entry, Standing
from network.learning.kinds import SeatState, SessionState
from network.learning.models import LearningSession, Seat, SessionHost
from network.learning.visibility import LIVE_SEATS, hosts, known, reads_place
from network.members.models import Member, Membership
from network.members.visibility import BOUND, NOW, Viewer

PAST, AHEAD, GONE = timedelta(days=60), timedelta(days=400), timedelta(days=30)
MOST = 500
IN_CALENDARS = (SessionState.SCHEDULED, SessionState.CANCELLED)
# What its log says of a place that was in its owner's calendar: not of one in line.
ENTERED = ("learning:seat:taken", "learning:seat:offered")

_FROM = bindparam("from_at", type_=UtcDateTime())
_UNTIL = bindparam("until", type_=UtcDateTime())
_EVERY_SEAT = aliased(Seat, name="every_seat")
_PAST_SEAT = aliased(Seat, name="past_seat")
_MEETING = aliased(LearningSession, name="meeting")
_HOSTING = aliased(SessionHost, name="hosting_too")
_PLACE = aliased(Membership, name="place_in_circle")

_MINE = union(
    select(_EVERY_SEAT.session_id).where(
        _EVERY_SEAT.member_id == BOUND.member_id, _EVERY_SEAT.state != SeatState.WAITLISTED
    ),
    select(_HOSTING.session_id).where(_HOSTING.member_id == BOUND.member_id),
    select(_MEETING.id)
    .join(_PLACE, _PLACE.circle_id == _MEETING.circle_id)
    .where(
        _PLACE.member_id == BOUND.member_id,
        _PLACE.state.in_(IN_IT),
        _MEETING.starts_at.between(_FROM, _UNTIL),
    ),
)
_WAS_ENTERED = exists().where(
    Event.subject_kind == "seat", Event.subject_id == _PAST_SEAT.id, Event.kind.in_(ENTERED)
)
_ENDED_AT = (
    select(func.max(_PAST_SEAT.ended_at, type_=UtcDateTime()))
    .where(
        _PAST_SEAT.session_id == LearningSession.id,
        _PAST_SEAT.member_id == BOUND.member_id,
        _WAS_ENTERED,
    )
    .scalar_subquery()
)
_ENTRIES = (
    select(LearningSession, Seat, hosts(BOUND), reads_place(BOUND), _ENDED_AT)
    .outerjoin(
        Seat,
        and_(
            Seat.session_id == LearningSession.id,
            Seat.member_id == BOUND.member_id,
            Seat.state.in_(LIVE_SEATS),
        ),
    )
    .where(
        LearningSession.id.in_(_MINE),
        LearningSession.starts_at.between(_FROM, _UNTIL),
        LearningSession.state.in_(IN_CALENDARS),
        or_(
            LearningSession.cancelled_at.is_(None),
            LearningSession.cancelled_at > bindparam("gone_since", type_=UtcDateTime()),
        ),
        known(BOUND, NOW),
    )
    .options(defer(LearningSession.words, raiseload=True))
    .order_by(LearningSession.starts_at, LearningSession.id)
    .limit(MOST)
)


def feed_entries(db: Session, member: Member, *, now: datetime) -> list[Entry]:
    """Return what a member's calendar address shows now, from 60 days back to 400 days ahead."""
    found = _entries(db, member, from_at=now - PAST, until=now + AHEAD, now=now)
    return [each for each in found if not _is_long_gone(each, now)]


def month_entries(
    db: Session, member: Member, *, from_at: datetime, until: datetime, now: datetime
) -> list[Entry]:
    """Return what begins in a stretch of time and is still a member's, called off or not."""
    found = _entries(db, member, from_at=from_at, until=until, now=now)
    return [each for each in found if each.standing is not Standing.ENDED]


def entry_for(seen: Seen) -> Entry | None:
    """Return the entry of a session as somebody sees it, whatever they have to do with it.

    None where it has no time that calendars were told of.
    """
    if seen.session.state not in IN_CALENDARS or seen.session.starts_at is None:
        return None
    standing = _standing(seen.session, seen.seat, hosts=seen.hosts, ended_at=None, now=seen.now)
    return Entry(seen.session, standing, seen.reads_place, seen.session.changed_at)


def _entries(
    db: Session, member: Member, *, from_at: datetime, until: datetime, now: datetime
) -> list[Entry]:
    values = {"from_at": from_at, "until": until, "gone_since": now - GONE}
    rows: Sequence[Any] = db.execute(_ENTRIES, {**Viewer.of(member).at(now), **values}).all()
    entries = []
    for session, seat, is_host, reads, ended_at in rows:
        standing = _standing(session, seat, hosts=bool(is_host), ended_at=ended_at, now=now)
        touched_at = session.changed_at
        if standing is Standing.ENDED:
            touched_at = ended_at or seat.offer_until
        if standing is not Standing.NONE:
            entries.append(Entry(session, standing, bool(reads), touched_at))
    return entries


def _standing(
    session: LearningSession,
    seat: Seat | None,
    *,
    hosts: bool,
    ended_at: datetime | None,
    now: datetime,
) -> Standing:
    if hosts:
        return Standing.HOSTS
    if seat is not None and seat.state is SeatState.GOING:
        return Standing.GOING
    if seat is not None and seat.offer_until is not None:
        return Standing.OFFERED if seat.offer_until > now else Standing.ENDED
    if ended_at is not None:
        return Standing.ENDED
    return Standing.NONE if session.circle_id is None else Standing.OF_CIRCLE


def _is_long_gone(entry: Entry, now: datetime) -> bool:
    return entry.standing is Standing.ENDED and entry.touched_at <= now - GONE
