"""What the first page reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, case, or_, select
from sqlalchemy.orm import Session

from network.columns import UtcDateTime
from network.learning.queries.coming import coming_up
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
    "coming_up",
    "purpose_and_newcomers",
    "to_write_to",
    "voices_for_the_web",
    "words_about",
]

NEW_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody and their purpose, as the viewer may read it."""

    member: Member
    purpose: str


_OWN = Member.id == BOUND.member_id
_VOICES = (
    select(Member, Section.body)
    .join(Section, Section.member_id == Member.id)
    .where(
        Section.part == Part.PURPOSE,
        or_(
            _OWN,
            and_(
                Member.joined_at > bindparam("since", type_=UtcDateTime()),
                Section.body != "",
                findable(BOUND, NOW),
                readable(BOUND),
            ),
        ),
    )
    .order_by(case((_OWN, 0), else_=1), Member.joined_at.desc(), Member.id)
    .limit(5)
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
    return own, [voice for voice in voices if voice.member.id != member.id][:4]


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
