"""What stands on a person's page beside their profile: the ways to them, others' words about them,
and what the viewer keeps about them alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from network.members.access import Profile
from network.members.models import Member
from network.members.visibility import Viewer
from network.relationships.between import between
from network.relationships.forms_memory import NoteForm
from network.relationships.models import PrivateNote, Rhythm
from network.relationships.queries import notes, vouches
from network.relationships.reach import Reach, reach
from network.relationships.services.vouches import CONNECTED_FOR

# On one's own page, and for somebody who is not signed in.
NOTHING: dict[str, Any] = {
    "reach": None,
    "vouches": None,
    "may_vouch": False,
    "note": None,
    "note_form": None,
    "ways": None,
    "history": (),
}


@dataclass(frozen=True, slots=True)
class PersonPart:
    """A section that a package above puts on a person's page, for members alone. Its template reads
    `profile`, and `part`: what `load` returned. None is nothing, and nothing is said.
    """

    template: str
    load: Callable[[Session, Member, Profile, datetime], Any]


def parts(
    db: Session,
    member: Member | None,
    profile: Profile,
    now: datetime,
    *,
    of: Iterable[PersonPart],
) -> list[tuple[str, Any]]:
    """Return the templates of what packages above add, each with what it shows."""
    if member is None:
        return []
    loaded = [(each.template, each.load(db, member, profile, now)) for each in of]
    return [(template, part) for template, part in loaded if part is not None]


def beside(db: Session, member: Member | None, profile: Profile, now: datetime) -> dict[str, Any]:
    """Return what the page of this profile shows to a member, or to nobody in particular."""
    if member is None:
        return NOTHING
    words = vouches.about(db, Viewer.of(member), profile.member, now)
    if profile.is_own:
        return {**NOTHING, "vouches": words}
    ways = reach(db, member, profile.member, now)
    note = notes.note_about(db, member, profile.member)
    return {
        "reach": ways,
        "vouches": words,
        "may_vouch": may_vouch(ways, words, now),
        "note": note,
        "note_form": note_form(note),
        **between(db, member, profile.member, ways.connection, now),
    }


def may_vouch(ways: Reach, words: vouches.InOthersWords, now: datetime) -> bool:
    """Whether the viewer has grounds to write about this person, and has not: from what is on the
    page already.
    """
    tie = ways.connection
    return tie is not None and tie.since + CONNECTED_FOR <= now and words.mine is None


def note_form(note: PrivateNote | None) -> NoteForm:
    """Return the form with what is kept."""
    if note is None:
        return NoteForm(rhythm=Rhythm.NONE.value)
    return NoteForm(note=note.note, how_met=note.how_met, rhythm=note.rhythm.value)
