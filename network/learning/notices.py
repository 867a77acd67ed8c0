"""Which events of sessions reach whom by mail, and what they put into a calendar or take out of it.

Each letter is for somebody who may know of the session when it is sent, and says where it is to
those who read that. An entry is published, not requested (RFC 5546): nobody has to answer twice,
nobody's address is listed as attending, and it is its reader who puts it into a calendar.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import or_
from sqlalchemy.orm import Session

from network.errors import NotFound
from network.events.models import Delivery
from network.learning.access import Seen, session_for
from network.learning.calendar import Entry, Standing, calendar_text, farewell_text
from network.learning.kinds import SeatState, SessionState
from network.learning.models import LearningSession, Seat
from network.learning.queries.addressed import (
    TAKEN,
    happened_again,
    has_seat_where,
    hosting,
    in_its_circle,
    is_in_circle,
    people,
    seat_of,
    wanting,
    was_theirs,
)
from network.learning.queries.calendar import entry_for
from network.learning.visibility import LIVE_SEATS
from network.mail import CalendarPart, Context, Letter, Method
from network.members.models import Member
from network.members.visibility import awake


@dataclass(frozen=True, slots=True)
class _Said:
    """What a letter about a session says, before when and where it is."""

    subject: str
    words: tuple[str, ...]


def taken(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Confirm a place to whoever has it, with the entry for their calendar.

    It is their own doing; without the entry there would be no letter.
    """
    seat = db.get(Seat, delivery.event.subject_id)
    if seat is None or seat.state is not SeatState.GOING or happened_again(db, delivery.event):
        return ()
    session = db.get_one(LearningSession, seat.session_id)
    if session.state is not SessionState.SCHEDULED or not _is_ahead(session, context.now):
        return ()
    said = _Said(
        _("A place is yours at %(house)s", house=context.house),
        (_("A place is yours at “%(title)s”.", title=session.title),),
    )
    end = _(
        "If you can’t come after all, give it back up to the last minute. Nobody keeps a tally."
    )
    readers = people(db, Member.id == seat.member_id)
    return [
        _letter(member, entry, said, context, calendar=Method.PUBLISH, end=(end,))
        for member, entry in _entries(db, readers, session, context)
    ]


