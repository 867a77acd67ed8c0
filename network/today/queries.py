"""What the first page reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from network.columns import UtcDateTime
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

__all__ = ["newcomers", "own_purpose", "to_write_to", "voices_for_the_web", "words_about"]

NEW_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody and their purpose, as the viewer may read it."""

    member: Member
    purpose: str


_NEWCOMERS = (
    select(Member, Section.body)
    .join(Section, Section.member_id == Member.id)
    .where(
        Member.joined_at > bindparam("since", type_=UtcDateTime()),
        Section.part == Part.PURPOSE,
        Section.body != "",
        findable(BOUND, NOW),
        readable(BOUND),
    )
    .order_by(Member.joined_at.desc(), Member.id)
    .limit(4)
)


def newcomers(db: Session, viewer: Viewer, now: datetime) -> Sequence[Voice]:
    """Return who has come lately and shows a purpose to this viewer, the newest first."""
    rows = db.execute(_NEWCOMERS, {**viewer.at(now), "since": now - NEW_FOR})
    return [Voice(member, body) for member, body in rows]


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


def own_purpose(db: Session, member: Member) -> str:
    """Return a member's own purpose, or nothing yet."""
    section = db.get(Section, (member.id, Part.PURPOSE))
    return section.body if section is not None else ""
