"""What people do about the sessions of the demo: come, pass, host, move it or call it off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from network.demo import session_words
from network.demo.steps import Meeting, Step
from network.learning.kinds import Attendance, SeatState
from network.learning.models import Seat, SeatKind
from network.learning.services import holding, hosting, scheduling, seats, sessions


def _come(meeting: Meeting, step: Step) -> None:
    """Take a place of the kind that is told, or of the first."""
    kind = meeting.db.scalars(
        select(SeatKind).where(
            SeatKind.session_id == meeting.session.id,
            SeatKind.position == step.told.get("kind", 0),
        )
    ).one()
    seats.take_seat(
        meeting.db,
        meeting.session,
        step.actor,
        kind=kind,
        named=step.told.get("named", True),
        words=step.told.get("words", ""),
        now=step.at,
    )


def _give_back(meeting: Meeting, step: Step) -> None:
    seats.leave_seat(meeting.db, meeting.session, step.actor, now=step.at)


def _pass_on(meeting: Meeting, step: Step) -> None:
    seats.pass_seat(meeting.db, meeting.session, step.actor, now=step.at)


def _add_host(meeting: Meeting, step: Step) -> None:
    person = meeting.people[step.told["whom"]]
    hosting.add_host(meeting.db, meeting.session, actor=step.actor, person=person, now=step.at)


def _move(meeting: Meeting, step: Step) -> None:
    """Move it by so many days, to a time of the clock of its own zone."""
    session = meeting.session
    starts_at, ends_at = session.starts_at or step.at, session.ends_at or step.at
    to = starts_at.astimezone(ZoneInfo(session.zone)) + timedelta(days=step.told["by_days"])
    scheduling.reschedule(
        meeting.db,
        session,
        actor=step.actor,
        zone=session.zone,
        begins=datetime.combine(to.date(), time.fromisoformat(step.told["to"])),
        minutes=(ends_at - starts_at) // timedelta(minutes=1),
        now=step.at,
    )


def _call_off(meeting: Meeting, step: Step) -> None:
    words = step.told["words"]
    sessions.cancel(meeting.db, meeting.session, actor=step.actor, words=words, now=step.at)


def _tick(meeting: Meeting, step: Step) -> None:
    for item in step.told["items"]:
        holding.tick(meeting.db, meeting.session, item, actor=step.actor, done=True, now=step.at)


def _write(meeting: Meeting, step: Step) -> None:
    holding.message(
        meeting.db,
        meeting.session,
        actor=step.actor,
        body=step.told["words"],
        submission=step.submission,
        now=step.at,
    )


def _note_who_came(meeting: Meeting, step: Step) -> None:
    """Note that everybody who had a place came, but those who are told to have missed it."""
    missed = {meeting.people[each].id for each in step.told.get("missed", ())}
    for seat in meeting.db.scalars(
        select(Seat).where(Seat.session_id == meeting.session.id, Seat.state == SeatState.GOING)
    ).all():
        came = Attendance.MISSED if seat.member_id in missed else Attendance.ATTENDED
        holding.record_attendance(
            meeting.db, meeting.session, actor=step.actor, seat=seat, attended=came, now=step.at
        )


DOES: dict[str, Callable[[Meeting, Step], None]] = {
    "come": _come,
    "give back": _give_back,
    "pass on": _pass_on,
    "add host": _add_host,
    "move": _move,
    "call off": _call_off,
    "tick": _tick,
    "write": _write,
    "note who came": _note_who_came,
    **session_words.DOES,
}
