"""Sessions to put into calendars, and calendars read back by a library that did not write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import vobject

from network.columns import random_key
from network.db import transaction
from network.events.services import record
from network.learning.kinds import Format, SeatState, SessionState
from network.learning.models import LearningSession, Seat, SeatKind, SessionHost
from network.members.models import Member

PLACE = "The reading room,\nHarbour Street 4"
numbers = count()


def keep_session(host: Member | None, *, now: datetime, **values: Any) -> LearningSession:
    """Keep a session of an hour and a half, tomorrow unless said otherwise."""
    starts_at = values.pop("starts_at", now + timedelta(days=1))
    number = next(numbers)
    values = {
        "uid": f"{random_key()}@saltmarsh.example",
        "format": Format.WORKSHOP,
        "title": f"Leaving well {number}",
        "place": PLACE,
        "state": SessionState.SCHEDULED,
        "proposer_id": host.id if host is not None else None,
        "zone": "Europe/Stockholm",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=90),
        "proposed_at": now,
        "changed_at": now,
        "submission": f"session-{number}",
        **values,
    }
    with transaction() as db:
        session = LearningSession(**values)
        db.add(session)
        db.flush()  # its host and its places name it
        db.add(SeatKind(session_id=session.id, position=0, name="To learn", capacity=12))
        if host is not None:
            db.add(SessionHost(session_id=session.id, member_id=host.id, since=now))
    return session


def keep_seat(
    session: LearningSession, member: Member, state: SeatState, *, now: datetime, **values: Any
) -> Seat:
    """Keep somebody's place at a session, told of in the log as it would be."""
    over = state in {SeatState.LEFT, SeatState.PASSED}
    with transaction() as db:
        kind = db.query(SeatKind).filter_by(session_id=session.id).one()
        seat = Seat(
            session_id=session.id,
            kind_id=kind.id,
            member_id=member.id,
            state=state,
            line=next(numbers),
            asked_at=now,
            offer_until=now + timedelta(hours=24) if state is SeatState.OFFERED else None,
            ended_at=values.pop("ended_at", now) if over else None,
            **values,
        )
        db.add(seat)
        db.flush()  # the log names it
        kind = {SeatState.WAITLISTED: "queued", SeatState.OFFERED: "offered"}.get(state, "taken")
        record(db, f"learning:seat:{kind}", actor=member.id, subject=("seat", seat.id), now=now)
    return seat


def change(thing: LearningSession | Seat, **values: Any) -> None:
    """Set columns of a row, as a service would."""
    with transaction() as db:
        row = db.get_one(type(thing), thing.id)
        for name, value in values.items():
            setattr(row, name, value)


def read(text: str) -> Any:
    """Return a calendar as a library reads it that shares no code with what wrote it."""
    return vobject.readOne(text)


def events(text: str) -> dict[str, Any]:
    """Return the events of a calendar by their titles."""
    return {event.summary.value: event for event in getattr(read(text), "vevent_list", [])}


def times(event: Any) -> tuple[datetime, datetime]:
    """Return the instants at which an event begins and ends."""
    return tuple(each.value.astimezone(UTC) for each in (event.dtstart, event.dtend))


def lines(text: str) -> list[str]:
    """Return the lines of a calendar as they go over the wire."""
    assert text.endswith("\r\n")
    return text.removesuffix("\r\n").split("\r\n")
