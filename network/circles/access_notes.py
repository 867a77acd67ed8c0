"""Loading the notes of a circle: whoever is inside, and whoever left for what they keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, bindparam
from sqlalchemy.orm import Session

from network.circles.access import Seen, circle_for, circle_to_change
from network.circles.models import CircleNote
from network.circles.queries.notes import AS_READ, Leaf, Read, notes_of
from network.errors import NotFound
from network.members.models import Member
from network.members.visibility import Viewer

_NOTE = AS_READ.where(
    CircleNote.key == bindparam("key", type_=String()),
    CircleNote.circle_id == bindparam("circle"),
)


@dataclass(frozen=True, slots=True)
class NoteSeen:
    """A note in the wording that somebody may read, and its circle as they may see it."""

    seen: Seen
    read: Read

    @property
    def note(self) -> CircleNote:
        """Return the row of the note."""
        return self.read.note


def notes_for(
    db: Session, member: Member, slug: str, *, now: datetime, before: str = ""
) -> tuple[Seen, Leaf]:
    """Return a circle with its notes; raise `NotFound` for whoever is outside and keeps none."""
    seen = circle_for(db, member, slug, now=now)
    leaf = notes_of(db, member, seen.circle, now, before=before)
    if not seen.is_inside and not leaf.notes:
        raise NotFound
    return seen, leaf


def note_for(db: Session, member: Member, slug: str, key: str, *, now: datetime) -> NoteSeen:
    """Return a note that this member may read; raise `NotFound` otherwise."""
    return _note(db, member, circle_for(db, member, slug, now=now), key, now)


def note_to_change(db: Session, member: Member, slug: str, key: str, *, now: datetime) -> NoteSeen:
    """Return a note that this member may put in other words. Raises as `circle_to_change` does."""
    return _note(db, member, circle_to_change(db, member, slug, now=now), key, now)


def _note(db: Session, member: Member, seen: Seen, key: str, now: datetime) -> NoteSeen:
    bound = {**Viewer.of(member).at(now), "key": key, "circle": seen.circle.id}
    row = db.execute(_NOTE, bound).first()
    if row is None:
        raise NotFound
    return NoteSeen(seen, Read(*row))
