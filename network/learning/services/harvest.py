"""What was learned, in words: written down, agreed to by whoever learned it, taken back, closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.circles.kinds import Door, Life
from network.circles.models import Circle
from network.circles.visibility import inside
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.events.services import record
from network.learning.kinds import Readers, SessionState
from network.learning.models import HarvestEntry, LearningSession
from network.learning.services.turns import is_host
from network.learning.visibility_keeping import there
from network.members.models import Member
from network.members.visibility import Viewer, not_apart
from network.translation import _


@dataclass(frozen=True, slots=True)
class Entry:
    """What is written down: the words, who reads them, and whether they are signed."""

    words: str
    readers: Readers
    named: bool


def has_begun(session: LearningSession, now: datetime) -> bool:
    """Whether a session has begun, and was not called off."""
    starts_at = session.starts_at
    return session.state is SessionState.SCHEDULED and starts_at is not None and starts_at <= now


def is_over(session: LearningSession, now: datetime) -> bool:
    """Whether a session that was not called off has ended."""
    return has_begun(session, now) and session.ends_at is not None and session.ends_at <= now


def was_there(db: Session, session: LearningSession, member_id: int) -> bool:
    """Whether somebody hosts a session or has a place at it, and did not miss it."""
    return bool(db.scalar(select(there(member_id, session.id))))


def write_at_session(
    db: Session,
    session: LearningSession,
    entry: Entry,
    *,
    actor: Member,
    author: Member | None = None,
    submission: str,
    now: datetime,
) -> HarvestEntry:
    """Write down what was learned at a session: by oneself, or as a host for an `author` who was
    there, who is then asked. The same from one form is once.

    Raises `NotAllowed` for whoever was not there, `NotFound` for an author who was not, `Conflict`
    before it began and after its harvest is closed, `Invalid` for no words or too many readers.
    """
    if not was_there(db, session, actor.id):
        raise NotAllowed(_("Those who were there write the harvest."))
    if not has_begun(session, now):
        raise Conflict(_("The harvest is gathered once it has begun."))
    if session.harvested_at is not None:
        raise Conflict(_("The harvest is closed. What is in it stays."))
    whose = author or actor
    if whose.id != actor.id:
        _must_be_host_for(db, session, actor, whose)
    circle = None if session.circle_id is None else db.get_one(Circle, session.circle_id)
    row = HarvestEntry(session_id=session.id, author_id=whose.id)
    return _write(db, row, entry, circle, actor=actor, submission=submission, now=now)


def write_of_circle(
    db: Session, circle: Circle, entry: Entry, *, actor: Member, submission: str, now: datetime
) -> HarvestEntry:
    """Write down what one learned in a circle that closes. The same from one form is once.

    Raises `NotFound` for whoever is outside, `Conflict` while it is not closing, `Invalid` as for
    a session.
    """
    found = select(Circle.id).where(Circle.id == circle.id, inside(Viewer.of(actor), now))
    if db.scalar(found) is None:
        raise NotFound
    if circle.life is not Life.CLOSING:
        raise Conflict(_("The harvest of a circle is gathered while it closes."))
    row = HarvestEntry(circle_id=circle.id, author_id=actor.id)
    return _write(db, row, entry, circle, actor=actor, submission=submission, now=now)


def agree(
    db: Session,
    entry: HarvestEntry,
    *,
    actor: Member,
    readers: Readers,
    named: bool,
    now: datetime,
) -> None:
    """Say yes to words about one's own learning, and who reads them. Saying it twice is once.

    Raises `Conflict` where they were taken back meanwhile.
    """
    if entry.author_id != actor.id:
        raise NotFound
    circle = _circle_of(db, entry)
    _must_be_no_secret(readers, circle)
    agreed = changed(
        db,
        update(HarvestEntry)
        .where(
            HarvestEntry.id == entry.id,
            HarvestEntry.agreed_at.is_(None),
            HarvestEntry.withdrawn_at.is_(None),
        )
        .values(agreed_at=now, readers=int(readers), named=named),
    )
    db.refresh(entry)
    if agreed == 1:
        _note(db, entry, "learning:harvest:agreed", actor=actor, now=now)
    elif entry.withdrawn_at is not None:
        raise Conflict(_("These words were taken back meanwhile."))


def take_back(db: Session, entry: HarvestEntry, *, actor: Member, now: datetime) -> None:
    """Take words of one's learning back, or what one wrote down for somebody who has not said yes:
    they are deleted. Twice is once.
    """
    by_writer = entry.written_by_id == actor.id and entry.agreed_at is None
    if entry.author_id != actor.id and not by_writer:
        raise NotFound
    gone = changed(
        db,
        update(HarvestEntry)
        .where(
            HarvestEntry.id == entry.id,
            HarvestEntry.withdrawn_at.is_(None),
            (HarvestEntry.author_id == actor.id) | HarvestEntry.agreed_at.is_(None),
        )
        .values(words="", withdrawn_at=now),
    )
    db.refresh(entry)
    if gone == 1:
        _note(db, entry, "learning:harvest:taken_back", actor=actor, now=now)


def close_harvest(db: Session, session: LearningSession, *, actor: Member, now: datetime) -> None:
    """Close the harvest of a session that is over: nothing is added any more. Twice is once.

    Raises `NotAllowed` for all but its hosts, `Conflict` while it is not over.
    """
    if not is_host(db, session, actor.id):
        raise NotAllowed
    if not is_over(session, now):
        raise Conflict(_("The harvest is closed when it is over."))
    closed = changed(
        db,
        update(LearningSession)
        .where(LearningSession.id == session.id, LearningSession.harvested_at.is_(None))
        .values(harvested_at=now),
    )
    db.refresh(session)
    if closed == 1:
        subject = ("learning_session", session.id)
        record(db, "learning:harvest:closed", actor=actor.id, subject=subject, now=now)


def _must_be_host_for(db: Session, session: LearningSession, actor: Member, author: Member) -> None:
    if not is_host(db, session, actor.id):
        raise NotAllowed(_("A host writes down what others learned."))
    seen = select(Member.id).where(Member.id == author.id, not_apart(Viewer.of(actor)))
    if db.scalar(seen) is None or not was_there(db, session, author.id):
        raise NotFound


def _circle_of(db: Session, entry: HarvestEntry) -> Circle | None:
    circle_id = entry.circle_id
    if entry.session_id is not None:
        circle_id = db.get_one(LearningSession, entry.session_id).circle_id
    return None if circle_id is None else db.get_one(Circle, circle_id)


def _must_be_no_secret(readers: Readers, circle: Circle | None) -> None:
    if readers is Readers.MEMBERS and circle is not None and circle.door is Door.HIDDEN:
        raise Invalid(
            _("This circle is hidden: what is learned in it stays among its people."),
            field="readers",
        )


def _write(
    db: Session,
    row: HarvestEntry,
    entry: Entry,
    circle: Circle | None,
    *,
    actor: Member,
    submission: str,
    now: datetime,
) -> HarvestEntry:
    if not entry.words:
        raise Invalid(_("Say what was learned. A sentence is enough."), field="words")
    _must_be_no_secret(entry.readers, circle)
    again = db.scalar(
        select(HarvestEntry).where(
            HarvestEntry.written_by_id == actor.id, HarvestEntry.submission == submission
        )
    )
    if again is not None:
        if again.author_id == row.author_id and again.words in {entry.words, ""}:
            return again
        submission = uuid4().hex  # other words from the same form: not one is lost
    row.written_by_id, row.written_at, row.submission = actor.id, now, submission
    row.words, row.readers, row.named = entry.words, int(entry.readers), entry.named
    row.agreed_at = now if row.author_id == actor.id else None
    db.add(row)
    db.flush()  # the event names it
    _note(db, row, "learning:harvest:written", actor=actor, now=now)
    return row


def _note(db: Session, entry: HarvestEntry, kind: str, *, actor: Member, now: datetime) -> None:
    subject = ("harvest_entry", entry.id)
    record(db, kind, actor=actor.id, subject=subject, now=now, to=("things",))