def rescheduled(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell those who had a place that the time is another, and ask them again: in one letter.

    Whoever is offered a place only now has a letter of its own.
    """
    session = _ahead(db, delivery, context)
    if session is None or happened_again(db, delivery.event):
        return ()
    said = _Said(
        _("A session has another time at %(house)s", house=context.house),
        (_("“%(title)s” is at another time now.", title=session.title),),
    )
    asked = has_seat_where(
        session,
        Seat.id.in_(delivery.event.data["seats"]),
        Seat.state == SeatState.OFFERED,
        Seat.offer_until > context.now,
    )
    readers = people(db, or_(asked, hosting(session)), but=delivery.event.actor_id)
    return [
        _moved(db, member, entry, said=said, context=context)
        for member, entry in _entries(db, readers, session, context)
    ]


def _moved(db: Session, member: Member, entry: Entry, *, said: _Said, context: Context) -> Letter:
    """Say the new time; and whoever had a place, until when it is kept for their answer."""
    seat = seat_of(db, entry.session, member)
    if entry.standing is Standing.HOSTS or seat is None or seat.offer_until is None:
        return _letter(member, entry, said, context, calendar=Method.PUBLISH)
    until = context.day(seat.offer_until, member.time_zone)
    kept = _("Your place is kept until %(day)s, and yours again once you say so.", day=until)
    method = Method.PUBLISH if was_theirs(db, seat) else None
    return _letter(member, entry, said, context, calendar=method, end=(kept,))


def changed(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell those who are going that it is at another place, with the entry that says so."""
    session = _present(db, delivery, context)
    if session is None:
        return ()
    said = _Said(
        _("A session is at another place at %(house)s", house=context.house),
        (_("“%(title)s” is at another place now.", title=session.title),),
    )
    going = has_seat_where(session, Seat.state == SeatState.GOING)
    readers = people(db, or_(going, hosting(session)), but=delivery.event.actor_id)
    return [
        _letter(member, entry, said, context, calendar=Method.PUBLISH)
        for member, entry in _entries(db, readers, session, context)
        if entry.reads_place
    ]


def cancelled(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell those who would have come or hosted that it is off; what calendars hold is taken out."""
    session = db.get(LearningSession, delivery.event.subject_id)
    if session is None or session.state is not SessionState.CANCELLED:
        return ()
    if not _is_ahead(session, context.now):
        return ()
    why = (_("Whoever called it off adds:"), session.cancelled_words)
    said = _Said(
        _("A session was cancelled at %(house)s", house=context.house),
        (
            _("“%(title)s” was cancelled.", title=session.title),
            *(why if session.cancelled_words else ()),
        ),
    )
    over = has_seat_where(
        session, or_(Seat.state.in_(LIVE_SEATS), Seat.ended_at >= delivery.event.at)
    )
    readers = people(db, or_(over, hosting(session)), but=delivery.event.actor_id)
    letters = []
    for member, entry in _entries(db, readers, session, context):
        seat = seat_of(db, session, member)
        held = seat is None or was_theirs(db, seat)
        letters.append(
            _letter(member, entry, said, context, calendar=Method.CANCEL if held else None)
        )
    return letters


def scheduled(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell those who wanted to learn this, or who meet in this circle, that there is a time."""
    session = _present(db, delivery, context)
    if session is None:
        return ()
    opening = _("A meeting of your circle has a time: “%(title)s”.", title=session.title)
    who = in_its_circle(session)
    if session.circle_id is None:
        opening = _(
            "You wanted to learn this, and somebody hosts it: “%(title)s”.", title=session.title
        )
        who = wanting(session)
    said = _Said(_("A session has a time at %(house)s", house=context.house), (opening,))
    readers = people(db, who, awake(context.now), but=delivery.event.actor_id)
    more = (_("It repeats; its page names the other days."),) if session.series_id else ()
    return [
        _letter(member, entry, said, context, end=more)
        for member, entry in _entries(db, readers, session, context)
        if entry.standing in {Standing.NONE, Standing.OF_CIRCLE}
    ]


def ended(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell somebody whose place was theirs that it ended, unless it was they who ended it."""
    seat = db.get(Seat, delivery.event.subject_id)
    if seat is None or seat.state in LIVE_SEATS or not was_theirs(db, seat):
        return ()
    session = db.get_one(LearningSession, seat.session_id)
    if session.state is not SessionState.SCHEDULED or not _is_ahead(session, context.now):
        return ()
    other = has_seat_where(session, Seat.state.in_(LIVE_SEATS))
    readers = people(db, Member.id == seat.member_id, ~other, but=delivery.event.actor_id)
    for member in readers:
        seen = _seen(db, member, session, context)
        if seen is not None:
            return (_ended(member, seen, seat, context),)
        if session.circle_id is not None and not is_in_circle(db, member, session.circle_id):
            return (_farewell(member, session, context),)
    return ()


def _ended(member: Member, seen: Seen, seat: Seat, context: Context) -> Letter:
    why = _("Your place at “%(title)s” has ended.", title=seen.session.title)
    if seat.state is SeatState.PASSED:
        why = _(
            "You were asked whether you still come to “%(title)s”. The day for an answer has"
            " passed, so your place went on to the next in line.",
            title=seen.session.title,
        )
    entry = Entry(seen.session, Standing.ENDED, reads_place=False, touched_at=context.now)
    said = _Said(_("A place of yours has ended at %(house)s", house=context.house), (why,))
    return _letter(member, entry, said, context, calendar=Method.CANCEL)


def _farewell(member: Member, session: LearningSession, context: Context) -> Letter:
    """Take an entry out of the calendar of somebody who may know of it no longer."""
    text = farewell_text(session, house=context.house, sender=context.sender, now=context.now)
    return Letter(
        to=member.email,
        subject=_("A place of yours has ended at %(house)s", house=context.house),
        paragraphs=(
            _(
                "You are not in a circle any more that had a meeting ahead, so your place there"
                " has ended. What is enclosed takes it out of your calendar."
            ),
        ),
        calendar=CalendarPart(Method.CANCEL, text),
    )


def _letter(
    member: Member,
    entry: Entry,
    said: _Said,
    context: Context,
    *,
    calendar: Method | None = None,
    end: tuple[str, ...] = (),
) -> Letter:
    """Write what is said, when it is for this reader, and where, if they read that."""
    place = (_("Where: %(place)s", place=entry.place),) if entry.place else ()
    note = {
        Method.PUBLISH: (_("What is enclosed puts it into your calendar as it stands now."),),
        Method.CANCEL: (_("What is enclosed takes it out of your calendar."),),
        None: (),
    }[calendar]
    return Letter(
        to=member.email,
        subject=said.subject,
        paragraphs=(*said.words, entry.when(member.time_zone).words, *place, *end, *note),
        link=entry.link(context.link),
        link_label=_("Go to its page"),
        calendar=None if calendar is None else _part(member, entry, calendar, context),
    )


def _part(member: Member, entry: Entry, method: Method, context: Context) -> CalendarPart:
    text = calendar_text(
        [entry],
        house=context.house,
        zone=member.time_zone,
        link=context.link,
        now=context.now,
        method=method,
        sender=context.sender,
    )
    return CalendarPart(method, text)


# Who, and what they may know now


def _entries(
    db: Session, readers: Iterable[Member], session: LearningSession, context: Context
) -> Iterable[tuple[Member, Entry]]:
    """Yield those who may know of the session now, each with their entry."""
    for member in readers:
        seen = _seen(db, member, session, context)
        entry = entry_for(seen) if seen is not None else None
        if entry is not None:
            yield member, entry


def _seen(db: Session, member: Member, session: LearningSession, context: Context) -> Seen | None:
    try:
        return session_for(db, member, session.key, now=context.now)
    except NotFound:
        return None


def _ahead(db: Session, delivery: Delivery, context: Context) -> LearningSession | None:
    """Return the session of an event, if it is still to come."""
    session = db.get(LearningSession, delivery.event.subject_id)
    if session is None or session.state is not SessionState.SCHEDULED:
        return None
    return session if _is_ahead(session, context.now) else None


def _present(db: Session, delivery: Delivery, context: Context) -> LearningSession | None:
    """Return the session of an event, if it is to come and stands as the event left it."""
    session = _ahead(db, delivery, context)
    if session is None:
        return None
    is_latest = delivery.event.data.get("sequence", session.sequence) == session.sequence
    return session if is_latest else None


def _is_ahead(session: LearningSession, now: datetime) -> bool:
    return session.starts_at is not None and session.starts_at > now


LETTERS = {
    TAKEN: taken,
    "learning:seat:left": ended,
    "learning:seat:passed": ended,
    "learning:session:scheduled": scheduled,
    "learning:session:rescheduled": rescheduled,
    "learning:session:changed": changed,
    "learning:session:cancelled": cancelled,
}
