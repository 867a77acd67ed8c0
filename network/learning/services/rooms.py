"""Green Rooms: one question, one week, any member who cares, and a harvest by whoever asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.conversations.models import About
from network.conversations.services import open_about
from network.conversations.services.belonging import close_about, join_about
from network.errors import Conflict, Invalid, NotAllowed
from network.events.services import record
from network.learning.access_rooms import is_open
from network.learning.models import GreenRoom
from network.members.models import Member
from network.translation import _

A_WEEK = timedelta(days=7)


def open_room(
    db: Session, actor: Member, *, question: str, why: str, submission: str, now: datetime
) -> GreenRoom:
    """Ask one question for a week, or return the room that this submission opened already."""
    again = db.scalar(
        select(GreenRoom).where(GreenRoom.asker_id == actor.id, GreenRoom.submission == submission)
    )
    if again is not None:
        if (again.question, again.why) == (question, why):
            return again
        submission = uuid4().hex  # another question from the same form: not one is lost
    room = GreenRoom(
        asker_id=actor.id,
        question=question,
        why=why,
        opened_at=now,
        closes_at=now + A_WEEK,
        submission=submission,
    )
    db.add(room)
    db.flush()  # its conversation and the event name it
    open_about(db, About.GREEN_ROOM, room.id, people=[actor.id], opener=actor, now=now)
    close_about(db, About.GREEN_ROOM, room.id, at=room.closes_at)
    _note(db, room, "learning:room:opened", actor=actor, now=now)
    return room


def sit_down(db: Session, room: GreenRoom, *, actor: Member, now: datetime) -> None:
    """Sit down in a Green Room: one reads all that was said, and may write. Twice is once.

    Raises `Conflict` when its week is over.
    """
    if not is_open(room, now):
        raise Conflict(_("The week of this room is over. Nobody sits down any more."))
    join_about(db, About.GREEN_ROOM, room.id, person=actor, actor=actor, now=now, from_start=True)


def write_harvest(
    db: Session, room: GreenRoom, *, actor: Member, words: str, now: datetime
) -> None:
    """Write what came of the week, for all members; it can be put otherwise later.

    Raises `NotAllowed` for others than the one who asked, `Conflict` while the week goes on,
    `Invalid` for no words.
    """
    if room.asker_id != actor.id:
        raise NotAllowed
    if is_open(room, now):
        raise Conflict(_("The week is not over yet. Its harvest comes after it."))
    if not words:
        raise Invalid(_("Say what came of it. A sentence is enough."), field="words")
    written = changed(
        db,
        update(GreenRoom)
        .where(GreenRoom.id == room.id, GreenRoom.harvest != words)
        .values(harvest=words, harvested_at=now),
    )
    db.refresh(room)
    if written == 1:
        _note(db, room, "learning:room:harvested", actor=actor, now=now)


def _note(db: Session, room: GreenRoom, kind: str, *, actor: Member, now: datetime) -> None:
    subject = ("green_room", room.id)
    record(db, kind, actor=actor.id, subject=subject, now=now, to=("things",))
