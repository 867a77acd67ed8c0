"""Needs: written to people one has something with, open for ninety days, closed with words.

Its words and its readers stand once it is written; a circle may be added. There is no list of needs
for whoever is not among its readers, and nothing says how many have answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.events.services import record
from network.learning.models import GreenRoom
from network.learning.services.rooms import open_room
from network.members.kinds import Work
from network.members.models import Member, Network
from network.members.visibility import Viewer
from network.organisations.models import Organisation, WorkNeed
from network.organisations.services.ending_needs import close_waiting, note_closed
from network.organisations.services.turns import must_speak, take
from network.organisations.visibility import need_known, speaks_for
from network.translation import _

OPEN_FOR = timedelta(days=90)
OVER = _("This is not open any more.")


@dataclass(frozen=True, slots=True)
class Readers:
    """Whom a need is shown to. Circles are asked one by one."""

    alumni: bool = False
    connections: bool = False
    everybody: bool = False


def write_need(
    db: Session,
    actor: Member,
    *,
    organisation: Organisation | None,
    title: str,
    words: str,
    work: Work | None,
    readers: Readers,
    submission: str,
    now: datetime,
) -> WorkNeed:
    """Write down what one needs, for oneself or for an organisation one speaks for; or return what
    this submission wrote already.

    Raises `NotFound` where they do not speak for the organisation any more, `Invalid` for readers
    that this need cannot have.
    """
    if organisation is not None:
        take(db, organisation)
        must_speak(db, organisation, actor)
    _must_be_possible(db, organisation, readers)
    need = WorkNeed(
        organisation_id=None if organisation is None else organisation.id,
        writer_id=actor.id,
        title=title,
        words=words,
        work=work,
        to_alumni=readers.alumni,
        to_connections=readers.connections,
        to_everybody=readers.everybody,
        written_at=now,
        open_until=now + OPEN_FOR,
        submission=submission,
    )
    again = db.scalar(
        select(WorkNeed).where(WorkNeed.writer_id == actor.id, WorkNeed.submission == submission)
    )
    if again is not None and _says(again) == _says(need):
        return again
    if again is not None:
        need.submission = uuid4().hex  # other words from the same form: not one is lost
    db.add(need)
    db.flush()  # the event names it
    note(db, need, "organisations:need:written", actor=actor, now=now)
    return need


def close_need(db: Session, need: WorkNeed, *, actor: Member, outcome: str, now: datetime) -> None:
    """Close a need with words on what became of it, for those it was shown to. What waits about it
    closes silently. Twice is once, and other words take the place of those before.

    Raises `NotFound` for others than its holder, `Invalid` for no words.
    """
    must_hold(db, need, actor)
    if not outcome:
        raise Invalid(_("Say what became of it. A sentence is enough."), field="outcome")
    take_need(db, need)
    if is_open(need, now):
        close_waiting(db, (need.id,), actor=actor, now=now)
        note_closed(db, need.id, actor=actor, now=now)
    need.closed_at, need.outcome = need.closed_at or now, outcome


def ask_in_green_room(
    db: Session,
    need: WorkNeed,
    *,
    actor: Member,
    question: str,
    why: str,
    submission: str,
    now: datetime,
) -> GreenRoom:
    """Ask all members one question that grew out of a need; the room is kept with it.

    Nobody who reads the room learns of the need. Raises `NotFound` for others than its holder,
    `Conflict` where it is over or has its room already.
    """
    must_hold(db, need, actor)
    hold_open(db, need, now)
    if need.room_id is not None:
        found = db.get_one(GreenRoom, need.room_id)
        if found.submission == submission and found.question == question:
            return found
        raise Conflict(_("A question grew out of this one already."))
    room = open_room(db, actor, question=question, why=why, submission=submission, now=now)
    need.room_id = room.id
    note(db, need, "organisations:need:room_opened", actor=actor, now=now)
    return room


def must_hold(db: Session, need: WorkNeed, actor: Member) -> None:
    """Take the row of the organisation, where there is one, and raise `NotFound` for whoever does
    not hold the need: its writer, or those who speak for its organisation.
    """
    if need.organisation_id is not None:
        organisation = db.get_one(Organisation, need.organisation_id)
        take(db, organisation)
        must_speak(db, organisation, actor)
    elif need.writer_id != actor.id:
        raise NotFound


def must_be_shown(db: Session, need: WorkNeed, actor: Member, now: datetime) -> None:
    """Raise `NotFound` where a need is not shown to somebody, `NotAllowed` for its own side."""
    viewer = Viewer.of(actor)
    found = db.execute(
        select(WorkNeed.writer_id, speaks_for(viewer, WorkNeed.organisation_id)).where(
            WorkNeed.id == need.id, need_known(viewer, now)
        )
    ).first()
    if found is None:
        raise NotFound
    if found[0] == actor.id or found[1]:
        raise NotAllowed(_("This is a need of yours."))


def hold_open(db: Session, need: WorkNeed, now: datetime) -> None:
    """Take the row of a need that is open, so that nothing comes of one that closes meanwhile;
    raise `Conflict` where it is not open.
    """
    take_need(db, need)
    if not is_open(need, now):
        raise Conflict(OVER)


def take_need(db: Session, need: WorkNeed) -> None:
    """Take the row of a need and see it as it stands then; whose it is stays loaded."""
    changed(
        db,
        update(WorkNeed)
        .where(WorkNeed.id == need.id)
        .values(title=WorkNeed.title)
        .execution_options(synchronize_session=False),
    )
    db.refresh(need, [column.key for column in WorkNeed.__mapper__.column_attrs])


def is_open(need: WorkNeed, now: datetime) -> bool:
    """Whether a need may be answered now: that its days are over is computed."""
    return need.closed_at is None and need.open_until > now


def note(
    db: Session,
    need: WorkNeed,
    kind: str,
    *,
    actor: Member,
    now: datetime,
    to: tuple[str, ...] = (),
    **data: Any,  # noqa: ANN401  # whatever JSON holds
) -> None:
    """Record what happened to a need: ids, never its words."""
    subject = ("work_need", need.id)
    record(db, kind, actor=actor.id, subject=subject, now=now, to=to, **data)


def _says(need: WorkNeed) -> tuple[object, ...]:
    readers = (need.to_alumni, need.to_connections, need.to_everybody)
    return (need.organisation_id, need.title, need.words, need.work, *readers)


def _must_be_possible(db: Session, organisation: Organisation | None, readers: Readers) -> None:
    if readers.alumni and organisation is None:
        raise Invalid(_("Only an organisation has people who stay in touch."), field="readers")
    if readers.everybody and not is_one_organisation(db):
        raise Invalid(
            _("In this network a need is shown to people one has something with."), field="readers"
        )


def is_one_organisation(db: Session) -> bool:
    """Whether one organisation runs this network for its own people."""
    return bool(db.scalar(select(Network.one_organisation).where(Network.id == 1)))
