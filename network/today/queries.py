"""What the first page reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from network.columns import UtcDateTime
from network.engagements.queries.waiting import waiting as work
from network.learning.clock_words import When, when
from network.learning.queries.coming import Line, coming_up
from network.members.kinds import Audience, Part
from network.members.models import Member, Section
from network.members.visibility import (
    BOUND,
    NOW,
    THE_WEB,
    Viewer,
    findable,
    readable,
    visible,
)
from network.relationships.queries.notes import to_write_to
from network.relationships.queries.vouches import waiting as words_about

__all__ = [
    "coming",
    "purpose_and_newcomers",
    "to_write_to",
    "voices_for_the_web",
    "words_about",
    "work",
]

NEW_FOR = timedelta(days=14)
MOST_NEW = 4


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody and their purpose, as the viewer may read it."""

    member: Member
    purpose: str


_NEW = aliased(Member, name="newcomer")
_NEW_WORDS = aliased(Section, name="newcomer_words")
# Limited by itself, so that its order is that of an index and nothing past the last one is read.
_NEWEST = (
    select(_NEW.id)
    .join(_NEW_WORDS, and_(_NEW_WORDS.member_id == _NEW.id, _NEW_WORDS.part == Part.PURPOSE))
    .where(
        _NEW.joined_at > bindparam("since", type_=UtcDateTime()),
        _NEW_WORDS.body != "",
        findable(BOUND, NOW, _NEW),
        readable(BOUND, _NEW_WORDS),
    )
    .order_by(_NEW.joined_at.desc(), _NEW.id)
    .limit(MOST_NEW)
)
_VOICES = (
    select(Member, Section.body)
    .join(Section, Section.member_id == Member.id)
    .where(Section.part == Part.PURPOSE, or_(Member.id == BOUND.member_id, Member.id.in_(_NEWEST)))
    .order_by(Member.joined_at.desc(), Member.id)
)


def purpose_and_newcomers(
    db: Session, member: Member, now: datetime
) -> tuple[str, Sequence[Voice]]:
    """Return a member's own purpose, or nothing yet, and who has come lately and shows theirs to
    them, the newest first: in one statement.
    """
    rows = db.execute(_VOICES, {**Viewer.of(member).at(now), "since": now - NEW_FOR})
    voices = [Voice(*row) for row in rows]
    own = next((voice.purpose for voice in voices if voice.member.id == member.id), "")
    return own, [voice for voice in voices if voice.member.id != member.id]


def voices_for_the_web(db: Session, now: datetime, limit: int = 3) -> Sequence[Voice]:
    """Return purposes whose owners chose to show them to anyone; they turn from day to day."""
    rows = db.execute(
        select(Member, Section.body)
        .join(Section, Section.member_id == Member.id)
        .where(
            Section.part == Part.PURPOSE,
            Section.shown_to >= int(Audience.WEB),
            Section.body != "",
            visible(THE_WEB, now),
        )
        .order_by((Member.id * 7919 + now.toordinal() * 104729) % 10007)
        .limit(limit)
    )
    return [Voice(member, body) for member, body in rows]


def coming(db: Session, member: Member, now: datetime) -> Sequence[tuple[Line, When]]:
    """Return what comes up for a member, and when on their clocks, the soonest first."""
    return [(line, when(line.session, member.time_zone)) for line in coming_up(db, member, now)]
