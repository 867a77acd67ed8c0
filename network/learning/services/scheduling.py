"""When and where: a session gets its time and its places, another time, other words.

Its number in calendars grows when time or place change, and for nothing else here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select, true
from sqlalchemy.orm import Session

from network.columns import random_key
from network.errors import Conflict, Invalid, NotAllowed
from network.learning.kinds import SeatState, SessionState
from network.learning.models import LearningSession, Seat, SeatKind, SessionHost, SessionSeries
from network.learning.services.offers import ask_again, let_pass, settle
from network.learning.services.places import close_asks, live_seats
from network.learning.services.series import Rule, begin_times
from network.learning.services.sessions import LONGEST_LINE, LONGEST_WORDS, as_title, few
from network.learning.services.turns import host_ids, is_host, log, take, take_as_host
from network.learning.standing import is_ahead, standings
from network.learning.times import after_the_gap, span, zone_for
from network.members.models import Member
from network.text import clean_line
from network.translation import _

MOST_KINDS, LONGEST_NAME, MOST_PLACES = 6, 60, 1000


@dataclass(frozen=True, slots=True)
class Room:
    """Places of one kind; `key` names the kind that it is already, where it is one."""

    name: str
    capacity: int
    key: str = ""


def schedule(
    db: Session,
    session: LearningSession,
    *,
    actor: Member,
    zone: str,
    begins: datetime,
    minutes: int,
    place: str,
    how: str,
    seats: Sequence[Room],
    now: datetime,
    repeats: Rule | None = None,
) -> list[LearningSession]:
    """Give a draft its time on the clocks of a zone, its place and its seats; return all that were
    scheduled: one session for each time where it `repeats`. The same time twice is once.

    Raises `NotAllowed` for all but hosts, `Conflict` where it is no draft, `Invalid` for a time
    that is over or does not exist, and for what cannot be kept.
    """
    take_as_host(db, session, actor)
    starts_at, ends_at, name = span(begins, minutes, zone, now=now)
    if session.state is SessionState.SCHEDULED and session.starts_at == starts_at:
        return [session]
    if session.state is not SessionState.DRAFT:
        raise Conflict(_("This session has its time already, or is over."))
    rooms = _rooms(seats)
    times = [] if repeats is None else begin_times(repeats, begins)
    session.place = few(place, "place", LONGEST_LINE)
    session.how = few(how, "how", LONGEST_LINE)
    session.zone, session.starts_at, session.ends_at = name, starts_at, ends_at
    session.state, session.changed_at = SessionState.SCHEDULED, now
    if repeats is not None:
        session.series_id = _series(db, repeats.words(begins), name, now)
    length, zone_of = ends_at - starts_at, zone_for(name)
    made = [session]
    for number, local in enumerate(times[1:], start=2):
        at = after_the_gap(local, zone_of)
        made.append(_another(session, number, at, at + length))
    db.add_all(made)
    db.flush()  # kinds and hosts name them
    for each in made:
        _furnish(db, each, rooms, host_ids(db, session), now)
        # One letter tells of all of them.
        heard = each is session and (session.need_id or session.circle_id)
        told = ("mail", "things") if heard else ("things",)
        log(db, each, "scheduled", actor=actor.id, now=now, to=told, series=each.series_id)
    return made


def reschedule(
    db: Session,
    session: LearningSession,
    *,
    actor: Member,
    zone: str,
    begins: datetime,
    minutes: int,
    now: datetime,
) -> None:
    """Move a session to another time. Everyone who has a place is asked again and keeps it until
    they answer, for three days at most; the order in line stays. The same time is no change.

    Raises as `schedule` does, and `Conflict` once it has begun.
    """
    take_as_host(db, session, actor)
    if not is_ahead(session, now):
        raise Conflict(_("Only what is still to come can be moved."))
    starts_at, ends_at, name = span(begins, minutes, zone, now=now)
    if (session.starts_at, session.ends_at) == (starts_at, ends_at):
        session.zone = name
        return
    let_pass(db, session, now)
    session.zone, session.starts_at, session.ends_at = name, starts_at, ends_at
    session.sequence, session.changed_at = session.sequence + 1, now
    host = db.get_one(Member, host_ids(db, session)[0])
    held = live_seats(db, session, SeatState.GOING, SeatState.OFFERED, which=true())
    for seat in held:
        close_asks(db, seat, actor=actor, now=now)
        ask_again(db, session, seat, host=host, now=now)
    log(
        db,
        session,
        "rescheduled",
        actor=actor.id,
        now=now,
        to=("mail", "things"),
        sequence=session.sequence,
        seats=[seat.id for seat in held],
    )
    settle(db, session, now)


def change(
    db: Session,
    session: LearningSession,
    *,
    actor: Member,
    title: str,
    words: str,
    how: str,
    place: str,
    now: datetime,
    seats: Sequence[Room] | None = None,
) -> None:
    """Say what a session is in other words; make more or fewer places, never fewer than are taken.

    Raises `NotAllowed` for all but hosts (and who proposed it, until somebody hosts it), `Conflict`
    where it was called off, `Invalid` for what cannot be kept.
    """
    take(db, session)
    proposed = session.state is SessionState.PROPOSED and session.proposer_id == actor.id
    if not proposed and not is_host(db, session, actor.id):
        raise NotAllowed
    if session.state is SessionState.CANCELLED:
        raise Conflict(_("It was called off, and stays as it was."))
    if seats is not None:
        settle(db, session, now)
        _refit(db, session, _rooms(seats), now)
    moved = session.place
    session.title, session.words = as_title(title), few(words, "words", LONGEST_WORDS)
    session.how, session.place = few(how, "how", LONGEST_LINE), few(place, "place", LONGEST_LINE)
    session.changed_at = now
    is_elsewhere = session.state is SessionState.SCHEDULED and session.place != moved
    session.sequence += is_elsewhere
    told = ("mail", "things") if is_elsewhere else ("things",)
    db.flush()  # what is offered next reads it
    sequence = session.sequence
    log(db, session, "changed", actor=actor.id, now=now, to=told, sequence=sequence)
    settle(db, session, now)


def _series(db: Session, rule: str, zone: str, now: datetime) -> int:
    series = SessionSeries(rule=rule, zone=zone, made_at=now)
    db.add(series)
    db.flush()  # its sessions name it
    return series.id


def _another(
    session: LearningSession, number: int, starts_at: datetime, ends_at: datetime
) -> LearningSession:
    """Return the same session at another time: a row of its own, for pages and calendars."""
    key = random_key()
    return LearningSession(
        key=key,
        uid=f"{key}@{session.uid.partition('@')[2]}",
        sequence=0,
        format=session.format,
        title=session.title,
        words=session.words,
        how=session.how,
        place=session.place,
        state=SessionState.SCHEDULED,
        proposer_id=session.proposer_id,
        circle_id=session.circle_id,
        need_id=session.need_id,
        series_id=session.series_id,
        zone=session.zone,
        starts_at=starts_at,
        ends_at=ends_at,
        proposed_at=session.proposed_at,
        changed_at=session.changed_at,
        submission=f"{session.key}-{number}",
    )


def _furnish(
    db: Session,
    session: LearningSession,
    rooms: Sequence[Room],
    hosts: Sequence[int],
    now: datetime,
) -> None:
    """Give a session its kinds of places, and its hosts where it has none."""
    db.add_all(
        SeatKind(session_id=session.id, position=position, name=room.name, capacity=room.capacity)
        for position, room in enumerate(rooms)
    )
    missing = set(hosts) - set(host_ids(db, session))
    db.add_all(
        SessionHost(session_id=session.id, member_id=host, since=now)
        for host in hosts
        if host in missing
    )


def _rooms(seats: Sequence[Room]) -> list[Room]:
    """Return the kinds of places as they are kept; raise `Invalid` for none, too many, or two of
    one name.
    """
    rooms = [Room(clean_line(each.name), each.capacity, each.key) for each in seats]
    names = [room.name.casefold() for room in rooms]
    if not 1 <= len(rooms) <= MOST_KINDS:
        raise Invalid(_("There is one kind of place at least, and six at most."), field="seats")
    if not all(0 < len(name) <= LONGEST_NAME for name in names) or len(set(names)) < len(names):
        raise Invalid(_("Give each kind of place a short name of its own."), field="seats")
    if not all(1 <= room.capacity <= MOST_PLACES for room in rooms):
        raise Invalid(_("Between one place and a thousand of each kind."), field="seats")
    return rooms


def _refit(db: Session, session: LearningSession, rooms: Sequence[Room], now: datetime) -> None:
    """Make the kinds of places these: known ones by their key, new ones at the end."""
    standing = {each.kind.key: each for each in standings(db, session, now).values()}
    if any(room.key and room.key not in standing for room in rooms):
        raise Conflict(_("The places changed while you were reading. Look at them again."))
    for key in standing.keys() - {room.key for room in rooms}:
        _drop(db, standing[key].kind)
    last = db.scalar(select(func.max(SeatKind.position)).where(SeatKind.session_id == session.id))
    position = -1 if last is None else last
    for room in rooms:
        if not room.key:
            position += 1
            new = {"position": position, "name": room.name, "capacity": room.capacity}
            db.add(SeatKind(session_id=session.id, **new))
            continue
        held = standing[room.key].held
        if room.capacity < held:
            raise Invalid(
                _(
                    "%(n)s places of “%(name)s” are taken, so it cannot have fewer.",
                    n=held,
                    name=standing[room.key].kind.name,
                ),
                field="seats",
            )
        standing[room.key].kind.name, standing[room.key].kind.capacity = room.name, room.capacity


def _drop(db: Session, kind: SeatKind) -> None:
    """Take a kind of place away, where nobody ever asked for one."""
    if db.scalar(select(exists().where(Seat.kind_id == kind.id))):
        raise Invalid(
            _("Somebody has asked for “%(name)s”, so it stays.", name=kind.name), field="seats"
        )
    db.delete(kind)
    db.flush()  # its position is free
