"""What a member reads of shared work on somebody's page, in one statement: the words that others
wrote after it, and the work that stands there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, String, bindparam, literal, null, select, union_all
from sqlalchemy.orm import Session

from network.columns import BigId
from network.engagements.models import Showing, Testimony
from network.engagements.queries import showings, testimonies
from network.engagements.queries.testimonies import AUTHOR, eyes
from network.members.models import Member

_SAID = testimonies.SHOWN.with_only_columns(
    Testimony.id,
    Testimony.key,
    Testimony.words,
    Testimony.reply,
    Testimony.at,
    AUTHOR.id.label("author_id"),
    AUTHOR.name.label("author_name"),
    AUTHOR.handle.label("author_handle"),
).subquery("said")
_SHOWN = (
    showings.SHOWN.where(bindparam("story", type_=Boolean()))
    .with_only_columns(
        Showing.id,
        Showing.key,
        Showing.words,
        literal("", String()).label("reply"),
        Showing.at,
        null().cast(BigId).label("author_id"),
        null().cast(String()).label("author_name"),
        null().cast(String()).label("author_handle"),
    )
    .subquery("shown")
)
_BOTH = union_all(select(_SAID), select(_SHOWN))


@dataclass(frozen=True, slots=True)
class Said:
    """Words that stand on somebody's page. Nobody alone signed those that all agreed to."""

    id: int
    key: str
    words: str
    reply: str
    at: datetime
    author_id: int | None
    author_name: str | None
    author_handle: str | None


@dataclass(frozen=True, slots=True)
class OfWork:
    """What work done here left on somebody's page, the newest first."""

    shown: Sequence[Said]
    said: Sequence[Said]


def of_work(
    db: Session, reader: Member, subject: Member, now: datetime, *, story: bool
) -> OfWork | None:
    """Return what a member reads, or None for nothing: the work itself only where the reader may
    read the `story`, the words of others where these are people whom the reader may know.
    """
    bound = {**eyes(reader, now), "subject": subject.id, "story": story}
    found = [Said(*row) for row in db.execute(_BOTH, bound)]
    if not found:
        return None
    found.sort(key=lambda each: (each.at, each.id), reverse=True)
    return OfWork(
        [each for each in found if each.author_id is None],
        [each for each in found if each.author_id is not None],
    )
