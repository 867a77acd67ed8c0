"""Lives what people write about each other, and what they keep to themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from network.members.models import Member
from network.relationships.models import Rhythm
from network.relationships.services import notes, vouches

if TYPE_CHECKING:
    from tests.sweep.seed import World

LATELY = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
LONG_AGO = LATELY - timedelta(days=40)


def words_and_notes(db: Session, world: World) -> None:
    """Let each write what the story says, decide on it, and keep their notes."""
    members = {label: db.get_one(Member, each) for label, each in world.ids.items()}
    for one in world.story.vouches:
        author, subject = members[one.author], members[one.subject]
        said = {"context": f"after {one.context}", "words": f"They are {one.words}."}
        vouch = vouches.write(db, author, subject, **said, now=LATELY)
        if one.standing == "shown":
            vouches.show(db, vouch, actor=subject, now=LATELY)
        if one.standing == "kept":
            vouches.keep(db, vouch, actor=subject, now=LATELY)
        if one.standing == "taken back":
            vouches.take_back(db, vouch, actor=author, now=LATELY)
    for noted in world.story.notes:
        notes.save(
            db,
            members[noted.owner],
            members[noted.about],
            note=noted.note,
            how_met=noted.how_met,
            rhythm=Rhythm.MONTHLY,
            now=LONG_AGO,
        )
