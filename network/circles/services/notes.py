"""What a circle writes down: anybody inside writes and changes, and every wording is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.circles.models import Circle, CircleNote, CircleNoteVersion
from network.circles.services.agreeing import take_inside
from network.circles.services.turns import log
from network.errors import Conflict, Invalid
from network.members.models import Member
from network.text import clean, clean_line
from network.translation import _

LONGEST_TITLE = 120
LONGEST_NOTE = 20_000


class Overtaken(Conflict):
    """Somebody changed the note while this person wrote: both wordings are there to be read."""

    sentence = _(
        "Somebody changed this note while you were writing. Yours is not saved yet, and nothing of"
        " either is lost."
    )


def write(
    db: Session,
    circle: Circle,
    *,
    actor: Member,
    title: str,
    body: str,
    submission: str,
    now: datetime,
) -> CircleNote:
    """Write a note, or return the one that this submission wrote already.

    Raises `NotFound` for whoever is not inside, `NotAllowed` in a circle that was, `Invalid` for
    words that cannot be kept.
    """
    title, body = _kept(title, body)
    take_inside(db, circle, actor, now=now)
    again = _written_already(db, circle, submission)
    if again is not None:
        first = db.get_one(CircleNoteVersion, (again.id, 1))
        if (first.author_id, first.title, first.body) == (actor.id, title, body):
            return again
        submission = uuid4().hex  # other words from the same form: not one is lost
    note = CircleNote(
        circle_id=circle.id,
        title=title,
        body=body,
        version=1,
        author_id=actor.id,
        written_at=now,
        changed_at=now,
        submission=submission,
    )
    db.add(note)
    db.flush()  # its first wording names it
    _keep_wording(db, note, actor, now)
    log(db, circle, "circles:note:written", actor=actor.id, now=now, note=note.id, version=1)
    return note


def change(
    db: Session,
    note: CircleNote,
    *,
    actor: Member,
    version: int,
    title: str,
    body: str,
    now: datetime,
) -> None:
    """Put other words in the place of those that were read as `version`. The same words are no
    change.

    Raises `Overtaken` where somebody else has changed them since, and as `write` does.
    """
    title, body = _kept(title, body)
    circle = db.get_one(Circle, note.circle_id)
    take_inside(db, circle, actor, now=now)
    db.refresh(note)
    if (note.title, note.body) == (title, body):
        return
    moved = changed(
        db,
        update(CircleNote)
        .where(CircleNote.id == note.id, CircleNote.version == version)
        .values(title=title, body=body, version=version + 1, author_id=actor.id, changed_at=now),
    )
    if moved != 1:
        raise Overtaken
    db.refresh(note)
    _keep_wording(db, note, actor, now)
    log(
        db,
        circle,
        "circles:note:changed",
        actor=actor.id,
        now=now,
        note=note.id,
        version=note.version,
    )


def _keep_wording(db: Session, note: CircleNote, actor: Member, now: datetime) -> None:
    db.add(
        CircleNoteVersion(
            note_id=note.id,
            version=note.version,
            title=note.title,
            body=note.body,
            author_id=actor.id,
            at=now,
        )
    )


def _kept(title: str, body: str) -> tuple[str, str]:
    """Return what a note is kept as; raise `Invalid` where that cannot be."""
    title, body = clean_line(title), clean(body)
    if not title:
        raise Invalid(_("Give the note a title, so that others find it."), field="title")
    if not body:
        raise Invalid(_("There is nothing to keep yet. Write a few words first."), field="body")
    for field, words, most in (("title", title, LONGEST_TITLE), ("body", body, LONGEST_NOTE)):
        if len(words) > most:
            raise Invalid(
                _("This has %(n)s letters; %(most)s is the most.", n=len(words), most=most),
                field=field,
            )
    return title, body


def _written_already(db: Session, circle: Circle, submission: str) -> CircleNote | None:
    return db.scalar(
        select(CircleNote).where(
            CircleNote.circle_id == circle.id, CircleNote.submission == submission
        )
    )
